"""What the loopback servers of CRM vendors share: real HTTP on real sockets, and faults on order.

A World holds the vendor's records and rules and answers requests; the server carries them. Faults are one shot each
(`times` for more), for requests of `method` (any) whose path begins with `prefix` (any):

    "status"      `status`, `code`, `message`, `headers`: the World's own error body, or an HTML page without a code
    "drop"        nothing is done, the connection closes without an answer
    "drop_after"  the work is done, then the connection closes: the answer is lost
    "cut"         the work is done, the body breaks off after `bytes`
    "garbage"     the work is done, the body is no JSON
    "hang"        nothing is done and nothing answered until the server stops
    "slow"        `seconds` pass first
    "touch"       `act_on` is called first: somebody else is quicker
"""

import json
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.loopback import LoopbackHandler, LoopbackServer


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is unquoted segment by segment in `parts`; header names are lower case; `body` is parsed JSON or None."""

    method: str
    path: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    body: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is sent as JSON, bytes as they are; None sends nothing."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class World(ABC):
    """The vendor's side of the wire. Called under a lock, one request at a time."""

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Answer a request as the vendor would, errors included."""

    @abstractmethod
    def error(self, status: int, code: str, message: str) -> Any:
        """Return the vendor's body for an error."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the vendor's time, which stands still unless moved."""


@dataclass(slots=True)
class Fault:
    """See the module."""

    act: str
    method: str = ""
    prefix: str = ""
    times: int = 1
    status: int = 500
    code: str = ""
    message: str = "fault"
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    bytes: int = 5
    act_on: Callable[[], None] | None = None

    def is_for(self, request: Request) -> bool:
        return self.method in {"", request.method} and request.path.startswith(self.prefix)


class _Handler(LoopbackHandler):
    served_by: "VendorServer"
    disable_nagle_algorithm = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.served_by.world.now(), usegmt=True)

    def _serve(self) -> None:
        request = self._request()
        with self.served_by.lock:
            self.served_by.requests.append((request.method, request.path))
        fault = self.served_by.take(request)
        if fault is not None and self._is_stopped_before(fault):
            return
        with self.served_by.lock:
            answer = self.served_by.world.answer(request)
        self._deliver(fault, answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def _request(self) -> Request:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = None
        return Request(
            self.command,
            url.path,
            tuple(unquote(part) for part in url.path.split("/") if part),
            dict(parse_qsl(url.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            raw,
            body,
        )

    def _is_stopped_before(self, fault: Fault) -> bool:
        server = self.served_by
        if fault.act == "slow":
            server.stopping.wait(fault.seconds)
        elif fault.act == "touch" and fault.act_on is not None:
            with server.lock:
                fault.act_on()
        elif fault.act == "status":
            body = server.world.error(fault.status, fault.code, fault.message) if fault.code else None
            raw = b"<html>try later</html>" if body is None else json.dumps(body).encode()
            self._reply(fault.status, raw, fault.headers)
            return True
        elif fault.act in {"hang", "drop"}:
            if fault.act == "hang":
                server.stopping.wait()
            self._hang_up()
            return True
        return False

    def _deliver(self, fault: Fault | None, answer: Answer) -> None:
        raw = answer.body if isinstance(answer.body, bytes) else b""
        if answer.body is not None and not isinstance(answer.body, bytes):
            raw = json.dumps(answer.body).encode()
        act = fault.act if fault else ""
        if act == "drop_after":
            self._hang_up()
        elif fault is not None and act == "cut":
            self._head(answer.status, len(raw) or 100, answer.headers)
            self.wfile.write(raw[: fault.bytes])
            self._hang_up()
        elif act == "garbage":
            self._reply(200 if answer.status == 204 else answer.status, b'{"id": "00', answer.headers)
        else:
            self._reply(answer.status, raw, answer.headers)

    def _head(self, status: int, length: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        if status not in {204, 304}:
            if "Content-Type" not in headers:
                self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _reply(self, status: int, raw: bytes, headers: Mapping[str, str]) -> None:
        self._head(status, len(raw), headers)
        if status not in {204, 304}:
            self.wfile.write(raw)

    def _hang_up(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


class VendorServer(LoopbackServer):
    """A vendor for the length of a `with` block. `requests` are (method, path) in the order they came."""

    handler = _Handler

    def __init__(self, world: World) -> None:
        self.world = world
        self.lock = threading.RLock()
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []

    def fault(self, act: str, **more: Any) -> None:
        """Order one fault, see the module."""
        self.faults.append(Fault(act, **more))

    def take(self, request: Request) -> Fault | None:
        """Return the first fault that is for a request, and count it."""
        with self.lock:
            for fault in self.faults:
                if fault.is_for(request):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                    return fault
        return None
