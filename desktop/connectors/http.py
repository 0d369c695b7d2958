"""The one door out for HTTP: deadlines, rate limit, size limit, ledger, redaction, and our own errors.

Connectors that speak HTTP get an HttpBoundary handed in; libraries that want a `requests` session get one whose only
adapter leads through it (`session_through`). Answers with an error status are returned, since only the connector
knows what its vendor means by them; everything that kept an answer from arriving becomes one of our errors here.
"""

import io
import ipaddress
import logging
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
import requests
import requests.adapters

from desktop import __version__
from desktop.connectors.metering import Meter, MeteredBackend
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Boundary, Clock, NetworkLedger, no_boundary

log = logging.getLogger("dealside.http")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READING = frozenset({"GET", "HEAD"})
_CLOSED_FOR_NOW = frozenset({429, 503})
_LONGEST_RETRY_AFTER = 86_400.0
_SCHEMES = frozenset({"http", "https"})
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?|\[?[0-9a-fA-F:.]+\]?")
_PLAIN_SEGMENT = re.compile(r"[A-Za-z_-]{1,32}|v\d{1,3}(\.\d{1,3})?")


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Seconds and bytes. `longest_wait` is how long the rate limit may hold a call back before it is Temporary."""

    connect: float = 10.0
    silence: float = 30.0
    min_interval: float = 0.0
    longest_wait: float = 2.0
    max_body: int = 32 * 1024 * 1024
    max_redirects: int = 3


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One request. `deadline` is in seconds for the whole exchange; `purpose` is a word or two for the ledger."""

    method: str
    url: str
    purpose: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    deadline: float = 60.0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back. Header names are lower case. `retry_after` is in seconds, `server_time` from the Date header."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    retry_after: float | None = None
    server_time: datetime | None = None


class HttpBoundary:
    """Every HTTP exchange goes through `request`. Not thread-safe: one lane owns it.

    The environment is not asked for proxies, certificates or passwords; `verify` replaces the usual trusted roots.
    """

    def __init__(  # noqa: PLR0913  (collaborators, all by name)
        self,
        *,
        ledger: NetworkLedger,
        clock: Clock,
        boundary: Boundary = no_boundary,
        limits: HttpLimits | None = None,
        verify: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._boundary = boundary
        self._limits = limits or HttpLimits()
        self._sleep = sleep
        self._ticks = ticks
        self._open_at: dict[str, float] = {}
        self._meter = Meter()
        trusted = verify or _usual_roots()
        self._transport = _MeteredTransport(self._meter, trusted)
        self._client = httpx.Client(
            transport=self._transport,
            headers={"User-Agent": f"Dealside/{__version__}"},
            follow_redirects=False,
            trust_env=False,
        )
        # httpx logs whole addresses, and queries hold names; our own line says the same, redacted.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        logging.getLogger("httpcore").setLevel(logging.WARNING)

    def request(self, call: HttpCall) -> HttpAnswer:
        """Send `call` and return the whole answer, whatever its status.

        Raises Temporary when no whole answer came in time (it may have been carried out all the same),
        UserActionNeeded for an address or certificate that cannot be used, Rejected for an answer that is too big.
        """
        url = _checked_url(call)
        self._meter.ends_at = time.monotonic() + call.deadline
        for _ in range(self._limits.max_redirects + 1):
            answer = self._exchange(call, url)
            target = _redirect(call, url, answer)
            if target is None:
                return answer
            url = target
        raise UserActionNeeded(
            "The server keeps sending us from one address to the next; check its address in the settings.",
            detail=f"{url.host} redirects",
        )

    def close(self) -> None:
        """Let go of kept connections; the boundary may be used again afterwards."""
        self._transport.close()  # closing the client itself would end its use for good

    def _exchange(self, call: HttpCall, url: httpx.URL) -> HttpAnswer:
        host = _host(url)
        self._wait_turn(host)
        self._meter.restart()
        self._boundary("send")
        started = time.monotonic()
        outcome = "no answer"
        try:
            answer = self._receive(call, url)
            outcome = str(answer.status)
        except httpx.HTTPError as error:
            raise _translate(error, host) from error
        finally:
            self._ledger.record(host, call.purpose, self._meter.sent, self._meter.received)
            took = round((time.monotonic() - started) * 1000)
            log.info("%s %s%s: %s in %d ms", call.method, host, redact_path(url.path), outcome, took)
            self._boundary("sent")
        self._note_interval(host, answer)
        return answer

    def _receive(self, call: HttpCall, url: httpx.URL) -> HttpAnswer:
        silence = self._limits.silence
        timeout = httpx.Timeout(connect=self._limits.connect, read=silence, write=silence, pool=silence)
        content = call.content or None
        body = bytearray()
        with self._client.stream(call.method, url, headers=call.headers, content=content, timeout=timeout) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > self._limits.max_body:
                    raise Rejected(
                        f"The answer of {url.host} is far too big, so it was not read.",
                        detail=f"over {self._limits.max_body} bytes",
                    )
            headers = {name.lower(): value for name, value in response.headers.items()}
            status = response.status_code
        server_time = _http_date(headers.get("date", ""))
        wait = _retry_after(headers.get("retry-after", ""), server_time or self._clock.now())
        return HttpAnswer(status, headers, bytes(body), wait, server_time)

    def _wait_turn(self, host: str) -> None:
        wait = self._open_at.get(host, 0.0) - self._ticks()
        if wait > self._limits.longest_wait:
            raise Temporary(f"{host} asked us to wait.", detail=f"closed for {wait:.0f} s", retry_after=wait)
        if wait > 0:
            self._sleep(wait)

    def _note_interval(self, host: str, answer: HttpAnswer) -> None:
        wait = self._limits.min_interval
        if answer.status in _CLOSED_FOR_NOW and answer.retry_after is not None:
            wait = max(wait, answer.retry_after)
        self._open_at[host] = self._ticks() + wait


# --- addresses and headers ------------------------------------------------------------------------------------------


def is_loopback(host: str) -> bool:
    """Return True when `host` can only be this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def redact_path(path: str) -> str:
    """Return `path` for the log: only segments that are plain words stay; ids, keys and addresses do not."""
    return "/".join(part if not part or _PLAIN_SEGMENT.fullmatch(part) else "*" for part in path.split("/"))


def _checked_url(call: HttpCall) -> httpx.URL:
    try:
        url = httpx.URL(call.url)
        for name, value in call.headers.items():
            _check_header(name, value)
    except (httpx.InvalidURL, ValueError) as error:
        sentence = "A setting of this connection holds characters that cannot be sent; enter it again."
        raise UserActionNeeded(sentence, detail=type(error).__name__) from error
    host = url.raw_host.decode("ascii", "replace")
    if url.userinfo or not _HOST.fullmatch(host) or not 0 < (url.port or 1) < 65536 or url.scheme not in _SCHEMES:
        raise UserActionNeeded("The server's address is not complete: it should look like https://name.example.")
    if url.scheme == "http" and not is_loopback(url.host):
        raise UserActionNeeded(
            f"The address of {url.host} begins with http://, which anybody on the way can read; use https://."
        )
    return url.copy_merge_params(call.params) if call.params else url


def _check_header(name: str, value: str) -> None:
    if not (value.isascii() and value.isprintable()):
        raise ValueError(name)


def _usual_roots() -> ssl.SSLContext:
    """Return what public authorities and this machine's own (a company's, say) vouch for."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _host(url: httpx.URL) -> str:
    return f"{url.host}:{url.port or (443 if url.scheme == 'https' else 80)}"


def _redirect(call: HttpCall, url: httpx.URL, answer: HttpAnswer) -> httpx.URL | None:
    """Return where a reading call should go on; refuse to take a write or a credential anywhere else."""
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or location is None:
        return None
    try:
        target = url.join(location)
    except httpx.InvalidURL:
        target = None
    if call.method in _READING and target and (target.scheme, _host(target)) == (url.scheme, _host(url)):
        return target
    raise UserActionNeeded(
        f"{url.host} sends us on to another address; check the address in the settings, and the network you are on.",
        detail=f"{answer.status} on {call.method}",
    )


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _retry_after(text: str, now: datetime) -> float | None:
    if text.strip().isdecimal():
        return min(float(text), _LONGEST_RETRY_AFTER)
    moment = _http_date(text)
    if moment is None:
        return None
    return min(max((moment - now).total_seconds(), 0.0), _LONGEST_RETRY_AFTER)


def _translate(error: httpx.HTTPError, host: str) -> DealsideError:
    detail = type(error).__name__
    if isinstance(error, httpx.ConnectError) and _is_about_trust(error):
        return UserActionNeeded(
            f"The certificate of {host} is not trusted, so nothing was sent; "
            "check the address and the network you are on, or ask your administrator.",
            detail=detail,
        )
    if isinstance(error, httpx.TimeoutException):
        return Temporary(f"{host} did not answer in time; trying again later.", detail=detail)
    if isinstance(error, httpx.ConnectError):
        return Temporary(f"{host} cannot be reached; trying again when the network is back.", detail=detail)
    return Temporary(f"The answer of {host} broke off; trying again later.", detail=detail)


def _is_about_trust(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


class _MeteredTransport(httpx.HTTPTransport):
    """httpx's transport over our own network backend, which its constructor has no parameter for."""

    def __init__(self, meter: Meter, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted, max_connections=4, keepalive_expiry=5.0, network_backend=MeteredBackend(meter)
        )


# --- for libraries that bring `requests` ----------------------------------------------------------------------------


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
