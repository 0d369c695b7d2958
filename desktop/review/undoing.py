"""Taking a Decision back: before delivery the entry is cancelled, after it the opposite entry is queued."""

from collections.abc import Mapping
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
OVERTAKEN = "Another mail of this conversation says more: decide on its card."
BEING_SENT = "It is being sent at this moment: undo it again in a few seconds."


STAYS = "It stays as it is on the other side."
_STUCK = frozenset({DeliveryState.CONFLICT, DeliveryState.REJECTED})


class Undoing:
    """Undo for Suggestions and Drafts, inside the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def suggestion(self, tx: "Transaction", suggestion: Suggestion) -> str:
        """Take back the last Decision on a Suggestion; return what was undone, as a sentence."""
        if suggestion.state is SuggestionState.EXPIRED and suggestion.sources:
            raise Rejected(OVERTAKEN)
        if suggestion.state in {SuggestionState.DISMISSED, SuggestionState.EXPIRED}:
            tx.proposals.save_suggestion(replace(suggestion, state=SuggestionState.OPEN))
            return f"{suggestion.title} is open again."
        if suggestion.state in {SuggestionState.OPEN, SuggestionState.SNOOZED, SuggestionState.UNDONE}:
            raise Rejected("There is nothing to undo here.")
        entry = _latest(tx, suggestion.id)
        if entry.operation not in OPPOSITE:
            is_there = _give_up(tx, entry)
            state = SuggestionState.DELIVERED if is_there else SuggestionState.OPEN
            tx.proposals.save_suggestion(replace(suggestion, state=state))
            return STAYS
        renewed = _as_it_is_now(suggestion, tx.outbox.live(entry.id))
        is_queued = self._reverse(tx, entry)
        state = SuggestionState.QUEUED if is_queued else SuggestionState.OPEN
        tx.proposals.save_suggestion(replace(renewed, state=state))
        return f"{suggestion.title} is being put back." if is_queued else f"{suggestion.title} is open again."

    def draft(self, tx: "Transaction", draft: Draft) -> str:
        """Take back the last Decision on a Draft; return what was undone, as a sentence."""
        if draft.state is DraftState.DISMISSED:
            tx.proposals.save_draft(replace(draft, state=DraftState.OPEN))
            return "The reply is open again."
        if draft.state in {DraftState.OPEN, DraftState.UNDONE}:
            raise Rejected("There is nothing to undo here.")
        entry = _latest(tx, draft.id)
        if entry.operation not in OPPOSITE:
            _give_up(tx, entry)
            tx.proposals.save_draft(replace(draft, state=DraftState.DELIVERED))
            return STAYS
        is_queued = self._reverse(tx, entry)
        tx.proposals.save_draft(replace(draft, state=DraftState.QUEUED if is_queued else DraftState.OPEN))
        return "The reply is being taken out of Drafts." if is_queued else "The reply is open again."

    def _reverse(self, tx: "Transaction", entry: OutboxEntry) -> bool:
        """Cancel or reverse an entry; return whether an opposite entry was queued."""
        if entry.state is DeliveryState.SENDING:
            raise Rejected(BEING_SENT)
        if entry.state is DeliveryState.DELIVERED:
            tx.outbox.add(self._opposite(tx, entry))
            return True
        tx.outbox.settle(entry.id, DeliveryState.CANCELLED)
        # A conflict was found by looking: neither our values nor those before them are there.
        is_not_there = entry.state is DeliveryState.CONFLICT and entry.operation is Operation.UPDATE
        if entry.attempts == 0 or is_not_there:
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


def _latest(tx: "Transaction", subject_id: str) -> OutboxEntry:
    """Return what the next undo is about: the newest entry, leaving out undos that were given up."""
    entries = tx.outbox.of_subject(subject_id)
    return [e for e in entries if e.operation in OPPOSITE or e.state is not DeliveryState.CANCELLED][-1]


def _give_up(tx: "Transaction", entry: OutboxEntry) -> bool:
    """Let go of an undo that cannot be carried out; return whether what it should have put back is still there."""
    if entry.state is DeliveryState.SENDING:
        raise Rejected(BEING_SENT)
    if entry.state not in _STUCK:
        raise Rejected("It is being put back already.")
    tx.outbox.settle(entry.id, DeliveryState.CANCELLED)
    return entry.operation is Operation.REMOVE or _latest(tx, entry.subject_id).state is DeliveryState.DELIVERED


def _as_it_is_now(suggestion: Suggestion, live: Mapping[str, str | None]) -> Suggestion:
    """Return the Suggestion with what a Conflict found as its before-values, so that the rep decides on those."""
    changes = tuple(replace(c, before=live[c.field]) if c.field in live else c for c in suggestion.changes)
    return replace(suggestion, changes=changes)
