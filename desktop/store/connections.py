"""Connections, their Checkpoints, and how they are doing. Never a secret."""

from datetime import datetime

from sqlalchemy import bindparam, select

from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint, Connection, Family
from desktop.domain.ids import ConnectionId
from desktop.store.codec import decode, encode
from desktop.store.moments import TROUBLE_OF, to_text
from desktop.store.statements import Sql, Statement, upsert
from desktop.store.tables import checkpoint, connection, health

BY_AGE = select(connection.c.body).order_by(connection.c.created_at, connection.c.id)
SAVE = upsert(connection, "id", keep=["family", "created_at"], change=["body"])
GET = Statement(select(connection.c.body).where(connection.c.id == bindparam("id")))
ALL = Statement(BY_AGE)
ALL_OF_FAMILY = Statement(BY_AGE.where(connection.c.family == bindparam("family")))
REMOVE = (
    Statement(connection.delete().where(connection.c.id == bindparam("gone"))),
    Statement(checkpoint.delete().where(checkpoint.c.connection_id == bindparam("gone"))),
    Statement(health.delete().where(health.c.subject == bindparam("gone"))),
)
CHECKPOINT = Statement(select(checkpoint.c.body).where(checkpoint.c.connection_id == bindparam("id")))
SAVE_CHECKPOINT = upsert(checkpoint, "connection_id", change=["body"])
MIRRORED_AT = Statement(select(connection.c.mirrored_at).where(connection.c.id == bindparam("id")))
MARK_MIRRORED = Statement(connection.update().where(connection.c.id == bindparam("mirrored")), "mirrored_at")
IS_WELL = Statement(select(health.c.is_ok).where(health.c.subject == bindparam("subject")))
SAVE_HEALTH = upsert(health, "subject", change=["at", "is_ok", "sentence"])


class Connections:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def save(self, value: Connection, now: datetime) -> None:
        """Keep a Connection, in place of an earlier one with its id."""
        self._sql.run(SAVE, id=value.id, family=value.family.value, created_at=to_text(now), body=encode(value))

    def remove(self, connection_id: ConnectionId) -> None:
        """Forget a Connection and its Checkpoint; what came from it stays."""
        for statement in REMOVE:
            self._sql.run(statement, gone=connection_id)
        self._sql.run(REMOVE[-1], gone=TROUBLE_OF + connection_id)

    def get(self, connection_id: ConnectionId) -> Connection | None:
        """Return one Connection."""
        body = self._sql.scalar(GET, id=connection_id)
        return None if body is None else decode(body, Connection)

    def all(self, family: Family | None = None) -> tuple[Connection, ...]:
        """Return the Connections in the order they were added."""
        bodies = self._sql.scalars(ALL_OF_FAMILY, family=family.value) if family else self._sql.scalars(ALL)
        return tuple(decode(body, Connection) for body in bodies)

    def checkpoint(self, connection_id: ConnectionId) -> Checkpoint:
        """Return where to go on reading; the empty Checkpoint at first."""
        body = self._sql.scalar(CHECKPOINT, id=connection_id)
        return EMPTY_CHECKPOINT if body is None else decode(body, Checkpoint)

    def save_checkpoint(self, connection_id: ConnectionId, value: Checkpoint) -> None:
        """Remember where to go on reading; belongs in the transaction that keeps what was read."""
        self._sql.run(SAVE_CHECKPOINT, connection_id=connection_id, body=encode(value))

    def is_mirrored(self, connection_id: ConnectionId) -> bool:
        """Whether the Mirror of a CRM was ever whole: before that, whoever it does not know is not unknown."""
        return bool(self._sql.scalar(MIRRORED_AT, id=connection_id))

    def mark_mirrored(self, connection_id: ConnectionId, now: datetime) -> None:
        """Record that the Mirror of a CRM is whole as of now."""
        self._sql.run(MARK_MIRRORED, mirrored=connection_id, mirrored_at=to_text(now))

    def save_health(self, subject: str, now: datetime, *, sentence: str, is_ok: bool) -> None:
        """Record how `subject` (a Connection's id, `model`, `agent`) is doing, and when trouble with it began."""
        before = self._sql.scalar(IS_WELL, subject=subject)
        if not is_ok and before != 0:
            self._sql.run(SAVE_HEALTH, subject=TROUBLE_OF + subject, at=to_text(now), is_ok=0, sentence=sentence)
        self._sql.run(SAVE_HEALTH, subject=subject, at=to_text(now), is_ok=int(is_ok), sentence=sentence)
