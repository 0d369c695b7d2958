"""What changed in a Dataverse environment: change tracking by delta links, and where that is not to be had, polling.

A round goes through the tables in turn. A delta link misses nothing and tells of deletions; Dataverse lets it expire
(after a week, unless set otherwise), and then the table is read anew. Where a table is not tracked, or the rep lacks
the right (reading all of it), `modifiedon` is polled with an overlap; deletions cannot be seen that way, only when the
Record is next read.

Marks, under a table's name: `next|address`, `delta|address`, `poll|from` and `poll|from|then|address`; `table` says
where the round is. Addresses are kept without their server, so a link can never lead us to another one. A link goes on
giving the columns it was made for: `table.columns` tells when ours have become others (a field map was written, say),
and then the table is read anew.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from desktop.connectors.dynamics.org import ANNOTATED, Org
from desktop.connectors.dynamics.shape import garbled, rows_in
from desktop.connectors.json_line import JsonAnswer, JsonCall
from desktop.connectors.tables.dynamics import BASE, TABLES, Table, id_in, is_guid
from desktop.domain.connections import Checkpoint
from desktop.domain.crm_port import RecordBatch
from desktop.domain.errors import Rejected
from desktop.domain.ids import RecordId
from desktop.domain.ports import Clock
from desktop.domain.records import RecordRef, RecordSnapshot

_OVERLAP = timedelta(seconds=60)  # a slow transaction shows up this long after its stamp
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LONGEST = 8000
_MOST_ROWS = 5000
_WHERE = "table"
_NEXT, _DELTA, _POLL = "next", "delta", "poll"
_REFUSED = frozenset({403})


@dataclass(frozen=True, slots=True)
class _Page:
    """Rows, the mark after them, and whether the table's end was reached."""

    rows: list[Mapping[str, Any]]
    mark: str
    is_end: bool


def pull(org: Org, clock: Clock, checkpoint: Checkpoint, limit: int) -> RecordBatch:
    """Return the next changed Records, at most `limit`; see CrmConnector.changes."""
    marks = {table.name: _clean(table, checkpoint.marks.get(table.name, "")) for table in TABLES}
    prints = {name: checkpoint.marks[name] for table in TABLES if (name := _print_of(table)) in checkpoint.marks}
    names = [table.name for table in TABLES]
    where = checkpoint.marks.get(_WHERE, "")
    start = names.index(where) if where in names else 0
    for at in range(start, len(TABLES)):
        table = TABLES[at]
        wanted = f"{crc32(org.select(table).encode()):08x}" if org.shape(table) is not None else ""
        if prints.get(_print_of(table), wanted) != wanted:
            marks[table.name] = ""
        prints[_print_of(table)] = wanted
        page = _page(org, clock, table, marks[table.name], min(limit, _MOST_ROWS))
        marks[table.name] = page.mark
        records = [record for row in page.rows if (record := _record(org, clock, table, row)) is not None]
        goes_on = table.name if not page.is_end else names[at + 1] if at + 1 < len(TABLES) else ""
        if records or not page.is_end:
            records.sort(key=lambda record: record.modified_at)
            left = {_WHERE: goes_on} if goes_on else {}
            kept = _kept({**marks, **prints})
            return RecordBatch(tuple(records), Checkpoint({**kept, **left}), has_more=bool(goes_on))
    return RecordBatch((), Checkpoint(_kept({**marks, **prints})))


def _print_of(table: Table) -> str:
    return f"{table.name}.columns"


def _kept(marks: Mapping[str, str]) -> dict[str, str]:
    return {name: mark for name, mark in marks.items() if mark}


def _page(org: Org, clock: Clock, table: Table, mark: str, size: int) -> _Page:
    shape = org.shape(table)
    if shape is None:  # no such table here: nothing in it can change
        return _Page([], "", is_end=True)
    way, _, rest = mark.partition("|")
    if way in {_NEXT, _DELTA}:
        try:
            return _tracked(table, _follow(org, rest, size, is_tracked=way == _NEXT))
        except Rejected:
            way = ""  # the link has expired, or the table has changed: read it anew
    if way != _POLL and shape.tracks:
        params = {"$select": org.select(table)}
        prefer = f"odata.track-changes,odata.maxpagesize={size},{ANNOTATED}"
        call = JsonCall("GET", f"{BASE}/{table.entity_set}", params=params, headers={"Prefer": prefer}, also=_REFUSED)
        answer = org.ask(call)
        if answer.status not in _REFUSED:
            page = _tracked(table, answer)
            if page.mark:
                return page
        mark = ""
    return _polled(org, clock, table, mark if way == _POLL else f"{_POLL}|", size)


def _follow(org: Org, address: str, size: int, *, is_tracked: bool = False) -> JsonAnswer:
    tracking = "odata.track-changes," if is_tracked else ""
    prefer = f"{tracking}odata.maxpagesize={size},{ANNOTATED}"
    answer = org.ask(JsonCall("GET", address, headers={"Prefer": prefer}, also=_REFUSED))
    if answer.status in _REFUSED:
        raise Rejected("Dynamics 365 no longer lets this list be followed.", detail="403 on a link")
    return answer


def _again(org: Org, address: str, size: int) -> JsonAnswer | None:
    try:
        return _follow(org, address, size)
    except Rejected:
        return None


def _tracked(table: Table, answer: JsonAnswer) -> _Page:
    rows = rows_in(answer.body)
    further, delta = _address(table, answer.body, "@odata.nextLink"), _address(table, answer.body, "@odata.deltaLink")
    if further:
        return _Page(rows, f"{_NEXT}|{further}", is_end=False)
    return _Page(rows, f"{_DELTA}|{delta}" if delta else "", is_end=True)


def _polled(org: Org, clock: Clock, table: Table, mark: str, size: int) -> _Page:
    _, since, then, address = (*mark.split("|", 3), "", "", "")[:4]
    answer = _again(org, address, size) if address else None
    if answer is None:
        params = {"$select": org.select(table), "$orderby": f"modifiedon asc,{table.id_name} asc"}
        if since:
            params["$filter"] = f"modifiedon ge {since}"
        headers = {"Prefer": f"odata.maxpagesize={size},{ANNOTATED}"}
        call = JsonCall("GET", f"{BASE}/{table.entity_set}", params=params, headers=headers, also=_REFUSED)
        answer = org.ask(call)
        then = _stamp(org.server_time(clock) - _OVERLAP)
    if answer.status in _REFUSED:  # the rep may not see this table at all
        return _Page([], mark if since else "", is_end=True)
    further = _address(table, answer.body, "@odata.nextLink")
    if further:
        return _Page(rows_in(answer.body), f"{_POLL}|{since}|{then}|{further}", is_end=False)
    return _Page(rows_in(answer.body), f"{_POLL}|{then}", is_end=True)


def _record(org: Org, clock: Clock, table: Table, row: Mapping[str, Any]) -> RecordSnapshot | None:
    if "$deletedEntity" in str(row.get("@odata.context", "")):
        guid = row.get("id")
        if not is_guid(guid):
            raise garbled("deleted without an id")
        return _gone(table, str(guid), org.server_time(clock))
    record = org.snapshot(table, row)
    if table.type and row.get("statecode") != 1:  # planned, a draft, or cancelled: it has not happened
        is_new = row.get("createdon") == row.get("modifiedon")
        return None if is_new else _gone(table, str(row[table.id_name]), record.modified_at)
    return record


def _gone(table: Table, guid: str, moment: datetime) -> RecordSnapshot:
    return RecordSnapshot(RecordRef(table.kind, RecordId(id_in(table, guid))), {}, "", moment, is_deleted=True)


# --- marks ------------------------------------------------------------------------------------------------------------


def _clean(table: Table, mark: str) -> str:
    """Return a mark of our own, or nothing for one that cannot be read: then start over."""
    way, _, rest = mark.partition("|")
    if way in {_NEXT, _DELTA}:
        return mark if _is_address(table, rest) else ""
    if way != _POLL:
        return ""
    since, _, more = rest.partition("|")
    then, _, address = more.partition("|")
    if since and not _STAMP.fullmatch(since):
        return ""
    is_whole = not more or (_STAMP.fullmatch(then) and _is_address(table, address))
    return mark if is_whole else f"{_POLL}|{since}"


def _address(table: Table, body: Any, name: str) -> str:
    """Return a link of the server's without its server; nothing when there is none."""
    link = body.get(name)
    if link is None:
        return ""
    url = urlsplit(str(link))
    address = f"{url.path}?{url.query}"
    if not _is_address(table, address):
        raise garbled(name)
    return address


def _is_address(table: Table, text: str) -> bool:
    is_plain = text.isascii() and text.isprintable() and not set(text) & set(' "<>#\\^`{}|')
    return is_plain and len(text) <= _LONGEST and text.startswith(f"{BASE}/{table.entity_set}?")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
