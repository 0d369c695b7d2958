"""The connector asks, and its simulator answers, as the vendor describes it, where that description is at hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import NewRecord, RecordChange
from desktop.domain.errors import DealsideError
from desktop.domain.records import RecordSnapshot
from tests.conformance.crm_samples import CHANGED, SAMPLES, drain
from tests.servers.hubspot import HubSpotWorld, numbered
from tests.servers.openapi import Contract, Watched
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import CONTACT, HubSpotSide, K, Setting, connect

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def contract(shared: Path) -> Contract:
    file = shared / "specs/hubspot/hubspot-crm.openapi.json"
    if not file.exists():
        pytest.skip("needs the description of HubSpot's interface in `shared`, which is not here")
    spec = json.loads(file.read_text(encoding="utf-8"))
    # The client library declares sorts as texts; the documentation shows objects, and the interface takes both.
    for name, schema in spec["components"]["schemas"].items():
        if name.endswith(".PublicObjectSearchRequest"):
            schema["properties"]["sorts"]["items"] = {}
    details: dict[str, Any] = {"responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}}
    spec["paths"]["/account-info/v3/details"] = {"get": details}  # described elsewhere
    where = [{"in": "path", "name": "objectTypeId", "required": True, "schema": {"type": "string"}}]
    spec["paths"]["/crm/v3/property-validations/{objectTypeId}"] = {"get": {**details, "parameters": where}}
    return Contract(spec)


@pytest.fixture
def watched(world: HubSpotWorld, contract: Contract) -> Watched:
    return Watched(world, contract, path_of=numbered)


@pytest.fixture
def server(watched: Watched) -> Iterator[VendorServer]:
    with VendorServer(watched) as running:
        yield running


def test_a_day_of_work(crm: HubSpot, watched: Watched, other_side: HubSpotSide) -> None:
    crm.check()
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "account")
    other = crm.create(K.ACCOUNT, {"name": "Südwind"}, "other")
    contact = crm.create(K.CONTACT, {**CONTACT, "account": str(account.ref)}, "contact")
    deal = {**SAMPLES[K.OPPORTUNITY], "account": str(account.ref), "contact": str(contact.ref), "currency": "EUR"}
    made = [account, contact, crm.create(K.OPPORTUNITY, deal, "deal")]
    related = {"contact": str(contact.ref), "related": str(made[-1].ref)}
    made += [crm.create(kind, {**SAMPLES[kind], **related}, kind.value) for kind in (K.TASK, K.ACTIVITY)]
    made.append(crm.create(K.CASE, {**SAMPLES[K.CASE], "account": str(account.ref)}, "case"))
    for type_name in ("Call", "Note"):
        made.append(crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": type_name}, type_name))
    other_side.later()
    for record in made[:6]:
        field, value = CHANGED[record.ref.kind]
        crm.update(record.ref, {field: value}, version=record.version)
    crm.update(contact.ref, {"title": None, "account": str(other.ref)})
    crm.update(made[3].ref, {"contact": None, "related": str(account.ref)})
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 3)
    crm.delete(made[-1].ref, version=made[-1].version)
    other_side.later()
    drain(crm, checkpoint, 3)
    assert watched.faults == []
    assert len({line.rsplit(" ", 1)[0] for line in watched.seen}) >= 30, sorted(set(watched.seen))


def test_batches(crm: HubSpot, watched: Watched, other_side: HubSpotSide) -> None:
    one, two = (crm.create(K.ACCOUNT, {"name": name}, name) for name in ("A", "B"))
    people = [
        NewRecord(K.CONTACT, {"last_name": f"N{number}", "account": str(one.ref)}, f"n{number}") for number in range(3)
    ]
    bad = NewRecord(K.CONTACT, {"last_name": "N", "email": "nobody"}, "bad")
    made = [each for each in crm.create_many([*people, bad]) if isinstance(each, RecordSnapshot)]
    assert len(made) == 3
    deal = {**SAMPLES[K.OPPORTUNITY], "contact": str(made[0].ref)}
    (opened,) = crm.create_many([NewRecord(K.OPPORTUNITY, deal, "deal")])
    assert isinstance(opened, RecordSnapshot)
    other_side.remove(made[2].ref)
    changes = [RecordChange(each.ref, {"title": "CEO", "account": str(two.ref)}, each.version) for each in made]
    changes += [RecordChange(opened.ref, {"contact": str(made[1].ref)}, opened.version)]
    outcomes = crm.update_many(changes)
    assert [isinstance(each, RecordSnapshot) for each in outcomes] == [True, True, False, True]
    assert set(crm.read_many([each.ref for each in made])) == {made[0].ref, made[1].ref}
    crm.update_many([RecordChange(made[0].ref, {"email": "nobody"})])
    assert watched.faults == []
    batches = {line.split("/batch/")[-1] for line in watched.seen if "/batch/" in line}
    assert batches >= {"create 201", "create 207", "update 200", "update 400", "read 200", "read 207", "archive 204"}


def test_refusals(server: VendorServer, setting: Setting, watched: Watched) -> None:
    crm = connect(server, setting)
    crm.create(K.CONTACT, CONTACT, "one")
    for fields in ({**CONTACT, "first_name": "Other"}, {"email": "nobody"}, {"account": "account:999"}):
        with pytest.raises(DealsideError):
            crm.create(K.CONTACT, fields, "two")
    with pytest.raises(DealsideError):
        connect(server, setting, token="dead").check()
    assert watched.faults == []
