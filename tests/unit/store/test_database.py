"""The file: what opens it, what must not, and what is said and kept when something is wrong with it."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from desktop.domain.errors import Defect, Temporary, UserActionNeeded
from desktop.store import migrations, outbox
from desktop.store.calibrators import CalibratorRow
from desktop.store.database import LATEST, Database, connect
from desktop.store.reader import Reader
from desktop.store.store import Store
from tests.fakes.clock import ManualClock
from tests.fakes.situations import KEY, NOON, interaction, message, new_store

OTHER_KEY = bytes(reversed(KEY))


def filled(folder: Path) -> Path:
    store = new_store(folder)
    with store.transaction() as tx:
        tx.interactions.add(interaction(message("a very particular sentence")), b"raw words of a mail")
    store.close()
    return folder / "store.db"


def test_nothing_is_readable_in_the_files(tmp_path):
    store = new_store(tmp_path)
    with store.transaction() as tx:
        tx.interactions.add(interaction(message("a very particular sentence")), b"raw words of a mail")
    for file in tmp_path.iterdir():
        raw = file.read_bytes()
        assert b"particular" not in raw
        assert b"raw words" not in raw
        assert b"SQLite format" not in raw
        assert KEY not in raw
        assert KEY.hex().encode() not in raw
    store.close()


def test_what_was_stored_is_there_after_opening_again(tmp_path):
    path = filled(tmp_path)
    store = Store(path, KEY, ManualClock(NOON))
    with store.reading() as tx:
        item = tx.interactions.get(interaction().id)
        assert item is not None
        assert tx.interactions.raw(item.id) == b"raw words of a mail"
    store.close()


def test_a_wrong_key_is_told_apart_from_damage_and_changes_nothing(tmp_path):
    path = filled(tmp_path)
    before = path.read_bytes()
    with pytest.raises(UserActionNeeded, match="keyring does not open"):
        Store(path, OTHER_KEY, ManualClock(NOON))
    assert path.read_bytes() == before


def test_a_damaged_file_is_kept_as_it_is(tmp_path):
    path = filled(tmp_path)
    path.write_bytes(b"garbage " * 1000)
    before = path.read_bytes()
    with pytest.raises(UserActionNeeded, match="is damaged"):
        Store(path, KEY, ManualClock(NOON))
    assert path.read_bytes() == before


@pytest.mark.parametrize("length", [1, 100, 4096, 9000])
def test_a_file_cut_short_is_kept_as_it_is(tmp_path, length):
    path = filled(tmp_path)
    path.write_bytes(path.read_bytes()[:length])
    before = path.read_bytes()
    with pytest.raises(UserActionNeeded, match="damaged"):
        Store(path, KEY, ManualClock(NOON))
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused_and_left_alone(tmp_path):
    path = filled(tmp_path)
    database = Database(path, KEY, lambda _name: None)
    with database.begin() as sql:
        sql.execute(text("insert into migration (name, applied_at) values ('m999_future', '')"))
    database.close()
    with pytest.raises(UserActionNeeded, match="newer Dealside"):
        Store(path, KEY, ManualClock(NOON))
    reader = Reader(path, KEY)
    assert not reader.is_current()
    reader.close()


def test_the_reader_knows_the_last_migration():
    assert migrations.MIGRATIONS[-1].__name__ == LATEST


def test_a_store_of_the_first_release_gets_what_came_later(tmp_path):
    path = tmp_path / "store.db"
    connect(path, KEY).close()
    database = Database(path, KEY, lambda _name: None)
    with database.begin() as sql:
        migrations.migrate(sql, NOON, (migrations.m001_first,))
        assert list(sql.execute(text("select 1 from sqlite_master where name = 'calibrator'"))) == []
    database.close()
    store = Store(path, KEY, ManualClock(NOON))
    row = CalibratorRow("", "rules-1", NOON, 12, "{}")
    with store.transaction() as tx:
        tx.calibrators.save(row)
        assert tx.calibrators.of_rules("rules-1") == (row,)
    store.close()


def test_a_migration_that_fails_leaves_the_store_at_the_version_before(tmp_path):
    path = filled(tmp_path)

    def m999_breaks(sql):
        sql.execute(text("create table half (id text)"))
        raise RuntimeError("half-way")

    database = Database(path, KEY, lambda _name: None)
    with pytest.raises(RuntimeError), database.begin() as sql:
        migrations.migrate(sql, NOON, (*migrations.MIGRATIONS, m999_breaks))
    with database.begin() as sql:
        assert migrations.applied(sql) == [step.__name__ for step in migrations.MIGRATIONS]
        assert list(sql.execute(text("select 1 from sqlite_master where name = 'half'"))) == []
    database.close()


def test_migrations_are_applied_once_and_in_order(tmp_path):
    seen = []

    def m999_next(_sql):
        seen.append("m999_next")

    path = filled(tmp_path)
    database = Database(path, KEY, lambda _name: None)
    for _ in range(2):
        with database.begin() as sql:
            migrations.migrate(sql, NOON, (*migrations.MIGRATIONS, m999_next))
    assert seen == ["m999_next"]
    database.close()


def test_a_folder_that_cannot_be_written_to(tmp_path):
    locked = tmp_path / "no" / "such" / "folder" / "store.db"
    with pytest.raises(UserActionNeeded, match="cannot write to"):
        Store(locked, KEY, ManualClock(NOON))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to drop to another user")
def test_a_read_only_folder_seen_by_an_ordinary_user(tmp_path):
    path = filled(tmp_path)
    shutil.chown(tmp_path, "root")
    for item in [tmp_path, *tmp_path.parents][:3]:  # up to pytest's own folder, never the system's
        item.chmod(0o755)
    for file in tmp_path.iterdir():
        file.chmod(0o644)
    program = (
        "import os, sys; from pathlib import Path; from desktop.store.store import Store;"
        "from desktop.domain.errors import UserActionNeeded; from tests.fakes.clock import ManualClock;"
        "import sqlcipher3.dbapi2, sqlalchemy.dialects.sqlite; os.setgid(65534); os.setuid(65534)\n"
        f"try:\n    Store(Path({str(path)!r}), bytes(range(32)), ManualClock())\n"
        "except UserActionNeeded as error:\n    print(error.sentence)\n"
    )
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "cannot write to" in done.stdout
    assert path.read_bytes() == before


def test_a_full_disk_loses_nothing(tmp_path):
    """A file-size limit makes the kernel refuse to write, as a full disk does."""
    path = filled(tmp_path)
    program = (
        "import os, resource, signal; from pathlib import Path; from desktop.store.store import Store;"
        "from desktop.domain.errors import DealsideError; from tests.fakes.clock import ManualClock;"
        "from tests.fakes.situations import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"store = Store(Path({str(path)!r}), KEY, ManualClock(NOON))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))\n"
        "kept = 0\n"
        "try:\n"
        "    for n in range(2, 200):\n"
        "        with store.transaction() as tx:\n"
        "            tx.interactions.add(interaction(message('x', number=n)), os.urandom(20000))\n"
        "        kept = n\n"
        "except DealsideError as error:\n"
        "    print(type(error).__name__, kept, error.sentence)\n"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    name, kept, *_ = done.stdout.split()
    assert name == "UserActionNeeded", done.stdout
    store = Store(path, KEY, ManualClock(NOON))
    with store.reading() as tx:
        counts = tx.interactions.count_by_state()
    assert sum(counts.values()) == int(kept)
    store.close()


def test_a_raw_connection_proves_its_key(tmp_path):
    path = filled(tmp_path)
    connect(path, KEY, is_read_only=True).close()
    with pytest.raises(UserActionNeeded):
        connect(path, OTHER_KEY, is_read_only=True)


def test_the_reader_cannot_write(tmp_path):
    path = filled(tmp_path)
    raw = connect(path, KEY, is_read_only=True)
    with pytest.raises(raw.Error, match="readonly"):
        raw.execute("delete from interaction")
    raw.close()


def test_boundaries_are_told_around_every_commit(tmp_path):
    told = []
    store = new_store(tmp_path, boundary=told.append)
    told.clear()
    with store.transaction() as tx:
        tx.interactions.add(interaction(), b"raw")
    assert told == ["commit", "committed"]
    store.close()


def test_every_connection_checks_its_pages_with_the_formats_hmac(tmp_path):
    path = filled(tmp_path)
    for is_read_only in (False, True):
        raw = connect(path, KEY, is_read_only=is_read_only)
        assert raw.execute("pragma cipher_hmac_algorithm").fetchone() == ("HMAC_SHA256",)
        assert raw.execute("pragma cipher_use_hmac").fetchone() == ("1",)
        assert raw.execute("pragma cipher_integrity_check").fetchall() == []
        raw.close()


def test_one_changed_byte_is_noticed(tmp_path):
    path = filled(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[4096 * 3 + 100] ^= 1
    path.write_bytes(raw)
    database = Database(path, KEY, lambda _name: None)
    with pytest.raises(UserActionNeeded, match="is damaged"), database.reading() as sql:
        list(sql.execute(text("pragma integrity_check")))
    database.close()


def test_connections_are_kept_and_closed(tmp_path):
    path = filled(tmp_path)
    database = Database(path, KEY, lambda _name: None)
    with database.begin() as first, database.reading() as second:
        assert second is not first
    with database.reading() as again:
        assert again in (first, second)
    database.close()
    with pytest.raises(first.driver.ProgrammingError):
        first.driver.execute("select 1")
    assert not path.with_name("store.db-wal").exists()


def test_a_connection_is_clean_after_an_error(tmp_path):
    database = Database(filled(tmp_path), KEY, lambda _name: None)
    for _ in range(3):
        with pytest.raises(Defect), database.begin() as sql:
            sql.execute(text("insert into checkpoint values ('a', '')"))
            sql.execute(text("insert into checkpoint values ('a', '')"))
        with database.reading() as sql:
            assert list(sql.execute(text("select * from checkpoint"))) == []
    database.close()


def test_a_store_that_somebody_else_writes_to_is_busy_not_broken(tmp_path):
    path = filled(tmp_path)
    database = Database(path, KEY, lambda _name: None)
    with database.begin(), pytest.raises(Temporary):
        other = Database(path, KEY, lambda _name: None)
        impatient = other.take()
        impatient.driver.execute("pragma busy_timeout=0")
        other.put_back(impatient)
        with other.begin():
            pass
    with other.begin() as sql:
        sql.execute(text("insert into checkpoint values ('a', '')"))
    database.close()
    other.close()


def test_a_reader_counts_what_is_unsettled(tmp_path):
    store = new_store(tmp_path)
    with store._database.begin() as sql:
        for number, state in enumerate(("waiting", "delivered", "conflict", "waiting", "cancelled")):
            row = {"id": f"e{number}", "subject_id": "s", "connection_id": "c", "operation": "create", "state": state}
            sql.run(outbox.ADD, **row, idempotency_key="k", body="{}")
    reader = Reader(store.path, KEY)
    assert reader.tally("outbox_entry") == {"waiting": 2, "conflict": 1}
    reader.close()
    store.close()
