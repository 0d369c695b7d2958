"""Connector and simulator against Zoho's own description: neither may be the other's only witness."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import NewRecord, RecordChange
from desktop.domain.errors import Conflict, DealsideError, Rejected
from desktop.domain.records import RecordSnapshot
from tests.conformance.crm_samples import CHANGED, SAMPLES, drain
from tests.fakes.clock import START
from tests.servers.openapi import Contract
from tests.servers.vendor import Answer, Request, VendorServer
from tests.servers.zoho import ZohoServer, ZohoWorld
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import CONTACT, K, Setting, ZohoSide, connect

pytestmark = pytest.mark.server

# The description says 200 where the service says these too, and knows neither 204, 304, 412 nor 429.
GOOD = {201: 200, 202: 200, 207: 200}
NOTHING = frozenset({204, 304})


class Held(ZohoWorld):
    """A world whose every exchange is held against the description."""

    def __init__(self, org: Org, contract: Contract) -> None:
        super().__init__(org)
        self.contract = contract
        self.faults: list[str] = []
        self.seen: set[str] = set()

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        try:
            self.seen.add(f"{self.contract.operation(request.method, request.path)} {answer.status}")
            self.contract.check_request(request.method, request.path, request.query, request.body)
            if answer.status in NOTHING:
                assert answer.body is None
            else:
                status = GOOD.get(answer.status, answer.status)
                self.contract.check_answer(request.method, request.path, status, answer.body)
        except AssertionError as fault:  # raised here it would end in the server's thread, unheard
            self.faults.append(str(fault))
        return answer


class HeldServer(ZohoServer):
    """A server over a Held world."""

    def __init__(self, world: Held) -> None:
        self.zoho = self.held = world
        VendorServer.__init__(self, world)


@pytest.fixture(scope="module")
def contract(shared: Path) -> Contract:
    file = shared / "specs/zoho/zoho-crm-v8.openapi.json"
    if not file.exists():
        pytest.skip("needs Zoho's description in `shared`, which is not here")
    spec: Any = json.loads(file.read_text(encoding="utf-8"))
    # It requires 71 members of every field; no organisation gives them all.
    spec["components"]["schemas"]["fields.fields"]["required"] = ["api_name", "data_type", "operation_type", "id"]
    # It has a pattern that no real address of a user matches, as it has the length of one example.
    del spec["components"]["schemas"]["users.users"]["properties"]["email"]["pattern"]
    return Contract(spec)


@pytest.fixture
def held(contract: Contract) -> Iterator[HeldServer]:
    with HeldServer(Held(Org(now=lambda: START), contract)) as running:
        yield running


def test_every_request_and_every_answer_is_as_described(held: HeldServer, setting: Setting) -> None:
    crm, side = connect(held, setting), ZohoSide(held)
    crm.check()
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "k")
    deal = crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "account": str(account.ref)}, "k")
    for kind in (K.CONTACT, K.CASE):
        crm.create(kind, {**SAMPLES[kind], "account": str(account.ref)}, "k")
    for kind in (K.TASK, K.ACTIVITY):
        crm.create(kind, {**SAMPLES[kind], "related": str(deal.ref)}, "k")
    held.org.query_lag = 3600
    made = crm.create(K.CONTACT, CONTACT, "k")
    held.org.query_lag = 0
    side.later()
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 3)
    after = crm.update(made.ref, {"title": None, "phone": "+493011111111", "account": None}, version=made.version)
    side.later()
    side.edit(made.ref, "title", "Typed by a person")
    with pytest.raises(Conflict):
        crm.update(made.ref, {"title": "CEO"}, version=after.version)
    crm.delete(made.ref)
    side.later()
    drain(crm, checkpoint, 50)
    held.org.locked = {deal.ref.id}
    with pytest.raises(DealsideError):
        crm.update(deal.ref, {"next_step": "Wait"})
    held.org.tokens = set()
    with pytest.raises(DealsideError):
        crm.check()
    assert held.held.faults == []
    assert {line.split(" ")[0] for line in held.held.seen} == {"GET", "POST", "PUT", "DELETE"}
    assert any("deleted" in line for line in held.held.seen)


def test_batches_and_looking_are_as_described(held: HeldServer, setting: Setting) -> None:
    crm, side = connect(held, setting), ZohoSide(held)
    person = {name: value for name, value in CONTACT.items() if name != "email"}
    new = [NewRecord(kind, SAMPLES[kind], "k") for kind in (K.LEAD, K.OPPORTUNITY, K.TASK, K.ACTIVITY)]
    new += [NewRecord(K.CONTACT, person, f"k{number}") for number in range(3)]
    made = [each for each in crm.create_many(new) if isinstance(each, RecordSnapshot)]
    assert len(made) == len(new)
    held.org.query_lag = 3600
    assert list(crm.create_many(new)) == made
    held.org.query_lag = 0
    bad = NewRecord(K.CONTACT, {**person, "account": "account:57257670000000999"}, "bad")
    assert isinstance(crm.create_many([bad, NewRecord(K.CONTACT, person, "k4")])[0], Rejected)
    side.later()
    changes = [
        RecordChange(each.ref, {CHANGED[each.ref.kind][0]: CHANGED[each.ref.kind][1]}, each.version) for each in made
    ]
    held.fault(
        "touch", method="PUT", prefix="/crm/v8/Contacts", act_on=lambda: side.edit(made[-1].ref, "title", "Typed")
    )
    outcomes = crm.update_many(changes)
    assert [type(each) for each in outcomes] == [RecordSnapshot] * (len(made) - 1) + [Conflict]
    held.org.locked = {made[-2].ref.id}
    assert isinstance(crm.update_many([RecordChange(made[-2].ref, {"title": "CFO"})])[0], Rejected)
    assert len(crm.read_many([each.ref for each in made])) == len(made)
    assert crm.find(K.LEAD, "email", [SAMPLES[K.LEAD]["email"]])
    assert crm.search(K.LEAD, "Yusuf")
    assert crm.search(K.LEAD, "nobody at all") == ()
    assert crm.owners()
    assert held.held.faults == []
    assert {"PUT /crm/v8/{module_api_name} 207", "POST /crm/v8/{module_api_name} 207"} <= held.held.seen
    assert any("search 200" in line for line in held.held.seen)
    assert "GET /crm/v8/users 200" in held.held.seen


def test_the_description_would_notice(held: HeldServer, setting: Setting) -> None:
    crm = connect(held, setting)
    crm.check()
    held.held.org.describe = lambda module: [{"api_name": module}]
    crm.close()
    with pytest.raises(DealsideError):
        crm.check()
    assert held.held.faults
