"""The simulated Salesforce is as strict about batches as the real one."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.servers.salesforce import SalesforceServer

pytestmark = pytest.mark.server

BASE = "/services/data/v60.0"
PERSON = {"attributes": {"type": "Contact"}, "LastName": "A"}


@pytest.fixture
def server() -> Iterator[SalesforceServer]:
    with SalesforceServer() as running:
        yield running


@pytest.fixture
def client(server: SalesforceServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer token"}
    with httpx.Client(base_url=server.url + BASE, headers=headers, trust_env=False) as made:
        yield made


def part(number: int, path: str = "sobjects", **more: Any) -> dict[str, Any]:
    return {"method": "GET", "url": f"{BASE}/{path}", "referenceId": f"p{number}", **more}


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [part(n) for n in range(26)],
        [part(n, "query?q=SELECT+Id+FROM+Contact") for n in range(6)],
        [part(1), part(1)],
        [part(1, referenceId="1 a")],
        [{**part(1), "url": "/services/data/v1.0/sobjects"}],
    ],
)
def test_a_composite_has_its_limits(client: httpx.Client, requests: list[Any]) -> None:
    assert client.post("/composite", json={"compositeRequest": requests}).status_code == 400


def test_the_parts_of_a_composite_stand_alone_and_in_order(client: httpx.Client) -> None:
    body = {"method": "POST", "body": {"LastName": "A"}}
    requests = [
        part(1, "sobjects/Contact", **body),
        part(2, "sobjects/Nothing/describe"),
        part(3, "query?q=SELECT+Id+FROM+Contact"),
    ]
    answer = client.post("/composite", json={"compositeRequest": requests})
    assert answer.status_code == 200
    rows = answer.json()["compositeResponse"]
    assert [(row["referenceId"], row["httpStatusCode"]) for row in rows] == [("p1", 201), ("p2", 404), ("p3", 200)]
    assert rows[2]["body"]["totalSize"] == 1


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([PERSON] * 201, "EXCEEDED_ID_LIMIT"),
        ([{"LastName": "A"}], "INVALID_INPUT"),
        ([{**PERSON, "attributes": {"type": name}} for name in ("Contact", "Lead") * 6], "INVALID_INPUT"),
        ([PERSON, {**PERSON, "Nope": "1"}], "INVALID_FIELD"),
        ([PERSON, {**PERSON, "Title": 7}], "JSON_PARSER_ERROR"),
    ],
)
def test_a_collection_that_is_malformed_is_refused_as_a_whole(
    client: httpx.Client, server: SalesforceServer, records: list[Any], code: str
) -> None:
    answer = client.post("/composite/sobjects", json={"records": records})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == code
    assert server.org.writes == 0


def test_the_results_of_a_collection_are_in_order(client: httpx.Client, server: SalesforceServer) -> None:
    keyed = {**PERSON, "Dealside_Key__c": "k"}
    rows = client.post("/composite/sobjects", json={"records": [keyed, {**PERSON, "LastName": ""}, keyed]}).json()
    assert [row["success"] for row in rows] == [True, False, False]
    assert [row["errors"][0]["statusCode"] for row in rows[1:]] == ["REQUIRED_FIELD_MISSING", "DUPLICATE_VALUE"]
    first = rows[0]["id"]
    changes = [{**PERSON, "id": first}, {**PERSON, "id": first}, PERSON, {**PERSON, "id": "003000000009999AAA"}]
    rows = client.patch("/composite/sobjects", json={"records": changes}).json()
    assert [row["success"] for row in rows] == [True, False, False, False]
    assert server.org.created["Contact"] == 1


def test_reading_many_gives_null_for_what_is_not_there(client: httpx.Client, server: SalesforceServer) -> None:
    known = server.org.create("Contact", {"LastName": "A"})
    asked = {"ids": ["003000000009999AAA", known], "fields": ["Id", "LastName"]}
    rows = client.post("/composite/sobjects/Contact", json=asked).json()
    assert rows[0] is None
    assert rows[1]["LastName"] == "A"
    for ids in ([known] * 2001, [], ["../x"]):
        answer = client.post("/composite/sobjects/Contact", json={**asked, "ids": ids})
        assert answer.status_code == 400
    assert client.post("/composite/sobjects/Contact", json={**asked, "fields": ["Nope"]}).status_code == 400


def test_a_search_takes_no_operators(client: httpx.Client) -> None:
    for words in ("a", "x*y", "(ab)", "a-b c"):
        assert client.post("/parameterizedSearch", json={"q": words}).status_code == 400


def test_a_job_goes_its_way(client: httpx.Client) -> None:
    given = {"object": "Contact", "operation": "insert", "contentType": "CSV"}
    job = f"/jobs/ingest/{client.post('/jobs/ingest', json=given).json()['id']}"
    assert client.get(f"{job}/failedResults").status_code == 400
    assert client.put(f"{job}/batches", content="LastName,Title\nA,\n,CEO\n").status_code == 201
    assert client.put(f"{job}/batches", content="LastName\nB\n").status_code == 400
    assert client.patch(job, json={"state": "UploadComplete"}).json()["state"] == "UploadComplete"
    assert [client.get(job).json()["state"] for _ in range(4)][-1] == "JobComplete"
    assert client.patch(job, json={"state": "Aborted"}).status_code == 400
    assert "REQUIRED_FIELD_MISSING" in client.get(f"{job}/failedResults").text
    assert client.get(f"{job}/successfulResults").text.count("\n") == 2
    assert client.delete(job).status_code == 204
    assert client.get(job).status_code == 404
