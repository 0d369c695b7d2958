"""The view of a mail's text. A long text goes in piece by piece, so that a huge mail never holds the window up."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from desktop.ui.tokens import Space

PIECE = 20_000


class MailText(QPlainTextEdit):
    """Read-only plain text. `filled` says that the last piece of a long text is in."""

    filled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._given = 0
        self._more = QTimer(self, interval=0)
        self._more.timeout.connect(self._give_piece)
        self.setObjectName("mail")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(Space.L)
        self.setAccessibleName("Text of the mail")

    @property
    def is_filling(self) -> bool:
        """Whether pieces are still to come."""
        return self._more.isActive()

    def show_text(self, text: str) -> None:
        """Show another text from its top."""
        self._more.stop()
        self._text, self._given = text, PIECE
        self.setExtraSelections([])
        self.setPlainText(text[:PIECE])
        if len(text) > PIECE:
            self._more.start()

    def holds(self, place: int) -> bool:
        """Return whether the document reaches this place already."""
        return place < self.document().characterCount()

    def bring_into_view(self, place: int) -> None:
        """Scroll to a place unless it is on the screen."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(place)
        where = self.cursorRect(cursor)
        if where.top() < 0 or where.bottom() >= self.height():
            self.setTextCursor(cursor)
            self.centerCursor()

    def _give_piece(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._text[self._given : self._given + PIECE])
        self._given += PIECE
        if self._given >= len(self._text):
            self._more.stop()
            self.filled.emit()
