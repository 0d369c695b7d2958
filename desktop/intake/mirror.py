"""Changed CRM Records → Mirror. Snapshots and Checkpoint in one transaction, one batch at a time."""

from desktop.domain.connections import Connection
from desktop.domain.crm_port import CrmConnector
from desktop.domain.records import RecordKind
from desktop.store.store import Store


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
                tx.enrichments.ask(connection.id, record, store.clock.now())
            tx.connections.save_checkpoint(connection.id, batch.checkpoint)
        count += len(batch.records)
    with store.transaction() as tx:
        if not tx.connections.is_mirrored(connection.id):
            tx.connections.mark_mirrored(connection.id, store.clock.now())
    return count


def refresh_rules(connection: Connection, crm: CrmConnector, store: Store) -> None:
    """Keep what the CRM lets the rep write, for proposals and for review."""
    for kind in RecordKind:
        rules = crm.describe(kind)
        with store.transaction() as tx:
            tx.mirror.save_rules(connection.id, rules)
