"""Where the rep types a field's value, in place. Enter keeps it, Esc gives up; a wrong shape is said, not lost."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.domain.records import FieldType
from desktop.ui import texts
from desktop.ui.review.display_text import safe
from desktop.ui.review.keys import is_plain
from desktop.ui.theme import Theme

LINES_AT_MOST = 6
PADDING = 16


class ValueEditor(QPlainTextEdit):
    """One to six lines of text. `kept` says that Enter was pressed, `given_up` Esc, `grown` that its height changed."""

    kept = Signal()
    given_up = Signal()
    grown = Signal()

    def __init__(self, theme: Theme, label: str, kind: FieldType, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setObjectName("value")
        self.setFont(theme.font())
        self.setAccessibleName(f"New value of {label}")
        self.setAccessibleDescription(texts.FIELD_HINTS[kind])
        self.setPlaceholderText(texts.FIELD_HINTS[kind])
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def begin(self, text: str) -> None:
        """Start with this text, all of it selected."""
        self.setPlainText(safe(text))
        self.selectAll()
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter and Esc; Shift+Enter starts a line where lines make sense."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif is_plain(event.key(), Qt.Key.Key_Return):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._kind is FieldType.TEXT:
                self.insertPlainText("\n")
            else:
                self.kept.emit()
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.kept.emit()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        lines = min(max(int(self.document().size().height()), 1), LINES_AT_MOST)
        height = lines * self.fontMetrics().lineSpacing() + PADDING
        if height != self.height():
            self.setFixedHeight(height)
            self.grown.emit()
