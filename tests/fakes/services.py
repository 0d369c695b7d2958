"""A whole set of Services in memory: what the window's tests run against. It behaves as the Protocols promise."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from desktop.domain.deliveries import DeliveryState
from desktop.domain.errors import DealsideError, Rejected
from desktop.domain.events import Event
from desktop.domain.ids import DraftId, ProposalId, SuggestionId
from desktop.domain.ports import ModelState
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.review.conflicts import field_triples
from desktop.review.views import (
    Card,
    CardRow,
    ConnectionHealth,
    Counts,
    DeliveryRow,
    Health,
    IgnoredRow,
    OutboxRow,
    Shelf,
)
from desktop.services import AgentLink, Queries, Review, Services
from tests.fakes import cards
from tests.fakes.cleanup import MemoryCleanup
from tests.fakes.clock import START

SETTLED = (DeliveryState.DELIVERED, DeliveryState.CANCELLED)
OPEN = (SuggestionState.OPEN, SuggestionState.SNOOZED)


class MemoryBook:
    """The cards behind both Queries and Review."""

    def __init__(self, held: list[Card]) -> None:
        self.cards = {card.proposal.id: card for card in held}

    def put(self, card: Card) -> None:
        """Keep a card, new or changed."""
        self.cards[card.proposal.id] = card

    def shelf_of(self, card: Card) -> Shelf:
        """Return the shelf a card lies on."""
        if card.proposal.snoozed_until is not None:
            return Shelf.SNOOZED
        draft = card.proposal.draft
        stuck = (*OPEN, SuggestionState.CONFLICT, SuggestionState.REJECTED)
        waits = any(s.state in stuck for s in card.proposal.suggestions)
        return Shelf.OPEN if waits or (draft and draft.state is DraftState.OPEN) else Shelf.DONE

    def on(self, shelf: Shelf) -> list[Card]:
        """Return the cards of a shelf, newest mail first."""
        found = [card for card in self.cards.values() if self.shelf_of(card) is shelf]
        return sorted(found, key=lambda card: card.source.sent_at, reverse=True)

    def set_state(self, subject: str, state: SuggestionState | DraftState) -> None:
        """Move one Suggestion or Draft on."""
        for card in list(self.cards.values()):
            proposal = card.proposal
            moved = tuple(replace(s, state=state) if s.id == subject else s for s in proposal.suggestions)
            draft = proposal.draft
            if draft is not None and draft.id == subject:
                draft = replace(draft, state=state)
            self.put(replace(card, proposal=replace(proposal, suggestions=moved, draft=draft)))

    def settle(self, subject: str) -> None:
        """Let nothing of a subject be on its way any more."""
        for card in list(self.cards.values()):
            left = {key: entry for key, entry in card.entries.items() if key != subject}
            self.put(replace(card, entries=left))

    def state(self, subject: str) -> SuggestionState | DraftState:
        """Return how far a Suggestion or Draft has got."""
        for card in self.cards.values():
            for suggestion in card.proposal.suggestions:
                if suggestion.id == subject:
                    return suggestion.state
            if card.proposal.draft is not None and card.proposal.draft.id == subject:
                return card.proposal.draft.state
        raise Rejected("There is no such thing.")


def outbox_rows(held: Iterable[Card]) -> tuple[OutboxRow, ...]:
    """Return what is on its way or stuck on these cards."""
    return tuple(
        OutboxRow(
            entry=entry,
            title=next((s.title for s in card.proposal.suggestions if s.id == subject), "Reply"),
            connection="Book",
            proposal_id=card.proposal.id,
            fields=field_triples(entry, card.live.get(subject, {})),
            names=card.names,
        )
        for card in held
        for subject, entry in card.entries.items()
        if entry.state not in SETTLED
    )


class MemoryQueries(Queries):
    """Reads a MemoryBook. `trouble`, when set, is raised by every read."""

    def __init__(self, book: MemoryBook) -> None:
        self._book = book
        self.trouble: DealsideError | None = None
        self.model_sentence = "Rules alone: no language model is installed."
        self.connections: tuple[ConnectionHealth, ...] = ()
        self.due: dict[str, datetime] = {}
        self.reads = 0

    def cards(self, shelf: Shelf, *, offset: int = 0, limit: int = 200) -> tuple[CardRow, ...]:
        self._read()
        return tuple(cards.row_of(card) for card in self._book.on(shelf)[offset : offset + limit])

    def card(self, proposal_id: ProposalId) -> Card | None:
        self._read()
        return self._book.cards.get(proposal_id)

    def counts(self) -> Counts:
        self._read()
        sizes = {shelf: len(self._book.on(shelf)) for shelf in Shelf}
        states = [s.state for card in self._book.cards.values() for s in card.proposal.suggestions]
        stuck = (SuggestionState.CONFLICT, SuggestionState.REJECTED)
        return Counts(
            open=sizes[Shelf.OPEN],
            snoozed=sizes[Shelf.SNOOZED],
            done=sizes[Shelf.DONE],
            ignored=0,
            in_work=0,
            on_its_way=states.count(SuggestionState.QUEUED),
            needs_user=sum(state in stuck for state in states),
        )

    def ignored(self, *, limit: int = 200) -> tuple[IgnoredRow, ...]:
        del limit
        return ()

    def outbox(self, *, limit: int = 1000) -> tuple[OutboxRow, ...]:
        self._read()
        rows = outbox_rows(self._book.cards.values())[:limit]
        return tuple(replace(row, due_at=self.due.get(row.entry.subject_id)) for row in rows)

    def place(self, proposal_id: ProposalId) -> tuple[Shelf, int] | None:
        for shelf in Shelf:
            ids = [card.proposal.id for card in self._book.on(shelf)]
            if proposal_id in ids:
                return shelf, ids.index(proposal_id)
        return None

    def deliveries(self, *, limit: int = 200) -> tuple[DeliveryRow, ...]:
        del limit
        return ()

    def health(self) -> Health:
        self._read()
        return Health(START, ModelState.ABSENT, self.model_sentence, self.connections)

    def _read(self) -> None:
        self.reads += 1
        if self.trouble is not None:
            raise self.trouble


class MemoryReview(Review):
    """Decides in a MemoryBook and remembers the calls. `refusal`, when set, is raised by the next call."""

    def __init__(self, book: MemoryBook) -> None:
        self._book = book
        self.calls: list[tuple] = []
        self.refusal: DealsideError | None = None

    def accept(self, suggestion_id: SuggestionId, edits: Mapping[str, str | None] | None = None) -> None:
        self._note("accept", suggestion_id, dict(edits or {}))
        if self._book.state(suggestion_id) not in (*OPEN, SuggestionState.UNDONE):
            raise Rejected("This was decided already.")
        self._book.set_state(suggestion_id, SuggestionState.QUEUED)

    def accept_all(self, proposal_id: ProposalId, seen: Collection[SuggestionId] | None = None) -> int:
        self._note("accept_all", proposal_id)
        waiting = [s for s in self._book.cards[proposal_id].proposal.suggestions if s.state in OPEN]
        for suggestion in waiting:
            if not suggestion.is_guarded:
                self._book.set_state(suggestion.id, SuggestionState.QUEUED)
        return sum(s.is_guarded for s in waiting)

    def dismiss(self, suggestion_id: SuggestionId, reason: str = "") -> None:
        self._note("dismiss", suggestion_id, reason)
        self._book.set_state(suggestion_id, SuggestionState.DISMISSED)

    def dismiss_all(
        self, proposal_id: ProposalId, reason: str = "", seen: Collection[SuggestionId] | None = None
    ) -> None:
        self._note("dismiss_all", proposal_id, reason)
        proposal = self._book.cards[proposal_id].proposal
        for suggestion in proposal.suggestions:
            if suggestion.state in OPEN:
                self._book.set_state(suggestion.id, SuggestionState.DISMISSED)
        if proposal.draft is not None:
            self._book.set_state(proposal.draft.id, DraftState.DISMISSED)

    def snooze(self, proposal_id: ProposalId, until: datetime) -> None:
        self._note("snooze", proposal_id, until)
        self._set_snoozed(proposal_id, until)

    def wake(self, proposal_id: ProposalId) -> None:
        self._note("wake", proposal_id)
        self._set_snoozed(proposal_id, None)

    def undo(self, subject_id: str) -> str:
        self._note("undo", subject_id)
        state = self._book.state(subject_id)
        if state in (SuggestionState.OPEN, DraftState.OPEN):
            raise Rejected("There is nothing to undo here.")
        back = DraftState.OPEN if isinstance(state, DraftState) else SuggestionState.OPEN
        self._book.set_state(subject_id, SuggestionState.UNDONE if state is SuggestionState.DELIVERED else back)
        return "It is open again."

    def retry(self, subject_id: str) -> None:
        self._note("retry", subject_id)
        self._book.set_state(subject_id, SuggestionState.QUEUED)

    def retry_all(self) -> int:
        self._note("retry_all")
        waits = [row for row in outbox_rows(self._book.cards.values()) if row.state is not DeliveryState.CONFLICT]
        for row in waits:
            self._book.set_state(row.entry.subject_id, SuggestionState.QUEUED)
        return len(waits)

    def resolve(
        self, subject_id: str, values: Mapping[str, str | None], seen: Mapping[str, str | None] | None = None
    ) -> str:
        self._note("resolve", subject_id, dict(values), dict(seen or {}))
        self._book.set_state(subject_id, SuggestionState.QUEUED)
        return "It goes out as you decided."

    def give_up(self, subject_id: str) -> str:
        self._note("give_up", subject_id)
        self._book.set_state(subject_id, SuggestionState.OPEN)
        self._book.settle(subject_id)
        return "It is open again."

    def save_draft(self, draft_id: DraftId, *, subject: str, body: str) -> None:
        self._note("save_draft", draft_id, subject, body)
        for card in list(self._book.cards.values()):
            draft = card.proposal.draft
            if draft is not None and draft.id == draft_id:
                changed = replace(draft, subject=subject, body=body)
                self._book.put(replace(card, proposal=replace(card.proposal, draft=changed)))

    def accept_draft(self, draft_id: DraftId) -> None:
        self._note("accept_draft", draft_id)
        self._book.set_state(draft_id, DraftState.QUEUED)

    def dismiss_draft(self, draft_id: DraftId) -> None:
        self._note("dismiss_draft", draft_id)
        self._book.set_state(draft_id, DraftState.DISMISSED)

    def _note(self, *call: object) -> None:
        self.calls.append(call)
        if self.refusal is not None:
            refusal, self.refusal = self.refusal, None
            raise refusal

    def _set_snoozed(self, proposal_id: ProposalId, until: datetime | None) -> None:
        card = self._book.cards[proposal_id]
        self._book.put(replace(card, proposal=replace(card.proposal, snoozed_until=until)))


class MemoryAgent(AgentLink):
    """An agent that is up at once; `emit` is what the window would hear from it."""

    def __init__(self) -> None:
        self.pokes = 0
        self.checks = 0
        self.is_started = False
        self.is_closed = False
        self.emit: Callable[[Event], None] = lambda _event: None
        self.link: Callable[[bool], None] = lambda _state: None
        self.refusal: DealsideError | None = None

    def start(self, on_event: Callable[[Event], None], on_state: Callable[[bool], None]) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.is_started = True
        self.emit, self.link = on_event, on_state
        on_state(True)

    def poke(self) -> None:
        self.pokes += 1

    def check_mail(self) -> None:
        self.checks += 1

    def close(self) -> None:
        self.is_closed = True


class Background:
    """Runs jobs at once, or holds them until `release` while `is_holding`."""

    def __init__(self) -> None:
        self.is_holding = False
        self.held: list[Callable[[], None]] = []

    def __call__(self, job: Callable[[], None]) -> None:
        if self.is_holding:
            self.held.append(job)
        else:
            job()

    def release(self) -> None:
        """Run what was held, in order, and hold no more."""
        self.is_holding = False
        held, self.held = self.held, []
        for job in held:
            job()


class MemoryServices:
    """Everything a window may touch, with handles for the test. `services` is what the window gets."""

    def __init__(self, held: list[Card] | None = None, *, notice: str = "") -> None:
        if held is None:
            held = [cards.inquiry(), cards.update(), cards.complaint(), cards.conflict(), cards.delivered()]
        self.book = MemoryBook(held)
        self.queries = MemoryQueries(self.book)
        self.review = MemoryReview(self.book)
        self.agent = MemoryAgent()
        self.background = Background()
        self.cleanup = MemoryCleanup()
        self.services = Services(
            self.queries,
            self.review,
            self.agent,
            self.background,
            "0.0",
            notice,
            cleanup=self.cleanup,
            beside=self.background,
        )

    def calls(self, name: str) -> list[tuple]:
        """Return the arguments of every call of one verb."""
        return [call[1:] for call in self.review.calls if call[0] == name]
