"""The company that others name with the contact: "Jane at Acme Travel", "the fellow from Acme, Jo Field", `Jo/ACME`."""

import re
from collections.abc import Iterator
from itertools import islice

from desktop.domain.evidence import Candidate, ContactScope
from desktop.understanding.candidates.company_candidates import (
    ALIKE,
    SPOKEN,
    company,
    domain_of,
    is_somebody,
    person_of,
    writes_from_inside,
)
from desktop.understanding.candidates.earlier import other_words
from desktop.understanding.contacts.affiliations import affiliations, named_before, organisations_in
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import likeness, organisation_words
from desktop.understanding.lexicon.names import PARTICLES, name_of
from desktop.understanding.zones.passages import Passage, passages_of

MAX_NAMED = 12
MAX_PASSAGES = 40
WHOLE_NAME, FIRST_NAME = 0.66, 0.5
IN_PATH = 0.62

_PATH = re.compile(r"(?<=\w)/(?P<where>[A-Z][\w&-]{1,20})(?=[@\s])")


def companies_bound(document: Document) -> Iterator[Candidate]:
    """Yield what others in the mail say of whom the contact works for; of a person mentioned others tell."""
    name = name_of(person_of(document), is_header=True)
    if document.scope is ContactScope.MENTIONED_PERSON:
        return
    words = [word for word in (name or "").split() if word.lower() not in PARTICLES and len(word.strip(".")) > 1]
    passages = [*islice(_words_of_others(document), MAX_PASSAGES)]
    for passage in passages if len(words) > 1 else ():
        for start, end, score in _named(document.text, passage, words):
            for low, high in (*affiliations(document.text, start, end), *named_before(document.text, start)):
                if not is_somebody(document, document.text[low:high]):
                    yield company(document, low, high, score, SPOKEN)
    yield from _of_their_people(document, passages)
    yield from _in_paths(document)


_PEOPLE_OF = re.compile(
    r"(?i)\b(?:works?|worked|friends?|guys?|folks|people|fellow|lady|contacts?|partner|attorney|counsel|team|head|ceo"
    r"|president|director|manager)\b[^!?\n]{0,40}$"
)


def _of_their_people(document: Document, passages: list[Passage]) -> Iterator[Candidate]:
    """Yield organisations that whoever hands a mail on says somebody is at: "a friend works for Mr. Poe at Acme"."""
    if document.scope is ContactScope.FORWARDED_SENDER and not writes_from_inside(document):
        for passage in passages:
            for start, end in organisations_in(document.text, passage.start, passage.end):
                name = document.text[start:end]
                before = document.text[max(passage.start, start - 80) : start]
                if (organisation_words(name) or "&" in name) and _PEOPLE_OF.search(before):
                    yield company(document, start, end, 0.3, SPOKEN)


def _words_of_others(document: Document) -> Iterator[Passage]:
    """Yield what is not the contact's: the words of who hands the mail on, and of other mails quoted."""
    theirs = {passage.start for passage in document.about}
    yield from (passage for passage in document.passages if passage.start not in theirs)
    for lines in other_words(document):
        yield from passages_of(lines)


_REST = re.compile(r"\s(?:[A-Z]\.?\s)?([^\W\d_][\w'’-]*)")
_POLITE = re.compile(r"(?:Mr|Mrs|Ms|Dr)\.?\s$")


def _named(text: str, passage: Passage, words: list[str]) -> Iterator[tuple[int, int, float]]:
    """Yield where a passage names the contact, and how much that tells: "Jane" may be another Jane."""
    first, last = words[0], words[-1]
    for start in _places(text, passage, first):
        rest = _REST.match(text, start + len(first))
        if rest and rest[1] == last:
            yield start, rest.end(), WHOLE_NAME
        else:
            yield start, start + len(first), FIRST_NAME
    for start in _places(text, passage, last):
        if _POLITE.search(text, max(0, start - 5), start):
            yield start, start + len(last), WHOLE_NAME


def _places(text: str, passage: Passage, word: str) -> Iterator[int]:
    """Yield where a word stands by itself, the first few times."""
    at = text.find(word, passage.start, passage.end)
    for _ in range(MAX_NAMED):
        if at < 0:
            return
        around = text[at - 1 : at] + text[at + len(word) : at + len(word) + 1]
        if not any(char.isalnum() or char in "_@-" for char in around):
            yield at
        at = text.find(word, at + 1, passage.end)


def _in_paths(document: Document) -> Iterator[Candidate]:
    """Yield the organisation in directory names of a mail program that is the address's: `Jo Field/ACME@ACME`."""
    domain = domain_of(document)
    if not domain or writes_from_inside(document):
        return
    for match in islice(_PATH.finditer(document.text[:20_000]), MAX_NAMED):
        if likeness(match["where"], domain) == 1.0:
            yield company(document, *match.span("where"), IN_PATH, ALIKE)
            return
