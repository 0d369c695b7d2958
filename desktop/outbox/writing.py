"""One write to the other side, so that doing it twice is doing it once.

Creates carry the entry's idempotency key. Updates re-read first: finding the wanted values means an earlier attempt
arrived, finding the values the rep saw means the Precondition holds, anything else is a Conflict.
"""

from collections.abc import Mapping
from datetime import datetime

from desktop.domain.crm_port import CrmConnector
from desktop.domain.deliveries import Operation, OutboxEntry, Receipt
from desktop.domain.errors import Conflict, Defect, Rejected
from desktop.domain.ports import DraftFolder
from desktop.domain.records import RecordRef, RecordSnapshot
from desktop.outbox.compose import compose

CHANGED = "Somebody changed this record in the CRM meanwhile: compare and decide again."
CHANGED_SINCE = "The record was changed since it was created, so it is not removed: look at it in the CRM."
GONE = "The record is not in the CRM any more."

Fields = Mapping[str, str | None]


def write_record(entry: OutboxEntry, crm: CrmConnector, now: datetime) -> tuple[Receipt, RecordSnapshot | None]:
    """Do a CRM entry and return its Receipt with the Record afterwards (None when it was removed)."""
    if entry.operation is Operation.CREATE:
        return _create(entry, crm, now)
    if entry.operation is Operation.REMOVE:
        return _remove(entry, crm, now)
    if entry.operation in {Operation.UPDATE, Operation.RESTORE} and entry.target is not None:
        return _update(entry, entry.target, crm, now)
    raise Defect("This change cannot be written to a CRM.", detail=f"{entry.operation} {entry.id}")


def write_draft(entry: OutboxEntry, folder: DraftFolder, now: datetime) -> Receipt:
    """Put a Draft into the mailbox or take it out again, and return the Receipt."""
    message_id = entry.idempotency_key
    reference = folder.find(message_id)
    if entry.operation is Operation.APPEND_DRAFT and reference is None:
        reference = folder.append(compose(entry.fields), message_id)
    elif entry.operation is Operation.REMOVE_DRAFT and reference is not None:
        folder.remove(message_id)
    return Receipt(entry.id, None, reference or "", "", entry.before, entry.fields, now)


def _create(entry: OutboxEntry, crm: CrmConnector, now: datetime) -> tuple[Receipt, RecordSnapshot]:
    if entry.kind is None:
        raise Defect("A record without a kind cannot be created.", detail=entry.id)
    record = crm.create(entry.kind, entry.fields, entry.idempotency_key)
    return _receipt(entry, record, {}, now), record


def _update(
    entry: OutboxEntry, target: RecordRef, crm: CrmConnector, now: datetime
) -> tuple[Receipt, RecordSnapshot | None]:
    live = crm.read(target)
    if live is None:
        if entry.operation is Operation.RESTORE:
            return Receipt(entry.id, target, "", "", entry.before, entry.fields, now), None
        raise Rejected(GONE, detail=str(target))
    if _agrees(live.fields, entry.fields):
        return _receipt(entry, live, entry.before, now), live
    if not _agrees(live.fields, entry.before):
        raise Conflict(CHANGED, detail=str(target), live={name: live.fields.get(name) for name in entry.fields})
    record = crm.update(target, entry.fields, version=live.version)
    return _receipt(entry, record, entry.before, now), record


def _remove(entry: OutboxEntry, crm: CrmConnector, now: datetime) -> tuple[Receipt, RecordSnapshot | None]:
    live: RecordSnapshot | None = None
    if entry.target is not None:
        live = crm.read(entry.target)
    elif entry.kind is not None:
        live = crm.find_created(entry.kind, entry.idempotency_key)
    if live is not None:
        if entry.version and live.version != entry.version and not _agrees(live.fields, entry.before):
            raise Conflict(CHANGED_SINCE, live=dict(live.fields))
        crm.delete(live.ref, version=live.version)
    target = live.ref if live else entry.target
    return Receipt(entry.id, target, "", "", entry.before, {}, now), None


def _receipt(entry: OutboxEntry, record: RecordSnapshot, before: Fields, now: datetime) -> Receipt:
    return Receipt(entry.id, record.ref, "", record.version, dict(before), dict(entry.fields), now)


def _agrees(live: Fields, wanted: Fields) -> bool:
    """Whether every wanted field has the wanted value; a CRM's "" and its absent field are both empty."""
    return all((live.get(name) or None) == (value or None) for name, value in wanted.items())
