"""For libraries that bring `requests`: a session whose only way out is an HttpBoundary."""

import io
from typing import Any
from urllib.parse import urlsplit

import requests
import requests.adapters

from desktop.connectors.http import HttpAnswer, HttpBoundary, HttpCall
from desktop.domain.errors import Rejected


class BoundaryAdapter(requests.adapters.BaseAdapter):
    """Sends what a `requests` session prepares through an HttpBoundary, to one server only.

    A library that insists on https still reaches `origin` on loopback: the address is always the one of `origin`.
    `last` is the newest answer, for the headers that such libraries drop.
    """

    def __init__(self, http: HttpBoundary, *, origin: str, purpose: str, deadline: float) -> None:
        super().__init__()
        self._http = http
        self._origin = urlsplit(origin)
        self._purpose = purpose
        self._deadline = deadline
        self.last: HttpAnswer | None = None

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  (the library's own signature)
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send `request`; the session's own time-outs, certificates and proxies do not count here."""
        del stream, timeout, verify, cert, proxies
        self.last = None
        url = urlsplit(request.url or "")
        if url.netloc.lower() != self._origin.netloc.lower():
            raise Rejected("The server named an address that is not its own, so nothing was sent there.")
        target = url._replace(scheme=self._origin.scheme, netloc=self._origin.netloc, fragment="").geturl()
        body = request.body or b""
        answer = self._http.request(
            HttpCall(
                method=request.method or "GET",
                url=target,
                purpose=self._purpose,
                headers={name: _text(value) for name, value in request.headers.items()},
                content=body.encode() if isinstance(body, str) else bytes(body),
                deadline=self._deadline,
            )
        )
        self.last = answer
        return _as_requests(request, answer)

    def session(self) -> requests.Session:
        """Return a session that knows no other way out than this adapter."""
        return session_through(self)

    def close(self) -> None:
        """Keep the boundary open: it belongs to whoever handed it in."""


def session_through(adapter: BoundaryAdapter) -> requests.Session:
    """Return a session that knows no other way out than `adapter`, and nothing of the environment."""
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _as_requests(request: requests.PreparedRequest, answer: HttpAnswer) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers.update(answer.headers)
    response.raw = io.BytesIO(answer.body)
    response.url = request.url or ""
    response.request = request
    response.encoding = "utf-8"
    return response
