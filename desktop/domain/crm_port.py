"""The port to a CRM: what every Connector of that family does, one Record at a time and many at once.

Field names and values are canonical on this side. As in `ports`, every method raises only the errors of `errors.py`.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from desktop.domain.connections import Checkpoint, ConnectorInfo
from desktop.domain.errors import DealsideError, Rejected, Temporary
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, RecordSnapshot
from desktop.domain.rights import FieldRule, Owner, Quota, RecordRules

_T = TypeVar("_T")
Fields = Mapping[str, str | None]
Outcome = RecordSnapshot | DealsideError
"""What became of one Record of a batch: how it stands afterwards, or why it was not written."""


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """One pull of changed Records; deleted ones come with `is_deleted`."""

    records: tuple[RecordSnapshot, ...]
    checkpoint: Checkpoint
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class NewRecord:
    """One Record to be created, once per `key`; REFERENCE values are `kind:id`."""

    kind: RecordKind
    fields: Fields
    key: str


@dataclass(frozen=True, slots=True)
class RecordChange:
    """Fields to be written to one Record (None clears); `version` is the one it must still have, "" for any.

    `live` is the Record as the caller read it a moment ago, if it did: where the CRM checks no precondition, so that
    the Record has to be read just before it is written, that reading is done.
    """

    ref: RecordRef
    fields: Fields
    version: str = ""
    live: RecordSnapshot | None = None


class CrmConnector(Protocol):
    """One CRM. Not thread-safe: one lane owns it.

    What every connector promises (the conformance suite checks it):
    `create` with a key that was used before returns the Record made then and makes no second one; `update` writes
    only the given fields, and raises Conflict when `version` is given and the Record has moved on. A batch keeps the
    same promises for each of its Records: one that fails holds up no other, and one whose fate is unknown is
    Temporary.
    """

    info: ConnectorInfo

    @abstractmethod
    def check(self) -> None:
        """Sign in and look; raise UserActionNeeded or Temporary with a sentence that says what to do."""

    # --- what the rep may do ----------------------------------------------------------------------------------------

    @abstractmethod
    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        """Return the values the CRM accepts for a PICKLIST field, its default first; empty when it takes anything."""

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        """Return the canonical fields without which this CRM refuses a new Record; none unless a connector says so."""
        del kind
        return ()

    def describe(self, kind: RecordKind) -> RecordRules:
        """Return what this rep may write; a connector that cannot ask tells of picklists and required fields only."""
        if kind not in self.info.kinds:
            return RecordRules(kind, can_create=False, can_update=False)
        required = frozenset(self.required(kind))
        return RecordRules(
            kind,
            fields={
                name: FieldRule(
                    is_required=name in required,
                    choices=self.picklist(kind, name) if field.type is FieldType.PICKLIST else (),
                )
                for name, field in FIELDS[kind].items()
            },
        )

    def owners(self) -> tuple[Owner, ...]:
        """Return whom Records can belong to; none where the CRM knows one user only."""
        return ()

    def quota(self) -> Quota | None:
        """Return what the last answers said of the day's calls, without making one; None when they said nothing."""
        return None

    # --- reading ----------------------------------------------------------------------------------------------------

    @abstractmethod
    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        """Return Records that changed after `checkpoint`, oldest first; an empty checkpoint means all."""

    @abstractmethod
    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        """Return the Record as it stands now, or None when it is gone."""

    def read_many(self, refs: Sequence[RecordRef]) -> Mapping[RecordRef, RecordSnapshot]:
        """Return those of `refs` that are there, as they stand now."""
        found = ((ref, self.read(ref)) for ref in dict.fromkeys(refs))
        return {ref: record for ref, record in found if record is not None}

    @abstractmethod
    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        """Return the Record that an earlier `create` with this idempotency key made, or None."""

    def find(self, kind: RecordKind, field: str, values: Sequence[str]) -> Mapping[str, tuple[RecordSnapshot, ...]]:
        """Return, for each of `values`, the Records whose `field` holds just that; few words where the CRM cannot look.

        The fields that can be asked for: `email`, `phone` and `name` (an Account's, an Opportunity's). A connector
        without a search answers nothing, and its `can` lacks `find`.
        """
        del kind, field, values
        return {}

    def search(self, kind: RecordKind, words: str, *, limit: int = 20) -> tuple[RecordSnapshot, ...]:
        """Return Records that the CRM's own search finds for `words`, best first; nothing where it has none."""
        del kind, words, limit
        return ()

    # --- writing ----------------------------------------------------------------------------------------------------

    @abstractmethod
    def create(self, kind: RecordKind, fields: Fields, key: str) -> RecordSnapshot:
        """Create a Record once per `key`; REFERENCE values are `kind:id`. Raise Rejected when refused."""

    @abstractmethod
    def update(self, ref: RecordRef, fields: Fields, *, version: str = "") -> RecordSnapshot:
        """Write `fields` (None clears) and return the Record afterwards; Conflict when `version` is out of date."""

    @abstractmethod
    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        """Delete the Record (used only to undo our own create); False when it was gone already."""

    def merge(self, kept: RecordRef, gone: RecordRef, *, version: str = "", gone_version: str = "") -> RecordSnapshot:
        """Take the Record `gone` into `kept`, with all that hangs on it; return the one that is left.

        Repeated after an answer was lost it is done already: `gone` is gone and `kept` is there. Conflict when a given
        version is out of date or `kept` is gone. Rejected where the CRM cannot: its `can` lacks `merge`.
        """
        del kept, gone, version, gone_version
        raise Rejected(
            "This CRM cannot merge through its interface: merge the two records there, where you see both of them.",
            detail=self.info.name,
        )

    def create_many(self, records: Sequence[NewRecord]) -> tuple[Outcome, ...]:
        """Create each of at most `info.at_once` Records; return what became of each, in order. Raises nothing."""
        return _one_by_one(records, lambda new: self.create(new.kind, new.fields, new.key))

    def update_many(self, changes: Sequence[RecordChange]) -> tuple[Outcome, ...]:
        """Write each of at most `info.at_once` changes, each to another Record; outcomes in order. Raises nothing."""
        return _one_by_one(changes, lambda change: self.update(change.ref, change.fields, version=change.version))

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""


class RecordBook(Protocol):
    """The table behind the local book, so that its connector needs to know nothing of the store."""

    @abstractmethod
    def put(self, ref: RecordRef, fields: Fields, *, key: str | None, expected: str) -> RecordSnapshot:
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


def _one_by_one(items: Iterable[_T], write: Callable[[_T], RecordSnapshot]) -> tuple[Outcome, ...]:
    """Write one after the other. Once the CRM asks for patience or cannot be reached, the rest is not tried."""
    outcomes: list[Outcome] = []
    wait: Temporary | None = None
    for item in items:
        try:
            outcomes.append(wait or write(item))
        except Temporary as error:
            wait = error
            outcomes.append(error)
        except DealsideError as error:
            outcomes.append(error)
    return tuple(outcomes)
