"""Whatever is lost on the way: every decision is carried out once, and nothing that a person typed is written over.

A delivery is repeated until it ends, as the outbox does it. `--thorough` takes many more runs.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from desktop.connectors.crm.dynamics import Dynamics
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.domain.errors import Conflict, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.dynamics import Dataverse
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.dynamics.side import DynamicsSide, K, customer, customised

pytestmark = pytest.mark.server

MOST_TRIES = 30
FIELD = {K.CONTACT: "title", K.OPPORTUNITY: "name", K.TASK: "subject", K.CASE: "description", K.ACTIVITY: "subject"}
KINDS = st.sampled_from(list(FIELD))
FAULTS = st.lists(
    st.sampled_from(["drop", "drop_after", "cut", "garbage", "429", "500", "502", "token", "page"]), max_size=3
)
MEDDLERS = st.sampled_from(["", "", "", "GET", "PATCH", "PATCH"])
METHODS = st.sampled_from(["", "GET", "POST", "PATCH"])


class Deliveries(RuleBasedStateMachine):
    """Decisions of a rep, an unreliable line, and other people."""

    def __init__(self) -> None:
        super().__init__()
        self.world = customised(Dataverse(now=lambda: START))
        self.server = VendorServer(self.world)
        self.server.__enter__()
        self.side = DynamicsSide(self.server, self.world)
        self.ticks = 0.0
        limits = HttpLimits(connect=20, silence=20)
        self.http = HttpBoundary(ledger=ListLedger(), clock=ManualClock(), limits=limits, ticks=lambda: self.ticks)
        given = {"address": self.server.url, "next_step_field": "cr1_nextstep"}
        self.crm = Dynamics(given, token=lambda: "token", http=self.http, clock=ManualClock())
        self.made: dict[str, RecordRef] = {}
        self.values: dict[RecordRef, str | None] = {}
        self.seen: dict[RecordRef, RecordSnapshot] = {}

    def teardown(self) -> None:
        self.server.faults.clear()
        self.world.tokens = {"token"}
        for kind in FIELD:
            wanted = sum(1 for ref in self.made.values() if ref.kind is kind)
            assert self.side.count(kind) == wanted, kind
        for name in ("email", "phonecall"):
            assert all(row["statecode"] == 1 for row in self.world.rows[name].values())
        for ref, value in self.values.items():
            record = self.crm.read(ref)
            assert record is not None
            assert record.fields[FIELD[ref.kind]] == value
        self.http.close()
        self.server.__exit__()

    @initialize()
    def a_customer(self) -> None:
        self.account = str(customer(self.crm).ref)

    def order(self, faults: list[str], method: str) -> None:
        for fault in faults:
            if fault == "token":
                self.world.tokens.clear()
            elif fault.isdecimal():
                wait = {"Retry-After": "3"} if fault == "429" else {}
                code = "0x80072326" if fault == "429" else ""
                self.server.fault("status", status=int(fault), code=code, headers=wait, method=method)
            elif fault == "page":
                self.server.fault("status", status=503, method=method)
            else:
                self.server.fault(fault, method=method)

    def deliver(self, act: Callable[[], Any]) -> Any:
        """Repeat as the outbox does: later when Temporary, after a new sign-in when the rep is asked."""
        for _ in range(MOST_TRIES):
            try:
                return act()
            except Temporary:
                self.ticks += 1000
            except UserActionNeeded:
                self.world.tokens = {"token"}
        raise AssertionError("a delivery does not end")

    @rule(kind=KINDS, number=st.integers(0, 4), text=st.text("ab=<é", max_size=8), faults=FAULTS, method=METHODS)
    def create(self, kind, number, text, faults, method) -> None:
        key, value = f"{kind}-{number}", f"n{text}".strip()
        fields = {**SAMPLES[kind], FIELD[kind]: value}
        if kind is K.CASE:
            fields["account"] = self.account
        if kind is K.TASK and number % 2:
            fields["status"] = "Completed"
        self.order(faults, method)
        made = self.deliver(lambda: self.crm.create(kind, fields, key))
        self.server.faults.clear()
        if key in self.made:
            assert made.ref == self.made[key]
        else:
            self.made[key] = made.ref
            self.values[made.ref] = value
        assert made.fields[FIELD[kind]] == self.values[made.ref]
        self.seen[made.ref] = made

    @precondition(lambda self: self.changeable())
    @rule(data=st.data(), text=st.text("xy =é", max_size=8), faults=FAULTS, method=METHODS, meddler=MEDDLERS)
    def update(self, data, text, faults, method, meddler) -> None:
        ref = data.draw(st.sampled_from(self.changeable()))
        value = f"u{text}".strip()
        version = self.seen[ref].version
        refresh = data.draw(st.booleans(), label="looked again")
        if refresh:
            self.seen[ref] = self.deliver(lambda: self.crm.read(ref))
            version = self.seen[ref].version
        self.order(faults, method)
        typed: list[str] = []
        if meddler:
            self.server.fault("touch", method=meddler, act_on=lambda: typed.append(self.type(ref, "pm")))
        live: dict[str, str | None] = {}
        try:
            after = self.deliver(lambda: self.crm.update(ref, {FIELD[ref.kind]: value}, version=version))
        except Conflict as conflict:
            live = conflict.live
            after = None
        self.server.faults.clear()
        self.world.tokens = {"token"}
        if after is None:
            after = self.crm.read(ref)
            assert after is not None
            assert after.version != self.seen[ref].version
            assert live[FIELD[ref.kind]] == self.values[ref]
        else:
            assert not typed
            self.values[ref] = value
        self.seen[ref] = after

    @precondition(lambda self: self.changeable())
    @rule(data=st.data(), text=st.text("pq", max_size=5))
    def somebody_else_types(self, data, text) -> None:
        ref = data.draw(st.sampled_from(self.changeable()))
        self.type(ref, f"p{text}")

    @rule()
    def reads_afresh(self) -> None:
        self.crm.close()

    def changeable(self) -> list[RecordRef]:
        return sorted((ref for ref in self.made.values() if ref.kind is not K.ACTIVITY), key=str)

    def type(self, ref: RecordRef, text: str) -> str:
        """Let somebody else change what our updates change."""
        self.world.advance(1)
        self.side.edit(ref, FIELD[ref.kind], text)
        self.values[ref] = text
        return text


def test_every_decision_is_carried_out_once(thorough: bool) -> None:
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=200 if thorough else 15,
            stateful_step_count=50 if thorough else 40,
            deadline=None,
            derandomize=not thorough,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=(Phase.generate, Phase.shrink) if thorough else (Phase.generate,),
        ),
    )
