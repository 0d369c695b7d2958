"""What is remembered of crashes: how long to wait before the next start, and which work is not tried again."""

from collections import OrderedDict
from datetime import datetime, timedelta

LONGEST_WAIT = 60.0
MOST_JOBS = 1000


class Backoff:
    """Waits 1, 2, 4 … 60 seconds after one, two, three … failures in a row."""

    def __init__(self) -> None:
        self._failures = 0
        self._since: datetime | None = None

    @property
    def failures(self) -> int:
        """How many failures in a row there were."""
        return self._failures

    def failed(self, now: datetime) -> None:
        """Take note of a failure."""
        self._failures += 1
        self._since = now

    def succeeded(self) -> None:
        """Begin anew."""
        self._failures = 0
        self._since = None

    def remaining(self, now: datetime) -> float:
        """Return the seconds still to wait, 0.0 when none are."""
        if self._since is None:
            return 0.0
        wait = min(LONGEST_WAIT, 2.0 ** (self._failures - 1))
        left = (self._since + timedelta(seconds=wait) - now).total_seconds()
        # A wall clock that was set back must not make the wait longer than it was meant to be.
        return min(wait, max(0.0, left))


class Strikes:
    """Counts, per job, how often it took the engine down. The oldest of MOST_JOBS are forgotten."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: OrderedDict[str, int] = OrderedDict()

    def add(self, job: str) -> bool:
        """Count one more against `job`; return whether it is out."""
        self._counts[job] = self._counts.pop(job, 0) + 1
        while len(self._counts) > MOST_JOBS:
            self._counts.popitem(last=False)
        return self.is_out(job)

    def is_out(self, job: str) -> bool:
        """Whether `job` is not to be tried again."""
        return self._counts.get(job, 0) >= self._limit

    def clear(self, job: str) -> None:
        """Forget what was held against `job`."""
        self._counts.pop(job, None)
