"""What happened, in the past tense. Events carry ids and nothing else; whoever cares asks again."""

from dataclasses import dataclass
from enum import StrEnum


class EventName(StrEnum):
    """The events there are; an unknown name is an error."""

    INTERACTION_RECEIVED = "interaction_received"
    PROPOSAL_READY = "proposal_ready"
    PROPOSAL_CHANGED = "proposal_changed"
    DELIVERY_CHANGED = "delivery_changed"
    ALERT_RAISED = "alert_raised"
    MIRROR_CHANGED = "mirror_changed"
    HEALTH_CHANGED = "health_changed"
    CONNECTION_CHANGED = "connection_changed"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to `ids`."""

    name: EventName
    ids: tuple[str, ...] = ()
