"""Writes to the other side, so that doing one twice is doing it once.

Creates carry the entry's idempotency key. Updates re-read first: finding the wanted values means an earlier attempt
arrived, finding the values the rep saw means the Precondition holds, anything else is a Conflict. Many creates and
updates go in one batch, each with the same promises.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from desktop.domain.crm_port import CrmConnector, NewRecord, Outcome, RecordChange
from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry, Receipt
from desktop.domain.errors import Conflict, DealsideError, Defect, Rejected
from desktop.domain.ids import EntryId
from desktop.domain.ports import DraftFolder
from desktop.domain.records import RecordRef, RecordSnapshot
from desktop.outbox.compose import compose

CHANGED = "Somebody changed this record in the CRM meanwhile: compare and decide again."
CHANGED_SINCE = "The record was changed since it was created, so it is not removed: look at it in the CRM."
CHANGED_BEFORE_MERGE = "Somebody changed one of the two records meanwhile: take the merge back and compare again."
GONE = "The record is not in the CRM any more."

Fields = Mapping[str, str | None]
Written = tuple[Receipt, RecordSnapshot | None]
"""The Receipt of an entry and the Record afterwards; None when it was removed, or for a Draft."""
Results = dict[EntryId, Written | Exception]
_UPDATES = frozenset({Operation.UPDATE, Operation.RESTORE})


def write_records(entries: Sequence[OutboxEntry], crm: CrmConnector, now: datetime) -> Results:
    """Do CRM entries, no two of which touch the same Record; return what became of each, whatever a connector throws.

    Creates and updates go in batches, the rest one by one.
    """
    results: Results = {}
    creates = [entry for entry in entries if entry.operation is Operation.CREATE]
    updates = [entry for entry in entries if entry.operation in _UPDATES]
    others = [entry for entry in entries if entry.operation not in {Operation.CREATE, *_UPDATES}]
    for batch, write in ((creates, _create), (updates, _update)):
        if batch:
            try:
                results.update(write(batch, crm, now))
            except Exception as error:  # noqa: BLE001  (it is told apart by whoever writes down what became of it)
                results.update({entry.id: error for entry in batch if entry.id not in results})
    for entry in others:
        try:
            results[entry.id] = _write_one(entry, crm, now)
        except Exception as error:  # noqa: BLE001  (as above)
            results[entry.id] = error
    return results


def write_draft(entry: OutboxEntry, folder: DraftFolder, now: datetime) -> Written:
    """Put a Draft into the mailbox or take it out again."""
    message_id = entry.idempotency_key
    reference = folder.find(message_id)
    if entry.operation is Operation.APPEND_DRAFT and reference is None:
        reference = folder.append(compose(entry.fields), message_id)
    elif entry.operation is Operation.REMOVE_DRAFT and reference is not None:
        folder.remove(message_id)
    return Receipt(entry.id, None, reference or "", "", entry.before, entry.fields, now), None


def _create(entries: Sequence[OutboxEntry], crm: CrmConnector, now: datetime) -> Results:
    known = {entry.id: entry.kind for entry in entries}
    results: Results = {
        entry_id: Defect("A record without a kind cannot be created.", detail=entry_id)
        for entry_id, kind in known.items()
        if kind is None
    }
    asked = [(entry, entry.kind) for entry in entries if entry.kind is not None]
    records = [NewRecord(kind, entry.fields, entry.idempotency_key) for entry, kind in asked]
    if len(records) == 1:
        outcomes: Sequence[Outcome] = [crm.create(records[0].kind, records[0].fields, records[0].key)]
    else:
        outcomes = crm.create_many(records)
    for (entry, _), outcome in zip(asked, outcomes, strict=True):
        results[entry.id] = _created(entry, outcome, now)
    return results


def _update(entries: Sequence[OutboxEntry], crm: CrmConnector, now: datetime) -> Results:
    targets = {entry.id: entry.target for entry in entries if entry.target is not None}
    found = crm.read_many(list(targets.values()))
    results: Results = {}
    changes: list[tuple[OutboxEntry, RecordChange]] = []
    for entry in entries:
        target = targets.get(entry.id)
        if target is None:
            results[entry.id] = Defect("A change of nothing cannot be written.", detail=entry.id)
            continue
        answer = _compared(entry, target, found.get(target), now)
        if isinstance(answer, RecordChange):
            changes.append((entry, answer))
        else:
            results[entry.id] = answer
    for (entry, _), outcome in zip(changes, _change([change for _, change in changes], crm), strict=True):
        results[entry.id] = _written(entry, outcome, entry.before, now)
    return results


def _change(changes: Sequence[RecordChange], crm: CrmConnector) -> Sequence[Outcome]:
    # Alone, a change takes the CRM's own precondition if it has one; else the batch spares a second reading.
    if len(changes) != 1 or "conflict_check" not in crm.info.can:
        return crm.update_many(changes) if changes else ()
    only = changes[0]
    try:
        return (crm.update(only.ref, only.fields, version=only.version),)
    except DealsideError as error:
        return (error,)


def _compared(
    entry: OutboxEntry, target: RecordRef, live: RecordSnapshot | None, now: datetime
) -> RecordChange | Written | Exception:
    """Return what is left to write after a look at the Record: nothing where it is done or must not be."""
    if live is None:
        if entry.operation is Operation.RESTORE:
            return Receipt(entry.id, target, "", "", entry.before, entry.fields, now), None
        return Rejected(GONE, detail=str(target))
    if _agrees(live.fields, entry.fields):
        return _receipt(entry, live, entry.before, now), live
    if not _agrees(live.fields, entry.before):
        return Conflict(CHANGED, detail=str(target), live={name: live.fields.get(name) for name in entry.fields})
    return RecordChange(target, entry.fields, live.version, live)


def _created(entry: OutboxEntry, outcome: Outcome, now: datetime) -> Written | Exception:
    """Return the Receipt of a create. It holds the whole Record, so that an undo sees what others added to it since.

    One that was tried before may have found what others have worked on already: then what we sent is all that is ours.
    """
    if isinstance(outcome, Exception):
        return outcome
    if entry.attempts or entry.state is DeliveryState.SENDING:  # the latter was being sent when the program ended
        return Receipt(entry.id, outcome.ref, "", "", {}, dict(entry.fields), now), outcome
    return Receipt(entry.id, outcome.ref, "", outcome.version, {}, dict(outcome.fields), now), outcome


def _written(entry: OutboxEntry, outcome: Outcome, before: Fields, now: datetime) -> Written | Exception:
    if isinstance(outcome, Exception):
        return outcome
    return _receipt(entry, outcome, before, now), outcome


def _write_one(entry: OutboxEntry, crm: CrmConnector, now: datetime) -> Written:
    if entry.operation is Operation.REMOVE:
        return _remove(entry, crm, now)
    if entry.operation is Operation.MERGE:
        return _merge(entry, crm, now)
    raise Defect("This change cannot be written to a CRM.", detail=f"{entry.operation} {entry.id}")


def _remove(entry: OutboxEntry, crm: CrmConnector, now: datetime) -> Written:
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


def _merge(entry: OutboxEntry, crm: CrmConnector, now: datetime) -> Written:
    """Make one of two Records, if both still look as decided; where one is gone already, the CRM's word is asked."""
    kept, merge = entry.target, entry.merge
    if kept is None or merge is None:
        raise Defect("A merge without two records cannot be carried out.", detail=entry.id)
    found = crm.read_many([kept, merge.gone])
    stays, goes = found.get(kept), found.get(merge.gone)
    for live, seen in ((stays, merge.kept_fields), (goes, merge.gone_fields)):
        # One that is gone may have been merged by an attempt whose answer was lost.
        if stays is not None and goes is not None and live is not None and not _agrees(live.fields, seen):
            raise Conflict(CHANGED_BEFORE_MERGE, detail=f"{live.ref}")
    left = crm.merge(
        kept, merge.gone, version=stays.version if stays else "", gone_version=goes.version if goes else ""
    )
    return Receipt(entry.id, left.ref, "", left.version, entry.before, left.fields, now), left


def _receipt(entry: OutboxEntry, record: RecordSnapshot, before: Fields, now: datetime) -> Receipt:
    return Receipt(entry.id, record.ref, "", record.version, dict(before), dict(entry.fields), now)


def _agrees(live: Fields, wanted: Fields) -> bool:
    """Whether every wanted field has the wanted value; a CRM's "" and its absent field are both empty."""
    return all((live.get(name) or None) == (value or None) for name, value in wanted.items())
