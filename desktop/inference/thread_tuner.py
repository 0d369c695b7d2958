"""How many threads are best right now, found out from the speed of the answers alone.

A core that somebody else uses too makes all the other threads wait at every step: two threads on one free core are a
sixth as fast as one. So when the speed halves against the best that was seen, fewer threads are tried, and kept if
they are faster; from time to time more are tried again.
"""

from collections import deque
from statistics import median

WINDOW = 3
HALVED = 0.5
BETTER = 1.1
TRY_AGAIN_AFTER = 16
LONGEST_PAUSE = 256


class ThreadTuner:
    """Takes in speeds (tokens a second) and says how many threads to use: from 1 to `most`, which it begins with."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.threads = most
        self._seen: deque[float] = deque(maxlen=WINDOW)
        self._best = 0.0
        self._trial: tuple[int, float] | None = None  # the threads and the speed before
        self._since = 0
        self._pause = TRY_AGAIN_AFTER

    def observe(self, speed: float) -> int:
        """Learn how fast an answer was; return how many threads the next one is to have."""
        self._seen.append(speed)
        self._since += 1
        if len(self._seen) < WINDOW:
            return self.threads
        usual = median(self._seen)
        self._best = max(self._best, usual)
        if self._trial is not None:
            self._judge(usual, *self._trial)
        elif usual < HALVED * self._best and self.threads > 1 and self._since >= self._pause_to_fewer():
            self._try(max(1, self.threads // 2), usual)
        elif self.threads < self._most and self._since >= self._pause:
            self._try(min(self._most, 2 * self.threads), usual)
        return self.threads

    def _pause_to_fewer(self) -> int:
        return WINDOW if self._pause == TRY_AGAIN_AFTER else self._pause

    def _try(self, threads: int, speed: float) -> None:
        self._trial = (self.threads, speed)
        self._switch(threads)

    def _judge(self, usual: float, before: int, speed_before: float) -> None:
        """Keep the threads on trial if they are clearly better; if not, wait longer before the next trial.

        Two threads on one free core are no better than four, so on the way down one thread is tried before giving up.
        """
        is_better = usual > BETTER * speed_before
        if not is_better and 1 < self.threads < before:
            self._switch(self.threads // 2)
            return
        self._trial = None
        if is_better:
            self._pause = TRY_AGAIN_AFTER
            self._seen.clear()
        else:
            self._pause = min(LONGEST_PAUSE, 2 * self._pause)
            self._switch(before)
        self._since = 0

    def _switch(self, threads: int) -> None:
        self.threads = threads
        self._seen.clear()
