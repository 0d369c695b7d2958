"""What every desk of the agent works with."""

from dataclasses import dataclass

from desktop.agent.condition import Condition
from desktop.domain.ports import Clock
from desktop.runtime.events import EventBus
from desktop.store.store import Store


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every desk works with."""

    store: Store
    clock: Clock
    bus: EventBus
    condition: Condition
