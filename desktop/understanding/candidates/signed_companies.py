"""The contact's company as their signature gives it, or that of whoever writes for them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from desktop.domain.evidence import Candidate
from desktop.understanding.candidates.company_candidates import (
    SIGNED,
    SIGNED_ALIKE,
    SIGNED_FORM,
    WRITERS,
    company,
    domain_of,
    writes_from_inside,
)
from desktop.understanding.candidates.segments import segments
from desktop.understanding.candidates.signed import Signed, contact_signature, writer_signature
from desktop.understanding.candidates.spoken_companies import names_like
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import (
    domain_label,
    ends_with_legal_form,
    likeness,
    organisation_words,
)
from desktop.understanding.lexicon.function_words import area_strength, names_unit, title_strength
from desktop.understanding.lexicon.names import name_of, tokens_of
from desktop.understanding.lexicon.persons import is_given_name
from desktop.understanding.signature.scores import person_shape

BARE_CONTEXT = 0.3
NAMED = 0.14
NAMELESS = 0.4
CREW = 0.25
LIKE_A_NAME, LIKE_NAMES = 0.3, 0.08
MAX_SIGNED = 14
MAX_WORDS = 8

_PARENT = re.compile(
    r"(?i)(?:an?|ein|une?|una|een)?\s?(?:division|subsidiary|member|part|brand|unternehmen|tochter\w*|marke"
    r"|mitglied|société"
    r"|filiale|membre|empresa|parte|gruppo|onderdeel) (?:of|der|von|des|du|de|di|del|van)\b"
)
_PART_CUT = re.compile(r",\s+|\s+[-–—|]+\s+|\s+\(")
_HOUSE_NUMBER = re.compile(r"^\D{3,40}\s\d{1,4}\s?[a-zA-Z]?(?:,|$)")
_REGISTERED = re.compile(
    r"[\s,;|(–-]+(?:ABN|ACN|NIP|REGON|KRS|CIF|NIF|SIRET|SIREN|RCS|VAT|USt|UID|HRB|HRA|FN|CVR|[Oo]rg\.?\s?nr|IČO?"
    r"|P\.?\s?IVA|KvK"
    r"|BTW|CNPJ|RFC|CUIT|RUT|GSTIN?|EIN|VKN|Reg\.?(?:istered)?)\b[^\n]{0,20}\d[^\n]*$"
)


def companies_signed(document: Document) -> Iterator[Candidate]:
    """Yield what the contact's signature gives as their organisation."""
    signed = contact_signature(document)
    if signed is None:
        return
    context = _context(signed)
    trust = 1.0 if signed.is_marked else 0.3 + context if signed.fields.name else NAMELESS
    found = [one for place in _lines_of(signed) for one in _graded(document, *place, trust, context)]
    found += _alike_lines(document, signed, trust)
    found += [] if found else _named_alike(document, signed, trust * (context + NAMED))
    for one in found:
        at = one.evidence.span.start
        is_part = any(one.value in other.value and other.evidence.span.end < at for other in found)
        if is_part and " " not in one.value and not one.value.isupper():  # the town, below a name that holds it
            yield replace(one, rule_score=round(0.85 * one.rule_score, 4))
        elif signed.is_marked or one.why != SIGNED or context >= BARE_CONTEXT + NAMED:
            yield one
    for field in signed.fields.position:
        start, end = signed.place(field.start, field.end)
        yield from _hidden(document, start, end, trust)


_LEAD = re.compile(
    r"(?i)\W{0,4}(?:copyright\W{0,4})?(?:\(c\)|©)?\W{0,4}(?:(?:19|20)\d\d\W{1,4})?(?:by\s+|c/o\s+|p\.a\.\s+"
    r"|on behalf of\s+|im auftrag (?:der|von|des)\s+|i\.\s?a\.\s+(?:der\s+)?|per conto di:?\s+|pour le compte de\s+"
    r"|por cuenta de\s+|namens\s+|t/a\s+|trading as\s+|firma\s+|fa\.\s+)?"
)
_SENTENCE_END = re.compile(r"(?<=[a-zß-ÿ]{3})[.!?]\s+(?=[A-ZÀ-Þ0-9])")


def _named_alike(document: Document, signed: Signed, score: float) -> Iterator[Candidate]:
    """Yield a line below the name that holds a word of it and more: the family's firm, "Poe Resource Advocates"."""
    for first, other in zip(signed.fields.name, signed.fields.name[1:], strict=False):
        words, more = tokens_of(first.text), tokens_of(other.text)
        if words & more and len(more - words) > 1:
            yield company(document, *signed.place(other.start, other.end), score, SIGNED)


def _alike_lines(document: Document, signed: Signed, trust: float) -> Iterator[Candidate]:
    """Yield the lines that are like the address and say what kind of organisation it is: "Poe Municipal Gas Dept."."""
    domain = domain_of(document)
    lines = [line for line in signed.lines[:MAX_SIGNED] if not ends_with_legal_form(line.text)]
    before = ""
    for segment in segments(tuple(lines)) if domain else ():
        text, leads = segment.text, title_strength(before) >= 0.6 and segment.place > 0
        before = text
        if leads:  # "Director, Acme Center": the part they lead
            continue
        is_alike = 1 < len(text.split()) <= MAX_WORDS and organisation_words(text) and likeness(text, domain) >= 0.7
        if is_alike and not name_of(text) and title_strength(text) < 0.6:
            yield company(document, segment.start, segment.end, trust * 0.93, SIGNED_ALIKE)


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
    return BARE_CONTEXT + NAMED * bool(fields.name) + NAMED * bool(fields.position) + 0.1 * has_number


def _graded(document: Document, start: int, end: int, trust: float, context: float) -> Iterator[Candidate]:
    registered = _REGISTERED.search(document.text, start, end)
    end = registered.start() if registered and registered.start() > start else end
    text = document.text[start:end]
    score, why = _grade(document, text, context)
    first = _PART_CUT.search(text)
    if first and not ends_with_legal_form(text[first.end() :].strip(")")):
        head = text[: first.start()]
        score_of_head, why_of_head = _grade(document, head, context)
        score_of_head = 0.0 if why == SIGNED_ALIKE and why_of_head == SIGNED else score_of_head
        if score_of_head >= score - 0.1 and not (names_unit(head) or area_strength(head) > 0.5):
            yield company(document, start, start + first.start(), trust * score_of_head, why_of_head)
            score = min(score, score_of_head) - 0.05
    yield company(document, start, end, trust * score, why)


_CREW = re.compile(r"(?i)\b(?:team|crew|staff|[ée]quipe|equipo|squadra|mannschaft|zespół)\b")  # "The Acme Team"


def _grade(document: Document, text: str, context: float) -> tuple[float, str]:
    """Return score and reason of an organisation's line."""
    alike = likeness(text, domain_of(document))
    if _PARENT.match(text):
        return 0.4, SIGNED_FORM
    if ends_with_legal_form(text):
        return (0.94 if alike else 0.86), SIGNED_FORM
    if len(text) <= 2 or (_HOUSE_NUMBER.search(text) and not alike):
        return 0.15, SIGNED
    if alike >= 0.6:
        return 0.74 + 0.18 * alike - CREW * bool(_CREW.search(text)), SIGNED_ALIKE
    if names_unit(text) or area_strength(text) > 0.5:
        return 0.3, SIGNED
    is_like_name = person_shape(text) == 1.0 and not organisation_words(text)
    named = (LIKE_A_NAME if is_given_name(text.split(maxsplit=1)[0]) else LIKE_NAMES) * is_like_name
    return context + min(0.16, 0.1 * organisation_words(text)) - named, SIGNED


def _hidden(document: Document, start: int, end: int, trust: float) -> Iterator[Candidate]:
    """Yield the company inside a title: "resp. exploitation Acme"."""
    domain = domain_of(document)
    for low, high in names_like(document.text, start, end, domain):
        if title_strength(document.text[low:high]) < 0.5:
            yield company(document, low, high, trust * 0.78, SIGNED_ALIKE)


_SPEAKS_FOR = re.compile(
    r"(?i)\b(?:on (?:his|her|their) behalf|on behalf of|em nome d\w{1,2}|im (?:namen|auftrag)|au nom d\w"
    r"|en nombre de|a nome d\w{1,4}"
    r"|namens|my (?:boss|manager|colleague|director|partner|supervisor)|mein\w{0,2} (?:chef|kolleg|vorgesetzt)\w*"
    r"|m(?:on|a) (?:collègue|patron|directeur|chef)|mi (?:jefe|jefa|compañer[oa])|il mio (?:capo|collega)"
    r"|mijn (?:collega|baas)"
    r"|(?:has |have )?asked (?:that I|me to)|hat mich gebeten|m['’]a (?:demandé|chargée?)|me (?:ha pedido|pidió)"
    r"|mi ha chiesto|heeft mij gevraagd|pediu-me)\b"
)


def _speaks_for(document: Document) -> bool:
    """Whether whoever writes does so for the person mentioned: what they sign with is that person's company too."""
    places = [(passage.start, passage.end) for passage in document.about[:MAX_SIGNED]]
    return not writes_from_inside(document) and any(_SPEAKS_FOR.search(document.text, *place) for place in places)


def companies_of_writer(document: Document) -> Iterator[Candidate]:
    """Yield the company of an assistant who writes for the contact."""
    signed = writer_signature(document)
    name = document.author.name.text if document.author.name else ""
    if not signed or not name:
        return
    text = "\n".join(line.text for line in signed.lines)
    domain = domain_label(document.author.address.text) if document.author.address else ""
    theirs = domain_label(document.writer.address.text) if document.writer.address else ""
    is_assistant = bool(tokens_of(name)) and tokens_of(name) <= tokens_of(text)
    score = 0.84 if is_assistant or (domain and domain == theirs) else 0.6
    is_colleague = document.is_colleague or _speaks_for(document)
    for start, end in _lines_of(signed) if score > 0.6 or is_colleague else ():
        line = document.text[start:end]
        if not names_unit(line) and not tokens_of(line) & tokens_of(name):
            yield company(document, start, end, score, WRITERS)
