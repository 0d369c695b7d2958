"""Interactions, their raw bytes and their Readings."""

import zlib
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.sqlite import insert

from desktop.domain.evidence import Reading
from desktop.domain.ids import InteractionId
from desktop.domain.interactions import Interaction, InteractionState
from desktop.store.codec import decode, encode
from desktop.store.moments import to_text
from desktop.store.tables import interaction, raw_item, reading


class Interactions:
    """Part of a Transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, item: Interaction, raw: bytes) -> bool:
        """Keep a new Interaction with its raw bytes; return False when the very same one is here already."""
        result = self._connection.execute(
            insert(interaction)
            .values(
                id=item.id,
                connection_id=item.connection_id,
                state=item.state.value,
                reason=item.reason,
                message_id=item.message.message_id,
                sent_at=to_text(item.message.sent_at),
                body=encode(item),
            )
            .on_conflict_do_nothing()
        )
        if result.rowcount == 0:
            return False
        self._connection.execute(raw_item.insert().values(interaction_id=item.id, raw=zlib.compress(raw, 1)))
        return True

    def get(self, interaction_id: InteractionId) -> Interaction | None:
        """Return one Interaction as it stands now."""
        row = self._connection.execute(select(interaction).where(interaction.c.id == interaction_id)).first()
        return _interaction(row) if row else None

    def raw(self, interaction_id: InteractionId) -> bytes | None:
        """Return the bytes as the mailbox gave them."""
        packed = self._connection.scalar(select(raw_item.c.raw).where(raw_item.c.interaction_id == interaction_id))
        return None if packed is None else zlib.decompress(packed)

    def next_due(self, state: InteractionState, now: datetime) -> tuple[Interaction, int] | None:
        """Return the newest mail in `state` that is due, with its number of failed attempts so far."""
        row = self._connection.execute(
            select(interaction)
            .where(interaction.c.state == state.value, interaction.c.not_before <= to_text(now))
            .order_by(interaction.c.sent_at.desc())
            .limit(1)
        ).first()
        return (_interaction(row), row.attempts) if row else None

    def move(self, interaction_id: InteractionId, state: InteractionState, *, reason: str = "") -> None:
        """Record that the Interaction has got as far as `state`."""
        self._connection.execute(
            interaction.update()
            .where(interaction.c.id == interaction_id)
            .values(state=state.value, reason=reason, attempts=0, not_before="")
        )

    def postpone(self, interaction_id: InteractionId, until: datetime) -> None:
        """Count one failed attempt and leave the Interaction where it is until a moment."""
        self._connection.execute(
            interaction.update()
            .where(interaction.c.id == interaction_id)
            .values(attempts=interaction.c.attempts + 1, not_before=to_text(until))
        )

    def has_postponed(self) -> bool:
        """Whether a mail waits for a moment to come."""
        states = [InteractionState.RECEIVED.value, InteractionState.UNDERSTOOD.value]
        query = select(interaction.c.id).where(interaction.c.state.in_(states), interaction.c.not_before != "").limit(1)
        return self._connection.scalar(query) is not None

    def count_by_state(self) -> dict[InteractionState, int]:
        """Return how many Interactions are in each state."""
        rows = self._connection.execute(select(interaction.c.state, func.count()).group_by(interaction.c.state))
        return {InteractionState(state): count for state, count in rows}

    def save_reading(self, interaction_id: InteractionId, value: Reading) -> None:
        """Keep the Reading of an Interaction, in place of an earlier one."""
        body = encode(value)
        self._connection.execute(
            insert(reading)
            .values(interaction_id=interaction_id, body=body)
            .on_conflict_do_update(index_elements=["interaction_id"], set_={"body": body})
        )

    def reading(self, interaction_id: InteractionId) -> Reading | None:
        """Return the Reading of an Interaction, if it was understood."""
        body = self._connection.scalar(select(reading.c.body).where(reading.c.interaction_id == interaction_id))
        return None if body is None else decode(body, Reading)


def _interaction(row: Row[tuple[str, ...]]) -> Interaction:
    stored = decode(row.body, Interaction)
    return replace(stored, state=InteractionState(row.state), reason=row.reason)
