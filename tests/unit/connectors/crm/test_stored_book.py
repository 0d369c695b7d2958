"""The local book over the real, encrypted table keeps the same promises as over the one in memory."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.connectors.crm.book import LocalBook
from desktop.store.store import Store
from tests.conformance.crm import CrmConformance
from tests.fakes.clock import ManualClock
from tests.unit.connectors.crm.test_book import BookSide


class StoredSide(BookSide):
    """The table of a store."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        super().__init__()
        self.clock = clock
        self.book = store.book


@pytest.fixture
def other_side(tmp_path: Path) -> Iterator[StoredSide]:
    clock = ManualClock()
    store = Store(tmp_path / "store.db", b"k" * 32, clock)
    yield StoredSide(store, clock)
    store.close()


@pytest.fixture
def crm(other_side: StoredSide) -> LocalBook:
    numbers = itertools.count(1)
    return LocalBook(other_side.book, new_id=lambda: f"{next(numbers):032d}")


class TestStoredBook(CrmConformance):
    """The suite."""
