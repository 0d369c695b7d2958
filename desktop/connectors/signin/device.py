"""Signing in by a code that the rep types on any device (RFC 8628), where the vendor offers that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.connectors.signin.browser import signed_in
from desktop.connectors.signin.token_endpoint import TokenEndpoint, TokenRefused, Why
from desktop.connectors.signin.ways import Way, origin
from desktop.domain.connections import SignedIn
from desktop.domain.errors import Cancelled, Rejected, Temporary, UserActionNeeded

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_STEP = 0.2
_INTERVAL, _LONGEST_INTERVAL, _SLOWER = 5.0, 60.0, 5.0
_LONGEST_LIFE = 1800.0


@dataclass(frozen=True, slots=True)
class _Code:
    device: str
    shown: str
    address: str
    life: float
    interval: float


class DeviceSignIn:
    """One sign-in, good for one `run`. `sleep` waits some seconds, `ticks` tells how many have passed."""

    def __init__(
        self,
        way: Way,
        settings: Mapping[str, str],
        endpoint: TokenEndpoint,
        *,
        sleep: Callable[[float], None],
        ticks: Callable[[], float],
    ) -> None:
        self._way = way
        self._settings = settings
        self._endpoint = endpoint
        self._sleep = sleep
        self._ticks = ticks

    def run(self, show: Callable[[str, str], None], should_stop: Callable[[], bool]) -> SignedIn:
        """Call `show` with the address and the code to type there; return once the rep has done so.

        Raises Rejected where the vendor has no such way, Cancelled when `should_stop` says so, UserActionNeeded when it
        was declined or took too long.
        """
        if not self._way.device:
            raise Rejected(f"{self._way.vendor} has no sign-in by a code; sign in by the browser.")
        code = self._ask(should_stop)
        show(code.address, code.shown)
        ends, interval = self._ticks() + code.life, code.interval
        while True:
            self._wait(interval, ends, should_stop)
            try:
                form = {"grant_type": GRANT, "device_code": code.device}
                return signed_in(self._way, self._endpoint.give(form, should_stop=should_stop), {})
            except TokenRefused as refusal:
                if refusal.why is Why.SLOWER:
                    interval = min(interval + _SLOWER, _LONGEST_INTERVAL)
                elif refusal.why is Why.ENDED:
                    raise self._too_late() from None
                elif refusal.why is not Why.PENDING and refusal.why is not Why.LATER:
                    raise refusal.error from None
            except Temporary:
                interval = min(interval * 2, _LONGEST_INTERVAL)  # RFC 8628, 3.5: back off when the line is bad

    def _ask(self, should_stop: Callable[[], bool]) -> _Code:
        address = self._way.filled(self._way.device, self._settings)
        try:
            body = self._endpoint.post(address, {"scope": self._way.scope_of(self._settings)}, should_stop=should_stop)
        except TokenRefused as refusal:
            raise refusal.error from None
        device, shown = body.get("device_code"), body.get("user_code")
        where = str(body.get("verification_uri") or body.get("verification_url") or "")
        if not isinstance(device, str) or not isinstance(shown, str) or not shown.isprintable() or len(shown) > 100:
            raise self._endpoint.garbled("no device code")
        origin(where, self._way.vendor)  # never show an address that is none
        if not where.isascii() or not where.isprintable():
            raise self._endpoint.garbled("address")
        life = min(_number(body, "expires_in", 900.0), _LONGEST_LIFE)
        return _Code(device, shown, where, life, min(_number(body, "interval", _INTERVAL), _LONGEST_INTERVAL))

    def _wait(self, seconds: float, ends: float, should_stop: Callable[[], bool]) -> None:
        until = self._ticks() + seconds
        while self._ticks() < until:
            if should_stop():
                raise Cancelled("The sign-in was cancelled; nothing has changed.")
            if self._ticks() >= ends:
                raise self._too_late()
            self._sleep(min(_STEP, max(0.0, until - self._ticks())))

    def _too_late(self) -> UserActionNeeded:
        return UserActionNeeded(f"The code for {self._way.vendor} is too old by now; sign in again for a new one.")


def _number(body: Mapping[str, Any], key: str, usual: float) -> float:
    value = body.get(key)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(value) if is_number and value is not None else usual
