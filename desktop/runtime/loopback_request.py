"""One HTTP/1.1 request out of the bytes of a stranger, bounded in every direction (RFC 9112).

What could be read in two ways is refused: two lengths, a length beside chunks, a folded header, a bare line feed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_HEAD = 16 * 1024
MOST_HEADERS = 100
LONGEST_CHUNK_LINE = 200
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}"
_FIRST = re.compile(rb"(" + _TOKEN + rb") (/[\x21-\x7e]{0,4000}) HTTP/1\.([01])")
_HEADER = re.compile(rb"(" + _TOKEN + rb"):[ \t]*([\x20-\x7e\t\x80-\xff]*)")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[\x20-\x7e]*)?")


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request. `target` is path and query as sent; header names are in lower case, repeated ones joined."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class BadRequest(Exception):
    """The request cannot be served; `status` is the HTTP status that says why."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class RequestReader:
    """Takes in bytes as they come. `wants_go_ahead` is True once when the sender waits for `100 Continue`."""

    def __init__(self, most_body: int) -> None:
        self._most_body = most_body
        self._waiting = bytearray()
        self._body = bytearray()
        self._head: tuple[str, str, dict[str, str]] | None = None
        self._length: int | None = None  # None: in chunks
        self._left_of_chunk = 0
        self._is_at_chunk_end = False
        self._is_in_trailer = False
        self._trailer_bytes = 0
        self.wants_go_ahead = False

    def feed(self, data: bytes) -> Request | None:
        """Take in more bytes; return the request once it is whole. Raises BadRequest."""
        self._waiting += data
        if self._head is None and not self._read_head():
            return None
        is_whole = self._read_chunks() if self._length is None else self._read_plain(self._length)
        if not is_whole or self._head is None:
            return None
        method, target, headers = self._head
        return Request(method, target, headers, bytes(self._body))

    def _read_head(self) -> bool:
        end = self._waiting.find(b"\r\n\r\n")
        if end < 0 or end > LONGEST_HEAD:
            if len(self._waiting) > LONGEST_HEAD:
                raise BadRequest(431)
            return False
        lines = bytes(self._waiting[:end]).split(b"\r\n")
        del self._waiting[: end + 4]
        first = _FIRST.fullmatch(lines[0])
        if first is None:
            raise BadRequest(400)
        headers = _headers(lines[1:])
        if "host" not in headers and first[3] == b"1":
            raise BadRequest(400)
        self._length = _length(headers)
        if self._length is not None and self._length > self._most_body:
            raise BadRequest(413)
        self.wants_go_ahead = headers.get("expect", "").lower() == "100-continue" and not self._waiting
        self._head = (first[1].decode(), first[2].decode(), headers)
        return True

    def _read_plain(self, length: int) -> bool:
        self._body += self._waiting
        self._waiting.clear()
        if len(self._body) > length:
            del self._body[length:]  # what follows would be a second request: the line is closed after the first
        return len(self._body) == length

    def _read_chunks(self) -> bool:
        while self._waiting:
            if self._left_of_chunk:
                piece = self._waiting[: self._left_of_chunk]
                del self._waiting[: len(piece)]
                self._left_of_chunk -= len(piece)
                self._body += piece
                self._is_at_chunk_end = not self._left_of_chunk
                continue
            line = self._line()
            if line is None:
                return False
            if self._is_in_trailer:
                if not line:
                    return True
                self._trailer_bytes += len(line)
                if self._trailer_bytes > LONGEST_HEAD:
                    raise BadRequest(431)
            elif self._is_at_chunk_end:
                if line:
                    raise BadRequest(400)
                self._is_at_chunk_end = False
            else:
                self._begin_chunk(line)
        return False

    def _begin_chunk(self, line: bytes) -> None:
        found = _CHUNK.fullmatch(line)
        if found is None:
            raise BadRequest(400)
        self._left_of_chunk = int(found[1], 16)
        self._is_in_trailer = not self._left_of_chunk
        if len(self._body) + self._left_of_chunk > self._most_body:
            raise BadRequest(413)

    def _line(self) -> bytes | None:
        end = self._waiting.find(b"\r\n")
        if end > LONGEST_CHUNK_LINE or (end < 0 and len(self._waiting) > LONGEST_CHUNK_LINE):
            raise BadRequest(400)
        if end < 0:
            return None
        line = bytes(self._waiting[:end])
        del self._waiting[: end + 2]
        return line


def _headers(lines: list[bytes]) -> dict[str, str]:
    if len(lines) > MOST_HEADERS:
        raise BadRequest(431)
    headers: dict[str, str] = {}
    for line in lines:
        found = _HEADER.fullmatch(line)
        if found is None:
            raise BadRequest(400)
        name, value = found[1].decode().lower(), found[2].decode("latin-1").strip()
        if name in headers and name in {"content-length", "transfer-encoding", "host"}:
            raise BadRequest(400)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _length(headers: Mapping[str, str]) -> int | None:
    """Return how long the body is, None when it comes in chunks."""
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None:
        if length is not None:
            raise BadRequest(400)
        if coding.lower() != "chunked":
            raise BadRequest(501)
        return None
    if length is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,12}", length):
        raise BadRequest(400)
    return int(length)
