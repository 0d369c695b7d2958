"""The door out of a connector whose calls carry a token: it knows which token is good now.

Connectors put `token()` into their headers and need not know how it was come by. A call with a token that has been
replaced meanwhile goes out with its successor, and one that is refused for its token (401: it was not carried out) is
sent once more with a fresh one, also in the middle of a batch and under a library that keeps its first token.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop.connectors.http import HttpAnswer, HttpBoundary, HttpCall

if TYPE_CHECKING:
    from desktop.connectors.signin.manager import TokenManager

_UNAUTHORIZED = 401
_TOKENS_REMEMBERED = 8


class SignedBoundary(HttpBoundary):
    """An HttpBoundary that gives the token too: a pasted one where there is one, else that of the sign-in."""

    def __init__(self, pasted: Callable[[], str | None], tokens: "TokenManager | None", **parts: Any) -> None:
        """`parts` are those of an HttpBoundary."""
        super().__init__(**parts)
        self._pasted = pasted
        self._tokens = tokens
        self._given: deque[str] = deque(maxlen=_TOKENS_REMEMBERED)

    def token(self) -> str | None:
        """Return the token to sign with, None where there is none.

        Raises UserActionNeeded when the sign-in has ended, Temporary when the vendor cannot be asked for a new token.
        """
        pasted = self._pasted()
        if pasted or self._tokens is None:
            return pasted
        token = self._tokens.token()
        if token is not None:
            self._remember(token)
        return token

    def request(self, call: HttpCall, *, should_stop: Callable[[], bool] | None = None) -> HttpAnswer:
        """Send `call` as an HttpBoundary does, with the token that is good now."""
        carried = self._carried(call.headers)
        if carried is None or self._tokens is None:
            return super().request(call, should_stop=should_stop)
        now = self.token() or carried
        self._remember(carried)  # a library may keep its first token for days
        answer = super().request(self._signed(call, carried, now), should_stop=should_stop)
        if answer.status != _UNAUTHORIZED:
            return answer
        fresh = self._tokens.renew(now)
        if fresh is None:
            return answer
        self._remember(fresh)
        again = super().request(self._signed(call, carried, fresh), should_stop=should_stop)
        if again.status == _UNAUTHORIZED:
            self._tokens.was_in_vain(fresh)
        return again

    def _remember(self, token: str) -> None:
        if token in self._given:
            self._given.remove(token)
        self._given.append(token)

    def _carried(self, headers: Mapping[str, str]) -> str | None:
        """Return the one of our tokens that a call carries."""
        values = headers.values()
        return next((token for token in self._given if any(_holds(value, token) for value in values)), None)

    def _signed(self, call: HttpCall, carried: str, token: str) -> HttpCall:
        header = self._tokens.way.carried_in if self._tokens else ""
        kept = {name: value for name, value in call.headers.items() if not (header and _holds(value, carried))}
        headers = {name: value.replace(carried, token) for name, value in kept.items()}
        if header:
            headers[header] = f"Bearer {token}"
        return replace(call, headers=headers)


def _holds(value: str, token: str) -> bool:
    return value == token or value.endswith(f" {token}")
