"""Fill Records in from earlier mails, one Record at a time: what the mails say becomes an update for the rep to decide.

It goes onto the card that an open Suggestion about the Record stands on, which gives way to one that says both; else
onto the card of the newest mail that the values rest on. What the rep said no to does not come back, what is on its
way is left alone, and what somebody filled in meanwhile is taken off again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from desktop.domain.connections import Family
from desktop.domain.evidence import Evidence
from desktop.domain.ids import ConnectionId, InteractionId, ProposalId, SuggestionId, derive
from desktop.domain.interactions import InteractionState
from desktop.domain.matching import email_key, phone_key
from desktop.domain.ports import Clock
from desktop.domain.proposals import Action, FieldChange, Proposal, Suggestion, SuggestionState
from desktop.domain.records import PEOPLE, RecordKind, RecordRef, RecordSnapshot
from desktop.proposals.conversation import Source
from desktop.proposals.known_before import Known, known_of
from desktop.proposals.standing import ON_ITS_WAY, REFUSED, expire, kin
from desktop.store.enrichments import enrichment_key
from desktop.store.store import Store, Transaction

REASON = "Earlier mails say what your CRM leaves empty"
SAID_BEFORE = REFUSED | {SuggestionState.DELIVERED}


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What is to become of one Record's Suggestions: `changes` on the card of a mail, in place of `overtaken`.

    `changes` are all that the new Suggestion says, those of the ones it takes the place of among them; empty when
    nothing is left to say. `added` counts those that were found now. `home` is the mail whose card it is.
    """

    record: RecordSnapshot
    connection_id: ConnectionId
    changes: tuple[FieldChange, ...]
    added: int
    overtaken: tuple[Suggestion, ...]
    home: InteractionId
    sources: tuple[InteractionId, ...]


def next_record(tx: Transaction) -> tuple[ConnectionId, RecordRef] | None:
    """Return a Record that is to be looked at, of a CRM whose Mirror is whole, or None."""
    for crm in tx.connections.all(Family.CRM):
        ref = tx.enrichments.next(crm.id) if tx.connections.is_mirrored(crm.id) else None
        if ref is not None:
            return crm.id, ref
    return None


def run(connection_id: ConnectionId, ref: RecordRef, store: Store, clock: Clock) -> ProposalId | None:
    """Look at one Record and propose what earlier mails add to it; return the card that changed, or None."""
    with store.transaction() as tx:
        tx.enrichments.done(connection_id, ref)
        found = look(tx, connection_id, ref, clock.now())
        return None if found is None else _keep(tx, found, clock.now())


def look(tx: Transaction, connection_id: ConnectionId, ref: RecordRef, now: datetime) -> Enrichment | None:
    """Return what is to be proposed for one Record, None when nothing changes. Writes nothing."""
    record = tx.mirror.get(connection_id, ref)
    if record is None or record.is_deleted:
        return None
    known = known_of(tx, connection_id, record, now)
    around = _around(tx, connection_id, record, known.sources)
    opened = [s for s in around if s.state is SuggestionState.OPEN]
    updates = [s for s in opened if s.target == ref]
    is_ours = {s.id for s in tx.proposals.same(enrichment_key(connection_id, ref))}
    kept = _merged(tx, record, updates, is_ours)
    left = {change.field for change in kept}
    fresh = [c for c in _not_said_before(tx, ref, known, around) if c.field not in left]
    others = [s for s in opened if s.target != ref]
    dropped = sum(len(s.changes) for s in updates) - len(kept)
    if not fresh and not dropped and not others:
        return None
    home = _card_mail(tx, updates[-1]) if updates else _newest(known.sources, fresh)
    sources = dict.fromkeys(mail for s in updates for mail in s.sources)
    sources.update(dict.fromkeys(source.id for source in known.sources))
    return Enrichment(
        record,
        connection_id,
        tuple(_moved(change, home, None) for change in (*kept, *fresh)),
        len(fresh),
        (*updates, *others),
        home,
        tuple(sources),
    )


def _around(
    tx: Transaction, connection_id: ConnectionId, record: RecordSnapshot, sources: Iterable[Source]
) -> tuple[Suggestion, ...]:
    """Return every Suggestion about a Record: those of enrichments, and those on the cards of the mails.

    Among them is what the rep refused of the same person in a CRM that was connected before this one.
    """
    found = {s.id: s for s in tx.proposals.same(enrichment_key(connection_id, record.ref))}
    for source in sources:
        card = tx.proposals.of_interaction(source.id)
        for suggestion in tx.proposals.suggestions(card) if card else ():
            is_here = suggestion.connection_id == connection_id
            if _is_about(tx, suggestion, record) if is_here else _was_refused_of(tx, suggestion, record):
                found[suggestion.id] = suggestion
    return tuple(found.values())


def _is_about(tx: Transaction, suggestion: Suggestion, record: RecordSnapshot) -> bool:
    """Whether a Suggestion changes a Record, or would make somebody with its address a second time.

    What was to change a Lead is about the Contact that it became.
    """
    if suggestion.target is None:
        is_twin = suggestion.kind in PEOPLE and record.ref.kind in PEOPLE
        return is_twin and _has_address(record, suggestion.after().get("email"))
    if suggestion.kind is not RecordKind.LEAD or record.ref.kind is not RecordKind.CONTACT:
        return suggestion.target == record.ref
    lead = tx.mirror.get(suggestion.connection_id, suggestion.target)
    return lead is not None and lead.is_deleted and _has_address(record, lead.fields.get("email"))


def _has_address(record: RecordSnapshot, email: str | None) -> bool:
    address = email_key(record.fields.get("email") or "")
    return bool(address) and email_key(email or "") == address


def _was_refused_of(tx: Transaction, suggestion: Suggestion, record: RecordSnapshot) -> bool:
    """Whether the rep said no to a change of the same person, as another CRM had them."""
    if suggestion.state not in REFUSED or suggestion.target is None or suggestion.kind not in kin(record.ref.kind):
        return False
    known = tx.mirror.get(suggestion.connection_id, suggestion.target)
    return known is not None and _has_address(record, known.fields.get("email"))


def _merged(
    tx: Transaction, record: RecordSnapshot, updates: Iterable[Suggestion], is_ours: set[SuggestionId]
) -> list[FieldChange]:
    """Return what the open updates say, each field once; of ours only what still fills an empty field."""
    kept: dict[str, FieldChange] = {}
    for suggestion in updates:
        mail = _card_mail(tx, suggestion)
        for change in suggestion.changes:
            is_filled = change.before is None and bool(record.fields.get(change.field))
            if not (suggestion.id in is_ours and is_filled):
                kept[change.field] = _moved(change, None, mail)
    return list(kept.values())


def _moved(change: FieldChange, from_mail: InteractionId | None, to_mail: InteractionId | None) -> FieldChange:
    """Return a change whose Evidence names one mail otherwise: None stands for the mail of the card it is on."""

    def moved(evidence: Evidence) -> Evidence:
        return replace(evidence, source=to_mail) if evidence.source == from_mail else evidence

    others = tuple(replace(other, evidence=moved(other.evidence)) for other in change.others)
    return replace(change, evidence=tuple(moved(evidence) for evidence in change.evidence), others=others)


def _card_mail(tx: Transaction, suggestion: Suggestion) -> InteractionId:
    """Return the mail on whose card a Suggestion stands."""
    card = tx.proposals.get(suggestion.proposal_id)
    assert card is not None, "a Suggestion stands on a card"
    return card.interaction_id


def _newest(sources: Iterable[Source], changes: Iterable[FieldChange]) -> InteractionId:
    """Return the newest of the mails that changes rest on; "" where there are none."""
    cited = {mail for change in changes for mail in _mails(change)}
    found = max((s for s in sources if s.id in cited), key=lambda s: (s.said_at, s.id), default=None)
    return found.id if found is not None else InteractionId("")


def _not_said_before(tx: Transaction, ref: RecordRef, known: Known, around: Iterable[Suggestion]) -> list[FieldChange]:
    """Return the changes without what was refused, was written once already, or is being written now."""
    refused: set[tuple[str, str]] = set()
    busy: set[str] = set()
    answered: dict[str, set[InteractionId]] = {}
    for suggestion in around:
        if suggestion.state in ON_ITS_WAY and suggestion.target in {None, ref}:
            busy |= {change.field for change in suggestion.changes}
        if suggestion.state in SAID_BEFORE and suggestion.action is Action.UPDATE:
            refused |= {(change.field, _gist(change.after)) for change in suggestion.changes}
        for decision in tx.proposals.decisions(suggestion.id):
            for name in decision.edits:  # the rep wrote something else there, or nothing: these mails were wrong
                answered.setdefault(name, set()).update(suggestion.sources)
    return [
        change
        for change in known.changes
        if change.field not in busy
        and (change.field, _gist(change.after)) not in refused
        and not _mails(change) <= answered.get(change.field, set())
    ]


def _gist(value: str | None) -> str:
    """Return a value as it is compared: a number by its digits, words without case."""
    plain = " ".join((value or "").casefold().split())
    return phone_key(plain) if plain[:1] == "+" or plain.isdigit() else plain


def _mails(change: FieldChange) -> set[InteractionId]:
    return {evidence.source for evidence in change.evidence if evidence.source is not None}


# --- writing --------------------------------------------------------------------------------------------------------


def _keep(tx: Transaction, found: Enrichment, now: datetime) -> ProposalId | None:
    """Put the new Suggestion onto its card, and let those it takes the place of give way to it."""
    new = _suggestion(tx, found) if found.changes else None
    if new is not None:
        _put(tx, new, found, now)
        tx.audit.append(now, "dealside", "proposed", subject=new.id, detail=f"enrichment of {found.record.ref}")
    for old in found.overtaken:
        expire(tx, old, now, successor=new.id if new else None, known=found.record.ref)
    if new is not None:
        return new.proposal_id
    return found.overtaken[0].proposal_id if found.overtaken else None


def _suggestion(tx: Transaction, found: Enrichment) -> Suggestion:
    key = enrichment_key(found.connection_id, found.record.ref)
    card = tx.proposals.of_interaction(found.home) or ProposalId(derive("proposal", found.home))
    return Suggestion(
        id=SuggestionId(derive("enrichment", key, str(len(tx.proposals.same(key))))),
        proposal_id=card,
        connection_id=found.connection_id,
        action=Action.UPDATE,
        kind=found.record.ref.kind,
        title=found.record.title,
        changes=found.changes,
        reason=REASON,
        target=found.record.ref,
        version=found.record.version,
        sources=found.sources,
    )


def _put(tx: Transaction, new: Suggestion, found: Enrichment, now: datetime) -> None:
    key = enrichment_key(found.connection_id, found.record.ref)
    if tx.proposals.of_interaction(found.home) is not None:
        tx.proposals.append(new.proposal_id, new, key)
        return
    item, reading = tx.interactions.get(found.home), tx.interactions.reading(found.home)
    assert item is not None, "the mail was read a moment ago"
    assert reading is not None, "the mail was read a moment ago"
    card = Proposal(new.proposal_id, found.home, found.record.title, now, (new,), None, reading.computed_by)
    tx.proposals.add(card, item.message, {new.id: key})
    # Without a CRM it was put aside; with one it has led to something.
    tx.interactions.move(found.home, InteractionState.PROPOSED)
