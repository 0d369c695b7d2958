"""The contact's name: from the display name, the signature, the address, or "my name is …"."""

import re
from collections.abc import Iterator, Sequence

from desktop.domain.evidence import Candidate, ContactScope, FactKind
from desktop.understanding.candidates.doubts import doubted
from desktop.understanding.candidates.greeted import greeted
from desktop.understanding.candidates.header_names import (
    ORGANISATION,
    PERSONAL,
    header_names,
    is_company,
    is_desk,
    kind_of,
    named,
    shown_name,
)
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.segments import Segment, segments
from desktop.understanding.candidates.signers import Known, Signer, find_signer, may_be_person
from desktop.understanding.contacts.contact import Author
from desktop.understanding.contacts.forms import in_one
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import (
    LEGAL,
    domain_label,
    ends_with_legal_form,
)
from desktop.understanding.lexicon.function_words import title_strength
from desktop.understanding.lexicon.mailboxes import is_shared
from desktop.understanding.lexicon.names import (
    fits_address,
    folded,
    is_same_person,
    name_in_address,
    name_of,
    tokens_of,
)
from desktop.understanding.lexicon.persons import personhood
from desktop.understanding.lexicon.sign_offs import SIGN_OFF
from desktop.understanding.zones.cleaning import TextLine

CLOSING_LINES = 14
MAX_CLOSING = 90
SIGNATURE_LINES = 6
MOST_SMALL = 3
SHORT_NAME = 3
WRAPPED = 50

HANDED_ON = "the person whose details the mail hands on"
SIGNS_AS_SENDER = "signs with it, and it is the sender's name"
SIGNS_AS_ADDRESS = "signs with it, and it fits the address"
SIGNS = "stands at the top of the signature"
CLOSES = "stands alone at the end of the text"
LABELLED = "stands after a label for the name"
INTRODUCES = "introduces themselves"
GREETED = "is whom the rep greets"
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
            yield doubted(document, candidate)


def _all(document: Document) -> Iterator[Candidate]:
    if document.scope is ContactScope.MENTIONED_PERSON:
        if document.author.name:
            text = in_one(document.author.name.text)
            yield from named(document.author.name, 0.9, HANDED_ON, name_of(text, is_labelled=document.is_form))
        yield from header_names(document, document.writer, None)
        return
    signer = _signer(document)
    yield from header_names(document, document.author, signer)
    yield from _from_signature(document, signer)
    yield from _from_closing(document, signer)
    yield from _from_signer(document, signer)
    if signer is None and not shown_name(document.author, None):
        yield from (_greeted(document, *found) for found in greeted(document))
    for start, end in labelled(document, _LABELS):
        yield from named(document.cite(start, end), 0.84, LABELLED)
    for start, end in document.sentences():
        match = _INTRODUCES.search(document.text, start, end)
        if match and " " in match["name"]:
            yield from named(document.cite(*match.span("name")), 0.72, INTRODUCES)
    yield from _from_desk(document)


def _signer(document: Document) -> Signer | None:
    """Return who signs the contact's lines, unless that is somebody whom the mail is addressed to."""
    author = document.author
    address = author.address.text if author.address else ""
    shown = tokens_of(author.name.text) if author.name else frozenset()
    firm = shown | {domain_label(address)} if kind_of(author) <= ORGANISATION else {domain_label(address)}
    known = Known(shown | tokens_of(address.partition("@")[0]), frozenset(firm))
    said = (line for line in (*document.body, *document.signature) if not _is_aimed(document, line))
    lines = sorted(said, key=lambda line: line.start)
    found = find_signer(lines, known)
    if found is None or tokens_of(found.name) <= document.own_names:
        return None
    top = next((line for line in lines if line.text.strip()), None)
    is_greeted = top is not None and top.end < found.start and found.name.casefold() in top.text[:60].casefold()
    return None if is_greeted else found


def _is_aimed(document: Document, line: TextLine) -> bool:
    return any(first < line.end and line.start < last for first, last in document.aimed)


def _from_signer(document: Document, signer: Signer | None) -> Iterator[Candidate]:
    """Yield who signs, where the header names nobody, an organisation, or the same person less fully."""
    if signer is None:
        return
    author = document.author
    address = author.address.text if author.address else ""
    shown, name = tokens_of(shown_name(author, signer)), tokens_of(signer.name)
    spelled = tokens_of(name_in_address(address) or "") if not is_desk(author) else frozenset()
    is_full = " " in signer.name
    if name & shown or name & spelled:
        score = 0.86 if is_full and not name <= shown else 0.4
    elif shown:
        score = 0.5 if is_full else 0.25
    elif spelled:
        score = 0.6 if is_full else 0.35
    else:
        score = 0.85 if is_full else 0.9
    evidence = document.cite(signer.start, signer.end)
    why = SIGNS if any(line.start <= signer.start < line.end for line in document.signature) else CLOSES
    yield Candidate(FactKind.PERSON, evidence, signer.name, round(score * signer.strength, 3), why)


def _greeted(document: Document, start: int, end: int, name: str) -> Candidate:
    return Candidate(FactKind.PERSON, document.cite(start, end), name, 0.5 if " " in name else 0.4, GREETED)


def _from_signature(document: Document, signer: Signer | None) -> Iterator[Candidate]:
    author = document.author
    address = author.address.text if author.address else ""
    shown = shown_name(author, signer)
    display = tokens_of(author.name.text) if author.name and shown else frozenset()
    for segment in segments(document.signature):
        if segment.line > SIGNATURE_LINES or (segment.place > 0 and not display & tokens_of(segment.text)):
            continue
        name = name_of(segment.text) or _small_name(segment.text, author, shown)
        if not name or _is_firm(document, segment.start, segment.end, shown) or _holds_more(segment, name, signer):
            continue
        evidence = document.cite(segment.start, segment.end)
        if author.name and is_same_person(name, shown):
            yield from named(evidence, 0.92, SIGNS_AS_SENDER, name)
        elif segment.place > 0 or not may_be_person(name) or (display and is_company(name, address)):
            continue
        elif tokens_of(name) & display or _fits(name, address):
            is_short = len(tokens_of(name)) < len(display) and any(len(part.strip(".")) == 1 for part in name.split())
            is_part = not display and tokens_of(name) < tokens_of(name_in_address(address) or "")
            yield from named(evidence, 0.4 if is_part else 0.7 if is_short else 0.86, SIGNS_AS_ADDRESS, name)
        elif " " in name and (is_shared(address) or not display) and segment.line <= SIGNATURE_LINES - 2:
            is_spelled = bool(name_in_address(address)) and not is_desk(author)
            yield from named(evidence, (0.4 if is_spelled else 0.7) - 0.02 * segment.line, SIGNS)
        elif " " in name and segment.line <= 2 and segment.is_whole_line:
            yield from named(evidence, 0.5, SIGNS)
        elif (
            not display
            and segment.is_whole_line
            and _heads_card(document.signature, segment.start, is_desk=is_desk(author))
        ):
            yield from named(evidence, 0.75, SIGNS)


def _is_firm(document: Document, start: int, end: int, shown: str) -> bool:
    """Whether a legal form ends what stands at [start, end) or follows it, or it repeats a display name of no person.

    `shown` is the display name where it is a person's.
    """
    text = document.text[start:end]
    display = document.author.name.text if document.author.name else ""
    if not shown and tokens_of(text) <= tokens_of(display) and personhood(text) < PERSONAL:
        return True
    return bool(_LEGAL_BEHIND.match(document.text, end)) or ends_with_legal_form(text)


def _holds_more(segment: Segment, name: str, signer: Signer | None) -> bool:
    """Whether a name was read with words around it that are none of the signer's: "Greetings Ann Poe"."""
    if signer is None or not segment.start <= signer.start < segment.end:
        return False
    return tokens_of(signer.name) < tokens_of(name)


def _small_name(text: str, author: Author, shown: str) -> str | None:
    """Return a name written without capitals, where it is the sender's or its last word makes part of the address."""
    name = name_of(text, is_header=True) if text.islower() and 1 < len(text.split()) <= MOST_SMALL else None
    if name is None:
        return None
    local = folded(author.address.text.partition("@")[0]) if author.address else ""
    parts = [folded(word) for word in name.split()]
    is_theirs = is_same_person(name, shown) or (len(parts[-1]) > SHORT_NAME and parts[-1] in local)
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


def _from_closing(document: Document, signer: Signer | None) -> Iterator[Candidate]:
    """Yield names that stand alone among the last lines of the body, where no signature was recognised."""
    author = document.author
    address = author.address.text if author.address else ""
    shown = shown_name(author, signer)
    display = tokens_of(author.name.text) if author.name and shown else frozenset()
    filled: list[TextLine] = [line for line in document.body if line.text.strip()]
    closing = filled[-CLOSING_LINES:]
    for place, line in enumerate(closing):
        if line is filled[0] or ends_with_legal_form(line.text) or _leads_on(closing, place):
            continue
        start, end = _head_of(line)
        name = name_of(document.text[start:end]) or _small_name(document.text[start:end], author, shown)
        if (
            not name
            or not may_be_person(name)
            or _is_firm(document, start, end, shown)
            or _is_label(document.text, end)
            or _runs_on(filled, place - len(closing))
        ):
            continue
        evidence = document.cite(start, end)
        is_sender = author.name is not None and is_same_person(name, shown)
        if is_sender or (" " in name and _fits(name, address)):
            yield from named(evidence, 0.84, CLOSES, name)
        elif " " in name and (is_shared(address) or not display):
            yield from named(evidence, 0.25 if name_in_address(address) else 0.58, CLOSES)
        elif line is filled[-1] and not display and not is_shared(address) and _is_greeted(document, name):
            yield from named(evidence, 0.75, CLOSES)


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
            yield from named(document.cite(person.start, person.end), 0.5, SPEAKS_FOR_DESK)
