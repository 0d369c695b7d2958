"""What the rules reason from: one mail with those around it, and what the Mirror knows about the people and firms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desktop.domain.evidence import Band, Fact, FactKind, Reading, band_of
from desktop.domain.ids import ConnectionId, InteractionId
from desktop.domain.interactions import EmailMessage, InteractionKind
from desktop.domain.matching import domain_key, email_key, name_key
from desktop.domain.proposals import Action, FieldChange
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, parse_ref
from desktop.proposals.conversation import Circle, Source
from desktop.proposals.merging import MergedFact, merge
from desktop.store.mirror import Mirror

CLOSED_WORDS = ("closed", "won", "lost", "gewonnen", "verloren")


@dataclass(frozen=True, slots=True)
class Plan:
    """A Suggestion before it has an id. `same_as` is the key by which a duplicate is recognised, "" for none."""

    action: Action
    kind: RecordKind
    title: str
    reason: str
    changes: tuple[FieldChange, ...]
    same_as: str = ""
    target: RecordRef | None = None
    version: str = ""


@dataclass(slots=True)
class Basis:
    """Everything a rule may look at. `refs` grows as rules run: kind → the REFERENCE value later rules link to.

    What a rule concludes about a Record that lives through a conversation rests on the whole `circle`, never on which
    of its mails happens to be in hand: so the order in which mails are read makes no difference. `settled` are the
    mails whose word on a kind of Record is weighed already.
    """

    message: EmailMessage
    reading: Reading
    connection_id: ConnectionId
    picklists: Mapping[RecordKind, Mapping[str, tuple[str, ...]]]
    circle: Circle
    settled: Mapping[RecordKind, frozenset[InteractionId]]
    contact: RecordSnapshot | None = None
    owner: RecordSnapshot | None = None
    opportunity: RecordSnapshot | None = None
    came_as: InteractionKind = InteractionKind.EMAIL
    refs: dict[RecordKind, str] = field(default_factory=dict)

    def fact(self, kind: FactKind) -> Fact | None:
        """Return the best Fact of a kind that is worth showing."""
        best = self.reading.best(kind)
        return best if best is not None and band_of(best.confidence) is not Band.EMPTY else None

    def merged(
        self, about: RecordKind, kind: FactKind, find: Callable[[Source], Fact | None] | None = None
    ) -> MergedFact | None:
        """Return what all mails that speak of one Record say of one thing; `find` as for `merge`."""
        return merge(kind, self.circle.of(about), settled=self.settled.get(about, frozenset()), find=find)

    def first_option(self, kind: RecordKind, name: str) -> str | None:
        """Return the CRM's default for a PICKLIST field."""
        options = self.picklists.get(kind, {}).get(name, ())
        return options[0] if options else None

    def option(self, kind: RecordKind, name: str, *wanted: str) -> str | None:
        """Return the first wanted value the CRM has, spelt as the CRM spells it; None rather than a guess."""
        options = {value.lower(): value for value in self.picklists.get(kind, {}).get(name, ())}
        return next((options[word.lower()] for word in wanted if word.lower() in options), None)


def match(basis: Basis, mirror: Mirror, deal: RecordRef | None = None) -> None:
    """Find the Contact, its Account and an open Opportunity in the Mirror. More than one possible match is no match.

    `deal` is the Opportunity that came of this very conversation.
    """
    crm = basis.connection_id
    email = basis.fact(FactKind.EMAIL)
    found = mirror.find(crm, RecordKind.CONTACT, email=email_key(email.value)) if email else ()
    basis.contact = found[0] if found else None
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
        (RecordKind.ACCOUNT, basis.owner),
        (RecordKind.OPPORTUNITY, basis.opportunity),
    ):
        if record is not None:
            basis.refs[kind] = str(record.ref)


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
    return None


def _is_closed(deal: RecordSnapshot) -> bool:
    stage = (deal.fields.get("stage") or "").lower()
    return any(word in stage for word in CLOSED_WORDS)
