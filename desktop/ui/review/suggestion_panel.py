"""One suggestion as a block: `Create contact Jane Doe`, its rows, and what became of it."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.domain.ids import SuggestionId
from desktop.domain.proposals import SuggestionState
from desktop.ui import texts
from desktop.ui.marks import MARK, STATE_SHAPES, Shape, paint_mark, state_color
from desktop.ui.review.display_text import units
from desktop.ui.review.field_row import FieldRow
from desktop.ui.review.presentation import SuggestionView
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import RADIUS, Space
from desktop.ui.widgets.paragraph import Paragraph, Run
from desktop.ui.widgets.plain import button, restyle

HEAD = 38
BUTTON_HEIGHT = 26
BAR = 3
DECIDE_WORDS = (("Accept", "Accept this suggestion (Enter)"), ("Dismiss", "Dismiss this suggestion (x)"))
ANSWER_WORDS = ((texts.SEND_ANSWER, texts.SEND_ANSWER_NAME), (texts.KEEP_THEIRS, texts.KEEP_THEIRS_NAME))


class SuggestionPanel(QWidget):
    """Shows one SuggestionView. While open its rows take the focus; once decided the block itself does."""

    focused = Signal()
    accept_wanted = Signal()
    dismiss_wanted = Signal()
    undo_wanted = Signal()
    resized = Signal()
    row_kept = Signal(str, object)
    row_wanted = Signal(object)
    row_given_up = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view: SuggestionView | None = None
        self._rows: list[FieldRow] = []
        self._shown = 0
        self._is_current = False
        self._sentence: Paragraph | None = None
        self._sentence_width = 0
        self._accept = self._button(*DECIDE_WORDS[0], role="quiet")
        self._dismiss = self._button(*DECIDE_WORDS[1], role="quiet")
        self._undo = self._button("Undo", "Undo this decision (u)", role="quiet")
        self._accept.clicked.connect(self.accept_wanted)
        self._dismiss.clicked.connect(self.dismiss_wanted)
        self._undo.clicked.connect(self.undo_wanted)
        theme.changed.connect(self._forget_layout)

    @property
    def id(self) -> SuggestionId | None:
        """Which Suggestion it shows."""
        return self._view.id if self._view else None

    @property
    def view(self) -> SuggestionView | None:
        """What it shows."""
        return self._view

    @property
    def rows(self) -> list[FieldRow]:
        """The rows in use, from top to bottom."""
        return self._rows[: self._shown]

    @property
    def stops(self) -> list[QWidget]:
        """Where the focus can rest: rows while open, else the block itself."""
        if self._view and self._view.is_open and self._shown:
            return list(self.rows)
        if self._view and self._view.is_contested:
            return [row for row in self.rows if row.view and row.view.takes_focus]
        return [self]

    @property
    def keeps_current(self) -> bool:
        """Whether the rep is at it although it is decided: at the block itself, or at a field in conflict."""
        is_contested = self._view is not None and self._view.is_contested
        return self.hasFocus() or (is_contested and any(row.is_focused for row in self.rows))

    def bind(self, view: SuggestionView) -> None:
        """Show this from now on; rows keep their editors while they show the same fields."""
        if view == self._view:
            return
        if self._view is not None and self._view.id != view.id:
            for row in self._rows:
                row.end_edit()
        self._view = view
        self._sentence = None
        self._shown = len(view.fields)
        while len(self._rows) < self._shown:
            self._rows.append(self._new_row())
        for row, field in zip(self._rows, view.fields, strict=False):
            row.bind(field)
            row.show()
        for row in self._rows[self._shown :]:
            row.end_edit()
            row.hide()
        self._show_state(view)

    def set_current(self, *, is_current: bool) -> None:
        """Show whether Enter would accept this one."""
        if is_current != self._is_current:
            self._is_current = is_current
            self._accept.setProperty("role", "primary" if is_current else "quiet")
            restyle(self._accept)
            self._place_buttons(self.width())
            self.update()

    def fit(self, width: int) -> int:
        """Lay out to a width and return the height that takes."""
        inner, y = width - BAR - Space.XS, HEAD
        sentence = self._sentence_of(width)
        y += sentence.height + Space.XS if sentence else 0
        for row in self.rows:
            height = row.fit(inner)
            row.setGeometry(BAR, y, inner, height)
            y += height
        self._place_buttons(width)
        return y + Space.S

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, heading, sentence and state; the rows paint themselves."""
        del event
        if self._view is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_heading(painter, self._view)
        sentence = self._sentence_of(self.width())
        if sentence:
            sentence.paint(painter, BAR + Space.M, HEAD - 2)
        if not self._view.is_open:
            self._paint_state(painter, self._view)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say that the block has the focus."""
        super().focusInEvent(event)
        self.update()
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.update()

    def _button(self, words: str, name: str, *, role: str) -> QPushButton:
        made = button(words, role=role, name=name)
        made.setParent(self)
        made.setFont(self._theme.font(TextSize.SMALL))
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made

    def _new_row(self) -> FieldRow:
        row = FieldRow(self._theme, self)
        row.focused.connect(self.focused)
        row.resized.connect(self.resized)
        row.kept.connect(lambda value: self.row_kept.emit(row.view.name if row.view else "", value))
        row.wanted.connect(lambda: self.row_wanted.emit(row))
        row.given_up.connect(lambda: self.row_given_up.emit(row.view.name if row.view else ""))
        return row

    def _show_state(self, view: SuggestionView) -> None:
        self.setAccessibleName(view.spoken)
        has_stops = (view.is_open and view.fields) or view.is_contested
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if has_stops else Qt.FocusPolicy.StrongFocus)
        self._accept.setVisible(view.is_open or view.is_contested)
        self._dismiss.setVisible(view.is_open or view.is_contested)
        self._name_buttons(is_answer=view.is_contested)
        undoable = (SuggestionState.DISMISSED, SuggestionState.QUEUED, SuggestionState.DELIVERED)
        stuck = (SuggestionState.CONFLICT, SuggestionState.REJECTED)
        self._undo.setVisible(view.state in (*undoable, *stuck) and not view.is_contested)
        self.update()

    def _name_buttons(self, *, is_answer: bool) -> None:
        accept, dismiss = ANSWER_WORDS if is_answer else DECIDE_WORDS
        for made, (words, name) in ((self._accept, accept), (self._dismiss, dismiss)):
            if made.text() != words:
                made.setText(words)
                made.setAccessibleName(name)

    def _forget_layout(self) -> None:
        self._sentence = None
        self.update()

    def _sentence_of(self, width: int) -> Paragraph | None:
        """Return the line below the heading: why, or what became of it and what to do."""
        view = self._view
        text = "" if view is None else view.reason if view.is_open else view.state_help
        if not text or view is None:
            return None
        if self._sentence is None or self._sentence_width != width:
            colors = self._theme.colors
            is_bad = view.state in (SuggestionState.CONFLICT, SuggestionState.REJECTED)
            run = Run(text, colors.bad if is_bad else colors.muted, units(text))
            self._sentence_width = width
            self._sentence = Paragraph(self._theme.font(TextSize.SMALL), (run,), width - 2 * Space.M - BAR, 4)
        return self._sentence

    def _place_buttons(self, width: int) -> None:
        x = width - Space.S
        for made in (self._accept, self._dismiss, self._undo):
            if made.isHidden():
                continue
            wide = made.sizeHint().width()
            x -= wide
            made.setGeometry(x, (HEAD - BUTTON_HEIGHT) // 2 + 1, wide, BUTTON_HEIGHT)
            x -= Space.XS

    def _buttons_left(self) -> int:
        shown = [made.x() for made in (self._accept, self._dismiss, self._undo) if not made.isHidden()]
        return min(shown, default=self.width() - Space.M)

    def _paint_ground(self, painter: QPainter) -> None:
        colors = self._theme.colors
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        has_ring = self.hasFocus()
        painter.setPen(QPen(QColor(colors.accent if has_ring else colors.line), 2 if has_ring else 1))
        painter.setBrush(QColor(colors.surface))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        if self._is_current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent))
            painter.drawRoundedRect(QRectF(0, Space.S, BAR, self.height() - 2 * Space.S), 1.5, 1.5)

    def _paint_heading(self, painter: QPainter, view: SuggestionView) -> None:
        font = self._theme.font(TextSize.BODY, bold=True)
        room = self._buttons_left() - BAR - Space.M - Space.S
        if not view.is_open:
            room -= self._state_width(view)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colors.text))
        text = QFontMetrics(font).elidedText(view.heading, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(BAR + Space.M, 0, room + 2, HEAD), Qt.AlignmentFlag.AlignVCenter, text)

    def _state_width(self, view: SuggestionView) -> int:
        metrics = QFontMetrics(self._theme.font(TextSize.SMALL))
        return metrics.horizontalAdvance(view.state_words) + MARK + 6 + Space.M

    def _paint_state(self, painter: QPainter, view: SuggestionView) -> None:
        ink = state_color(view.state, self._theme.colors)
        shape: Shape = STATE_SHAPES[view.state]
        x = self._buttons_left() - self._state_width(view)
        paint_mark(painter, shape, x, (HEAD - MARK) / 2, ink)
        painter.setFont(self._theme.font(TextSize.SMALL))
        painter.setPen(QColor(ink))
        painter.drawText(QRectF(x + MARK + 6, 0, 200, HEAD), Qt.AlignmentFlag.AlignVCenter, view.state_words)
