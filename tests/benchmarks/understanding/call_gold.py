"""What the annotators of calls say, in the forms the product's answers are held against."""

import re
import unicodedata

from desktop.domain.evidence import Party

_HONORIFICS = frozenset(
    ["mr", "mrs", "ms", "miss", "mister", "dr", "doctor", "doktor", "herr", "herrn", "frau", "monsieur", "madame"]
)
_REP_ROLES = re.compile(r"(?i)\b(?:agent|sales rep|account manager|rep|supplier|seller|vendor|vertrieb)\b")
_CONTACT_ROLES = re.compile(r"(?i)\b(?:customer|caller|buyer|client|kunde|client)\b")

INTENTS = (
    (r"complain|support|outage|problem|issue|reklamation", ("complaint_or_issue", "request_action")),
    (r"return|refund|cancel", ("complaint_or_issue", "request_action", "purchase_or_billing", "decline")),
    (r"transfer|order|payment|billing|invoice", ("request_action", "purchase_or_billing")),
    (r"negotiat|preis|price|discount|closing|verbal", ("contract_negotiation", "proposal_or_offer", "inquiry")),
    (r"renew", ("contract_negotiation", "follow_up", "decline")),
    (r"discovery|qualif|inquiry|enquiry|inbound", ("inquiry", "meeting_request", "introduction_or_referral")),
    (r"visit|report|debrief|note", ("status_update", "follow_up", "inquiry", "proposal_or_offer")),
    (r"demo|meeting|schedul|appointment", ("meeting_request", "meeting_confirmation", "inquiry", "follow_up")),
    (r"prospect|cold|outreach|introduc", ("introduction_or_referral", "meeting_request", "decline")),
    (r"check.?in|status|onboard|kick.?off|follow", ("status_update", "follow_up")),
    (r"upsell|cross|expan|proposal|offer|quote", ("proposal_or_offer", "inquiry", "contract_negotiation")),
)
"""Annotators write why a call was made in words of their own; which of our labels each kind of answer allows."""


def plain_name(name: str) -> frozenset[str]:
    """Return the words of a name in small letters without accents and honorifics."""
    text = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return frozenset(re.findall(r"[^\W\d_]+", text)) - _HONORIFICS


def same_name(one: str, other: object) -> bool:
    """Whether two names share all words of the shorter; a first name alone stands for the person."""
    left, right = plain_name(one), plain_name(str(other))
    return bool(left) and bool(right) and (left <= right or right <= left)


def contact_answers(gold: dict) -> list[str]:
    """Return who may be given as the contact: the other side, or, in a dictated note, whoever was met."""
    names = [party["name"] for party in gold["parties"] if party.get("name") and _side(party) is Party.CONTACT]
    return names or [person["name"] for person in gold.get("mentioned_people") or [] if person.get("met")]


def people_answers(gold: dict) -> list[str]:
    """Return everybody named but the rep."""
    names = [party["name"] for party in gold["parties"] if party.get("name") and _side(party) is not Party.REP]
    return [*names, *(person["name"] for person in gold.get("mentioned_people") or [])]


def company_answers(gold: dict) -> tuple[list[str], list[str]]:
    """Return the contact's firm (none or one) and every spelling of it that counts."""
    others = [party for party in gold["parties"] if _side(party) is Party.CONTACT]
    others += [person for person in gold.get("mentioned_people") or [] if person.get("met")]
    named = [one["company"] for one in others if one.get("company")]
    spellings = [spelling for one in others for spelling in one.get("company_also") or []]
    return list(dict.fromkeys(named)), [*named, *spellings]


def number_answers(gold: dict) -> list[str]:
    """Return telephone numbers and addresses of the contact."""
    others = [party for party in gold["parties"] if _side(party) is Party.CONTACT]
    return [party[key] for party in others for key in ("phone", "email") if party.get(key)]


def side_of_owner(gold: dict, owner: str) -> Party:
    """Return whose turn a task is: the owner is named, or called by a role."""
    for party in gold["parties"]:
        if party.get("name") and same_name(owner, party["name"]):
            return _side(party)
    if _REP_ROLES.search(owner):
        return Party.REP
    return Party.CONTACT if _CONTACT_ROLES.search(owner) else Party.OTHER


def _side(party: dict) -> Party:
    if party.get("side"):
        return Party.REP if party["side"] == "rep" else Party.CONTACT
    role = party.get("role") or ""
    if _CONTACT_ROLES.search(role):
        return Party.CONTACT
    return Party.REP if _REP_ROLES.search(role) else Party.OTHER


def intents_of(said: str) -> frozenset[str]:
    """Return our labels that an annotator's words allow; none where they are not comparable."""
    return next((frozenset(labels) for pattern, labels in INTENTS if re.search(pattern, said.lower())), frozenset())
