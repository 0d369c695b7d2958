"""Looking for Records in a HubSpot account: by what a field holds, by words, and whom they can belong to.

A contact is looked up by e-mail address in a batch, which is exact and up to date. Everything else goes through the
search, whose index is some seconds behind and which an account may ask five times a second. It compares without regard
to case, and a telephone number as it was typed: one that is not stored in the international form is not found by it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from desktop.connectors.fieldmap import Column, Unreadable
from desktop.connectors.hubspot import batches
from desktop.connectors.hubspot.account import Account, next_page, read_answer
from desktop.connectors.json_line import JsonCall, rows_of
from desktop.connectors.patience import Patience
from desktop.connectors.tables.hubspot import CONTACTS, OF_KIND, Table
from desktop.domain.records import RecordKind, RecordSnapshot
from desktop.domain.rights import Owner

_FIELDS = frozenset({"email", "phone", "name"})
_EMAIL = "email"
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")  # one that is none would have the whole batch refused
_LONGEST_VALUE = 1000
_LONGEST_QUERY = 3000
_VALUES_AT_ONCE = 50
_ROWS_AT_ONCE = 200
_MOST_PAGES = 25  # a search shows 10,000 results at most, and 5,000 of one name are nobody's duplicates
_MOST_OWNER_PAGES = 100


def find(
    account: Account, kind: RecordKind, field: str, values: Sequence[str]
) -> dict[str, tuple[RecordSnapshot, ...]]:
    """Return, for each of `values`, the Records whose `field` holds it; see CrmConnector."""
    found: dict[str, dict[str, RecordSnapshot]] = {}
    for table in OF_KIND[kind] if field in _FIELDS else ():
        shape = account.shape(table)
        column = next((each for each in shape.columns if each.field == field), None) if shape else None
        if column is None:
            continue
        by_value: dict[str, list[RecordSnapshot]] = {}
        for record in _holding(account, table, column, values):
            by_value.setdefault(_folded(record.fields.get(field) or ""), []).append(record)
        for value in values:
            same = by_value.get(_folded(_as_read(column, value)), ())
            found.setdefault(value, {}).update((record.ref.id, record) for record in same)
    return {value: tuple(records.values()) for value, records in found.items()}


def _holding(account: Account, table: Table, column: Column, values: Sequence[str]) -> Iterable[RecordSnapshot]:
    if (table.name, column.name) == (CONTACTS, _EMAIL):
        addresses = [address for value in values if _ADDRESS.fullmatch(address := value.strip().lower())]
        found = batches.read(account, table, addresses, Patience(), by=_EMAIL).all()
        return [each.snapshot for each in found.values()]
    wanted = [text for value in values if (text := value.strip().lower()) and len(text) <= _LONGEST_VALUE]
    rows: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(wanted), _VALUES_AT_ONCE):
        rows.update(_rows_with(account, table, column.name, wanted[start : start + _VALUES_AT_ONCE]))
    return account.snapshots(table, list(rows.values()))


def _rows_with(account: Account, table: Table, name: str, values: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    rows: dict[str, Mapping[str, Any]] = {}
    after = ""
    for _ in range(_MOST_PAGES):
        body = {
            "filterGroups": [{"filters": [{"propertyName": name, "operator": "IN", "values": list(values)}]}],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "limit": _ROWS_AT_ONCE,
            **({"after": after} if after else {}),
        }
        answer = account.search(table, body)
        rows.update((str(row["id"]), row) for row in answer.rows)
        after = answer.after
        if not after:
            break
    return rows


def search(account: Account, kind: RecordKind, words: str, limit: int) -> tuple[RecordSnapshot, ...]:
    """Return Records that HubSpot's own search finds for `words`, in its order; see CrmConnector."""
    query = " ".join(words.split())[:_LONGEST_QUERY]
    found: list[RecordSnapshot] = []
    for table in OF_KIND[kind] if query else ():
        size = min(limit - len(found), _ROWS_AT_ONCE)
        if size > 0 and account.shape(table) is not None:
            rows = account.search(table, {"query": query, "limit": size}).rows
            found += account.snapshots(table, rows[:size])
    return tuple(found)


def owners(account: Account) -> tuple[Owner, ...]:
    """Return whom Records can belong to; nobody where the token may not see them (crm.objects.owners.read)."""
    found: dict[str, Owner] = {}
    after = ""
    for _ in range(_MOST_OWNER_PAGES):
        params = {"limit": "100", **({"after": after} if after else {})}
        body = account.if_allowed(JsonCall("GET", account.paths.owners(), params=params))
        if body is None:
            break
        page = read_answer(partial(_owners, body))
        found.update((owner.id, owner) for owner in page)
        after = next_page(body)
        if not after:
            break
    return tuple(found.values())


def _owners(body: Any) -> list[Owner]:
    return [_owner(row) for row in rows_of(body, "results")]


def _owner(row: Mapping[str, Any]) -> Owner:
    owner_id, email = str(row["id"]), str(row.get("email") or "")
    name = " ".join(str(row[part]) for part in ("firstName", "lastName") if row.get(part))
    return Owner(owner_id, name or email or owner_id, email, is_active=not row.get("archived"))


def _as_read(column: Column, value: str) -> str:
    try:
        return column.codec.read(value)
    except Unreadable:
        return value


def _folded(text: str) -> str:
    return text.strip().casefold()
