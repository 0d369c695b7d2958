"""An HTTP server on loopback for the length of a `with` block; each kind says in its handler what it answers."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self


class LoopbackServer:
    """Starts with the block and ends with it. `stopping` is set when it ends, for answers that wait on purpose."""

    handler: ClassVar[type["LoopbackHandler"]]

    def __enter__(self) -> Self:
        bound = type("Bound", (self.handler,), {"served_by": self})
        self.stopping = threading.Event()
        self._server = _Calm(("127.0.0.1", 0), bound)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is, without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"


class LoopbackHandler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    served_by: Any
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Be quiet."""


class _Calm(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Take it calmly when a client hangs up."""
