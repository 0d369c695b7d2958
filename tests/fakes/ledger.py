"""A NetworkLedger that keeps its rows in a list."""

from typing import NamedTuple

from desktop.domain.ports import NetworkLedger


class LedgerRow(NamedTuple):
    """What was recorded: sizes in bytes."""

    destination: str
    purpose: str
    sent: int
    received: int


class ListLedger(NetworkLedger):
    """Remembers what was recorded, oldest first, in `rows`."""

    def __init__(self) -> None:
        self.rows: list[LedgerRow] = []

    def record(self, destination: str, purpose: str, sent: int, received: int) -> None:
        """Add one row."""
        self.rows.append(LedgerRow(destination, purpose, sent, received))
