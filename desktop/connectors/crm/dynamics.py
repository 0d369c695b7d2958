"""Microsoft Dynamics 365 (Dataverse) over its Web API 9.2, with the rights of the rep whose access token it is.

Exactly once needs nothing of the environment's admin: a new Record gets a primary key of our own, derived from the
idempotency key. Dataverse accepts a primary key once, whatever was lost or is still under way; a repeated create is
answered by the Record as it stands, never written over. What has happened (an e-mail, a call) is made open, since it
cannot be made otherwise, and then completed; a repeat completes one that was left open and that nobody touched since.

Conflicts are found by Dataverse: every change and deletion names the ETag it is meant for (`If-Match`).

A task has one link: the record it is about. Given both, it is about `related`, and its contact is left out.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from desktop.connectors.dynamics.body import UPDATE, Bodies
from desktop.connectors.dynamics.feed import pull
from desktop.connectors.dynamics.org import REPRESENTED, VENDOR, Org, row_of
from desktop.connectors.json_line import JsonCall
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.dynamics import (
    BASE,
    BY_NAME,
    POINTS_NOWHERE,
    TABLES,
    TAKEN,
    Table,
    code_of,
    guid_of,
    place_of,
    row_path,
    tables_of,
)
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, RecordBatch
from desktop.domain.errors import Conflict, Rejected
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_K = RecordKind
_MISSING, _STALE = 404, 412
_FIRST_TYPE = "Email"
_COMPLETED = 1
Row = Mapping[str, Any]


class Dynamics(CrmConnector):
    """One environment."""

    info = ConnectorInfo(
        name="dynamics",
        title="Microsoft Dynamics 365",
        family=Family.CRM,
        settings=(
            FieldSpec("address", "Address", help="Of your environment: it looks like https://name.crm4.dynamics.com"),
            FieldSpec("access_token", "Access token", FieldWidget.SECRET),
            FieldSpec(
                "next_step_field",
                "Column of the next step",
                required=False,
                help="Dynamics has none of its own: the name of a text column that your admin added to opportunities",
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
        self._http = http
        self._clock = clock
        self._org = Org(settings, token, http, deadline)
        self._bodies = Bodies(self._org)

    @classmethod
    def connect(cls, supplies: Supplies) -> "Dynamics":
        """Return the connector for one Connection."""
        from desktop.connectors.http import HttpBoundary  # noqa: PLC0415  (httpx: a quarter of a second)

        http = HttpBoundary(ledger=supplies.ledger, clock=supplies.clock, boundary=supplies.boundary)
        return cls(supplies.settings, token=lambda: supplies.secret("access_token"), http=http, clock=supplies.clock)

    def check(self) -> None:
        """Sign in, and look whether accounts and contacts can be seen."""
        self._org.forget()
        self._org.who_am_i()
        for name in ("account", "contact"):
            table = BY_NAME[name]
            self._org.need(table)
            headers = {"Prefer": "odata.maxpagesize=1"}
            self._org.ask(
                JsonCall("GET", f"{BASE}/{table.entity_set}", params={"$select": table.id_name}, headers=headers)
            )

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        tables = [table for table in tables_of(kind) if self._org.shape(table) is not None]
        if kind is _K.ACTIVITY and field == "type":
            return tuple(table.type for table in tables)
        if kind is _K.OPPORTUNITY and field == "currency" and tables:
            return tuple(self._org.currencies())
        found = (self._org.writable(table, name) for table in tables for known, name in table.choices if known == field)
        return tuple(dict.fromkeys(option.label for option in next(found, ())))

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        """Return what the server itself insists on; of a customer (account or contact) the account."""
        names: list[str] = []
        for table in tables_of(kind):
            shape = self._org.shape(table)
            given = [(row.field, row.name) for row in table.columns] + [(link.field, link.name) for link in table.links]
            for field, name in given:
                level = (shape.attributes.get(name, {}) if shape else {}).get("RequiredLevel")
                if isinstance(level, Mapping) and level.get("Value") == "SystemRequired":
                    names.append(field)
        return tuple(dict.fromkeys(names))

    # --- reading ----------------------------------------------------------------------------------------------------

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        return pull(self._org, self._clock, checkpoint, limit)

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        place = place_of(ref.kind, ref.id)
        return self._read(*place) if place else None

    def _read(self, table: Table, guid: str) -> RecordSnapshot | None:
        row = self._org.row(table, guid)
        return self._org.snapshot(table, row) if row is not None else None

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        for table in tables_of(kind):
            row = self._org.row(table, guid_of(kind, key))
            if row is not None:
                return self._org.snapshot(table, row)
        return None

    # --- creating ---------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        given = {name: value for name, value in fields.items() if value is not None and value.strip()}
        guid = guid_of(kind, key)
        try:
            table = _table_for(kind, given)
            body = self._bodies.new_body(table, given)
            closing = _taken_out(table, body)
            row = self._post(table, {**body, table.id_name: guid})
        except Rejected as error:
            earlier = self.find_created(kind, key)  # refused perhaps because it was made already
            if earlier is None and isinstance(error, Conflict):  # a 412 without a code: nothing of ours has changed
                raise Rejected(TAKEN.sentence.replace("{vendor}", VENDOR), detail=error.detail) from None
            if earlier is None:
                raise
            return self._finished(earlier, given)
        if closing:
            self._close(table, guid, closing)
        made = self._org.snapshot(table, row) if row is not None and not (closing or table.parties) else None
        return made or self._reread(table, guid)

    def _post(self, table: Table, body: Mapping[str, Any]) -> Row | None:
        params = {"$select": self._org.select(table)}
        # Rules against doubles are the organisation's own; programs have to ask for them.
        headers = {"Prefer": REPRESENTED, "MSCRM.SuppressDuplicateDetection": "false"}
        call = JsonCall("POST", f"{BASE}/{table.entity_set}", body, params, headers)
        answer = self._org.ask(call)
        return None if answer.body is None else row_of(table, answer.body)

    def _finished(self, earlier: RecordSnapshot, given: Mapping[str, str]) -> RecordSnapshot:
        """Complete what a create of ours left open, unless somebody has touched it since."""
        place = place_of(earlier.ref.kind, earlier.ref.id)
        if place is None:
            return earlier
        table, guid = place
        try:
            closing = _taken_out(table, self._bodies.new_body(table, given))
        except Rejected:
            return earlier
        row = self._org.row(table, guid) if closing else None
        is_ours = row is not None and row.get("createdon") == row.get("modifiedon") and not row.get("statecode")
        if row is None or not is_ours:
            return earlier
        self._close(table, guid, closing, str(row["@odata.etag"]))
        return self._reread(table, guid)

    def _close(self, table: Table, guid: str, closing: Mapping[str, Any], version: str = "*") -> None:
        also = frozenset({_STALE})  # somebody was quicker: then it is theirs
        self._org.ask(JsonCall("PATCH", row_path(table, guid), closing, headers={"If-Match": version}, also=also))

    def _reread(self, table: Table, guid: str) -> RecordSnapshot:
        found = self._read(table, guid)
        if found is None:
            raise _conflict(None)
        return found

    # --- changing ---------------------------------------------------------------------------------------------------

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        place = place_of(ref.kind, ref.id)
        row = self._org.row(*place) if place else None
        if place is None or row is None:
            raise _conflict(None)
        table, guid = place
        live = self._org.snapshot(table, row)
        body = self._bodies.body(table, fields, UPDATE, live)
        if not body or self._bodies.is_there(table, fields, body, live):
            return live  # also how a repeated update, whose first answer was lost, comes to its end
        if version and live.version != version:
            raise _conflict(live)
        if table.closes and row.get("statecode"):
            raise Rejected(
                f"This {table.kind.value} is closed in {VENDOR} and cannot be changed; reopen it there first.",
                detail=table.name,
            )
        guard = live.version if version and self._org.need(table).guards else "*"
        return self._patch(table, guid, body, live, guard)

    def _patch(
        self, table: Table, guid: str, body: Mapping[str, Any], live: RecordSnapshot, guard: str
    ) -> RecordSnapshot:
        headers = {"Prefer": REPRESENTED, "If-Match": guard}
        params = {"$select": self._org.select(table)}
        also = frozenset({_MISSING, _STALE})
        answer = self._org.ask(JsonCall("PATCH", row_path(table, guid), body, params, headers, also))
        if answer.status in also:
            now = self._read(table, guid)
            code = code_of(answer.body)
            is_stale = answer.status == _STALE and code in {"0x80060882", ""}
            if now is None or now.version != live.version or is_stale:
                raise _conflict(now)
            refusal = POINTS_NOWHERE.sentence if answer.status == _MISSING else "{vendor} has another record like this."
            raise Rejected(refusal.replace("{vendor}", VENDOR), detail=f"{answer.status} {code}")
        if answer.body is None or table.parties:
            return self._reread(table, guid)
        return self._org.snapshot(table, row_of(table, answer.body))

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        place = place_of(ref.kind, ref.id)
        if place is None:
            return False
        table, guid = place
        guards = self._org.need(table).guards
        if version and not guards:
            live = self._read(table, guid)
            if live is not None and live.version != version:
                raise _conflict(live)
        headers = {"If-Match": version} if version and guards else {}
        also = frozenset({_MISSING, _STALE})
        answer = self._org.ask(JsonCall("DELETE", row_path(table, guid), headers=headers, also=also))
        if answer.status == _STALE:
            raise _conflict(self._read(table, guid))
        return answer.status != _MISSING

    def close(self) -> None:
        """Let go of connections and of what was learned about the environment."""
        self._http.close()
        self._org.forget()


def _table_for(kind: RecordKind, given: Mapping[str, str]) -> Table:
    if kind is not _K.ACTIVITY:
        return tables_of(kind)[0]
    wanted = given.get("type", _FIRST_TYPE).strip()
    for table in TABLES:
        if table.type == wanted:
            return table
    raise Rejected(f"{VENDOR} logs e-mails and calls here; choose one of the two.", detail="type")


def _taken_out(table: Table, body: dict[str, Any]) -> dict[str, Any]:
    """Return what has to wait until a row is there, taken out of its body: states cannot be set at once."""
    state = body.pop("statecode", 0)
    if table.done:
        return {"statecode": _COMPLETED, "statuscode": table.done}
    return {"statecode": state, "statuscode": body.pop("statuscode")} if state else {}


def _conflict(live: RecordSnapshot | None) -> Conflict:
    if live is None:
        return Conflict(f"The record was deleted in {VENDOR} meanwhile.")
    return Conflict(f"Somebody changed the record in {VENDOR} meanwhile.", live=dict(live.fields))
