"""What a Connector may be handed when it is made: each takes what it needs, so that bootstrap knows no vendor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desktop.domain.crm_port import RecordBook
from desktop.domain.ports import Boundary, Clock, NetworkLedger


@dataclass(frozen=True, slots=True)
class Supplies:
    """One Connection's settings and everything a Connector may need. `secret` gives a SECRET setting by its key."""

    settings: Mapping[str, str]
    secret: Callable[[str], str | None]
    ledger: NetworkLedger
    clock: Clock
    boundary: Boundary
    book: RecordBook
    new_id: Callable[[], str]
