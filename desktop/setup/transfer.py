"""What a download and a copy from a stick have in common: progress, a Cancel, room on the disk, and the part file.

A part file is what has arrived so far, `<file>.part`, with a note beside it, `<file>.part.json`: where it came from and
how much of it is known to be on the disk. After a power cut only that much is believed.
"""

import errno
import hashlib
import json
import logging
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from desktop.domain.errors import Cancelled, UserActionNeeded
from desktop.system.files import replace_durably

log = logging.getLogger("dealside.setup")

MIB = 1024**2
RESERVE = 512 * MIB  # the rep's other programs want to write, too
SYNC_EVERY = 64 * MIB
LOOK_EVERY = 32 * MIB
CHUNK = MIB
SPEED_WINDOW = 10.0
TELL_EVERY = 0.2
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a job needs of the machine: seconds that only go up, a sleep, and the free bytes where a folder lies."""

    ticks: Callable[[], float]
    sleep: Callable[[float], None]
    free_space: Callable[[Path], int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. Bytes, bytes a second, seconds; None is "not known yet". `doing` is a word for the rep."""

    doing: str
    done: int
    total: int | None
    speed: float | None = None
    seconds_left: float | None = None


OnProgress = Callable[[Progress], None]


@dataclass(slots=True)
class Job:
    """One running job: whom to tell, and who may stop it."""

    surroundings: Surroundings
    on_progress: OnProgress
    should_stop: Callable[[], bool]

    def obey(self) -> None:
        """Raise Cancelled when somebody asked for it."""
        if self.should_stop():
            raise Cancelled("Stopped.")


class Speed:
    """Turns "so many bytes by now" into Progress, a few times a second."""

    def __init__(self, job: Job, doing: str, total: int | None) -> None:
        self._job = job
        self._doing = doing
        self.total = total
        self._seen: deque[tuple[float, int]] = deque()
        self._told_at = float("-inf")

    def tell(self, done: int) -> None:
        """Tell how far the job is, unless that was just said."""
        now = self._job.surroundings.ticks()
        if now - self._told_at < TELL_EVERY and done != self.total:
            return
        self._told_at = now
        self._seen.append((now, done))
        while self._seen[-1][0] - self._seen[0][0] > SPEED_WINDOW and len(self._seen) > 2:
            self._seen.popleft()
        (start, first), took = self._seen[0], now - self._seen[0][0]
        speed = (done - first) / took if took > 0 and now > start else None
        left = (self.total - done) / speed if self.total and speed else None
        self._job.on_progress(Progress(self._doing, done, self.total, speed, left))


def check_room(folder: Path, needed: int, surroundings: Surroundings) -> None:
    """Raise UserActionNeeded unless `needed` bytes fit into a folder and the reserve stays free."""
    free = surroundings.free_space(folder)
    if free < needed + RESERVE:
        missing = in_words(needed + RESERVE - free)
        raise UserActionNeeded(
            f"There is not enough room for the model: free {missing} on the disk of {folder}, then try again. "
            "What has arrived is kept.",
            detail=f"{free} free, {needed} + {RESERVE} needed",
        )


def in_words(size: int) -> str:
    """Return a size for a person, in the units disks are sold in."""
    if size >= 1_000_000_000:
        return f"{size / 1_000_000_000:.1f} GB"
    return f"{max(1, round(size / 1_000_000))} MB"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the bytes of a part file are from. `identity` names the very file that is wanted, whatever the server."""

    identity: str
    address: str = ""
    etag: str = ""


class PartFile:
    """A file that is still arriving. Every write is counted and hashed; OSErrors become sentences."""

    def __init__(self, final: Path) -> None:
        self.path = final.with_name(final.name + ".part")
        self._note = final.with_name(final.name + ".part.json")
        self.source = Source("")
        self.size = 0
        self._digest = hashlib.sha256()
        self._file: BinaryIO | None = None
        self._synced = 0

    def resume(self, identity: str, job: Job) -> None:
        """Go on with what is there when it belongs to the wanted file; else begin with nothing."""
        source, synced = self._read_note()
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            there = self.path.stat().st_size if self.path.exists() else 0
            if source.identity != identity or not 0 < synced <= there:
                self.start_over(Source(identity))
                return
            self.source = source
            self._file = self.path.open("r+b")
            self._file.truncate(synced)
            self._hash_again(job)
        except OSError as error:
            raise self._trouble(error) from error

    def start_over(self, source: Source) -> None:
        """Forget what is there and begin with nothing."""
        self.close()
        self.source, self.size, self._synced, self._digest = source, 0, 0, hashlib.sha256()
        try:
            self._file = self.path.open("wb")
            self._save_note()
        except OSError as error:
            raise self._trouble(error) from error

    def write(self, piece: bytes) -> None:
        """Append bytes; raises UserActionNeeded when the disk takes no more, and what was written before stays."""
        if self._file is None:
            raise UserActionNeeded("The model file was closed while it arrived: try again.")
        try:
            self._file.write(piece)
            self._digest.update(piece)
            self.size += len(piece)
            if self.size - self._synced >= SYNC_EVERY:
                self._sync()
        except OSError as error:
            raise self._trouble(error) from error

    def sync(self) -> None:
        """Make sure that all of it is on the disk."""
        try:
            self._sync()
        except OSError as error:
            raise self._trouble(error) from error

    def sha256(self) -> str:
        """Return the SHA-256 of what has arrived."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Keep what has arrived. Does not raise: whoever closes may be on the way out with an error."""
        if self._file is None:
            return
        with suppress(OSError):
            self._sync()
        with suppress(OSError):
            self._file.close()
        self._file = None

    def discard(self) -> None:
        """Delete what has arrived, and the note."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None
        self.size = self._synced = 0
        self._digest = hashlib.sha256()
        for path in (self.path, self._note):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def forget_note(self) -> None:
        """Delete the note of a part that has become a whole file."""
        with suppress(OSError):
            self._note.unlink(missing_ok=True)

    def _hash_again(self, job: Job) -> None:
        if self._file is None:
            return
        self._file.seek(0)
        speed = Speed(job, "Checking what is here", os.fstat(self._file.fileno()).st_size)
        while chunk := self._file.read(CHUNK):
            job.obey()
            self._digest.update(chunk)
            self.size += len(chunk)
            speed.tell(self.size)
        self._synced = self.size

    def _sync(self) -> None:
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self._synced = self.size
        self._save_note()

    def _save_note(self) -> None:
        note = {**asdict(self.source), "size": self._synced}
        replace_durably(self._note, json.dumps(note).encode())

    def _read_note(self) -> tuple[Source, int]:
        try:
            note = json.loads(self._note.read_bytes())
            source = Source(str(note["identity"]), str(note["address"]), str(note["etag"]))
            return source, int(note["size"])
        except (OSError, ValueError, KeyError, TypeError):
            return Source(""), 0

    def _trouble(self, error: OSError) -> UserActionNeeded:
        detail = f"{type(error).__name__} {error.errno}"
        log.warning("a model file cannot be written: %s", detail)
        if error.errno in FULL:
            return UserActionNeeded(
                f"The disk of {self.path.parent} is full: free some space and try again. What has arrived is kept.",
                detail=detail,
            )
        return UserActionNeeded(
            f"{self.path.parent} cannot be written to: allow writing there, or mend the disk, then try again.",
            detail=detail,
        )
