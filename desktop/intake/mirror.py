"""Changed CRM Records → Mirror. Snapshots and Checkpoint in one transaction, one batch at a time."""

from desktop.domain.connections import Connection
from desktop.domain.crm_port import CrmConnector
from desktop.domain.records import FIELDS, FieldType, RecordKind
from desktop.store.store import Store

REQUIRES = "requires"


def refresh(connection: Connection, crm: CrmConnector, store: Store) -> int:
    """Pull everything that changed since the Checkpoint; return how many Records came."""
    count, has_more = 0, True
    while has_more:
        with store.reading() as tx:
            checkpoint = tx.connections.checkpoint(connection.id)
        batch = crm.changes(checkpoint)
        has_more = batch.has_more
        if not batch.records and batch.checkpoint == checkpoint:
            break
        with store.transaction() as tx:
            for record in batch.records:
                tx.mirror.save(connection.id, record)
            tx.connections.save_checkpoint(connection.id, batch.checkpoint)
        count += len(batch.records)
    with store.transaction() as tx:
        if not tx.connections.is_mirrored(connection.id):
            tx.connections.mark_mirrored(connection.id, store.clock.now())
    return count


def refresh_picklists(connection: Connection, crm: CrmConnector, store: Store) -> None:
    """Keep what the CRM accepts in PICKLIST fields and which fields it requires, for proposals and for review."""
    for kind in RecordKind:
        values = {
            name: crm.picklist(kind, name) for name, field in FIELDS[kind].items() if field.type is FieldType.PICKLIST
        }
        with store.transaction() as tx:
            tx.mirror.save_picklists(connection.id, kind, {**values, REQUIRES: crm.required(kind)})
