"""Read models: what a front end shows. Frozen, complete, and free of anything that would need a second question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, auto

from desktop.domain.deliveries import DeliveryState, OutboxEntry
from desktop.domain.evidence import Band, Evidence, ZonedLine
from desktop.domain.ids import InteractionId, ProposalId
from desktop.domain.ports import ModelState
from desktop.domain.proposals import Proposal, SuggestionState
from desktop.domain.rights import RecordRules


class Shelf(StrEnum):
    """Which cards a list shows."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class CardRow:
    """One line of the list. `waiting` counts open Suggestions (and an open Draft), `band` is the lowest among them."""

    id: ProposalId
    title: str
    subject: str
    sender: str
    sent_at: datetime
    waiting: int
    band: Band
    marks: tuple[SuggestionState, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """The mail a card rests on. `text` is what Spans of Part.BODY count in.

    `summary_by` names the model that wrote `summary`; it is empty where the summary is the mail's own sentences.
    """

    subject: str
    sender_name: str
    sender_address: str
    recipients: tuple[str, ...]
    sent_at: datetime
    text: str
    zones: tuple[ZonedLine, ...]
    evidence: tuple[Evidence, ...]
    troubles: tuple[str, ...]
    attachments: tuple[str, ...]
    summary: str = ""
    summary_by: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One Proposal with its source. `entries` maps a Suggestion's or Draft's id to its latest OutboxEntry.

    `live` maps a Suggestion's id to the field values found on the other side when a Conflict came up.
    `names` maps a REFERENCE value (`account:001…`, `suggestion:…`) to words. `others` are the other mails that words
    on the card stand in, by the `source` of their Evidence. `rules` maps a Suggestion's id to what its CRM lets the rep
    write. `changed_at` is when the Record of a Suggestion in conflict was changed, where the CRM told of that change.
    """

    proposal: Proposal
    source: SourceView
    entries: Mapping[str, OutboxEntry]
    live: Mapping[str, Mapping[str, str | None]]
    names: Mapping[str, str]
    others: Mapping[InteractionId, SourceView] = field(default_factory=dict)
    changed_at: Mapping[str, datetime] = field(default_factory=dict)
    rules: Mapping[str, RecordRules] = field(default_factory=dict)

    def source_of(self, evidence: Evidence | None) -> SourceView:
        """Return the mail these words stand in."""
        named = evidence.source if evidence else None
        return self.others.get(named, self.source) if named else self.source


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is, for the list's head and the quiet line."""

    open: int
    snoozed: int
    done: int
    ignored: int
    in_work: int
    on_its_way: int
    needs_user: int


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """One mail that led to nothing, and why."""

    subject: str
    sender: str
    sent_at: datetime
    reason: str


class Answer(Enum):
    """What the rep chose for a field that somebody changed meanwhile."""

    NONE = auto()
    THEIRS = auto()
    MINE = auto()
    OWN = auto()


@dataclass(frozen=True, slots=True)
class FieldTriple:
    """One field of an entry: what was seen, what is wanted and, in a conflict, what was found there.

    `is_contested` says that somebody changed it meanwhile, so that the rep has to choose. Values are canonical.
    """

    name: str
    seen: str | None
    wanted: str | None
    found: str | None = None
    is_contested: bool = False


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One change that is on its way or stuck, for the outbox.

    `due_at` is when it is tried next: None where it goes as soon as its turn comes, or waits for a person. `changed_at`
    is when the Record was changed under it, where the CRM has told us of just that change.
    """

    entry: OutboxEntry
    title: str
    connection: str
    proposal_id: ProposalId | None
    fields: tuple[FieldTriple, ...]
    names: Mapping[str, str]
    due_at: datetime | None = None
    tried_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def state(self) -> DeliveryState:
        """How far it has got."""
        return self.entry.state

    @property
    def is_stuck(self) -> bool:
        """Whether it waits for a person."""
        return self.entry.state in {DeliveryState.CONFLICT, DeliveryState.REJECTED, DeliveryState.NEEDS_USER}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One OutboxEntry for the list of what is on its way."""

    entry: OutboxEntry
    title: str
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """One mailbox or CRM: when it was last looked at, and what is wrong, in one sentence, if anything is.

    `since` is when the trouble began, None without any; `waiting` counts the changes that wait to be sent there.
    """

    connection_id: str
    title: str
    family: str
    is_ok: bool
    sentence: str
    checked_at: datetime | None
    since: datetime | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """What the quiet line shows. `model_sentence` says so when rules alone carry the job."""

    agent_seen_at: datetime | None
    model_state: ModelState
    model_sentence: str
    connections: tuple[ConnectionHealth, ...]
