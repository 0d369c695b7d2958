"""Looking for Records in a Zoho organisation: by what a field holds, by words, and whom they can belong to.

What a field holds is asked for in queries, which see everything; the search by words goes to an index that is some
time behind. A query compares a telephone number as it was typed: one in another form is not found by it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from desktop.connectors.fieldmap import Column, Unreadable
from desktop.connectors.json_line import JsonAnswer, JsonCall
from desktop.connectors.tables.zoho import MODULES, fault_in, refusal_of
from desktop.connectors.zoho.batches import parts
from desktop.connectors.zoho.line import BASE, ZohoLine, garbled, has_more, refused
from desktop.connectors.zoho.org import IDS_AT_ONCE, VALUES_AT_ONCE, Org
from desktop.domain.errors import UserActionNeeded
from desktop.domain.records import RecordKind, RecordSnapshot
from desktop.domain.rights import Owner

_FIELDS = frozenset({"email", "phone", "name"})
_LONGEST_VALUE = 255
_LONGEST_WORDS = 100
_SHORTEST_WORDS = 2
_MEANINGFUL = str.maketrans(dict.fromkeys('()[]{},:*"\\', " "))  # they mean something in a search
_ROWS_AT_ONCE = 200
_DENIED = frozenset({401, 403})
_MOST_PAGES = 50


def find(org: Org, kind: RecordKind, field: str, values: Sequence[str]) -> dict[str, tuple[RecordSnapshot, ...]]:
    """Return, for each of `values`, the Records whose `field` holds it; see CrmConnector."""
    if field not in _FIELDS or field not in {column.field for column in org.columns(kind)}:
        return {}
    column = org.column(kind, field)
    if column is None or not org.is_visible(kind) or column.name not in org.shape(kind):
        return {}
    by_value: dict[str, list[RecordSnapshot]] = {}
    for record in _holding(org, kind, column.name, values):
        by_value.setdefault(_folded(record.fields.get(field) or ""), []).append(record)
    return {value: tuple(by_value.get(_folded(_as_read(column, value)), ())) for value in values}


def _holding(org: Org, kind: RecordKind, name: str, values: Sequence[str]) -> list[RecordSnapshot]:
    wanted = list(dict.fromkeys(text for value in values if _can_be_asked_for(text := value.strip())))
    ids: dict[str, None] = {}
    for some in parts(wanted, VALUES_AT_ONCE):
        ids.update((row_id, None) for row_id, _ in org.ids_where(kind, name, some))
    found = [record for some in parts(list(ids), IDS_AT_ONCE) for record in org.listed(kind, some)]
    return [record for record in found if record.ref.kind is kind]


def _can_be_asked_for(text: str) -> bool:
    # What a backslash means in a query is nowhere said.
    return bool(text) and len(text) <= _LONGEST_VALUE and text.isprintable() and "\\" not in text


def search(org: Org, kind: RecordKind, words: str, limit: int) -> tuple[RecordSnapshot, ...]:
    """Return Records that Zoho's own search finds for `words`, in its order; see CrmConnector.

    Nothing where the sign-in does not cover the search (ZohoSearch.securesearch.READ).
    """
    query = " ".join(words.translate(_MEANINGFUL).split())[:_LONGEST_WORDS].strip()
    if len(query) < _SHORTEST_WORDS or limit <= 0 or not org.is_visible(kind):
        return ()
    size = str(min(limit, _ROWS_AT_ONCE))
    params = {"word": query, "fields": org.names(kind), "per_page": size, "page": "1"}
    answer = _if_allowed(org.line, JsonCall("GET", f"{BASE}/{MODULES[kind]}/search", params=params, also=_DENIED))
    if answer is None:
        return ()
    found = [org.record(kind, row) for row in org.line.rows(answer)]
    return tuple(record for record in found if record.ref.kind is kind)[:limit]


def owners(line: ZohoLine) -> tuple[Owner, ...]:
    """Return whom Records can belong to; nobody where the sign-in does not cover that (ZohoCRM.users.READ)."""
    found: dict[str, Owner] = {}
    for page in range(1, _MOST_PAGES + 1):
        params = {"page": str(page), "per_page": str(_ROWS_AT_ONCE)}
        answer = _if_allowed(line, JsonCall("GET", f"{BASE}/users", params=params, also=_DENIED))
        if answer is None:
            break
        for row in line.rows(answer, "users"):
            owner = _owner(row)
            found[owner.id] = owner
        if not has_more(answer.body):
            break
    return tuple(found.values())


def _if_allowed(line: ZohoLine, call: JsonCall) -> JsonAnswer | None:
    """Return an answer, None where the rep may not ask for this."""
    answer = line.ask(call)
    if answer.status not in call.also:
        return answer
    fault = fault_in(answer.body)
    if fault is not None and fault.get("code") in {"OAUTH_SCOPE_MISMATCH", "NO_PERMISSION"}:
        return None
    error = refused(*refusal_of(answer.status, answer.body))
    if isinstance(error, UserActionNeeded):
        line.forget()
    raise error


def _owner(row: Mapping[str, Any]) -> Owner:
    try:
        owner_id = str(row["id"])
    except LookupError as error:
        raise garbled(error) from None
    email = str(row.get("email") or "")
    name = str(row.get("full_name") or "") or " ".join(
        str(row[part]) for part in ("first_name", "last_name") if row.get(part)
    )
    is_active = str(row.get("status") or "active").lower() == "active"
    return Owner(owner_id, name or email or owner_id, email, is_active)


def _as_read(column: Column, value: str) -> str:
    try:
        return column.codec.read(value)
    except Unreadable:
        return value


def _folded(text: str) -> str:
    return text.strip().casefold()
