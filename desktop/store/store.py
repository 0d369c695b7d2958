"""The store as the steps see it: transactions with one repository per kind of thing."""

from pathlib import Path

from desktop.domain.ports import Boundary, Clock, no_boundary
from desktop.store.audit import AuditLog
from desktop.store.book import StoredBook
from desktop.store.calibrators import StoredCalibrators
from desktop.store.clusters import Clusters
from desktop.store.connections import Connections
from desktop.store.conversations import Conversations
from desktop.store.database import Database, Span, connect, refuse_stump, write_mark
from desktop.store.enrichments import Enrichments
from desktop.store.interactions import Interactions
from desktop.store.ledger import StoredLedger
from desktop.store.migrations import migrate
from desktop.store.mirror import Mirror
from desktop.store.outbox import Outbox
from desktop.store.proposals import Proposals
from desktop.store.settings import StoredSettings
from desktop.store.statements import Sql
from desktop.store.token_usage import StoredMeter


class Transaction:
    """All repositories over one SQL transaction. Short, and never held across the network or the model."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    @property
    def connections(self) -> Connections:
        return Connections(self._sql)

    @property
    def interactions(self) -> Interactions:
        return Interactions(self._sql)

    @property
    def conversations(self) -> Conversations:
        return Conversations(self._sql)

    @property
    def enrichments(self) -> Enrichments:
        return Enrichments(self._sql)

    @property
    def proposals(self) -> Proposals:
        return Proposals(self._sql)

    @property
    def mirror(self) -> Mirror:
        return Mirror(self._sql)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self._sql)

    @property
    def calibrators(self) -> StoredCalibrators:
        return StoredCalibrators(self._sql)

    @property
    def clusters(self) -> Clusters:
        return Clusters(self._sql)

    @property
    def settings(self) -> StoredSettings:
        return StoredSettings(self._sql)

    @property
    def audit(self) -> AuditLog:
        return AuditLog(self._sql)


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
        self.meter = StoredMeter(self._database)
        with self._database.begin() as sql:
            migrate(sql, clock.now())

    def transaction(self) -> Span[Transaction]:
        """Return a context that gives a Transaction, commits it at the end and rolls it back on any error."""
        return Span(self._database, Transaction, is_writing=True)

    def reading(self) -> Span[Transaction]:
        """Return a context that gives a Transaction for reading only: it sees one moment and holds nobody up."""
        return Span(self._database, Transaction, is_writing=False)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
