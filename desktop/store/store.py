"""The store as the steps see it: transactions with one repository per kind of thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from desktop.domain.ports import Boundary, Clock, no_boundary
from desktop.store.audit import AuditLog
from desktop.store.book import StoredBook
from desktop.store.connections import Connections
from desktop.store.database import Database, connect, refuse_stump, write_mark
from desktop.store.interactions import Interactions
from desktop.store.ledger import StoredLedger
from desktop.store.migrations import migrate
from desktop.store.mirror import Mirror
from desktop.store.outbox import Outbox
from desktop.store.proposals import Proposals


class Transaction:
    """All repositories over one SQL transaction. Short, and never held across the network or the model."""

    def __init__(self, connection: Connection) -> None:
        self.connections = Connections(connection)
        self.interactions = Interactions(connection)
        self.proposals = Proposals(connection)
        self.mirror = Mirror(connection)
        self.outbox = Outbox(connection)
        self.audit = AuditLog(connection)


class Store:
    """The encrypted store of one profile. Safe to use from several threads and processes."""

    def __init__(self, path: Path, raw_key: bytes, clock: Clock, boundary: Boundary = no_boundary) -> None:
        """Open or create the store and bring its schema up to date; raises UserActionNeeded with what to do."""
        refuse_stump(path)
        connect(path, raw_key).close()
        write_mark(path, raw_key)
        self.path = path
        self.clock = clock
        self._database = Database(path, raw_key, boundary)
        self.book = StoredBook(self._database, clock)
        self.ledger = StoredLedger(self._database, clock)
        with self._database.begin() as connection:
            migrate(connection, clock.now())

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Yield a Transaction that commits at the end and rolls back on any error."""
        with self._database.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Yield a Transaction for reading only: it sees one moment and holds nobody up."""
        with self._database.reading() as connection:
            yield Transaction(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
