"""The one door out, against a server that misbehaves as told, byte by byte."""

import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from desktop.connectors.header_words import is_loopback, redact_path
from desktop.connectors.http import HttpAnswer, HttpBoundary, HttpCall, HttpLimits, redirect_elsewhere
from desktop.connectors.requests_door import BoundaryAdapter, session_through
from desktop.domain.errors import Cancelled, Rejected, Temporary, UserActionNeeded
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.certificates import Certificate, make_certificate
from tests.servers.scripted import OK, ScriptedServer, answer

pytestmark = pytest.mark.server


class Door:
    """A boundary with everything around it in view. `tick` is its own steady clock."""

    def __init__(self, limits: HttpLimits | None = None, verify: ssl.SSLContext | None = None) -> None:
        self.ledger = ListLedger()
        self.clock = ManualClock()
        self.crossed: list[str] = []
        self.slept: list[float] = []
        self.tick = 0.0
        self.http = HttpBoundary(
            ledger=self.ledger,
            clock=self.clock,
            boundary=self.crossed.append,
            limits=limits or HttpLimits(connect=20, silence=20),
            verify=verify,
            sleep=self.sleep,
            ticks=lambda: self.tick,
        )

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.tick += seconds


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    yield made
    made.http.close()


def get(url: str, **more: object) -> HttpCall:
    return HttpCall("GET", url, "test", **more)


# --- the plain case -------------------------------------------------------------------------------------------------


def test_an_exchange_and_everything_it_leaves_behind(door: Door) -> None:
    with ScriptedServer(answer(201, "X-Thing: yes", body=b'{"a":1}')) as server:
        call = HttpCall("POST", server.url("/a"), "crm", {"X-Key": "v"}, {"q": "a b&c"}, json.dumps({"x": 1}).encode())
        got = door.http.request(call)
    assert (got.status, got.headers["x-thing"], got.body) == (201, "yes", b'{"a":1}')
    sent = server.received[0]
    assert sent.startswith(b"POST /a?q=a+b%26c HTTP/1.1\r\n")
    assert sent.endswith(b'\r\n\r\n{"x": 1}')
    assert b"user-agent: dealside/" in sent.lower()
    assert door.crossed == ["send", "sent"]
    (row,) = door.ledger.rows
    assert (row.destination, row.purpose, row.sent) == (f"127.0.0.1:{server.port}", "crm", len(sent))
    assert row.received == len(answer(201, "X-Thing: yes", body=b'{"a":1}'))


def test_a_failed_exchange_is_in_the_ledger_too(door: Door) -> None:
    with ScriptedServer(b"HTTP/1.1 200 OK\r\nContent-Le") as server, pytest.raises(Temporary):
        door.http.request(get(server.url()))
    assert door.ledger.rows[0].sent > 0
    assert door.ledger.rows[0].received > 0
    assert door.crossed == ["send", "sent"]


def test_error_statuses_are_answers(door: Door) -> None:
    with ScriptedServer(*(answer(status) for status in (400, 401, 404, 500))) as server:
        assert [door.http.request(get(server.url())).status for _ in range(4)] == [400, 401, 404, 500]


def test_works_again_after_close(door: Door) -> None:
    with ScriptedServer(OK, OK) as server:
        door.http.request(get(server.url()))
        door.http.close()
        assert door.http.request(get(server.url())).body == b"hi"


# --- servers that do not answer -------------------------------------------------------------------------------------


def never(_connection: socket.socket, stopping: threading.Event) -> None:
    stopping.wait(20)


def trickle(head: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def send(connection: socket.socket, stopping: threading.Event) -> None:
        connection.sendall(head)
        while not stopping.wait(0.02):
            connection.sendall(b"x")

    return send


def test_silence_is_temporary() -> None:
    door = Door(HttpLimits(connect=20, silence=0.2))
    with ScriptedServer(never) as server, pytest.raises(Temporary, match="in time"):
        door.http.request(get(server.url(), deadline=20))
    door.http.close()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Endless: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_a_trickle_ends_with_the_deadline(door: Door, head: bytes) -> None:
    with ScriptedServer(trickle(head)) as server, pytest.raises(Temporary, match="in time"):
        door.http.request(get(server.url(), deadline=0.4))


def test_a_deadline_that_is_over_sends_nothing(door: Door) -> None:
    with ScriptedServer(OK) as server:
        with pytest.raises(Temporary):
            door.http.request(get(server.url(), deadline=0.0))
        assert server.received == []


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
)
def test_half_an_answer_is_temporary(door: Door, broken: bytes) -> None:
    with ScriptedServer(broken) as server, pytest.raises(Temporary, match="broke off"):
        door.http.request(get(server.url()))


def test_nobody_listening_is_temporary(door: Door) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Temporary, match="reached"):
        door.http.request(get(f"http://127.0.0.1:{port}/"))


def test_an_answer_that_is_too_big_is_not_read_to_its_end() -> None:
    door = Door(HttpLimits(connect=20, silence=20, max_body=1000))
    with ScriptedServer(answer(200, body=b"x" * 1001), answer(200, body=b"x" * 1000)) as server:
        with pytest.raises(Rejected, match="too big"):
            door.http.request(get(server.url()))
        assert len(door.http.request(get(server.url())).body) == 1000
    door.http.close()


# --- waiting when asked to ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_closes_the_host_until_then(door: Door, status: int) -> None:
    with ScriptedServer(answer(status, "Retry-After: 30"), OK) as server:
        assert door.http.request(get(server.url())).retry_after == 30
        with pytest.raises(Temporary) as caught:
            door.http.request(get(server.url()))
        assert caught.value.retry_after == 30
        assert len(server.received) == 1
        door.tick += 29
        door.http.request(get(server.url()))
    assert door.slept == [1]


def test_retry_after_as_a_date_is_read_by_the_servers_clock(door: Door) -> None:
    theirs = START + timedelta(days=3)
    headers = (f"Date: {format_datetime(theirs)}", f"Retry-After: {format_datetime(theirs + timedelta(seconds=90))}")
    with ScriptedServer(answer(503, *headers)) as server:
        assert door.http.request(get(server.url())).retry_after == 90


@pytest.mark.parametrize(("text", "wait"), [("soon", None), ("-5", None), ("", None), ("9" * 40, 86_400.0)])
def test_odd_retry_after(door: Door, text: str, wait: float | None) -> None:
    with ScriptedServer(answer(429, f"Retry-After: {text}")) as server:
        assert door.http.request(get(server.url())).retry_after == wait


def test_the_smallest_interval_is_kept_per_host() -> None:
    door = Door(HttpLimits(connect=20, silence=20, min_interval=0.5))
    with ScriptedServer(OK, OK) as server, ScriptedServer(OK) as other:
        door.http.request(get(server.url()))
        door.http.request(get(other.url()))
        assert door.slept == []
        door.http.request(get(server.url()))
    assert door.slept == [0.5]
    door.http.close()


# --- where it may go ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "ftp://127.0.0.1/",
        "https://",
        "//127.0.0.1/",
        "https://me:secret@example.com/",
        "https://exa mple.com/",
        "https://example.com:99999/",
        "https://a..b.example/",
        f"https://{'a' * 64}.example/",
    ],
)
def test_addresses_that_are_refused(door: Door, url: str) -> None:
    with pytest.raises(UserActionNeeded) as caught:
        door.http.request(get(url))
    assert "secret" not in str(caught.value)
    assert door.ledger.rows == []


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "tökén", "\x00"])
def test_headers_that_cannot_be_sent(door: Door, value: str) -> None:
    with pytest.raises(UserActionNeeded) as caught:
        door.http.request(get("http://127.0.0.1:1/", headers={"Authorization": value}))
    assert value not in str(caught.value)


def test_a_redirect_on_the_same_host_is_followed_when_reading(door: Door) -> None:
    with ScriptedServer(answer(302, "Location: /b"), OK) as server:
        assert door.http.request(get(server.url("/a"))).body == b"hi"
    assert server.received[1].startswith(b"GET /b ")
    assert len(door.ledger.rows) == 2


@pytest.mark.parametrize("location", ["https://example.com/", "http://localhost:1/", "//example.com/", "http://["])
def test_a_redirect_elsewhere_is_refused(door: Door, location: str) -> None:
    with ScriptedServer(answer(302, f"Location: {location}")) as server, pytest.raises(UserActionNeeded):
        door.http.request(get(server.url()))
    assert len(door.ledger.rows) == 1


def test_a_write_is_never_redirected(door: Door) -> None:
    with ScriptedServer(answer(307, "Location: /b"), OK) as server, pytest.raises(UserActionNeeded):
        door.http.request(HttpCall("PATCH", server.url("/a"), "test", content=b"{}"))
    assert len(server.received) == 1


def test_redirects_without_end(door: Door) -> None:
    with ScriptedServer(*[answer(302, "Location: /again")] * 9) as server, pytest.raises(UserActionNeeded):
        door.http.request(get(server.url()))
    assert len(server.received) == 4


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("[::1]", True), ("localhost", True), ("1.1.1.1", False)]
)
def test_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here


# --- TLS ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.cert, certificate.key)
    return context


def test_an_untrusted_certificate_sends_nothing_and_says_why(door: Door, tls: ssl.SSLContext) -> None:
    with ScriptedServer(OK, tls=tls) as server, pytest.raises(UserActionNeeded, match="certificate"):
        door.http.request(get(server.url(scheme="https")))
    assert server.received == []
    assert door.ledger.rows[0].sent == 0


def test_a_trusted_certificate(tls: ssl.SSLContext, certificate: Certificate) -> None:
    door = Door(verify=ssl.create_default_context(cafile=certificate.cert))
    with ScriptedServer(OK, tls=tls) as server:
        assert door.http.request(get(server.url(scheme="https"))).body == b"hi"
    assert door.ledger.rows[0].sent == len(server.received[0])
    door.http.close()


def test_no_tls_where_tls_was_expected_is_temporary() -> None:
    door = Door(HttpLimits(connect=0.5, silence=0.5))
    with ScriptedServer(OK) as server, pytest.raises(Temporary):
        door.http.request(get(server.url(scheme="https")))


# --- the log --------------------------------------------------------------------------------------------------------


def test_the_log_says_where_and_how_but_not_what(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(OK) as server:
        path = "/services/data/v60.0/sobjects/Contact/003000000000001AAA/zoe@x.example"
        door.http.request(get(server.url(path), params={"q": "private words"}, headers={"Authorization": "s3cret"}))
    said = caplog.text
    assert "/services/data/v60.0/sobjects/Contact/*/*: 200 in" in said
    for private in ("003000000000001AAA", "zoe", "private", "s3cret"):
        assert private not in said


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/", "/"), ("/a/b", "/a/b"), ("/v1/2", "/v1/*"), ("/0a1b2c", "/*"), ("/a b", "/*"), ("/" + "a" * 33, "/*")],
)
def test_redact_path(path: str, kept: str) -> None:
    assert redact_path(path) == kept


# --- through requests -----------------------------------------------------------------------------------------------


def test_a_requests_session_goes_through_the_door(door: Door) -> None:
    with ScriptedServer(answer(200, "X-Thing: yes", body='{"ü": 1}'.encode())) as server:
        adapter = BoundaryAdapter(door.http, origin=server.url(""), purpose="crm", deadline=20)
        session = session_through(adapter)
        got = session.patch(
            f"https://127.0.0.1:{server.port}/x", data=json.dumps({"a": "ß"}), headers={"X-Key": "v"}, params={"q": "ä"}
        )
        session.close()
    assert (got.status_code, got.json(), got.headers["X-Thing"]) == (200, {"ü": 1}, "yes")
    sent = server.received[0]
    assert sent.startswith(b"PATCH /x?q=%C3%A4 HTTP/1.1\r\n")
    assert b"x-key: v" in sent.lower()
    assert sent.lower().count(b"content-length:") == 1
    assert adapter.last is not None
    assert adapter.last.status == 200
    assert len(door.ledger.rows) == 1


@pytest.mark.parametrize("url", ["https://example.com/x", "https://127.0.0.1:1@example.com/", "http://localhost:1/"])
def test_a_session_reaches_its_own_server_only(door: Door, url: str) -> None:
    adapter = BoundaryAdapter(door.http, origin="http://127.0.0.1:1", purpose="crm", deadline=20)
    with pytest.raises(Rejected):
        session_through(adapter).get(url)
    assert door.ledger.rows == []


def test_a_session_takes_nothing_from_the_environment(
    door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret", encoding="ascii")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with ScriptedServer(OK, OK) as server:
        adapter = BoundaryAdapter(door.http, origin=server.url(""), purpose="crm", deadline=20)
        session_through(adapter).get(server.url("/x"))
        Door().http.request(get(server.url("/y")))
    assert all(b"authorization" not in sent.lower() for sent in server.received)
    assert len(server.received) == 2


# --- downloads ------------------------------------------------------------------------------------------------------


class Basket:
    """A FetchSink that keeps what it is given."""

    def __init__(self, *, wanted: bool = True) -> None:
        self.wanted = wanted
        self.began: list[int] = []
        self.body = b""

    def begin(self, status: int, headers: Mapping[str, str]) -> bool:
        self.began.append(status)
        return self.wanted

    def take(self, piece: bytes) -> None:
        self.body += piece


def test_a_stream_is_not_bound_by_the_limit_of_an_answer() -> None:
    door, basket = Door(HttpLimits(max_body=10)), Basket()
    with ScriptedServer(answer(200, body=b"x" * 1000)) as server:
        got = door.http.stream(get(server.url()), basket, should_stop=lambda: False)
    assert (basket.began, basket.body, got.body) == ([200], b"x" * 1000, b"")
    assert [row.purpose for row in door.ledger.rows] == ["test"]


def test_a_body_that_is_not_wanted_is_not_read(door: Door) -> None:
    basket = Basket(wanted=False)
    with ScriptedServer(answer(503, "Retry-After: 9", body=b"x" * 1000)) as server:
        got = door.http.stream(get(server.url()), basket, should_stop=lambda: False)
    assert (basket.body, got.status, got.retry_after) == (b"", 503, 9.0)


def test_a_sink_is_shown_the_end_of_a_redirect_only(door: Door) -> None:
    basket = Basket()
    with ScriptedServer(OK) as store, ScriptedServer(answer(302, f"Location: {store.url()}", body=b"moved")) as hub:
        door.http.stream(get(hub.url()), basket, should_stop=lambda: False)
    assert (basket.began, basket.body) == ([200], b"hi")


def test_the_next_call_after_a_stopped_stream_is_not_stopped(door: Door) -> None:
    with ScriptedServer(OK, OK) as server:
        with pytest.raises(Cancelled):
            door.http.stream(get(server.url()), Basket(), should_stop=lambda: True)
        assert door.http.request(get(server.url())).status == 200


@pytest.mark.parametrize(
    ("location", "goes_on"),
    [
        ("https://store.example/file", True),
        ("/elsewhere", True),
        ("http://store.example/file", False),
        ("http://127.0.0.1/file", False),
        ("https://localhost/file", False),
        ("https://user@store.example/file", False),
        ("ftp://store.example/file", False),
        ("https://[::1", False),
    ],
)
def test_where_a_download_may_be_sent(location: str, goes_on: bool) -> None:
    url = httpx.URL("https://hub.example/file")
    given = HttpAnswer(302, {"location": location}, b"")
    if goes_on:
        assert redirect_elsewhere(get(str(url)), url, given) == url.join(location)
    else:
        with pytest.raises(UserActionNeeded):
            redirect_elsewhere(get(str(url)), url, given)
