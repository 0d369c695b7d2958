"""What a rep does about each Intent."""

from desktop.domain.evidence import Intent

OPENS_DEAL = frozenset({Intent.INQUIRY.value, Intent.CONTRACT_NEGOTIATION.value})
OPENS_DEAL_FOR_GOODS = frozenset({Intent.PURCHASE_OR_BILLING.value})
MOVES_DEAL = OPENS_DEAL | OPENS_DEAL_FOR_GOODS | {Intent.PROPOSAL_OR_OFFER.value, Intent.FOLLOW_UP.value}
COMPLAINS = frozenset({Intent.COMPLAINT_OR_ISSUE.value})
WANTS_ANSWER = frozenset(
    {
        Intent.INQUIRY.value,
        Intent.COMPLAINT_OR_ISSUE.value,
        Intent.MEETING_REQUEST.value,
        Intent.CONTRACT_NEGOTIATION.value,
        Intent.FOLLOW_UP.value,
        Intent.REQUEST_ACTION.value,
    }
)
