"""The line to a CRM that a mapping describes: operations out, JSON or one of our errors back."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from msgspec import UNSET

from desktop.connectors.custom.errors import Fault, fault_in
from desktop.connectors.custom.mapping import CrmMap, Encoded, Operation
from desktop.connectors.custom.pointers import MISSING, look
from desktop.connectors.custom.templates import as_text, fill, fill_path, fill_text
from desktop.connectors.exchange import HttpAnswer, HttpCall
from desktop.connectors.header_words import LONGEST_RETRY_AFTER, typed_url
from desktop.connectors.refusals import SIGN_IN, TROUBLE, to_error
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Clock
from desktop.domain.rights import Quota

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

PURPOSE = "custom"

_LINK = re.compile(r"<([^<>]+)>\s*;(?:.*;)?\s*rel=(\"[^\"]*\"|[^\s;]+).*")
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class Refused(Exception):
    """The CRM refused a call. Never leaves the connector: `error` is what to raise when nobody knows better."""

    def __init__(self, fault: Fault, error: DealsideError) -> None:
        super().__init__(fault.detail)
        self.fault = fault
        self.error = error


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer. `body` is None for an empty one; header names are lower case."""

    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs in. `secret` gives it at each sign-in."""

    user: str
    secret: Callable[[], str | None]


class CustomLine:
    """One CRM's line. `may_have_been_done` tells of the last call that failed: it may be carried out all the same."""

    def __init__(
        self, http: "HttpBoundary", mapping: CrmMap, address: str, who: Credentials, clock: Clock, *, deadline: float
    ) -> None:
        """`address` is what the rep typed; raises UserActionNeeded when it is none."""
        url = typed_url(address or mapping.address)
        if url is None or url.query or url.fragment:
            raise UserActionNeeded(f"Enter the address of {mapping.title}'s interface, like https://crm.example/api.")
        self._origin = f"{url.scheme}://{url.netloc}"
        self._base = f"{self._origin}{url.path.rstrip('/')}"
        self._http = http
        self._mapping = mapping
        self._who = who
        self._clock = clock
        self._deadline = deadline
        self._session: Mapping[str, Any] | None = None
        self.server_time: datetime | None = None
        self.may_have_been_done = False
        self.quota: Quota | None = None

    def ask(self, operation: Operation, values: Mapping[str, Any], *, address: str = "") -> Reply:
        """Carry out an operation; `address` is a next page's own. Raises only our errors."""
        try:
            return self.attempt(operation, values, address=address)
        except Refused as refusal:
            raise refusal.error from None

    def attempt(self, operation: Operation, values: Mapping[str, Any], *, address: str = "") -> Reply:
        """Carry out an operation; raise Refused when the CRM refuses, our errors when it does not answer."""
        renewed = self._mapping.sign_in.kind == "session" and self._session is None
        try:
            return self._once(operation, values, address)
        except Refused as refusal:
            if refusal.fault.refusal is not SIGN_IN or self._mapping.sign_in.kind != "session":
                raise
            self._session = None  # it has run out; the CRM did nothing, so that asking again is safe
            if renewed:
                raise
            return self._once(operation, values, address)

    def inside(self, address: str) -> str:
        """Return a next page's address; raise UserActionNeeded when it is on another server."""
        try:
            url = urlsplit(address)
        except ValueError:
            url = urlsplit("?")
        if f"{url.scheme}://{url.netloc}" == self._origin:
            return address
        if not url.scheme and not url.netloc and address.startswith("/"):
            return f"{self._origin}{address}"
        raise UserActionNeeded(
            f"{self._mapping.title} sends us on to another address for the rest of a list; check the mapping file."
        )

    def forget(self) -> None:
        """Sign in anew with the next call."""
        self._session = None

    def garbled(self) -> Temporary:
        """Return the error for an answer that lacks what the mapping promises."""
        return Temporary(
            f"{self._mapping.title}'s answer was cut off or is not what the mapping file says; trying again later.",
            detail="not as mapped",
        )

    # --- one exchange -----------------------------------------------------------------------------------------------

    def _once(self, operation: Operation, values: Mapping[str, Any], address: str) -> Reply:
        self.may_have_been_done = False
        signed = self._signed()
        self.may_have_been_done = True
        known = {**self._mapping.constants, "user": self._who.user, **(self._session or {}), **values}
        return self._judged(operation, self._http.request(self._call(operation, known, signed, address)))

    def _call(
        self, operation: Operation, values: Mapping[str, Any], signed: Mapping[str, str], address: str
    ) -> HttpCall:
        headers = {"Accept": "application/json", **self._mapping.headers, **signed}
        headers |= {name: fill_text(text, values) for name, text in operation.headers.items() if _is_full(text, values)}
        content, kind = _content(operation, values)
        if content:
            headers.setdefault("Content-Type", kind)
        params = {} if address else {name: as_text(value) for name, value in fill(operation.params, values).items()}
        path = fill_path(operation.path or self._mapping.graphql, values)
        method = "POST" if operation.graphql else operation.method
        url = address or f"{self._base}{path}"
        return HttpCall(method, url, PURPOSE, headers, params, content, self._deadline)

    def _judged(self, operation: Operation, answer: HttpAnswer) -> Reply:
        self.server_time = answer.server_time or self.server_time
        self._note_quota(answer.headers)
        body = _parsed(answer.body)
        fault = fault_in(self._mapping.errors, answer.status, body, operation.fault)
        if fault is None:
            if body is MISSING:
                raise self.garbled()
            return Reply(body, answer.headers)
        self.may_have_been_done = fault.refusal is TROUBLE
        raise Refused(fault, self.error(fault, self._wait(answer)))

    def error(self, fault: Fault, retry_after: float | None = None) -> DealsideError:
        """Return the error to raise for a fault."""
        return to_error(
            fault.refusal,
            vendor=self._mapping.title,
            fields=", ".join(f"“{name}”" for name in fault.names),
            detail=fault.detail,
            retry_after=retry_after,
        )

    # --- signing ----------------------------------------------------------------------------------------------------

    def _signed(self) -> dict[str, str]:
        sign_in = self._mapping.sign_in
        if sign_in.kind == "none":
            return {}
        if sign_in.kind == "session":
            session = self._session = self._session or self._signed_in()
            values = {**self._mapping.constants, "user": self._who.user, **session}
            return {name: _header(value, values) for name, value in sign_in.headers.items()}
        secret = self._secret()
        if sign_in.kind == "basic":
            return {"Authorization": f"Basic {_encoded(f'{self._who.user}:{secret}')}"}
        if not secret.isascii() or not secret.isprintable() or " " in secret:
            raise self._no_sign_in()
        if sign_in.kind == "bearer":
            return {"Authorization": f"Bearer {secret}"}
        return {sign_in.header: fill_text(sign_in.value, {"secret": secret, "user": self._who.user})}

    def _signed_in(self) -> Mapping[str, Any]:
        sign_in = self._mapping.sign_in
        values = {**self._mapping.constants, "user": self._who.user, "secret": self._secret()}
        operation = sign_in.call or Operation()
        try:
            reply = self._judged(operation, self._http.request(self._call(operation, values, {}, "")))
        except Refused as refusal:
            if isinstance(refusal.error, Rejected) or refusal.fault.refusal is SIGN_IN:
                raise self._no_sign_in() from None
            raise refusal.error from None
        found = {name: look(reply.body, pointer) for name, pointer in sign_in.keep.items()}
        if any(not isinstance(value, str | int) or isinstance(value, bool) for value in found.values()):
            raise self._no_sign_in()
        return found

    def _secret(self) -> str:
        secret = (self._who.secret() or "").strip()
        if not secret:
            raise self._no_sign_in()
        return secret

    def _no_sign_in(self) -> UserActionNeeded:
        return UserActionNeeded(
            f"{self._mapping.title} did not let us in; check the user and the secret of this connection."
        )

    # --- rates ------------------------------------------------------------------------------------------------------

    def _wait(self, answer: HttpAnswer) -> float | None:
        wait = self._mapping.limits.wait
        number = _number(answer.headers.get(wait.header.lower(), "")) if wait else None
        if wait is None or number is None:
            return answer.retry_after
        seconds = number / 1000 if wait.form in {"milliseconds", "epoch_milliseconds"} else number
        if wait.form in {"epoch", "epoch_milliseconds"}:
            seconds -= (answer.server_time or self._clock.now()).timestamp()
        return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)

    def _note_quota(self, headers: Mapping[str, str]) -> None:
        limits = self._mapping.limits
        allowed = _number(headers.get(limits.allowed.lower(), "")) if limits.allowed else None
        left = _number(headers.get(limits.left.lower(), "")) if limits.left else None
        if allowed is not None and left is not None:
            self.quota = Quota(used=max(int(allowed - left), 0), limit=int(allowed))


def _content(operation: Operation, values: Mapping[str, Any]) -> tuple[bytes, str]:
    if operation.graphql:
        body: Any = {"query": operation.graphql, "variables": fill(operation.variables, values)}
    elif operation.body is UNSET:
        return b"", ""
    else:
        body = fill(operation.body, values)
    if operation.send == "form" and isinstance(body, dict):
        form = {name: as_text(value) for name, value in body.items()}
        return urlencode(form, errors="replace").encode(), "application/x-www-form-urlencoded"
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"), "application/json"


def _parsed(raw: bytes) -> Any:
    """Return JSON, None for nothing, MISSING for what is no JSON."""
    if not raw.strip():
        return None
    try:
        body = json.loads(raw)
        if _HALF.search(raw):  # halves of characters, which nothing of ours could store
            body = json.loads(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return MISSING
    return body


def _is_full(text: str, values: Mapping[str, Any]) -> bool:
    """Return False for a header that would be empty, such as If-Match without a version."""
    return bool(fill_text(text, values))


def _header(value: str | Encoded, values: Mapping[str, Any]) -> str:
    if isinstance(value, str):
        return fill_text(value, values)
    return f"{value.prefix}{_encoded(fill_text(value.base64, values))}"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "replace")).decode()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None


def next_link(header: str) -> str:
    """Return the address of the next page in a Link header (RFC 8288), or nothing."""
    for link in header.split(","):
        found = _LINK.fullmatch(link.strip())
        if found and "next" in found[2].replace('"', "").split():
            return found[1]
    return ""
