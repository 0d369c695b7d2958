"""The review page: list on the left, the mail in the middle, the card on the right. It shows and asks.

Reading is done here, in the window's thread, for these reads are short; deciding is in `commands.py`.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.errors import DealsideError
from desktop.domain.ids import ProposalId, SuggestionId
from desktop.domain.ports import Clock
from desktop.review.views import Card, Counts, Shelf
from desktop.services import Queries
from desktop.ui import texts
from desktop.ui.models.cards_model import CardsModel
from desktop.ui.review.card_list import CardList
from desktop.ui.review.card_view import CardView
from desktop.ui.review.presentation import Edits, Pending, with_pending
from desktop.ui.review.shelf_bar import ShelfBar
from desktop.ui.review.source_view import SourcePane
from desktop.ui.theme import Theme

if TYPE_CHECKING:
    from desktop.ui.review.prompts import ReasonPrompt, SnoozePrompt
    from desktop.ui.widgets.empty_state import EmptyState

LIST_WIDTH, SOURCE_WIDTH, CARD_WIDTH = 280, 450, 550
STACK_BELOW = 1040
MINUTE_MS = 60_000
FIRST_KEYS = (
    ("j or k", "next card, card before"),
    ("Enter", "accept the suggestion"),
    ("e", "edit a field first"),
    ("x", "dismiss it"),
    ("z", "undo, also after delivery"),
    ("F5", "check mail now"),
    ("?", "all keys"),
)


class ReviewPage(QWidget):
    """Shows one shelf and the selected card. `counted` carries Counts, `failed` a DealsideError of a read."""

    counted = Signal(object)
    failed = Signal(object)
    card_shown = Signal()
    snooze_chosen = Signal(object)
    reason_given = Signal(str)

    def __init__(self, queries: Queries, clock: Clock, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queries = queries
        self._theme = theme
        self.edits = Edits()
        self.pending: Pending = {}
        self._card: Card | None = None
        self._shown: Card | None = None
        self._counts = Counts(0, 0, 0, 0, 0, 0, 0)
        self._is_refreshing = False
        self.model = CardsModel(queries, self)
        self._outer = QSplitter(Qt.Orientation.Horizontal, self)
        self._left = QWidget(self._outer)
        self._stack = QStackedWidget(self._outer)
        self._inner = QSplitter(Qt.Orientation.Horizontal, self._stack)
        self.shelves = ShelfBar(theme, self._left)
        self.list = CardList(theme, clock, self.model, self._left)
        self.source = SourcePane(theme, self._inner)
        right = QWidget(self._inner)
        right.setMinimumSize(300, 160)
        self._right = QVBoxLayout(right)
        self.view = CardView(theme, self.edits, right)
        self._minute = QTimer(self, interval=MINUTE_MS)
        self._build()
        self._connect()

    @cached_property
    def snooze_prompt(self) -> "SnoozePrompt":
        """Asks until when; made when it is first wanted, as a start needs none of it."""
        from desktop.ui.review.prompts import SnoozePrompt  # noqa: PLC0415  (as above)

        made = SnoozePrompt(self._theme)
        made.chosen.connect(self.snooze_chosen)
        made.closed.connect(self.focus_list)
        self._right.insertWidget(0, made)
        return made

    @cached_property
    def reason_prompt(self) -> "ReasonPrompt":
        """Asks why a card is dismissed; made when it is first wanted."""
        from desktop.ui.review.prompts import ReasonPrompt  # noqa: PLC0415  (as above)

        made = ReasonPrompt(self._theme)
        made.given.connect(self.reason_given)
        made.closed.connect(self.focus_list)
        self._right.insertWidget(0, made)
        return made

    @cached_property
    def empty(self) -> "EmptyState":
        """What is shown in place of mail and card where there is none; made when it is first wanted."""
        from desktop.ui.widgets.empty_state import EmptyState  # noqa: PLC0415  (as above)

        made = EmptyState(self._theme, FIRST_KEYS)
        self._stack.addWidget(made)
        return made

    @property
    def card(self) -> Card | None:
        """The card shown, as it will look once the decisions under way are written."""
        return with_pending(self._card, self.pending) if self._card else None

    @property
    def shelf(self) -> Shelf:
        """The shelf shown."""
        return self.model.shelf

    def load(self) -> None:
        """Read for the first time."""
        self.show_shelf(Shelf.OPEN)
        self._minute.start()

    def show_shelf(self, shelf: Shelf, words: str = "") -> None:
        """Show another shelf, or the same one filtered, from its first card."""
        self.shelves.choose(shelf)
        if not self._count():
            return
        self._is_refreshing = True
        self.model.show(shelf, self._counts, words)
        self._is_refreshing = False
        self.list.select(0)
        self._show_selected()

    def filter(self, words: str) -> None:
        """Show only cards of this shelf that hold these words."""
        if words.strip() != self.model.filter:
            self.show_shelf(self.shelf, words)

    def refresh(self) -> None:
        """Read again what is shown; the selected card stays selected and typing is left alone."""
        if not self._count():
            return
        shown, at, offset = self._selected_id(), self.list.at, self.list.offset()
        self._is_refreshing = True
        self.model.refresh(self._counts, shown, max(at, 0))
        self._is_refreshing = False
        if self.list.at < 0 and self.model.rowCount():
            self.list.select(at)
        self.list.restore(offset)
        self._show_selected()

    def render_card(self) -> None:
        """Paint the card again, with what is expected of it and what the rep has typed."""
        card = self._shown = self.card
        self.view.show_card(card)
        self._mark_evidence()
        self.card_shown.emit()

    def select(self, proposal_id: ProposalId, near: int) -> bool:
        """Select a card of this shelf; return whether it is there."""
        row = self.model.find(proposal_id, near)
        if row is not None:
            self.list.select(row)
        return row is not None

    def show_suggestion(self, suggestion_id: SuggestionId) -> None:
        """Put the focus on one suggestion of the card shown, at the first place that takes it."""
        panel = self.view.panel_of(suggestion_id)
        if panel is None:
            self.focus_list()
        else:
            self.view.focus_on(panel.stops[0])

    def advance(self) -> None:
        """Go to the next card, to the one before at the end of the list."""
        at, last = self.list.at, self.model.rowCount() - 1
        if last > 0:
            self.list.select(at + 1 if at < last else at - 1)
        self.focus_list()

    def focus_list(self) -> None:
        """Put the focus into the list; Enter then means the first open suggestion."""
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.view.rest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack mail and card in a narrow window."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < STACK_BELOW
        wanted = Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal
        if self._inner.orientation() != wanted:
            self._inner.setOrientation(wanted)
            self._inner.setSizes([2, 3] if is_narrow else [SOURCE_WIDTH, CARD_WIDTH])

    def _build(self) -> None:
        column = QVBoxLayout(self._left)
        for made in (column, self._right):
            made.setContentsMargins(0, 0, 0, 0)
            made.setSpacing(0)
        column.addWidget(self.shelves)
        column.addWidget(self.list, 1)
        self._right.addWidget(self.view, 1)
        self._left.setMinimumWidth(200)
        self.source.setMinimumSize(100, 100)
        self._inner.setSizes([SOURCE_WIDTH, CARD_WIDTH])
        self._stack.addWidget(self._inner)
        self._outer.setSizes([LIST_WIDTH, SOURCE_WIDTH + CARD_WIDTH])
        self._outer.setStretchFactor(1, 1)
        for splitter in (self._inner, self._outer):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._outer)

    def _connect(self) -> None:
        self.list.selectionModel().currentChanged.connect(self._current_changed)
        self.model.failed.connect(self.failed)
        self.model.rowsInserted.connect(self._rows_came)
        self.model.scanned.connect(self._show_selected)
        self.view.target_changed.connect(self._mark_evidence)
        self._minute.timeout.connect(self.refresh)

    def _count(self) -> bool:
        """Read the counts; return whether that went well."""
        try:
            self._counts = self._queries.counts()
        except DealsideError as error:
            self.failed.emit(error)
            return False
        self.shelves.show_counts(self._counts)
        self.counted.emit(self._counts)
        return True

    def _selected_id(self) -> ProposalId | None:
        row = self.model.row(self.list.at) if self.list.at >= 0 else None
        return row.id if row else None

    def _current_changed(self, _new: QModelIndex, _old: QModelIndex) -> None:
        if not self._is_refreshing:
            self._show_selected()

    def _rows_came(self) -> None:
        """Select the first card a search finds."""
        if not self._is_refreshing and self.list.at < 0:
            self.list.select(0)

    def _show_selected(self) -> None:
        """Read the selected card and show it, or say why there is none."""
        selected = self._selected_id()
        try:
            card = self._queries.card(selected) if selected is not None else None
        except DealsideError as error:
            self.failed.emit(error)
            return
        if card is None:
            self._say_empty()
        self._stack.setCurrentWidget(self.empty if card is None else self._inner)
        self._card = card
        if self.card != self._shown:
            self.render_card()

    def _say_empty(self) -> None:
        counts = self._counts
        if self.model.filter:
            words = texts.NO_MATCH
        elif counts.open + counts.snoozed + counts.done + counts.ignored == 0:
            words = texts.FIRST_RUN
        else:
            words = texts.EMPTY_SHELVES[self.shelf]
        self.empty.say(*words)

    def _mark_evidence(self) -> None:
        """Show the mail that the field in focus rests on, with its words marked; else the card's own."""
        card, evidence = self._shown, self.view.evidence_in_focus()
        first = evidence[0] if evidence else None
        source = card.source_of(first) if card else None
        self.source.show_source(source, is_other=card is not None and source is not card.source)
        self.source.choose(tuple(one for one in evidence if first is not None and one.source == first.source))
