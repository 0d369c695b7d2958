"""OutboxEntries, what was tried, and what the other side answered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, literal, select

from desktop.domain.deliveries import DeliveryState, OutboxEntry, Receipt
from desktop.domain.ids import ConnectionId, EntryId
from desktop.store.codec import decode, encode
from desktop.store.moments import from_text, to_text
from desktop.store.statements import Row, Sql, Statement, one_of
from desktop.store.tables import IS_UNSETTLED, attempt, outbox_entry, receipt

DUE = [state.value for state in (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.NEEDS_USER)]
MOVING = [*DUE, DeliveryState.CONFLICT.value, DeliveryState.REJECTED.value]
POSTPONABLE = [state.value for state in (DeliveryState.WAITING, DeliveryState.NEEDS_USER)]
IS_IT = outbox_entry.c.id == bindparam("entry")
ADD = Statement(
    outbox_entry.insert(), "id", "subject_id", "connection_id", "operation", "state", "idempotency_key", "body"
)
GET = Statement(select(outbox_entry).where(IS_IT))
LIVE = Statement(select(outbox_entry.c.live).where(IS_IT))
OF_SUBJECT = Statement(
    select(outbox_entry).where(outbox_entry.c.subject_id == bindparam("subject")).order_by(outbox_entry.c.seq)
)
WAITING = Statement(
    select(outbox_entry)
    .where(
        IS_UNSETTLED,
        one_of(outbox_entry.c.state, DUE),
        outbox_entry.c.connection_id == bindparam("connection"),
        outbox_entry.c.not_before <= bindparam("now"),
    )
    .order_by(outbox_entry.c.seq)
)
UNFINISHED = Statement(
    select(outbox_entry)
    .where(IS_UNSETTLED, one_of(outbox_entry.c.state, DUE), outbox_entry.c.connection_id == bindparam("connection"))
    .order_by(outbox_entry.c.seq)
)
NEXT_DUE_AT = Statement(
    select(outbox_entry.c.not_before)
    .where(
        IS_UNSETTLED,
        one_of(outbox_entry.c.state, DUE),
        outbox_entry.c.connection_id == bindparam("connection"),
        outbox_entry.c.not_before > bindparam("now"),
    )
    .order_by(outbox_entry.c.not_before)
    .limit(1)
)
SETTLE = Statement(outbox_entry.update().where(IS_IT).values(not_before=""), "state", "sentence", "live")
POSTPONE = Statement(
    outbox_entry.update().where(IS_IT).values(attempts=outbox_entry.c.attempts + 1), "state", "not_before", "sentence"
)
REQUEUE = Statement(
    outbox_entry.update()
    .where(IS_IT)
    .values(state=DeliveryState.WAITING.value, attempts=0, not_before="", sentence="", live="{}"),
    "body",
)
HURRY = Statement(
    outbox_entry.update()
    .where(IS_IT, one_of(outbox_entry.c.state, POSTPONABLE))
    .values(state=DeliveryState.WAITING.value, not_before="")
)
HURRY_ALL = Statement(
    outbox_entry.update()
    .where(
        IS_UNSETTLED,
        one_of(outbox_entry.c.state, POSTPONABLE),
        outbox_entry.c.connection_id == bindparam("connection"),
        outbox_entry.c.not_before > "",
    )
    .values(state=DeliveryState.WAITING.value, not_before="")
)
# The states are spelt out and the order is a sum, or SQLite walks all entries there ever were for that order.
ALL_UNSETTLED = Statement(
    select(outbox_entry).where(IS_UNSETTLED, one_of(outbox_entry.c.state, MOVING)).order_by(outbox_entry.c.seq + 0)
)
# An attempt that ended in one of these changed nothing; any other may have, whatever was heard of it.
UNSURE = Statement(
    select(attempt.c.seq)
    .where(
        attempt.c.entry_id == bindparam("entry"), attempt.c.outcome.not_in([literal("Conflict"), literal("Rejected")])
    )
    .limit(1)
)
EXPLAIN = Statement(outbox_entry.update().where(IS_IT), "sentence")
START = Statement(outbox_entry.update().where(IS_IT).values(state=DeliveryState.SENDING.value))
BEGIN_ATTEMPT = Statement(attempt.insert(), "entry_id", "started_at")
END_ATTEMPT = Statement(attempt.update().where(attempt.c.seq == bindparam("number")), "outcome", "detail")
KEEP_RECEIPT = Statement(receipt.insert(), "entry_id", "subject_id", "body")
RECEIPTS = Statement(
    select(receipt.c.body)
    .join(outbox_entry, outbox_entry.c.id == receipt.c.entry_id)
    .where(receipt.c.subject_id == bindparam("subject"))
    .order_by(outbox_entry.c.seq)
)


class Outbox:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, entry: OutboxEntry) -> None:
        """Queue one decided change."""
        self._sql.run(
            ADD,
            id=entry.id,
            subject_id=entry.subject_id,
            connection_id=entry.connection_id,
            operation=entry.operation.value,
            state=entry.state.value,
            idempotency_key=entry.idempotency_key,
            body=encode(entry),
        )

    def next_due_at(self, connection_id: ConnectionId, now: datetime) -> datetime | None:
        """Return when the next of a Connection's postponed entries falls due, or None."""
        return from_text(self._sql.scalar(NEXT_DUE_AT, connection=connection_id, now=to_text(now)) or "")

    def get(self, entry_id: EntryId) -> OutboxEntry | None:
        """Return one entry as it stands now."""
        row = self._sql.first(GET, entry=entry_id)
        return _entry(row) if row else None

    def waiting(self, connection_id: ConnectionId, now: datetime) -> tuple[OutboxEntry, ...]:
        """Return the entries of a Connection that are due, in the order they were decided."""
        rows = self._sql.all(WAITING, connection=connection_id, now=to_text(now))
        return tuple(_entry(row) for row in rows)

    def unfinished(self, connection_id: ConnectionId) -> tuple[OutboxEntry, ...]:
        """Return the entries of a Connection that are on their way, due or not, in the order they were decided."""
        return tuple(_entry(row) for row in self._sql.all(UNFINISHED, connection=connection_id))

    def of_subject(self, subject_id: str) -> tuple[OutboxEntry, ...]:
        """Return every entry a Suggestion or Draft led to, oldest first."""
        return tuple(_entry(row) for row in self._sql.all(OF_SUBJECT, subject=subject_id))

    def live(self, entry_id: EntryId) -> dict[str, str | None]:
        """Return the values found on the other side when a Conflict came up."""
        return decode(self._sql.scalar(LIVE, entry=entry_id) or "{}", dict[str, str | None])

    def settle(
        self,
        entry_id: EntryId,
        state: DeliveryState,
        *,
        sentence: str = "",
        live: Mapping[str, str | None] | None = None,
    ) -> None:
        """Record where an entry stands now; `live` holds the other side's values after a Conflict."""
        self._sql.run(SETTLE, entry=entry_id, state=state.value, sentence=sentence, live=encode(dict(live or {})))

    def postpone(
        self,
        entry_id: EntryId,
        until: datetime,
        *,
        sentence: str,
        state: DeliveryState = DeliveryState.WAITING,
    ) -> None:
        """Count one failed attempt and try again after a moment."""
        self._sql.run(POSTPONE, entry=entry_id, state=state.value, not_before=to_text(until), sentence=sentence)

    def requeue(self, entry: OutboxEntry) -> None:
        """Put an entry that waited for a person back in line, as it is given here."""
        self._sql.run(REQUEUE, entry=entry.id, body=encode(entry))

    def hurry(self, entry_id: EntryId) -> None:
        """Let a postponed entry, or one that needed the rep, be due at once; what was tried stays counted."""
        self._sql.run(HURRY, entry=entry_id)

    def hurry_all(self, connection_id: ConnectionId) -> int:
        """Let every postponed entry of a Connection be due at once; return how many there were."""
        return int(self._sql.run(HURRY_ALL, connection=connection_id).rowcount)

    def unsettled(self) -> tuple[OutboxEntry, ...]:
        """Return what is on its way or waits for a person, over all Connections, in the order it was decided."""
        return tuple(_entry(row) for row in self._sql.all(ALL_UNSETTLED))

    def may_have_arrived(self, entry_id: EntryId) -> bool:
        """Whether an attempt may have changed something on the other side, whether or not we heard of it."""
        return self._sql.first(UNSURE, entry=entry_id) is not None

    def explain(self, entry_id: EntryId, sentence: str) -> None:
        """Say why an entry waits, without counting an attempt."""
        self._sql.run(EXPLAIN, entry=entry_id, sentence=sentence)

    def begin_attempt(self, entry_id: EntryId, now: datetime) -> int:
        """Record, before anything is sent, that it is about to be; return the attempt's number."""
        self._sql.run(START, entry=entry_id)
        return int(self._sql.run(BEGIN_ATTEMPT, entry_id=entry_id, started_at=to_text(now)).lastrowid)

    def end_attempt(self, seq: int, outcome: str, detail: str = "") -> None:
        """Record how an attempt ended."""
        self._sql.run(END_ATTEMPT, number=seq, outcome=outcome, detail=detail)

    def keep_receipt(self, subject_id: str, value: Receipt) -> None:
        """Keep what the other side answered."""
        self._sql.run(KEEP_RECEIPT, entry_id=value.entry_id, subject_id=subject_id, body=encode(value))

    def receipts(self, subject_id: str) -> tuple[Receipt, ...]:
        """Return the Receipts of a Suggestion or Draft, in the order of their entries."""
        return tuple(decode(body, Receipt) for body in self._sql.scalars(RECEIPTS, subject=subject_id))


def _entry(row: Row) -> OutboxEntry:
    return replace(
        decode(row.body, OutboxEntry),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        sentence=row.sentence,
    )
