"""What the candidate rules look at: one mail, cut up, with the person it is about.

The contact is the sender, unless the mail hands on somebody else's: then it is whoever wrote the forwarded mail, or a
person who is only spoken about; and when the rep wrote the top part themselves, whoever they were answering.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from desktop.domain.evidence import ContactScope, Evidence, Part, Span
from desktop.domain.interactions import EmailMessage, Role
from desktop.understanding.contacts.contact import (
    Author,
    AuthorOrigin,
    Organisation,
    Written,
    author_in,
    earlier_signatures,
    sending_author,
    signed_by,
    written_by,
)
from desktop.understanding.contacts.forms import filled_in
from desktop.understanding.contacts.mention_cues import lower
from desktop.understanding.contacts.mentions import SOME_DOUBT, Mention, Mentions, people_in
from desktop.understanding.contacts.owners import Owner, Person, owner_of
from desktop.understanding.contacts.protagonists import last_named
from desktop.understanding.contacts.speech import Speech
from desktop.understanding.hostile.software import aimed_paragraphs, is_aimed_at_software
from desktop.understanding.lexicon.language import language_of
from desktop.understanding.lexicon.mailboxes import is_unattended
from desktop.understanding.lexicon.names import PARTICLES, tokens_of
from desktop.understanding.lexicon.regions import UNKNOWN, regions_of
from desktop.understanding.zones.cleaning import Anatomy, Block, TextLine, dissect
from desktop.understanding.zones.passages import Passage, passages_of, sentences_of

__all__ = ["AuthorOrigin", "Document", "Passage", "open_document", "recipients", "source_text"]
MAX_READ = 40_000
MAX_LINES = 800
MAX_CHAIN = 8
NOBODY = Mentions((), None, 0.0)


@dataclass(frozen=True, eq=False)
class Document:
    """One mail, ready for the rules.

    `scope` says whose details are wanted, `author` is that person: the contact. `writer` is who wrote `body`; the two
    differ only when the mail hands on somebody else's details (`ContactScope.MENTIONED_PERSON`).

    `signature` holds the lines that give the contact's details: their signature, or, of a person who is only
    mentioned, the lines that give theirs in the same form (`Name, title / company / number`; often none). `body`
    holds the other lines of the writer, `writer_signature` the writer's own signature.

    `passages` hold what the mail is about: the writer's words and, in a forwarded mail, the forwarder's too. `about`
    holds the passages that may say something of the contact: the writer's, or only the sentences that speak of the
    person mentioned. Look for a company or a title there and in `signature`, nowhere else. `is_form` says that the mail
    is a form somebody filled in, `is_colleague` that a person mentioned works with the writer. `earlier_signatures` are
    the contact's own below mails of theirs that are quoted. `doubt` (0 to 1) says how likely the contact is somebody
    else: the writer instead of the person mentioned, or the other way round.
    """

    message: EmailMessage
    anatomy: Anatomy
    scope: ContactScope
    author: Author
    writer: Author
    body: tuple[TextLine, ...]
    signature: tuple[TextLine, ...]
    writer_signature: tuple[TextLine, ...]
    passages: tuple[Passage, ...]
    about: tuple[Passage, ...]
    people: tuple[Person, ...]
    language: str
    regions: tuple[str, ...]
    own_addresses: frozenset[str]
    own_names: frozenset[str]
    was_cut: bool
    aimed: tuple[tuple[int, int], ...]
    is_form: bool = False
    is_colleague: bool = False
    earlier_signatures: tuple[tuple[TextLine, ...], ...] = ()
    doubt: float = 0.0

    @property
    def text(self) -> str:
        """The mail's body."""
        return self.message.text

    @property
    def region(self) -> str:
        """The country whose habits the mail follows, as an ISO code."""
        return self.regions[0] if self.regions else UNKNOWN

    def owner_at(self, at: int, floor: int) -> int:
        """Return whose the number or address at `at` of the body is: an index into `people`, or an Owner.

        `floor` is where the lines that read on begin.
        """
        names = [self.writer.name.text if self.writer.name else ""]
        names.append(self.writer.address.text.partition("@")[0] if self.writer.address else "")
        writer = frozenset(word for name in names for word in tokens_of(name)) - PARTICLES
        owner = owner_of(self.text, at, floor, people=self.people, writer=writer)
        if owner == Owner.UNKNOWN and self.scope is ContactScope.MENTIONED_PERSON:
            first = self.body[0].start if self.body else floor
            is_signed = any(line.start <= at < line.end for line in (*self.signature, *self.writer_signature))
            owner = owner if is_signed else last_named(self.text, at, min(first, floor), self.people)
        return owner

    def is_contact(self, owner: int) -> bool:
        """Whether what `owner_at` returned is the contact."""
        if self.scope is not ContactScope.MENTIONED_PERSON:
            return owner == Owner.WRITER
        if self.is_form:
            return owner == Owner.UNKNOWN or owner >= 0
        name = self.author.name
        if owner == Owner.WRITER and not (self.writer.address and not is_unattended(self.writer.address.text)):
            return True
        if name is None or name.span.part is not Part.BODY:
            return name is not None and owner in (Owner.UNKNOWN, Owner.SOMEBODY)
        return owner >= 0 and self.people[owner].start == name.span.start

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
        yield from self._sentences

    @cached_property
    def _sentences(self) -> tuple[tuple[int, int], ...]:
        return tuple(
            (start, end)
            for passage in self.passages
            for start, end in sentences_of(self.text, passage)
            if not any(first < end and start < last for first, last in self.aimed)
        )


def source_text(message: EmailMessage, part: Part) -> str:
    """Return the text that Spans of `part` count in.

    The sender's is `name <address>`, or the address alone; the recipients' is their addresses, a comma between.
    """
    if part is Part.BODY:
        return message.text
    if part is Part.SUBJECT:
        return message.subject
    if part is Part.RECIPIENTS:
        return ", ".join(one.address for one in message.participants if one.role in (Role.TO, Role.CC))
    sender = message.sender
    if sender is None:
        return ""
    return f"{sender.name} <{sender.address}>" if sender.name else sender.address


def open_document(message: EmailMessage, own_addresses: frozenset[str], *, is_searched: bool = False) -> Document:
    """Cut a mail up for the rules. `is_searched`: its text was searched before for what speaks to software, in vain."""
    own = frozenset(address.lower() for address in own_addresses)
    anatomy = dissect(message.text, subject=message.subject, sender=source_text(message, Part.SENDER))
    aimed = () if is_searched else aimed_paragraphs(message.text)
    written = written_by(message, anatomy, own)
    signature = signed_by(written.block.signature, written.author)[:40]
    lines, was_cut = _bounded(written.block.body if signature else _all_lines(written.block))
    passages = about = passages_of(lines)
    if written.block is not anatomy.own:
        is_chain = written.author.origin is AuthorOrigin.FORWARDED  # what each forwarder added is part of the matter
        above = anatomy.blocks[: anatomy.blocks.index(written.block)][:8] if is_chain else (anatomy.own,)
        passages = (*(passage for block in above for passage in passages_of(_bounded(block.body)[0])), *passages)
    own_names = _own_names(message, own)
    words = "\n".join([message.subject, *(line.text for line in lines), *(line.text for line in signature)])
    language, is_sure = language_of(words)
    found, block = _mentioned(
        message, written, anatomy.blocks, own=own, aimed=aimed, language=language if is_sure else ""
    )
    mention = found.handed_on
    author, scope, card = written.author, written.scope, signature
    if mention is not None:
        author, scope = _as_author(message, mention, written.author.origin), ContactScope.MENTIONED_PERSON
        card = mention.card
        is_below = mention.is_form or (
            mention.part is Part.BODY and any(line.start <= mention.name[0] < line.end for line in signature)
        )
        more = _bounded(block.body)[0] if block is not written.block else signature if is_below else ()
        lines = (*lines, *more)
        lines = tuple(line for line in lines if not _is_in(line, card))
        about = mention.about
        passages = passages_of(_bounded(filled_in(_all_lines(block)))[0]) if mention.is_form else passages
    address = author.address.text if author.address else ""
    regions = regions_of(
        address, words, language if is_sure else "", signature="\n".join(line.text for line in (*card, *signature)),
        offset=_offset(message) if written.author.origin is AuthorOrigin.SENDER else None,
    )  # fmt: skip
    return Document(
        message, anatomy, scope, author, written.author, lines, card, signature, passages, about, found.people,
        language, regions, own, own_names, was_cut, aimed, is_form=mention is not None and mention.is_form,
        is_colleague=mention is not None and mention.is_colleague,
        earlier_signatures=() if mention else tuple(earlier_signatures(message.text, anatomy.blocks, written)),
        doubt=found.doubt,
    )  # fmt: skip


def _mentioned(
    message: EmailMessage, written: Written, blocks: Sequence[Block], *, own: frozenset[str],
    aimed: tuple[tuple[int, int], ...], language: str,
) -> tuple[Mentions, Block]:  # fmt: skip
    """Look for a person whose details are handed on: in the writer's words, then in a chain among colleagues."""
    organisation = Organisation(own)
    sender = message.sender.address if message.sender else ""
    theirs = written.author.address.text if written.author.address else ""
    is_outside = bool(theirs) and not organisation.has(theirs)
    if written.scope is ContactScope.QUOTED_SENDER:
        return NOBODY, written.block
    if is_outside or not organisation.has(sender):
        blocks = [written.block]
    copied = frozenset(address for address in recipients(message) if not organisation.has(address))
    colleagues = recipients(message) - copied - own
    lowered = lower(message.text)
    first: Mentions | None = None
    for block in dict.fromkeys((written.block, *blocks[:MAX_CHAIN])):
        writer = written.author if block is written.block else _author_of(message, block)
        lines = [
            line for line in sorted((*block.body[:MAX_LINES], *block.signature[:40]), key=lambda line: line.start)
            if not any(first < line.end and line.start < last for first, last in aimed)
        ]  # fmt: skip
        speech = Speech(
            message.text, message.subject, tuple(lines), _signature_of(block, writer), writer, organisation,
            _own_names(message, own), copied, not theirs or is_unattended(theirs),
            not organisation.has(writer.address.text if writer.address else sender),
            block.author is None and organisation.is_own(sender) and recipients(message) <= own, colleagues,
            language, lowered,
        )  # fmt: skip
        found = people_in(speech)
        mention = found.handed_on
        is_weak = written.scope is ContactScope.FORWARDED_SENDER and is_outside and found.doubt >= SOME_DOUBT
        if mention is not None and not is_weak and (block is written.block or not mention.is_written_for):
            return found, block
        first = first or replace(found, handed_on=None)
    return first or NOBODY, written.block


def _signature_of(block: Block, writer: Author) -> tuple[TextLine, ...]:
    """Return the writer's signature; a program has none, what looks like one gives details of somebody."""
    is_program = writer.address is not None and is_unattended(writer.address.text)
    return () if is_program else signed_by(block.signature, writer)


def _author_of(message: EmailMessage, block: Block) -> Author:
    return author_in(message.text, *block.author) if block.author else sending_author(message)


def _as_author(message: EmailMessage, mention: Mention, origin: AuthorOrigin) -> Author:
    def evidence(place: tuple[int, int], part: Part) -> Evidence:
        return Evidence(Span(part, *place), source_text(message, part)[slice(*place)])

    address = evidence(mention.address, Part.BODY) if mention.address else None
    return Author(evidence(mention.name, mention.part), address, origin)


def _is_in(line: TextLine, others: Sequence[TextLine]) -> bool:
    return any(other.start >= line.start and other.end == line.end for other in others)


def _offset(message: EmailMessage) -> int | None:
    """Return the sender's clock against UTC in minutes, as the mail's date states it."""
    offset = message.sent_at.utcoffset()
    return None if offset is None else int(offset.total_seconds() // 60)


def _all_lines(block: Block) -> tuple[TextLine, ...]:
    return tuple(sorted((*block.body, *block.signature), key=lambda line: line.start))


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


def recipients(message: EmailMessage) -> frozenset[str]:
    """Return the addresses the mail went to, in lower case."""
    return frozenset(p.address.lower() for p in message.participants if p.role in (Role.TO, Role.CC))
