"""Taking a Decision back: before delivery the entry is cancelled, after it the opposite entry is queued."""

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.errors import Rejected
from desktop.domain.ids import EntryId, derive
from desktop.domain.ports import Clock
from desktop.domain.proposals import Draft, DraftState, Suggestion, SuggestionState

if TYPE_CHECKING:  # SQLAlchemy takes 0.3 s to import, and the window paints before its first write
    from desktop.store.store import Transaction

OPPOSITE = {
    Operation.CREATE: Operation.REMOVE,
    Operation.UPDATE: Operation.RESTORE,
    Operation.APPEND_DRAFT: Operation.REMOVE_DRAFT,
}
BEING_SENT = "It is being sent at this moment: undo it again in a few seconds."


class Undoing:
    """Undo for Suggestions and Drafts, inside the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def suggestion(self, tx: "Transaction", suggestion: Suggestion) -> str:
        """Take back the last Decision on a Suggestion; return what was undone, as a sentence."""
        if suggestion.state in {SuggestionState.DISMISSED, SuggestionState.EXPIRED}:
            tx.proposals.save_suggestion(replace(suggestion, state=SuggestionState.OPEN))
            return f"{suggestion.title} is open again."
        if suggestion.state in {SuggestionState.OPEN, SuggestionState.SNOOZED, SuggestionState.UNDONE}:
            raise Rejected("There is nothing to undo here.")
        is_queued = self._reverse(tx, suggestion.id)
        state = SuggestionState.QUEUED if is_queued else SuggestionState.OPEN
        tx.proposals.save_suggestion(replace(suggestion, state=state))
        return f"{suggestion.title} is being put back." if is_queued else f"{suggestion.title} is open again."

    def draft(self, tx: "Transaction", draft: Draft) -> str:
        """Take back the last Decision on a Draft; return what was undone, as a sentence."""
        if draft.state is DraftState.DISMISSED:
            tx.proposals.save_draft(replace(draft, state=DraftState.OPEN))
            return "The reply is open again."
        if draft.state in {DraftState.OPEN, DraftState.UNDONE}:
            raise Rejected("There is nothing to undo here.")
        is_queued = self._reverse(tx, draft.id)
        tx.proposals.save_draft(replace(draft, state=DraftState.QUEUED if is_queued else DraftState.OPEN))
        return "The reply is being taken out of Drafts." if is_queued else "The reply is open again."

    def _reverse(self, tx: "Transaction", subject_id: str) -> bool:
        """Cancel or reverse the subject's latest entry; return whether an opposite entry was queued."""
        entry = tx.outbox.of_subject(subject_id)[-1]
        if entry.state is DeliveryState.SENDING:
            raise Rejected(BEING_SENT)
        if entry.operation not in OPPOSITE:
            raise Rejected("It is being put back already.")
        if entry.state is DeliveryState.DELIVERED:
            tx.outbox.add(self._opposite(tx, entry))
            return True
        tx.outbox.settle(entry.id, DeliveryState.CANCELLED)
        if entry.attempts == 0:
            return False
        # It was tried and the answer may have been lost: look on the other side, and put back what is found.
        tx.outbox.add(self._opposite(tx, entry))
        return True

    def _opposite(self, tx: "Transaction", entry: OutboxEntry) -> OutboxEntry:
        receipts = tx.outbox.receipts(entry.subject_id)
        receipt = receipts[-1] if receipts and receipts[-1].entry_id == entry.id else None
        operation = OPPOSITE[entry.operation]
        count = len(tx.outbox.of_subject(entry.subject_id))
        return OutboxEntry(
            id=EntryId(derive("entry", entry.subject_id, str(count))),
            subject_id=entry.subject_id,
            connection_id=entry.connection_id,
            operation=operation,
            kind=entry.kind,
            target=receipt.target if receipt else entry.target,
            fields=dict(receipt.before if receipt else entry.before),
            before=dict(receipt.after if receipt else entry.fields),
            version=receipt.version if receipt else "",
            # The opposite of a create finds the Record by the key it was created under.
            idempotency_key=entry.idempotency_key,
            created_at=self._clock.now(),
        )
