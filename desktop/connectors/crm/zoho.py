"""Zoho CRM over version 8 of its JSON interface.

Exactly once rests on one custom field per module (`Dealside_Key`: single line, no duplicate values). A Record is made
by a plain insert that carries its key, and looked up by it first. A repeat that overtakes its own first attempt is
refused as a duplicate, with the id of the Record that is there. Zoho's upsert is not used: it would write over what a
person typed since, in the time between our look and our write, and it does not take Tasks.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from desktop.connectors.fieldmap import Column
from desktop.connectors.json_line import MISSING, JsonAnswer, JsonCall
from desktop.connectors.refusals import GONE
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.zoho import (
    COLUMNS,
    FEEDS,
    HAPPENED,
    HIDDEN,
    KEY_FIELD,
    MODULES,
    RELATED,
    RELATED_MODULE,
    clean_mark,
    details_of,
    fault_in,
    fields_of,
    gone,
    happened_of,
    is_id,
    key_values,
    origin_of,
    query_after,
    refusal_of,
    snapshot,
    stamp_of,
)
from desktop.connectors.zoho.line import (
    BASE,
    Right,
    Shape,
    ZohoLine,
    garbled,
    has_more,
    mark_of,
    may,
    offered,
    refused,
    sent,
)
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, RecordBatch
from desktop.domain.errors import Conflict, Defect, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.ports import Clock
from desktop.domain.records import FIELDS, RecordKind, RecordRef, RecordSnapshot

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_OVERLAP = timedelta(seconds=60)  # a slow transaction shows up this long after its stamp
_UNCHANGED = frozenset({304})
_IDS_AT_ONCE = 100
_ROWS_AT_ONCE = 200
_MAX_PAGES = 10  # Zoho numbers pages up to 2,000 rows only
_FIELD_NAME = re.compile(r"[A-Za-z]\w{0,60}", re.ASCII)
_SINCE, _DELETED = "since", "deleted"


class Zoho(CrmConnector):
    """One Zoho CRM organisation, with the rights of the rep whose token it is."""

    info = ConnectorInfo(
        name="zoho",
        title="Zoho CRM",
        family=Family.CRM,
        settings=(
            FieldSpec(
                "api_domain",
                "Address",
                default="https://www.zohoapis.com",
                help="That of your data centre: https://www.zohoapis.eu where you sign in at zoho.eu, and so on",
            ),
            FieldSpec("access_token", "Access token", FieldWidget.SECRET, help="It is good for one hour"),
            FieldSpec(
                "key_field",
                "Key field",
                default=KEY_FIELD,
                help="A single-line field without duplicate values, which your admin adds to each module",
            ),
        ),
        can=frozenset({"upsert_key", "conflict_check", "delete"}),
        kinds=frozenset(RecordKind) - {RecordKind.LEAD},
    )

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        token: Callable[[], str | None],
        http: "HttpBoundary",
        clock: Clock,
        deadline: float = 60.0,
    ) -> None:
        """`token` gives the access token at each call, `deadline` is the seconds one exchange may take."""
        self._settings = settings
        self._token = token
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._key_field = settings.get("key_field", "").strip() or KEY_FIELD
        self._opened: ZohoLine | None = None

    @classmethod
    def connect(cls, supplies: Supplies) -> "Zoho":
        """Return the connector for one Connection."""
        from desktop.connectors.http import HttpBoundary  # noqa: PLC0415  (httpx: a tenth of a second)

        http = HttpBoundary(ledger=supplies.ledger, clock=supplies.clock, boundary=supplies.boundary)
        return cls(supplies.settings, token=lambda: supplies.secret("access_token"), http=http, clock=supplies.clock)

    def check(self) -> None:
        """Sign in, and look whether records can be seen and made exactly once."""
        self._line.forget()
        self._shape(RecordKind.ACCOUNT)
        self._shape(RecordKind.CONTACT)
        shapes = {MODULES[kind]: self._line.shape_of(MODULES[kind]) for kind in FEEDS}
        lacking = [name for name, shape in shapes.items() if shape is not None and not self._has_key(shape)]
        if lacking:
            raise self._no_key_field(lacking)

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        if kind is RecordKind.ACTIVITY and field == "type":
            return tuple(HAPPENED.values())
        return offered(self._shape(kind).get(_column(kind, field).name, {}))

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        """Return what the whole organisation requires; what one page layout requires shows when it is refused."""
        shape = self._shape(kind)
        return tuple(column.field for column in COLUMNS[kind] if shape.get(column.name, {}).get("system_mandatory"))

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        if not is_id(ref.id):
            return None
        wanted = {"fields": self._names(self._shape(ref.kind))}
        answer = self._line.ask(JsonCall("GET", _at(ref), params=wanted, also=frozenset({MISSING, 400})))
        if answer.status >= 400:
            refusal, names, detail = refusal_of(answer.status, answer.body)
            if fault_in(answer.body) is None:  # a page of somebody else's in between
                raise garbled(ValueError())
            if refusal is GONE:
                return None
            raise refused(refusal, names, detail)
        rows = self._line.rows(answer)
        found = self._read_row(ref.kind, rows[0]) if rows else None
        return found if found is not None and found.ref == ref else None

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        if not self._has_key(self._shape(kind)):
            raise self._no_key_field([MODULES[kind]])
        listed = ", ".join(f"'{value}'" for value in key_values(kind, key).values())
        rows = self._line.query(f"select id from {MODULES[kind]} where {self._key_field} in ({listed}) limit 1")  # noqa: S608
        return self.read(RecordRef(kind, RecordId(str(rows[0].get("id"))))) if rows else None

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        """Return changed Records; a round over all modules ends by going back a minute, to miss no late commit."""
        marks = {kind.value: clean_mark(checkpoint.marks.get(kind.value, "")) for kind in FEEDS}
        since = clean_mark(checkpoint.marks.get(_SINCE, ""))
        deleted = clean_mark(checkpoint.marks.get(_DELETED, ""))
        records: list[RecordSnapshot] = []
        left = min(limit, _ROWS_AT_ONCE)
        for kind in FEEDS:
            if self._line.shape_of(MODULES[kind]) is None:  # not for the rep's eyes: nothing of it can change for them
                continue
            listed = self._line.query(query_after(MODULES[kind], marks[kind.value], left))
            since = since or stamp_of((self._line.server_time or self._clock.now()) - _OVERLAP)
            records += self._fetched(kind, [str(row.get("id")) for row in listed])
            if listed:
                marks[kind.value] = mark_of(listed[-1])
            left -= len(listed)
            if left <= 0:
                break
        records.sort(key=lambda record: record.modified_at)
        if left <= 0:
            kept = {_DELETED: deleted} if deleted or checkpoint.marks else {_DELETED: since}
            return RecordBatch(tuple(records), Checkpoint({**marks, **kept, _SINCE: since}), has_more=True)
        if checkpoint.marks:  # at the very beginning there is nothing of ours that could have been deleted
            records += self._deletions(deleted)
        rewound = {name: min(mark, since) for name, mark in marks.items() if mark}
        return RecordBatch(tuple(records), Checkpoint({**rewound, _DELETED: since}))

    def _fetched(self, kind: RecordKind, ids: Sequence[str]) -> Iterator[RecordSnapshot]:
        """Yield the Records behind ids: a query gives no links that say what they link to."""
        wanted = {"fields": self._names(self._shape(kind))}
        for start in range(0, len(ids), _IDS_AT_ONCE):
            some = ",".join(ids[start : start + _IDS_AT_ONCE])
            answer = self._line.ask(JsonCall("GET", f"{BASE}/{MODULES[kind]}", params={**wanted, "ids": some}))
            for row in self._line.rows(answer):
                yield self._read_row(kind, row)

    def _read_row(self, kind: RecordKind, row: Mapping[str, Any]) -> RecordSnapshot:
        known = {**row, KEY_FIELD: row.get(self._key_field)}
        if MODULES[kind] == MODULES[RecordKind.ACTIVITY]:
            kind = RecordKind.TASK if happened_of(known) is None else RecordKind.ACTIVITY
        return snapshot(kind, known)

    def _deletions(self, since: str) -> Iterator[RecordSnapshot]:
        """Yield what was deleted since. Of a row of Tasks nobody knows any more whether it was an Activity.

        Of more than 2,000 at once Zoho lists the newest only; the others read as gone when they are next looked at.
        """
        headers = {"If-Modified-Since": since} if since else {}
        for kind in FEEDS:
            if self._line.shape_of(MODULES[kind]) is None:
                continue
            for page in range(1, _MAX_PAGES + 1):
                params = {"type": "all", "page": str(page), "per_page": str(_ROWS_AT_ONCE)}
                call = JsonCall(
                    "GET", f"{BASE}/{MODULES[kind]}/deleted", params=params, headers=headers, also=_UNCHANGED
                )
                answer = self._line.ask(call)
                for row in self._line.rows(answer):
                    yield gone(kind, row)
                    if kind is RecordKind.TASK:
                        yield gone(RecordKind.ACTIVITY, row)
                if not has_more(answer.body):
                    break

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        earlier = self.find_created(kind, key)
        if earlier is not None:
            return earlier
        given = {name: value for name, value in fields.items() if value is not None and value.strip()}
        happened = given.pop("type", "Email") if kind is RecordKind.ACTIVITY else ""
        key_value = key_values(kind, key).get(happened)
        if key_value is None:
            raise Rejected("Dealside logs e-mails and calls in Zoho; choose one of the two.", detail="type")
        body = {**self._defaults(kind), **self._body(kind, given, Right.CREATE), self._key_field: key_value}
        self._check_required(kind, body)
        call = JsonCall("POST", f"{BASE}/{MODULES[kind]}", sent(body), also=frozenset({400, 409}))
        made = self.read(RecordRef(kind, RecordId(self._made_id(self._line.ask(call)))))
        if made is None:
            raise Temporary("Zoho does not show the new record yet; looking again later.", detail=MODULES[kind])
        return made

    def _made_id(self, answer: JsonAnswer) -> str:
        fault = fault_in(answer.body)
        if fault is not None:
            details = details_of(fault)
            if fault.get("code") == "DUPLICATE_DATA" and details.get("api_name") == self._key_field:
                there = details.get("duplicate_record")  # our own earlier attempt was quicker than its look-up
                return str(details.get("id") or (there.get("id") if isinstance(there, Mapping) else ""))
        return str(details_of(self._line.accepted(answer)).get("id"))

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        body = self._body(ref.kind, fields, Right.UPDATE)
        live = self.read(ref)
        if live is None:
            raise _conflict(None)
        if all(live.fields.get(name) == value for name, value in fields_of(ref.kind, body).items()):
            return live  # also how a repeated update, whose first answer was lost, comes to its end
        if version and live.version != version:
            raise _conflict(live)
        self._put(ref, body, live, is_guarded=bool(version))
        written = self.read(ref)
        if written is None:
            raise _conflict(None)
        return written

    def _put(self, ref: RecordRef, body: Mapping[str, Any], live: RecordSnapshot, *, is_guarded: bool) -> None:
        # Stamps are whole seconds; a service that keeps fractions fails its own second, so the next one is tried too.
        for slack in (0, 1) if is_guarded else (0,):
            moment = stamp_of(live.modified_at + timedelta(seconds=slack))
            headers = {"If-Unmodified-Since": moment} if is_guarded else {}
            try:
                self._line.accepted(self._line.ask(JsonCall("PUT", _at(ref), sent(body), headers=headers)))
            except Rejected as error:
                now = self.read(ref)
                if now is None:
                    raise _conflict(None) from None
                if not isinstance(error, Conflict):
                    raise
                if now.version != live.version:
                    raise _conflict(now) from None
            else:
                return
        raise _conflict(live)

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        live = self.read(ref)
        if live is None:
            return False
        if version and live.version != version:
            raise _conflict(live)
        try:
            self._line.accepted(self._line.ask(JsonCall("DELETE", _at(ref))))
        except Rejected:
            if self.read(ref) is None:
                return False
            raise
        return True

    def close(self) -> None:
        """Let go of connections and of what was learned about the organisation."""
        self._http.close()
        self._opened = None

    @property
    def _line(self) -> ZohoLine:
        if self._opened is None:
            if not _FIELD_NAME.fullmatch(self._key_field):
                raise UserActionNeeded("Enter the key field's API name in the settings, like Dealside_Key.")
            origin = origin_of(self._settings.get("api_domain", "").strip())
            self._opened = ZohoLine(self._http, origin=origin, token=self._token, deadline=self._deadline)
        return self._opened

    # --- what the organisation lets the rep do ----------------------------------------------------------------------

    def _body(self, kind: RecordKind, fields: Mapping[str, str | None], right: Right) -> dict[str, Any]:
        shape = self._shape(kind)
        body: dict[str, Any] = {}
        for name, value in fields.items():
            if kind is RecordKind.ACTIVITY and name == "type":
                raise Rejected("“Type” cannot be changed later in Zoho; leave it out.", detail="type")
            column = _column(kind, name)
            spec = shape.get(column.name)
            if spec is None and name == "currency":  # an organisation with one currency has no such field
                continue
            label = f"“{FIELDS[kind][name].label}”"
            if spec is None or not may(spec, right):
                self._line.forget()
                raise refused(HIDDEN, (label,), column.name)
            body[column.name] = self._line.written(kind, column, spec, value)
        return body

    def _defaults(self, kind: RecordKind) -> dict[str, Any]:
        if kind is RecordKind.ACTIVITY:
            return {"Status": "Completed"}
        origin = self._shape(kind).get("Case_Origin", {}) if kind is RecordKind.CASE else {}
        return {"Case_Origin": "Email"} if origin.get("system_mandatory") and "Email" in offered(origin) else {}

    def _check_required(self, kind: RecordKind, body: Mapping[str, Any]) -> None:
        missing = [name for name in self.required(kind) if body.get(_column(kind, name).name) is None]
        if missing:
            labels = ", ".join(f"“{FIELDS[kind][name].label}”" for name in missing)
            raise Rejected(f"Zoho needs {labels} filled in; add it and try again.", detail="required")

    def _names(self, shape: Shape) -> str:
        known = dict.fromkeys(column.name for columns in COLUMNS.values() for column in columns)
        names = [name for name in (*known, self._key_field) if name in shape]
        return ",".join([*names, "Modified_Time", *([RELATED_MODULE] if RELATED in shape else [])])

    def _shape(self, kind: RecordKind) -> Shape:
        shape = self._line.shape_of(MODULES[kind])
        if shape is None:
            self._line.forget()
            raise UserActionNeeded(
                f"Zoho does not show you any {kind.value}; ask your administrator, or check the address.",
                detail=f"no {MODULES[kind]}",
            )
        return shape

    def _has_key(self, shape: Shape) -> bool:
        spec = shape.get(self._key_field, {})
        return bool(spec.get("unique")) and may(spec, Right.CREATE)

    def _no_key_field(self, modules: Sequence[str]) -> UserActionNeeded:
        self._line.forget()
        return UserActionNeeded(
            f"Ask your Zoho admin to add the single-line field {self._key_field}, which does not allow duplicate "
            f"values and which you may write, to: {', '.join(modules)}. Until then nothing can be created there "
            "without the risk of doubles.",
            detail="no key field",
        )


def _at(ref: RecordRef) -> str:
    return f"{BASE}/{MODULES[ref.kind]}/{ref.id}"


def _column(kind: RecordKind, field: str) -> Column:
    for column in COLUMNS[kind]:
        if column.field == field:
            return column
    raise Defect("A change names a field that does not exist.", detail=f"{kind.value}.{field}")


def _conflict(live: RecordSnapshot | None) -> Conflict:
    if live is None:
        return Conflict("The record was deleted in Zoho meanwhile.")
    return Conflict("Somebody changed the record in Zoho meanwhile.", live=dict(live.fields))
