"""A loopback Salesforce: real HTTP, real sockets, faults on order. In a test's own process or as one of its own.

`python -m tests.servers.salesforce --port-file F --state-file G` writes its port to F once it listens and keeps its
records in G after every write; `/__sim__/state`, `/__sim__/load`, `/__sim__/rules`, `/__sim__/faults` and
`/__sim__/clock` let another process look and meddle. Faults are JSON objects:

    {"act": "status", "status": 503, "code": "SERVER_UNAVAILABLE", "headers": {"Retry-After": "7"}}
    {"act": "drop"}            nothing is done, the connection closes without an answer
    {"act": "drop_after"}      the work is done, then the connection closes: the answer is lost
    {"act": "cut", "bytes": 9} the work is done, the body breaks off
    {"act": "garbage"}         the work is done, the body is not JSON
    {"act": "hang"}            nothing is done and nothing answered until the server stops
    {"act": "trickle"}         the work is done, the answer comes a byte at a time and never ends
    {"act": "slow", "seconds": 0.2}
    {"act": "touch", "object": "Contact", "id": "003…", "fields": {…}}  somebody edits just before the call is served

each with optional "method" (default any), "prefix" (of the path after the version, default any), "times" (1) and
"share" (1.0: how many of those calls meet it). In a test's own process "touch" may have "act_on", which is called.
"""

import argparse
import json
import os
import random
import signal
import socket
import ssl
import threading
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.servers.salesforce_bulk import Jobs
from tests.servers.salesforce_org import Org, OrgError
from tests.servers.salesforce_rest import Call, Rest

Fault = dict[str, Any]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    org: Org

    def __init__(self, rest: Rest, state_file: Path | None, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.org = rest.org
        self.rest = rest
        self.loses_next_write = False
        self.state_file = state_file
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.faults: list[Fault] = []
        self.chance = random.Random(0)
        self.requests: list[tuple[str, str]] = []
        self.open: set[socket.socket] = set()

    def take_fault(self, method: str, path: str) -> Fault:
        with self.lock:
            for fault in self.faults:
                is_for = fault.get("method", method) == method and path.startswith(fault.get("prefix", ""))
                if is_for and self.chance.random() < fault.get("share", 1.0):
                    fault["times"] = fault.get("times", 1) - 1
                    if fault["times"] <= 0:
                        self.faults.remove(fault)
                    return fault
        return {"act": ""}

    def keep(self) -> None:
        if self.state_file is None:
            return
        fresh = self.state_file.with_suffix(".new")
        fresh.write_text(json.dumps(self.org.dump()), encoding="utf-8")
        fresh.replace(self.state_file)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what the tests are about."""

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        with self.lock:
            for connection in list(self.open):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.open.add(self.connection)

    def finish(self) -> None:
        with self.server.lock:
            self.server.open.discard(self.connection)
        super().finish()

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.server.org.now(), usegmt=True)

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        if url.path.startswith("/__sim__/"):
            return self._control(url.path.removeprefix("/__sim__/"), body)
        path = "/" + "/".join(url.path.rstrip("/").split("/")[4:])
        target = f"{path}?{url.query}" if url.query else path
        with self.server.lock:
            self.server.requests.append((self.command, path))
        fault = self.server.take_fault(self.command, path)
        if self._is_stopped_before(fault):
            return None
        status, answer, is_lost = self._answered(target, body)
        if is_lost:
            return self._hang_up()
        if isinstance(answer, str):
            return self._deliver(fault, status, answer.encode(), kind="text/csv")
        return self._deliver(fault, status, b"" if answer is None else json.dumps(answer, indent=1).encode())

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def _answered(self, target: str, body: bytes) -> tuple[int, Any, bool]:
        """Return status and body, and whether this was the write whose answer is to be lost."""
        server, headers = self.server, {name.lower(): value for name, value in self.headers.items()}
        with server.lock:
            before = server.org.writes
            try:
                status, answer = self._answer(Call(self.command, target, headers, body))
            except OrgError as error:
                status, answer = error.status, error.body()
            is_write = server.org.writes > before
            if is_write:
                server.keep()
            is_lost = is_write and server.loses_next_write
            server.loses_next_write = server.loses_next_write and not is_lost
        return status, answer, is_lost

    def _answer(self, call: Call) -> tuple[int, Any]:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        org = self.server.org
        if scheme != "Bearer" or token not in org.tokens:
            raise OrgError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        org.calls += 1
        if org.calls > org.daily_calls:
            raise OrgError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        return self.server.rest.answer(call)

    def _is_stopped_before(self, fault: Fault) -> bool:
        act = fault["act"]
        if act == "hang":
            self.server.stopping.wait()
        elif act == "slow":
            self.server.stopping.wait(fault["seconds"])
        elif act == "touch":
            with self.server.lock:
                self.server.org.advance(fault.get("after", 0))
                if "act_on" in fault:
                    fault["act_on"]()
                else:
                    self.server.org.update(fault["object"], fault["id"], fault["fields"], None)
        elif act == "status":
            error = OrgError(fault["status"], fault.get("code", ""), fault.get("message", "fault"))
            raw = json.dumps(error.body()).encode() if error.code else b"<html>try later</html>"
            self._reply(fault["status"], raw, fault.get("headers", {}))
            return True
        if act in {"hang", "drop"}:
            self._hang_up()
            return True
        return False

    def _deliver(self, fault: Fault, status: int, raw: bytes, kind: str = "application/json") -> None:
        act = fault["act"]
        if act == "drop_after":
            self._hang_up()
        elif act == "cut":
            self._head(status, len(raw))
            self.end_headers()
            self.wfile.write(raw[: fault.get("bytes", 5)])
            self._hang_up()
        elif act == "trickle":
            self._head(status, 10_000_000)
            self.end_headers()
            while not self.server.stopping.wait(0.02):
                self.wfile.write(b" ")
        elif act == "garbage":
            self._reply(200 if status == 204 else status, b'{"Id": "00', {})
        else:
            self._reply(status, raw, {}, kind)

    def _head(self, status: int, length: int, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind};charset=UTF-8")
        self.send_header("Content-Length", str(length))
        self.send_header("Sforce-Limit-Info", f"api-usage={self.server.org.calls}/{self.server.org.daily_calls}")

    def _reply(self, status: int, raw: bytes, headers: dict[str, str], kind: str = "application/json") -> None:
        self._head(status, len(raw), kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    # --- the tests' own door ----------------------------------------------------------------------------------------

    def _control(self, what: str, body: bytes) -> None:
        given = json.loads(body) if body else None
        with self.server.lock:
            org = self.server.org
            if what == "faults":
                self.server.faults.extend(given)
            elif what == "load":
                org.load(given)
            elif what == "rules":
                org.configure(given)
            elif what == "clock":
                org.advance(given["advance"])
            self.server.keep()
            state = {**org.dump(), "requests": self.server.requests, "faults": self.server.faults}
        self._reply(200, json.dumps(state).encode(), {})


class SalesforceServer:
    """The simulator inside the test's own process, as a context manager. The org's clock is `org`'s own."""

    def __init__(
        self, org: Org | None = None, *, state_file: Path | None = None, port: int = 0, rest: Rest | None = None
    ) -> None:
        """`port` is for one that comes back to where it was, `rest` for one whose answers are watched."""
        rest = rest or Rest(org or Org())
        self.org = rest.org
        if state_file is not None and state_file.exists():
            self.org.load(json.loads(state_file.read_text(encoding="utf-8")))
        self._server = _Server(rest, state_file, port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.faults = self._server.faults
        self.requests = self._server.requests

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def use_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS; call it before the server starts."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def fault(self, act: str, **more: Any) -> None:
        """Order one fault, see the module's docstring."""
        self._server.faults.append({"act": act, **more})

    def lose_next_write(self) -> None:
        """Let the next call that writes anything be carried out and its answer be lost."""
        self._server.loses_next_write = True

    @property
    def jobs(self) -> Jobs:
        """The bulk jobs."""
        return self._server.rest.jobs

    def __enter__(self) -> "SalesforceServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._thread.join()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--state-file", type=Path)
    asked = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with SalesforceServer(state_file=asked.state_file) as server:
        fresh = asked.port_file.with_suffix(f".{os.getpid()}")
        fresh.write_text(str(server.port), encoding="ascii")
        fresh.replace(asked.port_file)
        stop.wait()


if __name__ == "__main__":
    main()
