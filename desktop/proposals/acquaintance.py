"""Whom the Mirror knows of those a mail speaks of: by address and domain first, then by another spelling."""

from desktop.domain.evidence import FactKind
from desktop.domain.ids import InteractionId
from desktop.domain.matching import domain_key, email_key, name_key
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, parse_ref
from desktop.proposals.basis import Basis
from desktop.proposals.conversation import Circle, Source, mails_of
from desktop.proposals.namesakes import known_account, namesake
from desktop.store.mirror import Mirror
from desktop.store.store import Transaction

CLOSED_WORDS = ("closed", "won", "lost", "gewonnen", "verloren")


def recognise(basis: Basis, mirror: Mirror, deal: RecordRef | None = None) -> None:
    """Find who wrote, their Account and an open Opportunity in the Mirror. More than one possible match is no match.

    A Contact of the address goes before a Lead: who has been qualified is a Lead no more.
    `deal` is the Opportunity that came of this very conversation.
    """
    crm = basis.connection_id
    email = basis.fact(FactKind.EMAIL)
    address = email_key(email.value) if email else ""
    found = mirror.find(crm, RecordKind.CONTACT, email=address) or mirror.find(crm, RecordKind.LEAD, email=address)
    if found:
        _take_for(basis, found[0])
    else:
        _recognise_otherwise(basis, mirror)
    basis.owner = _account(basis, mirror)
    if basis.owner is not None:
        deals = mirror.find(crm, RecordKind.OPPORTUNITY, parent=str(basis.owner.ref))
        live = [found for found in deals if not _is_closed(found)]
        basis.opportunity = live[0] if len(live) == 1 else None
    known = mirror.get(crm, deal) if deal else None
    if known is not None and not known.is_deleted and not _is_closed(known):
        basis.opportunity = known
    for kind, record in (
        (RecordKind.CONTACT, basis.contact),
        (RecordKind.LEAD, basis.lead),
        (RecordKind.ACCOUNT, basis.owner),
        (RecordKind.OPPORTUNITY, basis.opportunity),
    ):
        if record is not None:
            basis.refs[kind] = str(record.ref)


def written_by_leads(tx: Transaction, basis: Basis) -> frozenset[InteractionId]:
    """Return the mails of the conversation whose writer is a Lead or would become one, as their own card said it."""
    by: dict[str, list[Source]] = {}
    for source in basis.circle.conversation:
        email = source.fact(FactKind.EMAIL)
        by.setdefault(email_key(email.value) if email else "", []).append(source)
    found: set[InteractionId] = set()
    for address, sources in by.items():
        if any(source.is_current for source in sources):
            is_lead = basis.is_lead
        else:
            own, last = mails_of(tx, address), sources[-1]
            other = Basis(last.message, last.reading, basis.connection_id, basis.rules, Circle(own, own), {})
            other.new_people = basis.new_people
            recognise(other, tx.mirror)
            is_lead = other.is_lead
        found |= {source.id for source in sources} if is_lead else set()
    return frozenset(found)


def _recognise_otherwise(basis: Basis, mirror: Mirror) -> None:
    """Take a person without an address for the one who wrote, if that is sure; any other is only named to the rep."""
    found = namesake(basis, mirror)
    if found is None:
        return
    if found.is_sure and not found.record.fields.get("email", "hidden"):
        _take_for(basis, found.record)
    else:
        basis.perhaps = found.sentence


def _take_for(basis: Basis, person: RecordSnapshot) -> None:
    if person.ref.kind is RecordKind.CONTACT:
        basis.contact = person
    else:
        basis.lead = person


def _account(basis: Basis, mirror: Mirror) -> RecordSnapshot | None:
    crm = basis.connection_id
    linked = (basis.contact.fields.get("account") or "") if basis.contact else ""
    if linked:
        record = mirror.get(crm, parse_ref(linked))
        if record is not None and not record.is_deleted:
            return record
    email, company = basis.fact(FactKind.EMAIL), basis.merged(RecordKind.ACCOUNT, FactKind.COMPANY)
    searches = (
        {"domain": domain_key(email.value) if email else ""},
        {"name": name_key(company.value) if company else ""},
    )
    for search in searches:
        found = mirror.find(crm, RecordKind.ACCOUNT, **search)
        if len(found) == 1:
            return found[0]
    return known_account(basis, mirror)


def _is_closed(deal: RecordSnapshot) -> bool:
    stage = (deal.fields.get("stage") or "").lower()
    return any(word in stage for word in CLOSED_WORDS)
