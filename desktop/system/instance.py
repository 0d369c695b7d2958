"""One agent per profile: a lock that the operating system lets go of when its holder dies, however it dies."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desktop.domain.errors import Temporary, UserActionNeeded

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PAUSE_SECONDS = 0.02
LOCKED_BYTE = 1 << 20  # Windows makes a locked byte unreadable, so lock one far behind the process number


class InstanceLock:
    """A lock on a file that stays where it is: deleting it would let two holders lock two different files.

    Not reentrant: a second InstanceLock on the same path is refused, in the same process too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it; return whether we hold it now. Never waits."""
        if self._descriptor is not None:
            return True
        descriptor = self._open()
        if descriptor is None:
            return False
        with suppress(OSError):  # a full disk: the number is for messages only, the lock holds without it
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go; doing so twice is no error."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """Return the process number that the last holder left, for messages; it may be dead by now."""
        try:
            return int(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    @contextmanager
    def hold(self, seconds: float = 5.0) -> Iterator[None]:
        """Hold the lock for a block, waiting at most `seconds` for it; raise Temporary when it stays taken."""
        until = time.monotonic() + seconds
        while not self.try_acquire():
            if time.monotonic() > until:
                raise Temporary("Another Dealside is busy with the same file: try again.", detail=str(self._path))
            time.sleep(PAUSE_SECONDS)
        try:
            yield
        finally:
            self.release()

    def _open(self) -> int | None:
        """Return the locked file, or None when somebody else has it."""
        descriptor = None
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            is_ours = _lock(descriptor)
        except OSError as error:
            if descriptor is not None:
                os.close(descriptor)
            raise UserActionNeeded(
                f"Dealside cannot write to {self._path.parent}: allow writing there and start it again.",
                detail=f"lock {self._path}: {error}",
            ) from error
        if not is_ours:
            os.close(descriptor)
        return descriptor if is_ours else None


if sys.platform == "win32":

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
