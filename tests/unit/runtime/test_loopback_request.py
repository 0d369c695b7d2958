"""One request out of a stranger's bytes: the same however they are cut up, and refused where in doubt."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.runtime.loopback_request import LONGEST_HEAD, MOST_HEADERS, BadRequest, RequestReader

PLAIN = b"POST /a?b=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"POST /a?b=1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\nhe\r\n3;name=value\r\nllo\r\n0\r\nTrailer: x\r\n\r\n"
)


def read(raw, *, step=10_000, most_body=1000):
    reader = RequestReader(most_body)
    for start in range(0, len(raw), step):
        found = reader.feed(raw[start : start + step])
        if found is not None:
            return found
    return None


@pytest.mark.parametrize("raw", [PLAIN, CHUNKED])
@pytest.mark.parametrize("step", [1, 2, 3, 7, 10_000])
def test_a_request_is_the_same_however_it_is_cut_up(raw, step):
    request = read(raw, step=step)
    assert (request.method, request.target, request.body) == ("POST", "/a?b=1", b"hello")
    assert request.headers["host"] == "x"


@pytest.mark.parametrize("raw", [PLAIN, CHUNKED])
def test_half_a_request_is_none(raw):
    assert all(read(raw[:end]) is None for end in range(len(raw)))


def test_what_follows_the_body_is_left_alone():
    assert read(PLAIN + b"GET / HTTP/1.1\r\n").body == b"hello"


def request_with(*lines, first=b"POST / HTTP/1.1", host=b"Host: x"):
    return b"\r\n".join([first, *([host] if host else []), *lines, b"", b""])


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"\x16\x03\x01" + b"\x00" * 20 + b"\r\n\r\n", 400),
        (request_with(first=b"POST /a b HTTP/1.1"), 400),
        (request_with(first=b"POST http://x/ HTTP/1.1"), 400),
        (request_with(first=b"POST / HTTP/2.0"), 400),
        (request_with(first=b"POST /" + b"a" * 5000 + b" HTTP/1.1"), 400),
        (request_with(host=b""), 400),
        (request_with(b"Host: y"), 400),
        (request_with(b" folded: x"), 400),
        (request_with(b"Bad Name: x"), 400),
        (request_with(b"Name : x"), 400),
        (request_with(b"X: a\nY: b"), 400),
        (request_with(b"X: a\x00"), 400),
        (request_with(b"Content-Length: -1"), 400),
        (request_with(b"Content-Length: +5"), 400),
        (request_with(b"Content-Length: 5, 5"), 400),
        (request_with(b"Content-Length: 5", b"Content-Length: 6"), 400),
        (request_with(b"Content-Length: 5", b"Transfer-Encoding: chunked"), 400),
        (request_with(b"Transfer-Encoding: gzip, chunked"), 501),
        (request_with(b"Content-Length: 1001"), 413),
        (request_with(b"Transfer-Encoding: chunked") + b"3e9\r\n", 413),
        (request_with(b"Transfer-Encoding: chunked") + b"FFFFFFFF\r\n", 413),
        (request_with(b"Transfer-Encoding: chunked") + b"-1\r\n", 400),
        (request_with(b"Transfer-Encoding: chunked") + b"x\r\n", 400),
        (request_with(b"Transfer-Encoding: chunked") + b"1" * 300, 400),
        (request_with(b"Transfer-Encoding: chunked") + b"1\r\nab\r\n", 400),
        (request_with(b"Transfer-Encoding: chunked") + b"0\r\n" + b"T: x\r\n" * 10_000, 431),
        (request_with(*[b"X: y"] * (MOST_HEADERS + 1)), 431),
        (b"POST / HTTP/1.1\r\nHost: " + b"x" * (LONGEST_HEAD + 10), 431),
    ],
)
@pytest.mark.parametrize("step", [1, 10_000])
def test_what_cannot_be_read_in_one_way_only_is_refused(raw, status, step):
    with pytest.raises(BadRequest) as refused:
        read(raw, step=step)
    assert refused.value.status == status


def test_many_small_chunks_are_counted_together():
    with pytest.raises(BadRequest) as refused:
        read(request_with(b"Transfer-Encoding: chunked") + b"1\r\na\r\n" * 1001)
    assert refused.value.status == 413


def test_a_sender_that_waits_for_leave_is_known():
    reader = RequestReader(1000)
    assert reader.feed(request_with(b"Content-Length: 5", b"Expect: 100-continue")) is None
    assert reader.wants_go_ahead
    assert reader.feed(b"hello").body == b"hello"


def test_repeated_headers_are_joined_so_that_no_second_signature_slips_by():
    assert read(request_with(b"X-Sig: a", b"x-sig: b")).headers["x-sig"] == "a, b"


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_no_bytes_break_it(pieces):
    reader = RequestReader(100)
    with suppress(BadRequest):
        for piece in (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", *pieces):
            if reader.feed(piece) is not None:
                return
