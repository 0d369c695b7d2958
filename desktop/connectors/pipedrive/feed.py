"""Pipedrive's feed of changes. Each round begins with one call that says what kinds changed, and what left the lists.

The lists (`updated_since`, oldest first) are complete but hold no deleted rows, and there are four of them;
`/recents` tells of everything at the price of two lists. So an idle pull is that one call. Nothing rests on it but
timing and deletions: a list is always read from where it was left, and all of them once an hour whatever it says.
A round goes back a minute before its own beginning, by Pipedrive's clock, to miss no late commit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.connectors.pipedrive.line import PAGE, PipedriveLine, Row
from desktop.connectors.tables.pipedrive import (
    ENTITIES,
    FEEDS,
    Round,
    clean_stamp,
    is_id,
    looks_gone,
    round_of,
    stamp_of,
)
from desktop.domain.connections import Checkpoint
from desktop.domain.crm_port import RecordBatch
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

OVERLAP = timedelta(seconds=60)
SWEEP = timedelta(hours=1)

_RECENTS, _SWEPT, _ROUND = "recents", "swept", "round"
_ITEMS = ",".join(FEEDS)
_PAGES_AT_ONCE, _MOST_PAGES = 20, 2000
_AT_ONCE = 100

Read = Callable[[str, Row], Sequence[RecordSnapshot]]
"""Reads a row of a list of FEEDS."""


@dataclass(slots=True)
class _News:
    """What /recents told."""

    changed: set[str]
    gone: dict[str, dict[str, str]]
    until: str
    is_whole: bool = True


class Feed:
    """One pull of changes over one line."""

    def __init__(self, line: PipedriveLine, read: Read, checkpoint: Checkpoint) -> None:
        self._line = line
        self._read = read
        given = checkpoint.marks
        self._marks = {name: clean_stamp(given.get(kind.value, "")) for name, kind in FEEDS.items()}
        self._recents = clean_stamp(given.get(_RECENTS, ""))
        self._swept = clean_stamp(given.get(_SWEPT, ""))
        self._round = round_of(given.get(_ROUND, ""))
        self._records: list[RecordSnapshot] = []
        self._has_more_news = False

    def pull(self, limit: int) -> RecordBatch:
        """Return what changed, about `limit` Records and what was deleted."""
        at = self._round or self._begin()
        left, since, cursor, newest = list(at.left), at.since, at.cursor, at.newest
        room = limit
        while left and room > 0:
            name = left[0]
            try:
                rows, cursor = self._line.page(ENTITIES[FEEDS[name]], self._query(name, room, cursor))
            except Rejected:
                if not cursor:
                    raise
                cursor, self._marks[name] = "", newest or self._marks[name]  # the cursor is too old: read on by time
                continue
            since = since or stamp_of(self._line.server_time - OVERLAP)
            for row in rows:
                self._records += self._read(name, row)
            room -= len(rows)
            newest = clean_stamp(str(rows[-1].get("update_time"))) if rows else newest
            if not cursor:
                left.pop(0)
                newest = ""
                self._marks[name] = since
        return self._batch(Round(since, tuple(left), newest, cursor))

    def _query(self, name: str, room: int, cursor: str) -> dict[str, str]:
        query = {"sort_by": "update_time", "sort_direction": "asc", "limit": str(min(room, PAGE))}
        if self._marks[name]:
            query["updated_since"] = self._marks[name]
        if cursor:
            query["cursor"] = cursor
        return query

    def _batch(self, at: Round) -> RecordBatch:
        self._records.sort(key=lambda record: record.modified_at)
        marks = {FEEDS[name].value: min(mark, at.since) for name, mark in self._marks.items() if mark}
        marks |= {name: mark for name, mark in ((_RECENTS, self._recents), (_SWEPT, self._swept)) if mark}
        if at.left:
            marks[_ROUND] = at.text()
        elif not self._recents:
            marks |= {_RECENTS: at.since, _SWEPT: at.since}  # the very first round: the lists were all there is
        return RecordBatch(tuple(self._records), Checkpoint(marks), has_more=bool(at.left) or self._has_more_news)

    # --- how a round begins -----------------------------------------------------------------------------------------

    def _begin(self) -> Round:
        """Return a round over the lists that have to be read; `since` is empty when Pipedrive's time is not known."""
        everything = tuple(FEEDS)
        if not self._recents:
            return Round("", everything)
        news = self._news()
        since = stamp_of(self._line.server_time - OVERLAP)
        is_due = min(self._swept, since) <= stamp_of(datetime.fromisoformat(since) - SWEEP)
        if news is None or is_due or not self._swept:
            self._swept = since
            changed = everything
        else:
            changed = tuple(name for name in FEEDS if name in news.changed or not self._marks[name])
        self._recents = since if news is None or news.is_whole else news.until
        self._has_more_news = news is not None and not news.is_whole
        for name, ids in (news.gone if news else {}).items():
            self._left_the_lists(name, ids, since)
        return Round(since, changed)

    def _news(self) -> _News | None:
        """Return what /recents tells since the last time; None where it cannot be asked."""
        news = _News(set(), {}, self._recents)
        start = 0
        for page in range(_MOST_PAGES):
            try:
                rows, until, start = self._line.recents(self._recents, _ITEMS, start)
            except (Rejected, UserActionNeeded):  # if it is our sign-in, the lists say so too
                return None
            for row in rows:
                self._sort_in(row, news)
            news.until = max(news.until, clean_stamp(until))
            if not start:
                return news
            if page >= _PAGES_AT_ONCE and news.until > self._recents:
                break  # read on from there in the next round
        news.is_whole = False
        return news

    def _sort_in(self, row: Row, news: _News) -> None:
        name, record_id, data = str(row.get("item")), str(row.get("id")), row.get("data")
        if name not in FEEDS or not is_id(record_id):
            return
        if looks_gone(name, data):
            stamp = clean_stamp(str(data.get("update_time"))) if isinstance(data, Mapping) else ""
            news.gone.setdefault(name, {})[record_id] = stamp
        else:
            news.changed.add(name)

    def _left_the_lists(self, name: str, stamps: Mapping[str, str], since: str) -> None:
        """Look whether records are gone, a hundred at a time; an archived deal is in no list, but still there."""
        kind, ids = FEEDS[name], list(stamps)
        for at in range(0, len(ids), _AT_ONCE):
            some = ids[at : at + _AT_ONCE]
            rows, _ = self._line.page(ENTITIES[kind], {"ids": ",".join(some), "limit": str(_AT_ONCE)})
            here = {str(row.get("id")): row for row in rows if not row.get("is_deleted")}
            for record_id in some:
                row = here.get(record_id)
                if row is None and kind is RecordKind.OPPORTUNITY:
                    row = self._line.row(ENTITIES[kind], record_id)
                if row is not None:
                    self._records += self._read(name, row)
                else:
                    self._records += _deleted(kind, record_id, stamps[record_id] or since)


def _deleted(kind: RecordKind, record_id: str, stamp: str) -> list[RecordSnapshot]:
    kinds = (RecordKind.TASK, RecordKind.ACTIVITY) if kind is RecordKind.TASK else (kind,)
    moment = datetime.fromisoformat(stamp)
    return [RecordSnapshot(RecordRef(one, RecordId(record_id)), {}, stamp, moment, is_deleted=True) for one in kinds]
