"""The fields of one change as a painted table: what was seen, what is there now, what is wanted."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui import texts
from desktop.ui.outbox.presentation import TripleView
from desktop.ui.review.display_text import units
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import RADIUS, Space
from desktop.ui.widgets.paragraph import Paragraph, Run

LABEL_WIDTH = 110
HEAD = 30
LINES = 6
Cells = tuple[Paragraph, ...]


class ChangeTable(QWidget):
    """Paints TripleViews. The middle column is there only where somebody changed something meanwhile."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._triples: tuple[TripleView, ...] = ()
        self._lines: list[Cells] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._lay_out)

    @property
    def columns(self) -> tuple[str, ...]:
        """The heads of the columns beside the field's own."""
        has_found = any(triple.found for triple in self._triples)
        return (texts.YOU_SAW, *((texts.THERE_NOW,) if has_found else ()), texts.YOU_WANT)

    def show_triples(self, triples: tuple[TripleView, ...]) -> None:
        """Show these from now on."""
        if triples != self._triples:
            self._triples = triples
            self.setAccessibleName(" ".join(triple.spoken for triple in triples))
            self._lay_out()

    def sizeHint(self) -> QSize:
        """Return the size the table takes."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines again for the new width."""
        if event.oldSize().width() != event.size().width():
            self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, the heads and the lines."""
        del event
        if not self._triples:
            return
        colors = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors.line)))
        painter.setBrush(QColor(colors.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setFont(self._theme.font(TextSize.SMALL, bold=True))
        painter.setPen(QColor(colors.muted))
        wide = self._column_width()
        for number, head in enumerate(self.columns):
            box = QRectF(self._column_at(number), 0, wide, HEAD)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, head)
        y = float(HEAD)
        for cells in self._lines:
            painter.fillRect(QRectF(1, y, self.width() - 2, 1), QColor(colors.line))
            for number, cell in enumerate(cells):
                cell.paint(painter, Space.M if number == 0 else self._column_at(number - 1), y + Space.S)
            y += _height(cells)

    def _column_width(self) -> float:
        return (self.width() - LABEL_WIDTH - 2 * Space.M) / len(self.columns) - Space.S

    def _column_at(self, number: int) -> float:
        return Space.M + LABEL_WIDTH + number * (self._column_width() + Space.S)

    def _lay_out(self) -> None:
        colors, wide = self._theme.colors, int(self._column_width())
        body, bold = self._theme.font(), self._theme.font(bold=True)
        has_found = len(self.columns) > 2
        self._lines = []
        for triple in self._triples:
            cells = [
                Paragraph(body, (_run(triple.label, colors.muted),), LABEL_WIDTH - Space.S, LINES),
                Paragraph(body, (_run(triple.seen, colors.muted),), wide, LINES),
            ]
            if has_found:
                found = triple.found or texts.UNCHANGED
                ink = colors.bad if triple.found else colors.muted
                cells.append(Paragraph(bold if triple.found else body, (_run(found, ink),), wide, LINES))
            cells.append(Paragraph(bold, (_run(triple.wanted, colors.text),), wide, LINES))
            self._lines.append(tuple(cells))
        self.setFixedHeight(HEAD + sum(_height(cells) for cells in self._lines) if self._triples else 0)
        self.update()


def _height(cells: Cells) -> int:
    return max(cell.height for cell in cells) + 2 * Space.S


def _run(text: str, ink: str) -> Run:
    return Run(text, ink, units(text))
