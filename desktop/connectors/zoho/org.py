"""One Zoho CRM organisation, as the rep sees it: its records as ours, ours as its own, what it lets them do."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from desktop.connectors.fieldmap import Column
from desktop.connectors.json_line import MISSING, JsonCall
from desktop.connectors.overrides import FieldMap
from desktop.connectors.refusals import GONE
from desktop.connectors.tables.zoho import (
    COLUMNS,
    HAPPENED,
    HIDDEN,
    KEY_FIELD,
    MODULES,
    RELATED,
    RELATED_MODULE,
    details_of,
    fault_in,
    fields_of,
    happened_of,
    is_id,
    key_values,
    refusal_of,
    snapshot,
)
from desktop.connectors.zoho.line import BASE, Right, Shape, ZohoLine, garbled, may, offered, refused
from desktop.domain.crm_port import Fields
from desktop.domain.errors import Conflict, Defect, Rejected, UserActionNeeded
from desktop.domain.records import FIELDS, RecordKind, RecordRef, RecordSnapshot

Row = Mapping[str, Any]
IDS_AT_ONCE = 100
VALUES_AT_ONCE = 500
"""How many values one query asks for: a condition takes 50 at once, a query 25 conditions."""
_IN_ONE_CONDITION = 50
_ROWS_AT_ONCE = 2000
_CHEAP_ROWS = 200  # a query for so many costs one credit, one for 2,000 costs three


class Org:
    """What is known of one organisation. `field_map` says where a column is another than usual."""

    def __init__(self, line: ZohoLine, key_field: str, field_map: FieldMap) -> None:
        self.line = line
        self.key_field = key_field
        self.field_map = field_map
        self._columns = {kind: field_map.columns(kind, usual) for kind, usual in COLUMNS.items()}

    # --- what it lets the rep do ------------------------------------------------------------------------------------

    def columns(self, kind: RecordKind) -> tuple[Column, ...]:
        """Return the columns of a kind, whether the rep may see them or not."""
        return self._columns[kind]

    def column(self, kind: RecordKind, field: str) -> Column | None:
        """Return the column of a Field, None for one that the field map takes out; raise Defect where there is none."""
        for column in self._columns[kind]:
            if column.field == field:
                return column
        if field in FIELDS[kind]:
            return None
        raise Defect("A change names a field that does not exist.", detail=f"{kind.value}.{field}")

    def is_visible(self, kind: RecordKind) -> bool:
        """Return whether the rep may see a kind's module."""
        return self.line.shape_of(MODULES[kind]) is not None

    def shape(self, kind: RecordKind) -> Shape:
        """Return the fields of a kind's module; raise UserActionNeeded where the rep may not see it."""
        shape = self.line.shape_of(MODULES[kind])
        if shape is None:
            self.line.forget()
            raise UserActionNeeded(
                f"Zoho does not show you any {kind.value}; ask your administrator, or check the address.",
                detail=f"no {MODULES[kind]}",
            )
        return shape

    def has_key(self, shape: Shape) -> bool:
        """Return whether records of a module can be made exactly once."""
        spec = shape.get(self.key_field, {})
        return bool(spec.get("unique")) and may(spec, Right.CREATE)

    def need_key(self, kind: RecordKind) -> None:
        """Raise UserActionNeeded where a kind's module lacks the key field."""
        if not self.has_key(self.shape(kind)):
            raise self.no_key_field([MODULES[kind]])

    def no_key_field(self, modules: Sequence[str]) -> UserActionNeeded:
        """Return the error for modules without a usable key field."""
        self.line.forget()
        return UserActionNeeded(
            f"Ask your Zoho admin to add the single-line field {self.key_field}, which does not allow duplicate "
            f"values and which you may write, to: {', '.join(modules)}. Until then nothing can be created there "
            "without the risk of doubles.",
            detail="no key field",
        )

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        """Return what the whole organisation requires; what one page layout requires shows when it is refused."""
        shape = self.shape(kind)
        return tuple(each.field for each in self._columns[kind] if shape.get(each.name, {}).get("system_mandatory"))

    # --- ours as its own --------------------------------------------------------------------------------------------

    def body(self, kind: RecordKind, fields: Fields, right: Right) -> dict[str, Any]:
        """Return Zoho's form of some fields; raise what it would refuse them for."""
        shape = self.shape(kind)
        body: dict[str, Any] = {}
        for name, value in fields.items():
            if kind is RecordKind.ACTIVITY and name == "type":
                raise Rejected("“Type” cannot be changed later in Zoho; leave it out.", detail="type")
            column = self.column(kind, name)
            spec = shape.get(column.name) if column else None
            if spec is None and name == "currency":  # an organisation with one currency has no such field
                continue
            if column is None or spec is None or not may(spec, right):
                self.line.forget()
                raise refused(HIDDEN, (f"“{FIELDS[kind][name].label}”",), column.name if column else name)
            body[column.name] = self.line.written(kind, column, spec, value)
        return body

    def new_body(self, kind: RecordKind, fields: Fields, key: str) -> dict[str, Any]:
        """Return a new record with its key; raise what Zoho would refuse it for."""
        given = {name: value for name, value in fields.items() if value is not None and value.strip()}
        happened = given.pop("type", "Email") if kind is RecordKind.ACTIVITY else ""
        key_value = key_values(kind, key).get(happened)
        if key_value is None:
            raise Rejected("Dealside logs e-mails and calls in Zoho; choose one of the two.", detail="type")
        body = {**self._defaults(kind), **self.body(kind, given, Right.CREATE), self.key_field: key_value}
        self._check_required(kind, body)
        return body

    def _defaults(self, kind: RecordKind) -> dict[str, Any]:
        if kind is RecordKind.ACTIVITY:
            return {"Status": "Completed"}
        origin = self.shape(kind).get("Case_Origin", {}) if kind is RecordKind.CASE else {}
        return {"Case_Origin": "Email"} if origin.get("system_mandatory") and "Email" in offered(origin) else {}

    def _check_required(self, kind: RecordKind, body: Row) -> None:
        needed = [(name, self.column(kind, name)) for name in self.required(kind)]
        missing = [name for name, column in needed if column is not None and body.get(column.name) is None]
        if missing:
            labels = ", ".join(f"“{FIELDS[kind][name].label}”" for name in missing)
            raise Rejected(f"Zoho needs {labels} filled in; add it and try again.", detail="required")

    def fields_of(self, kind: RecordKind, body: Row) -> dict[str, str | None]:
        """Return the canonical fields of a record that was, or is to be, written."""
        return fields_of(kind, body, self._columns[kind])

    # --- its records as ours ----------------------------------------------------------------------------------------

    def names(self, kind: RecordKind) -> str:
        """Return the fields to ask for when records of a kind's module are read."""
        shape = self.shape(kind)
        columns = (
            column for each, module in MODULES.items() if module == MODULES[kind] for column in self._columns[each]
        )
        names = [
            name for name in dict.fromkeys([*(column.name for column in columns), self.key_field]) if name in shape
        ]
        return ",".join([*names, "Modified_Time", *([RELATED_MODULE] if RELATED in shape else [])])

    def record(self, kind: RecordKind, row: Row) -> RecordSnapshot:
        """Read one row of a kind's module. Of a row of Tasks it turns out here which kind it is."""
        known = {**row, KEY_FIELD: row.get(self.key_field)}
        if MODULES[kind] == MODULES[RecordKind.ACTIVITY]:
            kind = RecordKind.TASK if happened_of(known) is None else RecordKind.ACTIVITY
        return snapshot(kind, known, self._columns[kind])

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        """Return a Record as it stands now, None when it is gone."""
        if not is_id(ref.id):
            return None
        wanted = {"fields": self.names(ref.kind)}
        answer = self.line.ask(JsonCall("GET", at(ref), params=wanted, also=frozenset({MISSING, 400})))
        if answer.status >= 400:
            refusal, names, detail = refusal_of(answer.status, answer.body)
            if fault_in(answer.body) is None:  # a page of somebody else's in between
                raise garbled(ValueError())
            if refusal is GONE:
                return None
            raise refused(refusal, names, detail)
        rows = self.line.rows(answer)
        found = self.record(ref.kind, rows[0]) if rows else None
        return found if found is not None and found.ref == ref else None

    def listed(self, kind: RecordKind, ids: Sequence[str]) -> list[RecordSnapshot]:
        """Return the records of a kind's module behind at most 100 ids, as they stand now; one that is gone is absent.

        A query would take more of them, but gives no links that say what they link to.
        """
        params = {"fields": self.names(kind), "ids": ",".join(ids)}
        answer = self.line.ask(JsonCall("GET", f"{BASE}/{MODULES[kind]}", params=params))
        return [self.record(kind, row) for row in self.line.rows(answer)]

    def ids_where(self, kind: RecordKind, name: str, values: Sequence[str]) -> list[tuple[str, str]]:
        """Return (id, value) of the rows whose field holds one of at most 500 values, as a query sees them."""
        found: list[tuple[str, str]] = []
        last = ""
        most = _CHEAP_ROWS if len(values) < _CHEAP_ROWS else _ROWS_AT_ONCE
        while True:
            columns = "id" if name == "id" else f"id, {name}"
            where = _one_of(name, values)
            where = f"({where} and id > {last})" if last else where
            query = f"select {columns} from {MODULES[kind]} where {where} order by id asc limit {most}"  # noqa: S608
            rows = self.line.query(query)
            found += [(str(row.get("id")), str(row.get(name) or "")) for row in rows]
            if len(rows) < most or not is_id(found[-1][0]) or found[-1][0] == last:
                return found
            last, most = found[-1][0], _ROWS_AT_ONCE

    def id_of_double(self, fault: Row) -> str:
        """Return the id of the record that has the key already, "" for a fault of another sort."""
        details = details_of(fault)
        if fault.get("code") != "DUPLICATE_DATA" or details.get("api_name") != self.key_field:
            return ""
        there = details.get("duplicate_record")  # our own earlier attempt was quicker than its look-up
        return str(details.get("id") or (there.get("id") if isinstance(there, Mapping) else ""))


def _one_of(name: str, values: Sequence[str]) -> str:
    """Return the condition that a field holds one of some values; conditions stand in brackets two by two."""
    parts = [
        f"{name} in ({', '.join(quoted(value) for value in values[start : start + _IN_ONE_CONDITION])})"
        for start in range(0, len(values), _IN_ONE_CONDITION)
    ]
    where = parts[0]
    for part in parts[1:]:
        where = f"({where} or {part})"
    return where


def quoted(value: str) -> str:
    """Return a value as it stands in a query: a single quote is doubled."""
    return "'" + value.replace("'", "''") + "'"


def keys_of(kind: RecordKind, key: str) -> Iterable[str]:
    """Return what the key field of a record may hold that was made under an idempotency key."""
    return key_values(kind, key).values()


def types() -> tuple[str, ...]:
    """Return the types of an Activity, the usual one first."""
    return tuple(HAPPENED.values())


def at(ref: RecordRef) -> str:
    """Return where a record stands."""
    return f"{BASE}/{MODULES[ref.kind]}/{ref.id}"


def conflict(live: RecordSnapshot | None) -> Conflict:
    """Return the error for a Record that moved on, or went."""
    if live is None:
        return Conflict("The record was deleted in Zoho meanwhile.")
    return Conflict("Somebody changed the record in Zoho meanwhile.", live=dict(live.fields))
