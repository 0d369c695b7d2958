"""The contact's name: from the display name, the signature, the address, or "my name is …"."""

import re
from collections.abc import Iterator, Sequence

from desktop.domain.evidence import Candidate, ContactScope, Evidence, FactKind, Part, Span
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.segments import segments
from desktop.understanding.contacts.contact import Author
from desktop.understanding.contacts.forms import in_one
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import (
    LEGAL,
    domain_label,
    ends_with_legal_form,
    likeness,
    organisation_words,
)
from desktop.understanding.lexicon.function_words import area_strength, names_unit, title_strength
from desktop.understanding.lexicon.mailboxes import is_desk_word, is_shared
from desktop.understanding.lexicon.names import (
    TRADES,
    fits_address,
    folded,
    is_same_person,
    name_in_address,
    name_of,
    tokens_of,
)
from desktop.understanding.lexicon.sign_offs import SIGN_OFF
from desktop.understanding.zones.cleaning import TextLine

CLOSING_LINES = 14
MAX_CLOSING = 90
SIGNATURE_LINES = 6
MOST_SMALL = 3
SHORT_NAME = 3
WRAPPED = 50

SENDER = "the sender's name"
QUOTED = "named in the header of the quoted mail"
HANDED_ON = "the person whose details the mail hands on"
ONLY_WRITER = "wrote the mail, which hands on somebody else's details"
SIGNS_AS_SENDER = "signs with it, and it is the sender's name"
SIGNS_AS_ADDRESS = "signs with it, and it fits the address"
SIGNS = "stands at the top of the signature"
CLOSES = "stands alone at the end of the text"
LABELLED = "stands after a label for the name"
INTRODUCES = "introduces themselves"
ADDRESS = "is spelled out by the address"
SPEAKS_FOR_DESK = "is named as whom to call"

_NAME = (
    r"(?P<name>[^\W\d_][\w'’.-]{0,40}(?: (?:(?:van|de|der|von|den|da|di|la|le|el|al) )*[A-ZÀ-Þ][\w'’.-]{0,40}){0,3})"
)
_INTRODUCES = re.compile(
    r"\b(?:[Mm]y name is|[Mm]y name(?:'|’)s|[Tt]his is|I am|I'm|I’m|[Mm]ein Name ist|[Ii]ch heiße"
    r"|[Ii]ch bin|[Hh]ier (?:ist|spricht)|[Jj]e m(?:'|’)appelle|[Jj]e suis|[Mm]on nom est"
    r"|[Mm]e llamo|[Mm]i nombre es|[Ss]oy|[Mm]i chiamo|[Ii]l mio nome è"
    r"|[Mm]ijn naam is|[Ii]k ben|[Oo] meu nome é|[Cc]hamo-me|[Mm]eu nome é|[Nn]azywam się|[Jj]estem|[Aa]dım"
    rf"|[Jj]ag heter|[Mm]itt namn är|[Jj]eg hedder|[Jj]eg heter|[Mm]it navn er) {_NAME}(?=[\s,.;:!)]|$)"
)
_BEYOND_LATIN = 0x2E80
_BEHIND_NAME = re.compile(r",\s|\s[|–—-]\s|\s?[|·•]\s?|\s?\(|\t|\s{3}")
_LEGAL_BEHIND = re.compile(rf",\s{{1,2}}{LEGAL}(?!\w)")
_DIGITS = re.compile(r"\d{2}[\d ./()-]{4,}")
_CALLED = re.compile(r"[^\d@!?]{0,90}?\+?\(?\d{2}[\d ()/.-]{5,}")
_LABELS = re.compile(
    r"(?i)(?:your |full |contact |customer |caller |invitee )?name|vor- und nachname|ansprechpartner(?:in)?"
    r"|nom(?: et prénom)?|contact(?: person)?|nombre(?: y apellidos?)?|naam|nome(?: e cognome)?|contactpersoon|invitee"
    r"|imię i nazwisko|osoba kontaktowa|ad[ıi]?(?:nız)? soyad[ıi]?(?:nız)?|namn|navn|kontaktperson|nome completo"
)


def find_people(document: Document) -> Iterator[Candidate]:
    """Yield names the contact may have; never the rep's own."""
    for candidate in _all(document):
        if not tokens_of(candidate.value) <= document.own_names:
            yield candidate


def _all(document: Document) -> Iterator[Candidate]:
    if document.scope is ContactScope.MENTIONED_PERSON:
        if document.author.name:
            yield from _candidate(document.author.name, 0.9, HANDED_ON)
        yield from _from_header(document, document.writer)
        return
    yield from _from_header(document, document.author)
    yield from _from_signature(document)
    yield from _from_closing(document)
    for start, end in labelled(document, _LABELS):
        yield from _candidate(document.cite(start, end), 0.84, LABELLED)
    for start, end in document.sentences():
        match = _INTRODUCES.search(document.text, start, end)
        if match and " " in match["name"]:
            yield from _candidate(document.cite(*match.span("name")), 0.72, INTRODUCES)
    yield from _from_desk(document)


def _candidate(evidence: Evidence, score: float, why: str, name: str | None = None) -> Iterator[Candidate]:
    name = name or name_of(in_one(evidence.text), is_header=why in (SENDER, QUOTED, ONLY_WRITER))
    if name:
        score = score if " " in name or (not name.isascii() and len(name) < 5) else score * 0.6
        yield Candidate(FactKind.PERSON, evidence, name, score, why)


def _from_header(document: Document, author: Author) -> Iterator[Candidate]:
    address = author.address.text if author.address else ""
    local = address.partition("@")[0].lower()
    is_mentioned = document.scope is ContactScope.MENTIONED_PERSON
    if author.name is not None:
        score = 0.88 if fits_address(author.name.text, address) else 0.8
        score = 0.4 if is_shared(address) else 0.5 if _is_company(author.name.text, address) else score
        score = 0.2 if is_organisation(author) or author.name.text.lower() == local else score
        score = min(score, 0.75) if len({char.isascii() for char in author.name.text if char.isalpha() and (
            char.isascii() or ord(char) > _BEYOND_LATIN)}) > 1 else score  # fmt: skip
        why = SENDER if document.scope is ContactScope.SENDER else QUOTED
        evidence = author.name
        if author.name.span.part is Part.BODY:
            evidence = document.cite(author.name.span.start, author.name.span.end)
        yield from _candidate(evidence, 0.14 if is_mentioned else score, ONLY_WRITER if is_mentioned else why)
    if author.address is not None and not is_mentioned and not _is_desk(author):
        spelled = name_in_address(address)
        span = author.address.span
        if spelled and _may_be_person(spelled):
            evidence = Evidence(Span(span.part, span.start, span.start + len(local)), address[: len(local)])
            yield Candidate(FactKind.PERSON, evidence, spelled, 0.6, ADDRESS)


def _is_desk(author: Author) -> bool:
    """Whether an address is a desk's: by its own words, or because the display name, no person's, repeats one."""
    address = author.address.text if author.address else ""
    shown = author.name.text if author.name else ""
    is_named_so = bool(shown) and name_of(shown, is_header=True) is None
    return is_shared(address) or (is_named_so and bool(tokens_of(shown) & tokens_of(address.partition("@")[0])))


def is_organisation(author: Author) -> bool:
    """Whether a display name is an organisation's: a word of it says so, and the address is not made of a name."""
    name = author.name.text if author.name else ""
    local = author.address.text.partition("@")[0] if author.address else ""
    if not organisation_words(name) and not ends_with_legal_form(name):
        return False
    personal = [token for token in tokens_of(name) if not organisation_words(token)]
    return not (personal and fits_address(name, local) and sum(token in folded(local) for token in tokens_of(name)) > 1)


def _is_company(name: str, address: str) -> bool:
    """Whether a display name is the name of the domain and not of a person at it."""
    local = address.partition("@")[0].lower()
    is_personal = any(token in local and not is_desk_word(token) for token in tokens_of(name))
    return not is_personal and likeness(name, domain_label(address)) >= 0.85


def _from_signature(document: Document) -> Iterator[Candidate]:
    author = document.author
    address = author.address.text if author.address else ""
    display = tokens_of(author.name.text) if author.name and _shown(author) else frozenset()
    for segment in segments(document.signature):
        if segment.line > SIGNATURE_LINES or (segment.place > 0 and not display & tokens_of(segment.text)):
            continue
        name = name_of(segment.text) or _small_name(segment.text, author)
        if not name or _LEGAL_BEHIND.match(document.text, segment.end) or ends_with_legal_form(segment.text):
            continue
        evidence = document.cite(segment.start, segment.end)
        if author.name and is_same_person(name, _shown(author)):
            yield from _candidate(evidence, 0.92, SIGNS_AS_SENDER, name)
        elif segment.place > 0 or not _may_be_person(name) or (display and _is_company(name, address)):
            continue
        elif tokens_of(name) & display or _fits(name, address):
            is_short = len(tokens_of(name)) < len(display) and any(len(part.strip(".")) == 1 for part in name.split())
            yield from _candidate(evidence, 0.7 if is_short else 0.86, SIGNS_AS_ADDRESS, name)
        elif " " in name and (is_shared(address) or not display) and segment.line <= SIGNATURE_LINES - 2:
            is_spelled = bool(name_in_address(address)) and not _is_desk(author)
            yield from _candidate(evidence, (0.4 if is_spelled else 0.7) - 0.02 * segment.line, SIGNS)
        elif " " in name and segment.line <= 2 and segment.is_whole_line:
            yield from _candidate(evidence, 0.5, SIGNS)
        elif (
            not display
            and segment.is_whole_line
            and _heads_card(document.signature, segment.start, is_desk=_is_desk(author))
        ):
            yield from _candidate(evidence, 0.75, SIGNS)


def _small_name(text: str, author: Author) -> str | None:
    """Return a name written without capitals, where it is the sender's or its last word makes part of the address."""
    name = name_of(text, is_header=True) if text.islower() and 1 < len(text.split()) <= MOST_SMALL else None
    if name is None:
        return None
    local = folded(author.address.text.partition("@")[0]) if author.address else ""
    parts = [folded(word) for word in name.split()]
    is_theirs = is_same_person(name, _shown(author)) or (len(parts[-1]) > SHORT_NAME and parts[-1] in local)
    return name if is_theirs or all(part in local for part in parts) else None


def _heads_card(signature: Sequence[TextLine], start: int, *, is_desk: bool) -> bool:
    """Whether only a farewell stands above, and a line below says what somebody does or for whom.

    Where a desk wrote the mail any line below is enough, if there is a farewell.
    """
    above = [line.text for line in signature if line.text.strip() and line.end <= start]
    below = [line.text.strip() for line in signature if line.text.strip() and line.start > start][:3]
    if is_desk and above and below and all(SIGN_OFF.fullmatch(line) for line in above):
        return True
    return all(SIGN_OFF.fullmatch(line) for line in above) and any(
        title_strength(line) >= 0.6 or ends_with_legal_form(_BEHIND_NAME.split(line)[0]) for line in below
    )


def _fits(name: str, address: str) -> bool:
    """Whether a name fits an address; where that spells out a full name they must share a whole word of it."""
    spelled = name_in_address(address) if " " in name else None
    return fits_address(name, address) and (spelled is None or bool(tokens_of(name) & tokens_of(spelled)))


def _shown(author: Author) -> str:
    """Return the display name as a person's, "" where it is none's."""
    if author.name is None or is_organisation(author):
        return ""
    return name_of(author.name.text, is_header=True) or ""


def _may_be_person(name: str) -> bool:
    last = name.rpartition(" ")[2].lower()
    return not (
        organisation_words(name)
        or ends_with_legal_form(name)
        or title_strength(name.rpartition(" ")[0] if last in TRADES else name) > 0.3
        or names_unit(name)
        or area_strength(name) >= 0.8
    )


def _from_closing(document: Document) -> Iterator[Candidate]:
    """Yield names that stand alone among the last lines of the body, where no signature was recognised."""
    author = document.author
    address = author.address.text if author.address else ""
    display = tokens_of(author.name.text) if author.name and _shown(author) else frozenset()
    filled: list[TextLine] = [line for line in document.body if line.text.strip()]
    closing = filled[-CLOSING_LINES:]
    for place, line in enumerate(closing):
        if line is filled[0] or ends_with_legal_form(line.text) or _leads_on(closing, place):
            continue
        start, end = _head_of(line)
        name = name_of(document.text[start:end]) or _small_name(document.text[start:end], author)
        if (
            not name
            or not _may_be_person(name)
            or _is_label(document.text, end)
            or _runs_on(filled, place - len(closing))
        ):
            continue
        evidence = document.cite(start, end)
        is_sender = author.name is not None and is_same_person(name, _shown(author))
        if is_sender or (" " in name and _fits(name, address)):
            yield from _candidate(evidence, 0.84, CLOSES, name)
        elif " " in name and (is_shared(address) or not display):
            yield from _candidate(evidence, 0.4 if name_in_address(address) else 0.58, CLOSES)
        elif line is filled[-1] and not display and not is_shared(address) and _is_greeted(document, name):
            yield from _candidate(evidence, 0.75, CLOSES)


def _runs_on(lines: Sequence[TextLine], at: int) -> bool:
    """Whether a line, counted from the end, only ends the sentence that begins on the long line right above it."""
    if at == -len(lines) or lines[at].start > lines[at - 1].end + 2:
        return False
    above = lines[at - 1].text.rstrip()
    return len(above) >= WRAPPED and above[-1].isalnum()


def _is_label(text: str, end: int) -> bool:
    """Whether a colon follows: what looked like a name is the label of a value."""
    return text[end : end + 20].lstrip(" \t").startswith(":")


def _is_greeted(document: Document, name: str) -> bool:
    """Whether somebody who answered begins with this name: "Ann," above the mail that she wrote."""
    lines = [line.text.strip() for line in document.anatomy.own.body if line.text.strip()]
    return bool(lines) and name.casefold() in lines[0][:40].casefold()


def _head_of(line: TextLine) -> tuple[int, int]:
    """Return where the name stands in `Ann Poe` or in `Ann Poe, Head of Sales`."""
    text = line.text
    if len(text) > MAX_CLOSING:
        return line.start, line.start
    cut = _BEHIND_NAME.search(text)
    if (
        name_of(text) is None
        and cut
        and (title_strength(text[cut.end() :]) >= 0.5 or "@" in text or _DIGITS.search(text))
    ):
        return line.start, line.start + cut.start()
    return line.start, line.end


def _leads_on(lines: Sequence[TextLine], place: int) -> bool:
    """Whether a line is the heading of prose below it: an indented or long line comes next without a gap."""
    line = lines[place]
    if place + 1 == len(lines) or lines[place + 1].start > line.end + 2:
        return False
    below = lines[place + 1].text
    indent = len(below) - len(below.lstrip()) - (len(line.text) - len(line.text.lstrip()))
    return indent >= 2 or (len(below) > MAX_CLOSING and len(below.split()) > 10)


def _from_desk(document: Document) -> Iterator[Candidate]:
    """Yield whom a desk's mail, signed by nobody, tells to call: a full name with a number just behind it."""
    address = document.author.address.text if document.author.address else ""
    if not is_shared(address):
        return
    for person in document.people[:20]:
        name = name_of(document.text[person.start : person.end])
        if name and " " in name and _CALLED.match(document.text, person.end, person.end + 120):
            yield from _candidate(document.cite(person.start, person.end), 0.5, SPEAKS_FOR_DESK)
