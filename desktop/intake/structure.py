"""The tree of a MIME mail, as offsets into its bytes, with a bound on depth and on the number of parts.

Offsets instead of copies: a 50 MB mail is split without being copied once per level.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from desktop.intake.charsets import Troubles
from desktop.intake.headers import MAX_BLOCK, Headers, loose_base64, parameters, parse_headers

MAX_DEPTH = 20
MAX_PARTS = 500
MAX_BOUNDARY = 200

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,120}")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers, type, and where its content lies: bytes [start, end) of the mail.

    `children` are the parts of a multipart or the one mail inside a message/rfc822.
    """

    headers: Headers
    content_type: str
    params: dict[str, str]
    disposition: str
    filename: str
    start: int
    end: int
    children: tuple["Part", ...] = ()

    @property
    def is_attachment(self) -> bool:
        """Whether the part is meant as a file, not as text to read on the spot."""
        return self.disposition == "attachment" or bool(self.filename)

    def walk(self) -> Iterator["Part"]:
        """Yield this part and all below it, in the order of the mail."""
        yield self
        for child in self.children:
            yield from child.walk()


class TreeReader:
    """Reads one mail's tree. Holds what is counted across its parts."""

    def __init__(self, raw: bytes, troubles: Troubles) -> None:
        self._raw = raw
        self._troubles = troubles
        self._parts = 0

    def read(self) -> Part:
        """Return the root part of the mail."""
        return self._part(0, len(self._raw), depth=0, default="text/plain")

    def _part(self, start: int, end: int, *, depth: int, default: str) -> Part:
        self._parts += 1
        headers, body = self._headers(start, end)
        value = headers.first("content-type")
        named = _TYPE.match(value.strip())
        content_type = named[0].lower() if named else default
        params = parameters(value, self._troubles)
        disposition_value = headers.first("content-disposition")
        placed = parameters(disposition_value, self._troubles)
        return Part(
            headers,
            content_type,
            params,
            disposition_value.partition(";")[0].strip().lower()[:40],
            (placed.get("filename") or params.get("name", "")).strip("\"' "),
            body,
            end,
            self._children(content_type, params, body, end=end, depth=depth),
        )

    def _headers(self, start: int, end: int) -> tuple[Headers, int]:
        """Return the header fields and where the body starts; a first line that is no field means: no header."""
        match = _BLANK_LINE.search(self._raw, start, end)
        stop, body = (match.start(), match.end()) if match else (end, end)
        if self._raw[start : start + 1] == b"\n" or self._raw[start : start + 2] == b"\r\n":
            stop, body = start, start + (2 if self._raw[start : start + 1] == b"\r" else 1)
        block = self._raw[start : min(stop, start + MAX_BLOCK + 1)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        headers = parse_headers(block, self._troubles)
        if not headers.fields and stop > start:
            return headers, start
        return headers, body

    def _children(
        self, content_type: str, params: dict[str, str], start: int, *, end: int, depth: int
    ) -> tuple[Part, ...]:
        is_multipart = content_type.startswith("multipart/")
        if not is_multipart and content_type != "message/rfc822":
            return ()
        if depth >= MAX_DEPTH:
            self._troubles.add("The mail's parts are nested too deeply; the innermost were not read.")
            return ()
        if not is_multipart:
            return (self._part(start, end, depth=depth + 1, default="text/plain"),)
        default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
        found: list[Part] = []
        for first, last in self._sections(params.get("boundary", ""), start, end):
            if self._parts >= MAX_PARTS:
                self._troubles.add(f"The mail has a great many parts; only the first {MAX_PARTS} were read.")
                break
            found.append(self._part(first, last, depth=depth + 1, default=default))
        return tuple(found)

    def _sections(self, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield where the sections between boundary lines lie; a missing last line means: to the end."""
        open_at = -1
        for first, after, is_last in self._marks(boundary, start, end):
            if open_at >= 0:
                yield open_at, max(open_at, first)
            open_at = -1 if is_last else after
            if is_last:
                return
        if open_at >= 0:
            self._troubles.add("The mail breaks off before its end.")
            yield open_at, end
        elif start < end:
            self._troubles.add("The mail does not say where its parts begin; it was read as one text.")
            yield start, end

    def _marks(self, boundary: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Yield (where the line's own break begins, where the next line begins, is it the last one)."""
        if not boundary:
            return
        mark = re.escape(b"--" + boundary[:MAX_BOUNDARY].encode("utf-8", "replace"))
        # The literal comes first and the look-behind after it, because that lets the search skip ahead.
        line = re.compile(mark + rb"(?<=\n" + mark + rb")(--)?[ \t]*\r?(?:\n|\Z)")
        for match in line.finditer(self._raw, start, end):
            first = match.start() - (2 if self._raw[match.start() - 2 : match.start()] == b"\r\n" else 1)
            yield max(start, first), match.end(), match[1] is not None


def decoded(raw: bytes, part: Part, *, limit: int) -> tuple[bytes, bool]:
    """Return at most `limit` bytes of a leaf part with its transfer encoding undone, and whether that is all."""
    encoding = part.headers.first("content-transfer-encoding").strip().lower()[:30]
    room = limit * 2 if encoding == "base64" else limit * 3 if encoding == "quoted-printable" else limit
    content = raw[part.start : min(part.end, part.start + room)]
    if encoding == "base64":
        content = loose_base64(content)
    elif encoding == "quoted-printable":
        content = binascii.a2b_qp(content)
    elif encoding in ("x-uuencode", "uuencode", "x-uue"):
        content = _uudecoded(content)
    return content[:limit], part.end - part.start <= room and len(content) <= limit


def _uudecoded(content: bytes) -> bytes:
    lines = content.split(b"\n")
    out: list[bytes] = []
    for line in lines[1:] if lines[0].startswith(b"begin ") else lines:
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out)


def decoded_size(raw: bytes, part: Part) -> int:
    """Return the size in bytes of a part after decoding, counted without decoding it."""
    length = part.end - part.start
    if part.headers.first("content-transfer-encoding").strip().lower() != "base64":
        return length
    breaks = raw.count(b"\n", part.start, part.end) + raw.count(b"\r", part.start, part.end)
    padding = raw[max(part.start, part.end - 8) : part.end].count(b"=")
    return max(0, (length - breaks) * 3 // 4 - padding)
