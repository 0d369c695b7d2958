"""The limits of a company's interface, as its answers tell of them: kept by all lines to it together.

There are two: calls in a window of two seconds for each token, and tokens in a day for the company. Going on after a
429 leads to a block of the whole network, so what one line is told counts for all.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from desktop.connectors.tables.pipedrive import whole
from desktop.domain.errors import Temporary
from desktop.domain.ports import Clock
from desktop.domain.rights import Quota
from desktop.runtime.locks import new_lock

_LONGEST_WINDOW = 10.0
_LONGEST_SHUT = 24 * 3600.0


class Gate:
    """Says when the next call may go. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = new_lock()
        self._opens_at: datetime | None = None
        self._left: int | None = None
        self._window_ends: datetime | None = None
        self._quota: Quota | None = None

    @property
    def quota(self) -> Quota | None:
        """What the newest answer said of the day's tokens, None when none said anything."""
        return self._quota

    def require_open(self) -> None:
        """Raise Temporary while Pipedrive wants silence."""
        now = self._clock.now()
        with self._lock:
            if self._opens_at is not None and now < self._opens_at:
                wait = (self._opens_at - now).total_seconds()
                raise Temporary("Pipedrive asked us to wait.", detail="throttled", retry_after=wait)

    def shut(self, seconds: float) -> None:
        """Let nothing out for so long."""
        with self._lock:
            self._opens_at = self._clock.now() + timedelta(seconds=min(seconds, _LONGEST_SHUT))

    def note(self, headers: Mapping[str, str]) -> None:
        """Take in what an answer says of the limits."""
        left, reset = whole(headers.get("x-ratelimit-remaining")), whole(headers.get("x-ratelimit-reset"))
        limit = whole(headers.get("x-daily-ratelimit-token-limit"))
        remaining = whole(headers.get("x-daily-ratelimit-token-remaining"))
        with self._lock:
            if left is not None:
                seconds = min(max(float(reset or 0), 1.0), _LONGEST_WINDOW)
                self._left, self._window_ends = left, self._clock.now() + timedelta(seconds=seconds)
            if limit is not None and remaining is not None:
                self._quota = Quota(max(0, limit - remaining), limit)

    def seconds_to_wait(self, under_way: int) -> float:
        """Return how long one more call should wait where `under_way` others have no answer yet, 0 for not at all."""
        with self._lock:
            if self._left is None or self._window_ends is None or self._left > under_way:
                return 0.0
            left = (self._window_ends - self._clock.now()).total_seconds()
            if left <= 0:
                self._left = self._window_ends = None
            return max(0.0, left)
