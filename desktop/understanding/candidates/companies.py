"""The contact's company: from their signature, their display name, or how the mail speaks of it.

The domain alone is never a candidate: it only speaks for words that stand in the mail. The rep's own company is none,
unless the contact writes from the same domain.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from desktop.domain.evidence import Candidate, ContactScope, FactKind, Part, Zone
from desktop.understanding.candidates.introduced import behind
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.signed import Signed, contact_signature, writer_signature
from desktop.understanding.candidates.spoken_companies import formed, named_in, names_like, spoken
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import (
    LEGAL,
    domain_label,
    ends_with_legal_form,
    likeness,
    organisation_words,
)
from desktop.understanding.lexicon.function_words import area_strength, names_unit, title_strength, without_accents
from desktop.understanding.lexicon.names import name_of, tokens_of
from desktop.understanding.signature.scores import CREDENTIALS, person_shape

MAX_COMPANY = 90
MAX_PASSAGES = 60
MAX_SUBJECT = 300
NOBODY = "\0"
MAX_LABELLED = 8
WELL_SIGNED = 0.8
BESIDE_SIGNED = 0.88

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

_SIGNED = (SIGNED_FORM, SIGNED_ALIKE, SIGNED)

_LABELS = re.compile(
    r"(?i)(?:your |company |name of )?(?:company|organi[sz]ation|employer)(?: name)?|(?:business|institution) name"
    r"|firma|unternehmen|firmenname|société|entreprise|organisme|raison sociale|empresa|razón social|azienda|società"
    r"|ragione sociale|bedrijf(?:snaam)?|organisatie|företag|virksomhed|şirket|kurum"
)
_FIELD = re.compile(r"(?i)\s*(?:title|name|address|phone|fax|e-?mail|city|state|role|position|country|.{0,30}:)\s*")
_NO_COMPANY = re.compile(
    r"[@]|https?:|www\.|^(?:Monday|Tuesday|Wednesday|Thursday|Friday|Q[1-4]|January|February|March|April|May"
    r"|June|July"
    r"|August|September|October|November|December|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|I|We|The|This)$"
)
_LEGAL_ONLY = re.compile(LEGAL)
_PARENT = re.compile(
    r"(?i)(?:an?|ein|une?|una|een)?\s?(?:division|subsidiary|member|part|brand|unternehmen|tochter\w*|marke"
    r"|mitglied|société"
    r"|filiale|membre|empresa|parte|gruppo|onderdeel) (?:of|der|von|des|du|de|di|del|van)\b"
)
_PART_CUT = re.compile(r",\s+|\s+[-–—|]+\s+|\s+\(")
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
    if _PREPOSITION.match(text) or all(without_accents(word).strip(".,") in CREDENTIALS for word in text.split()):
        return False
    return has_letters and len(text) <= MAX_COMPANY and not _LEGAL_ONLY.fullmatch(text) and not _NO_COMPANY.search(text)


def _is_anothers(document: Document, candidate: Candidate) -> bool:
    """Whether a name is the rep's company, the rep, or a person whom the mail speaks of."""
    text = candidate.value
    is_signed = candidate.why in _SIGNED and document.author.address is None
    if (
        _is_their_name(document, candidate)
        or tokens_of(text) <= document.own_names
        or (not is_signed and _is_own(document, text))
    ):
        return True
    return candidate.why in (SPOKEN, SIGNED) and _is_somebody(document, text)


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
_HOUSE_NUMBER = re.compile(r"^\D{3,40}\s\d{1,4}\s?[a-zA-Z]?(?:,|$)")
_TRADE_NAME = re.compile(r"(?:[A-Z]\.){3,5}\s|[A-Z]{3,5}\s(?=[A-ZŁŚŻ])")
_REGISTERED = re.compile(
    r"[\s,;|(–-]+(?:ABN|ACN|NIP|REGON|KRS|CIF|NIF|SIRET|SIREN|RCS|VAT|USt|UID|HRB|HRA|FN|CVR|[Oo]rg\.?\s?nr|IČO?"
    r"|P\.?\s?IVA|KvK"
    r"|BTW|CNPJ|RFC|CUIT|RUT|GSTIN?|EIN|VKN|Reg\.?(?:istered)?)\b[^\n]{0,20}\d[^\n]*$"
)
_COUPLE = re.compile(r"([^\W\d_][\w.'’-]*) (?:&|\+|and|und|et|y|e|en|og|och|i|ve) ([^\W\d_][\w.'’-]*) (\S{2,30})")


def _is_somebody(document: Document, text: str) -> bool:
    """Whether a name is that of a person whom the mail speaks of."""
    words = frozenset(word.casefold().strip(".") for word in text.split())
    return any(words <= person.tokens for person in document.people)


def _all(document: Document) -> Iterator[Candidate]:
    signed = contact_signature(document)
    in_signature = list(_from_signature(document, signed)) if signed else []
    yield from in_signature
    yield from _from_writer(document)
    for start, end in labelled(document, _LABELS):
        text = document.text[start:end]
        is_long = len(text.split()) > MAX_LABELLED and not ends_with_legal_form(text)
        if not is_long and not _LABELS.fullmatch(text.strip(" :*")) and not _FIELD.fullmatch(text):
            yield _candidate(document, start, end, 0.87, LABELLED)
    yield from _from_display_name(document)
    is_signed = any(candidate.rule_score >= WELL_SIGNED for candidate in in_signature)
    for candidate in (*_from_text(document), *_from_small_print(document)):
        yield replace(candidate, rule_score=round(BESIDE_SIGNED * candidate.rule_score, 4)) if is_signed else candidate


def _domain(document: Document) -> str:
    return domain_label(document.author.address.text) if document.author.address else ""


def _is_own(document: Document, name: str) -> bool:
    """Whether a name is that of the rep's company, going by the rep's domains."""
    domain = _domain(document)
    own = {domain_label(address) for address in document.own_addresses} - {"", domain}
    return any(likeness(name, label) >= 0.75 for label in own) and likeness(name, domain) < 0.75


def _candidate(document: Document, start: int, end: int, score: float, why: str, part: Part = Part.BODY) -> Candidate:
    evidence = document.cite(start, end, part)
    return Candidate(FactKind.COMPANY, evidence, " ".join(evidence.text.split()), round(max(0.05, score), 4), why)


# --- signature ------------------------------------------------------------------------------------------------------


def _from_signature(document: Document, signed: Signed) -> Iterator[Candidate]:
    trust = 1.0 if signed.is_marked else 0.3 + _context(signed)
    for start, end in _lines_of(signed):
        yield from _graded(document, start, end, trust, _context(signed))
    for field in signed.fields.position:
        start, end = signed.place(field.start, field.end)
        yield from _hidden(document, start, end, trust)


_LEAD = re.compile(
    r"(?i)\W{0,4}(?:copyright\W{0,4})?(?:\(c\)|©)?\W{0,4}(?:(?:19|20)\d\d\W{1,4})?(?:by\s+|c/o\s+|p\.a\.\s+"
    r"|on behalf of\s+|im auftrag (?:der|von|des)\s+|i\.\s?a\.\s+(?:der\s+)?|per conto di:?\s+|pour le compte de\s+"
    r"|por cuenta de\s+|namens\s+|t/a\s+|trading as\s+|firma\s+|fa\.\s+)?"
)
_SENTENCE_END = re.compile(r"(?<=[a-zß-ÿ]{3})[.!?]\s+(?=[A-ZÀ-Þ0-9])")


def _lines_of(signed: Signed) -> Iterator[tuple[int, int]]:
    """Yield the lines of the organisation, each by itself: division and company are rivals."""
    for field in signed.fields.organisation:
        offset = field.start
        for line in field.text.split("\n"):
            low = _lead_of(line)
            if line[low:].strip():
                yield signed.place(offset + low, offset + len(line))
            offset += len(line) + 1


def _lead_of(line: str) -> int:
    """Return where a name begins in its line: behind "c/o" and the like, and behind a sentence that ends there."""
    ended = [match.end() for match in list(_SENTENCE_END.finditer(line))[:4]]
    low = next((end for end in reversed(ended) if ends_with_legal_form(line[end:])), 0)
    lead = _LEAD.match(line, low)
    return lead.end() if lead and line[lead.end() :].strip() else low


def _context(signed: Signed) -> float:
    """Return how much the signature's other fields speak for a line that only its place makes an organisation."""
    fields = signed.fields
    has_number = bool(fields.phone or fields.mobile or fields.fax or fields.mail or fields.address)
    return 0.3 + 0.14 * bool(fields.name) + 0.14 * bool(fields.position) + 0.1 * has_number


def _graded(document: Document, start: int, end: int, trust: float, context: float) -> Iterator[Candidate]:
    registered = _REGISTERED.search(document.text, start, end)
    end = registered.start() if registered and registered.start() > start else end
    text = document.text[start:end]
    score, why = _grade(document, text, context)
    first = _PART_CUT.search(text)
    if first and not ends_with_legal_form(text[first.end() :].strip(")")):
        head = text[: first.start()]
        score_of_head, why_of_head = _grade(document, head, context)
        if score_of_head >= score - 0.1 and not (names_unit(head) or area_strength(head) > 0.5):
            yield _candidate(document, start, start + first.start(), trust * score_of_head, why_of_head)
            score = min(score, score_of_head) - 0.05
    yield _candidate(document, start, end, trust * score, why)


def _grade(document: Document, text: str, context: float) -> tuple[float, str]:
    """Return score and reason of an organisation's line."""
    alike = likeness(text, _domain(document))
    if _PARENT.match(text):
        return 0.4, SIGNED_FORM
    if ends_with_legal_form(text):
        return (0.94 if alike else 0.86), SIGNED_FORM
    if len(text) <= 2 or (_HOUSE_NUMBER.search(text) and not alike):
        return 0.15, SIGNED
    if alike >= 0.6:
        return 0.74 + 0.18 * alike, SIGNED_ALIKE
    if names_unit(text) or area_strength(text) > 0.5:
        return 0.3, SIGNED
    named = 0.2 * (person_shape(text) == 1.0 and not organisation_words(text))
    return context + min(0.16, 0.1 * organisation_words(text)) - named, SIGNED


def _hidden(document: Document, start: int, end: int, trust: float) -> Iterator[Candidate]:
    """Yield the company inside a title: "resp. exploitation Acme"."""
    domain = _domain(document)
    for low, high in names_like(document.text, start, end, domain):
        if title_strength(document.text[low:high]) < 0.5:
            yield _candidate(document, low, high, trust * 0.78, SIGNED_ALIKE)


def _from_writer(document: Document) -> Iterator[Candidate]:
    """Yield the company of an assistant who writes for the contact."""
    signed = writer_signature(document)
    name = document.author.name.text if document.author.name else ""
    if not signed or not name:
        return
    text = "\n".join(line.text for line in signed.lines)
    domain = domain_label(document.author.address.text) if document.author.address else ""
    theirs = domain_label(document.writer.address.text) if document.writer.address else ""
    is_assistant = bool(tokens_of(name)) and tokens_of(name) <= tokens_of(text)
    score = 0.84 if is_assistant or (domain and domain == theirs) else 0.3
    for start, end in _lines_of(signed):
        line = document.text[start:end]
        if not names_unit(line) and not tokens_of(line) & tokens_of(name):
            yield _candidate(document, start, end, score, WRITERS)


# --- elsewhere ------------------------------------------------------------------------------------------------------


def _from_display_name(document: Document) -> Iterator[Candidate]:
    name = document.author.name
    if name is None or document.scope is ContactScope.MENTIONED_PERSON:
        return
    domain, base = _domain(document), name.span.start
    found = _BRACKETED.search(name.text) or _BEHIND.search(name.text)
    if found and name_of(name.text[: found.start()]):
        text = found["company"]
        score = _displayed_score(text, domain)
        if score:
            start, end = found.span("company")
            yield _candidate(document, base + start, base + end, score, DISPLAYED, name.span.part)
    elif likeness(name.text, domain) >= (0.9 if name_of(name.text) else 0.7) and not _is_person(name.text, document):
        yield _candidate(document, base, name.span.end, 0.72, DISPLAYED, name.span.part)
    elif not name_of(name.text) and organisation_words(name.text) and not title_strength(name.text):
        yield _candidate(document, base, name.span.end, 0.5, DISPLAYED, name.span.part)


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
    for candidate in (*_alike(document), *_spoken(document), *_formed(document)):
        if not tokens_of(candidate.value) <= person or candidate.why == FORMED:
            yield candidate


def _alike(document: Document) -> Iterator[Candidate]:
    domain = _domain(document)
    for passage in document.about[:MAX_PASSAGES]:
        places = {
            place: likeness(document.text[slice(*place)], domain)
            for place in names_like(document.text, passage.start, passage.end, domain)
        }
        longest: dict[int, tuple[int, float]] = {}
        for (start, end), alike in places.items():
            longest[start] = max(longest.get(start, (0, 0.0)), (end, alike))
        for (start, end), alike in places.items():
            if longest[start][0] > end and longest[start][1] >= alike:
                continue  # a part of a longer name that fits as well
            text = document.text[start:end]
            fuller = 0.01 * (" " in text) + 0.06 * (organisation_words(text) > 0)
            score = 0.8 + fuller if alike >= 0.9 else 0.4 + 0.4 * alike
            yield _candidate(document, start, end, score, ALIKE)
    subject = document.message.subject[:MAX_SUBJECT]
    for start, end in names_like(subject, 0, len(subject), domain):
        yield _candidate(document, start, end, 0.36 + 0.36 * likeness(subject[start:end], domain), ALIKE, Part.SUBJECT)


def _spoken(document: Document) -> Iterator[Candidate]:
    domain = _domain(document)
    for passage in document.about[:MAX_PASSAGES]:
        for start, end, base in spoken(document.text, passage.start, passage.end, _surname(document)):
            alike = likeness(document.text[start:end], domain)
            score = base + 0.2 * alike if alike or not domain else base * 0.6
            yield _candidate(document, start, end, min(0.9, score), SPOKEN)
    if document.scope is ContactScope.MENTIONED_PERSON:
        yield from _apposed(document)
        for passage in document.passages[:MAX_PASSAGES]:
            for start, end, _score in spoken(document.text, passage.start, passage.end, NOBODY):
                yield _candidate(document, start, end, 0.55, SPOKEN)


def _apposed(document: Document) -> Iterator[Candidate]:
    """Yield what stands beside the name of a person mentioned and looks like a company: "Jo Field, Acme Foods"."""
    surname, text = _surname(document), document.text
    places = [(passage.start, passage.end) for passage in document.about[:MAX_PASSAGES]]
    if document.signature:
        places.append((document.signature[0].start, document.signature[-1].end))
    for start, end in places if surname else ():
        for number, (low, high) in enumerate(behind(text, start, end, surname)):
            for first, last in named_in(text, low, high):
                name = text[first:last]
                if title_strength(name) >= 0.6 or area_strength(name) > 0.5 or _is_somebody(document, name):
                    continue
                sure = 0.1 * (ends_with_legal_form(name) or likeness(name, _domain(document)) >= 0.7)
                sure += 0.05 * min(2, organisation_words(name))
                yield _candidate(document, first, last, min(0.88, 0.72 + sure - 0.03 * number), SPOKEN)


def _formed(document: Document) -> Iterator[Candidate]:
    domain = _domain(document)
    for passage in document.about[:MAX_PASSAGES]:
        for start, end in formed(document.text, passage.start, passage.end):
            is_alike = likeness(document.text[start:end], domain) > 0
            yield _candidate(document, start, end, 0.89 if is_alike else 0.22 if domain else 0.33, FORMED)


def _surname(document: Document) -> str:
    name = document.author.name.text if document.author.name else ""
    if document.scope is not ContactScope.MENTIONED_PERSON or not name.split():
        return ""
    return name.split(",")[0].split()[-1] if "," in name else name.split()[-1]


_FOOT = re.compile(
    r"(?i)©|\(c\)|unsubscribe|preferences|registered|reg\.|abmelden|abbestellen|impressum|sitz der|désinscri"
    r"|siège|darse de baja|"
    r"privacy|copyright|all rights"
)


def _from_small_print(document: Document) -> Iterator[Candidate]:
    """Yield registered names at the foot of the contact's own text, where the law has companies state them."""
    if document.scope is not ContactScope.SENDER:
        return
    domain = _domain(document)
    lines = [line for line in document.anatomy.zones if line.zone is Zone.DISCLAIMER][:30]
    filled = [line for line in (*document.body, *document.signature) if line.text.strip()]
    places = [(line.start, min(line.end, line.start + 1000)) for line in lines]
    places += [(line.start, line.end) for line in filled[-3:] if _FOOT.search(line.text[:200])]
    for low, high in places:
        for start, end in formed(document.text, low, high):
            alike = likeness(document.text[start:end], domain)
            yield _candidate(document, start, end, 0.8 if alike else 0.5, SMALL_PRINT)
