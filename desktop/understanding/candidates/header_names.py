"""The contact's name as the header gives it: the display name, a person within a firm's, what the address spells."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, ContactScope, Evidence, FactKind, Part, Span
from desktop.understanding.candidates.signers import Signer, may_be_person
from desktop.understanding.contacts.contact import Author
from desktop.understanding.contacts.forms import in_one
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import domain_label, likeness
from desktop.understanding.lexicon.mailboxes import is_desk_word, is_shared
from desktop.understanding.lexicon.names import fits_address, name_in_address, name_of, tokens_of
from desktop.understanding.lexicon.persons import is_given_name, personhood

FIRM, ORGANISATION, DOUBTFUL, PERSONAL = -0.5, -0.3, 0.1, 0.4
"""Limits of `personhood`: up to FIRM a display name is none's, up to DOUBTFUL it is none's where another signs."""

SENDER = "the sender's name"
QUOTED = "named in the header of the quoted mail"
ONLY_WRITER = "wrote the mail, which hands on somebody else's details"
ADDRESS = "is spelled out by the address"

_BEYOND_LATIN = 0x2E80
_PIECE = re.compile(r"(?:[^()|/·:–—-]|(?<=\w)-(?=\w)){2,60}")


def header_names(document: Document, author: Author, signer: Signer | None) -> Iterator[Candidate]:
    """Yield what the header shows of `author`; `signer` is who signs their words, or None."""
    address = author.address.text if author.address else ""
    is_mentioned = document.scope is ContactScope.MENTIONED_PERSON
    kind = kind_of(author)
    if author.name is not None and kind > FIRM:
        why = SENDER if document.scope is ContactScope.SENDER else QUOTED
        evidence = author.name
        if author.name.span.part is Part.BODY:
            evidence = document.cite(author.name.span.start, author.name.span.end)
        shown = author.name.text
        single = shown.title() if is_given_name(shown) and shown.islower() else _name_shown(author)
        score, why = (0.14, ONLY_WRITER) if is_mentioned else (_shown_score(author, kind, signer), why)
        yield from named(evidence, score, why, name=single)
    elif author.name is not None and not is_mentioned:
        yield from _from_pieces(author.name)
    if author.address is not None and not is_mentioned and not is_desk(author):
        spelled = name_in_address(address)
        span = author.address.span
        if spelled and may_be_person(spelled):
            length = len(address.partition("@")[0])
            evidence = Evidence(Span(span.part, span.start, span.start + length), address[:length])
            yield Candidate(FactKind.PERSON, evidence, spelled, 0.6, ADDRESS)


def _shown_score(author: Author, kind: float, signer: Signer | None) -> float:
    """Return how likely the display name is the contact's; `kind` is what `kind_of` says of it."""
    shown, address = author.name.text if author.name else "", author.address.text if author.address else ""
    local = address.partition("@")[0].lower()
    if kind <= ORGANISATION:
        return 0.06
    if not shown_name(author, signer) or (shown.lower() == local and not is_given_name(local)):
        return 0.2
    scripts = {char.isascii() for char in shown if char.isalpha() and (char.isascii() or ord(char) > _BEYOND_LATIN)}
    score = 0.88 if fits_address(shown, address) else 0.8
    score = (0.7 if kind >= PERSONAL else 0.4) if is_shared(address) else score
    score = 0.5 if is_company(shown, address) and kind < PERSONAL else score
    return min(score, 0.75) if len(scripts) > 1 else score


def _from_pieces(shown: Evidence) -> Iterator[Candidate]:
    """Yield a person who is named within a display name: "Acme (Ann Poe)", "Acme | Ann"."""
    for match in _PIECE.finditer(shown.text):
        text = match[0].strip()
        name = name_of(text)
        if name and text != shown.text and personhood(text) >= PERSONAL:
            start = shown.span.start + match.start() + match[0].index(text)
            evidence = Evidence(Span(shown.span.part, start, start + len(text)), text)
            yield Candidate(FactKind.PERSON, evidence, name, 0.66 if " " in name else 0.5, SENDER)
            return


def named(evidence: Evidence, score: float, why: str, name: str | None = None) -> Iterator[Candidate]:
    """Yield a candidate where the words are a name's; a single word counts less."""
    name = name or name_of(in_one(evidence.text), is_header=why in (SENDER, QUOTED, ONLY_WRITER))
    if name:
        score = score if " " in name or (not name.isascii() and len(name) < 5) else score * 0.6
        yield Candidate(FactKind.PERSON, evidence, name, score, why)


def is_desk(author: Author) -> bool:
    """Whether an address is a desk's: by its own words, or because the display name, no person's, repeats one."""
    address = author.address.text if author.address else ""
    shown = author.name.text if author.name else ""
    is_named_so = bool(shown) and _name_shown(author) is None and not is_given_name(shown)
    return is_shared(address) or (is_named_so and bool(tokens_of(shown) & tokens_of(address.partition("@")[0])))


def _name_shown(author: Author) -> str | None:
    """Return the display name as a name; where the address holds all its words they may be those of a street."""
    text = author.name.text if author.name else ""
    name = name_of(text, is_header=True)
    local = author.address.text.partition("@")[0] if author.address else ""
    if name is None and tokens_of(text) and tokens_of(text) <= tokens_of(local):
        return name_of(text, is_header=True, is_labelled=True)
    return name


def kind_of(author: Author) -> float:
    """Return how much a display name is a person's, about -1 to 1."""
    shown = author.name.text if author.name else ""
    return personhood(_name_shown(author) or shown, author.address.text if author.address else "")


def is_company(name: str, address: str) -> bool:
    """Whether a display name is the name of the domain and not of a person at it."""
    local = address.partition("@")[0].lower()
    is_personal = any(token in local and not is_desk_word(token) for token in tokens_of(name))
    return not is_personal and likeness(name, domain_label(address)) >= 0.85


def shown_name(author: Author, signer: Signer | None) -> str:
    """Return the display name as a person's, "" where it is none's: in doubt where somebody else signs."""
    if author.name is None:
        return ""
    name = _name_shown(author) or ""
    kind = kind_of(author)
    is_other = signer is not None and not tokens_of(signer.name) & tokens_of(name)
    return "" if kind <= ORGANISATION or (is_other and kind < DOUBTFUL) else name
