"""Decisions are applied once each, whatever is lost on the way and whatever others do meanwhile; the feed sees it all.

A few hundred steps and deliveries in a normal run; `--thorough` takes many more.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from desktop.domain.errors import Temporary, UserActionNeeded
from tests.servers.vendor import Fault, Request
from tests.unit.connectors.crm.hubspot.outbox import DECIDED, OBJECT, TYPED, Decision, Outbox
from tests.unit.connectors.crm.hubspot.side import K, WriteFault

pytestmark = pytest.mark.server

EXAMPLES, THOROUGH_EXAMPLES = 20, 400
STEPS = 40
DELIVERIES, THOROUGH_DELIVERIES = 300, 10_000
FAULT_RATE = 0.2
AT_ONCE = 250
FAULTS: tuple[dict[str, Any], ...] = (
    {"act": "drop"},
    {"act": "drop_after"},
    {"act": "cut"},
    {"act": "garbage"},
    {"act": "status", "status": 500},
    {"act": "status", "status": 503, "code": "INTERNAL_ERROR"},
    {"act": "status", "status": 423, "code": "LOCKED"},
    {"act": "status", "status": 429, "code": "SECONDLY"},
    {"act": "status", "status": 429, "code": "DAILY"},
)


class Deliveries(RuleBasedStateMachine):
    """The outbox's way of delivering, with attempts at one or at many as steps."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox()
        self.portal = self.outbox.portal
        for kind in (K.CONTACT, K.CONTACT, K.CONTACT, K.OPPORTUNITY):
            self.outbox.attempt(self.outbox.decide_to_create(kind, 0))

    # --- what happens -----------------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(list(DECIDED)), account=st.integers(0, 2))
    def decide_to_create(self, kind: Any, account: int) -> None:
        self.outbox.decide_to_create(kind, account)

    @precondition(lambda self: self.outbox.made)
    @rule(which=st.integers(0, 99), account=st.integers(-1, 2))
    def decide_to_update(self, which: int, account: int) -> None:
        outbox = self.outbox
        chosen = outbox.made[which % len(outbox.made)]
        if any(each.ref == chosen.ref for each in outbox.pending):
            return
        live = outbox.surely(lambda: outbox.crm.read(chosen.ref))
        if live is not None:
            outbox.decide_to_update(chosen, live, account)

    @precondition(lambda self: self.outbox.pending)
    @rule(which=st.integers(0, 99), times=st.integers(1, 3))
    def attempt(self, which: int, times: int) -> None:
        for number in range(times):
            if self.outbox.pending:
                self.outbox.attempt(self.outbox.pending[(which + number) % len(self.outbox.pending)])

    @precondition(lambda self: self.outbox.pending)
    @rule(most=st.integers(1, 8), times=st.integers(1, 2))
    def attempt_many(self, most: int, times: int) -> None:
        for _ in range(times):
            self.outbox.attempt_many(self.outbox.pending[:most])

    @rule(faults=st.lists(st.sampled_from(FAULTS), max_size=2), write=st.sampled_from(["", "POST", "PATCH", "any"]))
    def trouble_ahead(self, faults: list[dict[str, Any]], write: str) -> None:
        for fault in faults:
            made = WriteFault(**fault) if write == "any" else Fault(**fault, method=write)
            self.outbox.server.faults.append(made)

    @rule()
    def the_token_ends(self) -> None:
        self.portal.tokens.clear()

    @rule(kind=st.sampled_from(list(DECIDED)), which=st.integers(0, 99), at_once=st.booleans())
    def somebody_types_elsewhere(self, kind: Any, which: int, at_once: bool) -> None:
        rows = self.portal.live(OBJECT[kind])
        if not rows:
            return
        row, edit = rows[which % len(rows)], {TYPED[kind]: self.outbox.new_value().split()[1]}

        def act() -> None:
            if row.archived_at is None:
                self.portal.update(OBJECT[kind], row, edit)

        if at_once:
            act()
        else:  # between our look and our write
            self.outbox.server.faults.append(WriteFault("touch", act_on=act))

    @rule(kind=st.sampled_from(list(DECIDED)), which=st.integers(0, 99))
    def somebody_types_the_same(self, kind: Any, which: int) -> None:
        rows = self.portal.live(OBJECT[kind])
        if not rows:
            return
        row, value = rows[which % len(rows)], self.outbox.new_value()
        self.portal.update(OBJECT[kind], row, {DECIDED[kind][1]: value})
        for each in self.outbox.pending:
            if row.properties["dealside_key"] == each.key or (each.ref and each.ref.id == row.id):
                each.rivals.append(value)

    @rule(kind=st.sampled_from(list(DECIDED)), which=st.integers(0, 99))
    def somebody_deletes(self, kind: Any, which: int) -> None:
        known = {each.ref.id for each in self.outbox.made}  # what we do not know of yet would be made anew
        rows = [row for row in self.portal.live(OBJECT[kind]) if row.id in known]
        if rows:
            self.portal.archive(OBJECT[kind], rows[which % len(rows)].id)

    @rule(seconds=st.sampled_from([1, 5, 20, 100, 700]))
    def time_passes(self, seconds: int) -> None:
        self.portal.advance(seconds)

    @rule(limit=st.integers(1, 50))
    def pull(self, limit: int) -> None:
        try:
            batch = self.outbox.crm.changes(self.outbox.checkpoint, limit=limit)
        except (Temporary, UserActionNeeded):
            self.portal.tokens.add("token")
            return
        self.outbox.keep(batch.records)
        self.outbox.checkpoint = batch.checkpoint

    def teardown(self) -> None:
        try:
            self.outbox.finish()
            self.outbox.check()
            self.outbox.server.faults.clear()
            self.outbox.check_feed()
        finally:
            self.outbox.close()


def test_decisions_are_applied_once(request: pytest.FixtureRequest) -> None:
    thorough = request.config.getoption("--thorough")
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=THOROUGH_EXAMPLES if thorough else EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not thorough,
            phases=[Phase.generate, Phase.shrink] if thorough else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@dataclass(slots=True)
class Chance(Fault):
    """A fault that happens now and then, to any call."""

    dice: Random = field(default_factory=Random)
    rate: float = 0.0
    happened: int = 0

    def is_for(self, request: Request) -> bool:
        strikes = self.dice.random() < self.rate
        self.happened += strikes
        return strikes


def test_many_deliveries_with_a_fifth_of_all_calls_failing(request: pytest.FixtureRequest) -> None:
    wanted = THOROUGH_DELIVERIES if request.config.getoption("--thorough") else DELIVERIES
    dice, outbox = Random(wanted), Outbox()
    faults = [
        Chance(**fault, dice=dice, rate=FAULT_RATE / len(FAULTS), times=10**9)
        for fault in (*FAULTS, {"act": "status", "status": 401, "code": "EXPIRED_AUTHENTICATION"})
    ]
    outbox.server.faults.extend(faults)
    try:
        while len(outbox.done) < wanted:
            _decide(outbox, dice, min(dice.randint(1, AT_ONCE // 2), wanted - len(outbox.done) - len(outbox.pending)))
            _somebody_types(outbox, dice)
            if dice.random() < 0.1:
                outbox.attempt(dice.choice(outbox.pending))
            elif outbox.pending:
                outbox.attempt_many(outbox.pending[: dice.randint(1, AT_ONCE)])
            outbox.portal.advance(1)
        struck = sum(fault.happened for fault in faults)
        outbox.server.faults.clear()
        outbox.check()
        assert len(outbox.done) == wanted
        lost = [each for each in outbox.done if not each.is_applied and not (each.is_update and each.rivals)]
        assert lost == []  # an update is left to the rep where a person typed over what it was decided on
        assert sum(outbox.portal.created[name] for name in OBJECT.values()) == len(outbox.made), "a create was doubled"
        assert struck > len(outbox.server.requests) * FAULT_RATE / 2
    finally:
        outbox.close()


def _decide(outbox: Outbox, dice: Random, most: int) -> None:
    """Decide on so many things more, at most one for each record; of what is known to be there as nobody's said."""
    busy = {each.ref for each in outbox.pending}
    free = [each for each in outbox.made if each.ref not in busy]
    dice.shuffle(free)
    for _ in range(max(0, most)):
        if free and dice.random() < 0.7:
            chosen = free.pop()
            live = outbox.surely(lambda chosen=chosen: outbox.crm.read(chosen.ref))
            outbox.decide_to_update(chosen, live, dice.choice([-1, -1, -1, 0, 1, 2]))
        else:
            outbox.decide_to_create(dice.choice(list(DECIDED)), dice.randint(0, 2))


def _somebody_types(outbox: Outbox, dice: Random) -> None:
    """Let people change another field of a few records, and now and then the very one that is decided on."""
    for decision in dice.sample(outbox.made, min(3, len(outbox.made))):
        row = outbox.portal.rows[OBJECT[decision.kind]][decision.ref.id]
        outbox.portal.update(OBJECT[decision.kind], row, {TYPED[decision.kind]: outbox.new_value().split()[1]})
    if outbox.made and dice.random() < 0.3:
        _type_the_same(outbox, dice.choice(outbox.made))


def _type_the_same(outbox: Outbox, decision: Decision) -> None:
    row, value = outbox.portal.rows[OBJECT[decision.kind]][decision.ref.id], outbox.new_value()
    outbox.portal.update(OBJECT[decision.kind], row, {DECIDED[decision.kind][1]: value})
    for each in outbox.pending:
        if each.ref == decision.ref:
            each.rivals.append(value)
