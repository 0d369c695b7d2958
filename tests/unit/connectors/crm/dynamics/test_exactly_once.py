"""Whatever is lost on the way: every decision is carried out once, and nothing that a person typed is written over.

A delivery is repeated until it ends, as the outbox does it, alone or in batches. A few hundred steps and deliveries in
a normal run; `--thorough` takes many more.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from desktop.connectors.crm.dynamics import Dynamics
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.dynamics import Dataverse
from tests.servers.dynamics_values import DataverseError
from tests.servers.vendor import Fault, Request, VendorServer
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
LAME = st.lists(st.sampled_from([None, None, None, 429, 500, 503]), min_size=1, max_size=7)
DELIVERIES, THOROUGH_DELIVERIES = 400, 10_000
FAULT_RATE, TYPING_RATE = 0.2, 0.1
STORM: tuple[dict[str, Any], ...] = (
    {"act": "drop"},
    {"act": "drop_after"},
    {"act": "cut"},
    {"act": "garbage"},
    {"act": "status", "status": 429, "code": "0x80072322", "headers": {"Retry-After": "3"}},
    {"act": "status", "status": 500, "code": ""},
    {"act": "status", "status": 503, "code": ""},
)
Work = TypeVar("Work", NewRecord, RecordChange)


def refusal(status: int) -> DataverseError:
    """Return what one request of a batch is answered in bad weather."""
    return DataverseError(status, "0x80072326" if status == 429 else "", "Not now.")


def delivered(
    write: Callable[[Sequence[Work]], tuple[Outcome, ...]], works: Sequence[Work], mend: Callable[[], None]
) -> list[Outcome]:
    """Write many, and those whose fate is unknown again, until all have ended."""
    ended: dict[int, Outcome] = {}
    for _ in range(MOST_TRIES):
        due = [number for number in range(len(works)) if number not in ended]
        if not due:
            return [ended[number] for number in range(len(works))]
        outcomes = write([works[number] for number in due])
        assert len(outcomes) == len(due)
        later = Temporary, UserActionNeeded
        ended |= {number: one for number, one in zip(due, outcomes, strict=True) if not isinstance(one, later)}
        mend()
    raise AssertionError("a batch does not end")


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

    @rule(data=st.data(), text=st.text("ab=<é", max_size=8), faults=FAULTS, method=METHODS, lame=LAME)
    def create_many(self, data, text, faults, method, lame) -> None:
        chosen = data.draw(st.lists(st.tuples(KINDS, st.integers(0, 4)), min_size=1, max_size=6, unique=True))
        value = f"m{text}".strip()
        works = []
        for kind, number in chosen:
            more = {"account": self.account} if kind is K.CASE else {}
            works.append(NewRecord(kind, {**SAMPLES[kind], FIELD[kind]: value, **more}, f"{kind}-{number}"))
        self.order(faults, method)
        with self.lame(lame):
            outcomes = delivered(self.crm.create_many, works, self.mend)
        self.server.faults.clear()
        for work, made in zip(works, outcomes, strict=True):
            assert isinstance(made, RecordSnapshot), made
            assert self.made.setdefault(work.key, made.ref) == made.ref
            assert made.fields[FIELD[work.kind]] == self.values.setdefault(made.ref, value)
            self.seen[made.ref] = made

    @precondition(lambda self: self.changeable())
    @rule(data=st.data(), text=st.text("xy =é", max_size=8), faults=FAULTS, method=METHODS, lame=LAME)
    def update_many(self, data, text, faults, method, lame) -> None:
        refs = data.draw(st.lists(st.sampled_from(self.changeable()), min_size=1, max_size=6, unique=True))
        value, is_seen = f"w{text}".strip(), data.draw(st.booleans(), label="the caller has looked")
        works = [
            RecordChange(ref, {FIELD[ref.kind]: value}, self.seen[ref].version, self.seen[ref] if is_seen else None)
            for ref in refs
        ]
        self.order(faults, method)
        typed: list[RecordRef] = []
        before = {ref: self.values[ref] for ref in refs}
        if data.draw(st.booleans(), label="somebody meddles"):
            other = data.draw(st.sampled_from(refs))
            act = lambda: typed.append(other) or self.type(other, "pm")  # noqa: E731
            self.server.fault("touch", method="POST", act_on=act)
        with self.lame(lame):
            outcomes = delivered(self.crm.update_many, works, self.mend)
        self.server.faults.clear()
        for ref, outcome in zip(refs, outcomes, strict=True):
            if isinstance(outcome, Conflict):
                now = self.crm.read(ref)
                assert now is not None
                assert now.version != self.seen[ref].version
                assert now.fields[FIELD[ref.kind]] == self.values[ref]
                # The others of the batch may still be under way when somebody types into one that has ended.
                shown = {self.values[ref], before[ref]} if ref in typed else {self.values[ref]}
                assert outcome.live[FIELD[ref.kind]] in shown
                self.seen[ref] = now
            else:
                assert isinstance(outcome, RecordSnapshot), outcome
                if ref not in typed:  # else it was typed after ours was written: both count, the person's last
                    self.values[ref] = value
                self.seen[ref] = outcome

    @contextmanager
    def lame(self, statuses: Sequence[int | None]) -> Iterator[None]:
        """Let requests of batches fail in this order, each once at the most."""
        fates = iter(statuses)

        def act(request: Request) -> None:
            status = next(fates, None)
            if status is not None:
                raise refusal(status)

        self.world.before_part = act
        yield
        self.world.before_part = None

    def mend(self) -> None:
        self.ticks += 1000
        self.world.tokens = {"token"}

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


# --- many deliveries in bad weather -----------------------------------------------------------------------------------


class Storm(Fault):
    """One request in five goes wrong, each in its own way."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__("", times=10**9)
        self.chance = chance
        self.count = 0

    def is_for(self, request: Request) -> bool:
        if self.chance.random() >= FAULT_RATE:
            return False
        self.count += 1
        for name, value in {"headers": {}, **self.chance.choice(STORM)}.items():
            setattr(self, name, value)
        return True


def test_of_many_deliveries_none_is_lost_or_doubled(thorough: bool) -> None:
    wanted = THOROUGH_DELIVERIES if thorough else DELIVERIES
    chance = random.Random(20260302)
    world = customised(Dataverse(now=lambda: START))
    ticks = [0.0]
    http = HttpBoundary(
        ledger=ListLedger(),
        clock=ManualClock(),
        limits=HttpLimits(connect=20, silence=20),
        ticks=lambda: ticks[0],
    )

    def wait() -> None:
        ticks[0] += 1000

    def lame(request: Request) -> None:
        if chance.random() < FAULT_RATE:
            raise refusal(chance.choice((429, 500, 503)))

    with VendorServer(world) as server:
        side = DynamicsSide(server, world)
        crm = Dynamics({"address": server.url}, token=lambda: "token", http=http, clock=ManualClock())
        storm = Storm(chance)
        server.faults.append(storm)
        world.before_part = lame
        expected: dict[RecordRef, str] = {}
        deliveries = conflicts = 0
        while deliveries < wanted:
            size = chance.choice((1, 2, 7, 30, 100))
            works = [
                NewRecord(K.CONTACT, {**SAMPLES[K.CONTACT], "title": "new"}, f"k{deliveries + n}") for n in range(size)
            ]
            made = delivered(crm.create_many, works, wait)
            known = [one for one in made if isinstance(one, RecordSnapshot)]
            assert len({one.ref for one in known} - set(expected)) == size
            typed = {one.ref for one in known if chance.random() < TYPING_RATE}
            for ref in typed:
                world.advance(1)
                side.edit(ref, "title", "Typed by a person")
            changes = [RecordChange(one.ref, {"title": f"CEO {n}"}, one.version) for n, one in enumerate(known)]
            for change, outcome in zip(changes, delivered(crm.update_many, changes, wait), strict=True):
                assert isinstance(outcome, Conflict) == (change.ref in typed)
                conflicts += isinstance(outcome, Conflict)
                expected[change.ref] = "Typed by a person" if change.ref in typed else str(change.fields["title"])
            deliveries += 2 * size
        http.close()
    rows = world.rows["contact"]
    lost = [ref for ref, title in expected.items() if rows[ref.id]["jobtitle"] != title]
    doubled = len(rows) - len(expected)
    assert (lost, doubled) == ([], 0)
    assert world.created["contact"] == len(expected)
    assert world.writes == 2 * len(expected)  # each created once, then changed once: by us or by a person
    assert storm.count > 10
    assert conflicts > 5
