"""The loopback Dataverse refuses what the real one refuses."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fakes.clock import START
from tests.servers.dynamics import PATH, Dataverse
from tests.servers.vendor import VendorServer

pytestmark = pytest.mark.server

NOBODY = "00000000-0000-0000-0000-000000000009"


@pytest.fixture
def world() -> Dataverse:
    return Dataverse(now=lambda: START)


@pytest.fixture
def client(world: Dataverse) -> Iterator[httpx.Client]:
    with VendorServer(world) as server:
        headers = {"Authorization": "Bearer token"}
        with httpx.Client(base_url=server.url + PATH, headers=headers, trust_env=False) as made:
            yield made


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", f"/contacts({NOBODY})", None, 404, "0x80040217"),
        ("GET", "/contacts(nonsense)", None, 400, "0x80060888"),
        ("GET", "/nothings", None, 404, "0x8006088a"),
        ("GET", "/contacts?$select=nope", None, 400, "0x80060888"),
        ("GET", "/contacts?$skip=1", None, 400, "0x80060888"),
        ("GET", "/contacts?$filter=lastname eq 'a'b'", None, 400, "0x80060888"),
        ("GET", "/contacts?$skiptoken=9", None, 400, "0x80060888"),
        ("GET", "/contacts?$deltatoken=x", None, 400, "0x80044352"),
        ("PUT", "/contacts", {}, 405, "0x80060888"),
        ("DELETE", "/contacts", None, 405, "0x80060888"),
        ("DELETE", f"/contacts({NOBODY})", None, 404, "0x80040217"),
        ("POST", "/contacts", [], 400, "0x80048d19"),
        ("POST", "/contacts", {"nope": 1}, 400, "0x80048d19"),
        ("POST", "/contacts", {"lastname": 1}, 400, "0x80048d19"),
        ("POST", "/contacts", {"lastname": "x" * 51}, 400, "0x80044331"),
        ("POST", "/contacts", {"fullname": "x"}, 400, "0x80040203"),
        ("POST", "/contacts", {"statecode": 0}, 400, "0x80040203"),
        ("POST", "/contacts", {"statuscode": 2}, 400, "0x80048408"),
        ("POST", "/contacts", {"parentcustomerid": NOBODY}, 400, "0x80048d19"),
        ("POST", "/contacts", {"Parentcustomerid_account@odata.bind": f"/accounts({NOBODY})"}, 400, "0x80048d19"),
        ("POST", "/contacts", {"parentcustomerid_account@odata.bind": f"/contacts({NOBODY})"}, 400, "0x80048d19"),
        ("POST", "/contacts", {"parentcustomerid_account@odata.bind": f"/accounts({NOBODY})"}, 404, "0x80040217"),
        ("POST", "/contacts", {"parentcustomerid_account@odata.bind": "nonsense"}, 400, "0x80060888"),
        ("POST", "/incidents", {"title": "A"}, 400, "0x80040203"),
        ("POST", "/opportunities", {"estimatedvalue": "5"}, 400, "0x80048d19"),
        ("POST", "/opportunities", {"estimatedclosedate": "2026-01-01T00:00:00Z"}, 400, "0x80048d19"),
        ("POST", "/tasks", {"scheduledend": "2026-01-01T00:00:00"}, 400, "0x80048d19"),
        ("POST", "/opportunities", {"salesstage": 77}, 400, "0x80040203"),
    ],
)
def test_refusals(client: httpx.Client, method: str, path: str, body: Any, status: int, code: str) -> None:
    got = client.request(method, path, json=body)
    assert got.status_code == status
    assert got.json()["error"]["code"] == code


def test_a_key_is_taken_once_and_across_activities(client: httpx.Client) -> None:
    assert client.post("/contacts", json={"contactid": NOBODY}).status_code == 204
    again = client.post("/contacts", json={"contactid": NOBODY})
    assert (again.status_code, again.json()["error"]["code"]) == (412, "0x80040237")
    assert client.post("/tasks", json={"activityid": NOBODY}).status_code == 204
    assert client.post("/emails", json={"activityid": NOBODY}).status_code == 412


def test_patch_without_a_condition_makes_what_is_not_there(client: httpx.Client, world: Dataverse) -> None:
    where = f"/contacts({NOBODY})"
    assert client.patch(where, json={"lastname": "A"}, headers={"If-Match": "*"}).status_code == 404
    assert client.patch(where, json={"lastname": "A"}).status_code == 204
    assert world.created["contact"] == 1
    assert client.patch(where, json={"lastname": "B"}, headers={"If-None-Match": "*"}).status_code == 412
    etag = client.get(where).json()["@odata.etag"]
    assert client.patch(where, json={"lastname": "C"}, headers={"If-Match": etag}).status_code == 204
    stale = client.patch(where, json={"lastname": "D"}, headers={"If-Match": etag})
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "0x80060882")
    assert client.delete(where, headers={"If-Match": etag}).status_code == 412


def test_links_are_annotated_only_when_asked_for(client: httpx.Client, world: Dataverse) -> None:
    account = world.create("account", {"name": "A"})
    person = world.create("contact", {"parentcustomerid_account@odata.bind": f"/accounts({account})"})
    plain = client.get(f"/contacts({person})").json()
    assert plain["_parentcustomerid_value"] == account
    assert not any("lookuplogicalname" in name for name in plain)


def test_tracking_cannot_be_combined_and_tells_of_deletions(client: httpx.Client, world: Dataverse) -> None:
    tracks = {"Prefer": "odata.track-changes,odata.maxpagesize=1"}
    assert client.get("/contacts?$orderby=modifiedon asc", headers=tracks).status_code == 400
    first, second = (world.create("contact", {"lastname": name}) for name in "AB")
    page = client.get("/contacts?$select=lastname", headers=tracks).json()
    assert "@odata.deltaLink" not in page
    end = client.get(page["@odata.nextLink"], headers=tracks).json()
    world.remove("contact", first)
    world.update("contact", second, {"lastname": "C"})
    rows = client.get(end["@odata.deltaLink"]).json()["value"]
    assert [row.get("reason") or row["lastname"] for row in rows] == ["C", "deleted"]


def test_a_closed_row_is_read_only(client: httpx.Client, world: Dataverse) -> None:
    call = world.create("phonecall", {"subject": "A"})
    done = client.patch(f"/phonecalls({call})", json={"statecode": 1, "statuscode": 2}, headers={"If-Match": "*"})
    assert done.status_code == 204
    assert client.patch(f"/phonecalls({call})", json={"subject": "B"}).status_code == 400
    deal = world.create("opportunity", {"name": "A"})
    won = client.patch(f"/opportunities({deal})", json={"statecode": 1, "statuscode": 3})
    assert won.status_code == 400


def test_the_limit_and_the_token(client: httpx.Client, world: Dataverse) -> None:
    world.calls_left = 1
    assert client.get("/WhoAmI").status_code == 200
    busy = client.get("/WhoAmI")
    assert (busy.status_code, busy.headers["Retry-After"], busy.json()["error"]["code"]) == (429, "300", "0x80072322")
    world.tokens.clear()
    assert client.get("/WhoAmI").status_code == 401


# --- batches ----------------------------------------------------------------------------------------------------------

ASK = "GET /api/data/v9.2/WhoAmI HTTP/1.1"
MISS = f"GET /api/data/v9.2/contacts({NOBODY}) HTTP/1.1"
PART = "--b1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"


def post(client: httpx.Client, body: str, **headers: str) -> httpx.Response:
    kind = {"Content-Type": "multipart/mixed; boundary=b1"}
    return client.post("/$batch", content=body.encode(), headers={**kind, **headers})


def whole(*lines: str) -> str:
    return "".join(f"{PART}{line}\r\n\r\n\r\n" for line in lines) + "--b1--\r\n"


def test_a_batch_is_answered_part_by_part_in_order(client: httpx.Client) -> None:
    answer = post(client, whole(ASK, MISS, ASK), Prefer="odata.continue-on-error")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("multipart/mixed; boundary=")
    found = [line for line in answer.text.split("\r\n") if line.startswith("HTTP/1.1")]
    assert found == ["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK"]


def test_the_first_error_ends_a_batch_that_does_not_want_to_go_on(client: httpx.Client) -> None:
    answer = post(client, whole(ASK, MISS, ASK))
    assert (answer.status_code, answer.text.count("HTTP/1.1")) == (404, 2)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "--b1--\r\n",
        whole(ASK).removesuffix("--b1--\r\n"),
        whole(ASK).replace("\r\n", "\n"),
        whole(ASK).replace("application/http", "application/json"),
        whole(ASK).replace(" HTTP/1.1", ""),
        whole("POST /api/data/v9.2/$batch HTTP/1.1\r\nContent-Length: 0"),
        whole(f"{ASK}\r\nContent-Type: application/json"),
        whole('POST /api/data/v9.2/contacts HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"lastname": "x"}'),
        whole(*[ASK] * 1001),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(client: httpx.Client, world: Dataverse, body: str) -> None:
    answer = post(client, body, Prefer="odata.continue-on-error")
    assert (answer.status_code, world.writes) == (400, 0)
    assert post(client, whole(*[ASK] * 1000)).status_code == 200


def test_a_batch_needs_its_kind(client: httpx.Client) -> None:
    assert client.post("/$batch", json={"requests": []}).status_code == 400
