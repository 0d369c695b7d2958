"""The feed of one Zoho organisation: module by module in the order of changes, then what was deleted.

A round over all modules ends by going back a minute, to miss no late commit. With nothing new it costs a query and a
list of deletions for each module.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from desktop.connectors.json_line import JsonCall
from desktop.connectors.tables.zoho import FEEDS, MODULES, clean_mark, gone, query_after, stamp_of
from desktop.connectors.zoho.line import BASE, has_more, mark_of
from desktop.connectors.zoho.org import IDS_AT_ONCE, Org
from desktop.domain.connections import Checkpoint
from desktop.domain.crm_port import RecordBatch
from desktop.domain.records import RecordKind, RecordSnapshot

_OVERLAP = timedelta(seconds=60)  # a slow transaction shows up this long after its stamp
_UNCHANGED = frozenset({304})
_ROWS_AT_ONCE = 200
_MAX_PAGES = 10  # Zoho numbers pages up to 2,000 rows only
_SINCE, _DELETED = "since", "deleted"


def pull(org: Org, checkpoint: Checkpoint, limit: int, now: datetime) -> RecordBatch:
    """Return changed Records; `now` is our own time, for a server that does not say its own."""
    marks = {kind.value: clean_mark(checkpoint.marks.get(kind.value, "")) for kind in FEEDS}
    since = clean_mark(checkpoint.marks.get(_SINCE, ""))
    deleted = clean_mark(checkpoint.marks.get(_DELETED, ""))
    records: list[RecordSnapshot] = []
    left = min(limit, _ROWS_AT_ONCE)
    for kind in FEEDS:
        if not org.is_visible(kind):  # not for the rep's eyes: nothing of it can change for them
            continue
        listed = org.line.query(query_after(MODULES[kind], marks[kind.value], left))
        since = since or stamp_of((org.line.server_time or now) - _OVERLAP)
        ids = [str(row.get("id")) for row in listed]
        for start in range(0, len(ids), IDS_AT_ONCE):
            records += org.listed(kind, ids[start : start + IDS_AT_ONCE])
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
        records += _deletions(org, deleted)
    rewound = {name: min(mark, since) for name, mark in marks.items() if mark}
    return RecordBatch(tuple(records), Checkpoint({**rewound, _DELETED: since}))


def _deletions(org: Org, since: str) -> Iterator[RecordSnapshot]:
    """Yield what was deleted since. Of a row of Tasks nobody knows any more whether it was an Activity.

    Of more than 2,000 at once Zoho lists the newest only; the others read as gone when they are next looked at.
    """
    headers = {"If-Modified-Since": since} if since else {}
    for kind in FEEDS:
        if not org.is_visible(kind):
            continue
        for page in range(1, _MAX_PAGES + 1):
            params = {"type": "all", "page": str(page), "per_page": str(_ROWS_AT_ONCE)}
            call = JsonCall("GET", f"{BASE}/{MODULES[kind]}/deleted", params=params, headers=headers, also=_UNCHANGED)
            answer = org.line.ask(call)
            for row in org.line.rows(answer):
                yield gone(kind, row)
                if kind is RecordKind.TASK:
                    yield gone(RecordKind.ACTIVITY, row)
            if not has_more(answer.body):
                break
