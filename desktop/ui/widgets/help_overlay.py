"""All keys on one sheet above the window. `?` or Esc closes it; nothing below is blocked for longer than that."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.keycap import Keycap
from desktop.ui.widgets.plain import plain_label

WIDTH = 860
KEYS_WIDTH = 132
Line = tuple[str, str]


class HelpOverlay(QWidget):
    """A sheet of keys over a dimmed window. `closed` says that the focus is free again."""

    closed = Signal()

    def __init__(self, theme: Theme, columns: Sequence[Sequence[tuple[str, Sequence[Line]]]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("ownKeys", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("All keys. Escape closes this.")
        self._window = parent
        self._sheet = QFrame(self)
        self._sheet.setObjectName("help")
        heading = plain_label(theme, TextSize.HEADING, bold=True)
        heading.setText("Keys")
        note = plain_label(theme, tone="muted")
        note.setText("Esc closes this")
        note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head, sides = QHBoxLayout(), QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(note, 1)
        sides.setSpacing(Space.XL * 2)
        for groups in columns:
            sides.addLayout(_column(theme, groups), 1)
        column = QVBoxLayout(self._sheet)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.XL)
        column.setSpacing(Space.L)
        column.addLayout(head)
        column.addLayout(sides)
        column.addStretch(1)
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show the sheet and take the focus."""
        self._fit()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def shut(self) -> None:
        """Close the sheet."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc, Enter, F1 and `?`."""
        closing = (Qt.Key.Key_Escape, Qt.Key.Key_Question, Qt.Key.Key_F1, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() in closing:
            self.shut()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close on a click beside the sheet."""
        if not self._sheet.geometry().contains(event.position().toPoint()):
            self.shut()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies below."""
        QPainter(self).fillRect(event.rect(), QColor(0, 0, 0, 110))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window when its size changes."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        self.setGeometry(self._window.rect())
        width = min(WIDTH, self.width() - 2 * Space.L)
        height = min(max(self._sheet.sizeHint().height(), 320), self.height() - 2 * Space.L)
        self._sheet.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)


def _column(theme: Theme, groups: Sequence[tuple[str, Sequence[Line]]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(Space.S)
    for title, lines in groups:
        label = plain_label(theme, TextSize.SMALL, bold=True, tone="muted")
        label.setText(title)
        column.addWidget(label)
        grid = QGridLayout()
        grid.setColumnMinimumWidth(0, KEYS_WIDTH)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS + 1)
        grid.setColumnStretch(1, 1)
        for number, (key, words) in enumerate(lines):
            text = plain_label(theme)
            text.setWordWrap(False)
            text.setText(words)
            grid.addWidget(Keycap(theme, key), number, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(text, number, 1)
        column.addLayout(grid)
        column.addSpacing(Space.M)
    column.addStretch(1)
    return column
