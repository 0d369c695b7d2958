"""Thousands of deliveries while a fifth of all calls fail: none is lost and none is done twice.

Updates are looked at before they go, as the outbox does; people type into other fields all the while.
"""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.connectors.pipedrive.keys import SETTLES
from desktop.connectors.tables.pipedrive import ENTITIES
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import DealsideError, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.pipedrive import PipedriveWorld
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import Answer, Fault, Request, VendorServer
from tests.unit.connectors.crm.pipedrive.side import K, Setting, connect

pytestmark = pytest.mark.server

DELIVERIES, THOROUGH_DELIVERIES = 300, 10_000
FAULT_RATE = 0.2
MOST_WAITING = 60
FAULTS: tuple[dict[str, Any], ...] = (
    {"act": "drop"},
    {"act": "drop_after"},
    {"act": "cut"},
    {"act": "garbage"},
    {"act": "status", "status": 500},
    {"act": "status", "status": 503, "headers": {"Retry-After": "1"}},
    {"act": "status", "status": 429, "code": "X", "headers": {"x-ratelimit-reset": "2"}},
    {"act": "status", "status": 401, "code": "X"},
)
DECIDED = {
    K.ACCOUNT: "phone",
    K.CONTACT: "title",
    K.OPPORTUNITY: "next_step",
    K.TASK: "subject",
    K.ACTIVITY: "subject",
}
TYPED = {
    K.ACCOUNT: ("website", "typed{}.example"),
    K.CONTACT: ("name", "Typed {}"),
    K.OPPORTUNITY: ("title", "Typed {}"),
    K.TASK: ("due_date", "2026-04-{:02d}"),
    K.ACTIVITY: ("due_date", "2026-04-{:02d}"),
}


@dataclass(slots=True)
class Chance(Fault):
    """A fault that happens now and then, to any call."""

    dice: Random = field(default_factory=Random)
    rate: float = 0.0
    happened: int = 0

    def is_for(self, request: Request) -> bool:
        del request
        strikes = self.dice.random() < self.rate
        self.happened += strikes
        return strikes


class CountingWorld(PipedriveWorld):
    """Counts how often each value was written."""

    def __init__(self, company: Company) -> None:
        super().__init__(company)
        self.written: Counter[str] = Counter()

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if request.method == "PATCH" and answer.status == 200:
            values = {**request.body, **(request.body.get("custom_fields") or {})}
            self.written.update(value for value in values.values() if isinstance(value, str))
        return answer


@dataclass(slots=True)
class Delivery:
    """One decision: a new Record, or another value in one that was made before."""

    kind: K
    value: str
    ref: RecordRef | None = None
    before: str | None = None
    is_new: bool = True


class Outbox:
    """What is on its way, what is done, and the connector it goes by."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.clock, ledger = ManualClock(), ListLedger()
        self.company = Company(now=self.clock.now)
        self.world = CountingWorld(self.company)
        self.server = VendorServer(self.world)
        self.server.__enter__()
        limits = HttpLimits(connect=20, silence=20)
        ticks = lambda: self.clock.now().timestamp()  # noqa: E731
        http = HttpBoundary(ledger=ledger, clock=self.clock, limits=limits, ticks=ticks, sleep=self._sleep)
        self.setting = Setting(http, ledger, self.clock, ticks, self._sleep)
        self.crm: Pipedrive = connect(self.server, self.setting)
        self.waiting: list[Delivery] = []
        self.done: list[Delivery] = []
        self.values: dict[RecordRef, str] = {}
        self.decided = 0

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def close(self) -> None:
        self.setting.close()
        self.server.__exit__(None, None, None)

    def decide(self, most: int) -> None:
        """Decide on so many things more, at most one for each Record."""
        busy = {one.ref for one in self.waiting}
        free = [ref for ref in self.values if ref not in busy]
        self.dice.shuffle(free)
        for _ in range(most):
            self.decided += 1
            value = f"v{self.decided}"
            if free and self.dice.random() < 0.6:
                ref = free.pop()
                self.waiting.append(Delivery(ref.kind, value, ref, self.values[ref], is_new=False))
            else:
                self.waiting.append(Delivery(self.dice.choice(list(DECIDED)), value))

    def people_type(self) -> None:
        """Let people change another field of a few Records."""
        known = list(self.values)
        for ref in self.dice.sample(known, min(3, len(known))):
            name, text = TYPED[ref.kind]
            typed = text.format(self.dice.randint(1, 28))
            with self.server.lock:
                self.company.update(ENTITIES[ref.kind], int(ref.id), {name: typed})

    def deliver(self) -> None:
        """Let some go, in a batch or (now and then) alone."""
        some = self.waiting[: 1 if self.dice.random() < 0.1 else self.dice.randint(2, 40)]
        creates, updates = [one for one in some if one.is_new], [one for one in some if not one.is_new]
        new = [NewRecord(one.kind, {**SAMPLES[one.kind], DECIDED[one.kind]: one.value}, one.value) for one in creates]
        if len(new) == 1:
            self._settle(creates[0], self._one(new[0]))
        else:
            for one, outcome in zip(creates, self.crm.create_many(new), strict=True):
                self._settle(one, outcome)
        self._update(updates)

    def _one(self, new: NewRecord) -> Outcome:
        try:
            return self.crm.create(new.kind, new.fields, new.key)
        except DealsideError as error:
            return error

    def _update(self, updates: list[Delivery]) -> None:
        try:
            found = self.crm.read_many([one.ref for one in updates if one.ref is not None])
        except (Temporary, UserActionNeeded):
            return
        left: list[tuple[Delivery, RecordChange]] = []
        for one in updates:
            assert one.ref is not None
            live = found[one.ref]
            name = DECIDED[one.kind]
            if live.fields[name] == one.value:
                self._settle(one, live)
                continue
            assert live.fields[name] == one.before, "a write was lost or came from nowhere"
            left.append((one, RecordChange(one.ref, {name: one.value}, live.version, live)))
        for (one, _), outcome in zip(left, self.crm.update_many([change for _, change in left]), strict=True):
            self._settle(one, outcome)

    def _settle(self, one: Delivery, outcome: Outcome) -> None:
        if isinstance(outcome, RecordSnapshot):
            assert one.ref in {None, outcome.ref}
            one.ref = outcome.ref
            self.values[outcome.ref] = one.value
            self.waiting.remove(one)
            self.done.append(one)
        elif not isinstance(outcome, Temporary | UserActionNeeded):
            raise outcome


def test_none_is_lost_and_none_is_doubled(request: pytest.FixtureRequest) -> None:
    wanted = THOROUGH_DELIVERIES if request.config.getoption("--thorough") else DELIVERIES
    outbox = Outbox(wanted)
    faults = [Chance(**one, dice=outbox.dice, rate=FAULT_RATE / len(FAULTS), times=10**9) for one in FAULTS]
    outbox.server.faults.extend(faults)
    try:
        while len(outbox.done) < wanted:
            room = min(MOST_WAITING - len(outbox.waiting), wanted - outbox.decided)
            outbox.decide(outbox.dice.randint(0, max(0, room)))
            outbox.people_type()
            outbox.deliver()
            outbox.dice.shuffle(outbox.waiting)
            outbox.clock.advance(SETTLES.total_seconds() / 3)
        assert sum(one.happened for one in faults) > len(outbox.server.requests) * FAULT_RATE / 2
        _check(outbox)
    finally:
        outbox.close()


def _check(outbox: Outbox) -> None:
    outbox.server.faults.clear()
    outbox.clock.advance(3600)
    creates = [one for one in outbox.done if one.is_new]
    updates = [one for one in outbox.done if not one.is_new]
    assert sum(outbox.company.created.values()) == len(creates) == len({one.ref for one in creates}), "doubled or lost"
    assert [one.value for one in updates if outbox.world.written[one.value] != 1] == [], "written twice, or not at all"
    refs = list(outbox.values)
    for at in range(0, len(refs), 100):
        found = outbox.crm.read_many(refs[at : at + 100])
        assert {ref: record.fields[DECIDED[ref.kind]] for ref, record in found.items()} == {
            ref: outbox.values[ref] for ref in refs[at : at + 100]
        }
