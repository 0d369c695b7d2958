"""Sign in at a vendor for a new Connection, or again for one whose sign-in has ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from desktop.domain.connections import Connection, ConnectorInfo, SignedIn, SignInInfo
from desktop.domain.errors import Rejected
from desktop.setup.connections import ConnectionSetup

Show = Callable[[str, str], None]
"""Shows the rep the address to open; with it our callback address, or the code to type there."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Rep:
    """The one who signs in: how to show them something, and whether they have had enough of it."""

    show: Show
    should_stop: Callable[[], bool] = _never
    by_code: bool = False


class SignInCall(Protocol):
    """Signs in; `values` are settings and secrets by their keys. Raises what went wrong, and Cancelled."""

    def __call__(self, connector: str, values: Mapping[str, str], rep: Rep) -> SignedIn: ...


class SignInSetup:
    """What `dealside accounts add … --sign-in` and `dealside accounts sign-in` do."""

    def __init__(
        self, setup: ConnectionSetup, *, describe: Callable[[str], ConnectorInfo], sign_in: SignInCall
    ) -> None:
        self._setup = setup
        self._describe = describe
        self._sign_in = sign_in

    def add(self, connector: str, values: Mapping[str, str], rep: Rep, *, title: str = "") -> Connection:
        """Sign in, test the new Connection and keep it; raises what went wrong, keeping nothing."""
        self._way(connector, by_code=rep.by_code)
        done = self._sign_in(connector, values, rep)
        return self._setup.add(connector, {**values, **done.settings}, title=title, grant=done.grant)

    def again(self, connection_id: str, values: Mapping[str, str], rep: Rep) -> Connection:
        """Sign in for a Connection that there is; `values` are what changes of its settings. Raises as `add` does."""
        known = self._setup.find(connection_id)
        self._way(known.connector, by_code=rep.by_code)
        all_values = {**known.settings, **self._setup.secrets_of(known), **values}
        done = self._sign_in(known.connector, all_values, rep)
        return self._setup.signed_in(known.id, {**values, **done.settings}, done.grant)

    def _way(self, connector: str, *, by_code: bool) -> SignInInfo:
        described = self._describe(connector)
        if described.sign_in is None:
            raise Rejected(f"{described.title} has no sign-in by the browser; leave --sign-in out.")
        if by_code and not described.sign_in.has_code:
            raise Rejected(f"{described.title} has no sign-in by a code; leave --code out.")
        return described.sign_in
