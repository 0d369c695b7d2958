"""Plain text on a few lines with some characters marked, painted from a text layout and never read as markup."""

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.theme import Theme

LINES_AT_MOST = 3
CHARACTERS_AT_MOST = 600


class MarkedLine(QWidget):
    """A subject or a sender. Marks are (start, length, is it the strong one) in UTF-16 units."""

    def __init__(self, theme: Theme, font: QFont, *, muted: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._muted = muted
        self._text = ""
        self._marks: tuple[tuple[int, int, bool], ...] = ()
        self._layout = QTextLayout()
        self._layout.setFont(font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    @property
    def marks(self) -> tuple[tuple[int, int, bool], ...]:
        """What is marked."""
        return self._marks

    def show_text(self, text: str, marks: tuple[tuple[int, int, bool], ...] = ()) -> None:
        """Show one line of text; what exceeds 600 characters is left off with an ellipsis."""
        if (text, marks) == (self._text, self._marks):
            return
        shown = text if len(text) <= CHARACTERS_AT_MOST else text[:CHARACTERS_AT_MOST] + "…"
        self._text, self._marks = shown, marks
        self.setAccessibleName(shown)
        self._layout.setText(shown)
        self._lay_out()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size the laid out text takes."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines again for the new width."""
        if event.oldSize().width() != event.size().width():
            self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines with their marks."""
        del event
        colors = self._theme.colors
        painter = QPainter(self)
        painter.setPen(QColor(colors.muted if self._muted else colors.text))
        self._layout.draw(painter, QPointF(0, 0), self._formats())

    def _formats(self) -> list[QTextLayout.FormatRange]:
        colors = self._theme.colors
        formats = []
        for start, length, is_strong in self._marks:
            form = QTextLayout.FormatRange()
            form.start, form.length = start, length
            look = QTextCharFormat()
            look.setBackground(QColor(colors.mark_strong if is_strong else colors.mark))
            look.setForeground(QColor(colors.text))
            form.format = look
            formats.append(form)
        return formats

    def _lay_out(self) -> None:
        width, y = max(self.width(), 40), 0.0
        self._layout.beginLayout()
        for _ in range(LINES_AT_MOST):
            line = self._layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += line.height()
        self._layout.endLayout()
        self.setFixedHeight(max(int(y + 0.99), 1))
