"""Open the encrypted file, keep it whole, and turn the driver's errors into ours.

The recipe: SQLCipher 4 with a raw 256-bit key (no key derivation, so a connection opens at once), WAL,
`synchronous=FULL` because exactly-once rests on what was committed before a send, and BEGIN IMMEDIATE because two
processes (window and agent) write: a transaction that starts as a reader and turns writer could fail half-way.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from desktop.domain.errors import DealsideError, Defect, Temporary, UserActionNeeded
from desktop.system.files import replace_durably

if TYPE_CHECKING:
    from desktop.store.statements import Sql

T = TypeVar("T")
log = logging.getLogger("dealside.store")

KEY_BYTES = 32
# The last of migrations.MIGRATIONS, known here so that a reader need not import SQLAlchemy.
LATEST = "m009_lead_keys"
BUSY_SECONDS = 10.0
IDLE_CONNECTIONS = 8
PAGE_HMAC = "HMAC_SHA256"  # part of the file format; processors do it in hardware, unlike SQLCipher's usual SHA-512
SMALLEST = 512  # bytes; the smallest page SQLite knows
PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY")


def fingerprint(raw_key: bytes) -> str:
    """Return what tells a wrong key from a damaged file. One-way, and useless against a random 256-bit key."""
    import hashlib  # noqa: PLC0415  (2 ms, and a reader whose key is right never asks)

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
        raw.execute(f"pragma cipher_hmac_algorithm={PAGE_HMAC}")
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
    import json  # noqa: PLC0415  (as above)

    try:
        mark = json.loads(_mark_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return bool(mark.get("fingerprint") != fingerprint(raw_key))


def write_mark(path: Path, raw_key: bytes) -> None:
    """Keep the key's fingerprint beside a store that this key has opened, durably, if it is not there yet."""
    mark = _mark_path(path)
    if not mark.exists():
        import json  # noqa: PLC0415  (as above)

        replace_durably(mark, json.dumps({"fingerprint": fingerprint(raw_key)}).encode())


def refuse_stump(path: Path) -> None:
    """Raise UserActionNeeded for a file too short to be a store, which SQLite would take for a new one and fill."""
    if path.exists() and (size := path.stat().st_size) < SMALLEST and (size or _mark_path(path).exists()):
        raise translate(ValueError(f"database disk image is {size} bytes long"), path)


class Database:
    """Connections to the encrypted file and the transactions on them. `boundary` is told before and after each commit.

    Connections are kept open between transactions: each has the key worked in, prepared statements and a warm cache.
    """

    def __init__(self, path: Path, raw_key: bytes, boundary: Callable[[str], None]) -> None:
        from sqlcipher3 import dbapi2  # noqa: PLC0415

        from desktop.store.statements import Sql  # noqa: PLC0415  (SQLAlchemy: the window paints before it needs this)

        self.path = path
        self.boundary = boundary
        self.driver_error: type[Exception] = dbapi2.Error
        self._twice: type[Exception] = dbapi2.IntegrityError
        self._raw_key = raw_key
        self._sql = Sql
        self._idle: list[Sql] | None = []  # None once closed; pop and append are atomic

    def reading(self) -> "Span[Sql]":
        """Return a context that sees one moment and takes no write lock."""
        return Span(self, _as_it_is, is_writing=False)

    def begin(self) -> "Span[Sql]":
        """Return a context of one write transaction; it commits at the end, and rolls back on any error."""
        return Span(self, _as_it_is, is_writing=True)

    def take(self) -> "Sql":
        """Return a connection to run one transaction on; `put_back` follows."""
        try:
            return (self._idle or []).pop()
        except IndexError:
            return self._sql(connect(self.path, self._raw_key))

    def put_back(self, sql: "Sql") -> None:
        """Keep a connection for the next transaction, after rolling back what was not committed."""
        idle = self._idle
        try:
            sql.driver.rollback()  # nothing, where nothing is open
        except self.driver_error:
            idle = None
        if idle is None or len(idle) >= IDLE_CONNECTIONS:
            sql.driver.close()
        else:
            idle.append(sql)

    def ours(self, error: BaseException) -> DealsideError:
        """Return our error for one of the driver's."""
        if isinstance(error, self._twice):
            return Defect("A row was about to be stored twice.", detail=str(error))
        return translate(error, self.path, self._raw_key)

    def close(self) -> None:
        """Close every connection; the WAL is folded into the file."""
        idle, self._idle = self._idle or [], None
        for sql in idle:
            sql.driver.close()


def _as_it_is(sql: "Sql") -> "Sql":
    return sql


class Span(Generic[T]):
    """One transaction: a context that gives `shape` of its Sql. A class, since a generator costs as much as a query."""

    __slots__ = ("_database", "_is_writing", "_shape", "_sql")

    def __init__(self, database: Database, shape: "Callable[[Sql], T]", *, is_writing: bool) -> None:
        self._database = database
        self._shape = shape
        self._is_writing = is_writing

    def __enter__(self) -> T:
        database = self._database
        sql = self._sql = database.take()
        try:
            sql.driver.execute("BEGIN IMMEDIATE" if self._is_writing else "BEGIN")
            return self._shape(sql)
        except BaseException as error:
            database.put_back(sql)
            if isinstance(error, database.driver_error):
                raise database.ours(error) from error
            raise

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        database = self._database
        try:
            if error is None:
                if self._is_writing:
                    database.boundary("commit")
                self._sql.driver.execute("COMMIT")
        except database.driver_error as late:
            raise database.ours(late) from late
        finally:
            database.put_back(self._sql)
        if error is None:
            if self._is_writing:
                database.boundary("committed")
        elif isinstance(error, database.driver_error):
            raise database.ours(error) from error
