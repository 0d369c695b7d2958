"""The feed of changes: each object by the moment of its last change, in pages.

A round begins with one question to all objects at once, whether anything is new there: most often nothing is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from desktop.connectors.salesforce.composite import Caller, Part, garbled
from desktop.connectors.salesforce.org import Org
from desktop.connectors.tables.salesforce import OBJECTS, after, clean_mark, kinds_of, moment_of, stamp_of
from desktop.domain.connections import Checkpoint
from desktop.domain.crm_port import RecordBatch
from desktop.domain.records import RecordKind, RecordSnapshot

_OVERLAP = timedelta(seconds=60)  # a slow transaction shows up this long after its stamp
_MAX_PAGES = 50
_SINCE = "since"
FEEDS = tuple(kind for kind in OBJECTS if kind is not RecordKind.ACTIVITY)


def changes(org: Org, checkpoint: Checkpoint, limit: int, server_time: Callable[[], datetime]) -> RecordBatch:
    """Return changed Records; a round over all objects ends by going back a minute, to miss no late commit."""
    marks = {kind.value: clean_mark(checkpoint.marks.get(kind.value, "")) for kind in FEEDS}
    since = clean_mark(checkpoint.marks.get(_SINCE, ""))
    records: list[RecordSnapshot] = []
    left = limit
    is_new_round = bool(checkpoint.marks) and not since
    quiet = _quiet(org, marks) if is_new_round else frozenset()
    if is_new_round:
        since = stamp_of(server_time() - _OVERLAP)
    for kind in FEEDS:
        if kind in quiet:
            continue
        rows = _changed(org, kind, marks[kind.value], left)
        since = since or stamp_of(server_time() - _OVERLAP)
        for row in rows:
            records += _meant(org, kind, row)
            marks[kind.value] = f"{stamp_of(moment_of(row))}|{row['Id']}"
        left -= len(rows)
        if left <= 0:
            break
    records.sort(key=lambda record: record.modified_at)
    if left <= 0:
        return RecordBatch(tuple(records), Checkpoint({**marks, _SINCE: since}), has_more=True)
    rewound = {name: min(mark, since) for name, mark in marks.items() if mark}
    return RecordBatch(tuple(records), Checkpoint(rewound))


def _quiet(org: Org, marks: Mapping[str, str]) -> frozenset[RecordKind]:
    """Return the kinds in whose objects nothing changed after their marks."""
    kinds = [kind for kind in FEEDS if org.shape_of(OBJECTS[kind]) is not None]
    # names from our table, marks that were checked
    queries = [f"SELECT Id FROM {OBJECTS[kind]}{after(marks[kind.value])} LIMIT 1" for kind in kinds]  # noqa: S608
    answers = Caller(org).send([Part("GET", f"queryAll/?q={quote(query, safe='')}") for query in queries])
    quiet = set()
    for kind, answer in zip(kinds, answers, strict=True):
        if answer.error is not None:
            raise answer.error
        rows = answer.body.get("records") if isinstance(answer.body, Mapping) else None
        if not isinstance(rows, list):
            raise garbled("changes")
        if not rows:
            quiet.add(kind)
    return frozenset(quiet)


def _changed(org: Org, kind: RecordKind, mark: str, limit: int) -> list[Mapping[str, Any]]:
    shape = org.shape_of(OBJECTS[kind])
    if shape is None:  # the rep has no right to see this object: nothing of it can change for them
        return []
    names = dict.fromkeys(org.names(kind))
    if kind is RecordKind.TASK:
        names.update(dict.fromkeys((*org.names(RecordKind.ACTIVITY), "IsClosed", "TaskSubtype")))
    chosen = ", ".join(name for name in names if name in shape.fields)
    scope = f"{OBJECTS[kind]}{after(mark)} ORDER BY SystemModstamp, Id LIMIT {limit}"
    query = f"SELECT {chosen} FROM {scope}"  # noqa: S608  (names from our table, a mark that was checked)
    return org.ask(lambda client: _all_pages(client, query))[:limit]


def _meant(org: Org, kind: RecordKind, row: Mapping[str, Any]) -> list[RecordSnapshot]:
    """Return what a row means: a call that was planned and then made stops being a Task."""
    now, before = kinds_of(kind, row)
    found = [org.snapshot(now, row)]
    if before is not now and row.get("CreatedDate") != row.get("SystemModstamp"):
        found.append(org.snapshot(before, {**row, "IsDeleted": True}))
    return found


def _all_pages(client: Any, query: str) -> list[Mapping[str, Any]]:
    page = client.query(query, include_deleted=True)
    rows = list(page["records"])
    for _ in range(_MAX_PAGES):
        if page["done"]:
            return [dict(row) for row in rows]
        page = client.query_more(page["nextRecordsUrl"], identifier_is_url=True)
        rows += page["records"]
    raise ValueError("pages without end")
