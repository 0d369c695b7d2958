"""Thousands of deliveries while every fifth call fails: nothing is lost, nothing is doubled.

Decisions wait until a delivery of theirs has an end. People type into the same records meanwhile; a decision that
meets such a conflict is made again of what is there now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, DealsideError, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, drain
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import Chance, K, ZohoSide

pytestmark = pytest.mark.server

DELIVERIES, THOROUGH_DELIVERIES, AT_ONCE = 300, 10_000, 30
FAULT_RATE = 0.2
FAULTS = (
    {"act": "drop"},
    {"act": "drop_after"},
    {"act": "cut"},
    {"act": "garbage"},
    {"act": "status", "status": 429, "code": "TOO_MANY_REQUESTS"},
    {"act": "status", "status": 500},
    {"act": "status", "status": 401, "code": "INVALID_TOKEN"},
)
DECIDED = {K.CONTACT: "title", K.OPPORTUNITY: "next_step", K.ACTIVITY: "description"}
TYPED = {K.CONTACT: "last_name", K.OPPORTUNITY: "name", K.ACTIVITY: "subject"}


@dataclass(eq=False)
class Decision:
    """To create a Record (then `seen` is None), or to change one as it was seen."""

    kind: K
    value: str
    seen: RecordSnapshot | None = None


class Office:
    """A rep's decisions, the organisation they are for, and the people in it."""

    def __init__(self, server: ZohoServer, crm: Zoho, dice: Random) -> None:
        self.server, self.org, self.side, self.crm, self.dice = server, server.org, ZohoSide(server), crm, dice
        self.pending: list[Decision] = []
        self.expected: dict[RecordRef, dict[str, str | None]] = {}
        self.done = self.writes = self.number = 0

    def _new_value(self) -> str:
        self.number += 1
        return f"value {self.number}"

    def _seen(self, ref: RecordRef) -> RecordSnapshot:
        while True:
            try:
                found = self.crm.read(ref)
            except (Temporary, UserActionNeeded):
                continue
            assert found is not None, "a record was lost"
            return found

    def decide(self, most: int) -> None:
        """Decide on some things more, at most one for each record."""
        busy = {decision.seen.ref for decision in self.pending if decision.seen}
        free = [ref for ref in self.expected if ref not in busy]
        self.dice.shuffle(free)
        for _ in range(most):
            if free and self.dice.random() < 0.7:
                ref = free.pop()
                self.pending.append(Decision(ref.kind, self._new_value(), self._seen(ref)))
            else:
                self.pending.append(Decision(self.dice.choice(list(DECIDED)), self._new_value()))

    def somebody_types(self) -> None:
        """Let people change another field than is decided on, so that it is known what must be there in the end."""
        for ref in self.dice.sample(sorted(self.expected, key=str), min(3, len(self.expected))):
            self.expected[ref][TYPED[ref.kind]] = self._new_value()
            self.side.edit(ref, TYPED[ref.kind], str(self.expected[ref][TYPED[ref.kind]]))
            self.writes += 1

    def attempt(self, decisions: Sequence[Decision], *, is_alone: bool) -> None:
        creates = [each for each in decisions if each.seen is None]
        new = [NewRecord(each.kind, self._fields(each), each.value) for each in creates]
        self._settle(creates, self._alone(new) if is_alone else self.crm.create_many(new))
        updates = [each for each in decisions if each.seen is not None]
        changes = [
            RecordChange(each.seen.ref, {DECIDED[each.kind]: each.value}, each.seen.version)
            for each in updates
            if each.seen
        ]
        self._settle(updates, self._alone(changes) if is_alone else self.crm.update_many(changes))

    def _fields(self, decision: Decision) -> dict[str, str | None]:
        return {**SAMPLES[decision.kind], DECIDED[decision.kind]: decision.value}

    def _alone(self, items: Sequence[NewRecord | RecordChange]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for item in items:
            try:
                if isinstance(item, NewRecord):
                    outcomes.append(self.crm.create(item.kind, item.fields, item.key))
                else:
                    outcomes.append(self.crm.update(item.ref, item.fields, version=item.version))
            except DealsideError as error:
                outcomes.append(error)
        return outcomes

    def _settle(self, decisions: Sequence[Decision], outcomes: Sequence[Outcome]) -> None:
        for decision, outcome in zip(decisions, outcomes, strict=True):
            if isinstance(outcome, Conflict) and decision.seen is not None:
                decision.seen = self._seen(decision.seen.ref)
            elif isinstance(outcome, RecordSnapshot):
                self._is_done(decision, outcome)
            else:
                assert isinstance(outcome, Temporary | UserActionNeeded), outcome

    def _is_done(self, decision: Decision, outcome: RecordSnapshot) -> None:
        assert outcome.fields[DECIDED[decision.kind]] == decision.value
        if decision.seen is None:
            assert outcome.ref not in self.expected, "one record for two decisions"
            self.expected[outcome.ref] = self._fields(decision)
        else:
            assert outcome.ref == decision.seen.ref
            self.expected[outcome.ref][DECIDED[decision.kind]] = decision.value
        self.pending.remove(decision)
        self.done += 1
        self.writes += 1

    def check(self) -> None:
        """See that every decision was applied once: no record too many, none too few, no write too many."""
        self.org.advance(120)
        there = {record.ref: record.fields for record in drain(self.crm, EMPTY_CHECKPOINT, 200)[0]}
        assert set(there) == set(self.expected)
        for ref, fields in self.expected.items():
            assert {name: there[ref][name] for name in fields} == fields, "something was lost"
        assert self.org.writes == self.writes, "something was done twice"


@pytest.fixture
def office() -> Iterator[Office]:
    http = HttpBoundary(
        ledger=ListLedger(), clock=ManualClock(), limits=HttpLimits(connect=20, silence=20), sleep=lambda _: None
    )
    with ZohoServer(Org(now=lambda: START)) as server:
        crm = Zoho({"api_domain": server.url}, token=lambda: "token", http=http, clock=ManualClock(), deadline=20)
        yield Office(server, crm, Random(4))
        http.close()


def test_many_deliveries_with_a_fifth_of_all_calls_failing(office: Office, thorough: bool) -> None:
    wanted = THOROUGH_DELIVERIES if thorough else DELIVERIES
    dice = office.dice
    faults = [Chance(**fault, dice=dice, rate=FAULT_RATE / len(FAULTS), times=10**9) for fault in FAULTS]
    office.server.faults.extend(faults)
    while office.done < wanted:
        office.decide(min(dice.randint(1, AT_ONCE), wanted - office.done - len(office.pending)))
        office.somebody_types()
        some = dice.sample(office.pending, min(dice.randint(1, AT_ONCE), len(office.pending)))
        is_alone = dice.random() < 0.1
        office.attempt(some[:3] if is_alone else some, is_alone=is_alone)
        office.org.advance(dice.choice([0, 1, 30]))
        office.org.query_lag = dice.choice([0, 0, 90])
    struck = sum(fault.happened for fault in faults)
    office.server.faults.clear()
    office.org.query_lag = 0
    office.check()
    assert struck > len(office.server.requests) * FAULT_RATE / 2
