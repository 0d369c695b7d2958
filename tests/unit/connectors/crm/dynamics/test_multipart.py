"""The form of a batch and of its answer, however odd the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.dynamics.multipart import answers_in, batch_of, part_of
from desktop.connectors.exchange import HttpAnswer
from desktop.connectors.json_line import JsonCall
from tests.fakes.clock import ManualClock

KIND = "multipart/mixed; boundary=b1"
GOOD = (
    b"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    b'HTTP/1.1 200 OK\r\nRetry-After: 7\r\nETag: W/"1"\r\n\r\n{"a":"--b1"}'
)


def answer(body: bytes, kind: str = KIND) -> HttpAnswer:
    return HttpAnswer(200, {"content-type": kind}, body)


def joined(*pieces: bytes, end: bytes = b"--b1--\r\n") -> bytes:
    return b"".join(b"--b1\r\n" + piece + b"\r\n" for piece in pieces) + end


def test_a_request_as_it_stands_in_a_batch() -> None:
    call = JsonCall("PATCH", "/x(1)", {"name": "Zoë"}, {"$select": "a,b", "$filter": "n eq 'ü&'"}, {"If-Match": "*"})
    body = batch_of([part_of(call)], "b1")
    assert (
        body
        == (
            "--b1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
            "PATCH /x(1)?%24select=a%2Cb&%24filter=n%20eq%20%27%C3%BC%26%27 HTTP/1.1\r\nAccept: application/json\r\n"
            'If-Match: *\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"name": "Zoë"}\r\n--b1--\r\n'
        ).encode()
    )
    assert b"Content-Type: application/json" not in part_of(JsonCall("GET", "/x"))


@pytest.mark.parametrize(
    "call",
    [
        JsonCall("GET", "/x HTTP/1.1\r\nX-Evil: 1"),
        JsonCall("GET", "/ü"),
        JsonCall("GET", "/x", headers={"If-Match": 'W/"1"\r\n\r\n'}),
        JsonCall("GET", "/x", headers={"If-Match\n": "*"}),
    ],
)
def test_what_would_break_out_of_its_place_is_not_sent(call: JsonCall) -> None:
    with pytest.raises(ValueError, match="header"):
        part_of(call)


def test_answers_come_in_order() -> None:
    gone = GOOD.replace(b"200 OK", b"404 Not Found")
    first, second = answers_in(answer(joined(GOOD, gone)), ManualClock())
    assert first is not None
    assert second is not None
    assert (first.status, first.body, first.retry_after, first.headers["etag"]) == (200, b'{"a":"--b1"}', 7.0, 'W/"1"')
    assert second.status == 404


def test_what_is_cut_off_or_odd_is_no_answer() -> None:
    whole = joined(GOOD, GOOD, GOOD)
    for length in range(0, len(whole), 7):
        found = answers_in(answer(whole[:length]), ManualClock())
        assert len(found) <= 3
        assert all(one is not None and one.body == b'{"a":"--b1"}' for one in found)
    odd = joined(b"", b"x: y\r\n\r\nHTTP/9.9 200 OK\r\n\r\n{}", GOOD)
    assert [one is None for one in answers_in(answer(odd), ManualClock())] == [True, True, False]


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/mixed", "multipart/mixed; boundary=", "text/html"])
def test_another_kind_of_answer_holds_none(kind: str) -> None:
    assert answers_in(answer(joined(GOOD), kind), ManualClock()) == []
    assert len(answers_in(answer(joined(GOOD), 'Multipart/Mixed; charset=x; boundary="b1"'), ManualClock())) == 1


@given(st.lists(st.sampled_from([b"--b1", b"\r\n", b"\n", b"HTTP/1.1 200 OK", b": ", b"\xff\x00", GOOD, b"--"])))
def test_nothing_it_is_answered_breaks_it(pieces: list[bytes]) -> None:
    answers_in(answer(b"".join(pieces)), ManualClock())
