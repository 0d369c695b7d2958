"""The HubSpot simulator refuses what the real one refuses, and says so in its words."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.servers.hubspot import HubSpotWorld, numbered
from tests.servers.vendor import VendorServer

pytestmark = pytest.mark.server
CONTACTS = "/crm/objects/2026-03/contacts"
DEALS = "/crm/v3/objects/deals"
GTE = {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "0"}


@pytest.fixture
def world() -> HubSpotWorld:
    return HubSpotWorld()


@pytest.fixture
def client(world: HubSpotWorld) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer token"}
    with VendorServer(world) as server, httpx.Client(base_url=server.url, headers=headers, trust_env=False) as made:
        yield made


def search(**more: Any) -> dict[str, Any]:
    return {"filterGroups": [{"filters": [GTE]}], **more}


def reading(ids: list[str]) -> dict[str, Any]:
    return {"inputs": [{"id": each} for each in ids], "properties": [], "propertiesWithHistory": []}


def traced(trace: str, **properties: str) -> dict[str, Any]:
    return {"properties": properties, **({"objectWriteTraceId": trace} if trace else {})}


IN_CAPITALS = {"filterGroups": [{"filters": [{"propertyName": "firstname", "operator": "IN", "values": ["Zoë"]}]}]}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", f"{CONTACTS}/999", None, 404, "OBJECT_NOT_FOUND"),
        ("GET", "/crm/v3/objects/nothing", None, 404, "OBJECT_NOT_FOUND"),
        ("GET", f"{CONTACTS}/1?idProperty=firstname", None, 400, "VALIDATION_ERROR"),
        ("GET", f"{CONTACTS}?limit=101", None, 400, "VALIDATION_ERROR"),
        ("GET", f"{CONTACTS}/1?fields=a", None, 400, "VALIDATION_ERROR"),
        ("PUT", CONTACTS, {"properties": {}}, 405, "METHOD_NOT_ALLOWED"),
        ("POST", CONTACTS, {"name": "A"}, 400, "VALIDATION_ERROR"),
        ("POST", CONTACTS, [], 400, "VALIDATION_ERROR"),
        ("POST", CONTACTS, {"properties": {"nope": "1"}}, 400, "PROPERTY_DOESNT_EXIST"),
        ("POST", CONTACTS, {"properties": {"hs_object_id": "1"}}, 400, "READ_ONLY_VALUE"),
        ("POST", CONTACTS, {"properties": {"email": "nobody"}}, 400, "INVALID_EMAIL"),
        ("POST", CONTACTS, {"properties": {"email": 5}}, 400, "VALIDATION_ERROR"),
        ("POST", CONTACTS, {"properties": {"firstname": "x" * 65_537}}, 400, "INVALID_STRING_LENGTH"),
        ("POST", CONTACTS, {"properties": {"dealside_key": "K "}}, 400, "CONFLICTING_UNIQUE_VALUE"),
        ("POST", CONTACTS, {"properties": {"email": "A@known.example"}}, 409, "CONFLICT"),
        ("POST", DEALS, {"properties": {"dealname": "A"}}, 400, "VALIDATION_ERROR"),
        ("POST", DEALS, {"properties": {"dealname": "A", "dealstage": "2001"}}, 400, "INVALID_OPTION"),
        ("POST", f"{CONTACTS}/search", search(limit=201), 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/search", search(limit=200, after="9900"), 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/search", search(sorts=["a", "b"]), 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/search", search(sorts=["nope"]), 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/search", {"filterGroups": [{"filters": [GTE] * 7}]}, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/search", {"filterGroups": [{"filters": [GTE]}] * 6}, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/search", IN_CAPITALS, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/search", {"query": "x" * 3001}, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/batch/read", reading(["1"] * 101), 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/batch/read", reading([]), 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/batch/read", {"inputs": [{"id": "1"}]}, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/batch/read", {**reading(["1"]), "idProperty": "phone"}, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/batch/read", {**reading(["no"]), "idProperty": "email"}, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/batch/create", {"inputs": [{"id": "1", "properties": {}}]}, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/batch/create", {"inputs": [traced("1"), traced("1")]}, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/batch/create", {"inputs": [traced("")] * 101}, 400, "VALIDATION_ERROR"),
        ("POST", f"{CONTACTS}/batch/update", {"inputs": [{"id": 101, "properties": {}}]}, 400, "VALIDATION_ERROR"),
        (
            "POST",
            f"{CONTACTS}/batch/update",
            {"inputs": [{"id": "101", "properties": {}}] * 2},
            400,
            "VALIDATION_ERROR",
        ),
        ("POST", f"{CONTACTS}/batch/nothing", {"inputs": []}, 404, "OBJECT_NOT_FOUND"),
        ("POST", "/crm/v4/associations/contacts/notes/batch/read", reading(["1"]), 400, "VALIDATION_ERROR"),
        ("PUT", "/crm/v4/objects/contacts/101/associations/default/companies/999", None, 400, "VALIDATION_ERROR"),
        ("PUT", "/crm/v4/objects/contacts/101/associations/default/notes/999", None, 400, "VALIDATION_ERROR"),
    ],
)
def test_refusals(client: httpx.Client, method: str, path: str, body: Any, status: int, code: str) -> None:
    client.post(CONTACTS, json={"properties": {"email": "a@known.example", "dealside_key": "k"}}).raise_for_status()
    got = client.request(method, path, json=body)
    assert got.status_code == status
    said = got.json()
    assert code in {said["category"], *(each.get("code") for each in said.get("errors", ()))}


def test_broken_json_is_refused(client: httpx.Client) -> None:
    got = client.post(CONTACTS, content=b'{"properties": ')
    assert (got.status_code, got.json()["category"]) == (400, "VALIDATION_ERROR")


def test_a_token_that_is_not_known_and_a_missing_scope(client: httpx.Client, world: HubSpotWorld) -> None:
    got = client.get(CONTACTS, headers={"Authorization": "Bearer dead"})
    assert (got.status_code, got.json()["category"]) == (401, "INVALID_AUTHENTICATION")
    world.portal.missing_scopes = {"crm.objects.contacts.read"}
    got = client.get(CONTACTS)
    assert (got.status_code, got.json()["category"]) == (403, "MISSING_SCOPES")


def test_throttling_of_three_kinds(client: httpx.Client, world: HubSpotWorld) -> None:
    world.burst, world.searches = 5, 1
    assert client.post(f"{CONTACTS}/search", json=search()).status_code == 200
    assert client.post(f"{CONTACTS}/search", json=search()).json()["policyName"] == "SECONDLY"
    codes = [client.get(CONTACTS).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    assert client.get(CONTACTS).json()["policyName"] == "TEN_SECONDLY_ROLLING"
    world.portal.advance(10)
    world.daily = 1
    assert [client.get(CONTACTS).status_code for _ in range(2)] == [200, 429]
    assert client.get(CONTACTS).json()["policyName"] == "DAILY"


def test_the_index_is_behind_but_a_look_by_key_is_not(client: httpx.Client, world: HubSpotWorld) -> None:
    world.portal.index_lag = timedelta(seconds=60)
    ids = [client.post(CONTACTS, json={"properties": {"dealside_key": f"k{each}"}}).json()["id"] for each in range(3)]
    assert client.post(f"{CONTACTS}/search", json=search()).json()["total"] < 3
    assert [client.get(f"{CONTACTS}/k{each}?idProperty=dealside_key").json()["id"] for each in range(3)] == ids
    world.portal.advance(60)
    assert client.post(f"{CONTACTS}/search", json=search()).json()["total"] == 3


def test_a_batch_of_creates_is_done_in_part_only_when_it_is_traced(client: httpx.Client, world: HubSpotWorld) -> None:
    bad, good = {"email": "nobody"}, {"email": "a@b.example"}
    plain = client.post(f"{CONTACTS}/batch/create", json={"inputs": [traced("", **good), traced("", **bad)]})
    assert (plain.status_code, world.portal.live("contacts")) == (400, [])
    traces = client.post(f"{CONTACTS}/batch/create", json={"inputs": [traced("1", **good), traced("2", **bad)]})
    assert traces.status_code == 207
    assert [each["objectWriteTraceId"] for each in traces.json()["results"]] == ["1"]
    assert [each["context"]["objectWriteTraceId"] for each in traces.json()["errors"]] == [["2"]]
    assert len(world.portal.live("contacts")) == 1


def test_a_batch_of_updates_is_refused_whole_and_leaves_out_who_is_gone(
    client: httpx.Client, world: HubSpotWorld
) -> None:
    row = world.portal.create("contacts", {"firstname": "A"})
    inputs = [{"id": row.id, "properties": {"firstname": "B"}}, {"id": row.id + "0", "properties": {"firstname": "C"}}]
    got = client.post(f"{CONTACTS}/batch/update", json={"inputs": inputs})
    assert (got.status_code, [each["id"] for each in got.json()["results"]]) == (207, [row.id])
    assert "errors" not in got.json()
    other = world.portal.create("contacts", {})
    inputs = [{"id": row.id, "properties": {"firstname": "D"}}, {"id": other.id, "properties": {"email": "nobody"}}]
    assert client.post(f"{CONTACTS}/batch/update", json={"inputs": inputs}).status_code == 400
    assert row.properties["firstname"] == "B"


def test_a_batch_of_reads_names_who_is_not_there(client: httpx.Client, world: HubSpotWorld) -> None:
    row = world.portal.create("contacts", {"firstname": "A"})
    got = client.post(f"{CONTACTS}/batch/read", json=reading([row.id, "999"]))
    assert (got.status_code, got.json()["errors"][0]["context"]) == (207, {"ids": ["999"]})
    assert [each["id"] for each in got.json()["results"]] == [row.id]


def test_the_days_calls_are_counted_in_the_headers_but_not_a_searchs(client: httpx.Client, world: HubSpotWorld) -> None:
    world.daily = 10
    assert client.get(CONTACTS).headers["X-HubSpot-RateLimit-Daily-Remaining"] == "9"
    assert "X-HubSpot-RateLimit-Daily" not in client.post(f"{CONTACTS}/search", json=search()).headers


def test_dated_paths_are_the_numbered_ones() -> None:
    assert numbered("/crm/objects/2026-03/contacts/5") == "/crm/v3/objects/contacts/5"
    assert numbered("/crm/objects/2026-09/a/5/associations/b/6") == "/crm/v4/objects/a/5/associations/b/6"
    assert numbered("/crm/associations/2026-03/a/b/batch/read") == "/crm/v4/associations/a/b/batch/read"
    assert numbered("/account-info/2026-03/details") == "/account-info/v3/details"
    assert numbered("/crm/v3/objects/contacts") == "/crm/v3/objects/contacts"
