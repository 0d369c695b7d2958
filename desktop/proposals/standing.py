"""What the cards of a conversation say already: which Suggestions stand open, which the rep decided, on what mails.

At most one open Suggestion speaks of one Record of a conversation. It is never changed under the rep's hand: it turns
EXPIRED, in the transaction that keeps its successor, and an Accept that comes a moment later is refused with a
sentence that leads to the new card.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from desktop.domain.deliveries import Operation
from desktop.domain.ids import InteractionId, SuggestionId
from desktop.domain.proposals import Action, FieldChange, Suggestion, SuggestionState
from desktop.domain.records import FIELDS, PEOPLE, FieldType, RecordKind, RecordRef, RecordSnapshot
from desktop.proposals.basis import Plan
from desktop.proposals.conversation import Circle
from desktop.store.store import Transaction

LIVING = (RecordKind.ACCOUNT, RecordKind.CONTACT, RecordKind.LEAD, RecordKind.OPPORTUNITY, RecordKind.CASE)
"""Kinds of Record that several mails speak of. A Task and an Activity belong to one mail."""

UNDECIDED = frozenset({SuggestionState.OPEN, SuggestionState.SNOOZED, SuggestionState.EXPIRED})
REFUSED = frozenset({SuggestionState.DISMISSED, SuggestionState.UNDONE})
ON_ITS_WAY = frozenset({SuggestionState.QUEUED, SuggestionState.CONFLICT, SuggestionState.REJECTED})


@dataclass(frozen=True, slots=True)
class Standing:
    """The Suggestions of the mails around one, by kind of Record; `deal` is the Opportunity that came of them.

    `coming` are the updates on their way, as `as_it_will_be` has them: what undoes one is news, though it was said
    before.
    """

    suggestions: Mapping[RecordKind, tuple[Suggestion, ...]]
    settled: Mapping[RecordKind, frozenset[InteractionId]]
    deal: RecordRef | None = None
    coming: frozenset[SuggestionId] = frozenset()

    @classmethod
    def of(cls, tx: Transaction, circle: Circle) -> "Standing":
        """Read them."""
        cards: dict[InteractionId, tuple[Suggestion, ...]] = {}
        for source in {*circle.conversation, *circle.by_contact}:
            card = tx.proposals.of_interaction(source.id)
            cards[source.id] = tx.proposals.suggestions(card) if card else ()
        found = {
            kind: tuple(s for source in circle.of(kind) for s in cards[source.id] if s.kind is kind) for kind in LIVING
        }
        settled = {
            kind: frozenset().union(*(_settled(circle, other, found[other]) for other in kin(kind))) for kind in LIVING
        }
        coming = frozenset(s.id for kind in LIVING for s in found[kind] if _update_of(tx, s) is not None)
        return cls(found, settled, _deal(tx, found[RecordKind.OPPORTUNITY]), coming)

    def said(self) -> Mapping[RecordKind, Suggestion]:
        """Return by kind what is still to be made: the open Suggestion of a new Record, else one that was decided."""
        made: dict[RecordKind, Suggestion] = {}
        for kind, suggestions in self.suggestions.items():
            creates = [s for s in suggestions if s.action is Action.CREATE and s.state is not SuggestionState.EXPIRED]
            if creates:
                made[kind] = max(reversed(creates), key=lambda s: s.state is SuggestionState.OPEN)
        return made

    def of_kin(self, kind: RecordKind) -> tuple[Suggestion, ...]:
        """Return the Suggestions about one kind of Record; those about a Lead and about a Contact are of one person."""
        return tuple(s for other in kin(kind) for s in self.suggestions.get(other, ()))

    def open(self, kind: RecordKind) -> tuple[Suggestion, ...]:
        """Return the open Suggestions about one kind of Record."""
        return tuple(s for s in self.suggestions.get(kind, ()) if s.state is SuggestionState.OPEN)

    def as_it_will_be(self, tx: Transaction, record: RecordSnapshot | None) -> RecordSnapshot | None:
        """Return a Record with what is on its way to it: what comes next is held against that, and goes out after."""
        if record is None:
            return None
        fields = dict(record.fields)
        for suggestion in self.suggestions.get(record.ref.kind, ()):
            if suggestion.target == record.ref:
                fields.update(_update_of(tx, suggestion) or {})
        return replace(record, fields=fields)

    def without_refused(self, plan: Plan) -> Plan | None:
        """Return an update without what the rep said no to, and what is on its way already; None if nothing is left."""
        if plan.action is not Action.UPDATE:
            return plan
        said = {
            (change.field, change.after)
            for s in self.of_kin(plan.kind)
            # What was on its way to a Lead that is a Contact by now never gets there; what was refused stays so.
            if s.state in (REFUSED | ON_ITS_WAY if s.target == plan.target else REFUSED)
            and s.action is Action.UPDATE
            and (s.target == plan.target or s.kind is not plan.kind)
            and s.id not in self.coming
            for change in s.changes
        }
        left = tuple(change for change in plan.changes if (change.field, change.after) not in said)
        return replace(plan, changes=left) if left else None


def kin(kind: RecordKind) -> frozenset[RecordKind]:
    """Return the kinds of Record that stand for the same thing: one person is a Lead first and a Contact later."""
    return PEOPLE if kind in PEOPLE else frozenset({kind})


def says_the_same(standing: Suggestion, plan: Plan) -> bool:
    """Whether an open Suggestion leaves nothing to add: the same values, as sure, beside the same other values."""
    about, same = (standing.kind, standing.action, standing.target), (plan.kind, plan.action, plan.target)
    return about == same and _gist(plan.kind, standing.changes) == _gist(plan.kind, plan.changes)


def expire(
    tx: Transaction,
    old: Suggestion,
    now: datetime,
    *,
    successor: SuggestionId | None = None,
    known: RecordRef | None = None,
) -> None:
    """Let an open Suggestion give way, to a successor or to the Record that is in the CRM by now."""
    target = old.target or known
    tx.proposals.save_suggestion(replace(old, state=SuggestionState.EXPIRED, superseded_by=successor, target=target))
    if successor is not None and old.target is not None:
        # What an enrichment had found and the newer Suggestion leaves out is added to that one.
        tx.enrichments.ask_for(old.connection_id, old.target, now)
    why = f"superseded by {successor}" if successor else "nothing left to change"
    tx.audit.append(now, "dealside", "expired", subject=old.id, detail=why)


def _gist(kind: RecordKind, changes: tuple[FieldChange, ...]) -> dict[str, object]:
    """Return what a rep reads in these changes. Which Suggestion a link leads to is not theirs to read."""
    gist: dict[str, object] = {}
    for change in changes:
        is_link = FIELDS[kind][change.field].type is FieldType.REFERENCE
        others = tuple(other.value for other in change.others)
        gist[change.field] = None if is_link else (change.before, change.after, change.band, others)
    return gist


def _update_of(tx: Transaction, suggestion: Suggestion) -> Mapping[str, str | None] | None:
    """Return what is on its way to the CRM for a Suggestion; None for a new Record, or when it is being taken back."""
    entries = tx.outbox.of_subject(suggestion.id) if suggestion.state is SuggestionState.QUEUED else ()
    return entries[-1].fields if entries and entries[-1].operation is Operation.UPDATE else None


def _settled(circle: Circle, kind: RecordKind, suggestions: tuple[Suggestion, ...]) -> frozenset[InteractionId]:
    """Return the mails whose word was weighed: by the rep's decision, or because the CRM had it already."""
    decided = {mail for s in suggestions if s.state not in UNDECIDED for mail in s.sources}
    waiting = {mail for s in suggestions if s.state is SuggestionState.OPEN for mail in s.sources}
    weighed = {mail for weighed_kind, mail in circle.weighed if weighed_kind is kind}
    return frozenset(decided | (weighed - waiting))


def _deal(tx: Transaction, suggestions: tuple[Suggestion, ...]) -> RecordRef | None:
    for suggestion in reversed(suggestions):
        if suggestion.action is Action.UPDATE and suggestion.target is not None:
            return suggestion.target
        if suggestion.state is SuggestionState.DELIVERED:
            receipts = [r for r in tx.outbox.receipts(suggestion.id) if r.target is not None]
            if receipts:
                return receipts[-1].target
    return None
