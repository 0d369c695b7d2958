"""Decisions are applied once each, whatever is lost on the way and whatever others do meanwhile; the feed sees it all.

A few hundred steps in a normal run; `--thorough` takes many more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Conflict, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, drain
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.hubspot import HubSpotWorld
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import K

pytestmark = pytest.mark.server

EXAMPLES, THOROUGH_EXAMPLES = 20, 400
STEPS = 40
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
# What is decided for each kind, and what people type into besides; both as canonical field and vendor's property.
DECIDED = {K.CONTACT: ("title", "jobtitle"), K.OPPORTUNITY: ("next_step", "hs_next_step")}
TYPED = {K.CONTACT: "phone", K.OPPORTUNITY: "amount"}
OBJECT = {K.CONTACT: "contacts", K.OPPORTUNITY: "deals"}


@dataclass
class Decision:
    """A create (`ref` is not known) or an update. `rivals` are what people typed over it while it was waiting."""

    kind: Any
    value: str
    key: str
    ref: RecordRef | None = None
    before: dict[str, str | None] = field(default_factory=dict)
    after: dict[str, str | None] = field(default_factory=dict)
    rivals: list[str] = field(default_factory=list)
    is_update: bool = False
    is_applied: bool = False


class Deliveries(RuleBasedStateMachine):
    """The outbox's way of delivering, with single attempts as steps."""

    def __init__(self) -> None:
        super().__init__()
        self.world = HubSpotWorld()
        self.portal = self.world.portal
        self.portal.index_lag = type(self.portal.index_lag)(seconds=60)
        self.server = VendorServer(self.world).__enter__()
        self.http = HttpBoundary(
            ledger=ListLedger(), clock=ManualClock(), limits=HttpLimits(connect=20, silence=20), sleep=lambda _: None
        )
        self.crm = HubSpot(
            {"address": self.server.url}, token=lambda: "token", http=self.http, clock=ManualClock(), deadline=20
        )
        self.pending: list[Decision] = []
        self.done: list[Decision] = []
        self.checkpoint = EMPTY_CHECKPOINT
        self.mirror: dict[RecordRef, RecordSnapshot] = {}
        self.number = 0
        self.accounts = [str(self.crm.create(K.ACCOUNT, {"name": name}, name).ref) for name in ("one", "two", "three")]
        for kind in (K.CONTACT, K.CONTACT, K.CONTACT, K.OPPORTUNITY):
            self.decide_to_create(kind, 0)
            self._attempt(self.pending[-1])

    def _new(self) -> str:
        self.number += 1
        return f"value {self.number}"

    # --- what happens -----------------------------------------------------------------------------------------------

    @rule(kind=st.sampled_from(list(DECIDED)), account=st.integers(0, 2))
    def decide_to_create(self, kind: Any, account: int) -> None:
        value = self._new()
        after = {**SAMPLES[kind], DECIDED[kind][0]: value, "account": self.accounts[account]}
        if kind is K.CONTACT:
            after["email"] = f"n{self.number}@nordwind.example"
        self.pending.append(Decision(kind, value, f"key{self.number}", after=after))

    @precondition(lambda self: any(each.ref for each in self.done))
    @rule(which=st.integers(0, 99), account=st.integers(-1, 2))
    def decide_to_update(self, which: int, account: int) -> None:
        made = [each for each in self.done if not each.is_update]
        chosen = made[which % len(made)]
        if any(each.ref == chosen.ref for each in self.pending):
            return
        live = self._surely(lambda: self.crm.read(chosen.ref))
        if live is None:
            return
        name, value = DECIDED[chosen.kind][0], self._new()
        after: dict[str, str | None] = {name: value}
        if account >= 0:
            after["account"] = self.accounts[account]
        before = {each: live.fields.get(each) for each in after}
        self.pending.append(Decision(chosen.kind, value, "", chosen.ref, before, after, is_update=True))

    @precondition(lambda self: self.pending)
    @rule(which=st.integers(0, 99), times=st.integers(1, 3))
    def attempt(self, which: int, times: int) -> None:
        for number in range(times):
            if self.pending:
                self._attempt(self.pending[(which + number) % len(self.pending)])

    @rule(faults=st.lists(st.sampled_from(FAULTS), max_size=2), write=st.sampled_from(["", "POST", "PATCH", "PUT"]))
    def trouble_ahead(self, faults: list[dict[str, Any]], write: str) -> None:
        for fault in faults:
            self.server.fault(**fault, method=write)

    @rule()
    def the_token_ends(self) -> None:
        self.portal.tokens.clear()

    @rule(kind=st.sampled_from(list(DECIDED)), which=st.integers(0, 99), at_once=st.booleans())
    def somebody_types_elsewhere(self, kind: Any, which: int, at_once: bool) -> None:
        rows = self.portal.live(OBJECT[kind])
        if not rows:
            return
        row, self.number = rows[which % len(rows)], self.number + 1
        edit = {TYPED[kind]: str(self.number)}

        def act() -> None:
            if row.archived_at is None:
                self.portal.update(OBJECT[kind], row, edit)

        if at_once:
            act()
        else:  # between our look and our write
            self.server.fault("touch", method="PATCH", act_on=act)

    @rule(kind=st.sampled_from(list(DECIDED)), which=st.integers(0, 99))
    def somebody_types_the_same(self, kind: Any, which: int) -> None:
        rows = self.portal.live(OBJECT[kind])
        if not rows:
            return
        row, value = rows[which % len(rows)], self._new()
        self.portal.update(OBJECT[kind], row, {DECIDED[kind][1]: value})
        for each in self.pending:
            if row.properties["dealside_key"] == each.key or (each.ref and each.ref.id == row.id):
                each.rivals.append(value)

    @rule(kind=st.sampled_from(list(DECIDED)), which=st.integers(0, 99))
    def somebody_deletes(self, kind: Any, which: int) -> None:
        known = {each.ref.id for each in self.done if each.ref}  # what we do not know of yet would be made anew
        rows = [row for row in self.portal.live(OBJECT[kind]) if row.id in known]
        if rows:
            self.portal.archive(OBJECT[kind], rows[which % len(rows)].id)

    @rule(seconds=st.sampled_from([1, 5, 20, 100, 700]))
    def time_passes(self, seconds: int) -> None:
        self.portal.advance(seconds)

    @rule(limit=st.integers(1, 50))
    def pull(self, limit: int) -> None:
        try:
            batch = self.crm.changes(self.checkpoint, limit=limit)
        except (Temporary, UserActionNeeded):
            self.portal.tokens.add("token")
            return
        self._mirror(batch.records)
        self.checkpoint = batch.checkpoint

    # --- deliveries -------------------------------------------------------------------------------------------------

    def _attempt(self, decision: Decision) -> None:
        try:
            if decision.is_update:
                self._update(decision)
            else:
                decision.ref = self.crm.create(decision.kind, decision.after, decision.key).ref
                decision.is_applied = True
        except Temporary:
            return
        except UserActionNeeded:
            self.portal.tokens.add("token")
            return
        except Conflict:
            return  # somebody was quicker between two looks: looked at anew
        self.pending.remove(decision)
        self.done.append(decision)

    def _update(self, decision: Decision) -> None:
        """Do as the outbox does: look, compare with what was decided on, write."""
        assert decision.ref is not None
        live = self.crm.read(decision.ref)
        if live is None:
            return
        if {name: live.fields.get(name) for name in decision.after} != decision.after:
            half = {
                name: live.fields.get(name) in {decision.before[name], value} for name, value in decision.after.items()
            }
            if not all(half.values()):
                return  # for the rep to look at
            self.crm.update(decision.ref, decision.after, version=live.version)
        decision.is_applied = True

    def _surely(self, act: Callable[[], Any]) -> Any:
        for _ in range(50):
            try:
                return act()
            except (Temporary, UserActionNeeded):
                self.portal.tokens.add("token")
        raise AssertionError("never came to an end")

    def _mirror(self, records: tuple[RecordSnapshot, ...] | list[RecordSnapshot]) -> None:
        for record in records:
            self.mirror[record.ref] = record

    # --- what is true at the end ------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            for _ in range(50):
                for decision in list(self.pending):
                    self._attempt(decision)
            assert not self.pending
            for decision in self.done:
                self._was_applied_once(decision)
            self.server.faults.clear()
            self._was_seen_by_the_feed()
        finally:
            self.http.close()
            self.server.__exit__(None, None, None)

    def _was_applied_once(self, decision: Decision) -> None:
        rows = self.portal.rows[OBJECT[decision.kind]]
        if not decision.is_update:
            assert [row.id for row in rows.values() if row.properties["dealside_key"] == decision.key] == [
                decision.ref.id
            ]
        row = rows[decision.ref.id]
        name = DECIDED[decision.kind][1]
        states = [properties.get(name) for _, properties in row.past] + [row.properties.get(name)]
        history = [value for value, _ in groupby(states)]
        assert history.count(decision.value) <= 1
        if decision.is_applied:
            assert history.count(decision.value) == 1
        if decision.value in history:
            for rival in decision.rivals:
                assert history.index(decision.value) < history.index(rival), "what a person typed since was overwritten"

    def _was_seen_by_the_feed(self) -> None:
        for _ in range(2):
            self.portal.advance(15 * 60)
            self.portal.tokens.add("token")
            records, self.checkpoint, _ = drain(self.crm, self.checkpoint, 7)
            self._mirror(records)
        self.portal.advance(15 * 60)
        assert drain(self.crm, self.checkpoint, 7)[0] == []
        for ref, seen in self.mirror.items():
            live = self.crm.read(ref)
            assert (live is None) == seen.is_deleted
            assert live is None or live.fields["account" if ref.kind in DECIDED else "name"] is not None
            for name in (*DECIDED.get(ref.kind, ())[:1], *([TYPED[ref.kind]] if ref.kind in TYPED else ())):
                assert live is None or seen.fields[name] == live.fields[name]
        living = sum(len(self.portal.live(name)) for name in (*OBJECT.values(), "companies"))
        assert sum(not seen.is_deleted for seen in self.mirror.values()) == living


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
