"""The ModelServer port over HTTP: an OpenAI-compatible server, through the one door out."""

from collections.abc import Callable
from urllib.parse import urlsplit

from desktop.connectors.http import HttpBoundary, HttpCall, HttpLimits
from desktop.domain.ports import Boundary, Clock, ModelServer, NetworkLedger, ServerAnswer, no_boundary

PURPOSE = "language model"
LARGEST_ANSWER = 2 * 1024 * 1024
SILENCE = 120.0  # a server that reads a long mail says nothing until it is done


class HttpModelServer(ModelServer):
    """The server at `address` (`https://name.example/v1`). `key` is sent as a bearer token, none when it is empty.

    `may_be_plain`: http:// was looked at and allowed for this host.
    """

    def __init__(
        self,
        address: str,
        key: str,
        *,
        may_be_plain: bool,
        ledger: NetworkLedger,
        clock: Clock,
        boundary: Boundary = no_boundary,
    ) -> None:
        self._address = address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        plain = frozenset({urlsplit(address).hostname or ""}) if may_be_plain else frozenset()
        limits = HttpLimits(silence=SILENCE, max_body=LARGEST_ANSWER, plain_hosts=plain)
        self._http = HttpBoundary(ledger=ledger, clock=clock, boundary=boundary, limits=limits)

    def ask(self, path: str, body: bytes = b"", *, deadline: float, should_stop: Callable[[], bool]) -> ServerAnswer:
        """Send one request; it is not repeated here."""
        headers = {**self._headers, "Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        call = HttpCall(
            "POST" if body else "GET", f"{self._address}{path}", PURPOSE, headers, content=body, deadline=deadline
        )
        answer = self._http.request(call, should_stop=should_stop)
        return ServerAnswer(answer.status, answer.body, answer.retry_after)

    def close(self) -> None:
        """Let go of kept connections."""
        self._http.close()
