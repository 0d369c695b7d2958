"""Open the encrypted file, keep it whole, and turn the driver's errors into ours.

The recipe: SQLCipher 4 with a raw 256-bit key (no key derivation, so a connection opens at once), WAL,
`synchronous=FULL` because exactly-once rests on what was committed before a send, and BEGIN IMMEDIATE because two
processes (window and agent) write: a transaction that starts as a reader and turns writer could fail half-way.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop.domain.errors import DealsideError, Defect, Temporary, UserActionNeeded
from desktop.system.files import replace_durably

log = logging.getLogger("dealside.store")

KEY_BYTES = 32
LATEST = "m001_first"  # the last of migrations.MIGRATIONS, known here so that a reader need not import SQLAlchemy
BUSY_SECONDS = 10.0
SMALLEST = 512  # bytes; the smallest page SQLite knows
PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY")


def fingerprint(raw_key: bytes) -> str:
    """Return what tells a wrong key from a damaged file. One-way, and useless against a random 256-bit key."""
    return hashlib.sha256(b"dealside store fingerprint\0" + raw_key).hexdigest()[:16]


def _mark_path(path: Path) -> Path:
    return path.with_suffix(path.suffix + ".id")


def connect(path: Path, raw_key: bytes, *, is_read_only: bool = False) -> Any:
    """Return a raw DB-API connection with the key applied and proven, or raise a DealsideError."""
    from sqlcipher3 import dbapi2  # noqa: PLC0415  (native library, wanted only where a store is opened)

    if len(raw_key) != KEY_BYTES:
        raise Defect("The key of the store has the wrong length.", detail=f"{len(raw_key)} bytes")
    try:
        uri = f"{path.absolute().as_uri()}?mode={'ro' if is_read_only else 'rwc'}"
        raw = dbapi2.connect(uri, uri=True, check_same_thread=False, timeout=BUSY_SECONDS, isolation_level=None)
        raw.execute("pragma cipher_log_level=NONE")
        raw.execute(f"pragma key=\"x'{raw_key.hex()}'\"")
        raw.execute("select count(*) from sqlite_master")
        for pragma in PRAGMAS[:1] if is_read_only else PRAGMAS:
            raw.execute(f"pragma {pragma}")
    except dbapi2.Error as error:
        raise translate(error, path, raw_key) from error
    return raw


def translate(error: BaseException, path: Path, raw_key: bytes | None = None) -> DealsideError:
    """Return our error for one of the driver's. Nothing here changes the file."""
    words = str(error).lower()
    detail = f"{type(error).__name__}: {error} ({path.name})"
    if "not a database" in words or "malformed" in words or "disk image" in words:
        if "not a database" in words and raw_key is not None and _is_other_key(path, raw_key):
            return UserActionNeeded(
                "The key in your keyring does not open your data: sign in as the user who set Dealside up, or restore "
                "the keyring. Nothing was changed.",
                detail=detail,
            )
        return UserActionNeeded(
            f"Your data file {path} is damaged. It is kept as it is: restore a backup of it, or move it away to "
            "start afresh.",
            detail=detail,
        )
    if "full" in words:
        return UserActionNeeded("The disk is full: free some space. Nothing was lost.", detail=detail)
    if "readonly" in words or "unable to open" in words or "permission" in words or "i/o error" in words:
        return UserActionNeeded(
            f"Dealside cannot write to {path.parent}: check that the folder exists and is yours.", detail=detail
        )
    if "locked" in words or "busy" in words:
        return Temporary("The data file is busy: trying again.", detail=detail, retry_after=1.0)
    return Defect("The data file answered with something unexpected.", detail=detail)


def _is_other_key(path: Path, raw_key: bytes) -> bool:
    try:
        mark = json.loads(_mark_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return bool(mark.get("fingerprint") != fingerprint(raw_key))


def write_mark(path: Path, raw_key: bytes) -> None:
    """Keep the key's fingerprint beside a store that this key has opened, durably, if it is not there yet."""
    mark = _mark_path(path)
    if not mark.exists():
        replace_durably(mark, json.dumps({"fingerprint": fingerprint(raw_key)}).encode())


def refuse_stump(path: Path) -> None:
    """Raise UserActionNeeded for a file too short to be a store, which SQLite would take for a new one and fill."""
    if path.exists() and (size := path.stat().st_size) < SMALLEST and (size or _mark_path(path).exists()):
        raise translate(ValueError(f"database disk image is {size} bytes long"), path)


def _begin(connection: Any) -> None:
    is_reading = connection.get_execution_options().get("is_reading", False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


class Database:
    """One SQLAlchemy engine over the encrypted file. `boundary` is told before and after each commit."""

    def __init__(self, path: Path, raw_key: bytes, boundary: Callable[[str], None]) -> None:
        from sqlalchemy import create_engine, event  # noqa: PLC0415  (0.3 s: the window paints before it needs this)
        from sqlalchemy.pool import QueuePool  # noqa: PLC0415
        from sqlcipher3 import dbapi2  # noqa: PLC0415

        self.path = path
        self._raw_key = raw_key
        self._boundary = boundary
        self.engine = create_engine(
            "sqlite://", module=dbapi2, creator=lambda: connect(path, raw_key), poolclass=QueuePool, pool_size=8
        )
        event.listen(self.engine, "begin", _begin)

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Yield a SQLAlchemy Connection that sees one moment and takes no write lock."""
        from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

        try:
            with self.engine.connect().execution_options(is_reading=True) as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            raise translate(error.orig or error, self.path, self._raw_key) from error

    @contextmanager
    def begin(self) -> Iterator[Any]:
        """Yield a SQLAlchemy Connection in one write transaction; commit at the end, roll back on any error."""
        from sqlalchemy.exc import DBAPIError, IntegrityError  # noqa: PLC0415

        try:
            with self.engine.connect() as connection, connection.begin() as transaction:
                yield connection
                self._boundary("commit")
                transaction.commit()
            self._boundary("committed")
        except IntegrityError as error:
            raise Defect("A row was about to be stored twice.", detail=str(error.orig)) from error
        except DBAPIError as error:
            raise translate(error.orig or error, self.path, self._raw_key) from error

    def close(self) -> None:
        """Close every connection; the WAL is folded into the file."""
        self.engine.dispose()
