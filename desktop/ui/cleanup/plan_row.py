"""One row of a merge: a record, a field, or the note. Painted whole; takes the focus while there is a choice in it."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.ui.cleanup.presentation import Part, PlanRowView
from desktop.ui.marks import MARK, paint_mark
from desktop.ui.review.display_text import units
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.paragraph import Paragraph, Run

LABEL_WIDTH = 104
SIDE_WIDTH = 104
LINES = 4
ARROW = "  →  "


class PlanRow(QWidget):
    """Paints one PlanRowView. `focused` says that it has the focus, `pressed` that it was clicked twice."""

    focused = Signal()
    pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.view: PlanRowView | None = None
        self._text: Paragraph | None = None
        self._below: list[Paragraph] = []
        self.setProperty("ownKeys", True)
        theme.changed.connect(self._forget)

    def bind(self, view: PlanRowView) -> None:
        """Show this from now on."""
        if view != self.view:
            self.view = view
            self.setAccessibleName(view.spoken)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if view.is_open else Qt.FocusPolicy.NoFocus)
            self._forget()

    def fit(self, width: int) -> int:
        """Lay out to a width and return the height that takes, in logical pixels."""
        self._lay_out(width)
        height = self._text.height if self._text else 0
        return Space.XS + max(height, 18) + sum(each.height + 2 for each in self._below) + Space.XS + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the row."""
        del event
        if self.view is None:
            return
        if self._text is None:
            self._lay_out(self.width())
        painter = QPainter(self)
        self._paint_ground(painter)
        self._paint_label(painter, self.view)
        y = float(Space.XS + 1)
        for paragraph in (self._text, *self._below):
            if paragraph is not None:
                paragraph.paint(painter, LABEL_WIDTH + Space.M, y)
                y += paragraph.height + 2
        self._paint_side(painter, self.view)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say so."""
        super().focusInEvent(event)
        self.update()
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Lose the frame."""
        super().focusOutEvent(event)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Do what the row is for."""
        super().mouseDoubleClickEvent(event)
        self.pressed.emit()

    def _forget(self) -> None:
        self._text = None
        self.update()

    def _lay_out(self, width: int) -> None:
        view, colors = self.view, self._theme.colors
        if view is None:
            return
        room = width - LABEL_WIDTH - SIDE_WIDTH - 3 * Space.M
        is_bold = view.part is not Part.NOTE and not view.is_muted
        runs = [Run(view.text, colors.muted if view.is_muted else colors.text, units(view.text), is_bold=is_bold)]
        if view.before:
            before = Run(view.before, colors.muted, units(view.before), is_struck=True)
            runs = [before, Run(ARROW, colors.muted, units(ARROW)), *runs]
        self._text = Paragraph(self._theme.font(), tuple(runs), room, LINES)
        small = self._theme.font(TextSize.SMALL)
        below = ((view.quiet, colors.muted), (view.vanishing, colors.check))
        self._below = [Paragraph(small, (Run(text, ink, units(text)),), room, LINES) for text, ink in below if text]

    def _paint_ground(self, painter: QPainter) -> None:
        if self.hasFocus():
            colors = self._theme.colors
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colors.accent), 1.5))
            painter.setBrush(QColor(colors.soft))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _paint_label(self, painter: QPainter, view: PlanRowView) -> None:
        colors, font = self._theme.colors, self._theme.font()
        x = float(Space.M)
        if view.shape is not None:
            ink = colors.muted if view.is_muted else colors.accent
            paint_mark(painter, view.shape, x, Space.XS + 3, ink)
            x += MARK + 6
        painter.setFont(font)
        painter.setPen(QColor(colors.muted))
        room = int(LABEL_WIDTH - x + Space.M)
        words = QFontMetrics(font).elidedText(view.label, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(x, Space.XS + 1, room, 18), Qt.AlignmentFlag.AlignLeft, words)

    def _paint_side(self, painter: QPainter, view: PlanRowView) -> None:
        font = self._theme.font(TextSize.SMALL)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colors.muted))
        words = QFontMetrics(font).elidedText(view.side, Qt.TextElideMode.ElideRight, SIDE_WIDTH)
        box = QRectF(self.width() - SIDE_WIDTH - Space.M, Space.XS + 2, SIDE_WIDTH, 17)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, words)
