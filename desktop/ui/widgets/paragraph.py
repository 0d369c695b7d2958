"""A few wrapped lines of plain text in several inks, measured and painted from a text layout. Not a widget."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

CHARACTERS_AT_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one ink. `length_in_units` is counted in UTF-16 units, as Qt does."""

    text: str
    color: str
    length_in_units: int
    is_struck: bool = False
    is_bold: bool = False


class Paragraph:
    """Runs laid out to a width; lines beyond `lines_at_most` are left off with an ellipsis mark."""

    def __init__(self, font: QFont, runs: tuple[Run, ...], width: int, lines_at_most: int) -> None:
        self._layout = QTextLayout("".join(run.text for run in runs)[:CHARACTERS_AT_MOST].replace("\n", "\u2028"), font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._layout.setFormats(_formats(runs))
        self.is_cut = False
        self.height = self._lay_out(max(width, 40), lines_at_most)

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        """Paint with the top left at x, y."""
        self._layout.draw(painter, QPointF(x, y))

    def _lay_out(self, width: int, lines_at_most: int) -> int:
        y = 0.0
        self._layout.beginLayout()
        for _ in range(lines_at_most):
            line = self._layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += line.height()
            self.is_cut = line.textStart() + line.textLength() < len(self._layout.text())
        self._layout.endLayout()
        return int(y + 0.99)


def _formats(runs: tuple[Run, ...]) -> list[QTextLayout.FormatRange]:
    formats, start = [], 0
    for run in runs:
        form = QTextLayout.FormatRange()
        form.start, form.length = start, run.length_in_units
        look = QTextCharFormat()
        look.setForeground(QColor(run.color))
        look.setFontStrikeOut(run.is_struck)
        if run.is_bold:
            look.setFontWeight(QFont.Weight.DemiBold)
        form.format = look
        formats.append(form)
        start += run.length_in_units
    return formats
