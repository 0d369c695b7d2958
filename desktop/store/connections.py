"""Connections, their Checkpoints, and how they are doing. Never a secret."""

from datetime import datetime

from sqlalchemy import Connection as Sql
from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint, Connection, Family
from desktop.domain.ids import ConnectionId
from desktop.store.codec import decode, encode
from desktop.store.moments import to_text
from desktop.store.tables import checkpoint, connection, health


class Connections:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def save(self, value: Connection, now: datetime) -> None:
        """Keep a Connection, in place of an earlier one with its id."""
        body = encode(value)
        self._sql.execute(
            insert(connection)
            .values(id=value.id, family=value.family.value, created_at=to_text(now), body=body)
            .on_conflict_do_update(index_elements=["id"], set_={"body": body})
        )

    def remove(self, connection_id: ConnectionId) -> None:
        """Forget a Connection and its Checkpoint; what came from it stays."""
        self._sql.execute(connection.delete().where(connection.c.id == connection_id))
        self._sql.execute(checkpoint.delete().where(checkpoint.c.connection_id == connection_id))
        self._sql.execute(health.delete().where(health.c.subject == connection_id))

    def get(self, connection_id: ConnectionId) -> Connection | None:
        """Return one Connection."""
        body = self._sql.scalar(select(connection.c.body).where(connection.c.id == connection_id))
        return None if body is None else decode(body, Connection)

    def all(self, family: Family | None = None) -> tuple[Connection, ...]:
        """Return the Connections in the order they were added."""
        query = select(connection.c.body).order_by(connection.c.created_at, connection.c.id)
        if family is not None:
            query = query.where(connection.c.family == family.value)
        return tuple(decode(body, Connection) for body in self._sql.scalars(query))

    def checkpoint(self, connection_id: ConnectionId) -> Checkpoint:
        """Return where to go on reading; the empty Checkpoint at first."""
        body = self._sql.scalar(select(checkpoint.c.body).where(checkpoint.c.connection_id == connection_id))
        return EMPTY_CHECKPOINT if body is None else decode(body, Checkpoint)

    def save_checkpoint(self, connection_id: ConnectionId, value: Checkpoint) -> None:
        """Remember where to go on reading; belongs in the transaction that keeps what was read."""
        body = encode(value)
        self._sql.execute(
            insert(checkpoint)
            .values(connection_id=connection_id, body=body)
            .on_conflict_do_update(index_elements=["connection_id"], set_={"body": body})
        )

    def save_health(self, subject: str, now: datetime, *, sentence: str, is_ok: bool) -> None:
        """Record how `subject` (a Connection's id, `model`, `agent`) is doing."""
        values = {"at": to_text(now), "is_ok": int(is_ok), "sentence": sentence}
        self._sql.execute(
            insert(health)
            .values(subject=subject, **values)
            .on_conflict_do_update(index_elements=["subject"], set_=values)
        )
