"""The listener with real sockets: who behaves is answered, who does not costs little and holds up nobody."""

import http.client
import socket
import threading

import pytest

from desktop.domain.errors import UserActionNeeded
from desktop.runtime.lanes import Lane
from desktop.runtime.loopback_server import ListenerLimits, LoopbackServer, Reply
from tests.fakes.waiting import wait_until

SMALL = ListenerLimits(callers=4, per_second=1000, body=1000, patience=0.3, farewell=0.3)
CALL = b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"


class Listener:
    """A listener in its lane; `heard` are the bodies that came."""

    def __init__(self, limits=SMALL):
        self.heard = []
        self.server = LoopbackServer(0, self.answer, limits=limits)
        self.lane = Lane("listener", self.server.turn, interrupt=self.server.interrupt, at_end=self.server.close)
        self.port = self.server.port

    def answer(self, request):
        self.heard.append(request.body)
        if request.target == "/boom":
            raise RuntimeError("boom")
        return Reply(204)

    def __enter__(self):
        self.lane.start()
        return self

    def __exit__(self, *_):
        self.lane.stop()
        assert self.lane.join(10)

    def line(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def ask(self, raw):
        with self.line() as line:
            line.sendall(raw)
            return heard_on(line)


def heard_on(line):
    """Return all that comes until the other side hangs up."""
    found = b""
    try:
        while piece := line.recv(65_536):
            found += piece
    except ConnectionResetError:
        pass
    return found


@pytest.fixture
def listener():
    with Listener() as running:
        yield running


def test_a_call_is_heard_and_answered(listener):
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=10)
    connection.request("POST", "/x", body=b"hello")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (204, b"")
    connection.request("POST", "/x", body=iter([b"in ", b"chunks"]), encode_chunked=True)
    assert connection.getresponse().status == 204
    connection.close()
    assert listener.heard == [b"hello", b"in chunks"]


def test_it_listens_on_this_machine_only(listener):
    assert listener.server._door.getsockname()[0] == "127.0.0.1"


def test_leave_to_send_is_given(listener):
    with listener.line() as line:
        line.sendall(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 100 ")
        line.sendall(b"hi")
        assert heard_on(line).startswith(b"HTTP/1.1 204 ")


def test_a_huge_call_is_refused_before_it_is_read(listener):
    head = b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
    assert listener.ask(head + b"x" * 200_000).startswith(b"HTTP/1.1 413 ")
    assert listener.heard == []


def test_garbage_is_refused(listener):
    assert listener.ask(b"\x16\x03\x01\r\n\r\n").startswith(b"HTTP/1.1 400 ")


@pytest.mark.expects_log("a call could not be answered")
def test_a_failure_of_ours_is_told_as_such_and_the_next_call_goes_through(listener):
    assert listener.ask(CALL.replace(b"/x", b"/boom")).startswith(b"HTTP/1.1 500 ")
    assert listener.ask(CALL).startswith(b"HTTP/1.1 204 ")


def test_who_dawdles_is_hung_up_on_and_holds_up_nobody(listener):
    slow = [listener.line() for _ in range(3)]
    for line in slow:
        line.sendall(b"POST /x HT")
    assert listener.ask(CALL).startswith(b"HTTP/1.1 204 ")
    for line in slow:
        assert heard_on(line).startswith(b"HTTP/1.1 408 ")
        line.close()
    wait_until(lambda: listener.server.open_callers == 0)


def test_when_dawdlers_take_every_place_the_others_come_after_them(listener):
    slow = [listener.line() for _ in range(20)]
    assert listener.ask(CALL).startswith(b"HTTP/1.1 204 ")
    assert listener.server.open_callers <= SMALL.callers
    for line in slow:
        line.close()


def test_a_flood_is_let_in_drop_by_drop_and_starts_no_threads():
    before = set(threading.enumerate())
    with Listener(ListenerLimits(callers=4, per_second=20, patience=5)) as listener:
        lines = [listener.line() for _ in range(30)]
        assert [thread.name for thread in set(threading.enumerate()) - before] == ["listener"]
        for line in lines:
            line.sendall(CALL)
        assert all(heard_on(line).startswith(b"HTTP/1.1 204 ") for line in lines)
        assert len(listener.heard) == 30
        for line in lines:
            line.close()
    assert set(threading.enumerate()) <= before


def test_a_caller_that_leaves_is_forgotten(listener):
    for _ in range(20):
        listener.line().close()
    wait_until(lambda: listener.server.open_callers == 0)
    assert listener.ask(CALL).startswith(b"HTTP/1.1 204 ")


def test_it_ends_with_callers_on_the_line():
    with Listener(ListenerLimits(patience=60)) as listener:
        line = listener.line()
        line.sendall(b"POST ")
        wait_until(lambda: listener.server.open_callers == 1)
    assert heard_on(line) == b""
    line.close()
    with pytest.raises(OSError, match="refused"):
        listener.line()


def test_a_port_in_use_is_said_in_a_sentence_and_is_free_again_afterwards(listener):
    with pytest.raises(UserActionNeeded, match="another program listens there"):
        LoopbackServer(listener.port, listener.answer)


def test_a_port_is_free_again_once_the_listener_ended():
    with Listener() as first:
        first.ask(CALL)
    again = LoopbackServer(first.port, first.answer)
    assert again.port == first.port
    again.close()
