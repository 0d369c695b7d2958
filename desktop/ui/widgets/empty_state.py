"""What a page shows when there is nothing: what will come here, and which keys bring it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.keycap import Keycap
from desktop.ui.widgets.plain import plain_label

WIDTH = 420


class EmptyState(QWidget):
    """A heading, a sentence, and a few keys worth knowing."""

    def __init__(self, theme: Theme, keys: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heading = plain_label(theme, TextSize.HEADING, bold=True)
        self._sentence = plain_label(theme, tone="muted")
        inner = QWidget()
        inner.setFixedWidth(WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._heading)
        column.addWidget(self._sentence)
        column.addSpacing(Space.L)
        column.addLayout(_key_grid(theme, keys))
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(_centred(inner))
        outer.addStretch(3)

    def say(self, heading: str, sentence: str) -> None:
        """Change the words."""
        self._heading.setText(heading)
        self._sentence.setText(sentence)
        self.setAccessibleName(f"{heading}. {sentence}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the ground; a plain QWidget takes no style sheet."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().window())


def _centred(widget: QWidget) -> QHBoxLayout:
    """Return a row with the widget in its middle; an alignment flag would give it too little height for its text."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(widget)
    row.addStretch(1)
    return row


def _key_grid(theme: Theme, keys: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(Space.M)
    grid.setVerticalSpacing(Space.S)
    grid.setColumnStretch(1, 1)
    for line, (key, words) in enumerate(keys):
        grid.addWidget(Keycap(theme, key), line, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        label = plain_label(theme, tone="muted")
        label.setWordWrap(False)
        label.setText(words)
        grid.addWidget(label, line, 1)
    return grid
