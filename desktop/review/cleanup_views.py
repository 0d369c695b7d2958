"""Read models of the clean-up: what a front end shows of Records that stand in a CRM more than once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from desktop.domain.cleanup import Cluster, MergePlan


class CleanupShelf(StrEnum):
    """Which clusters a list shows: those that wait, those to be merged or merged, those that are not the same."""

    OPEN = "open"
    DECIDED = "decided"
    APART = "apart"


class CleanupState(StrEnum):
    """How far a cluster has got. BY_HAND waits for the rep to merge in the CRM; its feed shows when they have."""

    OPEN = "open"
    ON_ITS_WAY = "on_its_way"
    STUCK = "stuck"
    BY_HAND = "by_hand"
    DONE = "done"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class ClusterView:
    """One cluster with its CRM's name, what is planned, and how far it has got.

    `names` maps REFERENCE values to words. `can_note` says that vanishing values may be kept in a note.
    """

    cluster: Cluster
    plan: MergePlan
    state: CleanupState
    sentence: str
    crm: str
    names: Mapping[str, str] = field(default_factory=dict)
    can_note: bool = False


@dataclass(frozen=True, slots=True)
class CleanupCounts:
    """How many clusters wait for a decision, and how many decided ones need the rep after all."""

    open: int
    needs_user: int


def what_happens(view: ClusterView) -> str:
    """Return what approving does and whether it can be undone, for the rep to read before."""
    crm = view.crm or "your CRM"
    going = len(view.cluster.members) - len(view.plan.apart) - 1
    others = "the other record" if going == 1 else f"the {going} other records"
    if view.cluster.can_merge:
        return f"{crm} then makes one record of them: {others} will be gone. A merge cannot be undone."
    return (
        f"The record that stays is brought up to date. {crm} cannot merge through its interface, so nothing is "
        f"deleted: merge {others} there by hand. Once {crm} shows it, this is done."
    )


def state_sentence(view: ClusterView) -> str:
    """Return how far a decided cluster has got, and what is left for the rep to do."""
    crm = view.crm or "your CRM"
    match view.state:
        case CleanupState.BY_HAND:
            return f"Now merge or delete by hand in {crm}: {view.sentence}. Once {crm} shows it, this is done."
        case CleanupState.DONE:
            return "One record is left."
        case CleanupState.DISMISSED:
            return "Not the same. They come back only when one of them changes."
        case CleanupState.ON_ITS_WAY:
            return view.sentence or f"It goes out as soon as {crm} can be reached."
        case _:
            return view.sentence
