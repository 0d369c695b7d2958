"""Random decisions, faults and people: in the end every decision stands in Pipedrive once.

Besides answers that are lost before or after the work, requests may be carried out late: the answer is lost, and the
record appears within the time that a repeated create waits for. A program may end at any moment but that one, which is
what the connector does not guarantee (see its module). Decisions go one by one and in batches (of one worker, or no
run could be repeated: `test_many_deliveries.py` has them all). `--thorough` takes many
more examples.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.connectors.pipedrive.keys import SETTLES
from desktop.connectors.tables.pipedrive import ENTITIES
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, DealsideError, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.pipedrive import PipedriveWorld
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import Answer, Request, VendorServer
from tests.unit.connectors.crm.pipedrive.side import K, Setting, connect

pytestmark = pytest.mark.server

STEPS, EXAMPLES, THOROUGH_EXAMPLES = 30, 20, 200
NAMES = {K.ACCOUNT: "name", K.CONTACT: "last_name", K.OPPORTUNITY: "name", K.TASK: "subject", K.ACTIVITY: "subject"}
COLUMNS = {K.ACCOUNT: "name", K.CONTACT: "job_title", K.OPPORTUNITY: "title", K.TASK: "subject", K.ACTIVITY: "subject"}
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
    {"act": "status", "status": 429, "code": "X", "headers": {"x-ratelimit-reset": "2"}},
)


Trouble = tuple[dict[str, Any], str]
TROUBLES = st.tuples(st.sampled_from(FAULTS), st.sampled_from(["POST", "PATCH", "GET"]))


class LateWorld(PipedriveWorld):
    """A company that may carry out a request long after the line broke."""

    def __init__(self, company: Company) -> None:
        super().__init__(company)
        self.holds_next = False
        self.held: list[Request] = []
        self.patched: Counter[str] = Counter()

    def answer(self, request: Request) -> Answer:
        if self.holds_next and request.method == "POST":
            self.holds_next = False
            self.held.append(request)
            return Answer(200, {})
        answer = super().answer(request)
        if request.method == "PATCH" and answer.status == 200:
            self.patched.update(str(value) for value in request.body.values())
        return answer

    def release(self) -> None:
        for request in self.held:
            super().answer(request)
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


class Office(RuleBasedStateMachine):
    """One rep's program, the company's server, and the others who work there."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock()
        self.now = 0.0
        self.company = Company(now=self.clock.now)
        self.world = LateWorld(self.company)
        self.server = VendorServer(self.world)
        self.server.__enter__()
        ledger = ListLedger()
        limits = HttpLimits(connect=20, silence=20)
        http = HttpBoundary(
            ledger=ledger, clock=self.clock, limits=limits, ticks=lambda: self.now, sleep=_wait_for_nothing
        )
        self.setting = Setting(http, ledger, self.clock, lambda: self.now, _wait_for_nothing, is_alone=True)
        self.crm: Pipedrive = connect(self.server, self.setting)
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

    @rule(kinds=st.lists(st.sampled_from(list(NAMES)), max_size=5), data=st.data(), trouble=TROUBLES)
    def a_batch_goes_out(self, kinds: list[K], data: st.DataObject, trouble: Trouble) -> None:
        """Some decisions that wait, and some that the rep has just made."""
        waiting = self._open()
        chosen = data.draw(st.lists(st.sampled_from(waiting), unique_by=id)) if waiting else []
        for kind in kinds:
            chosen.append(Decision(len(self.decisions), kind))
            self.decisions.append(chosen[-1])
        creates = [one for one in chosen if one.target is None]
        updates = list({one.ref: one for one in chosen if one.target is not None}.values())
        self._under(trouble, lambda: self._try_many(creates, updates))

    # --- the world --------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 5, 30, 200]))
    def time_passes(self, seconds: int) -> None:
        with self.server.lock:
            self.world.release()  # whatever is under way is done within any wait we make
        self._advance(seconds)

    @precondition(lambda self: not self.world.held)
    @rule()
    def the_program_is_started_again(self) -> None:
        self.crm = connect(self.server, self.setting)

    @precondition(lambda self: self._made())
    @rule(data=st.data())
    def somebody_edits(self, data: st.DataObject) -> None:
        made = data.draw(st.sampled_from(self._made()))
        made.edits.append(f"person {len(made.edits)} of {made.number}")
        assert made.ref is not None
        with self.server.lock:
            self.company.update(ENTITIES[made.kind], int(made.ref.id), {COLUMNS[made.kind]: made.edits[-1]})

    @rule(works=st.booleans())
    def the_token(self, works: bool) -> None:
        self.company.tokens = {"token": 7} if works else {}

    @rule(seconds=st.sampled_from([0, 60, 600]))
    def the_search_lags(self, seconds: int) -> None:
        self.company.search_lag = seconds

    # --- what must hold ---------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self._finish()
            self._check()
        finally:
            self.setting.close()
            self.server.__exit__(None, None, None)

    def _finish(self) -> None:
        self.company.tokens = {"token": 7}
        self.world.release()
        for _ in range(6):
            self._advance(SETTLES.total_seconds() + 1)
            for decision in self._open():
                self._try(decision)
        assert self._open() == []

    def _check(self) -> None:
        created = [decision for decision in self.decisions if decision.target is None]
        for entity in set(ENTITIES.values()):
            wanted = [decision for decision in created if ENTITIES[decision.kind] == entity]
            assert len(list(self.company.live(entity))) == len(wanted), entity
            assert len({decision.ref for decision in wanted}) == len(wanted)
        for decision in created:
            assert decision.ref is not None
            row = self.company.get(ENTITIES[decision.kind], int(decision.ref.id))
            original = SAMPLES[decision.kind][FIELDS[decision.kind]] if decision.kind is K.CONTACT else decision.value
            assert not decision.edits or row[COLUMNS[decision.kind]] != original
        for decision in self.decisions:
            if decision.target is not None:
                # A conflict may hide a write whose answer was lost, and which somebody has changed since.
                assert self.world.patched[decision.value] in ({1} if decision.outcome == "done" else {0, 1}), decision

    # --- helpers ----------------------------------------------------------------------------------------------------

    def _made(self) -> list[Decision]:
        return [decision for decision in self.decisions if decision.target is None and decision.ref is not None]

    def _open(self) -> list[Decision]:
        return [decision for decision in self.decisions if not decision.outcome and decision.due <= self.now]

    def _advance(self, seconds: float) -> None:
        self.now += seconds
        self.clock.advance(seconds)

    def _try_under(self, decision: Decision, trouble: Trouble) -> None:
        self._under(trouble, lambda: self._try(decision))

    def _under(self, trouble: Trouble, act: Callable[[], None]) -> None:
        fault, method = trouble
        if fault.get("act") == "late":
            if not self.world.held:
                self.world.holds_next = True
                self.server.fault("drop_after", method="POST")
        elif fault:
            self.server.fault(**fault, method=method)
        act()
        self.server.faults.clear()
        self.world.holds_next = False

    def _try(self, decision: Decision) -> None:
        try:
            outcome: Outcome
            if decision.target is None:
                outcome = self.crm.create(decision.kind, _fields(decision), f"key {decision.number}")
            else:
                change = _change(decision)
                outcome = self.crm.update(change.ref, change.fields, version=change.version)
        except DealsideError as error:
            outcome = error
        self._settle(decision, outcome)

    def _try_many(self, creates: list[Decision], updates: list[Decision]) -> None:
        new = [NewRecord(one.kind, _fields(one), f"key {one.number}") for one in creates]
        for decision, outcome in zip(creates, self.crm.create_many(new), strict=True):
            self._settle(decision, outcome)
        changes = [_change(one) for one in updates]
        for decision, outcome in zip(updates, self.crm.update_many(changes), strict=True):
            self._settle(decision, outcome)

    def _settle(self, decision: Decision, outcome: Outcome) -> None:
        if isinstance(outcome, RecordSnapshot):
            decision.ref, decision.outcome = outcome.ref, "done"
        elif isinstance(outcome, Temporary):
            decision.due = self.now + (outcome.retry_after or 0)
        elif isinstance(outcome, UserActionNeeded):
            assert not self.company.tokens
        elif isinstance(outcome, Conflict):
            decision.outcome = "conflict"
        else:
            raise outcome


def _wait_for_nothing(_seconds: float) -> None:
    return


def _fields(decision: Decision) -> dict[str, str]:
    return {**SAMPLES[decision.kind], NAMES[decision.kind]: decision.value}


def _change(decision: Decision) -> RecordChange:
    assert decision.ref is not None
    return RecordChange(decision.ref, {FIELDS[decision.kind]: decision.value}, decision.version)


@pytest.mark.parametrize("kind", list(NAMES))
def test_one_of_a_batch_that_is_carried_out_late_is_not_made_again(kind: K) -> None:
    office = Office()
    try:
        office.decisions = [Decision(number, kind) for number in range(4)]
        office._under(({"act": "late"}, "POST"), lambda: office._try_many(office.decisions, []))
        assert len(office._made()) < 4
        for seconds in (0, 30, 59):
            office._advance(seconds)
            office._try_many([one for one in office.decisions if not one.outcome], [])
            assert len(office._made()) < 4
        office.world.release()
    finally:
        office.teardown()
    assert [one.outcome for one in office.decisions] == ["done"] * 4


def test_every_decision_stands_once(request: pytest.FixtureRequest) -> None:
    thorough = request.config.getoption("--thorough")
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=THOROUGH_EXAMPLES if thorough else EXAMPLES,
            stateful_step_count=2 * STEPS if thorough else STEPS,
            derandomize=not thorough,
            deadline=None,
            phases=[Phase.generate],  # a failure is short enough, and making it shorter takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
