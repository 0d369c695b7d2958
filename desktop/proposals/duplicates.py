"""What was said before is not said again: not while it waits, not on its way, and not after the rep dismissed it."""

from desktop.domain.proposals import Action, Suggestion, SuggestionState
from desktop.domain.records import RecordKind
from desktop.proposals.basis import Plan
from desktop.proposals.standing import ON_ITS_WAY, Standing, kin
from desktop.store.store import Transaction

MIRRORED = frozenset({RecordKind.ACCOUNT, RecordKind.CONTACT, RecordKind.LEAD})


def said_already(tx: Transaction, plan: Plan, standing: Standing) -> Suggestion | None:
    """Return the Suggestion that says the same and is not to give way, or None. Later Suggestions link to it.

    A delivered Account, person or update is in the Mirror, which knows better what became of it; a delivered
    Opportunity or Case goes on being what the same conversation is about. What stands open here may give way. Who was
    proposed as a Contact is not proposed as a Lead as well.
    """
    if not plan.same_as:
        return None
    around = standing.of_kin(plan.kind)
    about_it = around if plan.action is Action.CREATE else ()
    open_here = {s.id for kind in kin(plan.kind) for s in standing.open(kind)}
    for earlier in (*tx.proposals.same(plan.same_as), *(s for s in about_it if _stands_for(s))):
        if earlier.state is SuggestionState.EXPIRED or earlier.id in open_here | standing.coming:
            continue
        if earlier.state is SuggestionState.DELIVERED and (plan.kind in MIRRORED or plan.action is Action.UPDATE):
            continue
        return earlier
    return None


def _stands_for(suggestion: Suggestion) -> bool:
    """Whether a decided create stands for what this conversation is about, by whatever name it goes now.

    A firm that was dismissed under one name may be proposed under the right one; a deal was dismissed as such.
    """
    if suggestion.action is not Action.CREATE:
        return False
    if suggestion.kind in MIRRORED:
        return suggestion.state in ON_ITS_WAY
    return suggestion.state not in {SuggestionState.OPEN, SuggestionState.EXPIRED}
