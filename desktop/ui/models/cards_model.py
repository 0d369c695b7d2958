"""The list of cards as Qt sees it. It tells Qt the count and reads only the rows that are painted.

A refresh keeps the selected card selected: the model finds it again by id, says how many rows came or went above it
and below it, and lets Qt move its own marks.
"""

from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktop.domain.errors import DealsideError
from desktop.domain.ids import ProposalId
from desktop.review.views import CardRow, Counts, Shelf
from desktop.services import Queries
from desktop.ui import texts
from desktop.ui.models.shelf_rows import FoundRows, ShelfRows, count_of

AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class CardsModel(QAbstractListModel):
    """Cards of one shelf, newest mail first. `failed` carries a DealsideError that a read ended in."""

    failed = Signal(object)
    scanned = Signal()

    def __init__(self, queries: Queries, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queries = queries
        self._rows: ShelfRows | FoundRows = ShelfRows(queries, Shelf.OPEN, 0)
        self._scanning = FoundRows(queries, Shelf.OPEN, "")
        self._is_stale = False
        self._filter = ""
        self._scan = QTimer(self, interval=0)
        self._scan.timeout.connect(self._scan_page)

    @property
    def shelf(self) -> Shelf:
        """The shelf shown."""
        return self._rows.shelf

    @property
    def filter(self) -> str:
        """The words every row shown holds, or empty."""
        return self._filter

    def rowCount(self, parent: AnyIndex = NO_INDEX) -> int:
        """Return how many cards there are."""
        return 0 if parent.isValid() else self._rows.total

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return the title, or what a screen reader says."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.row(index.row())
        if row is None:
            return ""
        return row.title if role == Qt.ItemDataRole.DisplayRole else spoken(row)

    def row(self, number: int) -> CardRow | None:
        """Return one card's line, or None when it is not there (any more)."""
        try:
            return self._rows.row(number)
        except DealsideError as error:
            self.failed.emit(error)
            return None

    def find(self, proposal_id: ProposalId, near: int) -> int | None:
        """Return the row of a card, looking around row `near` first, or None."""
        try:
            return self._rows.find(proposal_id, near)
        except DealsideError as error:
            self.failed.emit(error)
            return None

    def show(self, shelf: Shelf, counts: Counts, words: str = "") -> None:
        """Show another shelf, or the same one filtered by words; filtered rows arrive page by page."""
        self.beginResetModel()
        self._scan.stop()
        self._filter = words.strip()
        if self._filter:
            self._rows = self._scanning = FoundRows(self._queries, shelf, self._filter)
            self._scan.start()
        else:
            self._rows = ShelfRows(self._queries, shelf, count_of(shelf, counts))
        self.endResetModel()

    def refresh(self, counts: Counts, selected: ProposalId | None, at: int) -> None:
        """Take what the store holds now; the card `selected`, at row `at`, keeps its place in the view."""
        if self._filter:
            self._scan_again()
            return
        fresh = ShelfRows(self._queries, self.shelf, count_of(self.shelf, counts))
        try:
            place = fresh.find(selected, at) if selected is not None else at
        except DealsideError as error:
            self.failed.emit(error)
            return
        self._adopt(fresh, at, place)

    def _adopt(self, fresh: ShelfRows, at: int, place: int | None) -> None:
        """Change over in steps Qt understands: rows above the selected one, the selected one, rows at the end.

        `place` is where the selected row stands now, None when it is gone.
        """
        between = ShelfRows(self._queries, self.shelf, self._rows.total)
        if place is None:
            self._remove(between, at, min(1, between.total - at))
        elif place > at:
            self._insert(between, 0, place - at)
        else:
            self._remove(between, 0, at - place)
        self._insert(between, between.total, fresh.total - between.total)
        self._remove(between, fresh.total, between.total - fresh.total)
        self._rows = fresh
        if fresh.total:
            self.dataChanged.emit(self.index(0), self.index(fresh.total - 1))

    def _insert(self, rows: ShelfRows, at: int, count: int) -> None:
        if count > 0:
            self.beginInsertRows(NO_INDEX, at, at + count - 1)
            self._rows = rows
            rows.total += count
            self.endInsertRows()

    def _remove(self, rows: ShelfRows, at: int, count: int) -> None:
        if count > 0:
            self.beginRemoveRows(NO_INDEX, at, at + count - 1)
            self._rows = rows
            rows.total -= count
            self.endRemoveRows()

    def _scan_again(self) -> None:
        """Search once more behind the rows shown; while a search runs, remember that another is due."""
        if self._scan.isActive():
            self._is_stale = True
            return
        self._is_stale = False
        self._scanning = FoundRows(self._queries, self.shelf, self._filter)
        self._scan.start()

    def _scan_page(self) -> None:
        scanning = self._scanning
        try:
            found = scanning.scan()
        except DealsideError as error:
            self._scan.stop()
            self.failed.emit(error)
            return
        if scanning is self._rows and found:
            self.beginInsertRows(NO_INDEX, scanning.total, scanning.total + len(found) - 1)
            scanning.rows.extend(found)
            self.endInsertRows()
        else:
            scanning.rows.extend(found)
        if scanning.is_complete:
            self._end_scan(scanning)

    def _end_scan(self, scanning: FoundRows) -> None:
        self._scan.stop()
        if scanning is not self._rows and isinstance(self._rows, FoundRows):
            self._merge(self._rows, scanning)
        self.scanned.emit()
        if self._is_stale:
            self._scan_again()

    def _merge(self, old: FoundRows, new: FoundRows) -> None:
        """Change over to another search result row by row; where the order differs, start over."""
        kept = {row.id for row in new.rows}
        for place in range(old.total - 1, -1, -1):
            if old.rows[place].id not in kept:
                self.beginRemoveRows(NO_INDEX, place, place)
                del old.rows[place]
                self.endRemoveRows()
        known = {row.id for row in old.rows}
        if [row.id for row in new.rows if row.id in known] != [row.id for row in old.rows]:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
            return
        for place, row in enumerate(new.rows):
            if row.id not in known:
                self.beginInsertRows(NO_INDEX, place, place)
                old.rows.insert(place, row)
                self.endInsertRows()
        old.rows[:] = new.rows
        if old.total:
            self.dataChanged.emit(self.index(0), self.index(old.total - 1))


def spoken(row: CardRow) -> str:
    """Return one card's line as a screen reader says it."""
    state = texts.number_of(row.waiting, "decision waits", "decisions wait") if row.waiting else "nothing waits"
    return f"{row.title}. {row.subject}. From {row.sender}. {state}. {texts.BANDS[row.band]}."
