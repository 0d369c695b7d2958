"""The head of the list: which shelf, and words to filter it by."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.review.views import Counts, Shelf
from desktop.ui import texts
from desktop.ui.models.shelf_rows import count_of
from desktop.ui.review.keys import is_plain
from desktop.ui.theme import Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.plain import button, rule

FILTER_AFTER_MS = 150


class ShelfBar(QWidget):
    """Three shelves with their counts and a filter. `shelf_wanted` and `filter_wanted` carry what was chosen."""

    shelf_wanted = Signal(object)
    filter_wanted = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter  /")
        self._filter.setAccessibleName("Filter the cards by words")
        self._filter.setClearButtonEnabled(False)
        self._filter.setFont(theme.font())
        self._filter.installEventFilter(self)
        self._soon = QTimer(self, singleShot=True, interval=FILTER_AFTER_MS)
        self._soon.timeout.connect(self._tell)
        self._filter.textChanged.connect(self._soon.start)
        self._group = QButtonGroup(self)
        self._buttons = {shelf: self._shelf_button(shelf) for shelf in Shelf}
        self._build()
        self.choose(Shelf.OPEN)

    @property
    def field(self) -> QLineEdit:
        """Where the filter is typed."""
        return self._filter

    def choose(self, shelf: Shelf) -> None:
        """Show a shelf as the chosen one."""
        self._buttons[shelf].setChecked(True)

    def show_counts(self, counts: Counts) -> None:
        """Show how many cards each shelf holds."""
        for shelf, made in self._buttons.items():
            count = count_of(shelf, counts)
            made.setText(f"{texts.SHELVES[shelf]} {_short(count)}" if count else texts.SHELVES[shelf])
            made.setAccessibleName(f"{texts.SHELVES[shelf]} cards, {count:,}")

    def clear(self) -> None:
        """Take the filter away at once."""
        self._filter.clear()
        self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the filter with Enter or Down, take it away with Esc."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.clear()
                self.left.emit()
                return True
            if is_plain(event.key(), Qt.Key.Key_Return) or event.key() == Qt.Key.Key_Down:
                self._tell()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _shelf_button(self, shelf: Shelf) -> QPushButton:
        made = button(texts.SHELVES[shelf], role="shelf", name=f"{texts.SHELVES[shelf]} cards")
        made.setCheckable(True)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.clicked.connect(lambda: self.shelf_wanted.emit(shelf))
        self._group.addButton(made)
        return made

    def _build(self) -> None:
        shelves = QHBoxLayout()
        shelves.setContentsMargins(Space.L, Space.XS, Space.L, 0)
        shelves.setSpacing(Space.L)
        for made in self._buttons.values():
            shelves.addWidget(made)
        shelves.addStretch(1)
        search = QHBoxLayout()
        search.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        search.addWidget(self._filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(shelves)
        column.addWidget(rule())
        column.addLayout(search)
        column.addWidget(rule())

    def _tell(self) -> None:
        self._soon.stop()
        self.filter_wanted.emit(self._filter.text())


def _short(count: int) -> str:
    """Return a count that fits beside a word: 999, 12k."""
    return f"{count:,}" if count < 10_000 else f"{count // 1000:,}k"
