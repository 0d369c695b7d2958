"""The reading side for front ends: plain SQL on a read-only connection of its own.

SQLAlchemy takes a third of a second to import and a window must be usable before that, so this module and what it
imports stay clear of it. It only reads; every write goes through `store.py`.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from desktop.domain.connections import Connection
from desktop.domain.deliveries import OutboxEntry
from desktop.domain.evidence import Reading
from desktop.domain.interactions import Interaction
from desktop.domain.proposals import Draft, Proposal, Suggestion
from desktop.domain.records import RecordKind, RecordSnapshot
from desktop.domain.rights import RecordRules, anything_goes
from desktop.store.codec import decode
from desktop.store.database import LATEST, connect, translate
from desktop.store.moments import from_text

Fields = dict[str, str | None]
UNSETTLED = (  # few, and an index holds just them: see `outbox_unsettled` in tables.py
    "select state, count(*) from outbox_entry where state not in ('delivered', 'cancelled') group by state"
)


class ListRow(NamedTuple):
    """One line of a shelf as it is stored."""

    id: str
    title: str
    subject: str
    sender: str
    sent_at: str
    waiting: int
    lowest: float
    marks: str


class EntryRow(NamedTuple):
    """One OutboxEntry with what its columns say now."""

    body: OutboxEntry
    state: str
    attempts: int
    sentence: str
    live: Fields


class MovingRow(NamedTuple):
    """One unsettled OutboxEntry: its row, when it is tried next (None: at once), when last, and whose card it is on."""

    entry: EntryRow
    due_at: datetime | None
    tried_at: datetime | None
    proposal_id: str


class HealthRow(NamedTuple):
    """How one Connection, the model or the agent is doing."""

    at: datetime | None
    is_ok: bool
    sentence: str


class Reader:
    """One read-only connection; not thread-safe."""

    def __init__(self, path: Path, raw_key: bytes) -> None:
        self._path = path
        self._connection = connect(path, raw_key, is_read_only=True)
        self._driver_error: type[Exception] = self._connection.Error

    def is_current(self) -> bool:
        """Whether the store has this program's schema; when not, `Store` has to be opened first to migrate it."""
        rows = self._rows("select name from sqlite_master where name = 'migration'")
        latest = self._rows("select name from migration order by seq desc limit 1") if rows else []
        return bool(latest) and latest[0][0] == LATEST

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return list(self._connection.execute(sql, values))
        except self._driver_error as error:
            raise translate(error, self._path) from error

    def list_rows(self, shelf: str, *, offset: int, limit: int) -> list[ListRow]:
        """Return lines of a shelf, newest mail first."""
        return [
            ListRow(*row)
            for row in self._rows(
                "select id, title, subject, sender, sent_at, waiting, lowest, marks from proposal "
                "where shelf = ? order by sent_at desc, id limit ? offset ?",
                shelf,
                limit,
                offset,
            )
        ]

    def proposal(self, proposal_id: str) -> tuple[Proposal, str] | None:
        """Return a Proposal without its parts, and until when it is snoozed."""
        rows = self._rows("select body, snoozed_until from proposal where id = ?", proposal_id)
        return (decode(rows[0][0], Proposal), rows[0][1]) if rows else None

    def suggestions(self, proposal_id: str) -> list[tuple[Suggestion, str]]:
        """Return Suggestions of a card with their states, in order."""
        rows = self._rows("select body, state from suggestion where proposal_id = ? order by position", proposal_id)
        return [(decode(body, Suggestion), state) for body, state in rows]

    def draft(self, proposal_id: str) -> tuple[Draft, str] | None:
        """Return the Draft of a card with its state."""
        rows = self._rows("select body, state from draft where proposal_id = ?", proposal_id)
        return (decode(rows[0][0], Draft), rows[0][1]) if rows else None

    def source(self, interaction_id: str) -> tuple[Interaction, Reading | None] | None:
        """Return an Interaction and its Reading."""
        rows = self._rows(
            "select i.body, r.body from interaction i left join reading r on r.interaction_id = i.id where i.id = ?",
            interaction_id,
        )
        if not rows:
            return None
        return decode(rows[0][0], Interaction), decode(rows[0][1], Reading) if rows[0][1] else None

    def latest_entries(self, subject_ids: list[str]) -> dict[str, EntryRow]:
        """Return the latest OutboxEntry of each subject that has one."""
        marks = ",".join("?" * len(subject_ids))
        rows = self._rows(
            "select subject_id, body, state, attempts, sentence, live from outbox_entry where seq in "  # noqa: S608
            f"(select max(seq) from outbox_entry where subject_id in ({marks}) group by subject_id)",
            *subject_ids,
        )
        return {row[0]: _entry_row(row[1:]) for row in rows}

    def entries(self, limit: int) -> list[EntryRow]:
        """Return the newest OutboxEntries."""
        rows = self._rows(
            "select body, state, attempts, sentence, live from outbox_entry order by seq desc limit ?", limit
        )
        return [_entry_row(row) for row in rows]

    def moving(self, limit: int) -> list[MovingRow]:
        """Return the OutboxEntries that are on their way or wait for a person, oldest first."""
        rows = self._rows(
            "select e.body, e.state, e.attempts, e.sentence, e.live, e.not_before, "
            "(select max(a.started_at) from attempt a where a.entry_id = e.id), "
            "coalesce((select s.proposal_id from suggestion s where s.id = e.subject_id), "
            "(select d.proposal_id from draft d where d.id = e.subject_id), '') "
            "from outbox_entry e where e.state not in ('delivered', 'cancelled') order by e.seq + 0 limit ?",
            limit,
        )
        return [
            MovingRow(_entry_row(row[:5]), from_text(row[5] or ""), from_text(row[6] or ""), row[7]) for row in rows
        ]

    def moving_by_connection(self) -> dict[str, int]:
        """Return Connection → how many entries wait to be sent there."""
        return dict(
            self._rows(
                "select connection_id, count(*) from outbox_entry "
                "where state not in ('delivered', 'cancelled') and state in ('waiting', 'sending', 'needs_user') "
                "group by connection_id"
            )
        )

    def place(self, proposal_id: str) -> tuple[str, int] | None:
        """Return the shelf a card lies on and how many cards stand above it there, or None when it is gone."""
        found = self._rows("select shelf, sent_at from proposal where id = ?", proposal_id)
        if not found:
            return None
        shelf, sent_at = found[0]
        above = self._rows(
            "select count(*) from proposal where shelf = ? and (sent_at > ? or (sent_at = ? and id < ?))",
            shelf,
            sent_at,
            sent_at,
            proposal_id,
        )
        return shelf, int(above[0][0])

    def suggestion_title(self, suggestion_id: str) -> str:
        """Return the words a Suggestion goes by, or the empty string."""
        rows = self._rows("select body from suggestion where id = ?", suggestion_id)
        return decode(rows[0][0], Suggestion).title if rows else ""

    def record_title(self, connection_id: str, kind: str, record_id: str) -> str:
        """Return the words a mirrored Record goes by, or the empty string."""
        found = self.record(connection_id, kind, record_id)
        return found.title if found else ""

    def rules(self, connection_id: str, kind: RecordKind) -> RecordRules:
        """Return what the CRM lets the rep write; while it was not asked, everything that there is."""
        rows = self._rows(
            "select body from record_rules where connection_id = ? and kind = ?", connection_id, kind.value
        )
        return decode(rows[0][0], RecordRules) if rows else anything_goes(kind)

    def record(self, connection_id: str, kind: str, record_id: str) -> RecordSnapshot | None:
        """Return a Record as it was last mirrored, or None."""
        rows = self._rows(
            "select body from snapshot where connection_id = ? and kind = ? and record_id = ?",
            connection_id,
            kind,
            record_id,
        )
        return decode(rows[0][0], RecordSnapshot) if rows else None

    def tally(self, what: str) -> dict[str, int]:
        """Return state → how many, for `proposal` (by shelf), `interaction`, or `outbox_entry` (what is unsettled)."""
        if what == "outbox_entry":
            return dict(self._rows(UNSETTLED))
        return dict(self._rows("select state, count from tally where what = ?", what))

    def unfinished(self, limit: int) -> list[tuple[Interaction, str]]:
        """Return ignored and failed mails with the reason, newest first."""
        rows = self._rows(
            "select body, reason from interaction where state in ('ignored', 'failed') order by sent_at desc limit ?",
            limit,
        )
        return [(decode(body, Interaction), reason) for body, reason in rows]

    def connections(self) -> list[Connection]:
        """Return the Connections in the order they were added."""
        rows = self._rows("select body from connection order by created_at, id")
        return [decode(body, Connection) for (body,) in rows]

    def health(self) -> dict[str, HealthRow]:
        """Return subject → how it is doing."""
        rows = self._rows("select subject, at, is_ok, sentence from health")
        return {subject: HealthRow(from_text(at), bool(is_ok), sentence) for subject, at, is_ok, sentence in rows}


def _entry_row(row: tuple[Any, ...]) -> EntryRow:
    body, state, attempts, sentence, live = row
    return EntryRow(decode(body, OutboxEntry), state, attempts, sentence, decode(live, Fields))
