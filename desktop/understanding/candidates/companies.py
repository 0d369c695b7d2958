"""The contact's company: from their signature, their display name, or how the mail speaks of it.

The domain alone is never a candidate: it only speaks for words that stand in the mail. The rep's own company is none,
unless the contact writes from the same domain.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from desktop.domain.evidence import Candidate, ContactScope, Part, Zone
from desktop.understanding.candidates.company_candidates import (
    ALIKE,
    DISPLAYED,
    FORMED,
    FROM_SIGNATURE,
    LABELLED,
    SIGNED,
    SMALL_PRINT,
    SPOKEN,
    company,
    domain_of,
    is_somebody,
    surname_of,
)
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.mentioned_companies import companies_mentioned
from desktop.understanding.candidates.signed_companies import companies_of_writer, companies_signed
from desktop.understanding.candidates.spoken_companies import formed, names_like, spoken
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import (
    LEGAL,
    domain_label,
    ends_with_legal_form,
    likeness,
    organisation_words,
)
from desktop.understanding.lexicon.function_words import area_strength, title_strength, without_accents
from desktop.understanding.lexicon.mailboxes import is_desk_word
from desktop.understanding.lexicon.names import name_of, tokens_of
from desktop.understanding.lexicon.regions import places
from desktop.understanding.lexicon.sign_offs import SIGN_OFF
from desktop.understanding.signature.scores import CREDENTIALS
from desktop.understanding.zones.passages import Passage

MAX_COMPANY = 90
MAX_PASSAGES = 60
MAX_SUBJECT = 300
MAX_LABELLED = 8
LEAST_BRANCH = 4
WELL_SIGNED = 0.8
BESIDE_SIGNED = 0.88
LESS_NEAR = 0.9
GUESS = 0.1

_LABELS = re.compile(
    r"(?i)(?:your |company |name of )?(?:company|organi[sz]ation|employer)(?: name)?|business"
    r"|(?:business|institution) name"
    r"|firma|unternehmen|firmenname|société|entreprise|organisme|raison sociale|empresa|razón social|azienda|società"
    r"|ragione sociale|bedrijf(?:snaam)?|organisatie|företag|virksomhed|şirket|kurum"
)
_FIELD = re.compile(r"(?i)\s*(?:title|name|address|phone|fax|e-?mail|city|state|role|position|country|.{0,30}:)\s*")
_NO_COMPANY = re.compile(
    r"[@:=<>]|https?:|www\.|^(?:Monday|Tuesday|Wednesday|Thursday|Friday|Q[1-4]|January|February|March|April|May"
    r"|June|July"
    r"|August|September|October|November|December|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|I|We|The|This)$"
)
_ENDS_PIECE = re.compile(r"[ \t]*(?:[·|•]|\n|$)")
_KISSES = re.compile(r"(?i)[xo]{2,9}")
_LEGAL_ONLY = re.compile(LEGAL)
_BRACKETED = re.compile(r"\s*\((?P<company>[^()]{2,60})\)$")
_BEHIND = re.compile(r"\s*(?:\||[-–—]|·|,|\bat\b|@|\bbei\b|\bchez\b|\bvia\b|\bfrom\b)\s*(?P<company>[^|·]{2,60})$")


def find_companies(document: Document) -> Iterator[Candidate]:
    """Yield names the contact's company may have."""
    for candidate in _all(document):
        if _is_name(candidate.value) and not _is_anothers(document, candidate):
            yield candidate


def _is_name(text: str) -> bool:
    has_letters = any(char.isalpha() for char in text)
    if text.islower() and organisation_words(text) == len(text.split()):  # "bakery", as the label of a number
        return False
    if (
        _PREPOSITION.match(text)
        or _KISSES.fullmatch(text)
        or SIGN_OFF.fullmatch(text)
        or all(without_accents(word).strip(".,") in CREDENTIALS for word in text.split())
    ):
        return False
    return has_letters and len(text) <= MAX_COMPANY and not _LEGAL_ONLY.fullmatch(text) and not _NO_COMPANY.search(text)


def _is_anothers(document: Document, candidate: Candidate) -> bool:
    """Whether a name is the rep's company, the rep, or a person whom the mail speaks of."""
    text = candidate.value
    if candidate.why == SIGNED and _SAYS.search(text):
        return True
    if candidate.why == SPOKEN and text in places():
        return True
    is_signed = candidate.why in FROM_SIGNATURE and document.author.address is None
    if (
        _is_their_name(document, candidate)
        or tokens_of(text) <= document.own_names
        or (not is_signed and _is_own(document, text))
    ):
        return True
    return candidate.why in (SPOKEN, SIGNED) and is_somebody(document, text)


def _is_their_name(document: Document, candidate: Candidate) -> bool:
    """Whether a name is only the contact's own, and nothing says that the company is called after them."""
    name = name_of(document.author.name.text, is_header=True) if document.author.name else None
    is_firm = ends_with_legal_form(candidate.value) or organisation_words(candidate.value) > 0
    is_firm = is_firm or bool(_TRADE_NAME.match(candidate.value))
    couple = _COUPLE.fullmatch(candidate.value)
    if couple and not is_firm and tokens_of(f"{couple[1]} {couple[3]}") <= tokens_of(name or ""):
        return True
    return bool(name) and not is_firm and tokens_of(candidate.value) <= tokens_of(name or "")


_PREPOSITION = re.compile(
    r"(?:to|of|for|at|in|on|and|with|by|from|von|vom|an|am|bei|für|und|mit|aus|de|du|des|à|pour|chez|et|avec|con"
    r"|para|por|del"
    r"|di|per|da|met|voor|van|med|til|och|og|w|z|dla)\s"
)
_TRADE_NAME = re.compile(r"(?:[A-Z]\.){3,5}\s|[A-Z]{3,5}\s(?=[A-ZŁŚŻ])")
_SAYS = re.compile(r"(?i)\b(?:your|our|please|you|we|i|is|are|was|click|these|will)\b|\s(?:and|of|the|for|und|et|y)$")
_COUPLE = re.compile(r"([^\W\d_][\w.'’-]*) (?:&|\+|and|und|et|y|e|en|og|och|i|ve) ([^\W\d_][\w.'’-]*) (\S{2,30})")


def _all(document: Document) -> Iterator[Candidate]:
    in_signature = list(companies_signed(document))
    yield from in_signature
    yield from companies_of_writer(document)
    for start, end in labelled(document, _LABELS):
        text = document.text[start:end]
        is_long = len(text.split()) > MAX_LABELLED and not ends_with_legal_form(text)
        if not is_long and not _LABELS.fullmatch(text.strip(" :*")) and not _FIELD.fullmatch(text):
            yield company(document, start, end, 0.87, LABELLED)
    yield from _from_display_name(document)
    is_signed = any(candidate.rule_score >= WELL_SIGNED for candidate in in_signature)
    for candidate in (*_from_text(document), *_from_small_print(document)):
        yield replace(candidate, rule_score=round(BESIDE_SIGNED * candidate.rule_score, 4)) if is_signed else candidate


def _is_own(document: Document, name: str) -> bool:
    """Whether a name is that of the rep's company, going by the rep's domains."""
    domain = domain_of(document)
    own = {domain_label(address) for address in document.own_addresses} - {"", domain}
    return any(likeness(name, label) >= 0.75 for label in own) and likeness(name, domain) < 0.75


def _from_display_name(document: Document) -> Iterator[Candidate]:
    name = document.author.name
    if name is None or document.scope is ContactScope.MENTIONED_PERSON:
        return
    domain, base = domain_of(document), name.span.start
    found = _BRACKETED.search(name.text) or _BEHIND.search(name.text)
    if found and name_of(name.text[: found.start()]):
        text = found["company"]
        score = _displayed_score(text, domain)
        if score:
            start, end = found.span("company")
            yield company(document, base + start, base + end, score, DISPLAYED, name.span.part)
    elif likeness(name.text, domain) >= (0.9 if name_of(name.text) else 0.7) and not _is_person(name.text, document):
        start, end = _without_desk(name.text) if likeness(name.text, domain) < 1 else (0, len(name.text))
        yield company(document, base + start, base + end, 0.72, DISPLAYED, name.span.part)
    elif not name_of(name.text) and organisation_words(name.text) and not title_strength(name.text):
        yield company(document, base, name.span.end, 0.5, DISPLAYED, name.span.part)


def _without_desk(text: str) -> tuple[int, int]:
    """Return where a display name names the company, without the desk there: "Acme Events", "Support Acme"."""
    found = list(re.finditer(r"[^\s,|-]+", text))
    kept = [word for word in found if not is_desk_word(word[0])]
    if not kept or all(word[0].islower() for word in kept):
        return 0, len(text)
    return kept[0].start(), kept[-1].end()


def _displayed_score(text: str, domain: str) -> float:
    """Return what speaks for the words behind a name in a display name; 0 for titles, degrees and first names."""
    if likeness(text, domain) or ends_with_legal_form(text):
        return 0.84
    is_degree = all(without_accents(word).strip(".") in CREDENTIALS for word in re.findall(r"[^\s,]+", text))
    if is_degree or title_strength(text) >= 0.5 or area_strength(text) > 0.5 or name_of(f"{text} X"):
        return 0.0
    return 0.5 if len(text) > 4 else 0.3


def _is_person(text: str, document: Document) -> bool:
    """Whether a display name is the person's own: its words make the address's local part."""
    local = document.author.address.text.partition("@")[0].lower() if document.author.address else ""
    return bool(name_of(text)) and any(word in local for word in tokens_of(text) if len(word) > 2)


def _from_text(document: Document) -> Iterator[Candidate]:
    person = tokens_of(document.author.name.text) if document.author.name else frozenset()
    mentioned = companies_mentioned(document) if document.scope is ContactScope.MENTIONED_PERSON else ()
    for candidate in (*_alike(document), *_spoken(document), *mentioned, *_formed(document)):
        if not tokens_of(candidate.value) <= person or candidate.why == FORMED:
            yield candidate


def _alike(document: Document) -> Iterator[Candidate]:
    domain = domain_of(document)
    near = [one for passage in document.about[:MAX_PASSAGES] for one in _alike_in(document, passage)]
    yield from near
    if document.scope is ContactScope.MENTIONED_PERSON and not near:  # the domain tells whose a name is anywhere
        for passage in document.passages[:MAX_PASSAGES]:
            for one in _alike_in(document, passage):
                yield replace(one, rule_score=round(LESS_NEAR * one.rule_score, 4))
    subject = document.message.subject[:MAX_SUBJECT]
    for start, end in names_like(subject, 0, len(subject), domain):
        score = (0.36 if " " in subject[start:end] else 0.3) + 0.36 * likeness(subject[start:end], domain)
        yield company(document, start, end, score, ALIKE, Part.SUBJECT)


def _alike_in(document: Document, passage: Passage) -> Iterator[Candidate]:
    domain = domain_of(document)
    named = {
        place: likeness(document.text[slice(*place)], domain)
        for place in names_like(document.text, passage.start, passage.end, domain)
    }
    longest: dict[int, tuple[int, float]] = {}
    for (start, end), alike in named.items():
        longest[start] = max(longest.get(start, (0, 0.0)), (end, alike))
    for (start, end), alike in named.items():
        last, best = longest[start]
        if last > end and (best >= alike or _ENDS_PIECE.match(document.text, last)):
            continue  # a part of a longer name that fits as well
        text = document.text[start:end]
        if " " not in text and alike < 0.8 and _begins_sentence(document.text, start):
            continue  # a noun that is part of the label, with its capital only for where it stands
        fuller = 0.01 * (" " in text) + 0.06 * (organisation_words(text) > 0)
        score = 0.8 + fuller if alike >= 0.9 else 0.4 + 0.4 * alike
        yield company(document, start, end, score, ALIKE)
    for start, end in _like_branch(document, passage.start, passage.end):
        yield company(document, start, end, 0.89, ALIKE)


def _like_branch(document: Document, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield names like what stands before the domain proper: the institute of `poe@weather.university.example`."""
    address = document.author.address.text if document.author.address else ""
    labels = address.rpartition("@")[2].lower().split(".")[:-2]
    branch = labels[-1] if labels else ""
    if len(branch) >= LEAST_BRANCH and branch != domain_of(document):
        for first, last in names_like(document.text, start, end, branch):
            text = document.text[first:last]
            if organisation_words(text) and likeness(text, branch) >= 0.9:
                yield first, last


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 40) : start].rstrip(" \t>*-")
    return not before or before[-1] in ".!?:;\n"


def _spoken(document: Document) -> Iterator[Candidate]:
    domain = domain_of(document)
    for passage in document.about[:MAX_PASSAGES]:
        for start, end, base in spoken(document.text, passage.start, passage.end, surname_of(document)):
            alike = likeness(document.text[start:end], domain)
            score = base + 0.2 * alike if alike or not domain else base * 0.6
            score += 0.05 * ends_with_legal_form(document.text[start:end])
            yield company(document, start, end, min(0.9, score), SPOKEN)


def _formed(document: Document) -> Iterator[Candidate]:
    """Yield names with a legal form: mere guesses where they are unlike the domain, or the contact has no address."""
    domain = domain_of(document)
    is_mentioned = document.scope is ContactScope.MENTIONED_PERSON
    is_guess = bool(domain) or (document.author.address is None and not is_mentioned)
    stray = GUESS if is_guess else 0.7 if is_mentioned else 0.33
    for passage in document.about[:MAX_PASSAGES]:
        for start, end in formed(document.text, passage.start, passage.end):
            is_alike = likeness(document.text[start:end], domain) > 0
            yield company(document, start, end, 0.89 if is_alike else stray, FORMED)


_FOOT = re.compile(
    r"(?i)©|\(c\)|unsubscribe|preferences|registered|reg\.|abmelden|abbestellen|impressum|sitz der|désinscri"
    r"|siège|darse de baja|"
    r"privacy|copyright|all rights"
)


def _from_small_print(document: Document) -> Iterator[Candidate]:
    """Yield registered names at the foot of the contact's own text, where the law has companies state them."""
    if document.scope is not ContactScope.SENDER:
        return
    domain = domain_of(document)
    lines = [line for line in document.anatomy.zones if line.zone is Zone.DISCLAIMER][:30]
    filled = [line for line in (*document.body, *document.signature) if line.text.strip()]
    places = [(line.start, min(line.end, line.start + 1000)) for line in lines]
    places += [(line.start, line.end) for line in filled[-3:] if _FOOT.search(line.text[:200])]
    for low, high in places:
        for start, end in formed(document.text, low, high):
            alike = likeness(document.text[start:end], domain)
            yield company(document, start, end, 0.8 if alike else 0.5, SMALL_PRINT)
