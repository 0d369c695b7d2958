"""Connector and simulator against a description of the interface: neither may be the other's only witness."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from desktop.connectors.salesforce import bulk
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import NewRecord, RecordChange
from desktop.domain.errors import DealsideError
from desktop.domain.records import RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, drain
from tests.fakes.clock import START
from tests.servers.openapi import Contract
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org, OrgError
from tests.servers.salesforce_rest import VERSION, Call, Rest
from tests.unit.connectors.crm.salesforce.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server


class Held(Rest):
    """An interface whose every exchange, each part of a Composite by itself too, is held against the description."""

    def __init__(self, org: Org, contract: Contract) -> None:
        super().__init__(org)
        self.contract = contract
        self.faults: list[str] = []
        self.seen: set[str] = set()

    def answer(self, call: Call) -> tuple[int, Any]:
        try:
            status, body = super().answer(call)
        except OrgError as error:
            self.hold(call, error.status, error.body())
            raise
        self.hold(call, status, body)
        return status, body

    def hold(self, call: Call, status: int, answer: Any) -> None:
        url = urlsplit(call.target)
        path = f"{VERSION}{url.path}".rstrip("/")
        body = json.loads(call.body) if call.body.startswith(b"{") else call.body.decode() or None
        try:
            self.seen.add(f"{self.contract.operation(call.method, path)} {status}")
            self.contract.check_request(call.method, path, dict(parse_qsl(url.query)), body)
            self.contract.check_answer(call.method, path, status, answer)
        except AssertionError as fault:  # raised here it would end in the server's thread, unheard
            self.faults.append(str(fault))


@pytest.fixture(scope="module")
def contract(shared: Path) -> Contract:
    file = shared / "specs/salesforce/salesforce-rest.openapi.json"
    if not file.exists():
        pytest.skip("needs a description of Salesforce in `shared`, which is not here")
    spec: Any = json.loads(file.read_text(encoding="utf-8"))
    # It leaves out a parameter that the service takes here just as it does by an id.
    by_key = spec["paths"]["/services/data/v{version}/sobjects/{sObject}/{externalIdField}/{externalIdValue}"]["get"]
    by_key["parameters"].append({"name": "fields", "in": "query", "schema": {"type": "string"}})
    return Contract(spec)


@pytest.fixture
def held(contract: Contract) -> Held:
    return Held(Org(now=lambda: START), contract)


@pytest.fixture
def watched(held: Held) -> Iterator[SalesforceServer]:
    with SalesforceServer(rest=held) as running:
        yield running


def test_every_request_and_every_answer_is_as_described(
    held: Held, watched: SalesforceServer, setting: Setting
) -> None:
    crm, org = connect(watched, setting), held.org
    crm.check()
    made = [crm.create(kind, SAMPLES[kind], "k") for kind in K]
    org.advance(60)
    for record in made:
        assert crm.read(record.ref) == record
    crm.update(made[1].ref, {"title": "CEO", "mobile": None}, version=made[1].version)
    records = [NewRecord(kind, SAMPLES[kind], f"{kind}-{n}") for kind in K for n in range(40)]
    records.append(NewRecord(K.CONTACT, {"first_name": "A"}, "bad"))
    outcomes = [outcome for outcome in crm.create_many(records) if isinstance(outcome, RecordSnapshot)]
    assert len(outcomes) == len(records) - 1
    org.advance(60)
    people = [record for record in outcomes if record.ref.kind is K.CONTACT]
    for size in (5, 40):
        crm.update_many([RecordChange(person.ref, {"title": f"T{size}"}, "") for person in people[:size]])
        org.advance(60)
    crm.find(K.CONTACT, "email", [str(CONTACT["email"]), "o'hara@x.example"])
    crm.search(K.CONTACT, "zoë o'brien")
    crm.owners()
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    crm.delete(made[1].ref)
    drain(crm, checkpoint, 50)
    many = [
        NewRecord(K.ACCOUNT, {"name": f"A{n}", "phone": "1" * (n % 50)}, f"a{n}") for n in range(bulk.MORE_THAN + 1)
    ]
    crm.create_many(many)
    org.tokens.clear()
    with pytest.raises(DealsideError):
        crm.check()
    assert sorted(set(held.faults)) == []
    operations = {line.rpartition(" ")[0] for line in held.seen}
    for part in ("POST /services/data/v{version}/composite", "/parameterizedSearch", "/failedResults", "/batches"):
        assert any(part in operation for operation in operations), part


def test_the_description_would_notice(held: Held, watched: SalesforceServer, setting: Setting) -> None:
    crm = connect(watched, setting)
    crm.check()
    held.org.describe = lambda name: {"name": name, "fields": [{"label": "no name"}]}
    crm.close()
    with pytest.raises(DealsideError):
        crm.check()
    assert held.faults
