"""Finding Records and owners in a Dataverse environment by what they hold.

The filter of a list is the vendor's own search that every environment has; Dataverse Search has to be switched on by
an admin, so it is not relied on.
"""

from collections.abc import Iterator, Mapping, Sequence

from desktop.connectors.dynamics.org import ANNOTATED, Org
from desktop.connectors.dynamics.shape import rows_in
from desktop.connectors.json_line import JsonCall
from desktop.connectors.tables.dynamics import BASE, Table, is_guid, tables_of
from desktop.domain.errors import DealsideError
from desktop.domain.records import RecordKind, RecordSnapshot
from desktop.domain.rights import Owner

_K = RecordKind
_AT_ONCE = 40  # values in one filter
_MOST_ROWS = 5000
_MOST_WORDS = 8
_LOOKED_AT: Mapping[RecordKind, tuple[str, ...]] = {
    _K.ACCOUNT: ("name", "domain"),
    _K.CONTACT: ("first_name", "last_name", "email"),
    _K.LEAD: ("first_name", "last_name", "email", "company"),
    _K.OPPORTUNITY: ("name",),
    _K.CASE: ("subject",),
    _K.TASK: ("subject",),
    _K.ACTIVITY: ("subject",),
}
_FOUND_BY = frozenset({"email", "phone", "name"})
_USERS = "systemuserid,fullname,internalemailaddress,isdisabled"
_PEOPLE = "accessmode eq 0"  # read and write: neither a program nor an administrator without a seat


def find(org: Org, kind: RecordKind, field: str, values: Sequence[str]) -> Mapping[str, tuple[RecordSnapshot, ...]]:
    """Return, for each value, the Records whose Field holds just that; see CrmConnector.find.

    Upper and lower case are the same to Dataverse. Of one filter's Records the first 5,000 are looked at.
    """
    wanted = [value for value in dict.fromkeys(values) if value.strip()]
    calls: list[tuple[Table, JsonCall]] = []
    for table in tables_of(kind) if field in _FOUND_BY else ():
        name = _column(org, table, field)
        for start in range(0, len(wanted) if name else 0, _AT_ONCE):
            terms = [f"{name} eq {_quoted(value.strip())}" for value in wanted[start : start + _AT_ONCE]]
            calls.append((table, _listing(org, table, " or ".join(terms), _MOST_ROWS)))
    found: dict[str, list[RecordSnapshot]] = {value: [] for value in wanted}
    by_value = {value.strip().casefold(): value for value in wanted}
    for record in _records(org, calls):
        value = by_value.get((record.fields.get(field) or "").strip().casefold())
        if value is not None:
            found[value].append(record)
    return {value: tuple(records) for value, records in found.items() if records}


def search(org: Org, kind: RecordKind, words: str, limit: int) -> tuple[RecordSnapshot, ...]:
    """Return Records in whose names every one of `words` occurs, those that changed last first."""
    wanted = words.split()[:_MOST_WORDS]
    calls: list[tuple[Table, JsonCall]] = []
    for table in tables_of(kind):
        names = [name for field in _LOOKED_AT[kind] if (name := _column(org, table, field))]
        if not names or not wanted or limit < 1:
            continue
        terms = (" or ".join(f"contains({name},{_quoted(word)})" for name in names) for word in wanted)
        matching = " and ".join(f"({term})" for term in terms)
        calls.append((table, _listing(org, table, matching, limit, order="modifiedon desc")))
    found = sorted(_records(org, calls), key=lambda record: record.modified_at, reverse=True)
    return tuple(found[:limit])


def owners(org: Org) -> tuple[Owner, ...]:
    """Return the people who work in this environment."""
    params = {"$select": _USERS, "$filter": _PEOPLE, "$orderby": "fullname asc"}
    headers = {"Prefer": f"odata.maxpagesize={_MOST_ROWS}"}
    answer = org.ask(JsonCall("GET", f"{BASE}/systemusers", params=params, headers=headers))
    return tuple(
        Owner(
            str(row["systemuserid"]),
            str(row.get("fullname") or row.get("internalemailaddress") or row["systemuserid"]),
            str(row.get("internalemailaddress") or "").lower(),
            is_active=row.get("isdisabled") is not True,
        )
        for row in rows_in(answer.body)
        if is_guid(row.get("systemuserid"))
    )


def _column(org: Org, table: Table, field: str) -> str:
    """Return the column of a Field, or nothing where the table is not there or lacks it."""
    if org.shape(table) is None:
        return ""
    return next((column.name for column in org.columns(table) if column.field == field), "")


def _listing(org: Org, table: Table, matching: str, size: int, *, order: str = "") -> JsonCall:
    params = {"$select": org.select(table), "$filter": matching} | ({"$orderby": order} if order else {})
    headers = {"Prefer": f"odata.maxpagesize={size},{ANNOTATED}"}
    return JsonCall("GET", f"{BASE}/{table.entity_set}", params=params, headers=headers)


def _records(org: Org, calls: Sequence[tuple[Table, JsonCall]]) -> Iterator[RecordSnapshot]:
    answers = org.ask_many([call for _, call in calls])
    for (table, _), answer in zip(calls, answers, strict=True):
        if isinstance(answer, DealsideError):
            raise answer
        for row in rows_in(answer.body):
            if not table.type or row.get("statecode") == 1:  # what has not happened is no Record
                yield org.snapshot(table, row)


def _quoted(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
