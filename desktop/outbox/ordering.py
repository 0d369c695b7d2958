"""Which entry goes next: what it links to must exist first, and one Record's changes keep their order."""

from dataclasses import dataclass, replace
from datetime import datetime

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.ids import ConnectionId, SuggestionId
from desktop.domain.proposals import SuggestionState
from desktop.store.store import Transaction

PENDING = "suggestion:"
_GONE = frozenset({SuggestionState.DISMISSED, SuggestionState.EXPIRED, SuggestionState.UNDONE})
_STUCK = frozenset({SuggestionState.REJECTED, SuggestionState.CONFLICT})
_UNFINISHED = frozenset({DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.NEEDS_USER})


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why an entry has to wait, in one sentence."""

    sentence: str


def next_ready(tx: Transaction, connection_id: ConnectionId, now: datetime) -> OutboxEntry | None:
    """Return the first due entry that may go now, its references resolved to Record ids; explain the others."""
    for entry in tx.outbox.waiting(connection_id, now):
        answer = _resolve(tx, entry)
        if isinstance(answer, OutboxEntry):
            return answer
        if answer.sentence != entry.sentence:
            tx.outbox.explain(entry.id, answer.sentence)
    return None


def _resolve(tx: Transaction, entry: OutboxEntry) -> OutboxEntry | Blocked:
    for other in tx.outbox.of_subject(entry.subject_id):
        if other.id == entry.id:
            break
        if other.state in _UNFINISHED:
            return Blocked("Waits for the earlier change to the same record.")
    fields: dict[str, str | None] = {}
    for name, value in entry.fields.items():
        if value is None or not value.startswith(PENDING) or entry.kind is None:
            fields[name] = value
            continue
        found = _record_of(tx, SuggestionId(value.removeprefix(PENDING)))
        if isinstance(found, Blocked):
            return found
        if found is not None:
            fields[name] = found
    return replace(entry, fields=fields)


def _record_of(tx: Transaction, suggestion_id: SuggestionId) -> str | Blocked | None:
    """Return `kind:id` of the Record a Suggestion led to, why it is not there yet, or None when it never will be."""
    suggestion = tx.proposals.heir(suggestion_id)
    is_in_crm = suggestion is not None and suggestion.state is SuggestionState.EXPIRED and suggestion.target is not None
    if suggestion is None or (suggestion.state in _GONE and not is_in_crm):
        return None
    if suggestion.target is not None:
        return str(suggestion.target)
    if suggestion.state is SuggestionState.DELIVERED:
        made = [r for r in tx.outbox.receipts(suggestion.id) if r.target is not None]
        return str(made[-1].target) if made else None
    words = f"{suggestion.kind.value} {suggestion.title}"
    if suggestion.state is SuggestionState.QUEUED:
        return Blocked(f"Waits until the {words} is written.")
    if suggestion.state in _STUCK:
        return Blocked(f"Waits for the {words}, which did not go through: send it again, or take it back.")
    return Blocked(f"Waits for the {words}: accept or dismiss it.")


def is_undo(operation: Operation) -> bool:
    """Whether an operation puts something back."""
    return operation in {Operation.REMOVE, Operation.RESTORE, Operation.REMOVE_DRAFT}
