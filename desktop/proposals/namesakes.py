"""Whom the CRM knows already, though not by this address or in this spelling.

Only one Record that is very likely the same, with no other that might be, is taken for it.
"""

from dataclasses import dataclass

from desktop.domain.evidence import FactKind
from desktop.domain.matching import email_key
from desktop.domain.records import RecordKind, RecordSnapshot, parse_ref
from desktop.matching.likeness import Likeness, likeness
from desktop.matching.profile import Profile, profile_of
from desktop.proposals.basis import Basis
from desktop.store.mirror import Mirror

KNOWN = 0.95
PERHAPS = 0.5
MOST_COMPARED = 12


@dataclass(frozen=True, slots=True)
class Namesake:
    """A Record that may be the one a mail speaks of, and what speaks for it."""

    record: RecordSnapshot
    likeness: Likeness

    @property
    def is_sure(self) -> bool:
        """Whether it may be taken for the one."""
        return self.likeness.chance >= KNOWN

    @property
    def sentence(self) -> str:
        """What the rep is told of it."""
        who = f"the lead {self.record.title}" if self.record.ref.kind is RecordKind.LEAD else self.record.title
        return f"Your CRM has {who} ({', '.join(self.likeness.reasons)}): perhaps the same person"


def namesake(basis: Basis, mirror: Mirror) -> Namesake | None:
    """Return the one Contact that may be who the mail is from, whatever address it has; else the one Lead."""
    person = basis.merged(RecordKind.CONTACT, FactKind.PERSON)
    if person is None:
        return None
    details = {
        name: fact.value
        for name, kind in (("email", FactKind.EMAIL), ("phone", FactKind.PHONE), ("mobile", FactKind.MOBILE))
        if (fact := basis.merged(RecordKind.CONTACT, kind)) is not None
    }
    first, _, last = person.value.rpartition(" ")
    company = basis.merged(RecordKind.ACCOUNT, FactKind.COMPANY)
    fields = {"first_name": first, "last_name": last, **details}
    for kind in (RecordKind.CONTACT, RecordKind.LEAD):
        wanted = profile_of(kind, fields, firm=company.value if company else "")
        found = mirror.alike(basis.connection_id, kind, wanted, limit=MOST_COMPARED)
        rivals = _rivals(wanted, [(record, _person(basis, record, mirror)) for record in found])
        if rivals:
            return rivals[0] if len(rivals) == 1 else None
    return None


def known_account(basis: Basis, mirror: Mirror) -> RecordSnapshot | None:
    """Return the Account whose name is another spelling of the firm's."""
    company, email = basis.merged(RecordKind.ACCOUNT, FactKind.COMPANY), basis.fact(FactKind.EMAIL)
    if company is None:
        return None
    site = email_key(email.value).rpartition("@")[2] if email else ""
    wanted = profile_of(RecordKind.ACCOUNT, {"name": company.value, "domain": site})
    found = mirror.alike(basis.connection_id, RecordKind.ACCOUNT, wanted, limit=MOST_COMPARED)
    rivals = _rivals(wanted, [(record, profile_of(RecordKind.ACCOUNT, record.fields)) for record in found])
    return rivals[0].record if len(rivals) == 1 and rivals[0].is_sure else None


def _person(basis: Basis, record: RecordSnapshot, mirror: Mirror) -> Profile:
    linked = record.fields.get("account")
    account = mirror.get(basis.connection_id, parse_ref(linked)) if linked else None
    firm = (account.fields.get("name") or "") if account else ""
    return profile_of(record.ref.kind, record.fields, firm=firm)


def _rivals(wanted: Profile, known: list[tuple[RecordSnapshot, Profile]]) -> list[Namesake]:
    alike = [(likeness(wanted, profile), record) for record, profile in known]
    return [Namesake(record, like) for like, record in alike if like.chance >= PERHAPS]
