"""What comes to our door while the rep signs in: the browser with the answer, or anybody else on this machine.

Whoever does not know `state` changes nothing: they get a page, and we go on waiting. The first who knows it ends the
sign-in, for good or ill (RFC 6749, 4.1.2; RFC 9207). Nothing that came in is ever shown, logged or put into an error.
"""

import hmac
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from desktop.connectors.signin.page import sorry, stray, welcome
from desktop.connectors.signin.ways import CALLBACK, Way
from desktop.domain.errors import DealsideError, UserActionNeeded
from desktop.runtime.loopback_request import Request
from desktop.runtime.loopback_server import Reply

LONGEST_CODE = 4_000
_MOST_FIELDS = 20
_NO_SUCH_CODE = "{vendor} sent an answer without a code; sign in again."
_OTHER_SERVER = "The answer to the sign-in did not come from {vendor}, so it was not used; sign in again."
_REFUSALS: Mapping[str, str] = {
    "access_denied": "You, or {vendor}, said no to the sign-in; sign in again if that was not meant.",
    "temporarily_unavailable": "{vendor} cannot sign anybody in at the moment; try again later.",
    "server_error": "{vendor} cannot sign anybody in at the moment; try again later.",
    "invalid_scope": "The app your admin registered at {vendor} does not allow what Dealside needs; ask them for it.",
    "unauthorized_client": "{vendor} does not know the app your admin registered; check the client id with them.",
    "invalid_client_id": "{vendor} does not know the app your admin registered; check the client id with them.",
    "redirect_uri_mismatch": "{vendor} knows another callback address for the app; check it with your admin.",
}
_REFUSED = "{vendor} refused the sign-in; ask your admin to check the app they registered for Dealside."


class Callback:
    """Waits for one answer. `use` trades its code for tokens; the page tells how that went."""

    def __init__(self, way: Way, *, state: str, redirect: str, use: Callable[[Mapping[str, str]], None]) -> None:
        """`redirect` is our own address, of which the `Host` of every caller has to speak."""
        self._way = way
        self._state = state
        self._host = redirect.removeprefix("http://").partition("/")[0]
        self._use = use
        self.is_over = False
        self.error: DealsideError | None = None

    def answer(self, request: Request) -> Reply:
        """Judge one call; see LoopbackServer."""
        path, _, query = request.target.partition("?")
        if request.headers.get("host", "").lower() != self._host or path != CALLBACK:
            return stray(404)
        if request.method != "GET":
            return stray(405)
        fields = _fields(query)
        if fields is None or not self._knows(fields.get("state", "")):
            return stray(400)
        if self.is_over:
            return stray(410)
        self.is_over = True
        try:
            self._use_checked(fields)
        except DealsideError as error:
            self.error = error
            return sorry(self._way.vendor, error.sentence)
        return welcome(self._way.vendor)

    def _knows(self, state: str) -> bool:
        return hmac.compare_digest(state.encode(), self._state.encode())

    def _use_checked(self, fields: Mapping[str, str]) -> None:
        if self._way.issuer and not hmac.compare_digest(fields.get("iss", "").encode(), self._way.issuer.encode()):
            raise self._needed(_OTHER_SERVER, "iss")
        if "error" in fields:
            known = fields["error"] if fields["error"] in _REFUSALS else "another error"
            raise self._needed(_REFUSALS.get(known, _REFUSED), known)
        code = fields.get("code", "")
        if not 0 < len(code) <= LONGEST_CODE or not code.isascii() or not code.isprintable():
            raise self._needed(_NO_SUCH_CODE, "no code")
        self._use(fields)

    def _needed(self, sentence: str, detail: str) -> UserActionNeeded:
        return UserActionNeeded(sentence.replace("{vendor}", self._way.vendor), detail=detail)


def _fields(query: str) -> dict[str, str] | None:
    """Return the parameters, None where they can be read in two ways: one that comes twice (RFC 6749, 3.1)."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else None
