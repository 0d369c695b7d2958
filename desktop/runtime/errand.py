"""One question answered beside us, on another core, while this process goes on loading.

The answer comes from a fork of this process: it shares what is loaded so far, costs two milliseconds, and holds up
nothing, which a thread would, as loading modules is work under Python's lock.
"""

import os
import select
import signal
import sys
from collections.abc import Callable

LONGEST = 65_536


class Errand:
    """Asks `work` in a forked copy. Only for a process that has one thread so far; elsewhere the answer is empty."""

    def __init__(self, work: Callable[[], bytes]) -> None:
        self._process = 0
        self._answer: bytes | None = b""
        # Apple's and Microsoft's libraries do not live through a fork, and their keyrings answer at once anyway.
        if sys.platform == "linux":
            self._reading, writing = os.pipe()
            self._process = os.fork()
            self._answer = None
            if not self._process:
                _do(work, writing)
            os.close(writing)

    def answer(self, seconds: float) -> bytes:
        """Return what `work` returned; nothing when it failed, or took longer than `seconds` from now."""
        if self._answer is None:
            self._answer = self._read(seconds)
        return self._answer

    def _read(self, seconds: float) -> bytes:
        pieces: list[bytes] = []
        try:
            while select.select([self._reading], [], [], seconds)[0]:
                piece = os.read(self._reading, LONGEST)
                if not piece:
                    return b"".join(pieces)
                pieces.append(piece)
            return b""
        finally:
            os.close(self._reading)
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)


def _do(work: Callable[[], bytes], writing: int) -> None:
    """Work in the copy, and end it without any of the tidying up that is the original's."""
    try:
        os.write(writing, work())
    finally:
        os._exit(0)
