"""The encrypted store: unlock, a list of 100,000, and the outbox queue beside the same on stdlib sqlite3."""

import json
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.ids import ConnectionId, EntryId, derive
from desktop.domain.records import RecordKind
from desktop.review.queries import StoredQueries
from desktop.review.views import Shelf
from desktop.store.codec import decode, encode
from desktop.store.database import connect
from desktop.store.moments import to_text
from desktop.store.reader import Reader
from desktop.store.statements import Statement
from desktop.store.store import Store
from desktop.store.tables import interaction, proposal
from desktop.system.clock import SystemClock
from tests.benchmarks.figures import median, percentile, table, timed

KEY = bytes(range(32))
ROWS = 100_000
FILES = 7  # pairs of new files, ours and the peer's: a burst of other work on the machine spoils one, not the median
QUEUE = 400  # inserts, reads and updates on each
GROWN = 150  # rounds after which both WALs have their full size and are written over, which makes commits quicker
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SAME = ("journal_mode", "synchronous", "secure_delete", "temp_store", "foreign_keys", "page_size", "wal_autocheckpoint")
ADD_MAIL = Statement(interaction.insert(), "id", "connection_id", "state", "message_id", "sent_at", "body")
ADD_CARD = Statement(
    proposal.insert(),
    *("id", "interaction_id", "shelf", "sent_at", "title", "subject", "sender", "waiting", "lowest", "marks", "body"),
)


def run(_data: Path | None) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        # First, while the disk is not yet busy with the 100,000.
        pairs = [_queues(Path(folder) / str(number)) for number in range(FILES)]
        path = Path(folder) / "store.db"
        store = Store(path, KEY, SystemClock())
        insert_ms = timed(lambda: _fill(store))
        unlock = [timed(lambda: connect(path, KEY, is_read_only=True).close()) for _ in range(40)]
        queries = StoredQueries(Reader(path, KEY))
        top = [timed(lambda: queries.cards(Shelf.OPEN, offset=0, limit=200)) for _ in range(30)]
        deep = [timed(lambda: queries.cards(Shelf.OPEN, offset=ROWS // 2, limit=200)) for _ in range(10)]
        counts = [timed(queries.counts) for _ in range(10)]
        queries.close()
        store.close()
    ours, peer = [turn.ours for turns in pairs for turn in turns], [turn.peer for turns in pairs for turn in turns]
    ratio = median([_ratio(turns) for turns in pairs])
    late = median([_ratio([turn for turn in turns if turn.number >= GROWN]) for turns in pairs])
    table(
        f"store: {ROWS:,} interactions",
        [
            ("unlock with the raw key (median)", f"{median(unlock):.2f} ms", "target ≤ 5 ms"),
            (
                "insert 100,000 interactions with cards",
                f"{insert_ms / 1000:.1f} s",
                f"{ROWS / insert_ms * 1000:,.0f}/s",
            ),
            ("list, first page of 200 (median)", f"{median(top):.1f} ms", "target < 30 ms"),
            ("list, page in the middle (median)", f"{median(deep):.1f} ms", "target < 30 ms"),
            ("counts (median)", f"{median(counts):.1f} ms", ""),
            (
                "queue operation p95, ours, encrypted",
                f"{percentile(ours, 0.95):.2f} ms",
                f"median {median(ours):.2f} ms",
            ),
            (
                "queue operation p95, stdlib sqlite3",
                f"{percentile(peer, 0.95):.2f} ms",
                f"median {median(peer):.2f} ms",
            ),
            (f"ratio of the p95 (median of {FILES} pairs of files)", f"{ratio:.2f}", "target ≤ 1.15"),
            (
                "the same once the WALs have their size",
                f"{late:.2f}",
                "commits are quicker then, so the cipher weighs more",
            ),
        ],
    )
    return {
        "ratios": {"queue_p95_vs_sqlite": round(ratio, 3), "queue_p95_vs_sqlite_late": round(late, 3)},
        "unlock_ms": round(median(unlock), 3),
        "list_ms": round(max(median(top), median(deep)), 2),
    }


def _fill(store: Store) -> None:
    for start in range(0, ROWS, 5000):
        mails, cards = [], []
        for number in range(start, start + 5000):
            at = to_text(NOW - timedelta(minutes=number))
            key = derive("bench", str(number))
            mails.append(
                {
                    "id": key,
                    "connection_id": "m",
                    "state": "proposed",
                    "message_id": f"<{number}@x>",
                    "sent_at": at,
                    "body": "{}" * 200,
                }
            )
            cards.append(
                {
                    "id": key,
                    "interaction_id": key,
                    "shelf": "open",
                    "sent_at": at,
                    "title": f"Jane Roe {number}, Buyer Ltd",
                    "subject": f"Inquiry {number}",
                    "sender": "Jane Roe",
                    "waiting": 4,
                    "lowest": 0.8,
                    "marks": "open",
                    "body": "{}" * 200,
                }
            )
        with store._database.begin() as sql:
            sql.run_many(ADD_MAIL, mails)
            sql.run_many(ADD_CARD, cards)


def _entry(number: int) -> OutboxEntry:
    return OutboxEntry(
        id=EntryId(derive("entry", str(number))),
        subject_id=derive("subject", str(number)),
        connection_id=ConnectionId("crm"),
        operation=Operation.CREATE,
        kind=RecordKind.CONTACT,
        target=None,
        fields={
            "first_name": "Jane",
            "last_name": "Roe",
            "email": f"jane{number}@buyer.example",
            "phone": "+442079460123",
        },
        before={},
        version="",
        idempotency_key=derive("key", str(number)),
        created_at=NOW,
    )


class Turn(NamedTuple):
    """One operation on both files: the how-manieth round it belongs to, and milliseconds."""

    number: int
    ours: float
    peer: float


def _peer(store: Store, path: Path) -> sqlite3.Connection:
    """Return stdlib sqlite3 on a new file with the schema of ours, triggers included, and its pragmas."""
    peer = sqlite3.connect(path, isolation_level=None)
    with store._database.reading() as sql:
        schema = [row[0] for row in sql.execute(text("select sql from sqlite_master where sql is not null"))]
        pragmas = {name: str(sql.execute(text(f"pragma {name}")).fetchone()[0]) for name in SAME}
    for name in sorted(SAME, key="page_size".__ne__):  # first, while the file is empty
        peer.execute(f"pragma {name}={pragmas[name]}")
    assert {name: str(peer.execute(f"pragma {name}").fetchone()[0]) for name in SAME} == pragmas
    for statement in schema:
        peer.execute(statement)
    return peer


def _queues(folder: Path) -> list[Turn]:
    """Both files are new, so both WALs grow alike. Who goes first alternates: the first pays for cold caches."""
    folder.mkdir()
    store = Store(folder / "queue.db", KEY, SystemClock())
    peer = _peer(store, folder / "peer.db")
    turns: list[Turn] = []
    for number in range(QUEUE):
        entry = _entry(number)
        for mine, other in zip(_our_operations(store, entry), _peer_operations(peer, entry), strict=True):
            if number % 2:
                ours_ms, peer_ms = timed(mine), timed(other)
            else:
                peer_ms, ours_ms = timed(other), timed(mine)
            turns.append(Turn(number, ours_ms, peer_ms))
    peer.close()
    store.close()
    return turns


def _ratio(turns: list[Turn]) -> float:
    return percentile([turn.ours for turn in turns], 0.95) / percentile([turn.peer for turn in turns], 0.95)


def _our_operations(store: Store, entry: OutboxEntry) -> list:
    def insert() -> None:
        with store.transaction() as tx:
            tx.outbox.add(entry)

    def read() -> None:
        with store.reading() as tx:
            assert tx.outbox.get(entry.id) == entry

    def update() -> None:
        with store.transaction() as tx:
            tx.outbox.settle(entry.id, DeliveryState.DELIVERED)

    return [insert, read, update]


def _peer_operations(peer: sqlite3.Connection, entry: OutboxEntry) -> list:
    def insert() -> None:
        peer.execute("begin immediate")
        peer.execute(
            "insert into outbox_entry (id, subject_id, connection_id, operation, state, idempotency_key, body) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            (
                entry.id,
                entry.subject_id,
                entry.connection_id,
                "create",
                "waiting",
                entry.idempotency_key,
                encode(entry),
            ),
        )
        peer.execute("commit")

    def read() -> None:
        peer.execute("begin")
        row = peer.execute("select * from outbox_entry where id = ?", (entry.id,)).fetchone()
        assert decode(row[-1], OutboxEntry) == entry
        peer.execute("commit")

    def update() -> None:
        peer.execute("begin immediate")
        peer.execute(
            "update outbox_entry set state = ?, sentence = '', live = ?, not_before = '' where id = ?",
            ("delivered", json.dumps({}), entry.id),
        )
        peer.execute("commit")

    return [insert, read, update]
