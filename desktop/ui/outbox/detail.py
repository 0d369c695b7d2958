"""One change in full: what it does, how far it has got and why, its fields, and what can be done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.deliveries import DeliveryState
from desktop.domain.ports import Clock
from desktop.review.views import OutboxRow
from desktop.ui import texts
from desktop.ui.marks import DELIVERY_SHAPES, MARK, delivery_color, paint_mark
from desktop.ui.outbox.change_table import ChangeTable
from desktop.ui.outbox.presentation import ChangeView, change_view
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.plain import button, plain_label, restyle

WIDEST = 900


class _StateMark(QWidget):
    """The mark of a delivery's state."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.state = DeliveryState.WAITING
        self.setFixedSize(MARK + 4, MARK + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shape."""
        del event
        ink = delivery_color(self.state, self._theme.colors)
        paint_mark(QPainter(self), DELIVERY_SHAPES[self.state], 2, 2, ink)


class ChangeDetail(QWidget):
    """Shows one OutboxRow. The wishes of the mouse come out as signals."""

    open_wanted = Signal()
    retry_wanted = Signal()
    give_up_wanted = Signal()

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cardBody")
        self._clock = clock
        self._view: ChangeView | None = None
        self._heading = plain_label(theme, TextSize.TITLE, bold=True)
        self._mark = _StateMark(theme)
        self._state = plain_label(theme, bold=True)
        self._sentence = plain_label(theme)
        self._help = plain_label(theme, tone="muted")
        self._meta = plain_label(theme, TextSize.SMALL, tone="muted")
        self.table = ChangeTable(theme)
        self._open = button(texts.OPEN_CARD, role="primary", name=texts.OPEN_CARD_NAME)
        self._retry = button(texts.SEND_NOW, name=texts.SEND_NOW_NAME)
        self._give_up = button(texts.GIVE_UP, role="quiet", name=texts.GIVE_UP_NAME)
        self._build()
        self._open.clicked.connect(self.open_wanted)
        self._retry.clicked.connect(self.retry_wanted)
        self._give_up.clicked.connect(self.give_up_wanted)

    @property
    def view(self) -> ChangeView | None:
        """What it shows."""
        return self._view

    def show_row(self, row: OutboxRow | None) -> None:
        """Show this change as it looks now."""
        view = change_view(row, self._clock.now()) if row else None
        if view is None or row is None or view == self._view:
            self._view = view
            return
        self._view = view
        self._heading.setText(view.heading)
        self._mark.state = view.state
        self._mark.update()
        self._state.setText(view.state_words)
        self._sentence.setText(view.sentence)
        self._sentence.setVisible(bool(view.sentence))
        tone = "bad" if row.is_stuck else ""
        for label in (self._state, self._sentence):
            if label.property("tone") != tone:
                label.setProperty("tone", tone)
                restyle(label)
        self._help.setText(view.what_to_do)
        self._meta.setText(view.meta)
        self.table.show_triples(view.triples)
        self._open.setVisible(row.proposal_id is not None)
        self._retry.setVisible(view.state is not DeliveryState.CONFLICT)
        for made in (self._retry, self._give_up):
            made.setEnabled(view.state is not DeliveryState.SENDING)
        self.setAccessibleName(view.spoken_whole)

    def _build(self) -> None:
        state = QHBoxLayout()
        state.setSpacing(Space.S)
        state.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        state.addWidget(self._state, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for made in (self._open, self._retry, self._give_up):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            buttons.addWidget(made)
        buttons.addStretch(1)
        inner = QWidget(self)
        inner.setMaximumWidth(WIDEST)
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.S)
        column.addWidget(self._heading)
        column.addLayout(state)
        column.addWidget(self._sentence)
        column.addWidget(self._help)
        column.addSpacing(Space.S)
        column.addWidget(self.table)
        column.addWidget(self._meta)
        column.addSpacing(Space.M)
        column.addLayout(buttons)
        column.addStretch(1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(inner, 1)
        outer.addStretch(0)
