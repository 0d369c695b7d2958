"""The port to a CRM: what every Connector of that family does, one Record at a time and many at once.

Field names and values are canonical on this side. As in `ports`, every method raises only the errors of `errors.py`.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from desktop.domain.connections import Checkpoint, ConnectorInfo
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """One pull of changed Records; deleted ones come with `is_deleted`."""

    records: tuple[RecordSnapshot, ...]
    checkpoint: Checkpoint
    has_more: bool = False


class CrmConnector(Protocol):
    """One CRM. Field names and values are canonical on this side of the port. Not thread-safe: one lane owns it.

    What every connector promises (the conformance suite checks it):
    `create` with a key that was used before returns the Record made then and makes no second one; `update` writes
    only the given fields, and raises Conflict when `version` is given and the Record has moved on.
    """

    info: ConnectorInfo

    @abstractmethod
    def check(self) -> None:
        """Sign in and look; raise UserActionNeeded or Temporary with a sentence that says what to do."""

    @abstractmethod
    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        """Return the values the CRM accepts for a PICKLIST field, its default first; empty when it takes anything."""

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        """Return the canonical fields without which this CRM refuses a new Record; none unless a connector says so."""
        del kind
        return ()

    @abstractmethod
    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        """Return Records that changed after `checkpoint`, oldest first; an empty checkpoint means all."""

    @abstractmethod
    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        """Return the Record as it stands now, or None when it is gone."""

    @abstractmethod
    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        """Return the Record that an earlier `create` with this idempotency key made, or None."""

    @abstractmethod
    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        """Create a Record once per `key`; REFERENCE values are `kind:id`. Raise Rejected when refused."""

    @abstractmethod
    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        """Write `fields` (None clears) and return the Record afterwards; Conflict when `version` is out of date."""

    @abstractmethod
    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        """Delete the Record (used only to undo our own create); False when it was gone already."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""


class RecordBook(Protocol):
    """The table behind the local book, so that its connector needs to know nothing of the store."""

    @abstractmethod
    def put(
        self, ref: RecordRef, fields: Mapping[str, str | None], *, key: str | None, expected: str
    ) -> RecordSnapshot:
        """Insert or replace one Record; `expected` is the version it must have, "" to insert or not to check."""

    @abstractmethod
    def get(self, ref: RecordRef) -> RecordSnapshot | None:
        """Return one Record, or None."""

    @abstractmethod
    def by_key(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        """Return the Record created under this key, or None."""

    @abstractmethod
    def remove(self, ref: RecordRef) -> bool:
        """Remove one Record, leaving a mark for `since`."""

    @abstractmethod
    def since(self, revision: int, limit: int) -> tuple[tuple[int, RecordSnapshot], ...]:
        """Return (revision, Record) of what changed after `revision`, oldest first."""
