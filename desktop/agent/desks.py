"""What a lane does in one turn, in methods that can be called without a thread: by `run --once` and by the tests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.agent.surroundings import Surroundings
from desktop.agent.way_out import WayOut
from desktop.domain.connections import Connection
from desktop.domain.crm_port import CrmConnector
from desktop.domain.errors import Defect
from desktop.domain.events import EventName
from desktop.domain.ids import ConnectionId
from desktop.domain.ports import DraftFolder, MailSource
from desktop.domain.webhooks import WebhookCheck
from desktop.intake import mirror
from desktop.intake.step import pull
from desktop.runtime.lanes import AT_ONCE
from desktop.runtime.signals import Wakeup

WAIT_FOR_MAIL = 60.0  # then look anyway: a watch that broke must not pass for a quiet mailbox
MIRROR_EVERY = timedelta(seconds=60)
SPARINGLY = timedelta(minutes=15)  # once the CRM's allowance of calls runs short: what is left is for writing
ASKED_EVERY = timedelta(seconds=5)  # a CRM that reports each of a thousand changes is looked at once in this time
RULES_EVERY = timedelta(hours=6)
IDLE = 3600.0


def _no_webhooks(_connection: Connection) -> None:
    """Check no webhook call: none is taken in."""


@dataclass(frozen=True, slots=True)
class Connectors:
    """How the agent gets a Connector for a Connection; each call gives a new one, owned by the lane that asked.

    `webhooks` gives what a CRM's webhook calls are checked by, None where they cannot be.
    """

    mail: Callable[[Connection], MailSource]
    drafts: Callable[[Connection], DraftFolder | None]
    crm: Callable[[Connection], CrmConnector]
    webhooks: Callable[[Connection], WebhookCheck | None] = _no_webhooks


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
        self._way_out = WayOut(connection, around)
        self._reported = Wakeup()
        self._is_in_trouble = False
        self._is_short = False

    def reported(self) -> bool:
        """Take note that something changed there; return whether the lane should take a turn for it now.

        Any thread may call this. A CRM in trouble is left the time it was given, and one report stands for those
        that follow it until the next look.
        """
        if self._reported.is_set():
            return False
        self._reported.set()
        return not self._is_in_trouble

    def deliver_once(self) -> bool:
        """Deliver what may go at once; return whether to go on with the next."""
        at_once = self._crm.info.at_once
        return self._way_out.deliver(lambda _id: self._crm, _no_drafts, at_once=at_once)

    def mirror_once(self) -> None:
        """Bring the Mirror up to date, and now and then what the CRM accepts."""
        now, store = self._around.clock.now(), self._around.store
        self._reported.clear()  # what is reported from here on may come too late for this look
        if self._asked_at is None or now - self._asked_at >= RULES_EVERY:
            mirror.refresh_rules(self._connection, self._crm, store)
            self._asked_at = now
        has_changed = mirror.refresh(self._connection, self._crm, store) > 0
        if has_changed:
            self._around.bus.publish(EventName.MIRROR_CHANGED, self._connection.id)
        if has_changed or self._mirrored_at is None:
            self._on_mirrored()  # mails waited for the Mirror, or earlier ones say more of what came
        self._mirrored_at = now
        quota = self._crm.quota()
        self._is_short = quota is not None and quota.is_short
        self._around.condition.well(self._connection.id, quota.sentence if quota and quota.is_short else "")

    def turn(self) -> float:
        """Deliver all that is due, look what changed, and say when to come back."""
        failure = self._catch_up() if self._is_in_trouble else None
        try:
            has_delivered = False
            while self.deliver_once():
                has_delivered = True
            if has_delivered:
                self._on_mirrored()  # a mail may wait to add to what was just made
            if failure is None and self._seconds_to_next_look() <= 0:
                self.mirror_once()
        except Exception as error:  # noqa: BLE001  (whatever a CRM throws, its lane goes on)
            failure = error
        if failure is not None:
            self._is_in_trouble = True
            return self._around.condition.trouble(self._connection.id, failure)
        self._is_in_trouble = False
        return min(
            MIRROR_EVERY.total_seconds(),
            max(self._seconds_to_next_look(), AT_ONCE),
            self._way_out.seconds_to_next(),
        )

    def _catch_up(self) -> Exception | None:
        """Look first, after trouble; once that goes well, let all that piled up be due, so that it goes out in order.

        Each entry was postponed by itself, and one decided last would overtake the others. Return why it goes on.
        """
        try:
            self.mirror_once()
        except Exception as error:  # noqa: BLE001  (it is told at the end of the turn; what is due is tried all the same)
            return error
        with self._around.store.transaction() as tx:
            tx.outbox.hurry_all(self._connection.id)
        return None

    def _seconds_to_next_look(self) -> float:
        if self._mirrored_at is None:
            return 0.0
        every = ASKED_EVERY if self._reported.is_set() else SPARINGLY if self._is_short else MIRROR_EVERY
        return (self._mirrored_at + every - self._around.clock.now()).total_seconds()


class DraftDesk:
    """One mailbox's Drafts folder."""

    def __init__(self, connection: Connection, folder: DraftFolder, around: Surroundings) -> None:
        self._connection = connection
        self._folder = folder
        self._around = around
        self._way_out = WayOut(connection, around)

    def deliver_once(self) -> bool:
        """Deliver one Draft; return whether to go on with the next."""
        return self._way_out.deliver(_no_crm, lambda _id: self._folder)

    def turn(self) -> float:
        """Deliver all that is due and say when to come back."""
        try:
            while self.deliver_once():
                pass
        except Exception as error:  # noqa: BLE001  (as above: this is the store's trouble, a folder's is in its entry)
            return self._around.condition.trouble(self._connection.id, error)
        return self._way_out.seconds_to_next()


def _no_crm(connection_id: ConnectionId) -> CrmConnector:
    raise Defect("A record was about to be written to a mailbox.", detail=connection_id)


def _no_drafts(connection_id: ConnectionId) -> DraftFolder:
    raise Defect("A reply was about to be put into a CRM.", detail=connection_id)
