"""Random decisions, faults and people: in the end every decision stands in each of the three CRMs once.

Besides answers that are lost before or after the work, requests may be carried out late: the answer is lost, and the
record appears within the time that a repeated create waits for. Where keys are not unique a program may end at any
moment but that one, which is what the connector does not guarantee (see its module). `--thorough` takes many more
examples.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from desktop.connectors.crm.custom import Custom
from desktop.connectors.custom.doubts import SETTLES
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.domain.errors import Conflict, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef
from tests.conformance.crm_samples import SAMPLES
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.custom_office import Office
from tests.servers.harbour import HarbourWorld
from tests.servers.old_ledger import LedgerWorld
from tests.servers.reef_graph import ReefWorld
from tests.servers.vendor import Answer, Request, VendorServer, World
from tests.unit.connectors.crm.custom.side import MAPPINGS, K, Setting, WriteFault, connect, number_of

pytestmark = pytest.mark.server

STEPS, EXAMPLES, THOROUGH_EXAMPLES = 30, 30, 700
FEW, MANY = 300, 10_000
NAMES = {K.ACCOUNT: "name", K.CONTACT: "last_name", K.OPPORTUNITY: "name", K.TASK: "subject", K.ACTIVITY: "subject"}
FIELDS = {**NAMES, K.CONTACT: "title"}
FAULTS: tuple[dict[str, Any], ...] = (
    {},
    {"act": "late"},
    {"act": "drop"},
    {"act": "drop_after"},
    {"act": "cut"},
    {"act": "garbage"},
    {"act": "status", "status": 500},
    {"act": "status", "status": 503, "headers": {"Retry-After": "1"}},
    {"act": "status", "status": 429, "headers": {"Retry-After": "2"}},
)
Trouble = tuple[dict[str, Any], bool]
TROUBLES = st.tuples(st.sampled_from(FAULTS), st.booleans())


class LateWorld(World):
    """Any of the CRMs, which may carry out a request long after the line broke."""

    def __init__(self, inner: World, is_create: Callable[[Request], bool]) -> None:
        self.inner = inner
        self.is_create = is_create
        self.holds_next = False
        self.held: list[Request] = []

    def now(self) -> datetime:
        return self.inner.now()

    def error(self, status: int, code: str, message: str) -> Any:
        return self.inner.error(status, code, message)

    def answer(self, request: Request) -> Answer:
        if self.holds_next and self.is_create(request):
            self.holds_next = False
            self.held.append(request)
            return Answer(200, {})
        return self.inner.answer(request)

    def release(self) -> None:
        for request in self.held:
            self.inner.answer(request)
        self.held.clear()


@dataclass
class Decision:
    """What the rep pressed. `number` makes its key and its value its own."""

    number: int
    kind: K
    target: "Decision | None" = None
    version: str = ""
    ref: RecordRef | None = None
    due: float = 0.0
    outcome: str = ""
    edits: list[str] = field(default_factory=list)

    @property
    def value(self) -> str:
        return f"v{self.number}"


class Desk(RuleBasedStateMachine):
    """One rep's program, the CRM's server, and the others who work there."""

    world_of: ClassVar[type]
    mapping: ClassVar[str]
    path: ClassVar[str]
    is_create: ClassVar[Callable[[Request], bool]]
    is_write: ClassVar[Callable[[Request], bool]]

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock()
        self.now = 0.0
        self.office = Office(now=self.clock.now)
        self.world = LateWorld(self.world_of(self.office), type(self).is_create)
        self.server = VendorServer(self.world)
        self.server.__enter__()
        ledger = ListLedger()
        limits = HttpLimits(connect=20, silence=20)
        http = HttpBoundary(ledger=ledger, clock=self.clock, limits=limits, ticks=lambda: self.now, sleep=self._advance)
        self.setting = Setting(http, ledger, self.clock)
        self.crm = self._connect()
        self.decisions: list[Decision] = []

    # --- the rep ----------------------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(list(NAMES)), trouble=TROUBLES)
    def decides_to_create(self, kind: K, trouble: Trouble) -> None:
        self.decisions.append(Decision(len(self.decisions), kind))
        self._try_under(self.decisions[-1], trouble)

    @precondition(lambda self: self._made())
    @rule(data=st.data(), trouble=TROUBLES)
    def decides_to_update(self, data: st.DataObject, trouble: Trouble) -> None:
        target = data.draw(st.sampled_from(self._made()))
        assert target.ref is not None
        try:
            live = self.crm.read(target.ref)
        except (Temporary, UserActionNeeded):
            return
        assert live is not None
        self.decisions.append(Decision(len(self.decisions), target.kind, target, live.version, target.ref))
        self._try_under(self.decisions[-1], trouble)

    @precondition(lambda self: self._open())
    @rule(data=st.data(), trouble=TROUBLES)
    def a_delivery_is_tried_again(self, data: st.DataObject, trouble: Trouble) -> None:
        self._try_under(data.draw(st.sampled_from(self._open())), trouble)

    # --- the world --------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 5, 30, 200]))
    def time_passes(self, seconds: int) -> None:
        with self.server.lock:
            self.world.release()  # whatever is under way is done within any wait we make
        self._advance(seconds)

    @precondition(lambda self: self.office.has_unique_keys or not self.world.held)
    @rule()
    def the_program_is_started_again(self) -> None:
        self.crm = self._connect()

    @precondition(lambda self: self._made())
    @rule(data=st.data())
    def somebody_edits(self, data: st.DataObject) -> None:
        made = data.draw(st.sampled_from(self._made()))
        made.edits.append(f"person {len(made.edits)} of {made.number}")
        assert made.ref is not None
        with self.server.lock:
            self.office.update(made.kind, number_of(made.ref), {FIELDS[made.kind]: made.edits[-1]})

    @rule(works=st.booleans())
    def the_secret(self, works: bool) -> None:
        self.office.secrets = {"s3cret"} if works else set()

    @rule()
    def sessions_end(self) -> None:
        if isinstance(self.world.inner, ReefWorld):
            self.world.inner.sessions.clear()

    # --- what must hold ---------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self._finish()
            self._check()
        finally:
            self.setting.http.close()
            self.server.__exit__(None, None, None)

    def _finish(self) -> None:
        self.office.secrets = {"s3cret"}
        self.world.release()
        for _ in range(6):
            self._advance(SETTLES.total_seconds() + 1)
            for decision in self._open():
                self._try(decision)
        assert self._open() == []

    def _check(self) -> None:
        created = [decision for decision in self.decisions if decision.target is None]
        for kind in NAMES:
            wanted = [decision for decision in created if decision.kind is kind]
            assert len(list(self.office.live(kind))) == len(wanted), kind
            assert len({decision.ref for decision in wanted}) == len(wanted)
        for decision in self.decisions:
            if decision.target is not None:
                # A conflict may hide a write whose answer was lost, and which somebody has changed since.
                count = self.office.patched.count(decision.value)
                assert count in ({1} if decision.outcome == "done" else {0, 1}), decision

    # --- helpers ----------------------------------------------------------------------------------------------------

    def _connect(self) -> Custom:
        return connect(self.server, self.setting, MAPPINGS / self.mapping, self.path)

    def _made(self) -> list[Decision]:
        return [decision for decision in self.decisions if decision.target is None and decision.ref is not None]

    def _open(self) -> list[Decision]:
        return [decision for decision in self.decisions if not decision.outcome and decision.due <= self.now]

    def _advance(self, seconds: float) -> None:
        self.now += seconds
        self.clock.advance(seconds)

    def _try_under(self, decision: Decision, trouble: Trouble) -> None:
        fault, only_writes = trouble
        if fault.get("act") == "late":
            if not self.world.held:
                self.world.holds_next = True
                self.server.faults.append(WriteFault("drop_after", is_write=type(self).is_create))
        elif fault:
            is_hit = type(self).is_write if only_writes else lambda _: True
            self.server.faults.append(WriteFault(**fault, is_write=is_hit))
        self._try(decision)
        self.server.faults.clear()
        self.world.holds_next = False

    def _try(self, decision: Decision) -> None:
        try:
            if decision.target is None:
                fields = {**SAMPLES[decision.kind], NAMES[decision.kind]: decision.value}
                decision.ref = self.crm.create(decision.kind, fields, f"key {decision.number}").ref
            else:
                assert decision.ref is not None
                self.crm.update(decision.ref, {FIELDS[decision.kind]: decision.value}, version=decision.version)
            decision.outcome = "done"
        except Temporary as error:
            decision.due = self.now + (error.retry_after or 0)
        except UserActionNeeded:
            assert not self.office.secrets
        except Conflict:
            decision.outcome = "conflict"


class HarbourDesk(Desk):
    """Unique keys and ETags."""

    world_of, mapping, path = HarbourWorld, "harbour.json", "/api"
    is_create = staticmethod(lambda request: request.method == "POST")
    is_write = staticmethod(lambda request: request.method != "GET")


class LedgerDesk(Desk):
    """Keys that may be doubled, whole rows, revisions."""

    world_of, mapping, path = LedgerWorld, "old-ledger.json", "/api"
    is_create = staticmethod(lambda request: request.parts[-1] == "new")
    is_write = staticmethod(lambda request: request.parts[-1] in {"new", "put"})


class ReefDesk(Desk):
    """GraphQL, and a session that may run out."""

    world_of, mapping, path = ReefWorld, "reef-graphql.json", ""
    is_create = staticmethod(lambda request: b"Create($" in request.raw)
    is_write = staticmethod(lambda request: b"mutation" in request.raw)


@pytest.mark.parametrize("desk", [HarbourDesk, LedgerDesk, ReefDesk])
def test_every_decision_stands_once(desk: type[Desk], request: pytest.FixtureRequest) -> None:
    thorough = request.config.getoption("--thorough")
    run_state_machine_as_test(
        desk,
        settings=settings(
            max_examples=THOROUGH_EXAMPLES if thorough else EXAMPLES,
            stateful_step_count=2 * STEPS if thorough else STEPS,
            derandomize=not thorough,
            deadline=None,
            phases=[Phase.generate],  # a failure is short enough, and making it shorter takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("desk", [HarbourDesk, LedgerDesk, ReefDesk])
def test_with_a_fifth_of_the_calls_failing_nothing_is_lost_or_doubled(
    desk: type[Desk], request: pytest.FixtureRequest
) -> None:
    """10,000 deliveries with `--thorough`; each is tried until it is done."""
    count = MANY if request.config.getoption("--thorough") else FEW
    chance = random.Random(4)
    machine = desk()
    try:
        for number in range(count):
            made = machine.decisions[-1 - number % 7 :: -11] if number % 10 > 6 else []
            target = next((decision for decision in made if decision.target is None and decision.ref), None)
            kind = target.kind if target else chance.choice(list(NAMES))
            machine.decisions.append(Decision(number, kind, target, ref=target.ref if target else None))
            while not machine.decisions[-1].outcome:
                fault = chance.choice(FAULTS[1:]) if chance.random() < 0.2 else {}
                machine._try_under(machine.decisions[-1], (fault, chance.random() < 0.5))
                machine.world.release()
                machine._advance(SETTLES.total_seconds() + 1)
        machine._check()
    finally:
        machine.setting.http.close()
        machine.server.__exit__(None, None, None)
