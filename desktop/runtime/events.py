"""The agent's bus: publish from any lane; every subscriber is called on the publisher's thread and must not block."""

import logging
import threading
from collections.abc import Callable

from desktop.domain.events import Event, EventName

log = logging.getLogger("dealside.events")


class EventBus:
    """Past-tense events with ids. A subscriber that fails is logged and dropped; the others still hear."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: list[Callable[[Event], None]] = []

    def subscribe(self, subscriber: Callable[[Event], None]) -> None:
        """Call `subscriber` with every Event from now on."""
        with self._lock:
            self._subscribers.append(subscriber)

    def publish(self, name: EventName, *ids: str) -> None:
        """Tell every subscriber that something happened to `ids`."""
        event = Event(name, ids)
        with self._lock:
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            try:
                subscriber(event)
            except Exception:
                log.exception("a subscriber failed on %s and is dropped", name.value)
                with self._lock:
                    self._subscribers.remove(subscriber)
