"""Which entries go next: what one links to must exist first, and one Record's changes keep their order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.ids import ConnectionId, EntryId, SuggestionId
from desktop.domain.proposals import SuggestionState
from desktop.domain.records import RecordRef
from desktop.outbox.links import as_they_stand
from desktop.store.store import Transaction

PENDING = "suggestion:"
_GONE = frozenset({SuggestionState.DISMISSED, SuggestionState.EXPIRED, SuggestionState.UNDONE})
_STUCK = frozenset({SuggestionState.REJECTED, SuggestionState.CONFLICT})
_AFTER_ANOTHER = "Waits for the earlier change to the same record."


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why an entry has to wait, in one sentence."""

    sentence: str


def next_ready(tx: Transaction, connection_id: ConnectionId, now: datetime, most: int = 1) -> tuple[OutboxEntry, ...]:
    """Return the first `most` due entries that may go now, their references resolved to Record ids.

    No two of them touch the same Record or come from the same Suggestion, so they may go in any order. Those that
    have to wait are told why.
    """
    ready: list[OutboxEntry] = []
    line = _Line(tx.outbox.unfinished(connection_id))
    touched: set[RecordRef] = set()
    for entry in tx.outbox.waiting(connection_id, now):
        if len(ready) == most:
            break
        is_first = line.is_next(entry) and _is_delivered(tx, entry.after)
        answer = _resolve(tx, entry) if is_first else Blocked(_AFTER_ANOTHER)
        if isinstance(answer, Blocked):
            if answer.sentence != entry.sentence:
                tx.outbox.explain(entry.id, answer.sentence)
        elif entry.target is None or entry.target not in touched:
            ready.append(answer)
            touched |= {entry.target} if entry.target else set()
    return tuple(ready)


class _Line:
    """All that is on its way over one Connection, due or not, in the order it was decided."""

    def __init__(self, entries: Iterable[OutboxEntry]) -> None:
        self._first: dict[str, EntryId] = {}
        self._writers: dict[tuple[RecordRef, str], EntryId] = {}
        for entry in entries:
            self._first.setdefault(entry.subject_id, entry.id)
            if entry.target is None:
                continue
            for name in entry.fields:
                self._writers.setdefault((entry.target, name), entry.id)

    def is_next(self, entry: OutboxEntry) -> bool:
        """Whether nothing decided earlier is under way for the same Suggestion or the same field of a Record."""
        if self._first[entry.subject_id] != entry.id:
            return False
        target = entry.target
        return target is None or all(self._writers[target, name] == entry.id for name in entry.fields)


def _is_delivered(tx: Transaction, entry_id: EntryId | None) -> bool:
    """Whether what an entry goes `after` has arrived. One that is stuck keeps the next back, as one on its way does."""
    entry = tx.outbox.get(entry_id) if entry_id else None
    return entry_id is None or (entry is not None and entry.state is DeliveryState.DELIVERED)


def _resolve(tx: Transaction, entry: OutboxEntry) -> OutboxEntry | Blocked:
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
    return replace(entry, fields=as_they_stand(tx, entry, fields))


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
