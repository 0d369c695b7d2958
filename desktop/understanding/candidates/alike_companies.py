"""Names that are like the domain of the contact's address: in what is about them, in the subject, or elsewhere."""

from collections.abc import Iterator
from dataclasses import replace

from desktop.domain.evidence import Candidate, ContactScope, Part
from desktop.understanding.candidates.company_candidates import ALIKE, company, domain_of, writes_from_inside
from desktop.understanding.candidates.earlier import other_words, own_words
from desktop.understanding.candidates.spoken_companies import names_like
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import (
    ends_with_legal_form,
    likeness,
    organisation_words,
)
from desktop.understanding.lexicon.regions import places
from desktop.understanding.zones.passages import Passage, passages_of

MAX_PASSAGES = 60
MAX_SUBJECT = 300
LEAST_BRANCH = 4
LESS_NEAR = 0.9
IN_EARLIER = 0.85
BY_OTHERS = 0.75
SURELY_ALIKE = 0.7
RUNS_ON, MAY_RUN_ON = 0.16, 0.04


def companies_alike(document: Document) -> Iterator[Candidate]:
    """Yield the names that are like the domain of the contact's address; the domain tells whose a name is anywhere.

    What the contact's own words give counts most, then the subject, what they wrote before, what others wrote.
    """
    near = [one for passage in document.about[:MAX_PASSAGES] for one in _alike_in(document, passage)]
    yield from near
    if document.scope is ContactScope.MENTIONED_PERSON and not near:
        for passage in document.passages[:MAX_PASSAGES]:
            yield from _less(_alike_in(document, passage), LESS_NEAR)
    yield from _in_subject(document)
    if not near and not writes_from_inside(document):
        yield from _elsewhere(document)


def _less(found: Iterator[Candidate], share: float) -> Iterator[Candidate]:
    for one in found:
        yield replace(one, rule_score=round(share * one.rule_score, 4))


def _elsewhere(document: Document) -> Iterator[Candidate]:
    """Yield what is surely like the domain in the mails quoted or handed on: whoever writes there may name it."""
    domain = domain_of(document)
    for words, share in ((own_words, IN_EARLIER), (other_words, BY_OTHERS)):
        for lines in words(document):
            for passage in passages_of(lines)[:MAX_PASSAGES]:
                found = (one for one in _alike_in(document, passage) if _is_surely(one.value, domain))
                yield from _less(found, share)


def _is_surely(name: str, domain: str) -> bool:
    return likeness(name, domain) >= SURELY_ALIKE and _excess(name, domain) < RUNS_ON


def _in_subject(document: Document) -> Iterator[Candidate]:
    domain = domain_of(document)
    subject = document.message.subject[:MAX_SUBJECT]
    for start, end in names_like(subject, 0, len(subject), domain):
        name = subject[start:end]
        score = (0.36 if " " in name else 0.3) + 0.36 * likeness(name, domain) - _excess(name, domain)
        yield company(document, start, end, score, ALIKE, Part.SUBJECT)


def _alike_in(document: Document, passage: Passage) -> Iterator[Candidate]:
    domain, text = domain_of(document), document.text
    named = {
        place: likeness(text[slice(*place)], domain) for place in names_like(text, passage.start, passage.end, domain)
    }
    longest: dict[int, tuple[int, float]] = {}
    for (start, end), alike in named.items():
        if _excess(text[start:end], domain) < RUNS_ON or is_line(text, start, end):
            longest[start] = max(longest.get(start, (0, 0.0)), (end, alike))
    for (start, end), alike in named.items():
        last, best = longest.get(start, (0, 0.0))
        if last > end and (best >= alike or is_line(text, start, last)):
            continue  # a part of a longer name that fits as well
        name = text[start:end]
        if " " not in name and alike < 0.8 and _begins_sentence(text, start):
            continue  # a noun that is part of the label, with its capital only for where it stands
        fuller = 0.01 * (" " in name) + 0.06 * (organisation_words(name) > 0)
        score = 0.8 + fuller if alike >= 0.9 else 0.4 + 0.4 * alike
        excess = 0.0 if is_line(text, start, end) else _excess(name, domain)
        yield company(document, start, end, score - excess, ALIKE)
    for start, end in _like_branch(document, passage.start, passage.end):
        yield company(document, start, end, 0.89, ALIKE)


def _excess(name: str, domain: str) -> float:
    """Return what speaks against a name that fits as well without its first word or the last ones.

    "Next Acme" and "Acme New York" of `acme` hold more than the name, "Acme Freight Papers" may.
    """
    words = name.split()
    if len(words) < 2 or ends_with_legal_form(name):
        return 0.0
    alike = max(likeness(name, domain), SURELY_ALIKE)
    if not organisation_words(words[0]) and likeness(" ".join(words[1:]), domain) >= alike:
        return RUNS_ON
    for last in range(1, min(3, len(words))):
        tail = " ".join(words[-last:])
        if not organisation_words(tail) and likeness(" ".join(words[:-last]).rstrip(" ,&-"), domain) >= alike:
            if tail in places():
                return RUNS_ON
            if last == 1:
                return MAY_RUN_ON
    return 0.0


def is_line(text: str, start: int, end: int) -> bool:
    """Whether a name stands in a line by itself, or in a piece of one between bars."""
    first = max(text.rfind("\n", 0, start), text.rfind("|", 0, start), text.rfind("·", 0, start)) + 1
    before = text[max(first, start - 20) : start].strip(" \t>*-_•")
    behind = text[end : end + 20].lstrip(" \t*_.,")[:1]
    return not before and behind in ("", "\n", "|", "·", "•")


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
