"""The `$batch` of the loopback Dataverse: as strict about its form as the real one, part by part in order."""

import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.dynamics_values import DataverseError
from tests.servers.vendor import Answer, Request

MOST = 1000
_LONGEST = 65536
_BOUNDARY = re.compile(r'multipart/mixed; ?boundary="?([\w-]{1,70})"?')
_FIRST_LINE = re.compile(r"(GET|POST|PATCH|PUT|DELETE) (/[!-~]*) HTTP/1\.1")
_REPLY = "batchresponse_5f3c1b0e"


def batched(request: Request, carry_out: Callable[[Request], Answer], *, shown: int | None = None) -> Answer:
    """Carry out a batch, and answer the first `shown`. The first error ends it, unless the sender wants to go on."""
    found = _BOUNDARY.fullmatch(request.headers.get("content-type", ""))
    if request.method != "POST" or found is None:
        raise _malformed("The content type is no multipart/mixed with a boundary.")
    requests = [_request(piece, request) for piece in _pieces(request.raw, found.group(1))]
    goes_on = "odata.continue-on-error" in request.headers.get("prefer", "")
    answers: list[Answer] = []
    for part in requests:
        answers.append(carry_out(part))
        if answers[-1].status >= 400 and not goes_on:
            break
    status = 200 if goes_on else answers[-1].status if answers[-1].status >= 400 else 200
    return Answer(status, _body(answers[:shown]), {"Content-Type": f"multipart/mixed; boundary={_REPLY}"})


def _pieces(raw: bytes, boundary: str) -> list[bytes]:
    if re.search(rb"(?<!\r)\n--", raw):
        raise _malformed("The lines have to end in CRLF.")
    mark = f"--{boundary}".encode()
    first, *pieces = (b"\r\n" + raw).split(b"\r\n" + mark)
    if first or not pieces or pieces.pop().strip() != b"--":
        raise _malformed("The boundary is missing, or the end.")
    if not 0 < len(pieces) <= MOST:
        raise _malformed(f"The batch holds {len(pieces)} operations; the maximum is {MOST}.")
    return pieces


def _request(piece: bytes, around: Request) -> Request:
    outer, _, message = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    about = _headers(outer.decode("ascii"))
    if about != {"content-type": "application/http", "content-transfer-encoding": "binary"}:
        raise _malformed("A part is no application/http.")
    head, is_ended, content = message.partition(b"\r\n\r\n")
    first, _, lines = head.decode("ascii").partition("\r\n")
    found = _FIRST_LINE.fullmatch(first)
    if found is None or not is_ended or len(found.group(2)) > _LONGEST:
        raise _malformed("A part has no request line.")
    headers, url = _headers(lines), urlsplit(found.group(2))
    if url.path.endswith("/$batch"):
        raise _malformed("A batch cannot hold a batch.")
    body = _content(found.group(1), headers, content)
    return Request(
        found.group(1),
        url.path,
        tuple(unquote(part) for part in url.path.split("/") if part),
        dict(parse_qsl(url.query, keep_blank_values=True)),
        {**headers, "host": around.headers.get("host", "")},
        content,
        body,
    )


def _content(method: str, headers: Mapping[str, str], content: bytes) -> object:
    if method in {"GET", "DELETE"}:
        if content.strip() or "content-type" in headers:
            raise _malformed("A part that reads has a body.")
        return None
    if headers.get("content-length") != str(len(content)):
        raise DataverseError(400, "0x80048d19", "Error identified in Payload: Stream was not readable.")
    try:
        return json.loads(content)
    except ValueError:
        return None


def _headers(text: str) -> dict[str, str]:
    lines = [line.partition(":") for line in text.split("\r\n") if line]
    if any("\n" in "".join(line) or not line[1] for line in lines):
        raise _malformed("A header is no header.")
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _body(answers: list[Answer]) -> bytes:
    pieces = []
    for answer in answers:
        content = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
        headers = {**answer.headers, "OData-Version": "4.0"}
        if content:
            headers["Content-Type"] = "application/json; odata.metadata=minimal"
        lines = [
            f"--{_REPLY}",
            "Content-Type: application/http",
            "Content-Transfer-Encoding: binary",
            "",
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            *(f"{name}: {value}" for name, value in headers.items()),
            "",
            "",
        ]
        pieces.append("\r\n".join(lines).encode() + content + b"\r\n")
    return b"".join(pieces) + f"--{_REPLY}--\r\n".encode()


def _malformed(why: str) -> DataverseError:
    return DataverseError(400, "0x80060888", f"The batch request is not valid: {why}")
