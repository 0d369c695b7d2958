"""The line to a JSON vendor, over real HTTP: answers, refusals, and what is neither."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from desktop.connectors.http import HttpBoundary
from desktop.connectors.json_line import JsonCall, JsonLine, bearer, rows_of, segment
from desktop.connectors.refusals import Refusal, Verdict, for_status
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.vendor import Answer, Request, VendorServer, World

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Echo(World):
    """Says back what it was asked; knows one record."""

    def answer(self, request: Request) -> Answer:
        match request.parts:
            case ("things", "1"):
                return Answer(200, {"id": "1"})
            case ("things", _):
                return Answer(404, self.error(404, "MISSING", "no such thing"))
            case ("nothing",):
                return Answer(204)
            case ("refuse",):
                return Answer(400, self.error(400, "TOO_LONG", "name is too long"))
        sent = {"method": request.method, "query": dict(request.query), "body": request.body}
        return Answer(200, {**sent, "token": request.headers.get("authorization"), "parts": request.parts})

    def error(self, status: int, code: str, message: str) -> Any:
        return {"code": code, "message": message}

    def now(self) -> datetime:
        return NOON


def judge(status: int, body: Any) -> tuple[Refusal, tuple[str, ...], str]:
    if isinstance(body, dict) and body.get("code") == "TOO_LONG":
        return Refusal(Verdict.REFUSED, "The text for {fields} is too long for {vendor}."), ("name",), "TOO_LONG"
    return for_status(status), (), str(status)


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with VendorServer(Echo()) as server:
        yield server


@pytest.fixture
def line(server: VendorServer) -> Iterator[JsonLine]:
    http = HttpBoundary(ledger=ListLedger(), clock=ManualClock(NOON))
    yield JsonLine(http, origin=server.url, vendor="Echo", authorize=lambda: bearer("t0ken", "Echo"), judge=judge)
    http.close()


def test_what_is_asked_arrives_and_what_is_answered_comes_back(line: JsonLine) -> None:
    odd = "a/b ?ü"
    answer = line.ask(JsonCall("POST", f"/x/{segment(odd)}", {"name": "Zoë 🦊"}, params={"q": "a&b"}))
    assert answer.body["body"] == {"name": "Zoë 🦊"}
    assert answer.body["query"] == {"q": "a&b"}
    assert answer.body["token"] == "Bearer t0ken"
    assert answer.body["parts"] == ["x", odd]
    assert line.server_time == NOON


def test_an_empty_answer_is_an_answer(line: JsonLine) -> None:
    assert line.ask(JsonCall("DELETE", "/nothing")).body is None


def test_what_is_not_there_is_none(line: JsonLine) -> None:
    assert line.find(JsonCall("GET", "/things/2")) is None
    found = line.find(JsonCall("GET", "/things/1"))
    assert found is not None
    assert found.body == {"id": "1"}
    with pytest.raises(Rejected):
        line.ask(JsonCall("GET", "/things/2"))


def test_a_refusal_is_judged_by_its_code_and_names_the_field(line: JsonLine) -> None:
    with pytest.raises(Rejected, match="The text for name is too long for Echo"):
        line.ask(JsonCall("POST", "/refuse", {}))


@pytest.mark.parametrize("act", ["drop", "drop_after", "cut", "garbage"])
def test_a_lost_answer_is_temporary(line: JsonLine, server: VendorServer, act: str) -> None:
    server.fault(act)
    with pytest.raises(Temporary):
        line.ask(JsonCall("POST", "/x", {"a": 1}))
    assert line.ask(JsonCall("GET", "/x")).status == 200


@pytest.mark.parametrize(("status", "error"), [(500, Temporary), (503, Temporary), (401, UserActionNeeded)])
def test_an_error_page_is_judged_by_its_status(
    line: JsonLine, server: VendorServer, status: int, error: type[Exception]
) -> None:
    server.fault("status", status=status)
    with pytest.raises(error):
        line.ask(JsonCall("GET", "/x"))


def test_how_long_to_wait_is_passed_on(line: JsonLine, server: VendorServer) -> None:
    server.fault("status", status=429, code="SLOW", headers={"Retry-After": "7"})
    with pytest.raises(Temporary) as caught:
        line.ask(JsonCall("GET", "/x"))
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("token", ["", " ", None, "töken", "to\nken", "two words"])
def test_a_token_that_cannot_be_sent_asks_to_sign_in(token: str | None) -> None:
    with pytest.raises(UserActionNeeded, match="sign in"):
        bearer(token, "Echo")


def test_lists_are_looked_for_where_they_should_be() -> None:
    assert list(rows_of({"data": {"items": [{"a": 1}]}}, "data", "items")) == [{"a": 1}]
    for odd in (None, [], {"data": None}, {"data": {"items": [1]}}, {"data": {"items": {}}}):
        with pytest.raises(ValueError, match="no list"):
            rows_of(odd, "data", "items")
