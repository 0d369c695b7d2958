"""What a Connector may be handed when it is made: each takes what it needs, so that bootstrap knows no vendor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.domain.crm_port import RecordBook
from desktop.domain.ports import Boundary, Clock, NetworkLedger

if TYPE_CHECKING:
    from desktop.connectors.signin.manager import TokenManager
    from desktop.connectors.signin.signed_boundary import SignedBoundary


@dataclass(frozen=True, slots=True)
class Supplies:
    """One Connection's settings and everything a Connector may need.

    `secret` gives a SECRET setting by its key. `tokens` keeps those of a sign-in, None where the vendor has none.
    """

    settings: Mapping[str, str]
    secret: Callable[[str], str | None]
    ledger: NetworkLedger
    clock: Clock
    boundary: Boundary
    book: RecordBook
    new_id: Callable[[], str]
    tokens: "TokenManager | None" = None

    def door(self, pasted: str = "access_token") -> "SignedBoundary":
        """Return the way out for HTTP, which gives the token too; `pasted` is the SECRET setting for a pasted one."""
        from desktop.connectors.signin.signed_boundary import SignedBoundary  # noqa: PLC0415  (httpx: 0.25 s)

        return SignedBoundary(
            lambda: self.secret(pasted),
            self.tokens,
            ledger=self.ledger,
            clock=self.clock,
            boundary=self.boundary,
        )
