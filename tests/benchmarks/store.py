"""The encrypted store: unlock, a list of 100,000, and the outbox queue beside the same on stdlib sqlite3."""

import json
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.ids import ConnectionId, EntryId, derive
from desktop.domain.records import RecordKind
from desktop.review.queries import StoredQueries
from desktop.review.views import Shelf
from desktop.store.codec import decode, encode
from desktop.store.database import connect
from desktop.store.moments import to_text
from desktop.store.reader import Reader
from desktop.store.store import Store
from desktop.store.tables import interaction, proposal
from desktop.system.clock import SystemClock
from tests.benchmarks.figures import median, percentile, table, timed

KEY = bytes(range(32))
ROWS = 100_000
QUEUE = 400
ROUNDS = 5
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PEER_TABLE = (
    "create table outbox_entry (seq integer primary key autoincrement, id text not null unique, "
    "subject_id text not null, connection_id text not null, operation text not null, state text not null, "
    "attempts integer not null default 0, not_before text not null default '', sentence text not null default '', "
    "live text not null default '{}', idempotency_key text not null, body text not null)"
)
PEER_SCHEMA = (
    PEER_TABLE,
    "create index outbox_by_state on outbox_entry (state, connection_id, seq)",
    "create index outbox_by_subject on outbox_entry (subject_id, seq)",
)


def run(_data: Path | None) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        store = Store(path, KEY, SystemClock())
        insert_ms = timed(lambda: _fill(store))
        unlock = [timed(lambda: connect(path, KEY, is_read_only=True).close()) for _ in range(40)]
        queries = StoredQueries(Reader(path, KEY))
        top = [timed(lambda: queries.cards(Shelf.OPEN, offset=0, limit=200)) for _ in range(30)]
        deep = [timed(lambda: queries.cards(Shelf.OPEN, offset=ROWS // 2, limit=200)) for _ in range(10)]
        counts = [timed(queries.counts) for _ in range(10)]
        queries.close()
        ours, peer = _queues(store, Path(folder))
        store.close()
    ratio = percentile(ours, 0.95) / percentile(peer, 0.95)
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
            ("ratio of the p95", f"{ratio:.2f}", "target ≤ 1.15"),
        ],
    )
    return {
        "ratios": {"queue_p95_vs_sqlite": round(ratio, 3)},
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
            sql.execute(interaction.insert(), mails)
            sql.execute(proposal.insert(), cards)


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


def _queues(store: Store, folder: Path) -> tuple[list[float], list[float]]:
    """Take turns, ours and the peer's, so that a disk that drifts drifts for both."""
    peer = sqlite3.connect(folder / "peer.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY"):
        peer.execute(f"pragma {pragma}")
    for statement in PEER_SCHEMA:
        peer.execute(statement)
    ours_ms: list[float] = []
    peer_ms: list[float] = []
    for number in range(QUEUE):
        ours, theirs = _our_operations(store, _entry(number)), _peer_operations(peer, _entry(number))
        for mine, other in zip(ours, theirs, strict=True):
            ours_ms.append(timed(mine))
            peer_ms.append(timed(other))
    peer.close()
    return ours_ms, peer_ms


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
