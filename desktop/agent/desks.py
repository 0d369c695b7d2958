"""What a lane does in one turn, in methods that can be called without a thread: by `run --once` and by the tests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.agent.condition import Condition
from desktop.domain.connections import Connection
from desktop.domain.crm_port import CrmConnector
from desktop.domain.errors import Defect
from desktop.domain.events import EventName
from desktop.domain.ids import ConnectionId
from desktop.domain.ports import Clock, DraftFolder, MailSource
from desktop.intake import mirror
from desktop.intake.step import pull
from desktop.outbox.step import deliver_next
from desktop.runtime.events import EventBus
from desktop.runtime.lanes import AT_ONCE
from desktop.store.store import Store

WAIT_FOR_MAIL = 60.0  # then look anyway: a watch that broke must not pass for a quiet mailbox
MIRROR_EVERY = timedelta(seconds=60)
RULES_EVERY = timedelta(hours=6)
IDLE = 3600.0
LOOK_EVERY = 60.0


@dataclass(frozen=True, slots=True)
class Connectors:
    """How the agent gets a Connector for a Connection; each call gives a new one, owned by the lane that asked."""

    mail: Callable[[Connection], MailSource]
    drafts: Callable[[Connection], DraftFolder | None]
    crm: Callable[[Connection], CrmConnector]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every desk works with."""

    store: Store
    clock: Clock
    bus: EventBus
    condition: Condition


class MailDesk:
    """One mailbox coming in."""

    def __init__(
        self, connection: Connection, source: MailSource, around: Surroundings, on_new: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._source = source
        self._around = around
        self._on_new = on_new

    def pull_once(self) -> bool:
        """Pull one batch; return whether more is waiting already."""
        new, has_more = pull(self._connection, self._source, self._around.store, self._around.clock)
        self._around.condition.well(self._connection.id)
        if new:
            self._around.bus.publish(EventName.INTERACTION_RECEIVED, *new)
            self._on_new()
        return has_more

    def turn(self) -> float:
        """Pull until nothing is waiting, then wait for the mailbox to stir."""
        try:
            if not self.pull_once():
                self._source.wait(WAIT_FOR_MAIL)
        except Exception as error:  # noqa: BLE001  (whatever a mailbox throws, its lane goes on)
            return self._around.condition.trouble(self._connection.id, error)
        return AT_ONCE


class CrmDesk:
    """One CRM: what was decided goes out, what changed there comes in."""

    def __init__(
        self, connection: Connection, crm: CrmConnector, around: Surroundings, on_mirrored: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._crm = crm
        self._around = around
        self._on_mirrored = on_mirrored
        self._mirrored_at: datetime | None = None
        self._asked_at: datetime | None = None

    def deliver_once(self) -> bool:
        """Deliver what may go at once; return whether there was any."""
        at_once = self._crm.info.at_once
        return _deliver(self._connection, self._around, lambda _id: self._crm, _no_drafts, at_once=at_once)

    def mirror_once(self) -> None:
        """Bring the Mirror up to date, and now and then what the CRM accepts."""
        now, store = self._around.clock.now(), self._around.store
        if self._asked_at is None or now - self._asked_at >= RULES_EVERY:
            mirror.refresh_rules(self._connection, self._crm, store)
            self._asked_at = now
        if mirror.refresh(self._connection, self._crm, store):
            self._around.bus.publish(EventName.MIRROR_CHANGED, self._connection.id)
        if self._mirrored_at is None:
            self._on_mirrored()
        self._mirrored_at = now
        self._around.condition.well(self._connection.id)

    def turn(self) -> float:
        """Deliver all that is due, look what changed, and say when to come back."""
        try:
            has_delivered = False
            while self.deliver_once():
                has_delivered = True
            if has_delivered:
                self._on_mirrored()  # a mail may wait to add to what was just made
            now = self._around.clock.now()
            if self._mirrored_at is None or now - self._mirrored_at >= MIRROR_EVERY:
                self.mirror_once()
        except Exception as error:  # noqa: BLE001  (whatever a CRM throws, its lane goes on)
            return self._around.condition.trouble(self._connection.id, error)
        return min(MIRROR_EVERY.total_seconds(), seconds_to_next_delivery(self._around, self._connection))


class DraftDesk:
    """One mailbox's Drafts folder."""

    def __init__(self, connection: Connection, folder: DraftFolder, around: Surroundings) -> None:
        self._connection = connection
        self._folder = folder
        self._around = around

    def deliver_once(self) -> bool:
        """Deliver one Draft; return whether there was one."""
        return _deliver(self._connection, self._around, _no_crm, lambda _id: self._folder)

    def turn(self) -> float:
        """Deliver all that is due and say when to come back."""
        try:
            while self.deliver_once():
                pass
        except Exception as error:  # noqa: BLE001  (as above: this is the store's trouble, a folder's is in its entry)
            return self._around.condition.trouble(self._connection.id, error)
        return seconds_to_next_delivery(self._around, self._connection)


def seconds_to_next_delivery(around: Surroundings, connection: Connection) -> float:
    """Return how long until a postponed entry of a Connection falls due; a minute at most.

    What is due and cannot go waits for another change: whoever makes that one pokes us, and a minute mends what fell
    due while we looked.
    """
    now = around.clock.now()
    with around.store.reading() as tx:
        due = tx.outbox.next_due_at(connection.id, now)
    return LOOK_EVERY if due is None else min(max((due - now).total_seconds(), 0.2), LOOK_EVERY)


def _deliver(
    connection: Connection,
    around: Surroundings,
    open_crm: Callable[[ConnectionId], CrmConnector],
    open_drafts: Callable[[ConnectionId], DraftFolder],
    *,
    at_once: int = 1,
) -> bool:
    subjects = deliver_next(connection.id, around.store, around.clock, open_crm, open_drafts, at_once=at_once)
    if subjects:
        around.bus.publish(EventName.DELIVERY_CHANGED, *subjects)
    return bool(subjects)


def _no_crm(connection_id: ConnectionId) -> CrmConnector:
    raise Defect("A record was about to be written to a mailbox.", detail=connection_id)


def _no_drafts(connection_id: ConnectionId) -> DraftFolder:
    raise Defect("A reply was about to be put into a CRM.", detail=connection_id)
