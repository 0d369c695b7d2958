"""Read models: what a front end shows. Frozen, complete, and free of anything that would need a second question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.domain.deliveries import DeliveryState, OutboxEntry
from desktop.domain.evidence import Band, Evidence, ZonedLine
from desktop.domain.ids import InteractionId, ProposalId
from desktop.domain.ports import ModelState
from desktop.domain.proposals import Proposal, SuggestionState


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
    on the card stand in, by the `source` of their Evidence.
    """

    proposal: Proposal
    source: SourceView
    entries: Mapping[str, OutboxEntry]
    live: Mapping[str, Mapping[str, str | None]]
    names: Mapping[str, str]
    others: Mapping[InteractionId, SourceView] = field(default_factory=dict)

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


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One OutboxEntry for the list of what is on its way."""

    entry: OutboxEntry
    title: str
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """One mailbox or CRM: when it was last looked at, and what is wrong, in one sentence, if anything is."""

    connection_id: str
    title: str
    family: str
    is_ok: bool
    sentence: str
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """What the quiet line shows. `model_sentence` says so when rules alone carry the job."""

    agent_seen_at: datetime | None
    model_state: ModelState
    model_sentence: str
    connections: tuple[ConnectionHealth, ...]
