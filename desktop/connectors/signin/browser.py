"""Signing in by the browser: authorization code with PKCE and a loopback redirect (RFC 8252, RFC 7636, RFC 9207).

We make an address, somebody opens it, the rep signs in at the vendor, and the browser comes back to a door of ours that
is open for this one answer. Not Microsoft's msal for Dynamics: what it has beyond this (a token cache of its own, a
listener of its own) we would have to switch off, so that vault, ledger, deadlines and one refresh at a time hold.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from desktop.connectors.signin.callback import Callback
from desktop.connectors.signin.grant import write
from desktop.connectors.signin.token_endpoint import TokenAnswer, TokenEndpoint, TokenRefused
from desktop.connectors.signin.ways import CALLBACK, SERVER, Way, origin
from desktop.domain.connections import SignedIn
from desktop.domain.errors import Cancelled, UserActionNeeded
from desktop.runtime.lanes import Lane
from desktop.runtime.loopback_request import Request
from desktop.runtime.loopback_server import ListenerLimits, LoopbackServer, Reply
from desktop.runtime.signals import Wakeup

PATIENCE = 300.0
_LOOK_UP_EVERY = 0.2
_LIMITS = ListenerLimits(callers=16, per_second=20, body=0, patience=5.0, farewell=1.0)

MakeEndpoint = Callable[[Mapping[str, str]], TokenEndpoint]
"""Makes the endpoint for settings, which the browser's answer may have changed."""


class BrowserSignIn:
    """One sign-in, good for one `run`."""

    def __init__(
        self,
        way: Way,
        settings: Mapping[str, str],
        endpoint: MakeEndpoint,
        *,
        patience: float = PATIENCE,
    ) -> None:
        """`patience` is how many seconds the rep has."""
        self._way = way
        self._settings = dict(settings)
        self._make_endpoint = endpoint
        self._state = secrets.token_urlsafe(32)
        self._verifier = secrets.token_urlsafe(48)
        self._patience = patience
        self._redirect = ""
        self._signed_in: SignedIn | None = None
        self._done = Wakeup()

    def run(self, show: Callable[[str, str], None], should_stop: Callable[[], bool]) -> SignedIn:
        """Call `show` with the address to open and our callback address; return once the rep is back.

        Raises Cancelled when `should_stop` says so, UserActionNeeded when the sign-in failed or took too long, and
        what the token endpoint raises.
        """
        client_id = self._make_endpoint(self._settings).client_id
        self._should_stop = should_stop
        server = self._open_door()
        self._redirect = f"http://{self._way.host}:{server.port}{CALLBACK}"
        callback = Callback(self._way, state=self._state, redirect=self._redirect, use=self._use)
        self._callback = callback
        lane = Lane("sign-in", server.turn, interrupt=server.interrupt, at_end=server.close)
        lane.start()
        try:
            show(self._address(client_id), self._redirect)
            self._wait(should_stop)
        finally:
            lane.stop()
            lane.join(5.0)
            self._done.close()
        if callback.error is not None:
            raise callback.error
        if self._signed_in is None:
            raise UserActionNeeded(f"Nobody came back from {self._way.vendor} in time; sign in again.")
        return self._signed_in

    # --- the door ---------------------------------------------------------------------------------------------------

    def _open_door(self) -> LoopbackServer:
        for port in self._way.ports:
            try:
                return LoopbackServer(port, self._answer, limits=_LIMITS)
            except UserActionNeeded:
                continue
        if self._way.ports:
            raise UserActionNeeded(
                f"Other programs use the ports {', '.join(map(str, self._way.ports))}, one of which {self._way.vendor} "
                "has to send you back to: end one of them and sign in again."
            )
        return LoopbackServer(0, self._answer, limits=_LIMITS)

    def _answer(self, request: Request) -> Reply:
        reply = self._callback.answer(request)
        if self._callback.is_over:
            self._done.set()
        return reply

    def _wait(self, should_stop: Callable[[], bool]) -> None:
        ends = time.monotonic() + self._patience
        while not self._done.is_set() and (self._callback.is_over or time.monotonic() < ends):
            if should_stop():
                raise Cancelled("The sign-in was cancelled; nothing has changed.")
            self._done.wait(_LOOK_UP_EVERY)

    # --- the question and the answer --------------------------------------------------------------------------------

    def _address(self, client_id: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self._verifier.encode()).digest()).rstrip(b"=").decode()
        fields = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": self._redirect,
            "state": self._state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **self._way.more,
        }
        scope = self._way.scope_of(self._settings)
        if scope:
            fields["scope"] = scope
        return f"{self._way.filled(self._way.authorize, self._settings)}?{urlencode(fields)}"

    def _use(self, fields: Mapping[str, str]) -> None:
        told: dict[str, str] = {}
        named = fields.get(self._way.server_back, "").rstrip("/") if self._way.server_back else ""
        if named:
            if named not in self._way.servers:
                raise UserActionNeeded(
                    f"The answer to the sign-in did not come from {self._way.vendor}; sign in again.",
                    detail="server",
                )
            told[SERVER] = named
        form = {
            "grant_type": "authorization_code",
            "code": fields["code"],
            "redirect_uri": self._redirect,
            "code_verifier": self._verifier,
        }
        endpoint = self._make_endpoint({**self._settings, **told})
        try:
            answer = endpoint.give(form, should_stop=self._should_stop)
        except TokenRefused as refusal:
            raise refusal.error from None
        self._signed_in = signed_in(self._way, answer, told)


def signed_in(way: Way, answer: TokenAnswer, told: Mapping[str, str]) -> SignedIn:
    """Return the end of a sign-in; raise UserActionNeeded for an address among the answer that cannot be used."""
    back = {
        setting: origin(str(answer.body[key]), way.vendor)
        for key, setting in way.settings_back.items()
        if answer.body.get(key)
    }
    return SignedIn(write(answer.grant), {**told, **back})
