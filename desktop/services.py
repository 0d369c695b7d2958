"""What a front end is handed, and nothing else: the Protocols the window and the command line are written against."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from desktop.domain.events import Event
from desktop.domain.ids import ClusterId, DraftId, ProposalId, SuggestionId
from desktop.review.views import Card, CardRow, Counts, DeliveryRow, Health, IgnoredRow, OutboxRow, Shelf

if TYPE_CHECKING:  # of the clean-up a window's first paint needs nothing
    from desktop.domain.cleanup import Cluster, MergePlan
    from desktop.review.cleanup_views import CleanupCounts, CleanupShelf, ClusterView


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
    def outbox(self, *, limit: int = 1000) -> tuple[OutboxRow, ...]:
        """Return what is on its way or stuck, by Connection, each in the order it was decided."""

    @abstractmethod
    def place(self, proposal_id: ProposalId) -> tuple[Shelf, int] | None:
        """Return the shelf a card lies on and its row there, or None when it is gone."""

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
        """Send now what waits, and again what a person was asked about (a conflict, a refusal, a permission).

        After a conflict the rep's values go out over those that were found then; found changed once more, it is a
        conflict again.
        """

    @abstractmethod
    def retry_all(self) -> int:
        """Send now all that waits, and again what was refused; return how many. Conflicts wait for their answers."""

    @abstractmethod
    def resolve(
        self, subject_id: str, values: Mapping[str, str | None], seen: Mapping[str, str | None] | None = None
    ) -> str:
        """Answer a conflict field by field and send what is left; return what came of it, as a sentence.

        `values` says what each field that somebody changed is to hold: their value again leaves it alone. `seen` are
        the values that were shown; where others were found since, Rejected.
        """

    @abstractmethod
    def give_up(self, subject_id: str) -> str:
        """Let go of what is on its way or stuck; return what came of it. The rep can decide on it again.

        What may have arrived all the same is looked for and put back, as after `undo`.
        """

    @abstractmethod
    def save_draft(self, draft_id: DraftId, *, subject: str, body: str) -> None:
        """Keep the rep's text of an open Draft."""

    @abstractmethod
    def accept_draft(self, draft_id: DraftId) -> None:
        """Put the Draft into the mailbox's Drafts folder."""

    @abstractmethod
    def dismiss_draft(self, draft_id: DraftId) -> None:
        """Dismiss the Draft."""


class Cleanup(Protocol):
    """What a rep can make of Records that stand in a CRM more than once. Raises as Review does."""

    @abstractmethod
    def look(self) -> int:
        """Compare all Records anew; return how many clusters wait. May take seconds: never call it where one waits."""

    @abstractmethod
    def clusters(self, shelf: "CleanupShelf") -> "tuple[ClusterView, ...]":
        """Return the clusters of a shelf, the likeliest first."""

    @abstractmethod
    def cluster(self, cluster_id: ClusterId) -> "ClusterView | None":
        """Return one cluster, or None when it is none any more."""

    @abstractmethod
    def counts(self) -> "CleanupCounts":
        """Return how much there is to do."""

    @abstractmethod
    def choose(self, cluster_id: ClusterId, plan: "MergePlan") -> None:
        """Keep what the rep has chosen so far."""

    @abstractmethod
    def merge(self, cluster_id: ClusterId, plan: "MergePlan | None" = None, *, seen: "Cluster | None" = None) -> None:
        """Approve a merge; it cannot be undone once the CRM has made it. `seen` is the cluster as it was shown."""

    @abstractmethod
    def dismiss(self, cluster_id: ClusterId) -> None:
        """Decide that these are not the same."""

    @abstractmethod
    def take_back(self, cluster_id: ClusterId) -> str:
        """Take the last decision back, as long as the CRM has merged nothing; return what was done."""

    @abstractmethod
    def retry(self, cluster_id: ClusterId) -> None:
        """Send again what was refused or needed the rep."""


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
    """All that a window may touch. `notice` is a lasting sentence to show on top, or empty.

    `in_background` runs jobs in their order; `beside` runs those that take so long that no decision must wait for them.
    """

    queries: Queries
    review: Review
    agent: AgentLink
    in_background: Callable[[Callable[[], None]], None]
    version: str
    notice: str = ""
    cleanup: Cleanup = field(kw_only=True)
    beside: Callable[[Callable[[], None]], None] = field(kw_only=True)
