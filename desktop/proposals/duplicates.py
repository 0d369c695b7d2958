"""What was said before is not said again: not while it waits, not on its way, and not after the rep dismissed it."""

from desktop.domain.proposals import Suggestion, SuggestionState
from desktop.domain.records import RecordKind
from desktop.proposals.basis import Plan
from desktop.store.store import Transaction

MIRRORED = frozenset({RecordKind.ACCOUNT, RecordKind.CONTACT})


def said_already(tx: Transaction, plan: Plan) -> Suggestion | None:
    """Return the Suggestion that says the same, or None. Later Suggestions link to it.

    A delivered Account or Contact is in the Mirror, which knows better what became of it; a delivered Opportunity or
    Case goes on being what the same conversation is about.
    """
    if not plan.same_as:
        return None
    for earlier in tx.proposals.same(plan.same_as):
        if earlier.state is SuggestionState.EXPIRED:
            continue
        if earlier.state is SuggestionState.DELIVERED and plan.kind in MIRRORED:
            continue
        return earlier
    return None
