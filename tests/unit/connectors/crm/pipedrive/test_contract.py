"""Every request of the connector, and every answer of the simulator, is one that Pipedrive's own description allows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import RecordChange
from desktop.domain.errors import Conflict, Rejected
from tests.conformance.crm_many import new, refs_of
from tests.conformance.crm_samples import CHANGED, SAMPLES, drain
from tests.servers.openapi import Contract, Watched
from tests.servers.pipedrive import PipedriveWorld
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import Answer, Request, VendorServer, World
from tests.unit.connectors.crm.pipedrive.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server


def _spec(shared: Path, version: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (shared / f"specs/pipedrive/pipedrive-{version}.openapi.json").read_text(encoding="utf-8")
    )
    _let_members_be_null(found)
    if version == "v1":  # "multiple selection", though the description gives it as one of a list
        for about in found["paths"]["/recents"]["get"]["parameters"]:
            if about["name"] == "items":
                about["schema"] = {"type": "array", "items": about["schema"]}
    return found


def _let_members_be_null(node: Any) -> None:
    """What is empty is null in Pipedrive's answers, and null clears; the description says so of a few members only."""
    if isinstance(node, list):
        for item in node:
            _let_members_be_null(item)
    elif isinstance(node, dict):
        for about in (node.get("properties") or {}).values() if isinstance(node.get("properties"), dict) else ():
            if isinstance(about, dict):
                about["nullable"] = True
        for item in node.values():
            _let_members_be_null(item)


class _Both(World):
    """v1 and v2 are two descriptions of one server."""

    def __init__(self, old: Watched, new: Watched) -> None:
        self.old, self.new = old, new

    def answer(self, request: Request) -> Answer:
        return (self.old if request.path.startswith("/api/v1") else self.new).answer(request)

    def error(self, status: int, code: str, message: str) -> Any:
        return self.new.error(status, code, message)

    def now(self) -> Any:
        return self.new.now()


@pytest.fixture
def both(shared: Path, company: Company) -> _Both:
    world = PipedriveWorld(company)
    old = Watched(world, Contract(_spec(shared, "v1")), path_of=lambda path: path.removeprefix("/api"))
    return _Both(old, Watched(world, Contract(_spec(shared, "v2"))))


@pytest.fixture
def served(both: _Both) -> Iterator[VendorServer]:
    with VendorServer(both) as running:
        yield running


def run_through(crm: Pipedrive, company: Company) -> None:
    crm.check()
    for kind in K:
        crm.picklist(kind, "stage")
        crm.picklist(kind, "type")
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    person = crm.create(K.CONTACT, {**CONTACT, "account": str(account.ref)}, "p")
    deal = crm.create(
        K.OPPORTUNITY,
        {**SAMPLES[K.OPPORTUNITY], "currency": "GBP", "account": str(account.ref), "contact": str(person.ref)},
        "d",
    )
    made = {
        K.ACCOUNT: account,
        K.CONTACT: person,
        K.OPPORTUNITY: deal,
        K.TASK: crm.create(K.TASK, {**SAMPLES[K.TASK], "related": str(account.ref)}, "t"),
        K.ACTIVITY: crm.create(
            K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "contact": str(person.ref), "related": str(deal.ref)}, "e"
        ),
    }
    company.advance(120)
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 2)
    for kind, record in made.items():
        field, value = CHANGED[kind]
        crm.update(record.ref, {field: value}, version=record.version)
    crm.update(person.ref, {"title": None, "mobile": None, "account": None, "last_name": "Ng"})
    crm.update(deal.ref, {"stage": "Won", "amount": None, "close_date": None, "contact": None})
    crm.update(made[K.ACTIVITY].ref, {"related": None, "contact": None, "happened_at": None, "description": None})
    crm.update(made[K.TASK].ref, {"status": "Completed", "due_date": None})
    with pytest.raises(Conflict):
        crm.update(person.ref, {"title": "CEO"}, version=person.version)
    with pytest.raises(Rejected):
        crm.update(person.ref, {"title": "x" * 300})
    crm.delete(made[K.TASK].ref)
    assert crm.read(made[K.TASK].ref) is None
    company.advance(120)
    drain(crm, checkpoint, 3)
    run_many(crm)


def run_many(crm: Pipedrive) -> None:
    """Batches, and everything that looks for records."""
    kinds = (K.CONTACT, K.ACCOUNT, K.OPPORTUNITY, K.TASK, K.ACTIVITY)
    crm.describe(K.ACCOUNT)
    made = refs_of(crm.create_many([new(kind, str(number)) for number in range(3) for kind in kinds]))
    crm.create_many([new(kind, str(number)) for number in range(4) for kind in kinds])
    found = crm.read_many(made)
    crm.update_many([RecordChange(ref, dict([CHANGED[ref.kind]]), found[ref].version, found[ref]) for ref in made])
    crm.find(K.CONTACT, "email", ["zoe1@nordwind.example", "o'hara@nordwind.example"])
    crm.find(K.CONTACT, "phone", ["+493012345679"])
    crm.find(K.ACCOUNT, "name", ["Nordwind Logistik GmbH"])
    crm.find(K.OPPORTUNITY, "name", ["Fleet tracking"])
    for kind in kinds:
        crm.search(kind, "fleet")
    assert crm.owners()


def test_a_whole_day_is_within_the_description(
    both: _Both, served: VendorServer, setting: Setting, company: Company
) -> None:
    run_through(connect(served, setting), company)
    assert [*both.old.faults, *both.new.faults] == []
    seen = {*both.old.seen, *both.new.seen}
    for entity in ("organizations", "persons", "deals", "activities"):
        assert {f"GET /{entity} 200", f"POST /{entity} 200", f"PATCH /{entity}/{{id}} 200"} <= seen
    searches = {f"GET /{entity}/search 200" for entity in ("organizations", "persons", "deals")}
    assert searches | {"GET /users 200"} <= seen
    assert {"GET /recents 200", "GET /users/me 200", "DELETE /activities/{id} 200", "GET /stages 200"} <= seen


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("POST", "/api/v2/persons", {}, {"first_name": "A"}),
        ("POST", "/api/v2/organizations", {}, {"website": "a.example"}),
        ("GET", "/api/v2/deals", {"since": "yesterday"}, None),
        ("GET", "/api/v2/persons", {"sort_by": "name"}, None),
    ],
)
def test_what_the_description_forbids_is_noticed_and_refused(
    both: _Both, method: str, path: str, query: dict[str, str], body: Any
) -> None:
    parts = tuple(part for part in path.split("/") if part)
    headers = {"x-api-token": "token", "content-type": "application/json"}
    answer = both.answer(Request(method, path, parts, query, headers, b"", body))
    assert answer.status == 400
    assert both.new.faults


def test_costs_are_those_of_the_description(shared: Path, company: Company) -> None:
    world = PipedriveWorld(company)
    for version, path in (
        ("v2", "/persons"),
        ("v2", "/deals/search"),
        ("v2", "/dealFields"),
        ("v2", "/stages"),
        ("v1", "/recents"),
        ("v1", "/users/me"),
        ("v1", "/users"),
        ("v1", "/activityTypes"),
    ):
        query = {"since_timestamp": "2026-01-01 00:00:00"} if path == "/recents" else {}
        query |= {"term": "x", "exact_match": "true"} if path.endswith("search") else {}
        before = company.spent
        whole = f"/api/{version}{path}"
        request = Request("GET", whole, tuple(whole.strip("/").split("/")), query, {"x-api-token": "token"}, b"", None)
        assert world.answer(request).status == 200
        assert company.spent - before == _spec(shared, version)["paths"][path]["get"]["x-token-cost"], path
