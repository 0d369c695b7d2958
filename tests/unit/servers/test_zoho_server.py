"""The Zoho simulator refuses what the real one refuses: it must not let a mistake of ours pass."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.servers.zoho import ZohoServer
from tests.servers.zoho_coql import SyntaxFault, parse

pytestmark = pytest.mark.server

ONE = {"data": [{"Last_Name": "A"}]}


@pytest.fixture
def server() -> Iterator[ZohoServer]:
    with ZohoServer() as running:
        yield running


@pytest.fixture
def client(server: ZohoServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Zoho-oauthtoken token"}
    with httpx.Client(base_url=f"{server.url}/crm/v8", headers=headers, trust_env=False) as made:
        yield made


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/Contacts", None, "REQUIRED_PARAM_MISSING"),
        ("GET", "/Contacts?fields=id&colour=red", None, "EXTRA_PARAM_FOUND"),
        ("GET", "/Contacts?fields=id&page=11", None, "LIMIT_EXCEEDED"),
        ("GET", "/Contacts?fields=id&per_page=201", None, "LIMIT_EXCEEDED"),
        ("GET", "/Contacts?fields=id&page=0", None, "INVALID_DATA"),
        ("GET", "/Contacts/12x?fields=id", None, "INVALID_DATA"),
        ("GET", "/Contacts?fields=id&ids=" + ",".join(map(str, range(101))), None, "LIMIT_EXCEEDED"),
        ("GET", "/Friends?fields=id", None, "INVALID_MODULE"),
        ("PATCH", "/Contacts", ONE, "INVALID_REQUEST_METHOD"),
        ("GET", "/Contacts/1/2/3", None, "INVALID_URL_PATTERN"),
        ("POST", "/Contacts", None, "INVALID_DATA"),
        ("POST", "/Contacts", [], "INVALID_DATA"),
        ("POST", "/Contacts", {"data": []}, "INVALID_DATA"),
        ("POST", "/Contacts", {**ONE, "colour": "red"}, "INVALID_DATA"),
        ("POST", "/Contacts", {"data": [{"Last_Name": "A"}] * 101}, "INVALID_DATA"),
        ("PUT", "/Contacts", {"data": [{"id": "1", "Last_Name": "A"}] * 101}, "INVALID_DATA"),
        ("PUT", "/Contacts", {"data": ["x"]}, "INVALID_DATA"),
        ("PUT", "/Contacts", {"data": [{"id": "1"}], "trigger": "none"}, "INVALID_DATA"),
        ("PUT", "/Friends", ONE, "INVALID_MODULE"),
        ("GET", "/Contacts/search?fields=id", None, "REQUIRED_PARAM_MISSING"),
        ("GET", "/Contacts/search?fields=id&word=x", None, "INVALID_DATA"),
        ("GET", "/Contacts/search?fields=id&word=a(b", None, "INVALID_DATA"),
        ("GET", "/users?type=Everybody", None, "INVALID_REQUEST"),
        ("GET", "/settings/fields", None, "REQUIRED_PARAM_MISSING"),
        ("POST", "/coql", {"query": "select id from Contacts where id is not null"}, "INVALID_DATA"),
        ("POST", "/coql", {"select_query": "select id from Contacts"}, "SYNTAX_ERROR"),
        ("POST", "/coql", {"select_query": "select Shoe from Contacts where id is not null"}, "INVALID_QUERY"),
        (
            "POST",
            "/coql",
            {"select_query": "select id from Contacts where id is not null limit 9999"},
            "LIMIT_EXCEEDED",
        ),
    ],
)
def test_wrong_requests_are_refused(client: httpx.Client, method: str, path: str, body: Any, code: str) -> None:
    answer = client.request(method, path, json=body) if body is not None else client.request(method, path)
    assert answer.status_code >= 400
    assert (answer.json()["code"], answer.json()["status"]) == (code, "error")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({}, "MANDATORY_NOT_FOUND"),
        ({"Last_Name": "A", "Shoe_Size": "46"}, "INVALID_DATA"),
        ({"Last_Name": 7}, "INVALID_DATA"),
        ({"Last_Name": "x" * 81}, "INVALID_DATA"),
        ({"Last_Name": "A", "Email": "nobody"}, "INVALID_DATA"),
        ({"Last_Name": "A", "Account_Name": "5725767000000000009"}, "INVALID_DATA"),
        ({"Last_Name": "A", "Account_Name": {"id": "5725767000000000009"}}, "INVALID_DATA"),
        ({"Last_Name": "A", "Modified_Time": "2026-03-02T09:30:00+00:00"}, "NO_PERMISSION"),
    ],
)
def test_one_bad_record_does_not_spoil_the_others(client: httpx.Client, row: Any, code: str) -> None:
    answer = client.post("/Contacts", json={"data": [ONE["data"][0], row]})
    assert answer.status_code == 207
    assert [result["code"] for result in answer.json()["data"]] == ["SUCCESS", code]


def test_a_key_is_unique_without_regard_to_case_and_names_who_has_it(client: httpx.Client) -> None:
    first = client.post("/Contacts", json={"data": [{"Last_Name": "A", "Dealside_Key": "abc"}]})
    assert first.status_code == 201
    second = client.post("/Contacts", json={"data": [{"Last_Name": "B", "Dealside_Key": "ABC"}]}).json()["data"][0]
    assert second["code"] == "DUPLICATE_DATA"
    assert second["details"]["id"] == first.json()["data"][0]["details"]["id"]


def test_sign_in_and_credits(client: httpx.Client, server: ZohoServer) -> None:
    plain = httpx.get(f"{server.url}/crm/v8/Contacts", trust_env=False)
    assert (plain.status_code, plain.json()["code"]) == (401, "AUTHENTICATION_FAILURE")
    server.org.credits = 1
    assert client.get("/Contacts?fields=id").headers["x-api-credits-remaining"] == "0"
    assert client.get("/Contacts?fields=id").status_code == 429
    server.org.tokens.clear()
    assert client.get("/Contacts?fields=id").json()["code"] == "INVALID_TOKEN"


def test_if_unmodified_since_is_held_to(client: httpx.Client, server: ZohoServer) -> None:
    made = client.post("/Contacts", json=ONE).json()["data"][0]["details"]["id"]
    for since, status in (("2020-01-01T00:00:00+05:30", 412), ("2099-01-01T00:00:00Z", 200), ("yesterday", 400)):
        answer = client.put(f"/Contacts/{made}", json=ONE, headers={"If-Unmodified-Since": since})
        assert answer.status_code == status
    assert client.get("/Contacts/5725767999999999999?fields=id").status_code == 204
    since = {"If-Modified-Since": "2099-01-01T00:00:00Z"}
    assert client.get("/Contacts/deleted", headers=since).status_code == 304


def test_a_batch_is_answered_record_by_record_in_order(client: httpx.Client, server: ZohoServer) -> None:
    made = client.post("/Contacts", json={"data": [{"Last_Name": "A"}, {"Title": "B"}, {"Last_Name": "C"}]})
    assert made.status_code == 207
    first, second, third = made.json()["data"]
    assert (first["status"], third["status"]) == ("success", "success")
    assert (second["code"], second["details"]["json_path"]) == ("MANDATORY_NOT_FOUND", "$.data[1].Last_Name")
    ids = [each["details"]["id"] for each in (first, third)]
    server.org.advance(60)
    limit = {"If-Unmodified-Since": server.org.stamp(server.org.now())}
    server.org.advance(60)
    server.org.update("Contacts", ids[1], {"Title": "Typed by a person"})
    rows = [{"Title": "D"}, *({"id": row_id, "Title": "D"} for row_id in ids), {"id": "12345", "Title": "D"}]
    changed = client.put("/Contacts", json={"data": rows}, headers=limit)
    assert changed.status_code == 207
    codes = [each["code"] for each in changed.json()["data"]]
    assert codes == ["MANDATORY_NOT_FOUND", "SUCCESS", "ALREADY_MODIFIED", "INVALID_DATA"]
    assert server.org.records["Contacts"][ids[1]]["Title"] == "Typed by a person"
    server.zoho.refuses_whole = True
    assert client.put("/Contacts", json={"data": rows[1:3]}, headers=limit).status_code == 412


def test_a_query_has_its_limits() -> None:
    def asked(values: int, conditions: int) -> str:
        one = "id in (" + ", ".join(["'1'"] * values) + ")"
        where = one
        for _ in range(conditions - 1):
            where = f"({where} or {one})"
        return f"select id from Contacts where {where}"

    parse(asked(50, 25))
    for values, conditions in ((51, 1), (1, 26)):
        with pytest.raises(SyntaxFault, match="more than"):
            parse(asked(values, conditions))
    query = parse("select id from Contacts where Last_Name = 'O''Hara \\ sons'")
    assert query.test({"Last_Name": "O'Hara \\ sons"})
