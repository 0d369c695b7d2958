"""Whatever goes wrong on the way, every decision is applied once, and nobody's later words are lost.

Hypothesis draws creations, changes and deletions, other people's edits, and faults on the wire. Each delivery is
repeated, as the outbox does, until it ends.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from desktop.connectors.crm.zoho import Zoho
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.connectors.tables.zoho import MODULES
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, DealsideError, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import CHANGED, SAMPLES
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import K, ZohoSide

pytestmark = pytest.mark.server

FAULTS = ("drop", "drop_after", "cut", "garbage", "busy", "broken", "token", "lag")
SENT = ("POST", "PUT", "DELETE", "GET", "")
KINDS = st.sampled_from([K.CONTACT, K.LEAD, K.OPPORTUNITY, K.TASK, K.ACTIVITY])
OTHERS_EDIT = {
    K.CONTACT: "last_name",
    K.LEAD: "last_name",
    K.OPPORTUNITY: "name",
    K.TASK: "subject",
    K.ACTIVITY: "description",
}
TRIES = 40


class Deliveries(RuleBasedStateMachine):
    """Deliveries to one organisation. `made` are the decisions to create, by their keys."""

    def __init__(self) -> None:
        super().__init__()
        self.server = ZohoServer(Org(now=lambda: START))
        self.server.__enter__()
        self.org = self.server.org
        self.side = ZohoSide(self.server)
        self.http = HttpBoundary(ledger=ListLedger(), clock=ManualClock(), limits=HttpLimits(connect=20, silence=20))
        self.crm = Zoho({"api_domain": self.server.url}, token=lambda: "token", http=self.http, clock=ManualClock())
        self.made: dict[str, RecordRef] = {}
        self.expected: dict[RecordRef, dict[str, str | None]] = {}
        self.deleted: set[RecordRef] = set()
        self.checkpoint: Checkpoint = EMPTY_CHECKPOINT
        self.known: dict[RecordRef, RecordSnapshot] = {}
        self.writes = 0
        self.others_writes = 0

    def teardown(self) -> None:
        try:
            self.follow()
        finally:
            self.http.close()
            self.server.__exit__()

    # --- trouble ----------------------------------------------------------------------------------------------------

    def trouble(self, faults: list[tuple[str, str]]) -> None:
        for act, method in faults:
            if act == "busy":
                self.server.fault("status", status=429, code="TOO_MANY_REQUESTS", method=method)
            elif act == "broken":
                self.server.fault("status", status=500, method=method)
            elif act == "token":
                self.server.fault("status", status=401, code="INVALID_TOKEN", method=method)
            elif act == "lag":
                self.org.query_lag = 90
            else:
                self.server.fault(act, method=method)

    def deliver(self, act: Callable[[], Any]) -> Any:
        for _ in range(TRIES):
            try:
                return act()
            except (Temporary, UserActionNeeded):
                continue
        raise AssertionError("this delivery never ends")

    def deliver_many(self, act: Callable[[list[Any], bool], tuple[Outcome, ...]], items: list[Any]) -> list[Outcome]:
        """Deliver a batch, and again what is left of it; `act` is told whether this is the first attempt."""
        settled: dict[int, Outcome] = {}
        for attempt in range(TRIES):
            left = [place for place in range(len(items)) if place not in settled]
            found = zip(left, act([items[place] for place in left], not attempt), strict=True)
            settled |= {place: each for place, each in found if not isinstance(each, Temporary | UserActionNeeded)}
            if len(settled) == len(items):
                return [settled[place] for place in range(len(items))]
        raise AssertionError("this batch never ends")

    def calm(self) -> None:
        self.server.faults.clear()
        self.org.query_lag = 0

    faults = st.lists(st.tuples(st.sampled_from(FAULTS), st.sampled_from(SENT)), max_size=4)

    # --- rules ------------------------------------------------------------------------------------------------------

    @rule(kind=KINDS, key=st.integers(0, 30), faults=faults)
    def create(self, kind: K, key: int, faults: list[tuple[str, str]]) -> None:
        """Create under a key that may be new or not."""
        name = f"{kind.value} {key}"
        if self.made.get(name) in self.deleted:
            return
        self.trouble(faults)
        made = self.deliver(lambda: self.crm.create(kind, SAMPLES[kind], name))
        self.calm()
        if name in self.made:
            assert made.ref == self.made[name]
            return
        assert made.ref not in self.expected
        self.made[name] = made.ref
        self.expected[made.ref] = {**SAMPLES[kind]}
        self.writes += 1

    @precondition(lambda self: self.expected)
    @rule(
        data=st.data(),
        faults=faults,
        number=st.integers(0, 99),
        others=st.sampled_from(["idle", "earlier", "quicker"]),
        seconds=st.sampled_from([0, 1, 90]),
    )
    def update(self, data: Any, faults: list[tuple[str, str]], number: int, others: str, seconds: int) -> None:
        """Change one field. Others may have edited the record since we saw it, or be quicker in the last moment."""
        ref = data.draw(st.sampled_from(sorted(self.expected, key=str)))
        seen = self.crm.read(ref)
        assert seen is not None
        field = CHANGED[ref.kind][0]
        ours = f"2027-01-{number % 28 + 1:02d}" if field == "due_date" else f"ours {number}"
        is_done = self.expected[ref][field] == ours
        # Zoho stamps whole seconds, so its own check knows no order within one: only ours, before writing, does.
        self.org.advance(max(seconds, 1) if others == "quicker" else seconds)
        before = self.others_writes
        if others == "earlier":
            self.somebody_writes(ref)
        self.trouble(faults)
        if others == "quicker":
            self.server.fault("touch", method="PUT", act_on=lambda: self.somebody_writes(ref))
        try:
            self.deliver(lambda: self.crm.update(ref, {field: ours}, version=seen.version))
        except Conflict:
            assert self.others_writes > before  # or it would be a conflict with ourselves
            assert not is_done
        else:
            assert self.others_writes == before or is_done
            self.expected[ref][field] = ours
            self.writes += not is_done
        self.calm()

    @rule(wanted=st.lists(st.tuples(KINDS, st.integers(0, 30)), max_size=8), faults=faults)
    def create_many(self, wanted: list[tuple[K, int]], faults: list[tuple[str, str]]) -> None:
        """Create under keys that may be new or not, one of them perhaps twice."""
        named = [(kind, f"{kind.value} {key}") for kind, key in wanted]
        new = [NewRecord(kind, SAMPLES[kind], name) for kind, name in named if self.made.get(name) not in self.deleted]
        self.trouble(faults)
        outcomes = self.deliver_many(lambda some, _: self.crm.create_many(some), new)
        self.calm()
        for record, outcome in zip(new, outcomes, strict=True):
            assert not isinstance(outcome, DealsideError)
            if record.key in self.made:
                assert outcome.ref == self.made[record.key]
                continue
            assert outcome.ref not in self.expected
            self.made[record.key] = outcome.ref
            self.expected[outcome.ref] = {**SAMPLES[record.kind]}
            self.writes += 1

    @precondition(lambda self: self.expected)
    @rule(
        data=st.data(),
        faults=faults,
        number=st.integers(0, 99),
        others=st.sampled_from(["idle", "earlier", "quicker"]),
        seconds=st.sampled_from([0, 1, 90]),
    )
    def update_many(self, data: Any, faults: list[tuple[str, str]], number: int, others: str, seconds: int) -> None:
        """Change one field of each of some records, while somebody else edits one of them."""
        there = sorted(self.expected, key=str)
        refs = data.draw(st.lists(st.sampled_from(there), unique=True, min_size=1, max_size=8))
        victim = data.draw(st.sampled_from(refs))
        seen = self.crm.read_many(refs)
        assert set(seen) == set(refs)
        field = {ref: CHANGED[ref.kind][0] for ref in refs}
        value, day = f"ours at once {number}", f"2027-02-{number % 28 + 1:02d}"
        ours = {ref: day if field[ref] == "due_date" else value for ref in refs}
        is_done = {ref: self.expected[ref][field[ref]] == ours[ref] for ref in refs}
        self.org.advance(max(seconds, 1) if others == "quicker" else seconds)
        before = self.others_writes
        if others == "earlier":
            self.somebody_writes(victim)
        self.trouble(faults)
        if others == "quicker":
            prefix = f"/crm/v8/{MODULES[victim.kind]}"
            self.server.fault("touch", method="PUT", prefix=prefix, act_on=lambda: self.somebody_writes(victim))

        def act(some: list[RecordRef], is_first: bool) -> tuple[Outcome, ...]:
            # As the outbox does: what was read a moment ago goes along, and is read again before it is repeated.
            given = is_first and others != "earlier"
            changes = [(ref, {field[ref]: ours[ref]}, seen[ref].version, seen[ref] if given else None) for ref in some]
            return self.crm.update_many([RecordChange(*change) for change in changes])

        for ref, outcome in zip(refs, self.deliver_many(act, refs), strict=True):
            if isinstance(outcome, Conflict):
                assert ref == victim
                assert self.others_writes > before
                assert not is_done[ref]
            else:
                assert not isinstance(outcome, DealsideError)
                assert ref != victim or self.others_writes == before or is_done[ref]
                self.expected[ref][field[ref]] = ours[ref]
                self.writes += not is_done[ref]
        self.calm()

    @precondition(lambda self: self.expected)
    @rule(data=st.data(), seconds=st.integers(0, 5))
    def somebody_edits(self, data: Any, seconds: int) -> None:
        """Somebody else writes, perhaps within the same second."""
        self.org.advance(seconds)
        self.somebody_writes(data.draw(st.sampled_from(sorted(self.expected, key=str))))

    def somebody_writes(self, ref: RecordRef) -> None:
        field = OTHERS_EDIT[ref.kind]
        self.others_writes += 1
        self.writes += 1
        self.expected[ref][field] = f"typed by a person, {self.others_writes}"
        self.side.edit(ref, field, f"typed by a person, {self.others_writes}")

    @precondition(lambda self: self.expected)
    @rule(data=st.data(), faults=faults)
    def undo(self, data: Any, faults: list[tuple[str, str]]) -> None:
        """Delete what was made."""
        ref = data.draw(st.sampled_from(sorted(self.expected, key=str)))
        self.trouble(faults)
        self.deliver(lambda: self.crm.delete(ref))
        self.calm()
        del self.expected[ref]
        self.deleted.add(ref)
        self.writes += 1

    @rule()
    def follow(self) -> None:
        """Read the feed to its end, a while later: then we know what is there."""
        self.calm()
        self.org.advance(120)
        for _ in range(50):
            batch = self.crm.changes(self.checkpoint, limit=3)
            for record in batch.records:
                self.known[record.ref] = record
            self.checkpoint = batch.checkpoint
            if not batch.has_more:
                break
        there = {ref: record for ref, record in self.known.items() if not record.is_deleted}
        assert set(there) == set(self.expected)
        for ref, fields in self.expected.items():
            assert {name: there[ref].fields[name] for name in fields} == fields

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def decisions_are_applied_once(self) -> None:
        """No record too many, none too few, no write too many."""
        for kind in (K.CONTACT, K.LEAD, K.OPPORTUNITY, K.TASK, K.ACTIVITY):
            assert self.side.count(kind) == sum(ref.kind is kind for ref in self.expected)
        assert self.org.writes == self.writes


def test_every_decision_is_applied_once(thorough: bool) -> None:
    examples, steps = (200, 50) if thorough else (12, 25)
    given = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(Deliveries, settings=given)
