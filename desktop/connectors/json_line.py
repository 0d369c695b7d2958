"""A vendor's JSON over HTTP: every call ends in an answer or in one of our errors, judged by the vendor's own codes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from desktop.connectors.exchange import HttpAnswer, HttpCall
from desktop.connectors.refusals import Refusal, to_error
from desktop.domain.errors import DealsideError, Temporary, UserActionNeeded

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

Judged = tuple[Refusal, tuple[str, ...], str]
"""What to do, the fields that are to blame, and a detail for the log without anybody's values."""

Judge = Callable[[int, Any], Judged]
"""Judges an error answer: its status and its JSON (None when it is none). Codes count for more than the status."""

GOOD = range(200, 300)
MISSING = 404


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """An answer that is no error. `body` is None for an empty one."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class JsonCall:
    """One call. `path` stands below the origin; `also` are statuses that are an answer, not an error.

    A `body` of bytes is sent as it is; its Content-Type has to stand in `headers`.
    """

    method: str
    path: str
    body: Any = None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    also: frozenset[int] = frozenset()


class JsonLine:
    """The line to one vendor. `authorize` gives the headers that sign a call, at each call."""

    def __init__(
        self,
        http: "HttpBoundary",
        *,
        origin: str,
        vendor: str,
        authorize: Callable[[], Mapping[str, str]],
        judge: Judge,
        deadline: float = 60.0,
    ) -> None:
        self._http = http
        self._origin = origin.rstrip("/")
        self._vendor = vendor
        self._authorize = authorize
        self._judge = judge
        self._deadline = deadline
        self.server_time: datetime | None = None

    def ask(self, call: JsonCall) -> JsonAnswer:
        """Send a call; raise one of our errors for whatever is no good answer.

        A write whose answer was lost raises Temporary: it may have been carried out all the same.
        """
        return self.judged(self.exchange(call), call)

    def exchange(self, call: JsonCall) -> HttpAnswer:
        """Send a call and return the answer as it came, whatever its status; see HttpBoundary.request for errors."""
        answer = self._http.request(self._as_http(call))
        self.server_time = answer.server_time or self.server_time
        return answer

    def judged(self, answer: HttpAnswer, call: JsonCall) -> JsonAnswer:
        """Return what an answer to `call` holds; raise one of our errors for whatever is no good answer."""
        if answer.status in GOOD or answer.status in call.also:
            return JsonAnswer(answer.status, self._read(answer, call), answer.headers)
        raise self._refused(answer)

    def find(self, call: JsonCall) -> JsonAnswer | None:
        """Send a call that may ask for what is not there; return None for a 404."""
        answer = self.ask(replace(call, also=call.also | {MISSING}))
        return None if answer.status == MISSING else answer

    def _as_http(self, call: JsonCall) -> HttpCall:
        content = _content(call.body)
        headers = {"Accept": "application/json", **self._authorize(), **call.headers}
        if call.body is not None:
            headers.setdefault("Content-Type", "application/json")
        return HttpCall(
            call.method,
            f"{self._origin}{call.path}",
            self._vendor.lower(),
            headers=headers,
            params=call.params,
            content=content,
            deadline=self._deadline,
        )

    def _read(self, answer: HttpAnswer, call: JsonCall) -> Any:
        if not answer.body.strip():
            return None
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            if answer.status in call.also:
                return None  # an error page; the status alone was asked for
            sentence = f"{self._vendor}'s answer was cut off or garbled; trying again later."
            raise Temporary(sentence, detail=type(error).__name__) from None

    def _refused(self, answer: HttpAnswer) -> DealsideError:
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError):
            body = None
        refusal, fields, detail = self._judge(answer.status, body)
        return to_error(
            refusal,
            vendor=self._vendor,
            fields=", ".join(fields),
            detail=detail or str(answer.status),
            retry_after=answer.retry_after,
        )


def _content(body: Any) -> bytes:
    if body is None or isinstance(body, bytes):
        return body or b""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def segment(text: str) -> str:
    """Return one part of a path in which every character of `text` stands for itself."""
    return quote(text, safe="")


def bearer(token: str | None, vendor: str) -> dict[str, str]:
    """Return the header that carries an access token; raise UserActionNeeded for one that cannot be sent."""
    clean = (token or "").strip()
    if not clean or not clean.isascii() or not clean.isprintable() or " " in clean:
        raise UserActionNeeded(f"There is no usable access token for {vendor}; sign in to it again.")
    return {"Authorization": f"Bearer {clean}"}


def rows_of(body: Any, *keys: str) -> Sequence[Mapping[str, Any]]:
    """Return the list of objects that stands under `keys`; raise ValueError when there is none."""
    for key in keys:
        body = body[key] if isinstance(body, Mapping) and key in body else None
    if not isinstance(body, list) or not all(isinstance(row, Mapping) for row in body):
        raise ValueError("no list of records")
    return body
