"""A child process under supervision: JSON lines on its pipes, a heartbeat, deadlines, and a certain end.

Native code aborts, hangs and eats memory; here that costs one child and one answer, never the process that asked.
The lines carry an `op` and an `id`. Four words have a meaning here: a child answers `ping` with `pong`, gives up the
request named by `target` on `cancel`, and may send `progress` before its answer. The rest belongs to the two ends.
A child must end when its standard input does: then none outlives its parent, however the parent died.
"""

import atexit
import collections
import contextlib
import itertools
import logging
import queue
import runpy
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from desktop.runtime.supervision import (
    LINE_LIMIT,
    USUAL,
    ChildDied,
    DeadlinePassed,
    Ending,
    Message,
    RequestCancelled,
    Supervision,
    decode_line,
    encode_line,
)

__all__ = ["ChildProcess", "Supervision", "freeze_support", "start_detached", "worker_command"]

LAST_WORDS = 8
CHILD_FLAG = "--child-module"
OUR_PACKAGE = "desktop."
START_FOLDER = Path(__file__).resolve().parents[2]

logger = logging.getLogger("dealside.runtime")


@dataclass(slots=True)
class _Waiting:
    """One request on its way."""

    progress: list[Message] = field(default_factory=list)
    answer: Message | None = None
    is_cancelled: bool = False


def worker_command(module: str) -> list[str]:
    """Return the command that runs one of our modules as a child, from source or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_FLAG, module]
    return [sys.executable, "-m", module]


def freeze_support(arguments: Sequence[str]) -> bool:
    """Run the module that `worker_command` asked for and return True; False when `arguments` ask for none.

    A frozen program has one executable only: `__main__` calls this before anything else.
    """
    if len(arguments) != 2 or arguments[0] != CHILD_FLAG or not arguments[1].startswith(OUR_PACKAGE):
        return False
    runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    return True


def start_detached(arguments: Sequence[str], *, stdin_line: str | None = None) -> int:
    """Start a program that outlives us, in a session of its own, and return its process id.

    `stdin_line` reaches its standard input as one line, so that a secret shows neither in the process list nor in
    the environment. Raises OSError when it cannot be started or does not take the line.
    """
    if stdin_line is not None and "\n" in stdin_line:
        raise ValueError("stdin_line holds more than one line")
    process = subprocess.Popen(  # noqa: S603  (the command is ours)
        list(arguments),
        stdin=subprocess.DEVNULL if stdin_line is None else subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=START_FOLDER,
        creationflags=_detached_flags(),
        start_new_session=sys.platform != "win32",
    )
    # Somebody must collect its exit status, or it stays in the process table for as long as we live.
    threading.Thread(target=process.wait, name=f"reap-{process.pid}", daemon=True).start()
    if process.stdin is not None and stdin_line is not None:
        with process.stdin as pipe:
            pipe.write(stdin_line.encode() + b"\n")
    return process.pid


def _detached_flags() -> int:
    if sys.platform == "win32":
        return subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0


def _hidden_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0


def _ignore(_message: Message) -> None:
    """Let a progress message pass."""


class ChildProcess:
    """One child, from start to end; make a new one to restart. Any thread may call any method."""

    def __init__(self, command: Sequence[str], *, name: str, supervision: Supervision = USUAL) -> None:
        self._supervision = supervision
        self._name = name
        self._numbers = itertools.count(1)
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._waiting: dict[int, _Waiting] = {}
        self._missed = 0
        self._last_use = time.monotonic()
        self._ending: Ending | None = None
        self._detail = ""
        self._last_words: collections.deque[str] = collections.deque(maxlen=LAST_WORDS)
        self._process = subprocess.Popen(  # noqa: S603  (the command is ours)
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=START_FOLDER,
            creationflags=_hidden_flags(),
        )
        # Daemon threads that still read a pipe while the interpreter is taken down abort the whole process.
        atexit.register(self.close)
        self._drainer = self._thread(self._drain)
        self._threads = [self._drainer, *(self._thread(work) for work in (self._write, self._read, self._beat))]

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether a request may still be answered."""
        return self._ending is None

    def request(
        self,
        message: Mapping[str, Any],
        *,
        deadline: float,
        on_progress: Callable[[Message], None] = _ignore,
    ) -> Message:
        """Send one message and return its answer; `deadline` is in seconds from now.

        `on_progress` runs in the calling thread. Raises ChildDied, DeadlinePassed, RequestCancelled or LineTooLong.
        """
        number = next(self._numbers)
        line = encode_line({**message, "id": number})
        waiting = _Waiting()
        with self._changed:
            if self._ending is not None:
                raise ChildDied(self._ending, self._detail)
            self._waiting[number] = waiting
        self._outgoing.put(line)
        try:
            return self._await(number, waiting, until=time.monotonic() + deadline, on_progress=on_progress)
        finally:
            with self._changed:
                self._waiting.pop(number)
                self._last_use = time.monotonic()

    def cancel(self) -> None:
        """Give up every running request; each raises RequestCancelled at the latest after the grace time."""
        with self._changed:
            for waiting in self._waiting.values():
                waiting.is_cancelled = True
            self._changed.notify_all()

    def close(self) -> None:
        """End the child: ask by closing its standard input, kill it after the grace time."""
        self._finish(Ending.CLOSED)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=self._supervision.grace)

    def kill(self, ending: Ending = Ending.CLOSED) -> None:
        """End the child now."""
        self._mark(ending)
        self._process.kill()

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=work, name=f"{self._name}-{work.__name__}", daemon=True)
        thread.start()
        return thread

    def _await(
        self,
        number: int,
        waiting: _Waiting,
        *,
        until: float,
        on_progress: Callable[[Message], None],
    ) -> Message:
        while True:
            with self._changed:
                in_time = self._changed.wait_for(lambda: self._has_news(waiting), until - time.monotonic())
                progress, waiting.progress = waiting.progress, []
                if waiting.is_cancelled or not in_time:
                    break
                if waiting.answer is not None:
                    return waiting.answer
                if self._ending is not None and not progress:
                    raise ChildDied(self._ending, self._detail)
            for message in progress:
                on_progress(message)
        stopped = RequestCancelled if waiting.is_cancelled else DeadlinePassed
        raise stopped(child_ended=self._give_up(number, waiting))

    def _has_news(self, waiting: _Waiting) -> bool:
        return bool(waiting.progress or waiting.answer or waiting.is_cancelled or self._ending)

    def _give_up(self, number: int, waiting: _Waiting) -> bool:
        self._outgoing.put(encode_line({"op": "cancel", "id": next(self._numbers), "target": number}))
        with self._changed:
            self._changed.wait_for(lambda: waiting.answer or self._ending, self._supervision.grace)
            if waiting.answer is not None:
                return False
        self.kill(Ending.OVERDUE)
        return True

    def _mark(self, ending: Ending) -> bool:
        with self._changed:
            if self._ending is not None:
                return False
            self._ending = ending
            self._detail = ending.value
            self._changed.notify_all()
            return True

    def _finish(self, ending: Ending) -> None:
        self._mark(ending)
        self._outgoing.put(None)
        self._collect()

    def _write(self) -> None:
        with contextlib.suppress(OSError), self._pipe(self._process.stdin) as pipe:
            while (line := self._outgoing.get()) is not None:
                pipe.write(line)
                pipe.flush()

    def _drain(self) -> None:
        with self._pipe(self._process.stderr) as pipe:
            while line := pipe.readline(LINE_LIMIT):
                words = line.decode("utf-8", "replace").rstrip()[:300]
                self._last_words.append(words)
                logger.debug("%s: %s", self._name, words)

    def _read(self) -> None:
        ending = Ending.DIED
        with self._pipe(self._process.stdout) as pipe:
            while line := pipe.readline(LINE_LIMIT + 1):
                message = decode_line(line)
                if message is None:
                    # A line cut short by a death is a death, not nonsense.
                    ending = Ending.NONSENSE if line.endswith(b"\n") or len(line) > LINE_LIMIT else Ending.DIED
                    break
                self._receive(message)
        self._bury(ending)

    def _bury(self, ending: Ending) -> None:
        code = self._collect()
        self._drainer.join(timeout=self._supervision.grace)
        with self._changed:
            self._ending = self._ending or ending
            self._detail = f"{self._ending.value}, exit code {code}: " + " / ".join(self._last_words)
            self._changed.notify_all()
        self._outgoing.put(None)
        atexit.unregister(self.close)
        logger.info("%s ended: %s, exit code %s", self._name, self._ending.value, code)

    def _collect(self) -> int:
        try:
            return self._process.wait(self._supervision.grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _receive(self, message: Message) -> None:
        with self._changed:
            if message.get("op") == "pong":
                self._missed = 0
                return
            waiting = self._waiting.get(message["id"])
            if waiting is None:
                return
            if message.get("op") == "progress":
                waiting.progress.append(message)
            else:
                waiting.answer = message
            self._changed.notify_all()

    def _beat(self) -> None:
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._ending is not None, self._supervision.beat):
                    return
                self._missed += 1
                is_mute = self._missed > self._supervision.missed_beats
                is_idle = self._is_idle()
                if is_idle:
                    self._ending = Ending.IDLE
            if is_mute:
                self.kill(Ending.UNRESPONSIVE)
                return
            if is_idle:
                self._finish(Ending.IDLE)
                return
            self._outgoing.put(encode_line({"op": "ping", "id": next(self._numbers)}))

    def _is_idle(self) -> bool:
        limit = self._supervision.idle
        return limit is not None and not self._waiting and time.monotonic() - self._last_use > limit

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        if pipe is None:
            raise OSError("the child was started without this pipe")
        return pipe
