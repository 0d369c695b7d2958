"""What models read, and what the rep chose: in the encrypted file, also in one that an earlier release wrote."""

from datetime import date
from pathlib import Path

from desktop.domain.ports import Usage
from desktop.store import migrations
from desktop.store.database import Database, connect
from desktop.store.store import Store
from tests.fakes.clock import ManualClock
from tests.fakes.situations import KEY, NOON, new_store

DAY = date(2026, 11, 20)


def test_what_is_read_adds_up_and_is_there_after_opening_again(tmp_path: Path):
    store = new_store(tmp_path)
    store.meter.add("one", DAY, Usage(10, 1))
    store.meter.add("one", DAY, Usage(20, 2))
    store.meter.add("one", DAY, Usage(-5, 0))
    store.close()
    store = Store(tmp_path / "store.db", KEY, ManualClock(NOON))
    assert store.meter.spent("one", DAY) == Usage(25, 3)
    assert store.meter.spent("two", DAY) == Usage()
    store.close()


def test_settings_are_kept_changed_and_forgotten(tmp_path: Path):
    store = new_store(tmp_path)
    with store.transaction() as tx:
        tx.settings.save("colour", "red")
        tx.settings.save("colour", "blue")
        tx.settings.save("size", "")
    with store.transaction() as tx:
        assert (tx.settings.get("colour"), tx.settings.get("size", "7"), tx.settings.get("new", "7")) == (
            "blue",
            "",
            "7",
        )
        tx.settings.forget("colour")
        tx.settings.forget("unknown")
        assert tx.settings.get("colour") == ""
    store.close()


def test_a_store_from_before_gets_both(tmp_path: Path):
    path = tmp_path / "store.db"
    connect(path, KEY).close()
    database = Database(path, KEY, lambda _name: None)
    with database.begin() as sql:
        before = migrations.MIGRATIONS[: migrations.MIGRATIONS.index(migrations.m004_token_usage)]
        migrations.migrate(sql, NOON, before)
    database.close()
    store = Store(path, KEY, ManualClock(NOON))
    store.meter.add("one", DAY, Usage(10, 1))
    with store.transaction() as tx:
        tx.settings.save("colour", "red")
    assert store.meter.spent("one", DAY).total == 11
    store.close()
