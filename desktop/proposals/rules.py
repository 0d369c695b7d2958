"""Facts become record changes here: one pure function per Record kind, each returning at most one Plan.

A rule fills a field only from a Fact with Evidence, from the mail's own headers, or from a value the CRM itself gives
as default; what it cannot know it leaves empty for the rep. Account, Contact, Lead, Opportunity and Case rest on all
mails that speak of them; Task and Activity are about the one mail in hand.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC

from desktop.domain.evidence import Fact, FactKind, Part, Reading, Sentiment, Zone
from desktop.domain.interactions import EmailMessage, InteractionKind
from desktop.domain.matching import domain_key, name_key, phone_key
from desktop.domain.proposals import Action, FieldChange
from desktop.domain.records import FIELDS, RecordKind, RecordSnapshot
from desktop.proposals.basis import Basis, Plan
from desktop.proposals.conversation import Source, plain_subject
from desktop.proposals.links import links
from desktop.proposals.merging import MergedFact
from desktop.proposals.purposes import COMPLAINS, MOVES_DEAL, OPENS_DEAL, OPENS_DEAL_FOR_GOODS

OVERWRITE = 0.9
MAX_LINE = 120
MAX_DESCRIPTION = 4_000
_DEADLINE = re.compile(
    r"(\b(by|before|until|deadline|decide|decision|order|go.?live|bis|spätestens|entscheid\w*|avant|d'ici|décision)\b)"
    r"[^.!?\n]{0,40}$",
    re.IGNORECASE,
)


def account(basis: Basis) -> Plan | None:
    """Create the Account the mail's sender works for, or fill its web site in."""
    company, email = basis.merged(RecordKind.ACCOUNT, FactKind.COMPANY), basis.fact(FactKind.EMAIL)
    site = domain_key(email.value) if email else ""
    if basis.owner is not None:
        if basis.owner.fields.get("domain", "hidden") or not site or email is None:
            return None
        change = FieldChange(
            "domain", None, site, email.confidence * OVERWRITE, "the sender's address", (email.evidence,)
        )
        return _update(basis.owner, (change,), "Web site seen in the sender's address")
    if company is None or basis.is_lead:
        return None
    changes = [_from_fact("name", company)]
    if site and email is not None:
        changes.append(FieldChange("domain", None, site, email.confidence, "the sender's address", (email.evidence,)))
    return _create(RecordKind.ACCOUNT, company.value, changes, "A firm your CRM does not know", name_key(company.value))


def contact(basis: Basis) -> Plan | None:
    """Create the Contact who wrote, or bring title and numbers up to date."""
    if basis.contact is not None:
        return _person_update(basis, basis.contact)
    return None if basis.is_lead else _new_person(basis, RecordKind.CONTACT)


def lead(basis: Basis) -> Plan | None:
    """Bring the Lead who wrote up to date; create one where the rep wants new people as Leads."""
    if basis.lead is not None:
        return _person_update(basis, basis.lead)
    return _new_person(basis, RecordKind.LEAD) if basis.is_lead else None


def opportunity(basis: Basis) -> Plan | None:
    """Create an Opportunity when the mail expresses interest and none is open, or update the open one's amount."""
    if not is_about_a_deal(basis):
        return None
    money = _money(basis)
    if basis.opportunity is not None:
        known = basis.opportunity.fields
        changes = [c for c in money if c.field in known and c.after != known[c.field]]
        changes = [_over(change, known.get(change.field)) for change in changes]
        if not any(change.field == "amount" for change in changes):
            return None
        return _update(basis.opportunity, tuple(changes), "The mail names another amount")
    about = RecordKind.OPPORTUNITY
    if basis.is_lead and about not in basis.said:
        return None
    product, company = _first(basis, FactKind.PRODUCT), basis.merged(about, FactKind.COMPANY)
    firm = basis.owner.title if basis.owner else company.value if company else None
    who = firm or (basis.person.title if basis.person else "")
    person = _first(basis, FactKind.PERSON)
    who = who or (person.value if person else "")
    if not who:
        return None
    topic = product or (company if company and not basis.owner else None)
    name = _shorten(f"{who} – {product.value}" if product else f"{who} – inquiry")
    evidence = (topic.evidence,) if topic else ()
    sure = topic.confidence if topic else 1.0
    changes = [FieldChange("name", None, name, sure, "firm and what they ask about", evidence)]
    changes += _default(basis, RecordKind.OPPORTUNITY, "stage", "the first stage of your CRM")
    changes += money + _close_date(basis) + links(basis, RecordKind.OPPORTUNITY)
    return _create(RecordKind.OPPORTUNITY, name, changes, "The mail expresses interest", _topic_key(basis, "deal"))


def is_about_a_deal(basis: Basis) -> bool:
    """An open deal is moved by more than opens one; a mail about orders opens one only if it names the goods.

    What a Lead writes opens none: a deal comes when somebody qualifies the Lead. It may be part of a colleague's.
    """
    sources = basis.circle.conversation
    if basis.opportunity is not None:
        return any(source.reading.intent.value in MOVES_DEAL for source in sources)
    return any(_opens_deal(source) for source in sources if source.id not in basis.by_leads)


def _opens_deal(source: Source) -> bool:
    intent = source.reading.intent.value
    return intent in OPENS_DEAL or (intent in OPENS_DEAL_FOR_GOODS and source.fact(FactKind.PRODUCT) is not None)


def _first(basis: Basis, kind: FactKind) -> Fact | None:
    """Return what the conversation began with: a deal goes by one name, whatever "the pumps" are called later."""
    for source in basis.circle.conversation:
        fact = source.fact(kind)
        if fact is not None:
            return replace(fact, evidence=source.cite(fact.evidence))
    return None


def case(basis: Basis) -> Plan | None:
    """Create a Case for a complaint."""
    if basis.reading.intent.value not in COMPLAINS:
        return None
    first = next(s for s in basis.circle.conversation if s.reading.intent.value in COMPLAINS)
    intent, sentiment = first.reading.intent, first.reading.sentiment
    subject = _shorten(plain_subject(first.message.subject) or "Complaint")
    why = (first.cite(intent.evidence),) if intent.evidence else ()
    changes = [
        FieldChange("subject", None, subject, intent.confidence, "the mail's subject", why),
        FieldChange("description", None, _new_text(first.message, first.reading), 1.0, "what they wrote"),
    ]
    changes += _default(basis, RecordKind.CASE, "status", "the first status of your CRM")
    is_angry = sentiment.value == Sentiment.NEGATIVE.value
    priority = basis.option(RecordKind.CASE, "priority", *(("High", "Hoch") if is_angry else ("Medium", "Normal")))
    if priority:
        changes.append(FieldChange("priority", None, priority, sentiment.confidence, "how they sound"))
    changes += links(basis, RecordKind.CASE)
    return _create(RecordKind.CASE, subject, changes, "The mail complains", _topic_key(basis, "case"))


def task(basis: Basis) -> Plan | None:
    """Create a Task for what the mail asks of the rep."""
    ask = basis.fact(FactKind.ASK)
    if ask is None:
        return None
    changes = [_from_fact("subject", ask, _shorten(" ".join(ask.value.split())))]
    due = basis.fact(FactKind.DATE)
    if due is not None and due.value >= basis.message.sent_at.date().isoformat():
        changes.append(_from_fact("due_date", due))
    changes += _default(basis, RecordKind.TASK, "status", "the first status of your CRM")
    changes += links(basis, RecordKind.TASK)
    return _create(RecordKind.TASK, changes[0].after or "", changes, "They ask something of you")


def activity(basis: Basis) -> Plan | None:
    """Log the mail or the call itself."""
    if basis.came_as is InteractionKind.CALL:
        return _call_activity(basis)
    kind = basis.option(RecordKind.ACTIVITY, "type", "Email", "E-mail", "E-Mail")
    subject = _shorten(plain_subject(basis.message.subject) or "(no subject)")
    changes = [
        FieldChange("subject", None, subject, 1.0, "the mail's subject"),
        FieldChange("happened_at", None, basis.message.sent_at.astimezone(UTC).isoformat(), 1.0, "when it was sent"),
        FieldChange("description", None, _new_text(basis.message, basis.reading), 1.0, "what they wrote"),
    ]
    if kind:
        changes.insert(0, FieldChange("type", None, kind, 1.0, "it is a mail"))
    changes += links(basis, RecordKind.ACTIVITY)
    return _create(RecordKind.ACTIVITY, subject, changes, "Keep this mail with the record")


def _call_activity(basis: Basis) -> Plan:
    kind = basis.option(RecordKind.ACTIVITY, "type", "Call", "Phone call", "Anruf")
    person = basis.person.title if basis.person else person.value if (person := basis.fact(FactKind.PERSON)) else ""
    subject = _shorten(f"Call with {person}" if person else "Call")
    said_at = basis.message.sent_at.astimezone(UTC).isoformat()
    changes = [
        FieldChange("subject", None, subject, 1.0, "who was on the line"),
        FieldChange("happened_at", None, said_at, 1.0, "when the call was"),
        FieldChange("description", None, _new_text(basis.message, basis.reading), 1.0, "what was said"),
    ]
    if kind:
        changes.insert(0, FieldChange("type", None, kind, 1.0, "it is a call"))
    changes += links(basis, RecordKind.ACTIVITY)
    return _create(RecordKind.ACTIVITY, subject, changes, "Keep this call with the record")


RULES: Mapping[RecordKind, Callable[[Basis], Plan | None]] = {
    RecordKind.ACCOUNT: account,
    RecordKind.CONTACT: contact,
    RecordKind.LEAD: lead,
    RecordKind.OPPORTUNITY: opportunity,
    RecordKind.CASE: case,
    RecordKind.TASK: task,
    RecordKind.ACTIVITY: activity,
}


def _new_person(basis: Basis, kind: RecordKind) -> Plan | None:
    email, person = basis.fact(FactKind.EMAIL), basis.merged(kind, FactKind.PERSON)
    if email is None or person is None:
        return None
    first, last = _split_name(person.value)
    changes = [_from_fact("last_name", person, last, as_value=lambda name: _split_name(name)[1])]
    if first:
        changes.insert(0, _from_fact("first_name", person, first, as_value=lambda name: _split_name(name)[0]))
    changes.append(_from_fact("email", email))
    changes += [_from_fact(name, fact) for name, fact in _details(basis, kind)]
    changes += links(basis, kind) + _still_wanted(basis, kind, changes)
    why = basis.perhaps or "Somebody your CRM does not know"
    return _create(kind, person.value, changes, why, email.value.lower())


def _still_wanted(basis: Basis, kind: RecordKind, changes: list[FieldChange]) -> list[FieldChange]:
    """Return what the CRM wants of a new Lead and the mail does not say: its own default, or for the rep to fill in."""
    given = {change.field for change in changes}
    wanted = [name for name in basis.rules[kind].required if name not in given] if kind is RecordKind.LEAD else []
    empty = "your CRM wants one and the mail names none: yours to say"
    default = "the first one of your CRM"
    return [
        FieldChange(name, None, value, 1.0 if value else 0.0, default if value else empty)
        for name in wanted
        for value in (basis.first_option(kind, name),)
    ]


def _person_update(basis: Basis, known: RecordSnapshot) -> Plan | None:
    changes: list[FieldChange] = []
    email, kind = basis.fact(FactKind.EMAIL), known.ref.kind
    if email is None:
        return None
    if not known.fields.get("email", "hidden"):
        changes.append(_from_fact("email", email))
    for name, fact in _details(basis, kind):
        if name not in known.fields:
            continue  # a field the CRM does not show us is not ours to fill in
        before, form = known.fields[name], _FORMS.get(name, str)
        if (before is None or form(before) != form(fact.value)) and fact.is_news:
            changes.append(_over(_from_fact(name, fact), before))
    if "account" in known.fields and not known.fields["account"]:
        changes += links(basis, kind)
    return _update(known, tuple(changes), "New details in the mail") if changes else None


_FORMS: Mapping[str, Callable[[str], str]] = {"phone": phone_key, "mobile": phone_key, "company": name_key}
_DETAILS = (
    ("company", FactKind.COMPANY),  # only a Lead has it as words: a Contact is linked to its Account
    ("title", FactKind.TITLE),
    ("phone", FactKind.PHONE),
    ("mobile", FactKind.MOBILE),
)


def _details(basis: Basis, about: RecordKind) -> list[tuple[str, MergedFact]]:
    found = ((name, basis.merged(about, kind)) for name, kind in _DETAILS if name in FIELDS[about])
    return [(name, fact) for name, fact in found if fact is not None]


def _money(basis: Basis) -> list[FieldChange]:
    fact = basis.merged(RecordKind.OPPORTUNITY, FactKind.AMOUNT)
    if fact is None or (basis.opportunity is not None and not fact.is_news):
        return []
    amount, _, currency = fact.value.partition(" ")
    changes = [_from_fact("amount", fact, amount, as_value=lambda value: value.partition(" ")[0])]
    if currency and "currency" not in basis.rules[RecordKind.OPPORTUNITY].fields:
        return [replace(changes[0], reason=f"{changes[0].reason}; in {currency}, and your CRM keeps one currency")]
    if currency:
        changes.append(_from_fact("currency", fact, currency, as_value=lambda value: value.partition(" ")[2]))
    return changes


def _close_date(basis: Basis) -> list[FieldChange]:
    """Take a date as close date only where the words just before it speak of a deadline or a decision."""
    found = basis.merged(RecordKind.OPPORTUNITY, FactKind.DATE, _deadline)
    if found is not None:
        change = _from_fact("close_date", found)
        return [replace(change, confidence=found.confidence * 0.7)]
    required = basis.rules[RecordKind.OPPORTUNITY].required
    if "close_date" in required:
        return [FieldChange("close_date", None, None, 0.0, "your CRM wants one and the mail names none: yours to say")]
    return []


def _deadline(source: Source) -> Fact | None:
    for fact in source.reading.all(FactKind.DATE):
        span = fact.evidence.span
        words = source.message.text[max(0, span.start - 60) : span.start]
        if span.part is Part.BODY and _DEADLINE.search(words):
            return fact
    return None


def _default(basis: Basis, kind: RecordKind, name: str, reason: str) -> list[FieldChange]:
    value = basis.first_option(kind, name)
    return [FieldChange(name, None, value, 1.0, reason)] if value else []


def _from_fact(
    name: str, fact: Fact, value: str | None = None, *, as_value: Callable[[str], str] | None = None
) -> FieldChange:
    """Return the change a Fact makes; `as_value` takes from another mail's value what `value` was taken from this."""
    value = value if value is not None else fact.value
    also, rivals = (fact.also, fact.others) if isinstance(fact, MergedFact) else ((), ())
    given = [(other, as_value(other.value) if as_value else other.value) for other in rivals]
    others = tuple(replace(other, value=text) for other, text in given if text and text != value)
    return FieldChange(name, None, value, fact.confidence, fact.reason, (fact.evidence, *also), others)


def _over(change: FieldChange, before: str | None) -> FieldChange:
    """Return the change with its before-value; overwriting asks for more certainty than filling in."""
    confidence = change.confidence * OVERWRITE if before else change.confidence
    return replace(change, before=before, confidence=confidence)


def _create(kind: RecordKind, title: str, changes: list[FieldChange], reason: str, same_as: str = "") -> Plan:
    # One person has one key, as a Contact or as a Lead: what the rep said of one is not asked again of the other.
    keyed_as = RecordKind.CONTACT if kind is RecordKind.LEAD else kind
    key = f"{keyed_as.value}:{same_as}" if same_as else ""
    return Plan(Action.CREATE, kind, title, reason, tuple(changes), key)


def _update(known: RecordSnapshot, changes: tuple[FieldChange, ...], reason: str) -> Plan:
    after = ",".join(sorted(f"{c.field}={c.after}" for c in changes))
    kind = known.ref.kind
    return Plan(
        Action.UPDATE,
        kind,
        known.title,
        reason,
        changes,
        f"{known.ref}:{after}",
        target=known.ref,
        version=known.version,
    )


def _split_name(name: str) -> tuple[str, str]:
    """Split a full name; particles (van, de, von …) stay with the family name."""
    words = name.split()
    for index, word in enumerate(words[1:-1], start=1):
        if word.lower() in {
            "van",
            "von",
            "de",
            "del",
            "della",
            "di",
            "da",
            "du",
            "la",
            "le",
            "der",
            "den",
            "ter",
            "zu",
        }:
            return " ".join(words[:index]), " ".join(words[index:])
    return " ".join(words[:-1]), words[-1]


def _topic_key(basis: Basis, word: str) -> str:
    """Return the key of what a conversation is about, from the mail it began with."""
    first = basis.circle.conversation[0]
    email, subject = first.fact(FactKind.EMAIL), plain_subject(first.message.subject)
    return f"{word}:{email.value.lower() if email else ''}:{name_key(subject) or subject.casefold()}"


def _new_text(message: EmailMessage, reading: Reading) -> str:
    text, zones = message.text, reading.zones
    lines = [text[z.start : z.end] for z in zones if z.zone is Zone.NEW] if zones else text.splitlines()
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return joined if len(joined) <= MAX_DESCRIPTION else joined[:MAX_DESCRIPTION].rstrip() + " […]"


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_LINE else text[: MAX_LINE - 1].rstrip() + "…"
