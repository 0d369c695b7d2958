"""One field of a suggestion: label, before struck through → after, mark, reason. Painted whole, edited in place."""

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.domain.errors import Rejected
from desktop.review.views import Answer
from desktop.ui import texts
from desktop.ui.marks import BAND_SHAPES, MARK, Shape, band_color, paint_mark
from desktop.ui.review.display_text import units
from desktop.ui.review.field_values import typed_value
from desktop.ui.review.presentation import FieldView
from desktop.ui.review.value_editor import ValueEditor
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Colors, Space
from desktop.ui.widgets.paragraph import Paragraph, Run

LABEL_WIDTH = 88
MARK_WIDTH = 96
LINES = 3
LINES_IN_FOCUS = 14
ARROW = "  →  "


class FieldRow(QWidget):
    """Paints one FieldView and edits it. Heights come from `fit`; `resized` asks the card to lay out again."""

    focused = Signal()
    kept = Signal(object)
    given_up = Signal()
    wanted = Signal()
    resized = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view: FieldView | None = None
        self._editor: ValueEditor | None = None
        self._error = ""
        self._value: Paragraph | None = None
        self._below: list[Paragraph] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._repaint_all)

    @property
    def view(self) -> FieldView | None:
        """What it shows."""
        return self._view

    @property
    def is_editing(self) -> bool:
        """Whether the rep is typing in it."""
        return self._editor is not None

    @property
    def is_focused(self) -> bool:
        """Whether it, or the editor in it, has the focus."""
        return self.hasFocus() or (self._editor is not None and self._editor.hasFocus())

    @property
    def typed(self) -> str:
        """What has been typed so far."""
        return self._editor.toPlainText() if self._editor else ""

    @property
    def error(self) -> str:
        """The sentence about what was typed last, or empty."""
        return self._error

    def bind(self, view: FieldView) -> None:
        """Show this from now on; an open editor keeps its text."""
        if view == self._view:
            return
        self._view = view
        self.setAccessibleName(view.spoken)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if view.takes_focus else Qt.FocusPolicy.NoFocus)
        self._value = None
        self.update()

    def fit(self, width: int) -> int:
        """Lay out to a width and return the height that takes, in logical pixels."""
        if self._value is None or width != self.width():
            self._lay_out(width)
        value_height = self._editor.height() if self._editor else self._value.height if self._value else 0
        below = sum(paragraph.height + 2 for paragraph in self._below)
        if self._editor:
            self._editor.setGeometry(LABEL_WIDTH + Space.M, Space.XS, self._value_width(width), value_height)
        return Space.XS + max(value_height, 18) + below + Space.XS + 1

    def begin_edit(self) -> None:
        """Open the editor, or put the focus back into it."""
        if self._view is None:
            return
        if self._editor is None:
            self._editor = ValueEditor(self._theme, self._view.label, self._view.type, self)
            self._editor.kept.connect(self._keep)
            self._editor.given_up.connect(self._give_up)
            self._editor.grown.connect(self.resized)
            self._editor.begin(self._view.raw)
            self._editor.show()
            self._changed()
        self._editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def end_edit(self) -> None:
        """Close the editor without keeping what is in it."""
        editor, self._editor = self._editor, None
        self._error = ""
        if editor is not None:
            if editor.hasFocus():
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            editor.hide()
            editor.deleteLater()
            self._changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the row."""
        del event
        if self._view is None:
            return
        if self._value is None:
            self._lay_out(self.width())
        painter = QPainter(self)
        self._paint_ground(painter)
        self._paint_label(painter, self._view)
        y = float(Space.XS + 1)
        x = LABEL_WIDTH + Space.M
        if self._editor is None and self._value is not None:
            self._value.paint(painter, x, y)
            y += max(self._value.height, 17) + 1
        elif self._editor is not None:
            y += self._editor.height()
        for paragraph in self._below:
            paragraph.paint(painter, x, y)
            y += paragraph.height + 2
        self._paint_marks(painter, self._view)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show more of a long value while it has the focus, and say so."""
        super().focusInEvent(event)
        self._refit_if_cut()
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Fold a long value again."""
        super().focusOutEvent(event)
        self._refit_if_cut()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit what was clicked twice."""
        super().mouseDoubleClickEvent(event)
        self.wanted.emit()

    def _keep(self) -> None:
        view = self._view
        if view is None:
            return
        try:
            value = typed_value(view.type, self.typed)
        except Rejected as error:
            self._error = error.sentence
            if self._editor:
                self._editor.setAccessibleDescription(self._error)
            self._changed()
            return
        self.end_edit()
        self.kept.emit(value)

    def _give_up(self) -> None:
        self.end_edit()
        self.given_up.emit()

    def _changed(self) -> None:
        self._value = None
        self.resized.emit()
        self.update()

    def _repaint_all(self) -> None:
        self._value = None
        self.update()

    def _refit_if_cut(self) -> None:
        self.update()
        if self._value is not None and (self._value.is_cut or self._value.height > LINES * 20):
            self._changed()

    def _value_width(self, width: int) -> int:
        return width - LABEL_WIDTH - MARK_WIDTH - 3 * Space.M

    def _lay_out(self, width: int) -> None:
        view, colors = self._view, self._theme.colors
        if view is None:
            return
        lines = LINES_IN_FOCUS if self.hasFocus() else LINES
        room = self._value_width(width)
        self._value = Paragraph(self._theme.font(), self._value_runs(view), room, lines)
        below = [(view.live, colors.bad)] if view.live else []
        below += [(self._error, colors.bad)] if self._error else []
        below += [(view.problem, colors.muted if view.is_left_out else colors.bad)] if view.problem else []
        below += [(view.reason, colors.muted)] if view.reason else []
        below += [(line, colors.text) for line in view.others]
        font = self._theme.font(TextSize.SMALL)
        self._below = [Paragraph(font, (Run(text, ink, units(text)),), room, 2) for text, ink in below]

    def _value_runs(self, view: FieldView) -> tuple[Run, ...]:
        colors = self._theme.colors
        is_quiet = view.after == texts.EMPTY_VALUE or view.is_left_out or not view.takes_focus
        ink = colors.muted if is_quiet else colors.text
        after = Run(view.after, ink, units(view.after), is_bold=not is_quiet)
        if view.answer is Answer.THEIRS:
            after = replace(after, is_struck=True)
        elif not view.before or view.is_left_out:
            return (after,)
        is_struck = view.before != texts.EMPTY_VALUE
        before = Run(view.before, colors.muted, units(view.before), is_struck=is_struck)
        return (before, Run(ARROW, colors.muted, units(ARROW)), after)

    def _paint_ground(self, painter: QPainter) -> None:
        colors = self._theme.colors
        if self.hasFocus() or self._editor is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colors.accent), 1.5))
            painter.setBrush(QColor(colors.soft))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _paint_label(self, painter: QPainter, view: FieldView) -> None:
        font = self._theme.font()
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colors.muted))
        top = Space.XS + 1 + (6 if self._editor else 0)
        label = QFontMetrics(font).elidedText(view.label, Qt.TextElideMode.ElideRight, LABEL_WIDTH)
        painter.drawText(QRectF(Space.M, top, LABEL_WIDTH, 18), Qt.AlignmentFlag.AlignLeft, label)

    def _paint_marks(self, painter: QPainter, view: FieldView) -> None:
        """Paint the band (or what the rep did) on the right, and below it the hand of a guarded field."""
        colors = self._theme.colors
        x, y = self.width() - MARK_WIDTH - Space.M, Space.XS + 1
        if view.answer is not None:
            shape, ink = _answer_mark(view.answer, colors)
            self._paint_mark_words(painter, shape, view.mark_words, x, y, ink)
            return
        if not view.is_open:
            return
        shape, ink = BAND_SHAPES[view.band], band_color(view.band, colors)
        if view.is_left_out:
            shape, ink = Shape.CROSS, colors.muted
        elif view.is_edited:
            shape, ink = Shape.TICK, colors.accent
        self._paint_mark_words(painter, shape, view.mark_words, x, y, ink)
        if view.is_guarded and not view.is_left_out:
            self._paint_mark_words(painter, Shape.HAND, "Your press", x, y + 19, colors.muted)

    def _paint_mark_words(self, painter: QPainter, shape: Shape, words: str, x: int, y: int, ink: str) -> None:
        paint_mark(painter, shape, x, y + 2, ink)
        painter.setFont(self._theme.font(TextSize.SMALL))
        painter.setPen(QColor(ink))
        box = QRectF(x + MARK + 6, y, MARK_WIDTH - MARK, 17)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


def _answer_mark(answer: Answer, colors: Colors) -> tuple[Shape, str]:
    """Return the shape and the colour of what was chosen for a field that somebody changed."""
    looks = {
        Answer.NONE: (Shape.UNEQUAL, colors.bad),
        Answer.THEIRS: (Shape.BACK, colors.muted),
        Answer.MINE: (Shape.TICK, colors.accent),
        Answer.OWN: (Shape.TICK, colors.accent),
    }
    return looks[answer]
