"""A Clock that stands still until told otherwise."""

import datetime as dt

from desktop.domain.ports import Clock

START = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


class ManualClock(Clock):
    """Shows `start` until `advance`d."""

    def __init__(self, start: dt.datetime = START) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock shows aware times")
        self._now = start.astimezone(dt.UTC)

    def now(self) -> dt.datetime:
        """Return the time it was set to."""
        return self._now

    def advance(self, seconds: float) -> dt.datetime:
        """Move on by `seconds` and return the new time."""
        self._now += dt.timedelta(seconds=seconds)
        return self._now
