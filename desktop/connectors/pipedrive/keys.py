"""Where our keys stand in Pipedrive, and how a Record is found by its key before a second one is made.

Organisations, persons and deals carry the key in a custom field, which Pipedrive's search finds. Its index may lag
(nothing is said of that), so the newest records are looked through as well: lists are read from the records
themselves. Activities have neither custom fields nor a search; the rep's own are read once, and followed from then on.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from desktop.connectors.pipedrive.line import PAGE, PipedriveLine, Row
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


class Keys:
    """What is known of keys; it outlives a line, since a doubt must not be forgotten when the rep signs in again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: dict[tuple[str, str], str] = {}
        self._doubts: dict[tuple[str, str], datetime] = {}
        self._owner = ""
        self._since = ""

    def find(self, line: PipedriveLine, kind: RecordKind, marker: str, code: str) -> Row | None:
        """Return the record that carries the key, the oldest of several; `code` is the field it stands in."""
        entity = ENTITIES[kind]
        if kind in NOTED:
            self._follow(line)
        known = self._made.get((entity, marker))
        row = line.row(entity, known) if known else None
        if row is not None or kind in NOTED:
            return row
        for record_id in line.searched(entity, marker):
            row = line.row(entity, record_id)
            if row is not None and _marked(row, code) == marker:
                return row
        newest, _ = line.page(entity, {"sort_by": "add_time", "sort_direction": "desc", "limit": str(_NEWEST)})
        found = [row for row in newest if _marked(row, code) == marker and is_id(str(row.get("id")))]
        return min(found, key=lambda row: int(row["id"]), default=None)

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
                self._note(row)
        self._since = since

    def _note(self, row: Row) -> None:
        marker = text_of_note(row.get("note"))[1]
        place = ("activities", marker)
        if marker and is_id(str(row.get("id"))) and int(row["id"]) < int(self._made.get(place, "9" * 18)):
            self._made[place] = str(row["id"])


def _marked(row: Mapping[str, object], code: str) -> str:
    own = row.get("custom_fields")
    return str(own.get(code) or "") if isinstance(own, Mapping) else ""
