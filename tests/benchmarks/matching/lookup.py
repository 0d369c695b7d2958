"""One contact among 100,000: the Mirror's keys and the comparison after them, beside rapidfuzz over all names."""

import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cdist

from desktop.domain.ids import ConnectionId, RecordId
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.matching.likeness import likeness
from desktop.matching.profile import profile_of
from desktop.store.store import Store
from desktop.system.clock import SystemClock
from tests.benchmarks.figures import median, percentile, table
from tests.benchmarks.matching.people import Book, book, slip

ROWS, LOOKUPS, SEED = 100_000, 400, 11
PEER_LOOKUPS = 60
AT_ONCE = 5_000
CRM = ConnectionId("crm")
TARGET = 0.1
NOW = datetime(2026, 11, 21, tzinfo=UTC)
Fields = dict[str, str | None]


def measure() -> dict:
    """Look up contacts that are in the book, spelt as there or with a slip and without their address."""
    people = book(ROWS, SEED)
    chance = random.Random(SEED)
    wanted = [(row, _spelt(_fields(people, row), chance)) for row in chance.sample(range(ROWS), LOOKUPS)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db", bytes(range(32)), SystemClock())
        _fill(store, people)
        ours, met, first = [], 0, 0
        for row, fields in wanted:
            start = time.perf_counter()
            found = _look_up(store, fields)
            ours.append((time.perf_counter() - start) * 1000)
            who = [people.people[int(record.ref.id)] == people.people[row] for record in found]
            met, first = met + any(who), first + (who[:1] == [True])
        store.close()
    names = [f"{one} {two} {three}" for one, two, three in zip(*_named(people), strict=True)]
    peer = [_timed_peer(_text(fields), names) for _, fields in wanted[:PEER_LOOKUPS]]
    ratio = percentile(ours, 0.95) / percentile(peer, 0.95)
    table(
        f"matching: one contact among {ROWS:,}",
        [
            (
                "ours, median / p95",
                f"{median(ours):.2f} / {percentile(ours, 0.95):.2f} ms",
                "keys, records, comparison",
            ),
            ("rapidfuzz cdist, median / p95", f"{median(peer):.1f} / {percentile(peer, 0.95):.1f} ms", "all names"),
            ("ours / rapidfuzz, p95", f"{ratio:.3f}", f"target ≤ {TARGET}"),
            ("is among those found", f"{met / LOOKUPS:.3f}", "a quarter as it stands, the rest with slips and gaps"),
            ("is the first of them", f"{first / LOOKUPS:.3f}", ""),
        ],
    )
    return {
        "p95_ms": percentile(ours, 0.95),
        "ratio": round(ratio, 4),
        "found": met / LOOKUPS,
        "first": first / LOOKUPS,
    }


def _look_up(store: Store, fields: Fields) -> list[RecordSnapshot]:
    profile = profile_of(RecordKind.CONTACT, fields)
    with store.transaction() as tx:
        found = tx.mirror.alike(CRM, RecordKind.CONTACT, profile)
    return sorted(
        found, key=lambda one: likeness(profile, profile_of(RecordKind.CONTACT, one.fields)).chance, reverse=True
    )


def _fields(people: Book, row: int) -> Fields:
    value = {name: values[row] for name, values in people.columns.items()}
    return {name: value[name].title() or None for name in ("first_name", "last_name")} | {
        "email": value["email"] or None,
        "phone": f"+49{value['phone']}" if value["phone"] else None,
    }


def _spelt(fields: Fields, chance: random.Random) -> Fields:
    kind = chance.randrange(4)
    changed = dict(fields)
    if kind in {1, 3}:
        changed["email"] = None
    if kind in {2, 3}:
        changed["last_name"] = slip(fields["last_name"] or "", chance, "aeinrst") or None
        changed["phone"] = None
    return changed


def _fill(store: Store, people: Book) -> None:
    for start in range(0, ROWS, AT_ONCE):
        with store.transaction() as tx:
            for row in range(start, min(ROWS, start + AT_ONCE)):
                ref = RecordRef(RecordKind.CONTACT, RecordId(str(row)))
                tx.mirror.save(CRM, RecordSnapshot(ref, _fields(people, row), "1", NOW))


def _named(people: Book) -> list[list[str]]:
    return [people.columns[name][:ROWS] for name in ("first_name", "last_name", "email")]


def _text(fields: Fields) -> str:
    return " ".join((fields[name] or "").lower() for name in ("first_name", "last_name", "email"))


def _timed_peer(text: str, names: list[str]) -> float:
    start = time.perf_counter()
    cdist([text], names, scorer=JaroWinkler.similarity)
    return (time.perf_counter() - start) * 1000
