"""Where our keys stand in Pipedrive, and how a Record is found by its key before a second one is made.

Organisations, persons and deals carry the key in a custom field, which Pipedrive's search finds. Its index may lag
(nothing is said of that), so the newest records are looked through as well: lists are read from the records
themselves. Activities have neither custom fields nor a search; the rep's own are read once, and followed from then on.

Many keys at once: the search takes one at a time, costs two lists, and may be asked five times a second. So the list
of organisations or persons is read newest first and followed from then on, like that of activities, unless it is so
long that searching is less. Deals are always searched for: an archived one is in no list.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from desktop.connectors.pipedrive.crew import Crew, Done
from desktop.connectors.pipedrive.line import AT_ONCE, PAGE, PipedriveLine, Row
from desktop.connectors.tables.pipedrive import ENTITIES, is_id, stamp_of
from desktop.connectors.tables.pipedrive_rows import text_of_note
from desktop.domain.errors import Temporary
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind

NOTED = frozenset({RecordKind.TASK, RecordKind.ACTIVITY})
SETTLES = timedelta(seconds=90)
"""How long a request whose answer was lost may still be under way: longer than any exchange of ours may take."""

_OVERLAP = timedelta(seconds=60)
_NEWEST = 100
_FIRST_PAGES, _LATER_PAGES = 40, 10_000
_SEARCHES_PER_PAGE = 2  # one search costs as many tokens as two pages of a list
SEARCH_EVERY = 0.25  # seconds: ten searches in a window of two


class Keys:
    """What is known of keys; it outlives a line, since a doubt must not be forgotten when the rep signs in again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: dict[tuple[str, str], str] = {}
        self._doubts: dict[tuple[str, str], datetime] = {}
        self._owner = ""
        self._since = ""
        self._whole: dict[tuple[str, str], str] = {}

    def find(self, line: PipedriveLine, kind: RecordKind, marker: str, code: str) -> Row | None:
        """Return the record that carries the key, the oldest of several; `code` is the field it stands in."""
        entity = ENTITIES[kind]
        if kind in NOTED:
            self._follow(line)
        known = self._made.get((entity, marker))
        row = line.row(entity, known) if known else None
        if row is not None or kind in NOTED:
            return row
        row = _searched(entity, marker, code, line)
        if row is not None:
            return row
        newest, _ = line.page(entity, {"sort_by": "add_time", "sort_direction": "desc", "limit": str(_NEWEST)})
        found = [row for row in newest if _marked(row, code) == marker and is_id(str(row.get("id")))]
        return min(found, key=lambda row: int(row["id"]), default=None)

    def find_many(
        self, line: PipedriveLine, crew: Crew, kind: RecordKind, markers: Collection[str], code: str
    ) -> dict[str, Done[Row | None]]:
        """Look for many keys of one kind; return what became of each look: the record that carries it, or None."""
        entity = ENTITIES[kind]
        if kind in NOTED:
            self._follow(line)
            is_whole = True
        else:
            is_whole = self._follow_keyed(line, kind, code, max(1, len(markers) // _SEARCHES_PER_PAGE))
        known = {marker: self._made[entity, marker] for marker in markers if (entity, marker) in self._made}
        rows = read_rows(line, crew, kind, list(known.values()))
        found = {marker: rows[record_id] for marker, record_id in known.items() if rows[record_id].error is not None}
        found |= {marker: rows[record_id] for marker, record_id in known.items() if rows[record_id].answer is not None}
        missing = [marker for marker in markers if marker not in found]
        if is_whole:
            return {**found, **dict.fromkeys(missing, Done())}
        looks = [partial(_searched, entity, marker, code) for marker in missing]
        return {**found, **dict(zip(missing, crew.each(line, looks, every=SEARCH_EVERY), strict=True))}

    def made(self, kind: RecordKind, marker: str, record_id: str) -> None:
        """Remember what a create made."""
        self._made[ENTITIES[kind], marker] = record_id
        self._doubts.pop((ENTITIES[kind], marker), None)

    def doubt(self, kind: RecordKind, marker: str) -> None:
        """Remember that a create may be under way, or done."""
        self._doubts[ENTITIES[kind], marker] = self._clock.now()

    def require_settled(self, kind: RecordKind, marker: str) -> None:
        """Raise Temporary while an earlier create with this key may still be under way."""
        began = self._doubts.get((ENTITIES[kind], marker))
        if began is None:
            return
        left = (began + SETTLES - self._clock.now()).total_seconds()
        if 0 < left <= SETTLES.total_seconds():
            sentence = "Pipedrive may still be making this record; looking again before it is sent a second time."
            raise Temporary(sentence, detail=ENTITIES[kind], retry_after=left)
        del self._doubts[ENTITIES[kind], marker]

    def forget_lists(self) -> None:
        """Read lists afresh: whoever signs in next may see others. What was made, and what is in doubt, is kept."""
        self._whole.clear()

    def _follow(self, line: PipedriveLine) -> None:
        """Read the keys in the notes of the rep's activities: all at first, later what changed."""
        owner = line.me_id()
        if owner != self._owner:
            self._owner, self._since = owner, ""
        scope = {"owner_id": owner, "limit": str(PAGE)}
        if self._since:
            scope.update(sort_by="update_time", sort_direction="asc", updated_since=self._since)
        else:
            scope.update(sort_by="add_time", sort_direction="desc")
        since = ""
        for rows in line.pages("activities", scope, most=_LATER_PAGES if self._since else _FIRST_PAGES):
            since = since or stamp_of(line.server_time - _OVERLAP)
            for row in rows:
                self._note("activities", row, text_of_note(row.get("note"))[1])
        self._since = since

    def _follow_keyed(self, line: PipedriveLine, kind: RecordKind, code: str, most: int) -> bool:
        """Read the keys in a list, newest first, later what changed, at most so many pages; return whether it is whole.

        The newest page is read whatever happens: the search may not know it yet.
        """
        entity = ENTITIES[kind]
        known_since = self._whole.pop((entity, code), "")
        scope = {"custom_fields": code, "limit": str(PAGE)}
        if known_since:
            scope.update(sort_by="update_time", sort_direction="asc", updated_since=known_since)
        else:
            scope.update(sort_by="add_time", sort_direction="desc")
        cursor, since = "", ""
        for _ in range(most):
            rows, cursor = line.page(entity, {**scope, "cursor": cursor} if cursor else scope)
            since = since or stamp_of(line.server_time - _OVERLAP)
            for row in rows:
                self._note(entity, row, _marked(row, code))
            if not cursor and kind is not RecordKind.OPPORTUNITY:
                self._whole[entity, code] = since
                return True
            if not cursor or kind is RecordKind.OPPORTUNITY:
                return False
        if known_since:  # so much changed meanwhile that the newest page was not among what was read
            return self._follow_keyed(line, kind, code, 1)
        return False

    def _note(self, entity: str, row: Row, marker: str) -> None:
        place = (entity, marker)
        if marker and is_id(str(row.get("id"))) and int(row["id"]) < int(self._made.get(place, "9" * 18)):
            self._made[place] = str(row["id"])


def read_rows(line: PipedriveLine, crew: Crew, kind: RecordKind, ids: Sequence[str]) -> dict[str, Done[Row | None]]:
    """Read many records of one kind by their ids, a hundred a call; one that a list may not show is asked for alone."""
    entity, wanted = ENTITIES[kind], list(dict.fromkeys(ids))
    parts = [wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE)]
    lists: list[Callable[[PipedriveLine], dict[str, Row]]] = [partial(_rows, entity, part) for part in parts]
    found: dict[str, Done[Row | None]] = {}
    for part, done in zip(parts, crew.each(line, lists), strict=True):
        rows = done.answer or {}
        found.update((one, Done(rows.get(one), done.error)) for one in part)
    if kind is RecordKind.OPPORTUNITY:
        hidden = [one for one, done in found.items() if done.answer is None and done.error is None]
        found.update(zip(hidden, crew.each(line, [partial(_row, entity, one) for one in hidden]), strict=True))
    return found


def _rows(entity: str, ids: Sequence[str], line: PipedriveLine) -> dict[str, Row]:
    return line.rows(entity, ids)


def _row(entity: str, record_id: str, line: PipedriveLine) -> Row | None:
    return line.row(entity, record_id)


def _searched(entity: str, marker: str, code: str, line: PipedriveLine) -> Row | None:
    for record_id in line.searched(entity, marker):
        row = line.row(entity, record_id)
        if row is not None and _marked(row, code) == marker:
            return row
    return None


def _marked(row: Mapping[str, object], code: str) -> str:
    own = row.get("custom_fields")
    return str(own.get(code) or "") if isinstance(own, Mapping) else ""
