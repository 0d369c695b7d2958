"""Sending what waits or is stuck: at once, again, or as the rep answered a conflict.

Everything here happens inside the caller's transaction.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.errors import Rejected
from desktop.domain.ports import Clock
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.review.conflicts import CHANGED_AGAIN, contested, insisting, renewed, resolved, same
from desktop.review.typed import typed_value

if TYPE_CHECKING:  # SQLAlchemy takes 0.3 s to import, and the window paints before its first write
    from desktop.store.store import Transaction

NOTHING_WAITS = "Nothing of this is on its way: the card shows how it stands now."
BEING_SENT = "It is being sent at this moment: look again in a few seconds."
NO_CONFLICT = "There is no conflict here any more: the card shows how it stands now."
THEIRS_STAYS = "What is in the CRM stays; nothing of yours is written."
GOES_OUT = "It goes out as you decided."
_WAITS = frozenset({DeliveryState.WAITING, DeliveryState.NEEDS_USER})
_MOVING = _WAITS | {DeliveryState.SENDING, DeliveryState.CONFLICT, DeliveryState.REJECTED}


class Resending:
    """Retry and the answers to conflicts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def need_moving(self, tx: "Transaction", subject_id: str) -> OutboxEntry:
        """Return the entry of a subject that is on its way or stuck; Rejected when there is none, or it is sent now."""
        entries = tx.outbox.of_subject(subject_id)
        if not entries or entries[-1].state not in _MOVING:
            raise Rejected(NOTHING_WAITS, detail=subject_id)
        if entries[-1].state is DeliveryState.SENDING:
            raise Rejected(BEING_SENT, detail=subject_id)
        return entries[-1]

    def retry(self, tx: "Transaction", subject_id: str) -> None:
        """Let one entry be due at once; one in conflict goes out over what was shown."""
        entry = self.need_moving(tx, subject_id)
        if entry.state is DeliveryState.CONFLICT:
            live = tx.outbox.live(entry.id)
            self._send(tx, entry, insisting(entry, live), live)
        else:
            self._again(tx, entry)

    def retry_all(self, tx: "Transaction") -> tuple[str, ...]:
        """Let all that is not in conflict be due at once; return the subjects, in the order they go."""
        found = [entry for entry in tx.outbox.unsettled() if entry.state in _WAITS | {DeliveryState.REJECTED}]
        for entry in found:
            self._again(tx, entry)
        return tuple(dict.fromkeys(entry.subject_id for entry in found))

    def resolve(
        self,
        tx: "Transaction",
        subject_id: str,
        values: Mapping[str, str | None],
        seen: Mapping[str, str | None] | None,
    ) -> str:
        """Send what is left when each contested field holds its value of `values`; return what came of it."""
        entry = self.need_moving(tx, subject_id)
        if entry.state is not DeliveryState.CONFLICT:
            raise Rejected(NO_CONFLICT, detail=subject_id)
        live = tx.outbox.live(entry.id)
        found = contested(entry, live)
        if seen is not None and any(not same(value, found.get(name)) for name, value in seen.items()):
            raise Rejected(CHANGED_AGAIN, detail=subject_id)
        if entry.operation is Operation.REMOVE or entry.kind is None:
            raise Rejected("A record is removed whole or not at all: send it anyway, or give it up.", detail=subject_id)
        # Their value may be one that we would not write, and ours was held to the rules when it was decided.
        typed = {
            name: value
            if same(value, found.get(name)) or same(value, entry.fields.get(name))
            else typed_value(tx, entry.connection_id, entry.kind, name, value)
            for name, value in values.items()
        }
        left = resolved(entry, live, typed)
        if left is None:
            return self._leave(tx, entry, live)
        self._send(tx, entry, left, live)
        return GOES_OUT

    def _send(self, tx: "Transaction", entry: OutboxEntry, left: OutboxEntry, live: Mapping[str, str | None]) -> None:
        """Put the answer to a conflict in line, and let the Suggestion say what it is now."""
        suggestion = tx.proposals.find_suggestion(entry.subject_id)
        if suggestion is not None and entry.operation is Operation.UPDATE:
            keeps_ours = tx.outbox.may_have_arrived(entry.id)
            tx.proposals.save_suggestion(renewed(suggestion, left, live, keeps_ours=keeps_ours))
        self._again(tx, replace(left, state=entry.state))

    def _again(self, tx: "Transaction", entry: OutboxEntry) -> None:
        if entry.state in _WAITS:
            tx.outbox.hurry(entry.id)
        else:
            tx.outbox.requeue(entry)
            if entry.attempts or tx.outbox.may_have_arrived(entry.id):
                tx.outbox.postpone(entry.id, self._clock.now(), sentence="")
        suggestion, draft = tx.proposals.find_suggestion(entry.subject_id), tx.proposals.find_draft(entry.subject_id)
        if suggestion is not None:
            tx.proposals.save_suggestion(replace(suggestion, state=SuggestionState.QUEUED))
        if draft is not None:
            tx.proposals.save_draft(replace(draft, state=DraftState.QUEUED))

    @staticmethod
    def _leave(tx: "Transaction", entry: OutboxEntry, live: Mapping[str, str | None]) -> str:
        """Write nothing: theirs stands. An undo that is left like this leaves the Suggestion delivered, as it was."""
        tx.outbox.settle(entry.id, DeliveryState.CANCELLED)
        suggestion = tx.proposals.find_suggestion(entry.subject_id)
        if suggestion is not None:
            is_undo = entry.operation is Operation.RESTORE
            state = SuggestionState.DELIVERED if is_undo else SuggestionState.DISMISSED
            shown = suggestion if is_undo else renewed(suggestion, None, live, keeps_ours=False)
            tx.proposals.save_suggestion(replace(shown, state=state))
        return THEIRS_STAYS
