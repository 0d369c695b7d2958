"""Any CRM that speaks JSON over HTTP, REST or GraphQL, as an administrator's mapping file describes it.

Exactly once. A new Record carries our key in a column that the mapping names, and is looked for before it is made.
Where the CRM itself refuses a second record with the same key (`unique`), that is all. Where it does not, a create
whose answer was lost is repeated only when the first can no longer be under way, and after another look. Not guaranteed
then: that the program is ended after a lost answer and the CRM carries that request out only after we looked
again. Without a key in the mapping nothing is created at all.

Conflicts. A Record is read again just before it is written. Where the mapping puts `{version}` into the write, the CRM
itself refuses it when somebody was quicker; elsewhere whoever saves the same field in between is overwritten.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desktop.connectors.custom import mapping_file
from desktop.connectors.custom.abilities import abilities
from desktop.connectors.custom.doubts import Doubts
from desktop.connectors.custom.errors import DUPLICATE, Fault
from desktop.connectors.custom.feed import Feed
from desktop.connectors.custom.line import Credentials, CustomLine, Refused, Reply
from desktop.connectors.custom.mapping import CrmMap, Operation
from desktop.connectors.custom.owners import owners_in
from desktop.connectors.custom.pointers import MISSING, look
from desktop.connectors.custom.reader import Found, Reader
from desktop.connectors.custom.rows import Rows
from desktop.connectors.custom.values import written_id
from desktop.connectors.refusals import CHANGED
from desktop.connectors.supplies import Supplies
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, Fields, RecordBatch
from desktop.domain.errors import Conflict, DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Clock
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, RecordSnapshot, parse_ref
from desktop.domain.rights import Owner, Quota, RecordRules

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_TRIES = 3


class Custom(CrmConnector):
    """One CRM behind a mapping file. `info` says what this very CRM can do once the file has been read."""

    info = ConnectorInfo(
        name="custom",
        title="Another CRM (by a mapping file)",
        family=Family.CRM,
        settings=(
            FieldSpec(
                "mapping", "Mapping file", help="The file that describes your CRM; ask your administrator for it"
            ),
            FieldSpec(
                "address", "Address", required=False, help="Where its interface is, when the mapping file does not say"
            ),
            FieldSpec("user", "User", required=False, help="Only where the CRM signs in with a name"),
            FieldSpec(
                "secret", "Token or password", FieldWidget.SECRET, required=False, help="What the CRM lets you in with"
            ),
        ),
        can=frozenset(),
        kinds=frozenset(RecordKind),
    )

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        secret: Callable[[], str | None],
        http: "HttpBoundary",
        clock: Clock,
        deadline: float = 60.0,
    ) -> None:
        """`secret` is asked at each sign-in; `deadline` is the seconds one exchange may take.

        A mapping file that cannot be used is complained of by the first call, not here.
        """
        self._settings = settings
        self._secret = secret
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._doubts = Doubts(clock)
        self._opened: CustomLine | None = None
        self._mapping: CrmMap | None = None
        self._tables: dict[RecordKind, Rows] = {}
        try:
            self._learn()
        except UserActionNeeded:
            self._mapping = None

    @classmethod
    def connect(cls, supplies: Supplies) -> "Custom":
        """Return the connector for one Connection."""
        from desktop.connectors.http import HttpBoundary  # noqa: PLC0415  (httpx: a quarter of a second)

        http = HttpBoundary(ledger=supplies.ledger, clock=supplies.clock, boundary=supplies.boundary)
        return cls(supplies.settings, secret=lambda: supplies.secret("secret"), http=http, clock=supplies.clock)

    def check(self) -> None:
        """Read the mapping file anew, sign in, and look."""
        self.close()
        self._learn()
        if self._map.check is not None:
            self._line.ask(self._map.check, {})
            return
        tables = list(self._tables.values())
        Feed(self._line, tables[:1], self._zone, self.read, self._clock.now()).pull(Checkpoint({}), 1)

    # --- what it takes ----------------------------------------------------------------------------------------------

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        if not self._has(kind) or FIELDS[kind][field].type is not FieldType.PICKLIST:
            return ()
        return self._tables[kind].picklist(field)

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        return self._tables[kind].required() if self._has(kind) else ()

    def describe(self, kind: RecordKind) -> RecordRules:
        if not self._has(kind):
            return RecordRules(kind, can_create=False, can_update=False)
        return self._tables[kind].rules()

    def owners(self) -> tuple[Owner, ...]:
        people = self._map.owners
        return owners_in(self._line, people) if people is not None else ()

    def quota(self) -> Quota | None:
        return self._opened.quota if self._opened is not None else None

    # --- reading ----------------------------------------------------------------------------------------------------

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        self._require_mapping()
        return Feed(self._line, self._tables.values(), self._zone, self.read, self._clock.now()).pull(checkpoint, limit)

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        return self._reader.read(ref)

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        if not self._has(kind) or self._tables[kind].kind.key is None:
            return None
        return self._reader.created(self._tables[kind], self._tables[kind].key_value(key))

    def find(self, kind: RecordKind, field: str, values: Sequence[str]) -> Mapping[str, tuple[RecordSnapshot, ...]]:
        listing = self._tables[kind].kind.find_by.get(field) if self._has(kind) else None
        found: dict[str, tuple[RecordSnapshot, ...]] = {}
        if listing is None:
            return found
        for value in dict.fromkeys(values):
            records = [
                record for _, record in self._reader.listed(self._tables[kind], listing, {"value": value}) if record
            ]
            wanted = value.strip().casefold()
            found[value] = tuple(each for each in records if (each.fields.get(field) or "").casefold() == wanted)
        return found

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Fields, key: str) -> RecordSnapshot:
        rows = self._writable(kind, "create")
        operation, wanted = rows.kind.create, rows.kind.key
        if operation is None or wanted is None:
            raise UserActionNeeded(
                f"The mapping file names no key for a {kind.value}, so a lost answer could make doubles; ask your "
                f"administrator to add kinds.{kind.value}.key and find_by_key.",
                detail="no key",
            )
        given = {name: value for name, value in fields.items() if value is not None and value.strip()}
        made = self.find_created(kind, key)
        if made is None:
            if not wanted.unique:
                self._doubts.require_settled(kind, key, self._map.title)
            self._check_required(rows, given)
            value = rows.key_value(key)
            constants = {**operation.set, wanted.at: value}
            body = rows.body(given, None, {}, is_whole=False, constants=constants)
            self._check_links(rows, given)
            made = self._post(rows, operation, {"fields": body, "key": value}, key)
        self._doubts.clear(kind, key)
        # A step begins where every record begins: one that is elsewhere by now was taken there by somebody.
        steps = {name: value for name, value in given.items() if made.fields.get(name) == rows.beginning(name)}
        waiting = {name: value for name, value in steps.items() if made.fields.get(name) != value}
        return self._stepped(rows, self._again(made.ref), waiting) if waiting else made

    def _post(self, rows: Rows, operation: Operation, values: Mapping[str, Any], key: str) -> RecordSnapshot:
        kind, wanted = rows.name, rows.kind.key
        try:
            reply = self._line.attempt(operation, values)
        except Refused as refusal:
            self._note_doubt(kind, key)
            if isinstance(refusal.error, Rejected) and wanted is not None and wanted.unique:
                earlier = self.find_created(kind, key)  # our own earlier attempt was quicker than its look-up
                if earlier is not None:
                    return earlier
                if refusal.fault.refusal is DUPLICATE and self._doubts.has(kind, key):
                    raise self._not_shown(kind) from None
            raise self._explained(rows, refusal.fault, refusal.error) from None
        except Temporary:
            self._note_doubt(kind, key)
            raise
        made = self._made(rows, operation, reply, key)
        if made is None:
            self._doubts.add(kind, key)
            raise self._not_shown(kind)
        return made

    def _not_shown(self, kind: RecordKind) -> Temporary:
        return Temporary(f"{self._map.title} does not show the new record yet; looking again later.", detail=kind.value)

    def _note_doubt(self, kind: RecordKind, key: str) -> None:
        if self._line.may_have_been_done:
            self._doubts.add(kind, key)

    def _made(self, rows: Rows, operation: Operation, reply: Reply, key: str) -> RecordSnapshot | None:
        """Return the new Record, from its answer, by the id in its answer, or by its key."""
        row = look(reply.body, operation.row) if operation.row is not None else MISSING
        try:
            if isinstance(row, dict):
                return rows.snapshot(row, reply.headers)
            if operation.id is not None:
                ref = rows.ref({"": look(reply.body, operation.id)}, "/")
                found = self.read(ref)
                if found is not None:
                    return found
        except (ValueError, TypeError):
            pass
        return self.find_created(rows.name, key)

    def update(self, ref: RecordRef, fields: Fields, *, version: str = "") -> RecordSnapshot:
        for _ in range(_TRIES):
            try:
                return self._update(ref, fields, version)
            except Conflict as conflict:
                if version or not conflict.live:
                    raise
        raise Temporary(f"Others keep changing this record in {self._map.title}; trying again later.")

    def _update(self, ref: RecordRef, fields: Fields, version: str) -> RecordSnapshot:
        rows = self._writable(ref.kind, "update")
        operation = rows.kind.update or Operation()
        found = self._reader.row(ref)
        if found is None:
            raise self._conflict(None)
        row, live = found
        if all(name in live.fields and live.fields[name] == rows.usual(name, value) for name, value in fields.items()):
            return live  # also how a repeated update, whose first answer was lost, comes to its end
        if version and live.version != version:
            raise self._conflict(live)
        plain = {name: value for name, value in fields.items() if not rows.has_steps(name)}
        body = rows.body(plain, row, live.fields, is_whole=operation.whole_row, constants=operation.set)
        rows.require_allowed(fields, is_new=False)
        self._check_links(rows, fields)
        if plain:
            reply = self._write(rows, operation, found, {"fields": body})
            written = look(reply.body, operation.row) if operation.row is not None else MISSING
            is_whole = isinstance(written, dict)
            found = (written, self._reader.snapshot(rows, written, reply)) if is_whole else self._again(ref)
        return self._stepped(rows, found, fields)

    def _stepped(self, rows: Rows, found: Found, fields: Fields) -> RecordSnapshot:
        """Take the steps that lead to values which are reached by a call of their own."""
        for name, value in fields.items():
            if rows.has_steps(name) and found[1].fields.get(name) != value:
                step = rows.step_to(name, value)
                if step is None:
                    raise Rejected(f"{self._map.title} has no way to “{value}”; choose another.", detail=name)
                self._write(rows, step, found, {})
                found = self._again(found[1].ref)
        return found[1]

    def _again(self, ref: RecordRef) -> Found:
        after = self._reader.row(ref)
        if after is None:
            raise self._conflict(None)
        return after

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        rows = self._writable(ref.kind, "delete")
        found = self._reader.row(ref)
        if found is None:
            return False
        if version and found[1].version != version:
            raise self._conflict(found[1])
        try:
            operation: Operation | None = rows.kind.delete
            while operation is not None:
                self._write(rows, operation, found, {})
                operation = operation.then
        except Rejected:
            if self.read(ref) is None:
                return False
            raise
        return True

    def _write(self, rows: Rows, operation: Operation, found: Found, values: Mapping[str, Any]) -> Reply:
        """Write to the record that was just read; raise Conflict when the CRM finds that it has changed since."""
        row, live = found
        ref = live.ref
        known = {"id": written_id(rows.kind.id, ref.id), "version": rows.native_version(row, live), **values}
        try:
            return self._line.attempt(operation, known)
        except Refused as refusal:
            if not isinstance(refusal.error, Rejected):
                raise refusal.error from None
            now = self.read(ref)
            if now is None or refusal.fault.refusal is CHANGED:
                raise self._conflict(now) from None
            raise self._explained(rows, refusal.fault, refusal.error) from None

    def close(self) -> None:
        """Let go of connections and of the sign-in; what may be under way is not forgotten."""
        self._http.close()
        self._opened = None

    # --- helpers ----------------------------------------------------------------------------------------------------

    def _learn(self) -> None:
        """Read the mapping file."""
        file = Path(self._settings.get("mapping", "").strip()).expanduser()
        if not file.is_absolute():  # the agent starts in another folder than whoever typed it
            raise UserActionNeeded("Enter the whole path of the mapping file, like /home/robin/our-crm.json.")
        self._mapping = mapping = mapping_file.load(file)
        self._zone = ZoneInfo(mapping.timezone)
        self._tables = {kind: Rows(kind, mapping, self._zone) for kind in RecordKind if kind.value in mapping.kinds}
        self.info = replace(Custom.info, title=mapping.title, can=abilities(mapping), kinds=frozenset(self._tables))

    def _require_mapping(self) -> None:
        if self._mapping is None:
            self._learn()

    @property
    def _map(self) -> CrmMap:
        self._require_mapping()
        assert self._mapping is not None
        return self._mapping

    @property
    def _line(self) -> CustomLine:
        if self._opened is None:
            who = Credentials(self._settings.get("user", "").strip(), self._secret)
            address = self._settings.get("address", "").strip()
            self._opened = CustomLine(self._http, self._map, address, who, self._clock, deadline=self._deadline)
        return self._opened

    @property
    def _reader(self) -> Reader:
        self._require_mapping()
        return Reader(self._line, self._tables)

    def _has(self, kind: RecordKind) -> bool:
        self._require_mapping()
        return kind in self._tables

    def _writable(self, kind: RecordKind, verb: str) -> Rows:
        if not self._has(kind):
            raise Rejected(f"{self._map.title} has no {kind.value} here; leave this one out.", detail=kind.value)
        rows = self._tables[kind]
        if getattr(rows.kind, verb) is None:
            raise Rejected(
                f"The mapping file does not say how to {verb} a {kind.value} in {self._map.title}; leave this one out.",
                detail=verb,
            )
        return rows

    def _check_required(self, rows: Rows, given: Fields) -> None:
        missing = [FIELDS[rows.name][name].label for name in rows.required() if name not in given]
        if missing:
            labels = ", ".join(f"“{label}”" for label in missing)
            raise Rejected(f"{self._map.title} needs {labels} filled in; add it and try again.", detail="required")

    def _check_links(self, rows: Rows, fields: Fields) -> None:
        """Raise Rejected when a Record that is pointed to is gone, where the CRM itself would not mind."""
        if rows.kind.checks_links:
            return
        for name, value in fields.items():
            if value and FIELDS[rows.name][name].type is FieldType.REFERENCE:
                ref = parse_ref(value)
                if self.read(ref) is None:
                    raise Rejected(
                        f"The {ref.kind.value} this record points to is no longer in {self._map.title}.",
                        detail=f"{rows.name.value}.{name}",
                    )

    def _explained(self, rows: Rows, fault: Fault, error: DealsideError) -> DealsideError:
        """Return the error with our own names for the fields it blames."""
        labels = {spec.at.rpartition("/")[2]: FIELDS[rows.name][name].label for name, spec in rows.specs.items()}
        known = [labels.get(name.strip("/").rpartition("/")[2], name) for name in fault.names]
        return self._line.error(replace(fault, names=tuple(known))) if isinstance(error, Rejected) and known else error

    def _conflict(self, live: RecordSnapshot | None) -> Conflict:
        if live is None:
            return Conflict(f"The record was deleted in {self._map.title} meanwhile.")
        return Conflict(f"Somebody changed the record in {self._map.title} meanwhile.", live=dict(live.fields))
