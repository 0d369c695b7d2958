"""Looking records up by what they hold, the org's own search, and whom records can belong to."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from desktop.connectors.fieldmap import Column, read_values
from desktop.connectors.salesforce.composite import Caller
from desktop.connectors.salesforce.looking import by_values, fold, see
from desktop.connectors.salesforce.org import Org
from desktop.connectors.tables.salesforce import OBJECTS, kinds_of
from desktop.domain.errors import DealsideError
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordSnapshot
from desktop.domain.rights import Owner

FIELDS_TO_ASK = frozenset({"email", "phone", "name"})
_LONGEST_VALUE = 255
_OPERATORS = re.compile(r"[?&|!{}\[\]()^~*:\\\"'+\-]|[\x00-\x1f]")
_LONGEST_SEARCH = 200
_OWNERS = "SELECT Id, Name, Email, IsActive FROM User WHERE UserType = 'Standard' ORDER BY Name, Id LIMIT 2000"


def find(org: Org, kind: RecordKind, field: str, values: Sequence[str]) -> Mapping[str, tuple[RecordSnapshot, ...]]:
    """See CrmConnector.find. The org compares without upper and lower case; a number in the ways it is often typed."""
    if field not in FIELDS_TO_ASK or field not in FIELDS[kind]:
        return {}
    usable = [value for value in dict.fromkeys(values) if 0 < len(value.strip()) <= _LONGEST_VALUE]
    column = org.column(kind, field)
    spec = org.shape(kind).fields.get(column.name)
    if not usable or spec is None or not spec.get("filterable", True):
        return {}
    is_phone = FIELDS[kind][field].type is FieldType.PHONE
    asked = {value: _typed(value) if is_phone else (value.strip(),) for value in usable}
    every = [form for forms in asked.values() for form in forms]
    held: dict[str, dict[str, RecordSnapshot]] = {}
    for seen in see(org, Caller(org), by_values(kind, org.names(kind), column.name, every)).values():
        if isinstance(seen, DealsideError):
            raise seen
        for record in seen:
            if not record.is_deleted:
                held.setdefault(fold(record.fields.get(field) or ""), {})[str(record.ref.id)] = record
    found = {
        value: tuple(record for form in _read(column, forms) for record in held.get(form, {}).values())
        for value, forms in asked.items()
    }
    return {value: records for value, records in found.items() if records}


def search(org: Org, kind: RecordKind, words: str, *, limit: int) -> tuple[RecordSnapshot, ...]:
    """See CrmConnector.search. It finds by the beginnings of words, new records a few minutes after they were made."""
    plain = " ".join(_OPERATORS.sub(" ", words).lower().split())[:_LONGEST_SEARCH]
    if len(plain) < 2 or limit < 1:
        return ()
    names = org.names(kind)
    extra = [name for name in ("TaskSubtype", "IsClosed") if name in org.shape(kind).fields]
    wanted = {"name": OBJECTS[kind], "fields": list(dict.fromkeys([*names, *extra])), "limit": min(limit, 2000)}
    body = {"q": plain, "in": "ALL", "sobjects": [wanted], "overallLimit": min(limit, 2000)}
    rows = org.ask(lambda client: _records(client.restful("parameterizedSearch", method="POST", json=body)))
    found = (org.snapshot(kind, row) for row in rows if _is(kind, row))
    return tuple(record for record in found if not record.is_deleted)[:limit]


def owners(org: Org) -> tuple[Owner, ...]:
    """Return the people of the org; guests, portal users and programs own nothing."""
    rows = org.ask(lambda client: [dict(row) for row in client.query(_OWNERS)["records"]])
    named = ((row, str(row.get("Name") or row.get("Email") or "").strip()) for row in rows)
    return tuple(
        Owner(str(row["Id"]), name, str(row.get("Email") or ""), is_active=bool(row.get("IsActive")))
        for row, name in named
        if name
    )


def _records(answer: Any) -> list[Mapping[str, Any]]:
    return [dict(row) for row in (answer or {})["searchRecords"]]


def _is(kind: RecordKind, row: Mapping[str, Any]) -> bool:
    return kind not in {RecordKind.TASK, RecordKind.ACTIVITY} or kinds_of(kind, row)[0] is kind


def _typed(value: str) -> tuple[str, ...]:
    """Return the ways in which a number is written without dressing; what is dressed, the org's search may find."""
    bare = value.strip()
    return (bare, f"00{bare[1:]}") if bare.startswith("+") else (bare,)


def _read(column: Column, forms: Sequence[str]) -> list[str]:
    """Return values as they read once they stand in a record."""
    read = (read_values([column], {column.name: form}).get(column.field) for form in forms)
    return list(dict.fromkeys(fold(value) for value in read if value))
