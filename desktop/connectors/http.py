"""The one door out for HTTP: deadlines, rate limit, size limit, ledger, redaction, and our own errors.

Connectors that speak HTTP get an HttpBoundary handed in; libraries that want a `requests` session get one whose only
adapter leads through it (`requests_door`). Answers with an error status are returned, since only the connector
knows what its vendor means by them; everything that kept an answer from arriving becomes one of our errors here.
"""

import logging
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import httpcore
import httpx

from desktop import __version__
from desktop.connectors.exchange import HttpAnswer, HttpCall
from desktop.connectors.header_words import http_date, is_loopback, redact_path, seconds_to_wait
from desktop.connectors.metering import Meter, MeteredBackend
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Boundary, Clock, FetchSink, NetworkLedger, no_boundary

__all__ = ["HttpAnswer", "HttpBoundary", "HttpCall", "HttpLimits"]

log = logging.getLogger("dealside.http")

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READING = frozenset({"GET", "HEAD"})
_CLOSED_FOR_NOW = frozenset({429, 503})
_SCHEMES = frozenset({"http", "https"})
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?|\[?[0-9a-fA-F:.]+\]?")


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Seconds and bytes. `longest_wait` is how long the rate limit may hold a call back before it is Temporary.

    `plain_hosts` may be called without encryption, as this machine may: the rep's own network, or said so.
    """

    connect: float = 10.0
    silence: float = 30.0
    min_interval: float = 0.0
    longest_wait: float = 2.0
    max_body: int = 32 * 1024 * 1024
    max_redirects: int = 3
    plain_hosts: frozenset[str] = frozenset()


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

    def request(self, call: HttpCall, *, should_stop: Callable[[], bool] | None = None) -> HttpAnswer:
        """Send `call` and return the whole answer, whatever its status.

        Raises Temporary when no whole answer came in time (it may have been carried out all the same),
        UserActionNeeded for an address or certificate that cannot be used, Rejected for an answer that is too big,
        Cancelled within a second of `should_stop` saying so.
        """
        self._meter.should_stop = should_stop
        try:
            return self._follow(call, self._whole_body, _redirect)
        finally:
            self._meter.should_stop = None

    def stream(self, call: HttpCall, sink: FetchSink, *, should_stop: Callable[[], bool]) -> HttpAnswer:
        """Hand the body to `sink` as it comes, however long; return the answer without it.

        A redirect is followed to another server too (a hub keeps its files elsewhere): give no credentials. Raises
        what `request` and the sink raise, and Cancelled within a second of `should_stop` saying so.
        """
        self._meter.should_stop = should_stop
        try:
            return self._follow(call, partial(_pour, sink), redirect_elsewhere)
        finally:
            self._meter.should_stop = None

    def _follow(
        self,
        call: HttpCall,
        read: Callable[[httpx.Response], bytes],
        redirected: Callable[[HttpCall, httpx.URL, HttpAnswer], httpx.URL | None],
    ) -> HttpAnswer:
        url = _checked_url(call, self._limits.plain_hosts)
        self._meter.ends_at = time.monotonic() + call.deadline
        for _ in range(self._limits.max_redirects + 1):
            answer = self._exchange(call, url, read)
            target = redirected(call, url, answer)
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

    def _exchange(self, call: HttpCall, url: httpx.URL, read: Callable[[httpx.Response], bytes]) -> HttpAnswer:
        host = _host(url)
        self._wait_turn(host)
        self._meter.restart()
        self._boundary("send")
        started = time.monotonic()
        outcome = "no answer"
        try:
            answer = self._receive(call, url, read)
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

    def _receive(self, call: HttpCall, url: httpx.URL, read: Callable[[httpx.Response], bytes]) -> HttpAnswer:
        silence = self._limits.silence
        timeout = httpx.Timeout(connect=self._limits.connect, read=silence, write=silence, pool=silence)
        content = call.content or None
        with self._client.stream(call.method, url, headers=call.headers, content=content, timeout=timeout) as response:
            body = read(response)
            headers = _lower(response.headers)
            status = response.status_code
        server_time = http_date(headers.get("date", ""))
        wait = seconds_to_wait(headers.get("retry-after", ""), server_time or self._clock.now())
        return HttpAnswer(status, headers, body, wait, server_time)

    def _whole_body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > self._limits.max_body:
                raise Rejected(
                    f"The answer of {response.url.host} is far too big, so it was not read.",
                    detail=f"over {self._limits.max_body} bytes",
                )
        return bytes(body)

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


def _checked_url(call: HttpCall, plain_hosts: frozenset[str]) -> httpx.URL:
    try:
        url = httpx.URL(call.url)
        for name, value in call.headers.items():
            _check_header(name, value)
    except (httpx.InvalidURL, ValueError) as error:
        sentence = "A setting of this connection holds characters that cannot be sent; enter it again."
        raise UserActionNeeded(sentence, detail=type(error).__name__) from error
    _check_address(url, plain_hosts)
    return url.copy_merge_params(call.params) if call.params else url


def _check_address(url: httpx.URL, plain_hosts: frozenset[str] = frozenset()) -> None:
    host = url.raw_host.decode("ascii", "replace")
    if url.userinfo or not _HOST.fullmatch(host) or not 0 < (url.port or 1) < 65536 or url.scheme not in _SCHEMES:
        raise UserActionNeeded("The server's address is not complete: it should look like https://name.example.")
    if url.scheme == "http" and not is_loopback(url.host) and url.host not in plain_hosts:
        raise UserActionNeeded(
            f"The address of {url.host} begins with http://, which anybody on the way can read; use https://."
        )


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
    target = _target(url, answer)
    if target is None:
        return None
    if call.method in _READING and (target.scheme, _host(target)) == (url.scheme, _host(url)):
        return target
    raise UserActionNeeded(
        f"{url.host} sends us on to another address; check the address in the settings, and the network you are on.",
        detail=f"{answer.status} on {call.method}",
    )


def redirect_elsewhere(_call: HttpCall, url: httpx.URL, answer: HttpAnswer) -> httpx.URL | None:
    """Return where a download goes on: wherever a call of ours may go, but not from the network to this machine."""
    target = _target(url, answer)
    if target is None:
        return None
    if is_loopback(target.host) and not is_loopback(url.host):
        raise UserActionNeeded(f"{url.host} sends us to this computer; check the network you are on.")
    _check_address(target)
    return target


def _target(url: httpx.URL, answer: HttpAnswer) -> httpx.URL | None:
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or location is None:
        return None
    try:
        return url.join(location)
    except httpx.InvalidURL as error:
        sentence = f"{url.host} sends us on to an address that is none; check the address in the settings."
        raise UserActionNeeded(sentence, detail=str(answer.status)) from error


def _pour(sink: FetchSink, response: httpx.Response) -> bytes:
    if response.status_code in _REDIRECTS and "location" in response.headers:
        return b""
    if sink.begin(response.status_code, _lower(response.headers)):
        for piece in response.iter_raw():
            sink.take(piece)
    return b""


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


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
