"""OutboxEntries, what was tried, and what the other side answered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Row, select

from desktop.domain.deliveries import DeliveryState, OutboxEntry, Receipt
from desktop.domain.ids import ConnectionId, EntryId
from desktop.store.codec import decode, encode
from desktop.store.moments import from_text, to_text
from desktop.store.tables import attempt, outbox_entry, receipt

DUE = (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.NEEDS_USER)


class Outbox:
    """Part of a Transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: OutboxEntry) -> None:
        """Queue one decided change."""
        self._connection.execute(
            outbox_entry.insert().values(
                id=entry.id,
                subject_id=entry.subject_id,
                connection_id=entry.connection_id,
                operation=entry.operation.value,
                state=entry.state.value,
                idempotency_key=entry.idempotency_key,
                body=encode(entry),
            )
        )

    def next_due_at(self) -> datetime | None:
        """Return when the earliest postponed entry is due, or None."""
        found = self._connection.scalar(
            select(outbox_entry.c.not_before)
            .where(outbox_entry.c.state.in_([state.value for state in DUE]), outbox_entry.c.not_before != "")
            .order_by(outbox_entry.c.not_before)
            .limit(1)
        )
        return from_text(found or "")

    def get(self, entry_id: EntryId) -> OutboxEntry | None:
        """Return one entry as it stands now."""
        row = self._connection.execute(select(outbox_entry).where(outbox_entry.c.id == entry_id)).first()
        return _entry(row) if row else None

    def waiting(self, connection_id: ConnectionId, now: datetime) -> tuple[OutboxEntry, ...]:
        """Return the entries of a Connection that are due, in the order they were decided."""
        rows = self._connection.execute(
            select(outbox_entry)
            .where(
                outbox_entry.c.state.in_([state.value for state in DUE]),
                outbox_entry.c.connection_id == connection_id,
                outbox_entry.c.not_before <= to_text(now),
            )
            .order_by(outbox_entry.c.seq)
        )
        return tuple(_entry(row) for row in rows)

    def of_subject(self, subject_id: str) -> tuple[OutboxEntry, ...]:
        """Return every entry a Suggestion or Draft led to, oldest first."""
        rows = self._connection.execute(
            select(outbox_entry).where(outbox_entry.c.subject_id == subject_id).order_by(outbox_entry.c.seq)
        )
        return tuple(_entry(row) for row in rows)

    def live(self, entry_id: EntryId) -> dict[str, str | None]:
        """Return the values found on the other side when a Conflict came up."""
        body = self._connection.scalar(select(outbox_entry.c.live).where(outbox_entry.c.id == entry_id))
        return decode(body or "{}", dict[str, str | None])

    def settle(
        self,
        entry_id: EntryId,
        state: DeliveryState,
        *,
        sentence: str = "",
        live: Mapping[str, str | None] | None = None,
    ) -> None:
        """Record where an entry stands now; `live` holds the other side's values after a Conflict."""
        self._connection.execute(
            outbox_entry.update()
            .where(outbox_entry.c.id == entry_id)
            .values(state=state.value, sentence=sentence, live=encode(dict(live or {})), not_before="")
        )

    def postpone(
        self,
        entry_id: EntryId,
        until: datetime,
        *,
        sentence: str,
        state: DeliveryState = DeliveryState.WAITING,
    ) -> None:
        """Count one failed attempt and try again after a moment."""
        self._connection.execute(
            outbox_entry.update()
            .where(outbox_entry.c.id == entry_id)
            .values(
                state=state.value,
                attempts=outbox_entry.c.attempts + 1,
                not_before=to_text(until),
                sentence=sentence,
            )
        )

    def requeue(self, entry: OutboxEntry) -> None:
        """Put an entry that waited for a person back in line, as it is given here."""
        self._connection.execute(
            outbox_entry.update()
            .where(outbox_entry.c.id == entry.id)
            .values(
                state=DeliveryState.WAITING.value, attempts=0, not_before="", sentence="", live="{}", body=encode(entry)
            )
        )

    def explain(self, entry_id: EntryId, sentence: str) -> None:
        """Say why an entry waits, without counting an attempt."""
        self._connection.execute(outbox_entry.update().where(outbox_entry.c.id == entry_id).values(sentence=sentence))

    def begin_attempt(self, entry_id: EntryId, now: datetime) -> int:
        """Record, before anything is sent, that it is about to be; return the attempt's number."""
        self._connection.execute(
            outbox_entry.update().where(outbox_entry.c.id == entry_id).values(state=DeliveryState.SENDING.value)
        )
        result = self._connection.execute(attempt.insert().values(entry_id=entry_id, started_at=to_text(now)))
        return int(result.inserted_primary_key[0]) if result.inserted_primary_key else 0

    def end_attempt(self, seq: int, outcome: str, detail: str = "") -> None:
        """Record how an attempt ended."""
        self._connection.execute(attempt.update().where(attempt.c.seq == seq).values(outcome=outcome, detail=detail))

    def keep_receipt(self, subject_id: str, value: Receipt) -> None:
        """Keep what the other side answered."""
        self._connection.execute(
            receipt.insert().values(entry_id=value.entry_id, subject_id=subject_id, body=encode(value))
        )

    def receipts(self, subject_id: str) -> tuple[Receipt, ...]:
        """Return the Receipts of a Suggestion or Draft, in the order of their entries."""
        rows = self._connection.scalars(
            select(receipt.c.body)
            .join(outbox_entry, outbox_entry.c.id == receipt.c.entry_id)
            .where(receipt.c.subject_id == subject_id)
            .order_by(outbox_entry.c.seq)
        )
        return tuple(decode(body, Receipt) for body in rows)


def _entry(row: Row[tuple[str, ...]]) -> OutboxEntry:
    return replace(
        decode(row.body, OutboxEntry),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        sentence=row.sentence,
    )
