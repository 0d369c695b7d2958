"""Waiting for what another process does, without a guess at how long it takes."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

LONGEST = 60.0


def wait_until(condition: Callable[[], bool], *, longest: float = LONGEST) -> None:
    """Return once `condition` holds; fail when it does not within `longest` seconds."""
    until = time.monotonic() + longest
    while not condition():
        assert time.monotonic() < until, "it never came to pass"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Tell whether a process is there and no zombie (an orphan may find nobody who collects it)."""
    if sys.platform.startswith("linux"):
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except (FileNotFoundError, ProcessLookupError):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
