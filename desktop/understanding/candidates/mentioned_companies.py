"""The company of a person whom a mail only speaks of: named beside them, or in the sentences around."""

from collections.abc import Iterator

from desktop.domain.evidence import Candidate, Part
from desktop.understanding.candidates.company_candidates import SPOKEN, company, domain_of, is_somebody, surname_of
from desktop.understanding.candidates.introduced import behind
from desktop.understanding.candidates.spoken_companies import named_in, spoken, stands_alone
from desktop.understanding.contacts.affiliations import affiliations, organisations_in
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import ends_with_legal_form, likeness, organisation_words
from desktop.understanding.lexicon.function_words import area_strength, title_strength
from desktop.understanding.lexicon.names import name_of

MAX_PASSAGES = 60
NOBODY = "\0"


def companies_mentioned(document: Document) -> Iterator[Candidate]:
    """Yield the names that may be of the company of the person mentioned."""
    yield from _apposed(document)
    yield from _beside(document)
    for passage in document.passages[:MAX_PASSAGES]:
        for start, end, score in spoken(document.text, passage.start, passage.end, surname_of(document)):
            yield company(document, start, end, score - 0.1, SPOKEN)
        for start, end, _score in spoken(document.text, passage.start, passage.end, NOBODY):
            yield company(document, start, end, 0.55, SPOKEN)
    yield from _around(document)


def _beside(document: Document) -> Iterator[Candidate]:
    """Yield what stands before or behind the name: "Acme's Ann Poe", "Ann Poe, who buys for Acme"."""
    name = document.author.name
    if name is None or name.span.part is not Part.BODY:
        return
    for start, end in affiliations(document.text, name.span.start, name.span.end):
        if not is_somebody(document, document.text[start:end]):
            yield company(document, start, end, 0.74, SPOKEN)


def _around(document: Document) -> Iterator[Candidate]:
    """Yield organisations named in the sentences before the person: "I was at Acme's. The buyer is Ann Poe"."""
    name = document.author.name
    for passage in document.passages[:MAX_PASSAGES]:
        last = min(passage.end, name.span.start) if name and name.span.part is Part.BODY else passage.start
        for start, end in stands_alone(document.text, passage.start, last):
            text = document.text[start:end]
            if not is_somebody(document, text) and (organisation_words(text) or name_of(text) is None):
                yield company(document, start, end, 0.62 if organisation_words(text) else 0.4, SPOKEN)
        for start, end in organisations_in(document.text, passage.start, last):
            if not is_somebody(document, document.text[start:end]):
                yield company(document, start, end, 0.4, SPOKEN)


def _apposed(document: Document) -> Iterator[Candidate]:
    """Yield what stands beside the name of a person mentioned and looks like a company: "Jo Field, Acme Foods"."""
    surname, text = surname_of(document), document.text
    places = [(passage.start, passage.end) for passage in document.about[:MAX_PASSAGES]]
    if document.signature:
        places.append((document.signature[0].start, document.signature[-1].end))
    for start, end in places if surname else ():
        for number, (low, high) in enumerate(behind(text, start, end, surname)):
            for first, last in named_in(text, low, high):
                name = text[first:last]
                if title_strength(name) >= 0.6 or area_strength(name) > 0.5 or is_somebody(document, name):
                    continue
                sure = 0.1 * (ends_with_legal_form(name) or likeness(name, domain_of(document)) >= 0.7)
                sure += 0.05 * min(2, organisation_words(name))
                yield company(document, first, last, min(0.88, 0.72 + sure - 0.03 * number), SPOKEN)
