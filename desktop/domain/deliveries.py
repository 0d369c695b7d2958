"""Decided changes on their way, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.domain.ids import ConnectionId, EntryId
from desktop.domain.records import RecordKind, RecordRef


class Operation(StrEnum):
    """What an OutboxEntry does on the other side. RESTORE and REMOVE undo an update and a create.

    MERGE makes one Record of two, inside the CRM. Nothing undoes it.
    """

    CREATE = "create"
    UPDATE = "update"
    RESTORE = "restore"
    REMOVE = "remove"
    MERGE = "merge"
    APPEND_DRAFT = "append_draft"
    REMOVE_DRAFT = "remove_draft"


class DeliveryState(StrEnum):
    """How far an OutboxEntry has got. CONFLICT, REJECTED and NEEDS_USER wait for a person.

    SENDING is written before the first byte leaves: an entry found in it after a crash may or may not have arrived,
    and its idempotency key (or the Precondition) tells.
    """

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    NEEDS_USER = "needs_user"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Merge:
    """Which Record a MERGE takes into its target, and how both must still look: fields that the rep saw or decided."""

    gone: RecordRef
    gone_fields: Mapping[str, str | None]
    kept_fields: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One decided change on its way.

    `idempotency_key` is fixed at decision time. `fields` are canonical; for APPEND_DRAFT they hold the mail's parts.
    `before` are the values the rep saw: for UPDATE and RESTORE they are the Precondition. `merge` is set for MERGE,
    whose `target` is the Record that stays. `after` names the entry that must be delivered before this one goes.
    """

    id: EntryId
    subject_id: str
    connection_id: ConnectionId
    operation: Operation
    kind: RecordKind | None
    target: RecordRef | None
    fields: Mapping[str, str | None]
    before: Mapping[str, str | None]
    version: str
    idempotency_key: str
    created_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    sentence: str = ""
    merge: Merge | None = None
    after: EntryId | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side answered. `target` is None for a mail Draft, whose place is `reference`."""

    entry_id: EntryId
    target: RecordRef | None
    reference: str
    version: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    delivered_at: datetime
