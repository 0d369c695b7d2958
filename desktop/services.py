"""What a front end is handed, and nothing else: the Protocols the window and the command line are written against."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desktop.domain.events import Event
from desktop.domain.ids import DraftId, ProposalId, SuggestionId
from desktop.review.views import Card, CardRow, Counts, DeliveryRow, Health, IgnoredRow, Shelf


class Queries(Protocol):
    """Questions a front end asks. Each is one short read; none waits for the agent."""

    @abstractmethod
    def cards(self, shelf: Shelf, *, offset: int = 0, limit: int = 200) -> tuple[CardRow, ...]:
        """Return lines of one shelf, newest mail first."""

    @abstractmethod
    def card(self, proposal_id: ProposalId) -> Card | None:
        """Return one card, or None when it is gone."""

    @abstractmethod
    def counts(self) -> Counts:
        """Return how much there is."""

    @abstractmethod
    def ignored(self, *, limit: int = 200) -> tuple[IgnoredRow, ...]:
        """Return mails that led to nothing, newest first."""

    @abstractmethod
    def deliveries(self, *, limit: int = 200) -> tuple[DeliveryRow, ...]:
        """Return OutboxEntries, newest first."""

    @abstractmethod
    def health(self) -> Health:
        """Return what the quiet line shows."""


class Review(Protocol):
    """What a rep can do. Each call is one transaction and raises a DealsideError that says why it could not.

    A call that no longer fits the state (the Suggestion was decided elsewhere meanwhile) raises Rejected.
    """

    @abstractmethod
    def accept(self, suggestion_id: SuggestionId, edits: Mapping[str, str | None] | None = None) -> None:
        """Accept one Suggestion, with the rep's own values for some fields; one edited to its before is left out."""

    @abstractmethod
    def accept_all(self, proposal_id: ProposalId, seen: Collection[SuggestionId] | None = None) -> int:
        """Accept every open Suggestion of a card that touches no guarded field; return how many stay open.

        With `seen` only those named there are accepted: what came onto the card meanwhile was not seen.
        """

    @abstractmethod
    def dismiss(self, suggestion_id: SuggestionId, reason: str = "") -> None:
        """Dismiss one Suggestion."""

    @abstractmethod
    def dismiss_all(
        self, proposal_id: ProposalId, reason: str = "", seen: Collection[SuggestionId] | None = None
    ) -> None:
        """Dismiss every open Suggestion and the Draft of a card; `seen` as for `accept_all`."""

    @abstractmethod
    def snooze(self, proposal_id: ProposalId, until: datetime) -> None:
        """Put a card away until a moment."""

    @abstractmethod
    def wake(self, proposal_id: ProposalId) -> None:
        """Bring a snoozed card back now."""

    @abstractmethod
    def undo(self, subject_id: str) -> str:
        """Take the last Decision on a Suggestion or Draft back, before or after delivery; return what was undone.

        Before delivery the entry is cancelled and the Suggestion is open again; after it, an entry that puts the
        before-values back is queued.
        """

    @abstractmethod
    def retry(self, subject_id: str) -> None:
        """Send again what waits for a person (a conflict, a refusal, a missing permission)."""

    @abstractmethod
    def save_draft(self, draft_id: DraftId, *, subject: str, body: str) -> None:
        """Keep the rep's text of an open Draft."""

    @abstractmethod
    def accept_draft(self, draft_id: DraftId) -> None:
        """Put the Draft into the mailbox's Drafts folder."""

    @abstractmethod
    def dismiss_draft(self, draft_id: DraftId) -> None:
        """Dismiss the Draft."""


class AgentLink(Protocol):
    """The line to the agent. Events arrive on a thread of the link's own: cross over before touching a widget."""

    @abstractmethod
    def start(self, on_event: Callable[[Event], None], on_state: Callable[[bool], None]) -> None:
        """Attach to the running agent or start one; call `on_state` whenever the line comes or goes."""

    @abstractmethod
    def poke(self) -> None:
        """Tell the agent that there is something new to do (a Decision was made). Never blocks."""

    @abstractmethod
    def check_mail(self) -> None:
        """Ask the agent to look into every mailbox now. Never blocks."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the line; the agent goes on."""


@dataclass(frozen=True, slots=True)
class Services:
    """All that a window may touch. `notice` is a lasting sentence to show on top, or empty."""

    queries: Queries
    review: Review
    agent: AgentLink
    in_background: Callable[[Callable[[], None]], None]
    version: str
    notice: str = ""
