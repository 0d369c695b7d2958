"""Whatever goes wrong on the way, every decision is applied once, and nobody's later words are lost.

Hypothesis draws creations, changes and deletions, one by one and in batches, other people's edits, and faults on the
wire. Each delivery is repeated, as the outbox does, until it ends. Then many deliveries over a line on which a fifth
of all calls meets a fault.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from desktop.connectors.crm.salesforce import Salesforce
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import CHANGED, SAMPLES, drain
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import K, SalesforceSide

pytestmark = pytest.mark.server

FAULTS = ("drop", "drop_after", "cut", "garbage", "busy", "broken", "token", "locked")
SENT = ("POST", "PATCH", "DELETE", "GET", "")
MADE = (K.CONTACT, K.LEAD, K.OPPORTUNITY, K.TASK, K.ACTIVITY)
KINDS = st.sampled_from(MADE)
OTHERS_EDIT = {
    K.CONTACT: "last_name",
    K.LEAD: "company",
    K.OPPORTUNITY: "name",
    K.TASK: "subject",
    K.ACTIVITY: "description",
}
TRIES = 60


def connected(server: SalesforceServer) -> tuple[Salesforce, HttpBoundary]:
    http = HttpBoundary(ledger=ListLedger(), clock=ManualClock(), limits=HttpLimits(connect=20, silence=20))
    return Salesforce({"instance_url": server.url}, token=lambda: "token", http=http, clock=ManualClock()), http


class Deliveries(RuleBasedStateMachine):
    """Deliveries to one org. `made` are the decisions to create, by their keys."""

    def __init__(self) -> None:
        super().__init__()
        self.server = SalesforceServer(Org(now=lambda: START))
        self.server.__enter__()
        self.org = self.server.org
        self.side = SalesforceSide(self.server)
        self.crm, self.http = connected(self.server)
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
            sent = {"method": method} if method else {}
            if act == "busy":
                self.server.fault("status", status=429, **sent)
            elif act == "broken":
                self.server.fault("status", status=500, **sent)
            elif act == "token":
                self.server.fault("status", status=401, code="INVALID_SESSION_ID", **sent)
            elif act == "locked":
                self.org.locked = {str(ref.id) for ref in self.expected}
            else:
                self.server.fault(act, **sent)

    def deliver(self, act: Callable[[], Any]) -> Any:
        for _ in range(TRIES):
            try:
                return act()
            except (Temporary, UserActionNeeded):
                self.org.locked = set()
        raise AssertionError("this delivery never ends")

    def deliver_many(self, items: Sequence[Any], act: Callable[[Sequence[Any]], Sequence[Outcome]]) -> list[Outcome]:
        def attempt(left: Sequence[Any]) -> Sequence[Outcome]:
            outcomes = act(left)
            self.org.locked = set()
            return outcomes

        return ended(items, attempt)[0]

    def calm(self) -> None:
        self.server.faults.clear()
        self.org.locked = set()

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
        self.remember(name, made)

    @rule(wanted=st.lists(st.tuples(KINDS, st.integers(0, 30)), min_size=2, max_size=30), faults=faults)
    def create_batch(self, wanted: list[tuple[K, int]], faults: list[tuple[str, str]]) -> None:
        """Create several at once, some of them perhaps twice."""
        named = [(kind, f"{kind.value} {key}") for kind, key in wanted]
        named = [(kind, name) for kind, name in named if self.made.get(name) not in self.deleted]
        self.trouble(faults)
        records = [NewRecord(kind, SAMPLES[kind], name) for kind, name in named]
        outcomes = self.deliver_many(records, self.crm.create_many)
        self.calm()
        for (_, name), made in zip(named, outcomes, strict=True):
            assert isinstance(made, RecordSnapshot), made
            self.remember(name, made)

    def remember(self, name: str, made: RecordSnapshot) -> None:
        if name in self.made:
            assert made.ref == self.made[name]
            return
        assert made.ref not in self.expected
        self.made[name] = made.ref
        self.expected[made.ref] = {**SAMPLES[made.ref.kind]}
        self.writes += 1

    @precondition(lambda self: self.expected)
    @rule(
        data=st.data(),
        faults=faults,
        number=st.integers(0, 99),
        others=st.sampled_from(["idle", "earlier", "quicker"]),
        seconds=st.sampled_from([0, 1, 90]),
        is_batch=st.booleans(),
    )
    def update(
        self, data: Any, faults: list[tuple[str, str]], number: int, others: str, seconds: int, is_batch: bool
    ) -> None:
        """Change one field. Others may have edited the record since we saw it, or be quicker in the last moment."""
        known = sorted(self.expected, key=str)
        refs = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=20 if is_batch else 1, unique=True))
        seen = self.crm.read_many(refs)
        theirs = data.draw(st.sampled_from(refs))
        wanted = {ref: f"2027-01-{number % 28 + 1:02d}" if ref.kind is K.TASK else f"ours {number}" for ref in refs}
        # Stamps are whole seconds, so nobody knows of an order within one: only ours, before writing, does.
        self.org.advance(seconds if others == "idle" else max(seconds, 1))
        done = {ref for ref in refs if self.expected[ref][CHANGED[ref.kind][0]] == wanted[ref]}
        before = self.others_writes
        if others == "earlier":
            self.somebody_writes(theirs)
        self.trouble(faults)
        if others == "quicker":
            sent = {"method": "POST", "prefix": "/composite"} if is_batch else {"method": "PATCH"}
            self.server.fault("touch", act_on=lambda: self.somebody_writes(theirs), **sent)
        changes = [RecordChange(ref, {CHANGED[ref.kind][0]: wanted[ref]}, seen[ref].version) for ref in refs]
        outcomes = self.deliver_many(changes, self.crm.update_many) if is_batch else [self.one(changes[0])]
        self.calm()
        for ref, outcome in zip(refs, outcomes, strict=True):
            if isinstance(outcome, Conflict):
                assert ref == theirs
                assert self.others_writes > before  # or it would be a conflict with ourselves
                assert ref not in done
                continue
            assert isinstance(outcome, RecordSnapshot), outcome
            assert others != "earlier" or ref != theirs or ref in done
            self.expected[ref][CHANGED[ref.kind][0]] = wanted[ref]
            self.writes += ref not in done

    def one(self, change: RecordChange) -> Outcome:
        try:
            made = self.deliver(lambda: self.crm.update(change.ref, change.fields, version=change.version))
        except Conflict as error:
            return error
        assert isinstance(made, RecordSnapshot)
        return made

    @precondition(lambda self: self.expected)
    @rule(data=st.data(), seconds=st.integers(0, 5))
    def somebody_edits(self, data: Any, seconds: int) -> None:
        """Somebody else writes, perhaps within the same second."""
        self.org.advance(seconds)
        self.somebody_writes(data.draw(st.sampled_from(sorted(self.expected, key=str))))

    def somebody_writes(self, ref: RecordRef) -> None:
        locked, self.org.locked = self.org.locked, set()
        field = OTHERS_EDIT[ref.kind]
        self.others_writes += 1
        self.writes += 1
        self.expected[ref][field] = f"typed by a person, {self.others_writes}"
        self.side.edit(ref, field, f"typed by a person, {self.others_writes}")
        self.org.locked = locked

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
        records, self.checkpoint, _ = drain(self.crm, self.checkpoint, 5)
        self.known.update((record.ref, record) for record in records)
        there = {ref: record for ref, record in self.known.items() if not record.is_deleted}
        assert set(there) == set(self.expected)
        for ref, fields in self.expected.items():
            assert {name: there[ref].fields[name] for name in fields} == fields

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def decisions_are_applied_once(self) -> None:
        """No record too many, none too few, no write too many."""
        for name in ("Contact", "Lead", "Opportunity", "Task"):
            there = sum(1 for row in self.org.records[name].values() if not row["IsDeleted"])
            assert there == sum(self.side.object_of(ref) == name for ref in self.expected)
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


def test_many_deliveries_over_a_bad_line(thorough: bool) -> None:
    """A fifth of all calls meets a fault; nothing is lost, nothing doubled, no edit of a person's overwritten."""
    total, chance = (10_000 if thorough else 400), random.Random(7)
    with SalesforceServer(Org(now=lambda: START)) as server:
        crm, http = connected(server)
        for act in ("drop", "drop_after", "cut", "garbage"):
            server.fault(act, share=0.036, times=10**9)
        server.fault("status", status=503, code="SERVER_UNAVAILABLE", share=0.036, times=10**9)
        server.fault("status", status=401, code="INVALID_SESSION_ID", share=0.036, times=10**9)
        wanted: dict[str, dict[str, str]] = {}
        refs: dict[str, RecordRef] = {}
        delivered = met = 0
        while delivered < total:
            size = min(total - delivered, chance.choice((1, 1, 2, 5, 15, 60, 250)))
            if not refs or chance.random() < 0.4:
                names = [f"person {len(wanted) + number}" for number in range(size)]
                wanted.update({name: {"last_name": name, "title": "New"} for name in names})
                new = [NewRecord(K.CONTACT, wanted[name], name) for name in names]
                outcomes, tries = ended(new, crm.create_many)
                for name, outcome in zip(names, outcomes, strict=True):
                    assert isinstance(outcome, RecordSnapshot), outcome
                    refs[name] = outcome.ref
            else:
                names = chance.sample(sorted(refs), min(size, len(refs)))
                seen = read(crm, [refs[name] for name in names])
                server.org.advance(5)
                theirs = {name for name in names if chance.random() < 0.05}
                for name in theirs:
                    wanted[name]["mobile"] = f"+4930{delivered:06d}"
                    server.org.update("Contact", refs[name].id, {"MobilePhone": wanted[name]["mobile"]}, None)
                title = f"Title {delivered}"
                changes = [RecordChange(refs[n], {"title": title}, seen[refs[n]].version) for n in names]
                outcomes, tries = ended(changes, crm.update_many)
                for name, outcome in zip(names, outcomes, strict=True):
                    assert isinstance(outcome, Conflict) == (name in theirs), outcome
                    if name not in theirs:
                        wanted[name]["title"] = title
            delivered += len(names)
            met += tries - 1
            server.org.advance(5)
        server.faults.clear()
        http.close()
        rows = [row for row in server.org.records["Contact"].values() if not row["IsDeleted"]]
        lost = set(wanted) - {row["LastName"] for row in rows}
        assert (len(lost), len(rows) - len(wanted)) == (0, 0)  # lost, doubled
        names = {"LastName": "last_name", "Title": "title", "MobilePhone": "mobile"}
        held = {row["LastName"]: {ours: row[name] for name, ours in names.items() if row[name]} for row in rows}
        assert held == wanted
        assert met > 0


def ended(items: Sequence[Any], act: Callable[[Sequence[Any]], Sequence[Outcome]]) -> tuple[list[Outcome], int]:
    """Deliver until each item has come to an end; return the outcomes, and how often it took."""
    outcomes: dict[int, Outcome] = {}
    for tries in range(1, 200):
        waiting = [at for at in range(len(items)) if at not in outcomes]
        answers = zip(waiting, act([items[at] for at in waiting]), strict=True)
        outcomes.update((at, said) for at, said in answers if not isinstance(said, Temporary | UserActionNeeded))
        if len(outcomes) == len(items):
            return [outcomes[at] for at in range(len(items))], tries
    raise AssertionError("this delivery never ends")


def read(crm: Salesforce, refs: Sequence[RecordRef]) -> dict[RecordRef, RecordSnapshot]:
    for _ in range(200):
        try:
            return dict(crm.read_many(refs))
        except (Temporary, UserActionNeeded):
            continue
    raise AssertionError("nothing can be read")
