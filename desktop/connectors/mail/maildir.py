"""A Maildir on this machine: read without changing it, drafts put into its `.Drafts` folder (Maildir++).

A mail is known by the part of its file name before the flags, so moving from `new` to `cur` and every change of flags
leave it the same mail. The mark in the Checkpoint is the set of those names (`connectors/seen.py`).

Whether something changed is asked of the two folders' modification times. A time stamp may be as coarse as two seconds,
so it is believed only when the listing it stands for was made some seconds after the stamp was first seen.
Symbolic links are never followed below the chosen folder: whoever can write into a mailbox could point them anywhere.
"""

import contextlib
import errno
import hashlib
import itertools
import logging
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.connectors.rawmail import DEFAULT_LIMITS, ReadLimits, bare_id, message_id_of, origin_of
from desktop.connectors.seen import fingerprint, format_mark, parse_mark
from desktop.connectors.supplies import Supplies
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.errors import DealsideError, Temporary, UserActionNeeded
from desktop.domain.interactions import RawItem
from desktop.domain.ports import Boundary, Clock, DraftFolder, MailBatch, MailSource, no_boundary
from desktop.runtime.signals import Wakeup

log = logging.getLogger("dealside.mail")

INFO = ConnectorInfo(
    name="maildir",
    title="Mail folder on this machine (Maildir)",
    family=Family.MAIL,
    settings=(
        FieldSpec("path", "Folder", FieldWidget.FOLDER, help="The folder that holds the subfolders cur and new."),
    ),
    can=frozenset({"drafts"}),
)

INBOX = "INBOX"
DRAFTS = ".Drafts"
PLACES = ("new", "cur")  # in this order: a mail moves from new to cur, so one that moves meanwhile is seen twice
FLAGS = re.compile(r"[:;!]2,([^:;!]*)$")  # Windows allows no colon in names; programs there use the other two
SEPARATOR = "!" if os.name == "nt" else ":"
NUMBERS = re.compile(r"([0-9]+)")
STAMP_SECONDS = 3.0
POLL_SECONDS = 0.5
HEADERS_BYTES = 256 * 1024
READ_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
BY_THE_REP = {errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EACCES, errno.EPERM, errno.ELOOP}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@dataclass(frozen=True, slots=True)
class _Glance:
    """What the folder looked like last time. `mark` is the one that had nothing more to give, or None."""

    stamp: tuple[int, ...]
    since: float
    listed_at: float
    names: int
    mark: str | None = None

    @property
    def is_settled(self) -> bool:
        return self.listed_at - self.since >= STAMP_SECONDS


class MaildirSource(MailSource, DraftFolder):
    """One Maildir. Items are in the order of their names (delivery time first); unreadable files stay for later."""

    info = INFO

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        boundary: Boundary = no_boundary,
        limits: ReadLimits = DEFAULT_LIMITS,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._path = path
        self._clock = clock
        self._boundary = boundary
        self._limits = limits
        self._poll_seconds = poll_seconds
        self._wakeup = Wakeup()
        self._glance: _Glance | None = None
        self._noted: set[str] = set()

    @classmethod
    def connect(cls, supplies: Supplies) -> "MaildirSource":
        """Return the source for one Connection."""
        return cls(Path(supplies.settings.get("path", "")), clock=supplies.clock, boundary=supplies.boundary)

    def check(self) -> None:
        """Look at the folder; raise UserActionNeeded when it is no Maildir or may not be read."""
        with self._our_errors():
            _stamp(self._path)
            _listing(self._path)

    def pull(self, checkpoint: Checkpoint, *, limit: int = 50) -> MailBatch:
        """Return at most `limit` mails whose names the checkpoint does not hold."""
        mark = checkpoint.marks.get(INBOX, "")
        with self._our_errors():
            stamp, looked_at, old = _stamp(self._path), time.monotonic(), self._glance
            if old and old.is_settled and (old.stamp, old.mark) == (stamp, mark):
                return MailBatch((), checkpoint)
            listing = _listing(self._path)
        seen, prints = self._seen(mark), {fingerprint(name): name for name in listing}
        fresh = sorted((name for known, name in prints.items() if known not in seen), key=_natural)
        items, has_more = self._read(fresh, listing, limit=limit)
        kept = {known for known in prints if known in seen} | {fingerprint(name) for name in items}
        mark = format_mark(kept)
        since = old.since if old and old.stamp == stamp else looked_at
        is_done = len(kept) == len(prints)
        self._glance = _Glance(stamp, since, looked_at, _digest(listing), mark if is_done else None)
        return MailBatch(tuple(items.values()), Checkpoint({**checkpoint.marks, INBOX: mark}), has_more)

    def wait(self, seconds: float) -> bool:
        """Look every half second whether the folder is no longer as the last `pull` found it."""
        deadline = time.monotonic() + seconds
        try:
            while not self._wakeup.is_set():
                if self._has_changed():
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._wakeup.wait(min(left, self._poll_seconds))
            return False
        finally:
            self._wakeup.clear()

    def interrupt(self) -> None:
        """End the `wait` that is running, or else the next one."""
        self._wakeup.set()

    def close(self) -> None:
        """Let go; nothing is held open between calls."""
        self._wakeup.close()

    # --- drafts ---

    def find(self, message_id: str) -> str | None:
        """Return the place of the first draft with this Message-ID that is not marked as trashed."""
        with self._our_errors():
            return next((f"{DRAFTS}/{name}" for name, _ in self._drafts(message_id)), None)

    def append(self, raw: bytes, message_id: str) -> str:
        """Write the draft with flag D, on the disk for good before it becomes visible."""
        self._boundary("send")
        with self._our_errors():
            folder = self._made_drafts()
            name = self._unused_name(folder, message_id)
            _write_durably(folder / "tmp" / name, raw)
            (folder / "tmp" / name).rename(folder / "cur" / f"{name}{SEPARATOR}2,D")
            _sync_folder(folder / "cur")
        self._boundary("sent")
        return f"{DRAFTS}/{name}"

    def remove(self, message_id: str) -> bool:
        """Delete every draft with this Message-ID."""
        self._boundary("send")
        with self._our_errors():
            found = [path for _, path in self._drafts(message_id)]
            for path in found:
                path.unlink(missing_ok=True)
        self._boundary("sent")
        return bool(found)

    def _drafts(self, message_id: str) -> Iterator[tuple[str, Path]]:
        folder, wanted = self._path / DRAFTS, bare_id(message_id)
        _stamp(self._path)
        if not os.path.lexists(folder) or not wanted:
            return
        _refuse_link(folder)
        _stamp(folder)
        for name, place in sorted(_listing(folder).items()):
            flags = FLAGS.search(place)
            if flags and "T" in flags[1]:
                continue
            if message_id_of(_head(folder / place)) == wanted:
                yield name, folder / place

    def _made_drafts(self) -> Path:
        _stamp(self._path)
        folder = self._path / DRAFTS
        for part in (folder, folder / "tmp", folder / "new", folder / "cur"):
            part.mkdir(mode=0o700, exist_ok=True)
            _refuse_link(part)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(folder / "maildirfolder", WRITE_FLAGS, 0o600))
        return folder

    def _unused_name(self, folder: Path, message_id: str) -> str:
        now, taken = self._clock.now(), _listing(folder)
        tail = hashlib.blake2b(message_id.encode("utf-8", "replace"), digest_size=6).hexdigest()
        names = (f"{int(now.timestamp())}.M{now.microsecond}Q{number}.{tail}" for number in itertools.count())
        return next(n for n in names if n not in taken and not os.path.lexists(folder / "tmp" / n))

    # --- reading ---

    def _seen(self, mark: str) -> set[bytes]:
        try:
            return parse_mark(mark)
        except ValueError as error:
            log.warning("checkpoint of a mail folder is not readable (%s); every mail is offered again", error)
            return set()

    def _read(self, fresh: list[str], listing: Mapping[str, str], *, limit: int) -> tuple[dict[str, RawItem], bool]:
        """Return name → item, and whether more is waiting. A file that vanished was moved: the next pull finds it."""
        items: dict[str, RawItem] = {}
        volume, is_moved = 0, False
        for name in fresh:
            if len(items) >= limit or volume >= self._limits.batch:
                return items, True
            try:
                raw, size = _read_file(self._path / listing[name], self._limits)
            except FileNotFoundError:
                is_moved = True
            except OSError as error:
                self._note_unreadable(name, error)
            else:
                items[name] = RawItem(raw, origin_of(f"{INBOX}/{name}", size, self._limits))
                volume += len(raw)
        return items, is_moved

    def _note_unreadable(self, name: str, error: OSError) -> None:
        if name not in self._noted:
            self._noted.add(name)
            log.warning("mail file %r cannot be read (%s); left out until it can", name, _code(error))

    def _has_changed(self) -> bool:
        try:
            stamp, looked_at, old = _stamp(self._path), time.monotonic(), self._glance
            if old and old.stamp != stamp:
                return True
            if old and old.is_settled:
                return False
            names = _digest(_listing(self._path))
        except OSError:
            return True  # the next pull says what is wrong
        if old and names != old.names:
            return True
        self._glance = replace(old, listed_at=looked_at) if old else _Glance(stamp, looked_at, looked_at, names)
        return False

    @contextlib.contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _translated(error, self._path) from error


def _translated(error: OSError, path: Path) -> DealsideError:
    detail = f"{path}: {_code(error)}"
    if error.errno in BY_THE_REP:
        return UserActionNeeded(
            f"The mail folder {path} cannot be opened. Choose the folder that holds cur and new, "
            "and see to it that you may read and write there.",
            detail=detail,
        )
    if error.errno in NO_ROOM:
        return UserActionNeeded(f"There is no room to write to the mail folder {path}. Free some space.", detail=detail)
    return Temporary(f"The mail folder {path} does not answer. We try again soon.", detail=detail)


def _code(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, type(error).__name__)


def _stamp(folder: Path) -> tuple[int, ...]:
    """Return the modification times of new and cur; raise OSError when it is no Maildir.

    One of the two may be missing: version control keeps no empty folder.
    """
    found = [entry for place in PLACES if (entry := _lstat(folder / place))]
    if not found:
        raise FileNotFoundError(errno.ENOENT, "neither cur nor new")
    if not all(stat.S_ISDIR(entry.st_mode) for entry in found):
        raise NotADirectoryError(errno.ENOTDIR, "not a folder of its own")
    return tuple(entry.st_mtime_ns for entry in found)


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _refuse_link(folder: Path) -> None:
    if folder.is_symlink():
        raise OSError(errno.ELOOP, "a link instead of a folder")


def _listing(folder: Path) -> dict[str, str]:
    """Return name without flags → path below `folder`, for plain files only."""
    found: dict[str, str] = {}
    for place in PLACES:
        with contextlib.suppress(FileNotFoundError), os.scandir(folder / place) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                    found[FLAGS.sub("", entry.name)] = f"{place}/{entry.name}"
    return found


def _digest(listing: Mapping[str, str]) -> int:
    return hash(frozenset(listing))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort numbers in names by value: Maildir names hold seconds, then microseconds without leading zeros."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in NUMBERS.split(name) if part]


def _read_file(path: Path, limits: ReadLimits) -> tuple[bytes, int]:
    """Return what is read of a plain file, and its size; raise OSError for links, devices and the like."""
    with os.fdopen(os.open(path, READ_FLAGS), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        return file.read(limits.bytes_of(found.st_size)), found.st_size


def _head(path: Path) -> bytes:
    """Return the beginning of a file, nothing when it cannot be read."""
    try:
        return _read_file(path, ReadLimits(whole=HEADERS_BYTES, head=HEADERS_BYTES))[0]
    except OSError:
        return b""


def _write_durably(path: Path, raw: bytes) -> None:
    try:
        with os.fdopen(os.open(path, WRITE_FLAGS, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(PermissionError):  # Windows opens no folders, and needs no such step
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
