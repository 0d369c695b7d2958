"""The feed of changes: one list per kind, read from a moment on, page by page, until nothing new comes.

A mark holds where a round over a list stands. A round ends by going back a little (`Listing.late` seconds before the
newest stamp), so that what became visible late is not missed; what was handed on already is known by its digest.

Pages that are counted (`page`, `offset`) shift when somebody edits a row, so such lists must be sorted oldest first:
as soon as a page reaches a later second, the next one begins there anew. Only among rows of one and the same second
do we count.
"""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from desktop.connectors.custom.line import CustomLine, Reply, next_link
from desktop.connectors.custom.mapping import Listing, Paging, Stamp
from desktop.connectors.custom.pointers import MISSING, look
from desktop.connectors.custom.rows import Rows
from desktop.connectors.custom.values import Moments
from desktop.domain.connections import Checkpoint
from desktop.domain.crm_port import RecordBatch
from desktop.domain.errors import Rejected
from desktop.domain.ids import derive
from desktop.domain.records import RecordRef, RecordSnapshot

log = logging.getLogger("dealside.custom")

_BEGINNING = int(datetime(1970, 1, 2, tzinfo=UTC).timestamp())
_END = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
_A_DAY = 86_400
_PAGES_AT_ONCE = 50
_MOST_SEEN = 5000


class Mark(msgspec.Struct, forbid_unknown_fields=True):
    """Where one list is read on. Moments are seconds; `seen` maps digests of rows to their stamps.

    `next` is the cursor or link of a round that goes on, `page` the page counted from 0, `size` the rows of one.
    `is_first` until the first round has come to its end.
    """

    since: int
    newest: int = 0
    seen: dict[str, int] = {}
    next: str | int | None = None
    page: int = 0
    size: int = 0
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class Stream:
    """One list to follow."""

    name: str
    rows: Rows
    listing: Listing
    is_deletions: bool


class Feed:
    """Reads on from a Checkpoint. `read` returns one Record as it stands, for lists whose rows are abridged."""

    def __init__(
        self,
        line: CustomLine,
        tables: Iterable[Rows],
        zone: tzinfo,
        read: Callable[[RecordRef], RecordSnapshot | None],
        now: datetime,
    ) -> None:
        self._line = line
        self._zone = zone
        self._read = read
        self._now = int(now.timestamp())
        self._streams: list[Stream] = []
        for rows in tables:
            self._streams.append(Stream(rows.name.value, rows, rows.kind.changes, is_deletions=False))
            if rows.kind.deletions is not None:
                name = f"{rows.name.value} deletions"
                self._streams.append(Stream(name, rows, rows.kind.deletions, is_deletions=True))

    def pull(self, checkpoint: Checkpoint, limit: int) -> RecordBatch:
        """Return at most about `limit` changes (a page is never cut), oldest first."""
        marks = {stream.name: self._mark(stream, checkpoint) for stream in self._streams}
        records: list[RecordSnapshot] = []
        pages = 0
        has_more = False
        for stream in self._streams:
            is_end = False
            while not is_end and not has_more:
                has_more = len(records) >= limit or pages >= _PAGES_AT_ONCE
                if not has_more:
                    found, is_end = self._page(stream, marks[stream.name], max(1, limit))
                    records += found
                    pages += 1
        records.sort(key=lambda record: record.modified_at)
        written = {name: msgspec.json.encode(mark).decode() for name, mark in marks.items()}
        return RecordBatch(tuple(records), Checkpoint(written), has_more=has_more)

    def _mark(self, stream: Stream, checkpoint: Checkpoint) -> Mark:
        """Return the mark of a list; one that cannot be read starts over."""
        try:
            mark = msgspec.json.decode(checkpoint.marks.get(stream.name, ""), type=Mark)
            if _BEGINNING <= mark.since < _END and mark.page >= 0 and mark.size >= 0:
                return mark
        except (msgspec.MsgspecError, ValueError):
            pass
        if stream.is_deletions and not checkpoint.marks:  # there is nothing of ours yet that could have been deleted
            return Mark(since=self._now - _A_DAY)
        return Mark(since=_BEGINNING)

    # --- one page ---------------------------------------------------------------------------------------------------

    def _page(self, stream: Stream, mark: Mark, limit: int) -> tuple[list[RecordSnapshot], bool]:
        """Read one page, move `mark` behind it, and tell whether the round is at its end."""
        if not mark.page or not mark.size:
            mark.page, mark.size = 0, min(stream.listing.paging.size, limit)
        try:
            reply = self._ask(stream, mark)
        except Rejected:
            if mark.next is None:
                raise
            mark.next = None  # a cursor does not live for ever: this round begins anew
            reply = self._ask(stream, mark)
        listed = look(reply.body, stream.listing.rows)
        if not isinstance(listed, list):
            raise self._line.garbled()
        found = self._all_fresh(stream, mark, listed, reply)
        is_end = self._turn(stream, mark, len(listed), reply)
        newest = self._reached(mark)
        if is_end:
            mark.since = max(mark.since, newest - stream.listing.late)
            mark.next, mark.page, mark.newest, mark.is_first = None, 0, 0, False
        edge = min(newest, mark.since) if is_end else newest
        mark.seen = {row: stamp for row, stamp in mark.seen.items() if stamp >= edge - stream.listing.late - 1}
        return found, is_end

    def _reached(self, mark: Mark) -> int:
        """Return how far a round has come; a wrong clock may have put a stamp into the future."""
        now = int(self._line.server_time.timestamp()) if self._line.server_time else self._now
        return max(mark.since, min(mark.newest, now))

    def _ask(self, stream: Stream, mark: Mark) -> Reply:
        paging = stream.listing.paging
        values = {
            "since": self._since(stream, mark.since),
            "limit": mark.size,
            "cursor": mark.next,
            "page": paging.first + mark.page,
            "offset": mark.page * mark.size,
        }
        is_linked = paging.kind == "link" and mark.next is not None
        return self._line.ask(stream.listing, values, address=self._line.inside(str(mark.next)) if is_linked else "")

    def _since(self, stream: Stream, seconds: int) -> Any:
        stamp: Stamp = stream.listing.since or stream.listing.modified or stream.rows.kind.modified
        return Moments(stamp, self._zone).write(datetime.fromtimestamp(seconds, UTC))

    def _all_fresh(self, stream: Stream, mark: Mark, listed: list[Any], reply: Reply) -> list[RecordSnapshot]:
        """Return the new Records of a page. A row that cannot be read holds up no other; if none can, it is no page."""
        found: list[RecordSnapshot] = []
        unread = 0
        for row in listed:
            try:
                record = self._fresh(stream, mark, row, reply)
            except (ValueError, TypeError):
                unread += 1
                continue
            if record is not None:
                found.append(record)
        if unread:
            if unread == len(listed):
                raise self._line.garbled()
            log.warning("%d rows of %s are not as the mapping file says and were left out", unread, stream.name)
        return found

    def _fresh(self, stream: Stream, mark: Mark, row: Any, reply: Reply) -> RecordSnapshot | None:
        """Return the Record of a row unless it was handed on before."""
        rows, listing = stream.rows, stream.listing
        moment = rows.moment(row, listing.modified)
        ref = rows.ref(row, listing.id)
        stamp = int(moment.timestamp())
        mark.newest = max(mark.newest, stamp)
        digest = derive(ref.id, json.dumps(row, sort_keys=True))[:12]
        is_ours = stream.is_deletions or rows.is_ours(row)
        if digest in mark.seen:
            return None
        if len(mark.seen) < _MOST_SEEN:
            mark.seen[digest] = stamp
        if mark.is_first and not is_ours:
            return None
        gone = RecordSnapshot(ref, {}, "", moment, is_deleted=True)
        if stream.is_deletions or not is_ours or rows.is_hidden(row):
            return gone  # a row of another kind may have been one of this kind before
        if listing.read_each or rows.is_versioned_by_header:
            return self._read(ref) or gone
        return rows.snapshot(row, reply.headers)

    def _turn(self, stream: Stream, mark: Mark, count: int, reply: Reply) -> bool:
        """Move `mark` to the next page; return True when there is none."""
        paging: Paging = stream.listing.paging
        more = look(reply.body, paging.more) if paging.more else True
        if paging.kind == "none" or more in (False, None, MISSING, ""):
            return True
        if paging.kind in {"page", "offset"}:
            since = mark.newest - 1
            is_later = since > mark.since and self._since(stream, since) != self._since(stream, mark.since)
            if count < mark.size:
                return True
            mark.page = 0 if is_later else mark.page + 1
            mark.since = since if is_later else mark.since
            return False
        found = look(reply.body, paging.next) if paging.next else next_link(reply.headers.get("link", ""))
        if found in (MISSING, None, "", False):
            return True
        if not isinstance(found, str | int) or found == mark.next:
            raise self._line.garbled()  # the list goes in circles
        mark.next = found
        return False
