"""One pull from one Mailbox: items and the new Checkpoint are stored in one transaction, so neither runs ahead."""

import hashlib
import logging

from desktop.domain.connections import Connection
from desktop.domain.ids import InteractionId, derive
from desktop.domain.interactions import Interaction, InteractionKind, InteractionState, RawItem
from desktop.domain.ports import Clock, MailSource
from desktop.intake.filters import reason_to_ignore
from desktop.intake.mime import parse_mail
from desktop.store.store import Store

log = logging.getLogger("dealside.intake")

BATCH = 50


def pull(connection: Connection, source: MailSource, store: Store, clock: Clock) -> tuple[list[InteractionId], bool]:
    """Pull one batch; return the ids of the mails that are new, and whether more is waiting already.

    A mail's identity is its Connection and its bytes: offered again after a crash, a UIDVALIDITY reset or a move, it is
    recognised and not stored twice.
    """
    with store.reading() as tx:
        checkpoint = tx.connections.checkpoint(connection.id)
    batch = source.pull(checkpoint, limit=BATCH)
    own = own_addresses(connection)
    parsed = [(_interaction(connection, item, clock, own), item.raw) for item in batch.items]
    if not parsed and batch.checkpoint == checkpoint:
        return [], batch.has_more
    with store.transaction() as tx:
        new = [item.id for item, raw in parsed if tx.interactions.add(item, raw)]
        tx.connections.save_checkpoint(connection.id, batch.checkpoint)
    log.info("pulled %d mails from %s, %d of them new", len(parsed), connection.id, len(new))
    return new, batch.has_more


def own_addresses(connection: Connection) -> frozenset[str]:
    """Return the rep's own addresses in a Mailbox, in lower case."""
    settings = connection.settings
    found = (settings.get("address", ""), settings.get("username", ""))
    return frozenset(address.lower() for address in found if "@" in address)


def _interaction(connection: Connection, item: RawItem, clock: Clock, own: frozenset[str]) -> Interaction:
    now = clock.now()
    message = parse_mail(item.raw, received_at=now)
    reason = reason_to_ignore(message, own_addresses=own)
    content_hash = hashlib.sha256(item.raw).hexdigest()
    return Interaction(
        id=InteractionId(derive("interaction", connection.id, content_hash)),
        connection_id=connection.id,
        kind=InteractionKind.EMAIL,
        state=InteractionState.RECEIVED if reason is None else InteractionState.IGNORED,
        content_hash=content_hash,
        origin=item.origin,
        received_at=now,
        message=message,
        reason=reason or "",
        size=len(item.raw),
    )
