"""The door to a model server: what goes along, and where it may go."""

import json
import threading

import pytest

from desktop.connectors.language import LARGEST_ANSWER, HttpModelServer
from desktop.domain.errors import Cancelled, Rejected, Temporary, UserActionNeeded
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.scripted import ScriptedServer, answer

pytestmark = pytest.mark.server


def never() -> bool:
    return False


def door(address: str, key: str = "", *, may_be_plain: bool = False) -> tuple[HttpModelServer, ListLedger]:
    ledger = ListLedger()
    return HttpModelServer(address, key, may_be_plain=may_be_plain, ledger=ledger, clock=ManualClock()), ledger


def test_a_question_is_posted_with_the_key_and_a_look_is_not():
    with ScriptedServer(answer(200, body=b"{}"), answer(429, "Retry-After: 9")) as server:
        asked, ledger = door(server.url("/v1/"), "s3cret")
        body = json.dumps({"q": 1}).encode()
        assert asked.ask("/completions", body, deadline=20, should_stop=never).body == b"{}"
        answered = asked.ask("/models", deadline=20, should_stop=never)
        asked.close()
    assert (answered.status, answered.retry_after) == (429, 9)
    post, get = server.received
    assert post.startswith(b"POST /v1/completions ")
    assert post.endswith(body)
    assert get.startswith(b"GET /v1/models ")
    assert b"authorization: bearer s3cret" in post.lower()
    assert [row.purpose for row in ledger.rows] == ["language model"] * 2


def test_without_a_key_none_is_sent():
    with ScriptedServer(answer(200)) as server:
        asked, _ = door(server.url("/v1"))
        asked.ask("/models", deadline=20, should_stop=never)
        asked.close()
    assert b"authorization" not in server.received[0].lower()


def test_a_question_is_taken_nowhere_else():
    with ScriptedServer(answer(307, "Location: https://elsewhere.example/v1")) as server:
        asked, _ = door(server.url("/v1"), "s3cret")
        with pytest.raises(UserActionNeeded, match="another address"):
            asked.ask("/completions", b"{}", deadline=20, should_stop=never)
        asked.close()


def test_without_encryption_only_where_it_was_allowed():
    closed, ledger = door("http://192.0.2.7/v1")
    with pytest.raises(UserActionNeeded, match="http://"):
        closed.ask("/models", deadline=1, should_stop=never)
    assert ledger.rows == []
    allowed, _ = door("http://no-such-host.invalid/v1", may_be_plain=True)
    with pytest.raises(Temporary, match="in time"):  # the address was no obstacle
        allowed.ask("/models", deadline=0, should_stop=never)
    closed.close()
    allowed.close()


def test_an_answer_without_end_is_not_read():
    with ScriptedServer(answer(200, body=b" " * (LARGEST_ANSWER + 1))) as server:
        asked, _ = door(server.url())
        with pytest.raises(Rejected, match="too big"):
            asked.ask("/models", deadline=20, should_stop=never)
        asked.close()


def test_a_slow_answer_ends_with_the_deadline_and_with_a_cancel():
    def be_slow(connection: object, stopping: threading.Event) -> None:
        stopping.wait(30)

    with ScriptedServer(be_slow, be_slow) as server:
        asked, _ = door(server.url())
        with pytest.raises(Temporary, match="in time"):
            asked.ask("/models", deadline=0.5, should_stop=never)
    with ScriptedServer(be_slow) as server:
        again, _ = door(server.url())
        with pytest.raises(Cancelled):
            again.ask("/models", deadline=20, should_stop=lambda: True)
    asked.close()
    again.close()
