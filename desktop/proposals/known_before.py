"""What earlier mails say of a person or a firm that its Record leaves empty. Reads the store, writes nothing.

Every value stands in a mail that is here, and is shown with its words. Only empty fields are filled: to change what
stands in the CRM takes a mail that says so, and the rules for new mails see to that.

**A firm's web site** is a hint, drawn from the address that its people write from. One person's address may be a
former employer's, or a parent company's, so it is worth HINT; each further person who writes from the same domain
takes away half of what is missing to HINTS_AT_MOST, which stays below SURE: somebody has to look. An address at a mail
provider says nothing, nor does one of the rep's own firm, or of another Account in the CRM.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desktop.domain.connections import Family
from desktop.domain.evidence import Evidence, FactKind
from desktop.domain.ids import ConnectionId
from desktop.domain.matching import domain_key, email_key, name_key, phone_key
from desktop.domain.proposals import FieldChange, OtherValue
from desktop.domain.records import PEOPLE, RecordKind, RecordRef, RecordSnapshot
from desktop.proposals.conversation import Source, mails_of
from desktop.proposals.merging import DISPUTED_AT_MOST, MergedFact, merge
from desktop.store.store import Transaction

HINT, HINTS_AT_MOST = 0.6, 0.9
NAMED_AND_HINTED = 0.9
MOST_PEOPLE = 12
MAILS_OF_EACH = 10
QUOTES = 3
STALE = timedelta(days=365)
DETAILS = (
    ("title", FactKind.TITLE),
    ("company", FactKind.COMPANY),  # only a Lead has it as words: a Contact is linked to its Account
    ("phone", FactKind.PHONE),
    ("mobile", FactKind.MOBILE),
)
# Mail providers by the name before the country: `domain.matching.FREE_MAIL` lists whole domains, which end somewhere.
_PROVIDER_WORDS = (
    "126 163 aol arcor bigpond bluewin bol btinternet comcast daum duck fastmail free freenet gmail gmx googlemail hey "
    "hotmail icloud laposte libero live mac mail mailbox me msn naver neuf onet orange outlook pm posteo proton "
    "protonmail qq rediffmail rocketmail seznam sfr sina skynet t-online telenet terra tiscali tuta tutanota uol "
    "verizon virgilio wanadoo web wp xs4all yahoo yandex ymail ziggo zoho zohomail"
)
_PROVIDERS = frozenset(_PROVIDER_WORDS.split())
_SECOND_LEVEL = frozenset({"ac", "co", "com", "gov", "net", "org"})


@dataclass(frozen=True, slots=True)
class Known:
    """What the mails add to a Record. The Evidence of each change names its mail; `sources` are all that were read."""

    changes: tuple[FieldChange, ...]
    sources: tuple[Source, ...]


def known_of(tx: Transaction, connection_id: ConnectionId, record: RecordSnapshot, now: datetime) -> Known:
    """Return what earlier mails say of a Record's empty fields; nothing for other kinds of Record."""
    if record.ref.kind in PEOPLE:
        return _of_person(tx, connection_id, record, now)
    if record.ref.kind is RecordKind.ACCOUNT:
        return _of_account(tx, connection_id, record, now)
    return Known((), ())


def is_company_domain(site: str) -> bool:
    """Whether a host may be a firm's own, and not that of a mail provider."""
    labels = domain_key(site).split(".")
    if len(labels) < 2:
        return False
    name = labels[-3] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2]
    return name not in _PROVIDERS


def wanted_fields(tx: Transaction, connection_id: ConnectionId, record: RecordSnapshot) -> frozenset[str]:
    """Return the fields that are empty, that the CRM shows to the rep, and that it lets them write."""
    rules = tx.mirror.rules(connection_id, record.ref.kind)
    if not rules.can_update:
        return frozenset()
    return frozenset(
        name
        for name, value in record.fields.items()
        if not value and (rule := rules.fields.get(name)) is not None and rule.can_update
    )


# --- a person -------------------------------------------------------------------------------------------------------


def _of_person(tx: Transaction, crm: ConnectionId, record: RecordSnapshot, now: datetime) -> Known:
    address = email_key(record.fields.get("email") or "")
    if record.ref.kind is RecordKind.LEAD and tx.mirror.find(crm, RecordKind.CONTACT, email=address):
        return Known((), ())  # they are a Contact by now, and what the mails say belongs there
    wanted = wanted_fields(tx, crm, record)
    sources = mails_of(tx, address) if address and wanted else ()
    changes: list[FieldChange] = []
    for name, kind in DETAILS:
        found = merge(kind, sources) if name in wanted else None
        if found is not None:
            changes.append(_aged(_change(name, found), sources, now))
    first = _first_name(record, sources) if "first_name" in wanted else None
    firm = _firm(tx, crm, address, sources) if "account" in wanted else None
    return Known(tuple(change for change in (first, *changes, firm) if change is not None), sources)


def _change(name: str, fact: MergedFact) -> FieldChange:
    return FieldChange(name, None, fact.value, fact.confidence, fact.reason, (fact.evidence, *fact.also), fact.others)


def _aged(change: FieldChange, sources: Sequence[Source], now: datetime) -> FieldChange:
    """Return a change that says how old its newest words are: people move on, and nobody should be sure after years."""
    cited = {evidence.source for evidence in change.evidence}
    said_at = max((source.said_at for source in sources if source.id in cited), default=now)
    if now - said_at < STALE:
        return change
    confidence = min(change.confidence, DISPUTED_AT_MOST)
    return replace(change, confidence=confidence, reason=f"{change.reason}; last said on {said_at.date().isoformat()}")


def _first_name(record: RecordSnapshot, sources: Sequence[Source]) -> FieldChange | None:
    """Return the words before the family name, where the mails give just the family name that the CRM has."""
    family = name_key(record.fields.get("last_name") or "")
    person = merge(FactKind.PERSON, sources)
    if person is None or not family:
        return None
    words = person.value.split()
    for cut in range(1, len(words)):
        if name_key(" ".join(words[cut:])) == family:
            evidence = (person.evidence, *person.also)
            first = " ".join(words[:cut])
            return FieldChange("first_name", None, first, person.confidence, person.reason, evidence)
    return None


def _firm(tx: Transaction, crm: ConnectionId, address: str, sources: Sequence[Source]) -> FieldChange | None:
    """Return the link to the one Account that the mails name, or whose web site is that of the person's address."""
    company = merge(FactKind.COMPANY, sources)
    by_name = tx.mirror.find(crm, RecordKind.ACCOUNT, name=name_key(company.value)) if company else ()
    named = by_name[0].ref if len(by_name) == 1 else None
    words = _address_in(sources, address)
    site = domain_key(address) if words and is_company_domain(address) else ""
    by_site = tx.mirror.find(crm, RecordKind.ACCOUNT, domain=site)
    hinted = by_site[0].ref if len(by_site) == 1 else None
    if named is not None and company is not None:
        evidence = (company.evidence, *company.also)
        if hinted == named and words:
            sure = round(1 - (1 - company.confidence) * (1 - HINT), 4)
            return _link(named, min(sure, DISPUTED_AT_MOST), "named in the mail, and the address fits", evidence)
        others = (OtherValue(str(hinted), words),) if hinted is not None and words else ()
        confidence = company.confidence * (HINT if others else NAMED_AND_HINTED)
        return _link(named, round(confidence, 4), "named in the mail", evidence, others)
    if hinted is not None and words:
        return _link(hinted, HINT, "the web site of that firm is in the address", (words,))
    return None


def _link(
    firm: RecordRef,
    confidence: float,
    reason: str,
    evidence: tuple[Evidence, ...],
    others: tuple[OtherValue, ...] = (),
) -> FieldChange:
    return FieldChange("account", None, str(firm), confidence, reason, evidence[:QUOTES], others)


def _address_in(sources: Sequence[Source], address: str) -> Evidence | None:
    """Return where the newest mail that shows an address shows it."""
    for source in reversed(sources):
        for fact in source.reading.all(FactKind.EMAIL):
            if email_key(fact.value) == address:
                return source.cite(fact.evidence)
    return None


# --- a firm ---------------------------------------------------------------------------------------------------------


def _of_account(tx: Transaction, crm: ConnectionId, record: RecordSnapshot, now: datetime) -> Known:
    wanted = wanted_fields(tx, crm, record) & {"domain", "phone"}
    people = tx.mirror.find(crm, RecordKind.CONTACT, parent=str(record.ref))[:MOST_PEOPLE] if wanted else ()
    addresses = dict.fromkeys(email_key(person.fields.get("email") or "") for person in people)
    mails = {address: mails_of(tx, address, most=MAILS_OF_EACH) for address in addresses if address}
    mails = {address: found for address, found in mails.items() if found}
    site = _site(tx, crm, record, mails) if "domain" in wanted else None
    phone = _switchboard(mails) if "phone" in wanted else None
    sources = tuple(source for found in mails.values() for source in found)
    changes = (site, _aged(phone, sources, now) if phone else None)
    return Known(tuple(change for change in changes if change is not None), sources)


def _site(
    tx: Transaction, crm: ConnectionId, record: RecordSnapshot, mails: dict[str, tuple[Source, ...]]
) -> FieldChange | None:
    own = _own_sites(tx)
    seen: dict[str, list[Evidence]] = {}
    for address, sources in mails.items():
        words = _address_in(sources, address)
        site = domain_key(address)
        is_taken = any(other.ref != record.ref for other in tx.mirror.find(crm, RecordKind.ACCOUNT, domain=site))
        if words and is_company_domain(address) and site not in own and not is_taken:
            seen.setdefault(site, []).append(words)
    if not seen:
        return None
    best = max(seen, key=lambda site: (len(seen[site]), site))
    others = tuple(OtherValue(site, seen[site][0]) for site in seen if site != best)
    confidence = HINT if others else _hinted_by(len(seen[best]))
    reason = "the address they write from" if len(seen[best]) == 1 else "the addresses several of them write from"
    return FieldChange("domain", None, best, confidence, reason, tuple(seen[best][:QUOTES]), others)


def _hinted_by(people: int) -> float:
    return round(HINTS_AT_MOST - (HINTS_AT_MOST - HINT) / 2.0 ** (people - 1), 4)


def _switchboard(mails: dict[str, tuple[Source, ...]]) -> FieldChange | None:
    """Return the number that two people or more give as theirs: it is the firm's. One person's may be a direct line."""
    said: dict[str, list[MergedFact]] = {}
    for sources in mails.values():
        fact = merge(FactKind.PHONE, sources)
        if fact is not None and phone_key(fact.value):
            said.setdefault(phone_key(fact.value), []).append(fact)
    shared = [facts for facts in said.values() if len(facts) > 1]
    if len(shared) != 1:
        return None
    facts = shared[0]
    confidence = min(_hinted_by(len(facts)), *(fact.confidence for fact in facts))
    evidence = tuple(fact.evidence for fact in facts[:QUOTES])
    return FieldChange("phone", None, facts[0].value, confidence, "the same number for several of them", evidence)


def _own_sites(tx: Transaction) -> frozenset[str]:
    """Return the domains that the rep writes from."""
    return frozenset(_sites(found for box in tx.connections.all(Family.MAIL) for found in box.settings.values()))


def _sites(values: Iterable[str]) -> Iterable[str]:
    return (domain_key(value) for value in values if "@" in value)
