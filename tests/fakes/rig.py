"""The flow from Reading to CRM, with a real store, a manual clock, and a CRM and a mailbox that do as told."""

from pathlib import Path

from desktop.domain.evidence import Reading
from desktop.domain.ids import ConnectionId
from desktop.domain.interactions import EmailMessage, InteractionState
from desktop.domain.proposals import Draft, Proposal, Suggestion
from desktop.domain.records import RecordKind
from desktop.outbox.step import deliver_next
from desktop.proposals import step
from desktop.review.service import StoredReview
from tests.fakes.clock import ManualClock
from tests.fakes.crm import MoodyCrm
from tests.fakes.drafts import MemoryDrafts
from tests.fakes.situations import CRM, MAILBOX, NOON, interaction, new_store


class Rig:
    """One profile with everything after understanding. `at_once` is how many Records the CRM takes in a batch."""

    def __init__(self, folder: Path, *, at_once: int = 1) -> None:
        self.at_once = at_once
        self.clock = ManualClock(NOON)
        self.store = new_store(folder, clock=self.clock)
        self.crm = MoodyCrm(self.clock)
        self.drafts = MemoryDrafts()
        self.review = StoredReview(lambda: self.store, self.clock, actor="rep")

    def propose(self, mail: EmailMessage, reading: Reading) -> Proposal | None:
        """Store a mail with its Reading and propose."""
        item = interaction(mail, state=InteractionState.UNDERSTOOD)
        with self.store.transaction() as tx:
            tx.interactions.add(item, b"raw")
            tx.interactions.save_reading(item.id, reading)
        proposal_id = step.run(item.id, self.store, self.clock)
        if proposal_id is None:
            return None
        with self.store.reading() as tx:
            return tx.proposals.get(proposal_id)

    def deliver(self, *, rounds: int = 1) -> None:
        """Deliver all that is due, `rounds` times, an hour apart, so that everything postponed gets its turn."""
        for _ in range(rounds):
            for connection in (CRM, MAILBOX):
                while self.deliver_next(connection):
                    pass
            self.clock.advance(3600)

    def deliver_next(self, connection: ConnectionId) -> tuple[str, ...]:
        """Deliver one batch and return its subjects."""
        at_once = self.at_once if connection == CRM else 1
        return deliver_next(
            connection, self.store, self.clock, lambda _id: self.crm, lambda _id: self.drafts, at_once=at_once
        ).subjects

    def now(self, suggestion: Suggestion) -> Suggestion:
        """Return the Suggestion as it stands now."""
        with self.store.reading() as tx:
            return tx.proposals.suggestion(suggestion.id)

    def draft_now(self, draft: Draft) -> Draft:
        """Return the Draft as it stands now."""
        with self.store.reading() as tx:
            return tx.proposals.draft(draft.id)

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def of_kind(proposal: Proposal | None, kind: RecordKind) -> Suggestion:
    """Return the card's one Suggestion of a kind."""
    assert proposal is not None
    found = [item for item in proposal.suggestions if item.kind is kind]
    assert len(found) == 1, [s.kind for s in proposal.suggestions]
    return found[0]
