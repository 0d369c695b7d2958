"""Interactions, their raw bytes and their Readings."""

import zlib
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from desktop.domain.evidence import Reading
from desktop.domain.ids import InteractionId
from desktop.domain.interactions import Interaction, InteractionState
from desktop.store.codec import decode, encode
from desktop.store.moments import to_text
from desktop.store.statements import Row, Sql, Statement, one_of, upsert
from desktop.store.tables import interaction, is_filled, raw_item, reading

IS_IT = interaction.c.id == bindparam("mail")
IN_WORK = [InteractionState.RECEIVED.value, InteractionState.UNDERSTOOD.value]
ADD = Statement(
    insert(interaction).on_conflict_do_nothing(),
    *("id", "connection_id", "state", "reason", "message_id", "sent_at", "body"),
)
ADD_RAW = Statement(raw_item.insert(), "interaction_id", "raw")
GET = Statement(select(interaction).where(IS_IT))
RAW = Statement(select(raw_item.c.raw).where(raw_item.c.interaction_id == bindparam("mail")))
NEXT_DUE = Statement(
    select(interaction)
    .where(interaction.c.state == bindparam("state"), interaction.c.not_before <= bindparam("now"))
    .order_by(interaction.c.sent_at.desc())
    .limit(1)
)
MOVE = Statement(interaction.update().where(IS_IT).values(attempts=0, not_before=""), "state", "reason")
POSTPONE = Statement(
    interaction.update().where(IS_IT).values(attempts=interaction.c.attempts + 1),
    "not_before",
)
ANY_POSTPONED = Statement(
    select(interaction.c.id).where(one_of(interaction.c.state, IN_WORK), is_filled(interaction.c.not_before)).limit(1)
)
COUNTS = Statement(select(interaction.c.state, func.count().label("mails")).group_by(interaction.c.state))
SAVE_READING = upsert(reading, "interaction_id", change=["body"])
READING = Statement(select(reading.c.body).where(reading.c.interaction_id == bindparam("mail")))


class Interactions:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, item: Interaction, raw: bytes) -> bool:
        """Keep a new Interaction with its raw bytes; return False when the very same one is here already."""
        result = self._sql.run(
            ADD,
            id=item.id,
            connection_id=item.connection_id,
            state=item.state.value,
            reason=item.reason,
            message_id=item.message.message_id,
            sent_at=to_text(item.message.sent_at),
            body=encode(item),
        )
        if result.rowcount == 0:
            return False
        self._sql.run(ADD_RAW, interaction_id=item.id, raw=zlib.compress(raw, 1))
        return True

    def get(self, interaction_id: InteractionId) -> Interaction | None:
        """Return one Interaction as it stands now."""
        row = self._sql.first(GET, mail=interaction_id)
        return _interaction(row) if row else None

    def raw(self, interaction_id: InteractionId) -> bytes | None:
        """Return the bytes as the mailbox gave them."""
        packed = self._sql.scalar(RAW, mail=interaction_id)
        return None if packed is None else zlib.decompress(packed)

    def next_due(self, state: InteractionState, now: datetime) -> tuple[Interaction, int] | None:
        """Return the newest mail in `state` that is due, with its number of failed attempts so far."""
        row = self._sql.first(NEXT_DUE, state=state.value, now=to_text(now))
        return (_interaction(row), row.attempts) if row else None

    def move(self, interaction_id: InteractionId, state: InteractionState, *, reason: str = "") -> None:
        """Record that the Interaction has got as far as `state`."""
        self._sql.run(MOVE, mail=interaction_id, state=state.value, reason=reason)

    def postpone(self, interaction_id: InteractionId, until: datetime) -> None:
        """Count one failed attempt and leave the Interaction where it is until a moment."""
        self._sql.run(POSTPONE, mail=interaction_id, not_before=to_text(until))

    def has_postponed(self) -> bool:
        """Whether a mail waits for a moment to come."""
        return self._sql.scalar(ANY_POSTPONED) is not None

    def count_by_state(self) -> dict[InteractionState, int]:
        """Return how many Interactions are in each state."""
        return {InteractionState(row.state): row.mails for row in self._sql.all(COUNTS)}

    def save_reading(self, interaction_id: InteractionId, value: Reading) -> None:
        """Keep the Reading of an Interaction, in place of an earlier one."""
        self._sql.run(SAVE_READING, interaction_id=interaction_id, body=encode(value))

    def reading(self, interaction_id: InteractionId) -> Reading | None:
        """Return the Reading of an Interaction, if it was understood."""
        body = self._sql.scalar(READING, mail=interaction_id)
        return None if body is None else decode(body, Reading)


def _interaction(row: Row) -> Interaction:
    stored = decode(row.body, Interaction)
    return replace(stored, state=InteractionState(row.state), reason=row.reason)
