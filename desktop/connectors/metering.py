"""Network streams that count bytes and end every wait with the exchange, however slowly a server trickles."""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from desktop.domain.errors import Cancelled

_PIECE = 64 * 1024
_GLANCE = 0.25  # seconds of silence after which somebody may have asked us to stop


class Meter:
    """Bytes of the exchange under way (inside TLS), when it must be over, and who may stop its reading before."""

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0
        self.ends_at = 0.0
        self.should_stop: Callable[[], bool] | None = None

    def restart(self) -> None:
        self.sent = self.received = 0

    def left(self, timeout: float | None, late: type[Exception]) -> float:
        """Return how long one wait may last; raise `late` when the exchange's time is up."""
        remaining = self.ends_at - time.monotonic()
        if remaining <= 0:
            raise late("deadline")
        return remaining if timeout is None else min(timeout, remaining)


class MeteredStream(httpcore.NetworkStream):
    """A stream whose every wait ends with the exchange: a server that trickles cannot hold us."""

    def __init__(self, inner: httpcore.NetworkStream, meter: Meter) -> None:
        self._inner = inner
        self._meter = meter

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece = self._read_or_stop(max_bytes, self._meter.left(timeout, httpcore.ReadTimeout))
        self._meter.received += len(piece)
        return piece

    def _read_or_stop(self, max_bytes: int, timeout: float) -> bytes:
        """Wait in glances where somebody may stop us: a server that falls silent must not hold up a Cancel."""
        while (should_stop := self._meter.should_stop) is not None:
            if should_stop():
                raise Cancelled("Stopped.")
            if timeout <= _GLANCE:
                break
            try:
                return self._inner.read(max_bytes, _GLANCE)
            except httpcore.ReadTimeout:
                timeout -= _GLANCE
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            piece = buffer[start : start + _PIECE]
            self._inner.write(piece, self._meter.left(timeout, httpcore.WriteTimeout))
            self._meter.sent += len(piece)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._meter.left(timeout, httpcore.ConnectTimeout)
        return MeteredStream(self._inner.start_tls(ssl_context, server_hostname, left), self._meter)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()


class MeteredBackend(httpcore.NetworkBackend):
    """Opens connections as MeteredStreams."""

    def __init__(self, meter: Meter) -> None:
        self._inner = httpcore.SyncBackend()
        self._meter = meter

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._meter.left(timeout, httpcore.ConnectTimeout)
        return MeteredStream(self._inner.connect_tcp(host, port, left, local_address, socket_options), self._meter)
