"""A hub of model files on loopback that does, when told to, what real ones do on bad days."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.servers.loopback import LoopbackHandler, LoopbackServer

Fault = Callable[["Handler", bytes], None]
"""Answers one request instead of the hub. Is handed the request and the file's content."""


@dataclass
class Asked:
    """One request as it came."""

    path: str
    range: str | None
    if_range: str | None
    encoding: str | None


@dataclass
class FileHub(LoopbackServer):
    """Serves `content` under every path, with ETag and ranges; the nth request meets the nth fault, then none."""

    content: bytes
    faults: list[Fault | None] = field(default_factory=list)
    etag: str = '"one"'
    asked: list[Asked] = field(default_factory=list)


class Handler(LoopbackHandler):
    """One connection to the hub."""

    @property
    def files(self) -> FileHub:
        return self.served_by

    def do_GET(self) -> None:  # noqa: N802  (the library calls it so)
        hub = self.files
        headers = self.headers
        hub.asked.append(
            Asked(self.path, headers.get("Range"), headers.get("If-Range"), headers.get("Accept-Encoding"))
        )
        fault = hub.faults.pop(0) if hub.faults else None
        (fault or whole_or_rest)(self, hub.content)

    def start(self, status: int, **headers: object) -> None:
        """Send status line and headers; `Content_Length=5` becomes `Content-Length: 5`."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def offset(self) -> int:
        """Return where the asked range begins, 0 for the whole or when If-Range does not hold."""
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if_range = self.headers.get("If-Range")
        return int(found.group(1)) if found and if_range in (None, self.files.etag) else 0


FileHub.handler = Handler


def begin(request: Handler, content: bytes, *, length: int | None = None) -> bytes:
    """Send the headers of a proper answer; return the body that belongs to it."""
    start, total = request.offset(), len(content)
    body = content[start:]
    headers = {"ETag": request.files.etag, "Content_Length": len(body) if length is None else length}
    if start:
        headers["Content_Range"] = f"bytes {start}-{total - 1}/{total}"
    request.start(206 if start else 200, **headers)
    return body


def whole_or_rest(request: Handler, content: bytes) -> None:
    """Answer as one should."""
    request.wfile.write(begin(request, content))


def drop_after(size: int) -> Fault:
    """Hang up after so many bytes of the body."""

    def fault(request: Handler, content: bytes) -> None:
        request.wfile.write(begin(request, content)[:size])
        request.close_connection = True

    return fault


def fall_silent_after(size: int) -> Fault:
    """Send so many bytes of the body, then nothing, with the line open."""

    def fault(request: Handler, content: bytes) -> None:
        request.wfile.write(begin(request, content)[:size])
        request.wfile.flush()
        request.files.stopping.wait(30)
        request.close_connection = True

    return fault


def wrong_bytes(request: Handler, content: bytes) -> None:
    """Send as many bytes as there should be, with one in the middle changed."""
    body = bytearray(begin(request, content))
    body[len(body) // 2] ^= 1
    request.wfile.write(body)


def another_length(extra: bytes) -> Fault:
    """Send a file that is longer, and say so."""

    def fault(request: Handler, content: bytes) -> None:
        whole_or_rest(request, content + extra)

    return fault


def endless(request: Handler, content: bytes) -> None:
    """Send the file without saying how long it is, and go on."""
    request.start(200, Connection="close")
    request.wfile.write(content * 3)
    request.close_connection = True


def ignore_range(request: Handler, content: bytes) -> None:
    """Send the whole file whatever was asked for."""
    request.start(200, ETag=request.files.etag, Content_Length=len(content))
    request.wfile.write(content)


def wrong_range(request: Handler, content: bytes) -> None:
    """Send another piece than asked for."""
    request.start(206, Content_Range=f"bytes 0-9/{len(content)}", Content_Length=10)
    request.wfile.write(content[:10])


def short_range(size: int) -> Fault:
    """Send a shorter piece than asked for, as a server may."""

    def fault(request: Handler, content: bytes) -> None:
        start = request.offset()
        body = content[start : start + size]
        span = f"bytes {start}-{start + len(body) - 1}/{len(content)}"
        request.start(206, ETag=request.files.etag, Content_Range=span, Content_Length=len(body))
        request.wfile.write(body)

    return fault


def refuse(status: int, **headers: object) -> Fault:
    """Answer with an error status."""

    def fault(request: Handler, content: bytes) -> None:
        request.start(status, Content_Length=4, **headers)
        request.wfile.write(b"oops")

    return fault


def send_on(address: Callable[[], str]) -> Fault:
    """Redirect to another server, under the same path."""

    def fault(request: Handler, content: bytes) -> None:
        request.start(302, Location=address() + request.path, Content_Length=0)

    return fault


def sign_in_page(request: Handler, content: bytes) -> None:
    """Answer as the network of a hotel does."""
    page = b"<html>Welcome! Please sign in.</html>"
    request.start(200, Content_Type="text/html; charset=utf-8", Content_Length=len(page))
    request.wfile.write(page)


def compressed(request: Handler, content: bytes) -> None:
    """Send something compressed though that was not asked for."""
    request.start(200, Content_Encoding="gzip", Content_Length=len(content))
    request.wfile.write(content)
