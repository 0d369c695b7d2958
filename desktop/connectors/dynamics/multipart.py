"""The body of a Dataverse `$batch` and of its answer: requests and answers one after the other, each for itself.

None of them is in a change set: what is in one fails together, and may hold no GET. The answers come in the order of
the requests (OData 4, 11.7).
"""

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from desktop.connectors.exchange import HttpAnswer
from desktop.connectors.header_words import seconds_to_wait
from desktop.connectors.json_line import JsonCall
from desktop.domain.ports import Clock

_END = b"\r\n"
_BOUNDARY = re.compile(r'multipart/mixed\s*;.*?boundary="?([\w\'()+,./:=?-]{1,70})"?', re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: [^\r\n]*)?")


def part_of(call: JsonCall) -> bytes:
    """Return one request as it stands in a batch; raise ValueError for one that would break out of its place."""
    content = b"" if call.body is None else json.dumps(call.body, ensure_ascii=False).encode("utf-8", "replace")
    query = f"?{urlencode(call.params, quote_via=quote)}" if call.params else ""
    headers = {"Accept": "application/json", **call.headers}
    if content:
        # Without its length the server has been seen to refuse the request as unreadable.
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        f"{call.method} {call.path}{query} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
        "",
    ]
    if not all(line.isascii() and line.isprintable() for line in lines):
        raise ValueError("no header")
    return _END.join([*(line.encode() for line in lines), content])


def batch_of(parts: Sequence[bytes], boundary: str) -> bytes:
    """Return the body of a batch."""
    mark = f"--{boundary}".encode()
    return b"".join(mark + _END + part + _END for part in parts) + mark + b"--" + _END


def answers_in(answer: HttpAnswer, clock: Clock) -> list[HttpAnswer | None]:
    """Return the answers in the answer to a batch, None for one that cannot be read; of a cut one what there is."""
    found = _BOUNDARY.match(answer.headers.get("content-type", ""))
    if found is None:
        return []
    pieces = (_END + answer.body).split(b"\r\n--" + found.group(1).encode())[1:]
    # What stands before a mark is whole. What follows the last one is the end, or an answer that was cut off.
    return [_answer(piece, answer, clock) for piece in pieces[:-1]]


def _answer(piece: bytes, around: HttpAnswer, clock: Clock) -> HttpAnswer | None:
    _, _, message = piece.partition(_END + _END)
    head, _, body = message.partition(_END + _END)
    first, *rest = head.split(_END)
    found = _STATUS.fullmatch(first)
    if found is None:
        return None
    headers = _headers(rest)
    wait = seconds_to_wait(headers.get("retry-after", ""), around.server_time or clock.now())
    return HttpAnswer(int(found.group(1)), headers, body, wait, around.server_time)


def _headers(lines: Sequence[bytes]) -> Mapping[str, str]:
    pairs = (line.decode("latin-1").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
