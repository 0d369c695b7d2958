"""The agent's lanes: one per mailbox, one per CRM, one per Drafts folder, one for understanding, one that tidies.

A lane owns its connector, so nothing that is not thread-safe is ever shared, and a slow server holds up only itself.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol, TypeVar

from desktop.agent.condition import Condition
from desktop.agent.desks import IDLE, Connectors, CrmDesk, DraftDesk, MailDesk
from desktop.agent.reception import Reception
from desktop.agent.surroundings import Surroundings
from desktop.domain.connections import Connection, Family
from desktop.domain.events import EventName
from desktop.domain.ids import ConnectionId
from desktop.domain.ports import Clock, LanguageModel, ModelState, ModelStatus
from desktop.flow import Flow
from desktop.runtime.events import EventBus
from desktop.runtime.lanes import AT_ONCE, Lane
from desktop.runtime.signals import Wakeup
from desktop.store.store import Store
from desktop.understanding.confidence import refit

log = logging.getLogger("dealside.agent")

TIDY_EVERY = 20.0
LOOK_AGAIN = 2.0
PATIENCE = 30  # looks
STOP_SECONDS = 8.0
ENDING_SECONDS = 0.2
AGENT, MODEL = "agent", "model"


class _Closable(Protocol):
    def close(self) -> None:
        """Let go of connections."""


_C = TypeVar("_C", bound=_Closable)


class Agent:
    """Owns the lanes. `start` and `stop` are called once each; `run_once` needs neither."""

    def __init__(
        self, store: Store, clock: Clock, model: LanguageModel, *, connectors: Connectors, bus: EventBus
    ) -> None:
        self._around = Surroundings(store, clock, bus, Condition(store, clock, bus))
        self._model = model
        self._connectors = connectors
        self._flow = Flow(store, clock, model, bus.publish)
        self._lanes: dict[str, list[Lane]] = {}
        self._ending: dict[str, list[Lane]] = {}
        self._served: dict[str, Connection] = {}
        self._crm_desks: dict[str, CrmDesk] = {}
        self._reception = Reception(
            store, clock, self._around.condition, open_check=connectors.webhooks, report=self._look_at
        )
        self._understanding = Lane("understanding", self._understand)
        self._tidying = Lane("tidying", self.tidy)

    def start(self) -> None:
        """Begin to work."""
        self._understanding.start()
        self._tidying.start()

    def stop(self) -> bool:
        """End every lane; return whether all ended in time. What was not finished is done after the next start."""
        self._tidying.stop()
        self._understanding.stop()
        self._model.cancel()
        # First the one that starts lanes, so that none is started behind our back.
        has_tidied = self._tidying.join(STOP_SECONDS)
        groups = (*self._lanes.values(), *self._ending.values())
        lanes = [self._understanding, *(lane for group in groups for lane in group)]
        for lane in lanes:
            lane.stop()
        has_closed = self._reception.stop(STOP_SECONDS)
        ended = [lane.join(STOP_SECONDS) for lane in lanes]
        self._model.close()
        return has_tidied and has_closed and all(ended)

    def poke(self) -> None:
        """Something is new (a Decision, a Connection, the rep asked to look): every lane takes a turn now."""
        self._tidying.wake()
        self._understanding.wake()
        for group in list(self._lanes.values()):
            for lane in group:
                lane.wake()

    def _look_at(self, connection_id: ConnectionId) -> None:
        """Let the lane of a CRM look now what changed there, as its vendor says that something did."""
        desk = self._crm_desks.get(connection_id)
        if desk is not None and desk.reported():
            for lane in self._lanes.get(connection_id, ()):
                lane.wake()

    def run_once(self) -> None:
        """Do, in this thread, all there is to do now: look at the CRMs, pull the mail, understand, propose, deliver."""
        with ExitStack() as end:
            crms = self._opened(Family.CRM, self._connectors.crm, end)
            desks = [(connection, CrmDesk(connection, crm, self._around, _nothing)) for connection, crm in crms]
            for connection, desk in desks:
                self._guarded(connection, desk.mirror_once)
            for connection, source in self._opened(Family.MAIL, self._connectors.mail, end):
                mail = MailDesk(connection, source, self._around, _nothing)
                self._guarded(connection, _until_done(mail.pull_once))
            self._finish_reading()
            for connection, desk in desks:
                self._guarded(connection, _until_done(desk.deliver_once))
            _until_done(self._flow.advance)()  # what a mail adds to a Record that was made just now
            for connection, folder in self._opened(Family.MAIL, self._connectors.drafts, end):
                drafts = DraftDesk(connection, folder, self._around)
                self._guarded(connection, _until_done(drafts.deliver_once))
        self._wake_snoozed()
        self._tell_model()

    def _opened(
        self, family: Family, connect: Callable[[Connection], _C | None], end: ExitStack
    ) -> list[tuple[Connection, _C]]:
        """Return the connectors of a family that can be opened, each closed at the `end`; say what is wrong else."""
        found: list[tuple[Connection, _C]] = []
        for connection in self._connections(family):
            if connection.is_paused:
                continue
            try:
                connector = connect(connection)
            except Exception as error:  # noqa: BLE001  (one connection that cannot be opened stops no other)
                self._around.condition.trouble(connection.id, error)
                continue
            if connector is not None:
                end.callback(connector.close)
                found.append((connection, connector))
        return found

    def _finish_reading(self) -> None:
        """Understand and propose all there is, and give what was put off (the engine died) a while to get through."""
        pause = Wakeup()
        for _ in range(PATIENCE):
            _until_done(self._flow.advance)()
            if not self._has_postponed():
                return
            pause.wait(LOOK_AGAIN)

    def tidy(self) -> float:
        """Keep the lanes in step with the Connections, wake snoozed cards whose moment has come, say we live."""
        self._around.condition.well(AGENT)
        self._tell_model()
        self._follow_connections()
        self._reception.follow()
        self._wake_snoozed()
        return LOOK_AGAIN if self._ending else TIDY_EVERY

    def _wake_snoozed(self) -> None:
        with self._around.store.reading() as tx:
            due = tx.proposals.due(self._around.clock.now())
        if due:
            with self._around.store.transaction() as tx:
                for proposal_id in due:
                    tx.proposals.snooze(proposal_id, None)
            self._around.bus.publish(EventName.PROPOSAL_CHANGED, *due)

    def _follow_connections(self) -> None:
        wanted = {c.id: c for c in self._connections() if not c.is_paused}
        for known in [known for known in self._lanes if wanted.get(ConnectionId(known)) != self._served[known]]:
            self._ending[known] = self._lanes.pop(known)
            self._crm_desks.pop(known, None)
            for lane in self._ending[known]:
                lane.stop()
        self._forget_ended()
        for connection in wanted.values():
            if connection.id not in self._lanes and connection.id not in self._ending:
                self._serve(connection)

    def _forget_ended(self) -> None:
        """Let go of lanes that are over. Until then nobody else may serve theirs: a draft would be put there twice."""
        for known, lanes in list(self._ending.items()):
            if all(lane.join(ENDING_SECONDS) for lane in lanes):
                del self._ending[known]

    def _serve(self, connection: Connection) -> None:
        try:
            lanes = self._lanes_for(connection)
        except Exception as error:  # noqa: BLE001  (one connection that cannot be opened stops no other)
            self._around.condition.trouble(connection.id, error)
            return
        self._lanes[connection.id], self._served[connection.id] = lanes, connection
        for lane in lanes:
            lane.start()

    def _lanes_for(self, connection: Connection) -> list[Lane]:
        if connection.family is Family.CRM:
            crm = self._connectors.crm(connection)
            desk = CrmDesk(connection, crm, self._around, self._understanding.wake)
            self._crm_desks[connection.id] = desk
            return [Lane(f"crm {connection.id}", desk.turn, at_end=crm.close)]
        source = self._connectors.mail(connection)
        mail = MailDesk(connection, source, self._around, self._understanding.wake)
        lanes = [Lane(f"mail {connection.id}", mail.turn, interrupt=source.interrupt, at_end=source.close)]
        folder = self._connectors.drafts(connection)
        if folder is not None:
            drafts = DraftDesk(connection, folder, self._around)
            lanes.append(Lane(f"drafts {connection.id}", drafts.turn, at_end=folder.close))
        return lanes

    def _understand(self) -> float:
        if self._flow.advance():
            return AT_ONCE
        self._tell_model()
        self._learn()
        # A postponed mail becomes due without anybody waking us.
        return LOOK_AGAIN if self._has_postponed() else IDLE

    def _learn(self) -> None:
        """Fit the confidence to the rep's decisions, once a day, when there is nothing to read."""
        store, clock = self._around.store, self._around.clock
        try:
            if refit.is_due(store, clock):
                refit.learn(store, clock)
        except Exception:
            log.exception("the confidence could not be fitted to the decisions; it stays as it is")

    def _has_postponed(self) -> bool:
        with self._around.store.reading() as tx:
            return tx.interactions.has_postponed()

    def _connections(self, family: Family | None = None) -> tuple[Connection, ...]:
        with self._around.store.reading() as tx:
            return tx.connections.all(family)

    def _guarded(self, connection: Connection, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  (one connection in trouble stops no other)
            self._around.condition.trouble(connection.id, error)

    def _tell_model(self) -> None:
        status = self._model.status()
        self._around.condition.say(MODEL, _words(status), is_ok=status.state is ModelState.READY)


def _words(status: ModelStatus) -> str:
    """Return "state: sentence", the form in which the review queries read it back."""
    return f"{status.state.value}: {status.sentence}"


def _until_done(work: Callable[[], bool]) -> Callable[[], None]:
    def repeat() -> None:
        while work():
            pass

    return repeat


def _nothing() -> None:
    """Wake nobody: there are no lanes."""
