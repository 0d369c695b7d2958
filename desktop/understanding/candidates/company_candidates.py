"""What the rules for companies share: their reasons, and how a candidate is made."""

import re

from desktop.domain.evidence import Candidate, ContactScope, FactKind, Part
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import domain_label, likeness
from desktop.understanding.lexicon.names import tokens_of

SIGNED_FORM = "has a legal form, in the signature"
SIGNED_ALIKE = "is in the signature and like the address"
SIGNED = "stands in the signature"
LABELLED = "stands after a label for the company"
DISPLAYED = "is in the sender's display name"
ALIKE = "is spoken of, and like the address"
SPOKEN = "is named as the writer's company"
FORMED = "has a legal form"
SMALL_PRINT = "stands in the small print"
WRITERS = "is the company of whoever writes for them"

FROM_SIGNATURE = (SIGNED_FORM, SIGNED_ALIKE, SIGNED)


def domain_of(document: Document) -> str:
    """Return the part of the contact's domain that a company chose, or ""."""
    return domain_label(document.author.address.text) if document.author.address else ""


def writes_from_inside(document: Document) -> bool:
    """Whether the contact has an address at the rep's own company, or none in a mail that comes from there."""
    sender = document.message.sender
    known = document.author.address.text if document.author.address else sender.address if sender else ""
    return domain_label(known) in {domain_label(own) for own in document.own_addresses} - {""}


_PARTNERS = re.compile(r"[A-ZÀ-Þ][\w'’-]{1,30}(?:, [A-ZÀ-Þ][\w'’-]{1,30}){1,4},? (?:&|and) [A-ZÀ-Þ][\w'’-]{1,30}")
_COINED = re.compile(r"[A-Z][a-z]{2,20}[A-Z]\w{2,30}")


def person_of(document: Document) -> str:
    """Return the contact's name, or "" where there is none or the mailbox bears a firm's."""
    return document.author.name.text if document.author.name and not bears_firm(document) else ""


def bears_firm(document: Document) -> bool:
    """Whether the display name is a firm's: "Poe, Field & Gale", "Acme Jams" <hello@acmejams…>, "TradeNet" <info@…>."""
    author = document.author
    if author.name is None or author.address is None or document.scope is ContactScope.MENTIONED_PERSON:
        return False
    name, local = author.name.text, author.address.text.partition("@")[0].lower()
    is_alike = " " in name and likeness(name, domain_label(author.address.text)) >= 0.9
    if not (is_alike or _COINED.fullmatch(name)):
        return bool(_PARTNERS.fullmatch(name))
    return not any(word in local for word in tokens_of(name)) and not (len(local) > 3 and local in name.lower())


def surname_of(document: Document) -> str:
    """Return the last name of a person who is only mentioned, or ""."""
    name = document.author.name.text if document.author.name else ""
    if document.scope is not ContactScope.MENTIONED_PERSON or not name.split():
        return ""
    return name.split(",")[0].split()[-1] if "," in name else name.split()[-1]


def company(document: Document, start: int, end: int, score: float, why: str, part: Part = Part.BODY) -> Candidate:
    """Return the Candidate for [start, end) of a part of the mail."""
    evidence = document.cite(start, end, part)
    return Candidate(FactKind.COMPANY, evidence, " ".join(evidence.text.split()), round(max(0.05, score), 4), why)


def is_somebody(document: Document, text: str) -> bool:
    """Whether a name is that of a person whom the mail speaks of."""
    words = frozenset(word.casefold().strip(".") for word in text.split())
    return any(words <= person.tokens for person in document.people)
