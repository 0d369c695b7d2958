"""A simulated CRM in a process of its own, behind a line that is slow and loses calls and answers.

The line is the same for us and for the peer: every call waits `latency` seconds, and a share of the calls meets a
fault, by turns: the call is lost, the answer is lost, the server is unavailable for a moment.
"""

import http.client
import multiprocessing
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.servers.loopback import LoopbackHandler, LoopbackServer

_FAULTS = ("call lost", "answer lost", "unavailable")
_ON_THE_WAY = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date", "host"})


class FarAway:
    """A vendor's simulator behind the line, for the length of a `with` block."""

    def __init__(self, vendor: str) -> None:
        here, there = multiprocessing.Pipe()
        self._pipe: Connection = here
        context = multiprocessing.get_context("spawn")
        self._process: BaseProcess = context.Process(target=_serve, args=(vendor, there), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self.url: str = self._pipe.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.send("stop")
        self._process.join(20)

    def line(self, *, latency: float = 0.0, faults: float = 0.0, seed: int = 0) -> None:
        """Set how the line is from now on: seconds a call takes, the share of calls that meet a fault."""
        self._pipe.send((latency, faults, seed))
        self._pipe.recv()

    def calls(self) -> int:
        """Return how many calls were made since the last time this was asked."""
        self._pipe.send("calls")
        return int(self._pipe.recv())


class _Line(LoopbackServer):
    def __init__(self, origin: str) -> None:
        self.origin = urlsplit(origin)
        self.latency = 0.0
        self.faults = 0.0
        self.chance = random.Random(0)
        self.lock = threading.Lock()
        self.calls = 0
        self.met = 0
        self.local = threading.local()

    def fault(self) -> str:
        """Return the fault that the next call meets, or ""."""
        with self.lock:
            self.calls += 1
            if self.chance.random() >= self.faults:
                return ""
            self.met += 1
            return _FAULTS[self.met % len(_FAULTS)]

    def server(self, *, afresh: bool) -> http.client.HTTPConnection:
        """Return this thread's connection to the simulator."""
        known: http.client.HTTPConnection | None = getattr(self.local, "known", None)
        if known is None or afresh:
            known = http.client.HTTPConnection(self.origin.hostname or "", self.origin.port, timeout=60)
            known.connect()
            self.local.known = known
        return known


class _Handler(LoopbackHandler):
    served_by: _Line
    disable_nagle_algorithm = True

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        line = self.served_by
        fault = line.fault()
        if line.latency:
            time.sleep(line.latency)
        if fault == "call lost":
            self.close_connection = True
            return
        if fault == "unavailable":
            self._answer(503, {"Content-Type": "text/html"}, b"<html>try later</html>")
            return
        status, headers, answer = self._forwarded(body)
        if fault == "answer lost":
            self.close_connection = True
            return
        self._answer(status, headers, answer)

    def _forwarded(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _ON_THE_WAY}
        for afresh in (False, True):
            server = self.served_by.server(afresh=afresh)
            try:
                server.request(self.command, self.path, body or None, headers)
                answer = server.getresponse()
                given = {name: value for name, value in answer.getheaders() if name.lower() not in _ON_THE_WAY}
                return answer.status, given, answer.read()
            except (http.client.HTTPException, OSError):
                if afresh:
                    raise
        raise AssertionError

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in {204, 304}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status not in {204, 304}:
            self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _pass_on  # noqa: N815


_Handler.served_by = None  # type: ignore[assignment]  (each server binds its own)
_Line.handler = _Handler


def _serve(vendor: str, pipe: Connection) -> None:
    """Run in the child: the simulator, the line before it, and what the parent asks for."""
    with SIMULATORS[vendor]() as simulator, _Line(simulator.url) as line:
        pipe.send(line.url)
        while (asked := pipe.recv()) != "stop":
            if asked == "calls":
                with line.lock:
                    pipe.send(line.calls)
                    line.calls = 0
                continue
            line.latency, line.faults = asked[:2]
            line.chance = random.Random(asked[2])
            pipe.send("done")


def _now() -> datetime:
    return datetime.now(UTC)


def _salesforce() -> LoopbackServer:
    from tests.servers.salesforce import SalesforceServer
    from tests.servers.salesforce_org import Org

    return SalesforceServer(Org(now=_now))


def _hubspot() -> LoopbackServer:
    from tests.servers.hubspot import HubSpotWorld
    from tests.servers.vendor import VendorServer

    return VendorServer(HubSpotWorld())


def _zoho() -> LoopbackServer:
    from tests.servers.zoho import ZohoServer

    return ZohoServer()


def _dynamics() -> LoopbackServer:
    from tests.servers.dynamics import Dataverse
    from tests.servers.dynamics_tables import Attribute
    from tests.servers.vendor import VendorServer

    world = Dataverse()
    world.own["opportunity"] = (Attribute("cr1_nextstep", length=400),)
    return VendorServer(world)


def _pipedrive() -> LoopbackServer:
    from tests.servers.pipedrive import PipedriveWorld
    from tests.servers.pipedrive_company import Company
    from tests.servers.vendor import VendorServer

    return VendorServer(PipedriveWorld(Company(now=_now)))


SIMULATORS: dict[str, Callable[[], LoopbackServer]] = {
    "salesforce": _salesforce,
    "hubspot": _hubspot,
    "dynamics": _dynamics,
    "zoho": _zoho,
    "pipedrive": _pipedrive,
}
