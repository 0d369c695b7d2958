"""An error's class says what becomes of an entry: try again at a time, wait for the rep, or give up."""

from dataclasses import replace
from datetime import datetime, timedelta

from desktop.domain.deliveries import DeliveryState, OutboxEntry
from desktop.domain.errors import Cancelled, Conflict, DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.store.store import Transaction

FIRST_WAIT = 0.25  # most faults are over at once, and nothing is doubled by asking again
LONGEST_WAIT = 900.0
USER_WAIT = 300.0
LONGEST_USER_WAIT = 4 * 3600.0
MOST_DEFECTS = 5
OURS = "Something went wrong inside Dealside; the log says more. Nothing was lost."


def wait_after(attempts: int, error: Temporary) -> float:
    """Return the seconds to wait after so many failed attempts: what the other side asked, else doubling.

    Never nothing, even where the other side asks for nothing: the entry would be due again in the same turn.
    """
    if error.retry_after is not None:
        return max(error.retry_after, FIRST_WAIT)
    return float(min(FIRST_WAIT * 2 ** min(attempts, 20), LONGEST_WAIT))


def record_failure(tx: Transaction, entry: OutboxEntry, error: Exception, now: datetime) -> None:
    """Write down what became of a failed attempt."""
    if isinstance(error, Conflict):
        tx.outbox.settle(entry.id, DeliveryState.CONFLICT, sentence=error.sentence, live=error.live)
        _mark(tx, entry, SuggestionState.CONFLICT)
    elif isinstance(error, Rejected):
        tx.outbox.settle(entry.id, DeliveryState.REJECTED, sentence=error.sentence)
        _mark(tx, entry, SuggestionState.REJECTED)
    elif isinstance(error, UserActionNeeded):
        wait = min(USER_WAIT * 2 ** min(entry.attempts, 10), LONGEST_USER_WAIT)
        until = now + timedelta(seconds=wait)
        tx.outbox.postpone(entry.id, until, sentence=error.sentence, state=DeliveryState.NEEDS_USER)
        _refresh(tx, entry)
    elif isinstance(error, Temporary):
        until = now + timedelta(seconds=wait_after(entry.attempts, error))
        tx.outbox.postpone(entry.id, until, sentence=error.sentence)
    elif isinstance(error, Cancelled):
        tx.outbox.postpone(entry.id, now + timedelta(seconds=FIRST_WAIT), sentence="")
    elif entry.attempts + 1 < MOST_DEFECTS:
        tx.outbox.postpone(
            entry.id, now + timedelta(seconds=wait_after(entry.attempts, Temporary(OURS))), sentence=OURS
        )
    else:
        sentence = error.sentence if isinstance(error, DealsideError) else OURS
        tx.outbox.settle(entry.id, DeliveryState.REJECTED, sentence=sentence)
        _mark(tx, entry, SuggestionState.REJECTED)


def _refresh(tx: Transaction, entry: OutboxEntry) -> None:
    """Bring the card's line in step: it needs the rep now."""
    suggestion, draft = tx.proposals.find_suggestion(entry.subject_id), tx.proposals.find_draft(entry.subject_id)
    found = suggestion or draft
    if found is not None:
        tx.proposals.refresh(found.proposal_id)


def _mark(tx: Transaction, entry: OutboxEntry, state: SuggestionState) -> None:
    suggestion = tx.proposals.find_suggestion(entry.subject_id)
    if suggestion is not None:
        tx.proposals.save_suggestion(replace(suggestion, state=state))
        return
    draft = tx.proposals.find_draft(entry.subject_id)
    if draft is not None:
        tx.proposals.save_draft(replace(draft, state=DraftState.REJECTED))
