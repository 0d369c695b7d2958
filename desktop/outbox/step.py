"""Deliver one entry: say so durably, write once, keep the Receipt. A crash at any line is mended by running again."""

import logging
from collections.abc import Callable
from dataclasses import replace

from desktop.domain.connections import Family
from desktop.domain.crm_port import CrmConnector
from desktop.domain.deliveries import DeliveryState, OutboxEntry, Receipt
from desktop.domain.errors import DealsideError, UserActionNeeded
from desktop.domain.ids import ConnectionId
from desktop.domain.ports import Clock, DraftFolder
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.domain.records import RecordSnapshot
from desktop.outbox.ordering import is_undo, next_ready
from desktop.outbox.retry import record_failure
from desktop.outbox.writing import write_draft, write_record
from desktop.store.store import Store, Transaction

log = logging.getLogger("dealside.outbox")

OpenCrm = Callable[[ConnectionId], CrmConnector]
OpenDrafts = Callable[[ConnectionId], DraftFolder]


def deliver_next(
    connection_id: ConnectionId, store: Store, clock: Clock, open_crm: OpenCrm, open_drafts: OpenDrafts
) -> str | None:
    """Deliver the next entry of a Connection that may go; return its subject's id, or None when nothing is due."""
    with store.transaction() as tx:
        entry = next_ready(tx, connection_id, clock.now())
        if entry is None:
            return None
        attempt = tx.outbox.begin_attempt(entry.id, clock.now())
    try:
        receipt, record = _write(entry, store, clock, open_crm, open_drafts)
    except Exception as error:  # noqa: BLE001  (whatever a connector throws, the entry must not stay in SENDING)
        _failed(entry, attempt, error, store, clock)
        return entry.subject_id
    with store.transaction() as tx:
        _delivered(tx, entry, receipt, record)
        tx.outbox.end_attempt(attempt, "delivered")
        tx.audit.append(clock.now(), "dealside", "delivered", subject=entry.subject_id, detail=entry.operation.value)
    return entry.subject_id


def _write(
    entry: OutboxEntry, store: Store, clock: Clock, open_crm: OpenCrm, open_drafts: OpenDrafts
) -> tuple[Receipt, RecordSnapshot | None]:
    with store.reading() as tx:
        connection = tx.connections.get(entry.connection_id)
    if connection is None:
        raise UserActionNeeded("The connection this was meant for was removed: add it again, or undo this.")
    if connection.family is Family.MAIL:
        return write_draft(entry, open_drafts(entry.connection_id), clock.now()), None
    return write_record(entry, open_crm(entry.connection_id), clock.now())


def _failed(entry: OutboxEntry, attempt: int, error: Exception, store: Store, clock: Clock) -> None:
    detail = error.detail if isinstance(error, DealsideError) else repr(error)
    if isinstance(error, DealsideError):
        log.info("delivery of %s failed: %s: %s", entry.id, type(error).__name__, detail)
    else:
        log.error("delivery of %s failed unexpectedly", entry.id, exc_info=error)
    with store.transaction() as tx:
        record_failure(tx, entry, error, clock.now())
        tx.outbox.end_attempt(attempt, type(error).__name__, detail[:500])
        tx.audit.append(clock.now(), "dealside", "not delivered", subject=entry.subject_id, detail=type(error).__name__)


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
        _forget(tx, entry.connection_id, receipt)


def _forget(tx: Transaction, connection_id: ConnectionId, receipt: Receipt) -> None:
    known = tx.mirror.get(connection_id, receipt.target) if receipt.target else None
    if known is not None:
        tx.mirror.save(connection_id, replace(known, is_deleted=True))
