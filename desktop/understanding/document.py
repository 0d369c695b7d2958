"""What the candidate rules look at: one mail, cut up, with the person it is about.

The contact is the sender, unless the mail hands on somebody else's: then it is whoever wrote the forwarded mail, and
when the rep wrote the top part themselves, whoever they were answering.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.evidence import Evidence, Part, Span
from desktop.domain.interactions import EmailMessage, Role
from desktop.understanding import quoting
from desktop.understanding.calendar_words import MONTHS
from desktop.understanding.cleaning import Anatomy, Block, BlockKind, TextLine, dissect
from desktop.understanding.language import language_of
from desktop.understanding.regions import region_of
from desktop.understanding.software import aimed_paragraphs, is_aimed_at_software

MAX_READ = 40_000
MAX_LINES = 800
MAX_BRIEF = 60

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SENTENCE_END = re.compile(
    r"[.!?…]+[\"')\]»”]*(?=\s)|\n[ \t]*\n|\n(?=[ \t]*(?:[-*•·–]|\d{1,2}[.)])[ \t])|[:,!][ \t]*\n"
)
_ABBREVIATION = re.compile(
    r"(?i)(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|no|nr|inc|ltd|co|corp|approx|ca|z\. ?b|d\. ?h|bzw|ggf|inkl|zzgl|mag|ing"
    r"|vs|etc|e\.g|i\.e|art|abs|tel|str|evtl|mio|max|min|m|mme|[a-z])\.$"
)


_NUMBER = re.compile(r"(?<!\d)\d{1,2}\.$")
_NEXT_WORD = re.compile(r"\s([^\W\d_]+)")


class AuthorOrigin(StrEnum):
    """Why the contact is who it is."""

    SENDER = "sender"
    FORWARDED = "forwarded"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Author:
    """The contact: where the mail names them. `name` and `address` are None where it does not."""

    origin: AuthorOrigin
    name: Evidence | None
    address: Evidence | None


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters [start, end) of the body: adjoining lines of one block."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One mail, ready for the rules. `body` and `signature` are the contact's own lines.

    `passages` hold what the mail is about: the contact's words and, in a forwarded mail, the forwarder's too.
    """

    message: EmailMessage
    anatomy: Anatomy
    author: Author
    body: tuple[TextLine, ...]
    signature: tuple[TextLine, ...]
    passages: tuple[Passage, ...]
    language: str
    region: str
    own_addresses: frozenset[str]
    own_names: frozenset[str]
    was_cut: bool
    aimed: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """The mail's body."""
        return self.message.text

    def cite(self, start: int, end: int, part: Part = Part.BODY) -> Evidence:
        """Return the Evidence for [start, end), blanks at both ends left out."""
        source = source_text(self.message, part)
        while start < end and source[start].isspace():
            start += 1
        while end > start and source[end - 1].isspace():
            end -= 1
        return Evidence(Span(part, start, end), source[start:end])

    def is_aimed_at_software(self, span: Span) -> bool:
        """Whether what stands at `span` speaks to a program that reads the mail instead of to the rep."""
        if span.part is Part.BODY:
            return any(first < span.end and span.start < last for first, last in self.aimed)
        source = source_text(self.message, span.part)
        return is_aimed_at_software(source[span.start : span.end] if span.part is Part.SENDER else source)

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Yield [start, end) of each sentence of the passages, those left out that speak to software."""
        for passage in self.passages:
            for start, end in _sentences(self.text, passage):
                if not any(first < end and start < last for first, last in self.aimed):
                    yield start, end


def source_text(message: EmailMessage, part: Part) -> str:
    """Return the text that Spans of `part` count in; the sender's is `name <address>`, or the address alone."""
    if part is Part.BODY:
        return message.text
    if part is Part.SUBJECT:
        return message.subject
    sender = message.sender
    if sender is None:
        return ""
    return f"{sender.name} <{sender.address}>" if sender.name else sender.address


def open_document(message: EmailMessage, own_addresses: frozenset[str]) -> Document:
    """Cut a mail up for the rules."""
    own = frozenset(address.lower() for address in own_addresses)
    anatomy = dissect(message.text, subject=message.subject)
    block, author = _contact(message, anatomy, own)
    lines, was_cut = _bounded(block.body)
    signature = block.signature[:40]
    passages = _passages(lines)
    if block is not anatomy.own:
        passages = (*_passages(_bounded(anatomy.own.body)[0]), *passages)
    words = "\n".join([message.subject, *(line.text for line in lines), *(line.text for line in signature)])
    address = author.address.text if author.address else ""
    language, is_sure = language_of(words)
    region = region_of(address, words, language if is_sure else "")
    return Document(
        message, anatomy, author, lines, signature, passages, language, region, own, _own_names(message, own), was_cut,
        aimed_paragraphs(message.text),
    )  # fmt: skip


def _bounded(lines: Sequence[TextLine]) -> tuple[tuple[TextLine, ...], bool]:
    kept: list[TextLine] = []
    room = MAX_READ
    for line in lines[:MAX_LINES]:
        if line.end - line.start > room:
            kept.append(TextLine(line.start, line.start + room, line.text[:room], line.depth))
            return tuple(kept), True
        room -= line.end - line.start
        kept.append(line)
    return tuple(kept), len(lines) > MAX_LINES


def _own_names(message: EmailMessage, own: frozenset[str]) -> frozenset[str]:
    names = [p.name for p in message.participants if p.address.lower() in own]
    names.extend(address.partition("@")[0] for address in own)
    return frozenset(word.lower() for name in names for word in re.findall(r"[^\W\d_]{2,}", name))


def _contact(message: EmailMessage, anatomy: Anatomy, own: frozenset[str]) -> tuple[Block, Author]:
    """Return the block the contact wrote, and the contact."""
    sender = message.sender
    is_own = sender is not None and sender.address.lower() in own
    for block in anatomy.blocks[1:]:
        wanted = block.author is not None and (is_own or block.kind is BlockKind.FORWARDED)
        if not wanted:
            continue
        author = _quoted_author(message, block, is_own=is_own)
        is_outside = author.address is None or author.address.text.lower() not in own
        if (author.name or author.address) and is_outside and (is_own or _is_handed_on(anatomy.own)):
            return block, author
    return anatomy.own, _sending_author(message)


def _is_handed_on(own: Block) -> bool:
    """Whether the forwarder's own words only hand the mail on."""
    text = " ".join(line.text for line in own.body)
    count = len(text.split())
    return count <= 12 or (count <= MAX_BRIEF and bool(quoting.FORWARD_WORDS.search(text)))


def _sending_author(message: EmailMessage) -> Author:
    sender = message.sender
    if sender is None:
        return Author(AuthorOrigin.SENDER, None, None)
    name = Evidence(Span(Part.SENDER, 0, len(sender.name)), sender.name) if sender.name else None
    start = len(sender.name) + 2 if sender.name else 0
    address = Evidence(Span(Part.SENDER, start, start + len(sender.address)), sender.address)
    return Author(AuthorOrigin.SENDER, name, address if sender.address else None)


def _quoted_author(message: EmailMessage, block: Block, *, is_own: bool) -> Author:
    start, end = block.author or (0, 0)
    header = message.text[start:end]
    origin = AuthorOrigin.ANSWERED if is_own else AuthorOrigin.FORWARDED
    found = _ADDRESS.search(header)
    address = None
    if found:
        address = Evidence(Span(Part.BODY, start + found.start(), start + found.end()), found[0])
    before = header[: found.start()] if found else header
    named = re.search(r"([^\s<>\[\]\"'*:,\d][^<>\[\]\"*:\d\n]{1,80}?)[\s\"'<(\[*]*(?:mailto:)?$", before)
    name = None
    if named and named[1].strip(" ,"):
        name = Evidence(Span(Part.BODY, start + named.start(1), start + named.end(1)), named[1])
    return Author(origin, name, address)


def _passages(lines: Sequence[TextLine]) -> tuple[Passage, ...]:
    """Join lines that follow one another directly; quote marks between lines end a passage."""
    found: list[Passage] = []
    for line in lines:
        if found and not line.depth and line.start == found[-1].end + 1:
            found[-1] = Passage(found[-1].start, line.end)
        else:
            found.append(Passage(line.start, line.end))
    return tuple(passage for passage in found if passage.end > passage.start)


def _sentences(text: str, passage: Passage) -> Iterator[tuple[int, int]]:
    start = passage.start
    for match in _SENTENCE_END.finditer(text, passage.start, passage.end):
        if match[0] == "." and _is_inside(text, max(start, match.end() - 12), match.end()):
            continue
        if match[0].startswith(",") and len(text[start : match.start()].split()) > 5:
            continue
        if text[start : match.end()].strip():
            yield start, match.end()
        start = match.end()
    if text[start : passage.end].strip():
        yield start, passage.end


def _is_inside(text: str, start: int, dot: int) -> bool:
    """Whether the full stop before `dot` ends no sentence: an abbreviation, a numbered line, "3. November"."""
    if _ABBREVIATION.search(text, start, dot):
        return True
    number = _NUMBER.search(text, start, dot)
    following = _NEXT_WORD.match(text, dot)
    return bool(number and (number.start() == start or (following and following[1].lower() in MONTHS)))


def recipients(message: EmailMessage) -> frozenset[str]:
    """Return the addresses the mail went to, in lower case."""
    return frozenset(p.address.lower() for p in message.participants if p.role in (Role.TO, Role.CC))
