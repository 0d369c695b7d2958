"""The Pipedrive simulator is not lenient: what the real one refuses it refuses, in the same words."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.servers.pipedrive import PipedriveWorld
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer

pytestmark = pytest.mark.server


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def client(company: Company) -> Iterator[httpx.Client]:
    with (
        VendorServer(PipedriveWorld(company)) as server,
        httpx.Client(base_url=server.url + "/api", headers={"x-api-token": "token"}, trust_env=False) as made,
    ):
        yield made


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v2/persons/9", None, 404),
        ("GET", "/v2/persons/x", None, 400),
        ("GET", "/v2/leads", None, 404),
        ("GET", "/v1/persons", None, 404),
        ("GET", "/v2/persons?limit=501", None, 400),
        ("GET", "/v2/persons?cursor=nonsense", None, 400),
        ("GET", "/v2/persons?updated_since=2026-01-01T00:00:00.000Z", None, 400),
        ("GET", "/v2/persons?since=now", None, 400),
        ("GET", "/v2/persons/search?term=a", None, 400),
        ("GET", "/v1/recents", None, 400),
        ("PUT", "/v2/persons/1", {}, 405),
        ("DELETE", "/v2/persons", None, 405),
        ("PATCH", "/v2/persons/9", {"name": "A"}, 404),
        ("POST", "/v2/persons", {}, 400),
        ("POST", "/v2/persons", {"name": "x" * 256}, 400),
        ("POST", "/v2/persons", {"name": "A", "first_name": "A"}, 400),
        ("POST", "/v2/persons", {"name": 5}, 400),
        ("POST", "/v2/persons", {"name": "A", "org_id": 9}, 400),
        ("POST", "/v2/persons", {"name": "A", "emails": [{"address": "a"}]}, 400),
        ("POST", "/v2/persons", {"name": "A", "custom_fields": {"0" * 40: "x"}}, 400),
        ("POST", "/v2/deals", {"title": "A", "stage_id": 99}, 400),
        ("POST", "/v2/deals", {"title": "A", "currency": "XXX"}, 400),
        ("POST", "/v2/deals", {"title": "A", "value": "5"}, 400),
        ("POST", "/v2/activities", {"subject": "A", "type": "dinner"}, 400),
        ("POST", "/v2/activities", {"subject": "A", "due_time": "25:00"}, 400),
        ("POST", "/v2/activities", {"subject": "A", "custom_fields": {}}, 400),
    ],
)
def test_refusals(client: httpx.Client, company: Company, method: str, path: str, body: Any, status: int) -> None:
    answer = client.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert answer.json()["error"]
    assert company.writes == 0


def test_a_body_that_is_no_json_and_one_that_does_not_say_so(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    assert client.post("/v2/persons", content=b'{"name": ', headers=headers).status_code == 400
    assert client.post("/v2/persons", content=b'{"name": "A"}').status_code == 415


def test_an_unknown_token_is_told_in_pipedrives_words(client: httpx.Client) -> None:
    answer = client.get("/v1/users/me", headers={"x-api-token": "dead"})
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized access")


def test_both_kinds_of_429_show_in_the_headers(client: httpx.Client, company: Company) -> None:
    company.burst_limit = 1
    assert client.get("/v1/users/me").headers["x-ratelimit-remaining"] == "0"
    burst = client.get("/v1/users/me")
    assert (burst.status_code, burst.headers["x-ratelimit-reset"]) == (429, "2")
    company.burst_limit, company.daily_limit = None, 1
    day = client.get("/v1/users/me")
    assert (day.status_code, day.headers["x-daily-ratelimit-token-remaining"]) == (429, "0")


def test_deleted_rows_leave_the_lists_but_stay_readable_and_recent(client: httpx.Client) -> None:
    record = client.post("/v2/persons", json={"name": "A"}).json()["data"]["id"]
    assert client.delete(f"/v2/persons/{record}").json()["data"] == {"id": record}
    assert client.delete(f"/v2/persons/{record}").status_code == 404
    assert client.get(f"/v2/persons/{record}").json()["data"]["is_deleted"] is True
    assert client.get("/v2/persons").json()["data"] == []
    recent = client.get("/v1/recents", params={"since_timestamp": "2020-01-01 00:00:00", "items": "person"}).json()
    assert [row["data"]["active_flag"] for row in recent["data"]] == [False]
    assert client.get("/v1/recents", params={"since_timestamp": "2020-01-01T00:00:00Z"}).status_code == 400


def test_cursors_page_through_a_list_and_belong_to_it(client: httpx.Client) -> None:
    for name in "ABC":
        client.post("/v2/organizations", json={"name": name})
    query = {"limit": "2", "sort_by": "update_time"}
    page = client.get("/v2/organizations", params=query).json()
    cursor = page["additional_data"]["next_cursor"]
    rest = client.get("/v2/organizations", params={**query, "cursor": cursor}).json()
    assert [row["name"] for row in (*page["data"], *rest["data"])] == ["A", "B", "C"]
    assert rest["additional_data"]["next_cursor"] is None
    assert client.get("/v2/organizations", params={"limit": "2", "cursor": cursor}).status_code == 400


def test_the_search_can_lag_and_does_not_mind_the_case(client: httpx.Client, company: Company) -> None:
    code = next(field.code for field in company.fields["persons"] if field.own)
    client.post("/v2/persons", json={"name": "A", "custom_fields": {code: "abc"}})
    query = {"term": "ABC", "fields": "custom_fields", "exact_match": "true"}
    assert len(client.get("/v2/persons/search", params=query).json()["data"]["items"]) == 1
    company.search_lag = 60
    assert client.get("/v2/persons/search", params=query).json()["data"]["items"] == []
