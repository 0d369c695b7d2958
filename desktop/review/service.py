"""What a rep decides becomes Decisions and OutboxEntries here, each call in one transaction.

Nothing reaches the outbox by any other road, so what was not decided by a person cannot leave the machine.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.errors import Rejected
from desktop.domain.ids import ClusterId, DraftId, EntryId, ProposalId, SuggestionId, derive
from desktop.domain.ports import Clock
from desktop.domain.proposals import (
    Action,
    Decision,
    Draft,
    DraftState,
    FieldChange,
    Suggestion,
    SuggestionState,
    Verdict,
)
from desktop.review.conflicts import OWN_VALUE
from desktop.review.resending import Resending
from desktop.review.typed import check_allowed, is_allowed, typed_value, writable
from desktop.review.undoing import OVERTAKEN, Undoing

if TYPE_CHECKING:  # SQLAlchemy takes 0.3 s to import, and the window paints before its first write
    from desktop.review.cleanup import StoredCleanup
    from desktop.store.store import Store, Transaction

DECIDED_ELSEWHERE = "This was decided already: the card shows how it stands now."


class StoredReview:
    """The rep's verbs. `store` is called at the first write, so that a window can paint before it."""

    def __init__(self, store: "Callable[[], Store]", clock: Clock, *, actor: str) -> None:
        self._store = store
        self._clock = clock
        self._actor = actor
        self._undoing = Undoing(clock)
        self._resending = Resending(clock)

    def accept(self, suggestion_id: SuggestionId, edits: Mapping[str, str | None] | None = None) -> None:
        """Accept one Suggestion with the rep's own values for some fields, and queue its delivery."""
        with self._store().transaction() as tx:
            self._accept(tx, tx.proposals.suggestion(suggestion_id), dict(edits or {}))

    def accept_all(self, proposal_id: ProposalId, seen: Collection[SuggestionId] | None = None) -> int:
        """Accept every open Suggestion of a card that touches no guarded field; return how many stay open.

        Of those `seen`, if given: one that came onto the card meanwhile waits for a press of its own.
        """
        with self._store().transaction() as tx:
            left = 0
            for suggestion in tx.proposals.suggestions(proposal_id):
                if suggestion.state is not SuggestionState.OPEN:
                    continue
                is_new = seen is not None and suggestion.id not in seen
                if is_new or suggestion.is_guarded or not is_allowed(tx, suggestion):
                    left += 1
                else:
                    self._accept(tx, suggestion, {})
            return left

    def dismiss(self, suggestion_id: SuggestionId, reason: str = "") -> None:
        """Dismiss one Suggestion."""
        with self._store().transaction() as tx:
            self._dismiss(tx, tx.proposals.suggestion(suggestion_id), reason)

    def dismiss_all(
        self, proposal_id: ProposalId, reason: str = "", seen: Collection[SuggestionId] | None = None
    ) -> None:
        """Dismiss every open Suggestion (of those `seen`, if given) and the Draft of a card."""
        with self._store().transaction() as tx:
            for suggestion in tx.proposals.suggestions(proposal_id):
                if suggestion.state in _DECIDABLE and (seen is None or suggestion.id in seen):
                    self._dismiss(tx, suggestion, reason)
            draft = tx.proposals.draft_of(proposal_id)
            if draft is not None and draft.state is DraftState.OPEN:
                self._settle_draft(tx, draft, DraftState.DISMISSED, Verdict.DISMISS)

    def snooze(self, proposal_id: ProposalId, until: datetime) -> None:
        """Put a card away until a moment."""
        with self._store().transaction() as tx:
            if until <= self._clock.now():
                raise Rejected("That moment has passed: choose a later one.")
            _need_card(tx, proposal_id)
            tx.proposals.snooze(proposal_id, until)
            self._record(tx, proposal_id, Verdict.SNOOZE, reason=until.isoformat())

    def wake(self, proposal_id: ProposalId) -> None:
        """Bring a snoozed card back now."""
        with self._store().transaction() as tx:
            _need_card(tx, proposal_id)
            tx.proposals.snooze(proposal_id, None)
            self._record(tx, proposal_id, Verdict.TAKE_BACK)

    def undo(self, subject_id: str) -> str:
        """Take the last Decision on a Suggestion or Draft back, before or after delivery; return what was undone."""
        with self._store().transaction() as tx:
            return self._taken_back(tx, subject_id, gives_up=False)

    def give_up(self, subject_id: str) -> str:
        """Let go of what is on its way or stuck; return what came of it. The rep can decide on it again."""
        if _cluster_of(subject_id) is not None:  # a merge is one decision, whatever it is made of
            return self._cleanup().give_up(subject_id)
        with self._store().transaction() as tx:
            self._resending.need_moving(tx, subject_id)
            return self._taken_back(tx, subject_id, gives_up=True)

    def _cleanup(self) -> "StoredCleanup":
        from desktop.review.cleanup import StoredCleanup  # noqa: PLC0415  (no window's first paint needs it)

        return StoredCleanup(self._store, self._clock, actor=self._actor, can_merge=lambda _name: False)

    def retry(self, subject_id: str) -> None:
        """Send now what waits, and again what was refused; after a Conflict, the rep's values win over those shown."""
        if (cluster_id := _cluster_of(subject_id)) is not None:
            self._cleanup().retry(cluster_id)
            return
        with self._store().transaction() as tx:
            self._resending.retry(tx, subject_id)
            self._record(tx, subject_id, Verdict.ACCEPT, reason="sent again")

    def retry_all(self) -> int:
        """Send now all that waits, and again what was refused; return how many. A Conflict waits for its own answer."""
        with self._store().transaction() as tx:
            subjects = self._resending.retry_all(tx)
            for subject_id in subjects:
                self._record(tx, subject_id, Verdict.ACCEPT, reason="sent again")
            return len(subjects)

    def resolve(
        self, subject_id: str, values: Mapping[str, str | None], seen: Mapping[str, str | None] | None = None
    ) -> str:
        """Answer a Conflict field by field and send the rest; return what came of it, as a sentence.

        `values` says what each field that somebody changed is to hold; their value leaves it alone. `seen` are the
        values that were shown: Rejected when others were found since.
        """
        if _cluster_of(subject_id) is not None:
            raise Rejected("Compare these records in the clean-up (c): take the merge back there and decide again.")
        with self._store().transaction() as tx:
            done = self._resending.resolve(tx, subject_id, values, seen)
            self._record(tx, subject_id, Verdict.EDIT, edits=values, reason="conflict answered")
            return done

    def save_draft(self, draft_id: DraftId, *, subject: str, body: str) -> None:
        """Keep the rep's text of an open Draft."""
        with self._store().transaction() as tx:
            draft = _open_draft(tx, draft_id)
            tx.proposals.save_draft(replace(draft, subject=subject, body=body))

    def accept_draft(self, draft_id: DraftId) -> None:
        """Queue the Draft for the mailbox's Drafts folder."""
        with self._store().transaction() as tx:
            draft = _open_draft(tx, draft_id)
            tx.outbox.add(_draft_entry(tx, draft, self._clock.now()))
            self._settle_draft(tx, draft, DraftState.QUEUED, Verdict.ACCEPT)

    def dismiss_draft(self, draft_id: DraftId) -> None:
        """Dismiss the Draft."""
        with self._store().transaction() as tx:
            self._settle_draft(tx, _open_draft(tx, draft_id), DraftState.DISMISSED, Verdict.DISMISS)

    def _taken_back(self, tx: "Transaction", subject_id: str, *, gives_up: bool) -> str:
        suggestion = tx.proposals.find_suggestion(subject_id)
        if suggestion is not None:
            done = self._undoing.suggestion(tx, suggestion, gives_up=gives_up)
        else:
            done = self._undoing.draft(tx, tx.proposals.draft(DraftId(subject_id)), gives_up=gives_up)
        self._record(tx, subject_id, Verdict.UNDO, reason=done)
        return done

    def _accept(self, tx: "Transaction", suggestion: Suggestion, edits: dict[str, str | None]) -> None:
        if suggestion.state not in _ACCEPTABLE:
            raise _refused(suggestion)
        decided = replace(suggestion, changes=_edited(tx, suggestion, edits), state=SuggestionState.QUEUED)
        decided = writable(tx, decided)
        check_allowed(tx, decided)
        entry = _entry(tx, decided, self._clock.now())
        tx.outbox.add(entry)
        if _may_be_there(tx, entry):
            tx.outbox.postpone(entry.id, self._clock.now(), sentence="")  # it counts as tried, and is due at once
        tx.proposals.save_suggestion(decided)
        self._record(tx, suggestion.id, Verdict.EDIT if edits else Verdict.ACCEPT, edits=edits)

    def _dismiss(self, tx: "Transaction", suggestion: Suggestion, reason: str) -> None:
        if suggestion.state not in _DECIDABLE:
            raise _refused(suggestion)
        tx.proposals.save_suggestion(replace(suggestion, state=SuggestionState.DISMISSED))
        self._record(tx, suggestion.id, Verdict.DISMISS, reason=reason)

    def _settle_draft(self, tx: "Transaction", draft: Draft, state: DraftState, verdict: Verdict) -> None:
        tx.proposals.save_draft(replace(draft, state=state))
        self._record(tx, draft.id, verdict)

    def _record(
        self,
        tx: "Transaction",
        subject_id: str,
        verdict: Verdict,
        *,
        edits: Mapping[str, str | None] | None = None,
        reason: str = "",
    ) -> None:
        now = self._clock.now()
        tx.proposals.record(Decision(subject_id, verdict, self._actor, now, dict(edits or {}), reason))
        tx.audit.append(now, self._actor, verdict.value, subject=subject_id, detail=",".join(sorted(edits or {})))


def _cluster_of(subject_id: str) -> ClusterId | None:
    from desktop.review.merge_entries import cluster_of  # noqa: PLC0415  (as above)

    return cluster_of(subject_id)


_DECIDABLE = frozenset({SuggestionState.OPEN, SuggestionState.SNOOZED})
_ACCEPTABLE = _DECIDABLE | {SuggestionState.UNDONE}


def _refused(suggestion: Suggestion) -> Rejected:
    sentence = OVERTAKEN if suggestion.state is SuggestionState.EXPIRED else DECIDED_ELSEWHERE
    return Rejected(sentence, detail=f"{suggestion.id} is {suggestion.state}")


def _need_card(tx: "Transaction", proposal_id: ProposalId) -> None:
    if tx.proposals.get(proposal_id) is None:
        raise Rejected("This card is gone: it was erased meanwhile.", detail=proposal_id)


def _edited(tx: "Transaction", suggestion: Suggestion, edits: dict[str, str | None]) -> tuple[FieldChange, ...]:
    changes = {change.field: change for change in suggestion.changes}
    for name, typed in edits.items():
        value = typed_value(tx, suggestion.connection_id, suggestion.kind, name, typed)
        earlier = changes.get(name)
        before = earlier.before if earlier else None
        said = next((other.evidence for other in earlier.others if other.value == value), None) if earlier else None
        reason = "your choice of what the mails say" if said else OWN_VALUE
        changes[name] = FieldChange(name, before, value, 1.0, reason, (said,) if said else ())
    kept = tuple(change for change in changes.values() if change.after != change.before)
    if not kept:
        raise Rejected("Nothing is left to change here: dismiss it instead.")
    return kept


def _entry(tx: "Transaction", suggestion: Suggestion, now: datetime) -> OutboxEntry:
    operation = Operation.CREATE if suggestion.action is Action.CREATE else Operation.UPDATE
    earlier = tx.outbox.of_subject(suggestion.id)
    # Taken back before it was sent, the same change keeps its key: it may have arrived after all. Only a delivered
    # undo starts a new life.
    lives = sum(e.state is DeliveryState.DELIVERED and e.operation in _UNDOS for e in earlier)
    return OutboxEntry(
        id=EntryId(derive("entry", suggestion.id, str(len(earlier)))),
        subject_id=suggestion.id,
        connection_id=suggestion.connection_id,
        operation=operation,
        kind=suggestion.kind,
        target=suggestion.target,
        fields={change.field: change.after for change in suggestion.changes},
        before={change.field: change.before for change in suggestion.changes},
        version=suggestion.version,
        idempotency_key=derive("key", suggestion.id, operation.value, str(lives)),
        created_at=now,
    )


def _may_be_there(tx: "Transaction", entry: OutboxEntry) -> bool:
    """Whether an earlier decision may have created the Record already, under the same key."""
    earlier = [e for e in tx.outbox.of_subject(entry.subject_id) if e.id != entry.id]
    return entry.operation is Operation.CREATE and any(
        e.idempotency_key == entry.idempotency_key and tx.outbox.may_have_arrived(e.id) for e in earlier
    )


_UNDOS = frozenset({Operation.REMOVE, Operation.RESTORE, Operation.REMOVE_DRAFT})


def _open_draft(tx: "Transaction", draft_id: DraftId) -> Draft:
    draft = tx.proposals.draft(draft_id)
    if draft.state is not DraftState.OPEN:
        raise Rejected(DECIDED_ELSEWHERE, detail=f"{draft_id} is {draft.state}")
    return draft


def _draft_entry(tx: "Transaction", draft: Draft, now: datetime) -> OutboxEntry:
    earlier = tx.outbox.of_subject(draft.id)
    return OutboxEntry(
        id=EntryId(derive("entry", draft.id, str(len(earlier)))),
        subject_id=draft.id,
        connection_id=draft.connection_id,
        operation=Operation.APPEND_DRAFT,
        kind=None,
        target=None,
        fields={
            "from": draft.sender,
            "to": ", ".join(draft.recipients),
            "subject": draft.subject,
            "body": draft.body,
            "message_id": draft.message_id,
            "in_reply_to": draft.in_reply_to,
            "references": " ".join(draft.references),
            "date": now.isoformat(),
        },
        before={},
        version="",
        idempotency_key=draft.message_id,
        created_at=now,
    )
