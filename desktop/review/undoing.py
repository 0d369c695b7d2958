"""Taking a Decision back: before delivery the entry is cancelled, after it the opposite entry is queued."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.errors import Rejected
from desktop.domain.ids import EntryId, derive
from desktop.domain.ports import Clock
from desktop.domain.proposals import Draft, DraftState, Suggestion, SuggestionState
from desktop.domain.records import FIELDS, FieldType
from desktop.review.conflicts import arrived, renewed, same

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
NEVER_HEARD = "not heard of"
"""No Record has this version: one of which no CRM told us is compared field by field before it is removed."""
_STUCK = frozenset({DeliveryState.CONFLICT, DeliveryState.REJECTED})
_MOVING = frozenset({DeliveryState.WAITING, DeliveryState.NEEDS_USER})
_FILLED_BY_CRM = frozenset({FieldType.PICKLIST, FieldType.CURRENCY})
_PENDING = "suggestion:"


class Undoing:
    """Undo for Suggestions and Drafts, inside the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def suggestion(self, tx: "Transaction", suggestion: Suggestion, *, gives_up: bool = False) -> str:
        """Take back the last Decision on a Suggestion; return what was undone, as a sentence.

        `gives_up` lets go of an undo that is still on its way, too.
        """
        if suggestion.state is SuggestionState.EXPIRED and suggestion.sources:
            raise Rejected(OVERTAKEN)
        if suggestion.state in {SuggestionState.DISMISSED, SuggestionState.EXPIRED}:
            tx.proposals.save_suggestion(replace(suggestion, state=SuggestionState.OPEN))
            return f"{suggestion.title} is open again."
        if suggestion.state in {SuggestionState.OPEN, SuggestionState.SNOOZED, SuggestionState.UNDONE}:
            raise Rejected("There is nothing to undo here.")
        entry = _latest(tx, suggestion.id)
        if entry.operation not in OPPOSITE:
            is_there = _give_up(tx, entry, while_moving=gives_up)
            state = SuggestionState.DELIVERED if is_there else SuggestionState.OPEN
            tx.proposals.save_suggestion(replace(suggestion, state=state))
            return STAYS
        live = tx.outbox.live(entry.id)
        shown = suggestion
        if entry.operation is Operation.UPDATE and entry.state is DeliveryState.CONFLICT:
            shown = renewed(suggestion, None, live, keeps_ours=tx.outbox.may_have_arrived(entry.id))
        is_queued = self._reverse(tx, entry, suggestion)
        state = SuggestionState.QUEUED if is_queued else SuggestionState.OPEN
        tx.proposals.save_suggestion(replace(shown, state=state))
        return f"{suggestion.title} is being put back." if is_queued else f"{suggestion.title} is open again."

    def draft(self, tx: "Transaction", draft: Draft, *, gives_up: bool = False) -> str:
        """Take back the last Decision on a Draft; return what was undone, as a sentence. `gives_up` as above."""
        if draft.state is DraftState.DISMISSED:
            tx.proposals.save_draft(replace(draft, state=DraftState.OPEN))
            return "The reply is open again."
        if draft.state in {DraftState.OPEN, DraftState.UNDONE}:
            raise Rejected("There is nothing to undo here.")
        entry = _latest(tx, draft.id)
        if entry.operation not in OPPOSITE:
            _give_up(tx, entry, while_moving=gives_up)
            tx.proposals.save_draft(replace(draft, state=DraftState.DELIVERED))
            return STAYS
        is_queued = self._reverse(tx, entry)
        tx.proposals.save_draft(replace(draft, state=DraftState.QUEUED if is_queued else DraftState.OPEN))
        return "The reply is being taken out of Drafts." if is_queued else "The reply is open again."

    def _reverse(self, tx: "Transaction", entry: OutboxEntry, suggestion: Suggestion | None = None) -> bool:
        """Cancel or reverse an entry; return whether an opposite entry was queued."""
        if entry.state is DeliveryState.SENDING:
            raise Rejected(BEING_SENT)
        if entry.state is DeliveryState.DELIVERED:
            tx.outbox.add(self._opposite(tx, entry, suggestion))
            return True
        live = tx.outbox.live(entry.id)
        tx.outbox.settle(entry.id, DeliveryState.CANCELLED)
        if not tx.outbox.may_have_arrived(entry.id):
            return False
        if entry.state is DeliveryState.CONFLICT and entry.operation is Operation.UPDATE and suggestion is not None:
            # The Record was looked at: only what holds our values is put back, and most often that is nothing.
            ours = arrived(entry, live, suggestion)
            if ours:
                now = {name: entry.fields[name] for name in ours}
                tx.outbox.add(replace(self._opposite(tx, entry, suggestion), fields=ours, before=now))
            return bool(ours)
        # It was tried and the answer may have been lost: look on the other side, and put back what is found.
        tx.outbox.add(self._opposite(tx, entry, suggestion))
        return True

    def _opposite(self, tx: "Transaction", entry: OutboxEntry, suggestion: Suggestion | None) -> OutboxEntry:
        receipts = tx.outbox.receipts(entry.subject_id)
        receipt = receipts[-1] if receipts and receipts[-1].entry_id == entry.id else None
        operation = OPPOSITE[entry.operation]
        count = len(tx.outbox.of_subject(entry.subject_id))
        fields = dict(receipt.before if receipt else entry.before)
        before = dict(receipt.after if receipt else entry.fields)
        if operation is Operation.RESTORE and suggestion is not None:
            fields = _first_values(fields, before, suggestion)
        if operation is Operation.REMOVE:
            before = as_created(entry, before)
        return OutboxEntry(
            id=EntryId(derive("entry", entry.subject_id, str(count))),
            subject_id=entry.subject_id,
            connection_id=entry.connection_id,
            operation=operation,
            kind=entry.kind,
            target=receipt.target if receipt else entry.target,
            fields=fields,
            before=before,
            version=(receipt.version if receipt else "") or NEVER_HEARD,
            # The opposite of a create finds the Record by the key it was created under.
            idempotency_key=entry.idempotency_key,
            created_at=self._clock.now(),
        )


def _first_values(
    fields: dict[str, str | None], now: Mapping[str, str | None], suggestion: Suggestion
) -> dict[str, str | None]:
    """Return what is put back: where an entry was sent again over our own value, the one from before that."""
    first = {change.field: change.before for change in suggestion.changes}
    return {name: first.get(name, value) if same(value, now.get(name)) else value for name, value in fields.items()}


def as_created(entry: OutboxEntry, sent: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return what a created Record has to hold still to be removed: what we sent, and nothing where we sent nothing.

    Left open is what a CRM fills by itself, and a link that was not known yet when it was decided.
    """
    known = FIELDS[entry.kind] if entry.kind is not None else {}
    empty = {name: None for name, field in known.items() if field.type not in _FILLED_BY_CRM}
    pending = {name for name, value in sent.items() if value is not None and value.startswith(_PENDING)}
    return {name: value for name, value in {**empty, **sent}.items() if name not in pending}


def _latest(tx: "Transaction", subject_id: str) -> OutboxEntry:
    """Return what the next undo is about: the newest entry, leaving out undos that were given up."""
    entries = tx.outbox.of_subject(subject_id)
    return [e for e in entries if e.operation in OPPOSITE or e.state is not DeliveryState.CANCELLED][-1]


def _give_up(tx: "Transaction", entry: OutboxEntry, *, while_moving: bool) -> bool:
    """Let go of an undo; return whether what it should have put back is known to be there still.

    Where nobody knows, the Suggestion is open again: accepted once more it keeps its key, so nothing is doubled.
    """
    if entry.state is DeliveryState.SENDING:
        raise Rejected(BEING_SENT)
    if entry.state not in (_STUCK | _MOVING if while_moving else _STUCK):
        raise Rejected("It is being put back already.")
    live = tx.outbox.live(entry.id)
    tx.outbox.settle(entry.id, DeliveryState.CANCELLED)
    undone = _latest(tx, entry.subject_id)
    if undone.state is DeliveryState.DELIVERED and not tx.outbox.may_have_arrived(entry.id):
        return True
    if entry.state is not DeliveryState.CONFLICT:
        return False
    # Not the undo's own before-values: after an answer those are what somebody else wrote.
    ours = {name: value for name, value in undone.fields.items() if not same(value, undone.before.get(name))}
    return entry.operation is Operation.REMOVE or any(
        name in live and same(live[name], value) for name, value in ours.items()
    )
