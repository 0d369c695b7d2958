"""The sole crossing from other threads to the window: one QObject, one queued signal.

Everything that happens on another thread arrives here as a call to be made in the window's thread: events of the
agent (gathered, so that a burst becomes one refresh), and the ends of writes. Writes are handed out one at a time, in
the order they were asked for, whatever `in_background` does with several.
"""

import logging
from collections import deque
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal

from desktop.domain.errors import DealsideError, Defect
from desktop.domain.events import Event
from desktop.ui import texts

log = logging.getLogger("dealside.ui")

T = TypeVar("T")
GATHER_MS = 50
REST_FACTOR = 4
GATHER_AT_MOST_MS = 1000
Call = Callable[[], None]


class Bridge(QObject):
    """Brings events and results into the window's thread. It has no parent: a late result must find it alive."""

    arrived = Signal(object)
    linked = Signal(bool)
    idle = Signal()
    _crossed = Signal(object)

    def __init__(self, in_background: Callable[[Call], None]) -> None:
        super().__init__()
        self._in_background = in_background
        self._waiting: deque[Call] = deque()
        self._is_writing = False
        self._is_closed = False
        self._gathered: list[Event] = []
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self._announce)
        self._crossed.connect(self._cross, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Whether no write is waiting or under way."""
        return not self._is_writing and not self._waiting

    def on_event(self, event: Event) -> None:
        """Take an event of the agent; may be called on any thread."""
        self._crossed.emit(partial(self._note, event))

    def on_link(self, state: bool) -> None:  # noqa: FBT001  (the shape AgentLink.start asks for)
        """Take the state of the line to the agent; may be called on any thread."""
        self._crossed.emit(partial(self.linked.emit, state))

    def write(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[DealsideError], None]) -> None:
        """Run `work` in the background after all earlier writes; `done` or `failed` follow in the window's thread."""
        self._waiting.append(partial(self._run, work, done, failed))
        self._start_next()

    def aside(self, work: Call, failed: Callable[[DealsideError], None]) -> None:
        """Run `work` in the background without holding up writes; only a failure is heard of."""

        def run() -> None:
            try:
                work()
            except DealsideError as error:
                self._crossed.emit(partial(failed, error))

        self._in_background(run)

    def close(self) -> None:
        """Let nothing more through."""
        self._is_closed = True
        self._gather.stop()

    def drain(self, timeout_ms: int) -> bool:
        """Wait until every write is done, at most `timeout_ms`; return whether they are."""
        if not self.is_idle:
            loop = QEventLoop()
            self.idle.connect(loop.quit)
            QTimer.singleShot(timeout_ms, loop.quit)
            loop.exec()
            self.idle.disconnect(loop.quit)
        return self.is_idle

    def _cross(self, call: Call) -> None:
        if not self._is_closed:
            call()

    def _note(self, event: Event) -> None:
        self._gathered.append(event)
        if not self._gather.isActive():
            self._gather.start()

    def _announce(self) -> None:
        """Pass on what was gathered; a slow refresh makes the next one wait longer, so that keys come first."""
        events, self._gathered = tuple(self._gathered), []
        started = monotonic()
        self.arrived.emit(events)
        spent_ms = int((monotonic() - started) * 1000)
        self._gather.setInterval(min(max(GATHER_MS, spent_ms * REST_FACTOR), GATHER_AT_MOST_MS))

    def _start_next(self) -> None:
        if self._is_writing or not self._waiting:
            return
        self._is_writing = True
        self._in_background(self._waiting.popleft())

    def _run(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[DealsideError], None]) -> None:
        """Do one write on whatever thread this is, and send the end of it across."""
        try:
            end: Call = partial(done, work())
        except DealsideError as error:
            log.info("a write was refused: %s", error.detail or type(error).__name__)
            end = partial(failed, error)
        except Exception as error:
            log.exception("a write failed unexpectedly")
            end = partial(failed, Defect(texts.DEFECT_SENTENCE, detail=type(error).__name__))
        self._crossed.emit(partial(self._finish, end))

    def _finish(self, end: Call) -> None:
        self._is_writing = False
        try:
            end()
        finally:
            self._start_next()
            if self.is_idle:
                self.idle.emit()
