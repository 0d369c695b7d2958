"""Calls kept apart: an account may search five times a second, all its programs together."""

import time
from collections.abc import Callable


class Pace:
    """Lets at most one call through in `seconds`."""

    def __init__(
        self,
        seconds: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._sleep = sleep
        self._ticks = ticks
        self._open_at = 0.0

    def wait(self) -> None:
        """Return when the next call may go."""
        left = self._open_at - self._ticks()
        if left > 0:
            self._sleep(left)
        self._open_at = self._ticks() + self._seconds


def no_pace() -> None:
    """Wait for nothing."""
