"""The rows of the outbox as Qt sees them. All are read at once: what is on its way is little beside the cards."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.domain.deliveries import DeliveryState
from desktop.domain.ports import Clock
from desktop.review.views import OutboxRow
from desktop.ui.outbox.presentation import ChangeView, change_view

NO_INDEX = QModelIndex()


class OutboxModel(QAbstractListModel):
    """What is on its way or stuck, all of it or conflicts alone."""

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._all: tuple[OutboxRow, ...] = ()
        self._rows: tuple[OutboxRow, ...] = ()
        self._only_conflicts = False

    @property
    def only_conflicts(self) -> bool:
        """Whether all but conflicts is left out."""
        return self._only_conflicts

    @property
    def conflicts(self) -> int:
        """How many conflicts there are."""
        return sum(row.state is DeliveryState.CONFLICT for row in self._all)

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._all)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NO_INDEX) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return the heading, or what a screen reader says."""
        view = self.view(index.row())
        if view is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return view.heading if role == Qt.ItemDataRole.DisplayRole else view.spoken

    def row(self, number: int) -> OutboxRow | None:
        """Return one row, or None beyond the ends."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def view(self, number: int) -> ChangeView | None:
        """Return one row as it looks now."""
        row = self.row(number)
        return change_view(row, self._clock.now()) if row else None

    def find(self, entry_id: str) -> int | None:
        """Return where an entry stands, or None."""
        return next((place for place, row in enumerate(self._rows) if row.entry.id == entry_id), None)

    def show(self, rows: tuple[OutboxRow, ...], *, only_conflicts: bool) -> None:
        """Show these rows from now on."""
        if (rows, only_conflicts) == (self._all, self._only_conflicts):
            return
        self.beginResetModel()
        self._all, self._only_conflicts = rows, only_conflicts
        self._rows = tuple(row for row in rows if row.state is DeliveryState.CONFLICT) if only_conflicts else rows
        self.endResetModel()
