"""Lanes: ordered threads. What touches one mailbox or one CRM runs in one lane, so it never overlaps with itself.

A lane takes turns: it calls its `turn`, which does one bounded piece of work and says how many seconds may pass before
the next one; a `wake` cuts that wait short. Background jobs of the window run in a lane that takes jobs instead.
"""

import logging
import queue
import threading
from collections.abc import Callable

from desktop.runtime.signals import Wakeup

log = logging.getLogger("dealside.lanes")

PAUSE_AFTER_DEFECT = 5.0
AT_ONCE = 0.0


def _nothing() -> None:
    """Interrupt nothing, let go of nothing."""


class Lane:
    """A thread that takes turns until it is stopped. A turn that raises is logged whole and tried again later."""

    def __init__(
        self,
        name: str,
        turn: Callable[[], float],
        *,
        interrupt: Callable[[], None] = _nothing,
        at_end: Callable[[], None] = _nothing,
    ) -> None:
        """`interrupt` makes a turn that waits for the outside return soon; it is called from other threads.

        `at_end` lets go of what the turns worked with, in the lane's own thread, after the last of them.
        """
        self.name = name
        self._turn = turn
        self._interrupt = interrupt
        self._at_end = at_end
        self._wakeup = Wakeup()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin taking turns."""
        self._thread.start()

    def wake(self) -> None:
        """Take the next turn now. Any thread may call this."""
        self._wakeup.set()
        self._interrupt()

    def stop(self) -> None:
        """Ask the lane to end after the present turn; does not wait for it."""
        self._stopping.set()
        self.wake()

    def join(self, seconds: float) -> bool:
        """Wait for the end; return whether it came in time."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._take_turns()
        try:
            self._at_end()
        except Exception:
            log.exception("the end of lane %s failed", self.name)

    def _take_turns(self) -> None:
        while not self._stopping.is_set():
            self._wakeup.clear()
            try:
                pause = self._turn()
            except Exception:
                log.exception("a turn of lane %s failed", self.name)
                pause = PAUSE_AFTER_DEFECT
            if pause > AT_ONCE and not self._stopping.is_set():
                self._wakeup.wait(pause)


class JobLane:
    """A thread that runs jobs one after the other, in the order they were given."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, job: Callable[[], None]) -> None:
        """Run `job` after those given before. It has to deal with its own errors; what escapes is logged."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._jobs.put(job)

    def drain(self, seconds: float) -> bool:
        """Let no more in and wait for those given; return whether all were done in time."""
        if self._thread is None:
            return True
        self._jobs.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:
                log.exception("a background job failed in %s", self._name)
