"""What each key does on the outbox page."""

from PySide6.QtCore import QObject, Signal

from desktop.domain.deliveries import DeliveryState
from desktop.domain.ids import ProposalId
from desktop.review.waiting import given_up_words
from desktop.ui import texts
from desktop.ui.outbox.page import OutboxPage
from desktop.ui.review.decisions import Decisions
from desktop.ui.review.keys import Command, Handlers


class OutboxCommands(QObject):
    """Carries Commands out. `card_wanted` asks for the card of a change, `said` carries a passing word."""

    card_wanted = Signal(str, str)
    left = Signal()
    said = Signal(str)

    def __init__(self, page: OutboxPage, decisions: Decisions) -> None:
        super().__init__(page)
        self._page = page
        self._decisions = decisions
        page.detail.open_wanted.connect(self.open_card)
        page.detail.retry_wanted.connect(self.retry)
        page.detail.give_up_wanted.connect(self.ask_give_up)
        page.retry_all_wanted.connect(self.retry_all)
        page.back_wanted.connect(self.left)
        page.prompt.given_up.connect(decisions.give_up)

    def handlers(self) -> Handlers:
        """Return what to call for each Command that means something here."""
        page = self._page
        return {
            Command.NEXT_CARD: lambda: page.step(1),
            Command.PREVIOUS_CARD: lambda: page.step(-1),
            Command.ACCEPT: self.open_card,
            Command.RETRY: self.retry,
            Command.RETRY_ALL: self.retry_all,
            Command.DISMISS: self.ask_give_up,
            Command.CONFLICTS: page.toggle_conflicts,
            Command.OUTBOX: self.left.emit,
            Command.BACK: self.left.emit,
        }

    def open_card(self) -> None:
        """Show the card that the change is on, at the change."""
        row = self._page.row
        if row is not None and row.proposal_id is not None:
            self.card_wanted.emit(ProposalId(row.proposal_id), row.entry.subject_id)

    def retry(self) -> None:
        """Send the change now; a conflict is decided on its card first."""
        row = self._page.row
        if row is None:
            self.said.emit(texts.NOTHING_TO_RETRY)
        elif row.state is DeliveryState.SENDING:
            self.said.emit(texts.BEING_SENT)
        elif row.state is DeliveryState.CONFLICT:
            self.said.emit(texts.DECIDE_ON_CARD)
            self.open_card()
        else:
            self._decisions.retry(row.entry.subject_id)
            self.said.emit(texts.SENT_NOW)

    def retry_all(self) -> None:
        """Send all that waits now; conflicts stay."""
        self._decisions.retry_all()

    def ask_give_up(self) -> None:
        """Ask once whether the change is given up."""
        row = self._page.row
        if row is None:
            return
        if row.state is DeliveryState.SENDING:
            self.said.emit(texts.BEING_SENT)
        else:
            self._page.prompt.ask(row.entry.subject_id, given_up_words(row))
