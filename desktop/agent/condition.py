"""How each connection, the model and the agent are doing, written down once per change for front ends to show."""

import logging
from collections import Counter
from datetime import datetime, timedelta

from desktop.domain.errors import DealsideError, Defect, Temporary, UserActionNeeded
from desktop.domain.events import EventName
from desktop.domain.ports import Clock
from desktop.runtime.events import EventBus
from desktop.store.store import Store

log = logging.getLogger("dealside.agent")

AFTER_TROUBLE = 2.0
LONGEST_AFTER_TROUBLE = 60.0
LONGEST_WAIT = 600.0
AFTER_USER = 120.0
LONGEST_AFTER_USER = 4 * 3600.0
REPEAT_EVERY = timedelta(seconds=60)
UNEXPECTED = "Something unexpected happened; Dealside goes on trying. The log says more."


class Condition:
    """Records health rows. Safe to use from several lanes: each writes about its own subject."""

    def __init__(self, store: Store, clock: Clock, bus: EventBus) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._last: dict[str, tuple[str, datetime]] = {}
        self._failed: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()

    def well(self, subject: str, remark: str = "") -> None:
        """Record that `subject` was looked at and is well; `remark` is what the rep should know all the same."""
        self._asked.pop(subject, None)
        self._failed.pop(subject, None)
        self._tell(subject, remark, is_ok=True)

    def trouble(self, subject: str, error: Exception) -> float:
        """Record what is wrong, for the rep in one sentence, and return the seconds to wait before the next try."""
        if isinstance(error, DealsideError) and not isinstance(error, Defect):
            log.info("%s: %s: %s", subject, type(error).__name__, error.detail or error.sentence)
            is_news = self._tell(subject, error.sentence)
            if is_news and isinstance(error, UserActionNeeded):
                self._bus.publish(EventName.ALERT_RAISED, subject)
        else:
            log.error("%s failed unexpectedly", subject, exc_info=error)
            self._tell(subject, UNEXPECTED)
        if isinstance(error, UserActionNeeded):
            # A wrong password tried every two minutes locks a mailbox; a poke tries at once all the same.
            return self._longer_each_time(self._asked, subject, AFTER_USER, LONGEST_AFTER_USER)
        if isinstance(error, Temporary) and error.retry_after is not None:
            return min(max(error.retry_after, 1.0), LONGEST_WAIT)
        # Most cut connections are back at once; a server that stays away is asked less and less.
        return self._longer_each_time(self._failed, subject, AFTER_TROUBLE, LONGEST_AFTER_TROUBLE)

    @staticmethod
    def _longer_each_time(times: Counter[str], subject: str, first: float, longest: float) -> float:
        times[subject] += 1
        return float(min(first * 2 ** min(times[subject] - 1, 10), longest))

    def say(self, subject: str, words: str, *, is_ok: bool) -> None:
        """Record words about `subject` that are not a problem of a connection (the model's state)."""
        self._tell(subject, words, is_ok=is_ok)

    def _tell(self, subject: str, sentence: str, *, is_ok: bool | None = None) -> bool:
        """Write it down and pass it on; return whether it is news."""
        now = self._clock.now()
        words, at = self._last.get(subject, (None, now))
        if words == sentence and now - at < REPEAT_EVERY:
            return False
        with self._store.transaction() as tx:
            tx.connections.save_health(subject, now, sentence=sentence, is_ok=not sentence if is_ok is None else is_ok)
        self._last[subject] = (sentence, now)
        if words != sentence:
            self._bus.publish(EventName.HEALTH_CHANGED, subject)
        return words != sentence
