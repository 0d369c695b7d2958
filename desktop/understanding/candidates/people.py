"""The contact's name: from the display name, the signature, or "my name is …"."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, Evidence, FactKind, Part
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.names import fits_address, name_of, tokens_of
from desktop.understanding.candidates.segments import segments
from desktop.understanding.document import AuthorOrigin, Document

_NAME = (
    r"(?P<name>[^\W\d_][\w'’.-]{0,40}(?: (?:(?:van|de|der|von|den|da|di|la|le|el|al) )*[A-ZÀ-Þ][\w'’.-]{0,40}){0,3})"
)
_INTRODUCES = re.compile(
    r"\b(?:[Mm]y name is|[Mm]y name's|[Tt]his is|I am|I'm|I’m|[Mm]ein Name ist|[Ii]ch heiße|[Ii]ch bin|[Jj]e m'appelle"
    rf"|[Jj]e suis|[Mm]on nom est) {_NAME}(?=[\s,.;:!)]|$)"
)
_LABELS = re.compile(
    r"(?i)(?:your |full |contact )?name|vor- und nachname|ansprechpartner(?:in)?|nom(?: et prénom)?|contact(?: person)?"
)
_SHARED_BOX = re.compile(
    r"(?i)^(?:no-?reply|do-?not-?reply|info|office|sales|support|hello|contact|kontakt|service|mailer"
    r"|notification|form|billing"
    r"|accounts|buchhaltung|einkauf|achats|praxis|secretariaat|sekretariat|reception|team|admin)"
)


def is_shared(address: str) -> bool:
    """Whether an address belongs to a desk or a program, not to one person."""
    return bool(_SHARED_BOX.match(address))


def find_people(document: Document) -> Iterator[Candidate]:
    """Yield names the contact may have."""
    for candidate in _all(document):
        if not tokens_of(candidate.value) <= document.own_names:
            yield candidate


def _all(document: Document) -> Iterator[Candidate]:
    yield from _from_header(document)
    yield from _from_signature(document)
    for start, end in labelled(document, _LABELS):
        yield from _candidate(document.cite(start, end), 0.84, "stands after a label for the name")
    for start, end in document.sentences():
        match = _INTRODUCES.search(document.text, start, end)
        if match and " " in match["name"]:
            yield from _candidate(document.cite(*match.span("name")), 0.72, "introduces themselves")


def _candidate(evidence: Evidence, score: float, why: str) -> Iterator[Candidate]:
    name = name_of(evidence.text)
    if name:
        score = score if " " in name else score * 0.6
        yield Candidate(FactKind.PERSON, evidence, name, score, why)


def _from_header(document: Document) -> Iterator[Candidate]:
    author = document.author
    if author.name is None:
        return
    address = author.address.text if author.address else ""
    score = 0.88 if fits_address(author.name.text, address) else 0.8
    if is_shared(address):
        score = 0.45
    why = "the sender's name" if author.origin is AuthorOrigin.SENDER else "named in the header of the quoted mail"
    evidence = author.name
    if author.name.span.part is Part.BODY:
        evidence = document.cite(author.name.span.start, author.name.span.end)
    yield from _candidate(evidence, score, why)


def _from_signature(document: Document) -> Iterator[Candidate]:
    author = document.author
    address = author.address.text if author.address else ""
    display = tokens_of(author.name.text) if author.name else frozenset()
    for segment in segments(document.signature):
        if segment.line > 5 or segment.place > 0:
            continue
        name = name_of(segment.text)
        if not name:
            continue
        evidence = document.cite(segment.start, segment.end)
        if len(tokens_of(name) & display) >= 2:
            yield from _candidate(evidence, 0.92, "signs with it, and it is the sender's name")
        elif tokens_of(name) & display or fits_address(name, address):
            yield from _candidate(evidence, 0.86, "signs with it, and it fits the address")
        elif segment.line <= 2 and " " in name and segment.is_whole_line and is_shared(address):
            yield from _candidate(evidence, 0.62, "stands at the top of the signature")
        elif segment.line <= 1 and " " in name and segment.is_whole_line:
            yield from _candidate(evidence, 0.5, "stands at the top of the signature")
