"""Deliver what is due: say so durably, write once, keep the Receipts. Running again mends a crash at any line."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desktop.domain.connections import Family
from desktop.domain.crm_port import CrmConnector
from desktop.domain.deliveries import DeliveryState, OutboxEntry, Receipt
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import ConnectionId, EntryId
from desktop.domain.ports import Clock, DraftFolder
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.domain.records import RecordRef, RecordSnapshot
from desktop.outbox.meanwhile import THERE_ALREADY, Found, made_meanwhile
from desktop.outbox.ordering import is_undo, next_ready
from desktop.outbox.retry import record_failure
from desktop.outbox.writing import Written, write_draft, write_records
from desktop.store.store import Store, Transaction

log = logging.getLogger("dealside.outbox")

_FOR_A_PERSON = (Rejected, UserActionNeeded)
SETTLED_AT_ONCE = 50  # entries written down in one transaction

OpenCrm = Callable[[ConnectionId], CrmConnector]
OpenDrafts = Callable[[ConnectionId], DraftFolder]


@dataclass(frozen=True, slots=True)
class Delivered:
    """The ids of the subjects whose entries had their turn, none when nothing was due.

    `is_setback` says that every one of them has to be tried again later: the other side may be away. `stuck` are those
    that a person has to look at now: refused, changed meanwhile, or a permission, a mapping, a sign-in to mend.
    """

    subjects: tuple[str, ...] = ()
    is_setback: bool = False
    stuck: tuple[str, ...] = ()


def deliver_next(
    connection_id: ConnectionId,
    store: Store,
    clock: Clock,
    open_crm: OpenCrm,
    open_drafts: OpenDrafts,
    *,
    at_once: int = 1,
) -> Delivered:
    """Deliver the next entries of a Connection that may go, at most `at_once`."""
    with store.transaction() as tx:
        entries = next_ready(tx, connection_id, clock.now(), at_once)
        attempts = {entry.id: tx.outbox.begin_attempt(entry.id, clock.now()) for entry in entries}
    if not entries:
        return Delivered()
    try:
        results = _write(entries, store, clock, open_crm, open_drafts)
    except Exception as error:  # noqa: BLE001  (whatever a connector throws, no entry must stay in SENDING)
        results = {entry.id: error for entry in entries}
    for batch in _batches(entries):
        with store.transaction() as tx:
            for entry in batch:
                _settle(tx, entry, attempts[entry.id], results[entry.id], clock.now())
    subjects = tuple(dict.fromkeys(entry.subject_id for entry in entries))
    stuck = tuple(dict.fromkeys(entry.subject_id for entry in entries if isinstance(results[entry.id], _FOR_A_PERSON)))
    return Delivered(subjects, all(isinstance(result, Temporary) for result in results.values()), stuck)


def _batches(entries: Sequence[OutboxEntry]) -> Iterator[Sequence[OutboxEntry]]:
    """Yield so few at a time that the rep's own decisions need not wait for the store."""
    for start in range(0, len(entries), SETTLED_AT_ONCE):
        yield entries[start : start + SETTLED_AT_ONCE]


def _write(
    entries: Sequence[OutboxEntry], store: Store, clock: Clock, open_crm: OpenCrm, open_drafts: OpenDrafts
) -> Mapping[EntryId, Written | Found | Exception]:
    connection_id = entries[0].connection_id
    with store.reading() as tx:
        connection = tx.connections.get(connection_id)
    if connection is None:
        raise UserActionNeeded("The connection this was meant for was removed: add it again, or undo this.")
    if connection.family is Family.CRM:
        crm = open_crm(connection_id)
        there = made_meanwhile(entries, crm, lambda ref: _is_mirrored(store, connection_id, ref))
        rest = [entry for entry in entries if entry.id not in there]
        return {**there, **write_records(rest, crm, clock.now())}
    folder = open_drafts(connection_id)
    return {entry.id: write_draft(entry, folder, clock.now()) for entry in entries}


def _is_mirrored(store: Store, connection_id: ConnectionId, ref: RecordRef) -> bool:
    with store.reading() as tx:
        return tx.mirror.get(connection_id, ref) is not None


def _settle(
    tx: Transaction, entry: OutboxEntry, attempt: int, result: Written | Found | Exception, now: datetime
) -> None:
    if isinstance(result, Exception):
        _failed(tx, entry, attempt, result, now)
        return
    if isinstance(result, Found):
        _give_way(tx, entry, result.record, now)
        tx.outbox.end_attempt(attempt, "found")
        return
    _delivered(tx, entry, *result)
    tx.outbox.end_attempt(attempt, "delivered")
    tx.audit.append(now, "dealside", "delivered", subject=entry.subject_id, detail=entry.operation.value)


def _failed(tx: Transaction, entry: OutboxEntry, attempt: int, error: Exception, now: datetime) -> None:
    detail = error.detail if isinstance(error, DealsideError) else repr(error)
    if isinstance(error, DealsideError):
        log.info("delivery of %s failed: %s: %s", entry.id, type(error).__name__, detail)
    else:
        log.error("delivery of %s failed unexpectedly", entry.id, exc_info=error)
    record_failure(tx, entry, error, now)
    tx.outbox.end_attempt(attempt, type(error).__name__, detail[:500])
    tx.audit.append(now, "dealside", "not delivered", subject=entry.subject_id, detail=type(error).__name__)


def _give_way(tx: Transaction, entry: OutboxEntry, record: RecordSnapshot, now: datetime) -> None:
    """Let a create give way to the Record that is there: links lead to that one, and what else is known comes anew."""
    tx.outbox.settle(entry.id, DeliveryState.CANCELLED, sentence=THERE_ALREADY)
    suggestion = tx.proposals.find_suggestion(entry.subject_id)
    if suggestion is not None:
        gone = replace(suggestion, state=SuggestionState.EXPIRED, target=record.ref)
        tx.proposals.save_suggestion(gone)
    tx.mirror.save(entry.connection_id, record)
    tx.enrichments.ask_for(entry.connection_id, record.ref, now)
    tx.audit.append(now, "dealside", "found in the CRM", subject=entry.subject_id, detail=str(record.ref))


def _delivered(tx: Transaction, entry: OutboxEntry, receipt: Receipt, record: RecordSnapshot | None) -> None:
    tx.outbox.keep_receipt(entry.subject_id, receipt)
    tx.outbox.settle(entry.id, DeliveryState.DELIVERED)
    undone = is_undo(entry.operation)
    suggestion = tx.proposals.find_suggestion(entry.subject_id)
    if suggestion is not None:
        state = SuggestionState.UNDONE if undone else SuggestionState.DELIVERED
        tx.proposals.save_suggestion(replace(suggestion, state=state))
    draft = tx.proposals.find_draft(entry.subject_id)
    if draft is not None:
        tx.proposals.save_draft(replace(draft, state=DraftState.UNDONE if undone else DraftState.DELIVERED))
    if record is not None:
        tx.mirror.save(entry.connection_id, record)
    elif receipt.target is not None:
        _forget(tx, entry.connection_id, receipt.target)
    if entry.merge is not None:  # the record that is left may have an id of its own
        for ref in {entry.target, entry.merge.gone} - {None, receipt.target}:
            _forget(tx, entry.connection_id, ref)


def _forget(tx: Transaction, connection_id: ConnectionId, ref: RecordRef | None) -> None:
    known = tx.mirror.get(connection_id, ref) if ref else None
    if known is not None:
        tx.mirror.save(connection_id, replace(known, is_deleted=True))
