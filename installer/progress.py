"""A line that shows a long step is alive: rewritten in place on a terminal, one line every ten per cent elsewhere."""

import re
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

STEPS = re.compile(r"^\s*\[\s*(\d+)/(\d+)\]")  # ninja
PERCENT = re.compile(r"^\s*\[\s*(\d+)%\]")  # make
EVERY_PERCENT = 10
WIDTH = 100


def parse_steps(line: str) -> tuple[int, int] | None:
    """Return (done, of) from a line of ninja or make, or None when the line says nothing of the kind."""
    if match := STEPS.match(line):
        done, total = int(match[1]), int(match[2])
    elif match := PERCENT.match(line):
        done, total = int(match[1]), 100
    else:
        return None
    return (done, total) if 0 <= done <= total and total else None


def elapsed(seconds: float) -> str:
    """Return `4 s` or `2 min 05 s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


class Progress:
    """Shows one long step. Use as a context manager; `show` may be called as often as one likes."""

    def __init__(self, title: str, *, out: TextIO | None = None, seconds: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._out = sys.stderr if out is None else out
        self._seconds = seconds
        self._started = seconds()
        self._is_terminal = self._out.isatty()
        self._done, self._total, self._next_percent = 0, 0, 0
        self._ended = threading.Event()

    def __enter__(self) -> "Progress":
        if self._is_terminal:
            threading.Thread(target=self._tick, daemon=True).start()
        else:
            self._write(f"{self._title} …\n")
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._ended.set()
        word = "done" if kind is None else "stopped"
        line = f"{self._title}: {word} after {elapsed(self._seconds() - self._started)}"
        self._write(f"\r{line:<{WIDTH}}\n" if self._is_terminal else f"{line}\n")

    def show(self, done: int, total: int) -> None:
        """Say how far it is."""
        self._done, self._total = done, total
        percent = 100 * done // total if total else 0
        if self._is_terminal:
            self._paint()
        elif percent >= self._next_percent:
            self._next_percent = percent - percent % EVERY_PERCENT + EVERY_PERCENT
            self._write(f"  {self._line()}\n")

    def _tick(self) -> None:
        while not self._ended.wait(1):
            self._paint()

    def _paint(self) -> None:
        if not self._ended.is_set():
            self._write(f"\r{self._line():<{WIDTH}}")

    def _line(self) -> str:
        how_far = f" {100 * self._done // self._total} % ({self._done}/{self._total})," if self._total else ""
        return f"{self._title}:{how_far} {elapsed(self._seconds() - self._started)}"

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
