"""The contact's company: from their signature, their display name, or how the mail speaks of it.

The domain alone is never a candidate: it only speaks for words that stand in the mail. The rep's own company is none,
unless the contact writes from the same domain.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from desktop.domain.evidence import Candidate, ContactScope, Zone
from desktop.understanding.candidates.alike_companies import companies_alike, is_line
from desktop.understanding.candidates.bound_companies import companies_bound
from desktop.understanding.candidates.company_candidates import (
    ALIKE,
    DISPLAYED,
    FORMED,
    FROM_SIGNATURE,
    LABELLED,
    SIGNED,
    SIGNED_ALIKE,
    SMALL_PRINT,
    SPOKEN,
    bears_firm,
    company,
    domain_of,
    is_somebody,
    person_of,
    surname_of,
    writes_from_inside,
)
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.mentioned_companies import companies_mentioned
from desktop.understanding.candidates.signed_companies import companies_of_writer, companies_signed
from desktop.understanding.candidates.spoken_companies import formed, opens_with, spoken
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import (
    LEGAL,
    domain_label,
    ends_with_legal_form,
    likeness,
    organisation_words,
)
from desktop.understanding.lexicon.function_words import area_strength, names_unit, title_strength, without_accents
from desktop.understanding.lexicon.mailboxes import is_desk_word
from desktop.understanding.lexicon.names import name_of, tokens_of
from desktop.understanding.lexicon.persons import is_given_name, personhood
from desktop.understanding.lexicon.regions import places
from desktop.understanding.lexicon.sign_offs import SIGN_OFF
from desktop.understanding.signature.scores import CREDENTIALS

MAX_COMPANY = 90
MAX_PASSAGES = 60
MAX_LABELLED = 8
WELL_SIGNED = 0.75
BESIDE_SIGNED = 0.88
LIKELY = 0.6
HEAD = 300
SAID_TOO = 0.05
GOES_ON = 0.15
OPENING = 0.46
LIKE_A_PERSON = 0.3
SAID = 4

_LABELS = re.compile(
    r"(?i)(?:your |company |name of )?(?:company|organi[sz]ation|employer)(?: name)?|business"
    r"|(?:business|institution) name"
    r"|firma|unternehmen|firmenname|société|entreprise|organisme|raison sociale|empresa|razón social|azienda|società"
    r"|ragione sociale|bedrijf(?:snaam)?|organisatie|företag|virksomhed|şirket|kurum"
)
_FIELD = re.compile(r"(?i)\s*(?:title|name|address|phone|fax|e-?mail|city|state|role|position|country|.{0,30}:)\s*")
_NO_COMPANY = re.compile(
    r"[@:=<>]|https?:|www\.|^(?:Dear|Hi|Hello|Liebe[rs]?|Sehr geehrte\w?|Ch[eè]re?|Estimad[oa]|Gentile|Beste)\b"
    r"|^(?:Monday|Tuesday|Wednesday|Thursday|Friday|Q[1-4]|January|February|March|April|May"
    r"|June|July"
    r"|August|September|October|November|December|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|I|We|The|This)$"
)
_ENDS_PIECE = re.compile(r"[ \t]*(?:[·|•]|\n|$)")
_KISSES = re.compile(r"(?i)[xo]{2,9}")
_LEGAL_ONLY = re.compile(LEGAL)
_BRACKETED = re.compile(r"\s*\((?P<company>[^()]{2,60})\)$")
_BEHIND = re.compile(r"\s*(?:\||[-–—]|·|,|\bat\b|@|\bbei\b|\bchez\b|\bvia\b|\bfrom\b)\s*(?P<company>[^|·]{2,60})$")


_FOR_OTHERS = re.compile(r"(?i)\s(?:on behalf of|im auftrag von|de la part de|en nombre de)\s")


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
    if _SAYS.search(text) and (candidate.why == SIGNED or (candidate.why == SIGNED_ALIKE and len(text.split()) > SAID)):
        return True
    if candidate.why == SPOKEN and (text in places() or _is_common(document, candidate)):
        return True
    is_signed = candidate.why in FROM_SIGNATURE and document.author.address is None
    if (
        _is_their_name(document, candidate)
        or tokens_of(text) <= document.own_names
        or (not is_signed and _is_own(document, text))
    ):
        return True
    return candidate.why in (SPOKEN, SIGNED) and is_somebody(document, text)


_AT = re.compile(r"\b(?:at|bei|beim|chez|presso|bij|hos)(?: the| der| la| het)?\s+$")


def _is_common(document: Document, candidate: Candidate) -> bool:
    """Whether a name is a mere noun ("the Chamber", "Legal") or a person's, with a rank or first name in front."""
    text, start = candidate.value, candidate.evidence.span.start
    if ends_with_legal_form(text) or likeness(text, domain_of(document)) >= LIKELY:
        return False
    if " " not in text:
        return bool(organisation_words(text)) or names_unit(text) or area_strength(text) > 0.5 or is_given_name(text)
    name = name_of(text)
    if name is None or organisation_words(text) or "&" in text:
        return False
    is_at = bool(_AT.search(document.text, max(0, start - 20), start))  # "at Sabine Paper", but "with Sabine Poe"
    return not is_at and (len(name.split()) < len(text.split()) or personhood(text) > LIKE_A_PERSON)


def _is_their_name(document: Document, candidate: Candidate) -> bool:
    """Whether a name is only the contact's own, and nothing says that the company is called after them."""
    name = name_of(person_of(document), is_header=True)
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
    found = _BRACKETED.search(name.text) or (None if _FOR_OTHERS.search(name.text) else _BEHIND.search(name.text))
    if bears_firm(document):
        start, end = _without_desk(name.text) if 0 < likeness(name.text, domain) < 1 else (0, len(name.text))
        score = 0.72 if likeness(name.text, domain) else 0.6
        yield company(document, base + start, base + end, score, DISPLAYED, name.span.part)
        return
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
    person = tokens_of(person_of(document))
    mentioned = companies_mentioned(document) if document.scope is ContactScope.MENTIONED_PERSON else ()
    found = [
        *companies_alike(document),
        *companies_bound(document),
        *_spoken(document),
        *mentioned,
        *_formed(document),
    ]
    named = {candidate.value.casefold() for candidate in found if candidate.why == SPOKEN}
    for candidate in found:
        if candidate.why == ALIKE and candidate.value.casefold() in named:  # like the address, and said to be theirs
            yield replace(candidate, rule_score=min(0.95, round(candidate.rule_score + SAID_TOO, 4)))
        elif not tokens_of(candidate.value) <= person or candidate.why == FORMED:
            yield candidate


def _spoken(document: Document) -> Iterator[Candidate]:
    domain, is_colleague = domain_of(document), writes_from_inside(document)
    for passage in document.about[:MAX_PASSAGES]:
        found = list(spoken(document.text, passage.start, passage.end, surname_of(document)))
        if passage is document.about[0] and not (is_colleague or document.scope is ContactScope.MENTIONED_PERSON):
            found += [(*place, OPENING) for place in opens_with(document.text, passage.start, passage.end, domain)]
        for start, end, base in found:
            alike = likeness(document.text[start:end], domain)
            score = base + 0.2 * alike if alike or not domain else base * 0.6
            score += 0.05 * ends_with_legal_form(document.text[start:end])
            yield company(document, start, end, min(0.9, score), SPOKEN)


_OURS = re.compile(
    r"(?i)\b(?:we|our|us|i|my|here|behalf|wir|unsere?\w{0,2}|ich|mein\w{0,2}|hier|nous|notre|nos|je|mon|ici|nuestr[oa]"
    r"|nosotros|mi|somos|noi|nostr[oa]|siamo|mio|wij|we|ons|onze|ik|mijn|nós|nosso|nossa|my|nasz\w{0,2}|vi|vår|biz)\b"
    r"[^.!?\n]{0,70}$|(?:^|\n)[ \t>*]*$"
)


_WE_ARE = re.compile(
    r"(?i)\b(?:we(?:['’]re| are)|wir sind|nous sommes|somos|siamo|wij zijn)(?: the| die| la| el| de)? $"
)
_GOES_ON = re.compile(r" [A-ZÀ-Þ]\w")


def _formed(document: Document) -> Iterator[Candidate]:
    """Yield names with a legal form that are like the address, spoken of as near, or at the head of a notice.

    Where the contact has a firm's address or none, and the name is unlike it, it is somebody else's.
    """
    domain = domain_of(document)
    is_mentioned = document.scope is ContactScope.MENTIONED_PERSON
    has_own = bool(domain) or (document.author.address is None and not is_mentioned)
    is_notice = bool(domain) and document.author.name is None and bool(document.about)
    head = document.about[0].start + HEAD if is_notice else 0  # a notice by nobody bears the firm's name above
    for passage in document.about[:MAX_PASSAGES]:
        for start, end in formed(document.text, passage.start, passage.end):
            longer = GOES_ON * bool(_GOES_ON.match(document.text, end))
            if likeness(document.text[start:end], domain) > 0:
                yield company(document, start, end, 0.89 - longer, FORMED)
            elif not has_own and (is_mentioned or _OURS.search(document.text, max(0, start - 80), start)):
                yield company(document, start, end, (0.7 if is_mentioned else 0.33) - longer, FORMED)
            elif (start < head and is_line(document.text, start, end)) or _WE_ARE.search(
                document.text, max(0, start - 30), start
            ):
                yield company(document, start, end, 0.4, FORMED)


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
    is_colleague = writes_from_inside(document)
    lines = [line for line in document.anatomy.zones if line.zone is Zone.DISCLAIMER][:30]
    filled = [line for line in (*document.body, *document.signature) if line.text.strip()]
    places = [(line.start, min(line.end, line.start + 1000)) for line in lines]
    places += [(line.start, line.end) for line in filled[-3:] if _FOOT.search(line.text[:200])]
    for low, high in places:
        for start, end in formed(document.text, low, high):
            alike = likeness(document.text[start:end], domain)
            if alike or not is_colleague:  # what a colleague hands on is somebody else's
                yield company(document, start, end, 0.8 if alike else 0.5, SMALL_PRINT)
