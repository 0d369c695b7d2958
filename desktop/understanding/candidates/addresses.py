"""The contact's e-mail address: the header's, or one the mail gives as theirs."""

import re
from collections.abc import Iterator
from itertools import islice

from desktop.domain.evidence import Candidate, ContactScope, FactKind, Part
from desktop.domain.interactions import Role
from desktop.understanding.candidates.doubts import doubted
from desktop.understanding.contacts.contact import ADDRESS, Organisation, is_address
from desktop.understanding.contacts.owners import Owner
from desktop.understanding.document import Document, recipients, source_text
from desktop.understanding.lexicon.mailboxes import is_shared, is_unattended
from desktop.understanding.lexicon.names import fits_address, name_in_address, tokens_of
from desktop.understanding.zones.cleaning import BlockKind, TextLine

MAX_LINE = 2000
MAX_ADDRESSES = 60
MAX_BLOCKS = 20

FROM = "the address the mail came from"
QUOTED = "named in the header of the quoted mail"
HANDED_ON = "given for the person whose details the mail hands on"
ONLY_WRITER = "the address of whoever hands on somebody else's details"
SIGNED = "stands in the signature"
WRITTEN = "stands in the text"
FITS = "written in the mail, and fits the name"
OTHERS = "belongs to somebody else"
NEW = "is said to be the new address"
RECIPIENT = "an address this mail went to"

_NEW = re.compile(
    r"(?i)\b(?:new (?:e-?mail|address)|neue (?:e-?mail|mail|adresse)|nouvelle adresse"
    r"|nuev[oa] (?:correo|direcci|e-?mail|mail)|nuovo indirizzo|nieuwe? (?:e-?mail|adres)|from now on|ab sofort"
    r"|désormais|a partir de ahora|voortaan).{0,80}$"
)


def find_addresses(document: Document) -> Iterator[Candidate]:
    """Yield addresses of the contact; never one of the rep's own, others' only beside one of the contact's."""
    found = [*_from_header(document), *islice(_from_lines(document), MAX_ADDRESSES)]
    if any(candidate.why not in (OTHERS, ONLY_WRITER) for candidate in found):
        yield from (doubted(document, candidate) for candidate in found)


def _from_lines(document: Document) -> Iterator[Candidate]:
    for lines, is_signature in ((document.signature, True), (document.body, False)):
        floor = lines[0].start if lines else 0
        for index, line in enumerate(lines):
            if index and line.start > lines[index - 1].end + 1:
                floor = line.start
            if len(line.text) < MAX_LINE:
                yield from _in_line(document, line, floor, is_signature=is_signature)


def _from_header(document: Document) -> Iterator[Candidate]:
    is_mentioned = document.scope is ContactScope.MENTIONED_PERSON
    author = document.author
    if author.address is not None and is_address(author.address.text):
        value = author.address.text.lower()
        score = 0.3 if is_unattended(value) else 0.8 if is_shared(value) else 0.97
        why = HANDED_ON if is_mentioned else FROM if document.scope is ContactScope.SENDER else QUOTED
        if value not in document.own_addresses:
            yield Candidate(FactKind.EMAIL, author.address, value, 0.95 if is_mentioned else score, why)
    if author.address is None:
        yield from _from_recipients(document)
    writer = document.writer.address
    if (
        is_mentioned
        and writer is not None
        and is_address(writer.text)
        and writer.text.lower() not in document.own_addresses
    ):
        yield Candidate(FactKind.EMAIL, writer, writer.text.lower(), 0.12, ONLY_WRITER)


def _from_recipients(document: Document) -> Iterator[Candidate]:
    """Yield the address this mail went to that fits the contact's name, where no quoted header gives theirs.

    Whoever the rep answers is the recipient, also where the address does not spell out the name.
    """
    name = document.author.name.text if document.author.name else ""
    if document.scope is ContactScope.SENDER or not name:
        return
    source = source_text(document.message, Part.RECIPIENTS)
    others = [one for one in document.message.participants if one.role in (Role.TO, Role.CC)][:MAX_ADDRESSES]
    others = [one for one in others if one.address.lower() not in document.own_addresses and is_address(one.address)]
    fitting = [one for one in others if fits_address(name, one.address) or _is_called(name, one.name)]
    is_answered = document.scope is ContactScope.QUOTED_SENDER and len(others) == 1
    is_answered = is_answered and not _is_handed_on(document)
    is_answered = is_answered and not any(name_in_address(one.address) or " " in one.name for one in others)
    for one in fitting or (others if is_answered else ()):
        score = (0.9 if len(fitting) == 1 else 0.5) if fitting else 0.5
        start = source.index(one.address)
        evidence = document.cite(start, start + len(one.address), Part.RECIPIENTS)
        yield Candidate(FactKind.EMAIL, evidence, one.address.lower(), score, RECIPIENT)


def _is_handed_on(document: Document) -> bool:
    """Whether what the contact wrote is forwarded: then whoever it goes to is somebody else."""
    at = document.author.name.span.start if document.author.name else -1
    blocks = document.anatomy.blocks[1:MAX_BLOCKS]
    return any(
        block.kind is BlockKind.FORWARDED
        for block in blocks
        if block.author and block.author[0] <= at < block.author[1]
    )


def _is_called(name: str, shown: str) -> bool:
    return len(tokens_of(name) & tokens_of(shown)) > 1


def _in_line(document: Document, line: TextLine, floor: int, *, is_signature: bool) -> Iterator[Candidate]:
    name = document.author.name.text if document.author.name else ""
    organisation = Organisation(document.own_addresses)
    for match in ADDRESS.finditer(line.text):
        value = match[0].lower().rstrip(".")
        is_fitting = bool(name) and fits_address(name, value)
        if value in document.own_addresses or not is_address(value):
            continue
        is_recipient = value in recipients(document.message) and document.scope is not ContactScope.QUOTED_SENDER
        if not is_fitting and (organisation.has(value) or is_recipient):
            continue
        start = line.start + match.start()
        score, why = _score(document, start, floor, value, is_fitting=is_fitting, is_signature=is_signature)
        if why != OTHERS and _NEW.search(line.text[: match.start()]):
            score, why = 0.98, NEW
        yield Candidate(FactKind.EMAIL, document.cite(start, start + len(value)), value, score, why)


def _score(
    document: Document, start: int, floor: int, value: str, *, is_fitting: bool, is_signature: bool
) -> tuple[float, str]:
    owner = document.owner_at(start, floor)
    is_contacts = is_fitting or document.is_contact(owner)
    if document.scope is ContactScope.MENTIONED_PERSON:
        return (0.85, HANDED_ON) if is_contacts or is_signature else (0.1, OTHERS)
    header = document.author.address.text if document.author.address else ""
    is_wanted = not header or is_shared(header)
    if owner >= 0 and not is_contacts:
        return 0.1, OTHERS
    if is_signature or is_contacts:
        score = 0.9 if is_wanted and not is_shared(value) else 0.75 if not header or is_unattended(header) else 0.6
        return (score + 0.02, FITS) if is_fitting else (score, SIGNED if is_signature else WRITTEN)
    if owner != Owner.UNKNOWN:
        return 0.1, OTHERS
    return (0.75 if is_unattended(header) and not is_shared(value) else 0.3), WRITTEN
