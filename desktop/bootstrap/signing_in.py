"""Puts together what signs in at a vendor, and what keeps the tokens of one Connection."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from desktop.domain.connections import Connection, SignedIn
from desktop.domain.ports import Boundary, Clock, NetworkLedger
from desktop.setup.signing_in import Rep
from desktop.system.profile import Profile

if TYPE_CHECKING:
    from desktop.connectors.signin.manager import TokenManager

_WAIT_FOR_OTHER_PROCESS = 45.0  # longer than one token request may take


def make_tokens(
    connection: Connection,
    secret: Callable[[str], str | None],
    *,
    profile: Profile,
    clock: Clock,
    ledger: NetworkLedger,
    boundary: Boundary,
) -> "TokenManager | None":
    """Return a new TokenManager for a Connection, None where its vendor has no sign-in."""
    from desktop.connectors.signin.ways import WAYS  # noqa: PLC0415  (only where something is connected)

    way = WAYS.get(connection.connector)
    if way is None:
        return None
    from desktop.connectors.signin.manager import TokenManager  # noqa: PLC0415
    from desktop.connectors.signin.token_endpoint import TokenEndpoint  # noqa: PLC0415
    from desktop.connectors.signin.ways import CLIENT_SECRET  # noqa: PLC0415
    from desktop.setup.connections import SIGN_IN, secret_name  # noqa: PLC0415
    from desktop.system.instance import InstanceLock  # noqa: PLC0415
    from desktop.system.long_secrets import LongSecret  # noqa: PLC0415

    def endpoint() -> TokenEndpoint:
        from desktop.connectors.http import HttpBoundary  # noqa: PLC0415  (httpx: a quarter of a second)

        http = HttpBoundary(ledger=ledger, clock=clock, boundary=boundary)
        return TokenEndpoint(way, connection.settings, secret=lambda: secret(CLIENT_SECRET), http=http, clock=clock)

    lock = profile.paths.data / f"sign-in-{connection.id}.lock"
    return TokenManager(
        way,
        LongSecret(profile.vault, secret_name(connection.id, SIGN_IN)),
        endpoint=endpoint,
        clock=clock,
        alone=lambda: InstanceLock(lock).hold(_WAIT_FOR_OTHER_PROCESS),
        again=f"dealside accounts sign-in {connection.id[:12]}",
    )


def sign_in(
    connector: str, values: Mapping[str, str], rep: Rep, *, clock: Clock, ledger: NetworkLedger, boundary: Boundary
) -> SignedIn:
    """Sign in at a vendor; see SignInCall."""
    from desktop.connectors.http import HttpBoundary  # noqa: PLC0415  (as above)
    from desktop.connectors.signin.browser import BrowserSignIn  # noqa: PLC0415
    from desktop.connectors.signin.device import DeviceSignIn  # noqa: PLC0415
    from desktop.connectors.signin.token_endpoint import TokenEndpoint  # noqa: PLC0415
    from desktop.connectors.signin.ways import CLIENT_SECRET, WAYS  # noqa: PLC0415

    way = WAYS[connector]
    http = HttpBoundary(ledger=ledger, clock=clock, boundary=boundary)

    def endpoint(settings: Mapping[str, str]) -> TokenEndpoint:
        return TokenEndpoint(way, settings, secret=lambda: values.get(CLIENT_SECRET), http=http, clock=clock)

    try:
        if rep.by_code:
            device = DeviceSignIn(way, values, endpoint(values), sleep=time.sleep, ticks=time.monotonic)
            return device.run(rep.show, rep.should_stop)
        return BrowserSignIn(way, values, endpoint).run(rep.show, rep.should_stop)
    finally:
        http.close()
