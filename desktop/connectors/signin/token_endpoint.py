"""The server's end that gives tokens (RFC 6749, 3.2): one POST, and an answer that is read with great distrust.

Its errors come with any status (Zoho: 200), so that only `access_token` is a yes. Everything goes through an
HttpBoundary: the ledger, the deadline and the redaction hold here too. No answer is ever put into an error or a log.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from desktop.connectors.exchange import HttpAnswer, HttpCall
from desktop.connectors.signin.grant import Grant, is_token
from desktop.connectors.signin.ways import CLIENT_ID, SecretPlace, Way
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Clock

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

DEADLINE = 30.0
LONGEST_LIFE = 10 * 365 * 24 * 3600
_WAIT_WHEN_MANY = 600.0
_CODE = re.compile(r"[A-Za-z0-9_.\- ]{1,60}")


class Why(StrEnum):
    """What a token endpoint's refusal asks for."""

    ENDED = "ended"  # the code or the token is no good any more: sign in again
    CLIENT = "client"  # the app that the admin registered is not known so
    SCOPE = "scope"
    DECLINED = "declined"
    PENDING = "pending"
    SLOWER = "slower"
    LATER = "later"
    MANY = "many"


_WHY: Mapping[str, Why] = {
    "invalid_grant": Why.ENDED,
    "invalid_code": Why.ENDED,
    "invalid_token": Why.ENDED,
    "interaction_required": Why.ENDED,
    "bad_refresh_token": Why.ENDED,
    "bad_auth_code": Why.ENDED,
    "expired_token": Why.ENDED,
    "invalid_client": Why.CLIENT,
    "invalid_client_secret": Why.CLIENT,
    "invalid_client_id": Why.CLIENT,
    "unauthorized_client": Why.CLIENT,
    "bad_client_id": Why.CLIENT,
    "bad_client_secret": Why.CLIENT,
    "redirect_uri_mismatch": Why.CLIENT,
    "invalid_redirect_uri": Why.CLIENT,
    "invalid_scope": Why.SCOPE,
    "access_denied": Why.DECLINED,
    "authorization_declined": Why.DECLINED,
    "authorization_pending": Why.PENDING,
    "slow_down": Why.SLOWER,
    "temporarily_unavailable": Why.LATER,
    "server_error": Why.LATER,
}

_SENTENCES: Mapping[Why, str] = {
    Why.ENDED: "{vendor} has ended your sign-in, or the code was too old; sign in again.",
    Why.CLIENT: "{vendor} does not accept the app your admin registered; check client id, client secret and callback "
    "address with them.",
    Why.SCOPE: "The app your admin registered at {vendor} does not allow what Dealside needs; ask them for its scopes.",
    Why.DECLINED: "The sign-in to {vendor} was declined; sign in again if that was not meant.",
    Why.PENDING: "{vendor} still waits for you to sign in.",
    Why.SLOWER: "{vendor} asked us to slow down; trying again later.",
    Why.LATER: "{vendor} cannot give a new sign-in at the moment; trying again later.",
    Why.MANY: "{vendor} gives no more sign-ins for some minutes; trying again then.",
}


class TokenRefused(Exception):
    """The endpoint said no. `error` is what to raise when nothing better is known."""

    def __init__(self, why: Why, error: DealsideError) -> None:
        super().__init__(why.value)
        self.why = why
        self.error = error


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """A yes: the grant, and settings that came with it."""

    grant: Grant
    body: Mapping[str, Any]


class TokenEndpoint:
    """One vendor's, for one Connection. `secret` gives the client's secret, None where there is none."""

    def __init__(
        self,
        way: Way,
        settings: Mapping[str, str],
        *,
        secret: Callable[[], str | None],
        http: "HttpBoundary",
        clock: Clock,
    ) -> None:
        self._way = way
        self._settings = settings
        self._secret = secret
        self._http = http
        self._clock = clock

    @property
    def client_id(self) -> str:
        """The registered app's id; raises Rejected where there is none."""
        found = self._settings.get(CLIENT_ID, "").strip()
        if not found:
            raise Rejected(
                f"To sign in to {self._way.vendor}, the id of an app is needed: ask your admin to register one for "
                f"Dealside, and give its id as {CLIENT_ID}=…."
            )
        return found

    def give(self, fields: Mapping[str, str], *, should_stop: Callable[[], bool] | None = None) -> TokenAnswer:
        """Ask for tokens; `fields` are the grant's own. Raises TokenRefused, and what an HttpBoundary raises."""
        address = self._way.filled(self._way.token, self._settings)
        body = self.post(address, fields, should_stop=should_stop)
        return TokenAnswer(self._grant(body), body)

    def refresh(self, grant: Grant) -> Grant:
        """Return what follows `grant`; a vendor that rotates gives a new refresh token too. Raises as `give` does."""
        answer = self.give({"grant_type": "refresh_token", "refresh_token": grant.refresh or ""}).grant
        return replace(answer, refresh=answer.refresh or grant.refresh)

    def post(
        self, address: str, fields: Mapping[str, str], *, should_stop: Callable[[], bool] | None = None
    ) -> Mapping[str, Any]:
        """Send a form with the client's name on it and return the JSON of a yes. Raises as `give` does."""
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        form = dict(fields)
        secret = (self._secret() or "").strip()
        if secret and self._way.secret_place is SecretPlace.BASIC:
            pair = f"{quote(self.client_id, safe='')}:{quote(secret, safe='')}"  # RFC 6749, 2.3.1
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = self.client_id
            if secret:
                form["client_secret"] = secret
        content = urlencode(form).encode()
        call = HttpCall("POST", address, "sign-in", headers=headers, content=content, deadline=DEADLINE)
        answer = self._http.request(call, should_stop=should_stop)
        body = _read(answer)
        code = _code_of(body)
        if code or answer.status not in range(200, 300):
            raise self._refused(answer, code, body)
        if body is None:
            raise self.garbled("no object")
        return body

    def garbled(self, detail: str) -> Temporary:
        """Return the error for an answer that is neither yes nor no."""
        return Temporary(f"{self._way.vendor}'s answer to the sign-in was garbled; trying again later.", detail=detail)

    def _grant(self, body: Mapping[str, Any]) -> Grant:
        access, refresh = body.get("access_token"), body.get("refresh_token")
        kind = str(body.get("token_type") or "bearer").lower()
        if not isinstance(access, str) or not is_token(access) or kind not in {"bearer", "zoho-oauthtoken"}:
            raise self.garbled("no token")
        now = self._clock.now()
        life = _seconds(body.get("expires_in_sec", body.get("expires_in")))
        return Grant(
            access=access,
            refresh=refresh if isinstance(refresh, str) and is_token(refresh) else None,
            expires_at=None if life is None else now + timedelta(seconds=life),
            asked_at=(now,),
        )

    def _refused(self, answer: HttpAnswer, code: str, body: Mapping[str, Any] | None) -> TokenRefused:
        why = _why(answer.status, code, str((body or {}).get("error_description") or ""))
        sentence = _SENTENCES[why].replace("{vendor}", self._way.vendor)
        detail = f"{answer.status} {code}".strip()
        if why in {Why.LATER, Why.SLOWER, Why.MANY, Why.PENDING}:
            wait = _WAIT_WHEN_MANY if why is Why.MANY else None
            return TokenRefused(why, Temporary(sentence, detail=detail, retry_after=answer.retry_after or wait))
        return TokenRefused(why, UserActionNeeded(sentence, detail=detail))


def _why(status: int, code: str, description: str) -> Why:
    if "too many" in description.lower() and code.lower() == "access denied":  # Zoho, with any status
        return Why.MANY
    known = _WHY.get(code.lower())
    if known is not None:
        return known
    if status == 429:
        return Why.MANY
    if status >= 500 or status in {403, 408, 425}:  # 403 without a code: a page of somebody else's in between
        return Why.LATER
    return Why.CLIENT if status == 401 else Why.ENDED


def _code_of(body: Mapping[str, Any] | None) -> str:
    """Return the vendor's code of an error, "" for none; never anything else of what it said."""
    if body is None or (is_token(body.get("access_token")) and "error" not in body):
        return ""
    code = body.get("error") or (body.get("status") if "message" in body else None)
    if code is None:
        return ""
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "unreadable"


def _read(answer: HttpAnswer) -> Mapping[str, Any] | None:
    if answer.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        try:
            return dict(parse_qsl(answer.body.decode("ascii", "replace"), max_num_fields=50))
        except ValueError:
            return None
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _seconds(value: object) -> float | None:
    """Return how long a token lives, None where that was not said or makes no sense."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if 0 < seconds <= LONGEST_LIFE else None
