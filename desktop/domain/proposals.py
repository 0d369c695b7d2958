"""What we would change, and what the rep decided about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.domain.evidence import Band, ComputedBy, Evidence, band_of
from desktop.domain.ids import ConnectionId, DraftId, InteractionId, ProposalId, SuggestionId
from desktop.domain.records import FIELDS, RecordKind, RecordRef


class Action(StrEnum):
    """What a Suggestion would do to its Record."""

    CREATE = "create"
    UPDATE = "update"


class SuggestionState(StrEnum):
    """How far a Suggestion has got. The order of the members is the order of a usual life."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"
    EXPIRED = "expired"
    QUEUED = "queued"
    DELIVERED = "delivered"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    UNDONE = "undone"


class DraftState(StrEnum):
    """How far a reply Draft has got."""

    OPEN = "open"
    DISMISSED = "dismissed"
    QUEUED = "queued"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class OtherValue:
    """What another mail of the same conversation says about a field, and in which words."""

    value: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class FieldChange:
    """field, before → after, with the words it rests on: the first where the value stands, then those that agree.

    A change without Evidence is derived (a stage for a new Opportunity, a link between Records); its reason says so.
    `others` are the values that other mails give and that lost to this one, newest first.
    """

    field: str
    before: str | None
    after: str | None
    confidence: float
    reason: str
    evidence: tuple[Evidence, ...] = ()
    others: tuple[OtherValue, ...] = ()

    @property
    def band(self) -> Band:
        """The Band of this change's Confidence."""
        return band_of(self.confidence)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One change we would make to one Record of one CRM Connection.

    `target` and `version` are None and empty for CREATE; for UPDATE they name the Record and its state when the
    Suggestion was made. `sources` are all mails it was concluded from.

    What an open Suggestion says is never changed: when a mail says more, it turns EXPIRED and a new one says all of
    it, on that mail's card. `superseded_by` names the new one; where there is none, because the Record turned up in
    the CRM, `target` names that. Links to the old one lead on from there.
    """

    id: SuggestionId
    proposal_id: ProposalId
    connection_id: ConnectionId
    action: Action
    kind: RecordKind
    title: str
    changes: tuple[FieldChange, ...]
    reason: str
    target: RecordRef | None = None
    version: str = ""
    state: SuggestionState = SuggestionState.OPEN
    sources: tuple[InteractionId, ...] = ()
    superseded_by: SuggestionId | None = None

    @property
    def confidence(self) -> float:
        """The lowest Confidence among the changes that rest on Evidence: a card is as good as its weakest field."""
        return min((c.confidence for c in self.changes if c.evidence), default=1.0)

    @property
    def is_guarded(self) -> bool:
        """Whether a field is among the changes that a person must press on singly."""
        known = FIELDS[self.kind]
        return any(c.field in known and known[c.field].guarded for c in self.changes)

    def after(self) -> dict[str, str | None]:
        """Return field → new value."""
        return {change.field: change.after for change in self.changes}


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply not yet sent. Recipients come from the mail's own headers, never from a model.

    `message_id` is fixed when the Draft is made, so that a second delivery can be recognised.
    """

    id: DraftId
    proposal_id: ProposalId
    connection_id: ConnectionId
    sender: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    state: DraftState = DraftState.OPEN


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one Interaction leads to: its Suggestions and a Draft; one card."""

    id: ProposalId
    interaction_id: InteractionId
    title: str
    created_at: datetime
    suggestions: tuple[Suggestion, ...]
    draft: Draft | None
    computed_by: ComputedBy
    snoozed_until: datetime | None = None


class Verdict(StrEnum):
    """What the rep did."""

    ACCEPT = "accept"
    EDIT = "edit"
    DISMISS = "dismiss"
    SNOOZE = "snooze"
    TAKE_BACK = "take_back"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Decision:
    """accept, edit, dismiss …: by whom, when. `edits` maps field → the rep's own value."""

    subject_id: str
    verdict: Verdict
    decided_by: str
    decided_at: datetime
    edits: Mapping[str, str | None]
    reason: str = ""
