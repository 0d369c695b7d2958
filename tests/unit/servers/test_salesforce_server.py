"""The Salesforce simulator answers in the shapes of the real one, and outlives the clients that get killed."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_objects import OBJECTS

pytestmark = pytest.mark.server

BASE = "/services/data/v60.0"


@pytest.fixture
def server() -> Iterator[SalesforceServer]:
    with SalesforceServer() as running:
        yield running


@pytest.fixture
def client(server: SalesforceServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer token"}
    with httpx.Client(base_url=server.url + BASE, headers=headers, trust_env=False) as made:
        yield made


class Shapes:
    """The schemas of the specification, with OpenAPI's `nullable` said in JSON Schema's way."""

    def __init__(self, folder: Path) -> None:
        text = (folder / "specs/salesforce/salesforce-rest.openapi.json").read_text(encoding="utf-8")
        self.components = self._modern(json.loads(text)["components"])

    def check(self, name: str, answer: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": self.components}
        Draft202012Validator(schema).validate(answer)

    def _modern(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._modern(item) for item in node]
        if not isinstance(node, dict):
            return node
        made = {key: self._modern(value) for key, value in node.items() if key != "nullable"}
        if node.get("nullable") and isinstance(node.get("type"), str):
            made["type"] = [node["type"], "null"]
        return made


@pytest.fixture(scope="module")
def shapes(shared: Path) -> Shapes:
    return Shapes(shared)


def test_answers_have_the_shapes_of_the_specification(
    client: httpx.Client, server: SalesforceServer, shapes: Shapes
) -> None:
    made = client.post("/sobjects/Contact/", json={"LastName": "A"})
    shapes.check("SaveResult", made.json())
    record = made.json()["id"]
    shapes.check("Record", client.get(f"/sobjects/Contact/{record}").json())
    upserted = client.patch("/sobjects/Contact/Dealside_Key__c/k", json={"LastName": "B"})
    assert upserted.status_code == 201
    shapes.check("UpsertResult", upserted.json())
    again = client.patch("/sobjects/Contact/Dealside_Key__c/k", json={"LastName": "C"})
    assert again.status_code == 200
    shapes.check("UpsertResult", again.json())
    server.org.page_size = 1
    page = client.get("/query/", params={"q": "SELECT Id, LastName FROM Contact ORDER BY Id"}).json()
    shapes.check("QueryResult", page)
    shapes.check("QueryResult", client.get(server.url + page["nextRecordsUrl"]).json())
    for name in OBJECTS:
        shapes.check("SObjectDescribe", client.get(f"/sobjects/{name}/describe").json())


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/sobjects/Contact/003000000000009AAA", None, 404, "NOT_FOUND"),
        ("GET", "/sobjects/Nothing/describe", None, 404, "NOT_FOUND"),
        ("PUT", "/sobjects/Contact", None, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/sobjects/Contact", None, 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/sobjects/Contact", {}, 400, "REQUIRED_FIELD_MISSING"),
        ("POST", "/sobjects/Contact", {"LastName": "x" * 81}, 400, "STRING_TOO_LONG"),
        ("POST", "/sobjects/Contact", {"LastName": "A", "Email": "nope"}, 400, "INVALID_EMAIL_ADDRESS"),
        ("POST", "/sobjects/Contact", {"LastName": "A", "Nope": "1"}, 400, "INVALID_FIELD"),
        ("POST", "/sobjects/Contact", {"LastName": "A", "Id": "1"}, 400, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("POST", "/sobjects/Contact", {"LastName": "A", "AccountId": "003x"}, 400, "MALFORMED_ID"),
        ("POST", "/sobjects/Opportunity", {"Amount": "5"}, 400, "JSON_PARSER_ERROR"),
        ("POST", "/sobjects/Case", {"Status": "?"}, 400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("GET", "/query?q=SELECT+Id+FROM+Contact+WHERE+Nope='1'", None, 400, "INVALID_FIELD"),
        ("GET", "/query?q=SELECT+Id+FROM+Contact+WHERE+LastName='a'b'", None, 400, "MALFORMED_QUERY"),
        ("GET", "/query?q=DELETE+FROM+Contact", None, 400, "MALFORMED_QUERY"),
        ("GET", "/query/01g-1", None, 400, "INVALID_QUERY_LOCATOR"),
    ],
)
def test_refusals(client: httpx.Client, method: str, path: str, body: Any, status: int, code: str) -> None:
    got = client.request(method, path, json=body)
    assert got.status_code == status
    if code:
        assert [fault["errorCode"] for fault in got.json()] == [code]


def test_refusals_have_the_shape_of_the_specification(client: httpx.Client, shapes: Shapes) -> None:
    shapes.check("Errors", client.get("/sobjects/Nothing/describe").json())
    shapes.check("Errors", client.post("/sobjects/Contact", json={}).json())
    shapes.check("Errors", client.get("/limits", headers={"Authorization": "Bearer dead"}).json())


def test_fields_are_those_of_the_standard_objects(shared: Path) -> None:
    text = (shared / "specs/salesforce/standard-objects.json").read_text(encoding="utf-8")
    standard = json.loads(text)["objects"]
    for name, fields in OBJECTS.items():
        for field in fields:
            real = standard[name]["fields"][field.name]
            assert (field.type, field.length) == (real["type"], real.get("length", 0)), (name, field.name)
            assert field.required == (real.get("nillable") is False), (name, field.name)
            assert field.fixed == (real.get("createable", True) and real.get("updateable") is False), field.name
            assert set(field.to) <= set(real.get("referenceTo", []))
            assert set(field.values) <= set(real.get("picklistValues", field.values))


def test_if_unmodified_since_counts_whole_seconds(client: httpx.Client, server: SalesforceServer) -> None:
    record = client.post("/sobjects/Contact", json={"LastName": "A"}).json()["id"]
    early = {"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    assert client.patch(f"/sobjects/Contact/{record}", json={"Title": "B"}, headers=early).status_code == 412
    bad = {"If-Unmodified-Since": "yesterday"}
    assert client.patch(f"/sobjects/Contact/{record}", json={"Title": "B"}, headers=bad).status_code == 400
    date = client.get(f"/sobjects/Contact/{record}").headers["Date"]
    server.org.advance(60)
    now = {"If-Unmodified-Since": date}
    assert client.patch(f"/sobjects/Contact/{record}", json={"Title": "B"}, headers=now).status_code == 204
    assert client.patch(f"/sobjects/Contact/{record}", json={"Title": "C"}, headers=now).status_code == 412


def test_deleted_records_are_for_query_all_only(client: httpx.Client) -> None:
    record = client.post("/sobjects/Contact", json={"LastName": "A"}).json()["id"]
    assert client.delete(f"/sobjects/Contact/{record}").status_code == 204
    assert client.delete(f"/sobjects/Contact/{record}").status_code == 404
    query = {"q": "SELECT Id, IsDeleted FROM Contact"}
    assert client.get("/query", params=query).json()["totalSize"] == 0
    assert client.get("/queryAll", params=query).json()["records"][0]["IsDeleted"] is True
    assert [row["id"] for row in client.get("/sobjects/Contact/deleted/").json()["deletedRecords"]] == [record]


def test_a_process_of_its_own_can_be_looked_into_and_keeps_its_records(tmp_path: Path) -> None:
    port_file, state_file = tmp_path / "port", tmp_path / "state.json"
    command = [sys.executable, "-m", "tests.servers.salesforce", "--port-file", port_file, "--state-file", state_file]
    for written in (1, 2):
        port_file.unlink(missing_ok=True)
        with subprocess.Popen(command) as process:
            try:
                base = f"http://127.0.0.1:{wait_for(port_file)}"
                with httpx.Client(base_url=base, headers={"Authorization": "Bearer token"}, trust_env=False) as client:
                    fault = [{"act": "status", "status": 503, "code": "SERVER_UNAVAILABLE", "method": "POST"}]
                    client.post("/__sim__/faults", json=fault)
                    assert client.post(f"{BASE}/sobjects/Contact", json={"LastName": "A"}).status_code == 503
                    assert client.post(f"{BASE}/sobjects/Contact", json={"LastName": "A"}).status_code == 201
                    state = client.get("/__sim__/state").json()
                    assert (state["created"]["Contact"], state["writes"]) == (written, written)
                    assert len(state["records"]["Contact"]) == written
            finally:
                process.terminate()
        assert process.returncode == 0


def wait_for(file: Path) -> int:
    ends = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < ends, "the simulator did not start"
        time.sleep(0.02)
    return int(file.read_text(encoding="ascii"))
