"""The way out of one Connection: one batch of entries after the other, with a pause where nothing goes through."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from desktop.agent.surroundings import Surroundings
from desktop.domain.connections import Connection
from desktop.domain.crm_port import CrmConnector
from desktop.domain.events import EventName
from desktop.domain.ids import ConnectionId
from desktop.domain.ports import DraftFolder
from desktop.outbox.step import deliver_next

log = logging.getLogger("dealside.agent")

LOOK_EVERY = 60.0  # seconds, as all of these
SETBACKS = 3  # entries in a row that have to be tried again later
SHORTEST_CLOSED = 0.2
LONGEST_CLOSED = 10.0


class WayOut:
    """What goes out over one Connection. Where one entry after the other meets a setback, the rest waits a while.

    Without that, a thousand entries would each find out for themselves that the other side is away.
    """

    def __init__(self, connection: Connection, around: Surroundings) -> None:
        self._connection = connection
        self._around = around
        self._setbacks = 0
        self._closed_until: datetime | None = None

    def deliver(
        self,
        open_crm: Callable[[ConnectionId], CrmConnector],
        open_drafts: Callable[[ConnectionId], DraftFolder],
        *,
        at_once: int = 1,
    ) -> bool:
        """Deliver what may go at once; return whether to go on with the next."""
        if self.seconds_closed() > 0:
            return False
        around = self._around
        done = deliver_next(self._connection.id, around.store, around.clock, open_crm, open_drafts, at_once=at_once)
        if not done.subjects:
            return False
        around.bus.publish(EventName.DELIVERY_CHANGED, *done.subjects)
        if done.stuck:
            log.info("%d changes wait for the rep: %s", len(done.stuck), ", ".join(done.stuck[:5]))
            around.bus.publish(EventName.ALERT_RAISED, *done.stuck)
        self._setbacks = self._setbacks + 1 if done.is_setback else 0
        if self._setbacks >= SETBACKS:
            wait = min(SHORTEST_CLOSED * 2.0 ** (self._setbacks - SETBACKS), LONGEST_CLOSED)
            self._closed_until = around.clock.now() + timedelta(seconds=wait)
            return False
        return True

    def seconds_closed(self) -> float:
        """Return how long nothing is tried."""
        until = self._closed_until
        return 0.0 if until is None else max((until - self._around.clock.now()).total_seconds(), 0.0)

    def seconds_to_next(self) -> float:
        """Return how long until a postponed entry falls due; a minute at most.

        What is due and cannot go waits for another change: whoever makes that one pokes us, and a minute mends what
        fell due while we looked.
        """
        now, closed = self._around.clock.now(), self.seconds_closed()
        if closed > 0:
            return closed
        with self._around.store.reading() as tx:
            due = tx.outbox.next_due_at(self._connection.id, now)
        return LOOK_EVERY if due is None else min(max((due - now).total_seconds(), SHORTEST_CLOSED), LOOK_EVERY)
