"""The network ledger: one row per exchange with another machine."""

from desktop.domain.ports import Clock, NetworkLedger
from desktop.store.database import Database
from desktop.store.moments import to_text
from desktop.store.statements import Statement
from desktop.store.tables import ledger

RECORD = Statement(ledger.insert(), "at", "destination", "purpose", "sent", "received")


class StoredLedger(NetworkLedger):
    """A NetworkLedger that writes each row in a transaction of its own."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def record(self, destination: str, purpose: str, sent: int, received: int) -> None:
        with self._database.begin() as sql:
            sql.run(
                RECORD,
                at=to_text(self._clock.now()),
                destination=destination,
                purpose=purpose,
                sent=sent,
                received=received,
            )
