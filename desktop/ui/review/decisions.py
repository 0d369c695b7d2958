"""What the rep decided, on its way to the store: written in order behind the window, shown at once, undone in turn.

`pending` says how a subject will look once its write is done; a write that fails takes that back and says why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import DealsideError, Rejected
from desktop.domain.ids import DraftId, ProposalId, SuggestionId
from desktop.domain.proposals import Draft, DraftState, Suggestion, SuggestionState
from desktop.review.views import Card
from desktop.services import AgentLink, Review
from desktop.ui import texts
from desktop.ui.bridge import Bridge
from desktop.ui.review.presentation import Edits, open_suggestions

UNDO_AT_MOST = 200
State = SuggestionState | DraftState


@dataclass(frozen=True, slots=True)
class Undoable:
    """One thing the rep did: on which card, at which row, to which subjects. A snooze is undone by waking the card."""

    proposal_id: ProposalId
    row: int
    subjects: tuple[str, ...]
    words: str
    about: str = ""
    is_snooze: bool = False


class Decisions(QObject):
    """Writes Decisions through Review. `settled` asks the page to read again; `failed` carries a DealsideError."""

    expected = Signal()
    settled = Signal()
    failed = Signal(object, str)
    undone = Signal(object, str)
    guarded_left = Signal(int)
    draft_not_saved = Signal(str)
    sent_all = Signal(int)
    told = Signal(str)

    def __init__(self, review: Review, agent: AgentLink, bridge: Bridge, edits: Edits) -> None:
        super().__init__()
        self._review = review
        self._agent = agent
        self._bridge = bridge
        self._edits = edits
        self._pending: dict[str, tuple[int, State]] = {}
        self._number = 0
        self._undoable: list[Undoable] = []
        self.row = 0

    @property
    def pending(self) -> Mapping[str, State]:
        """Subject id → the state a write under way will lead to."""
        return {subject: state for subject, (_, state) in self._pending.items()}

    def accept(self, card: Card, suggestion: Suggestion) -> None:
        """Accept one Suggestion with the rep's own values."""
        subject, own = suggestion.id, dict(self._edits.of(suggestion.id))
        self._do(
            self._undoable_of(card, (subject,), f"Accepted: {suggestion.title}"),
            {subject: SuggestionState.QUEUED},
            lambda: self._review.accept(subject, own),
            lambda _: self._edits.forget(subject),
        )

    def accept_all(self, card: Card) -> None:
        """Accept what needs no press of its own; those with the rep's own values first, so that these go along."""
        subjects = tuple(s.id for s in open_suggestions(card) if not s.is_guarded)
        own = {subject: dict(self._edits.of(subject)) for subject in subjects if self._edits.of(subject)}
        proposal_id, seen = card.proposal.id, [s.id for s in card.proposal.suggestions]

        def work() -> int:
            for subject, values in own.items():
                self._review.accept(subject, values)
            return self._review.accept_all(proposal_id, seen)

        def then(left: int) -> None:
            for subject in own:
                self._edits.forget(subject)
            self.guarded_left.emit(left)

        self._do(
            self._undoable_of(
                card, subjects, texts.number_of(len(subjects), "suggestion", "suggestions") + " accepted"
            ),
            dict.fromkeys(subjects, SuggestionState.QUEUED),
            work,
            then,
        )

    def dismiss(self, card: Card, suggestion: Suggestion) -> None:
        """Dismiss one Suggestion."""
        subject = suggestion.id
        self._do(
            self._undoable_of(card, (subject,), f"Dismissed: {suggestion.title}"),
            {subject: SuggestionState.DISMISSED},
            lambda: self._review.dismiss(subject),
        )

    def dismiss_all(self, card: Card, reason: str) -> None:
        """Dismiss every open Suggestion of a card and its Draft."""
        states: dict[str, State] = {s.id: SuggestionState.DISMISSED for s in open_suggestions(card)}
        draft = card.proposal.draft
        if draft is not None and draft.state is DraftState.OPEN:
            states[draft.id] = DraftState.DISMISSED
        proposal_id, seen = card.proposal.id, [s.id for s in card.proposal.suggestions]
        self._do(
            self._undoable_of(card, tuple(states), "Card dismissed"),
            states,
            lambda: self._review.dismiss_all(proposal_id, reason, seen),
        )

    def snooze(self, card: Card, until: datetime) -> None:
        """Put a card away."""
        proposal_id = card.proposal.id
        undoable = Undoable(proposal_id, self.row, (), "Card snoozed", is_snooze=True)
        self._do(undoable, {}, lambda: self._review.snooze(proposal_id, until))

    def wake(self, proposal_id: ProposalId) -> None:
        """Bring a snoozed card back now."""
        self._do(None, {}, lambda: self._review.wake(proposal_id))

    def accept_draft(self, card: Card, draft: Draft) -> None:
        """Put the Draft into the mailbox."""
        subject = draft.id
        self._do(
            self._undoable_of(card, (subject,), "Reply put into Drafts"),
            {subject: DraftState.QUEUED},
            lambda: self._review.accept_draft(subject),
        )

    def dismiss_draft(self, card: Card, draft: Draft) -> None:
        """Dismiss the Draft."""
        subject = draft.id
        self._do(
            self._undoable_of(card, (subject,), "Reply dismissed"),
            {subject: DraftState.DISMISSED},
            lambda: self._review.dismiss_draft(subject),
        )

    def save_draft(self, draft_id: DraftId, subject: str, body: str) -> None:
        """Keep the rep's text; a failure is told to the editor, which saves all of it next time."""

        def failed(error: DealsideError) -> None:
            self.draft_not_saved.emit(draft_id)
            self.failed.emit(error, subject)

        self._bridge.write(
            lambda: self._review.save_draft(draft_id, subject=subject, body=body), lambda _: None, failed
        )

    def retry(self, subject_id: str) -> None:
        """Send again what waits for a person."""
        self._do(None, {subject_id: SuggestionState.QUEUED}, lambda: self._review.retry(subject_id))

    def retry_all(self) -> None:
        """Send now all that waits; conflicts stay."""
        self._do(None, {}, self._review.retry_all, self.sent_all.emit)

    def resolve(self, subject_id: str, values: Mapping[str, str | None], seen: Mapping[str, str | None]) -> None:
        """Answer a conflict field by field; what was chosen is forgotten only once it is written."""

        def then(said: str) -> None:
            self._edits.forget(SuggestionId(subject_id))
            self.told.emit(said)

        self._do(
            None,
            {subject_id: SuggestionState.QUEUED},
            lambda: self._review.resolve(subject_id, values, seen),
            then,
        )

    def give_up(self, subject_id: str) -> None:
        """Let go of what is on its way or stuck."""
        self._do(None, {}, lambda: self._review.give_up(subject_id), self.told.emit)

    def undo_last(self) -> bool:
        """Take back the last thing the rep did; return False when there is none left."""
        if not self._undoable:
            return False
        self._undo(self._undoable.pop())
        return True

    def undo_subject(self, card: Card, subject_id: str) -> None:
        """Take the Decision on one subject back, whenever it was made."""
        self._undoable = [one for one in self._undoable if one.subjects != (subject_id,)]
        self._undo(Undoable(card.proposal.id, self.row, (subject_id,), ""))

    def _undo(self, one: Undoable) -> None:
        def work() -> str:
            if one.is_snooze:
                self._review.wake(one.proposal_id)
                return one.words
            return self._undo_subjects(one)

        self._do(None, {}, work, lambda said: self.undone.emit(one, said))

    def _undo_subjects(self, one: Undoable) -> str:
        """Undo the subjects of one act, last first; one that turned out not to be decided does not stop the rest."""
        said, refused = [], None
        for subject in reversed(one.subjects):
            try:
                said.append(self._review.undo(subject))
            except Rejected as error:
                refused = error
        if refused is not None and not said:
            raise refused
        return said[0] if len(said) == 1 else one.words

    def _undoable_of(self, card: Card, subjects: tuple[str, ...], words: str) -> Undoable:
        titles = [s.title for s in card.proposal.suggestions if subjects == (s.id,)]
        return Undoable(card.proposal.id, self.row, subjects, words, (titles or [card.proposal.title])[0])

    def _do(
        self,
        undoable: Undoable | None,
        states: Mapping[str, State],
        work: Callable[[], object],
        then: Callable[..., object] | None = None,
    ) -> None:
        """Write one thing: show it as done at once, and make the show true or take it back at the end."""
        self._number += 1
        number = self._number
        self._pending.update({subject: (number, state) for subject, state in states.items()})
        if undoable is not None:
            self._undoable = [*self._undoable[-UNDO_AT_MOST:], undoable]

        def end() -> None:
            for subject in states:
                if self._pending.get(subject, (0, None))[0] == number:
                    del self._pending[subject]
            self._agent.poke()
            self.settled.emit()

        def done(result: object) -> None:
            end()
            if then is not None:
                then(result)

        def failed(error: DealsideError) -> None:
            if undoable is not None:
                self._undoable = [one for one in self._undoable if one is not undoable]
            end()
            self.failed.emit(error, about)

        about = undoable.about if undoable else ""
        self._bridge.write(work, done, failed)
        self.expected.emit()
