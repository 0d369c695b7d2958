"""How one Record is read, created and changed in Dataverse, as steps: for it alone, or for many side by side."""

from collections.abc import Mapping
from typing import Any

from desktop.connectors.dynamics.body import UPDATE, Bodies
from desktop.connectors.dynamics.org import REPRESENTED, Org
from desktop.connectors.dynamics.shape import row_of
from desktop.connectors.dynamics.steps import Steps
from desktop.connectors.json_line import JsonCall
from desktop.connectors.tables.dynamics import (
    BASE,
    POINTS_NOWHERE,
    TABLES,
    TAKEN,
    VENDOR,
    Table,
    code_of,
    guid_of,
    place_of,
    row_path,
    tables_of,
)
from desktop.domain.crm_port import NewRecord, RecordChange
from desktop.domain.errors import Conflict, Rejected
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

_MISSING, _STALE = 404, 412
_FIRST_TYPE = "Email"
_COMPLETED = 1
_MOVED_ON = frozenset({"0x80060882", ""})
Row = Mapping[str, Any]


class Writing:
    """What is done to the Records of one environment."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._bodies = Bodies(org)

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, ref: RecordRef) -> Steps[RecordSnapshot | None]:
        """Return the Record as it stands now, or None when it is gone."""
        place = place_of(ref.kind, ref.id)
        return (yield from self._read(*place)) if place else None

    def find_created(self, kind: RecordKind, key: str) -> Steps[RecordSnapshot | None]:
        """Return the Record that was made under a key, or None."""
        for table in tables_of(kind):
            found = yield from self._read(table, guid_of(kind, key))
            if found is not None:
                return found
        return None

    def _row(self, table: Table, guid: str) -> Steps[Row | None]:
        if self._org.shape(table) is None:
            return None
        answer = yield self._org.row_call(table, guid)
        return None if answer.status == _MISSING else row_of(table, answer.body)

    def _read(self, table: Table, guid: str) -> Steps[RecordSnapshot | None]:
        row = yield from self._row(table, guid)
        return self._org.snapshot(table, row) if row is not None else None

    def _reread(self, table: Table, guid: str) -> Steps[RecordSnapshot]:
        found = yield from self._read(table, guid)
        if found is None:
            raise conflict(None)
        return found

    # --- creating ---------------------------------------------------------------------------------------------------

    def create(self, new: NewRecord) -> Steps[RecordSnapshot]:
        """Create a Record once per key; see CrmConnector.create."""
        given = {name: value for name, value in new.fields.items() if value is not None and value.strip()}
        guid = guid_of(new.kind, new.key)
        try:
            table = _table_for(new.kind, given)
            body = self._bodies.new_body(table, given)
            closing = _taken_out(table, body)
            answer = yield self._post(table, {**body, table.id_name: guid})
            row = None if answer.body is None else row_of(table, answer.body)
        except Rejected as error:
            earlier = yield from self.find_created(new.kind, new.key)  # refused perhaps because it was made already
            if earlier is None and isinstance(error, Conflict):  # a 412 without a code: nothing of ours has changed
                raise Rejected(TAKEN.sentence.replace("{vendor}", VENDOR), detail=error.detail) from None
            if earlier is None:
                raise
            return (yield from self._finished(earlier, given))
        if closing:
            yield self._closing(table, guid, closing)
        made = self._org.snapshot(table, row) if row is not None and not (closing or table.parties) else None
        return made or (yield from self._reread(table, guid))

    def _post(self, table: Table, body: Mapping[str, Any]) -> JsonCall:
        params = {"$select": self._org.select(table)}
        # Rules against doubles are the organisation's own; programs have to ask for them.
        headers = {"Prefer": REPRESENTED, "MSCRM.SuppressDuplicateDetection": "false"}
        return JsonCall("POST", f"{BASE}/{table.entity_set}", body, params, headers)

    def _finished(self, earlier: RecordSnapshot, given: Mapping[str, str]) -> Steps[RecordSnapshot]:
        """Complete what a create of ours left open, unless somebody has touched it since."""
        place = place_of(earlier.ref.kind, earlier.ref.id)
        if place is None:
            return earlier
        table, guid = place
        try:
            closing = _taken_out(table, self._bodies.new_body(table, given))
        except Rejected:
            return earlier
        row = (yield from self._row(table, guid)) if closing else None
        is_ours = row is not None and row.get("createdon") == row.get("modifiedon") and not row.get("statecode")
        if row is None or not is_ours:
            return earlier
        yield self._closing(table, guid, closing, str(row["@odata.etag"]))
        return (yield from self._reread(table, guid))

    def _closing(self, table: Table, guid: str, closing: Mapping[str, Any], version: str = "*") -> JsonCall:
        also = frozenset({_STALE})  # somebody was quicker: then it is theirs
        return JsonCall("PATCH", row_path(table, guid), closing, headers={"If-Match": version}, also=also)

    # --- changing ---------------------------------------------------------------------------------------------------

    def update(self, change: RecordChange) -> Steps[RecordSnapshot]:
        """Write fields of a Record; see CrmConnector.update."""
        place = place_of(change.ref.kind, change.ref.id)
        if place is None:
            raise conflict(None)
        table, guid = place
        live = change.live
        # Whether a row is closed does not show in a Record.
        if live is None or table.closes or live.ref != change.ref or change.version not in {"", live.version}:
            row = yield from self._row(table, guid)
            if row is None:
                raise conflict(None)
            live = self._org.snapshot(table, row)
            is_closed = bool(table.closes and row.get("statecode"))
        else:
            is_closed = False
        body = self._bodies.body(table, change.fields, UPDATE, live)
        if not body or self._bodies.is_there(table, change.fields, body, live):
            return live  # also how a repeated update, whose first answer was lost, comes to its end
        if change.version and live.version != change.version:
            raise conflict(live)
        if is_closed:
            raise Rejected(
                f"This {table.kind.value} is closed in {VENDOR} and cannot be changed; reopen it there first.",
                detail=table.name,
            )
        return (yield from self._patched(table, guid, change, body, live))

    def _patched(
        self, table: Table, guid: str, change: RecordChange, body: Mapping[str, Any], live: RecordSnapshot
    ) -> Steps[RecordSnapshot]:
        guard = live.version if change.version and self._org.need(table).guards else "*"
        headers = {"Prefer": REPRESENTED, "If-Match": guard}
        params = {"$select": self._org.select(table)}
        also = frozenset({_MISSING, _STALE})
        answer = yield JsonCall("PATCH", row_path(table, guid), body, params, headers, also)
        if answer.status in also:
            code = code_of(answer.body)
            now = yield from self._read(table, guid)
            if now is not None and self._bodies.is_there(table, change.fields, body, now):
                return now  # an earlier attempt, given up here, came through there
            is_stale = answer.status == _STALE and code in _MOVED_ON
            if now is None or now.version != live.version or is_stale:
                raise conflict(now)
            refusal = POINTS_NOWHERE.sentence if answer.status == _MISSING else "{vendor} has another record like this."
            raise Rejected(refusal.replace("{vendor}", VENDOR), detail=f"{answer.status} {code}")
        if answer.body is None or table.parties:
            return (yield from self._reread(table, guid))
        return self._org.snapshot(table, row_of(table, answer.body))

    def delete(self, ref: RecordRef, version: str) -> Steps[bool]:
        """Delete a Record; False when it was gone already."""
        place = place_of(ref.kind, ref.id)
        if place is None:
            return False
        table, guid = place
        guards = self._org.need(table).guards
        if version and not guards:
            live = yield from self._read(table, guid)
            if live is not None and live.version != version:
                raise conflict(live)
        headers = {"If-Match": version} if version and guards else {}
        answer = yield JsonCall("DELETE", row_path(table, guid), headers=headers, also=frozenset({_MISSING, _STALE}))
        if answer.status == _STALE:
            raise conflict((yield from self._read(table, guid)))
        return answer.status != _MISSING


def conflict(live: RecordSnapshot | None) -> Conflict:
    """Return the error for a Record that moved on, or went."""
    if live is None:
        return Conflict(f"The record was deleted in {VENDOR} meanwhile.")
    return Conflict(f"Somebody changed the record in {VENDOR} meanwhile.", live=dict(live.fields))


def _table_for(kind: RecordKind, given: Mapping[str, str]) -> Table:
    if kind is not RecordKind.ACTIVITY:
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
