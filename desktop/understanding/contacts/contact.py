"""Who the contact is, as far as headers tell: the sender, whoever they forward, or whoever the rep answered.

- The sender is the contact unless one of the following holds.
- The rep wrote the mail themselves: the contact is the latest author quoted below who is not from the rep's own
  organisation, else the latest who is not the rep, else whoever signs quoted lines that have no header
  (`quoted_sender`). The same when a colleague answers an outsider
  and the rep only gets a copy. A rep who forwards without a word hands on (`forwarded_sender`).
- A colleague hands a mail on, or shows one that did not go to the rep: the contact is the latest author from outside;
  when nobody is from outside, and the colleague adds little, it is whoever else wrote most of it
  (`forwarded_sender`).
- An outsider hands on what somebody of another organisation wrote, and adds next to nothing (`forwarded_sender`).
- Whoever forwards only what they wrote themselves stays the sender.

`mentions.py` adds the fourth case, a person who is only spoken about.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.domain.evidence import ContactScope, Evidence, Part, Span
from desktop.domain.interactions import EmailMessage, Role
from desktop.understanding.lexicon.company_names import domain_label, organisation_words
from desktop.understanding.lexicon.mailboxes import is_shared
from desktop.understanding.lexicon.names import fits_address, name_in_address, name_of, tokens_of
from desktop.understanding.zones import quoting
from desktop.understanding.zones.cleaning import Anatomy, Block, BlockKind, TextLine

MAX_BRIEF = 60
FEW_WORDS = 18
MAX_HEADER = 600
MAX_HEADLESS = 20
SIGNED_LINES = 12
HEAD_LINES = 3
MAX_EARLIER = 12

ADDRESS = re.compile(r"(?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_INTERNAL_ADDRESS = re.compile(r"(?i)imcea[a-z]{2,6}-|[^@]*=[0-9a-f]{2}")
_BEFORE_ADDRESS = re.compile(r"([^\s<>\[\]\"'*:,;\d(][^<>\[\]\"*:;\d\n]{1,80}?)[\s\"'<(\[*]*(?:mailto:)?$")
_WROTE = re.compile(
    r"(?:\d\S{0,4}(?:\s?[ap]m)?\s?,?\s+(?:Uhr\s+)?)(?P<name>[^\W\d_][^<>\[\]\"*:;\d\n]{1,60}?)"
    r"\s+(?:wrote|a écrit|escribió|ha scritto|escreveu)\b",
    re.IGNORECASE,
)
_SCHRIEB = re.compile(
    r"\b(?:schrieb|schreef|skrev|hat)\s+(?P<name>[^\W\d_][^<>\[\]\"*:;\d\n]{1,60}?)(?:\s+geschrieben)?\s*(?:[<(\[:]|$)",
    re.IGNORECASE,
)
_HEAD_OF_LINE = re.compile(r"[\s*_]*([^\s,|·•(<\d][^,|·•(<\d]{1,60}?)\s*(?:$|[,|·•(<\d]|\s[–—-]\s)")
_TRANSPORT = re.compile(r"(?i)(?:return-path|received|delivered-to|x-[\w-]{2,30}|message-id|mime-version)\s?:\s")
_IN_HOUSE = re.compile(r"\w(?:@[A-Z]|/[A-Z])\w*")  # as Notes shows a colleague: "Ann Poe@SALES", "Ann Poe/HQ/Acme@Acme"
_ATTENTION = re.compile(r"(?i)\s*(?:attn|attention|att|fao|z\. ?hd)\.?\s?:?\s{1,4}\w")  # an address to send to
_DATED = re.compile(r"\s+(?:on|am|le|el|il|op)?\s*\d.*$", re.IGNORECASE)


class AuthorOrigin(StrEnum):
    """How the lines that the mail is about came into it: by its sender, handed on, or as what the rep answered."""

    SENDER = "sender"
    FORWARDED = "forwarded"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody, and where the mail names them: `name` and `address` are None where it does not."""

    name: Evidence | None
    address: Evidence | None
    origin: AuthorOrigin = AuthorOrigin.SENDER


@dataclass(frozen=True, slots=True)
class Written:
    """The block that the mail is about, and its author."""

    block: Block
    author: Author

    @property
    def scope(self) -> ContactScope:
        """Whose details the mail gives, as far as headers tell."""
        return _SCOPES[self.author.origin]


_SCOPES = {
    AuthorOrigin.SENDER: ContactScope.SENDER,
    AuthorOrigin.FORWARDED: ContactScope.FORWARDED_SENDER,
    AuthorOrigin.ANSWERED: ContactScope.QUOTED_SENDER,
}


class Organisation:
    """The rep and their colleagues, told by the domain; at a public mail service there are no colleagues."""

    def __init__(self, own: frozenset[str]) -> None:
        self.own = own
        self._domains = frozenset(address.rpartition("@")[2] for address in own if domain_label(address))

    def is_own(self, address: str) -> bool:
        """Whether an address is the rep's."""
        return address.lower() in self.own

    def has(self, address: str) -> bool:
        """Whether an address is the rep's or a colleague's."""
        domain = address.lower().rpartition("@")[2]
        return self.is_own(address) or any(
            domain == known or domain.endswith(f".{known}") or ("." in domain and known.endswith(f".{domain}"))
            for known in self._domains
        )


def written_by(message: EmailMessage, anatomy: Anatomy, own: frozenset[str]) -> Written:
    """Return the block and the author that the mail is about. `own` holds the rep's addresses in lower case."""
    organisation = Organisation(own)
    address = message.sender.address if message.sender else ""
    blocks = [
        (block, author_in(message.text, *block.author)) for block in anatomy.blocks[1:] if block.author is not None
    ]
    blocks = [(block, author) for block, author in blocks if author.name or author.address]
    sent_by = sending_author(message)
    found = None
    if address and organisation.is_own(address):
        found = _answered(blocks, organisation) or _answered_in_line(message.text, anatomy, organisation)
        if found and found.block.kind is BlockKind.FORWARDED and not _has_words(anatomy.own):
            found = _written((found.block, found.author), AuthorOrigin.FORWARDED)
    elif address and organisation.has(address):
        found = _from_colleague(message, anatomy, blocks, organisation)
    elif _hands_on(anatomy.own):
        found = _from_outsider([pair for pair in blocks if not is_same(pair[1], sent_by)], organisation, address)
    if found is not None:
        return found
    again = [block for block, author in blocks if block.kind is BlockKind.FORWARDED and is_same(author, sent_by)]
    return Written(again[0] if again and not _has_words(anatomy.own) else anatomy.own, sent_by)


def _written(pair: tuple[Block, Author], origin: AuthorOrigin) -> Written:
    return Written(pair[0], replace(pair[1], origin=origin))


def _answered(blocks: Sequence[tuple[Block, Author]], organisation: Organisation) -> Written | None:
    others = [
        (block, author) for block, author in blocks if not (author.address and organisation.is_own(author.address.text))
    ]
    outside = [pair for pair in others if pair[1].address and not organisation.has(pair[1].address.text)]
    unknown = [pair for pair in others if not pair[1].address and not _is_one_of(pair[1], organisation.own)]
    chosen = next(iter((*outside, *unknown, *others)), None)
    return _written(chosen, AuthorOrigin.ANSWERED) if chosen else None


def _answered_in_line(text: str, anatomy: Anatomy, organisation: Organisation) -> Written | None:
    """Look for an author among quoted lines that no header stands above: they may sign what they wrote."""
    for block in anatomy.blocks[1:MAX_HEADLESS]:
        if block.author is not None or not block.depth:
            continue
        lines = [line for line in block.signature[:SIGNED_LINES] if len(line.text) < MAX_HEADER] or block.body[-4:]
        author = _signing_author(text, lines, organisation)
        if author.address or (author.name and block.signature):
            return _written((block, author), AuthorOrigin.ANSWERED)
    return None


def _signing_author(text: str, lines: Sequence[TextLine], organisation: Organisation) -> Author:
    name = address = None
    for line in lines:
        if len(line.text) >= MAX_HEADER:
            continue
        head = _HEAD_OF_LINE.match(line.text)
        if name is None and head and " " in (name_of(head[1]) or ""):
            name = _evidence(text, line.start + head.start(1), line.start + head.end(1))
        for match in ADDRESS.finditer(line.text):
            if address is None and is_address(match[0]) and not organisation.has(match[0].rstrip(".")):
                start = line.start + match.start()
                address = _evidence(text, start, start + len(match[0].rstrip(".")))
    is_own = name is not None and any(fits_address(name.text, own) for own in organisation.own)
    return Author(None if is_own else name, None if is_own else address)


def _is_one_of(author: Author, addresses: frozenset[str]) -> bool:
    return author.name is not None and any(fits_address(author.name.text, address) for address in addresses)


def _from_colleague(
    message: EmailMessage, anatomy: Anatomy, blocks: Sequence[tuple[Block, Author]], organisation: Organisation
) -> Written | None:
    outside = [pair for pair in blocks if pair[1].address and not organisation.has(pair[1].address.text)]
    is_forward = any(block.kind is BlockKind.FORWARDED for block in anatomy.blocks[1:])
    is_forward = is_forward or bool(quoting.FORWARD_SUBJECT.match(message.subject))
    addressed = {p.address.lower() for p in message.participants if p.role in (Role.TO, Role.CC)}
    if outside and (is_forward or _hands_on(anatomy.own) or _shows(message.text, anatomy, outside[0], addressed)):
        return _written(outside[0], AuthorOrigin.FORWARDED)
    for block, author in outside:
        if author.address and author.address.text.lower() in addressed:
            return _written((block, author), AuthorOrigin.ANSWERED)
    sender = sending_author(message)
    others = [pair for pair in blocks if not _is_reps(pair[1], organisation) and not is_same(pair[1], sender)]
    is_answer = bool(blocks) and _is_reps(blocks[0][1], organisation) and blocks[0][0].kind is BlockKind.REPLIED_TO
    if is_forward and others and _hands_on(anatomy.own) and not is_answer:
        chosen = max(others, key=lambda pair: _count(pair[0]))
        return _written(chosen, AuthorOrigin.FORWARDED)
    return None


def _is_reps(author: Author, organisation: Organisation) -> bool:
    is_own = author.address is not None and organisation.is_own(author.address.text)
    return is_own or _is_one_of(author, organisation.own)


def _shows(text: str, anatomy: Anatomy, latest: tuple[Block, Author], addressed: set[str]) -> bool:
    """Whether a colleague shows an outsider's mail, though nothing marks it as forwarded.

    It stands right below a few words of theirs, and neither went it to whoever gets it now nor does this go to its
    author.
    """
    block, author = latest
    place = block.recipients
    went_to = text[place[0] : place[1]].lower() if place else ""
    is_new = bool(went_to) and not any(address.partition("@")[0] in went_to for address in addressed)
    is_answer = author.address is not None and author.address.text.lower() in addressed
    return is_new and not is_answer and block is anatomy.blocks[1] and _word_count(anatomy.own) <= MAX_BRIEF


def _word_count(block: Block) -> int:
    return sum(len(line.text[:1000].split()) for line in block.body[:40])


def _from_outsider(blocks: Sequence[tuple[Block, Author]], organisation: Organisation, address: str) -> Written | None:
    house = Organisation(frozenset({address.lower()}))
    nameless = None
    for block, author in blocks[:MAX_EARLIER]:
        if block.kind is not BlockKind.FORWARDED:
            continue
        theirs = author.address.text if author.address else ""
        if theirs and not organisation.has(theirs) and not house.has(theirs):
            return _written((block, author), AuthorOrigin.FORWARDED)
        if not theirs and nameless is None and not (author.name and _IN_HOUSE.search(author.name.text)):
            nameless = _written((block, author), AuthorOrigin.FORWARDED)
    return nameless


def _count(block: Block) -> int:
    return sum(len(line.text.split()) for line in block.body[:400])


def _has_words(own: Block) -> bool:
    return any(re.search(r"[^\W\d_]{2}", line.text[:200]) for line in own.body[:40])


def is_brief(own: Block) -> bool:
    """Whether somebody's own words are next to none, headers pasted above what they hand on not counted."""
    first = next((line.text for line in own.body if line.text.strip()), "")
    if _TRANSPORT.match(first):
        return True
    return _word_count(own) <= FEW_WORDS


def _hands_on(own: Block) -> bool:
    """Whether somebody's own words only hand the mail on."""
    text = " ".join(line.text[:1000] for line in own.body[:40])
    count = len(text.split())
    return is_brief(own) or (count <= MAX_BRIEF and bool(quoting.FORWARD_WORDS.search(text)))


def sending_author(message: EmailMessage) -> Author:
    """Return the sender as an Author; a display name that only repeats an address counts as none."""
    sender = message.sender
    if sender is None:
        return Author(None, None)
    is_name = bool(sender.name) and not ADDRESS.fullmatch(sender.name.strip(" \"'<>"))
    name = Evidence(Span(Part.SENDER, 0, len(sender.name)), sender.name) if is_name else None
    start = len(sender.name) + 2 if sender.name else 0
    address = Evidence(Span(Part.SENDER, start, start + len(sender.address)), sender.address)
    return Author(name, address if sender.address else None)


def signed_by(signature: Sequence[TextLine], author: Author) -> tuple[TextLine, ...]:
    """Return the lines of a signature, or none where they begin with the full name of somebody else.

    Details of another person, handed on at the end of a mail, look like a signature. Who the author is must be sure:
    their address spells out a name, or fits the one they are shown with.
    """
    address = author.address.text if author.address else ""
    shown = author.name.text if author.name and fits_address(author.name.text, address) else ""
    words = tokens_of(shown) | tokens_of(name_in_address(address) or "")
    words = words or (tokens_of(author.name.text) if author.name and not address else words)
    for line in signature[:HEAD_LINES] if words and not is_shared(address) else ():
        if _ATTENTION.match(line.text[:MAX_HEADER]):
            return ()
        head = _HEAD_OF_LINE.match(line.text[:MAX_HEADER])
        name = name_of(head[1]) if head else None
        if name and " " in name and not organisation_words(name):
            return tuple(signature) if tokens_of(name) & words or fits_address(name, address) else ()
    return tuple(signature)


def earlier_signatures(text: str, blocks: Sequence[Block], written: Written) -> Iterator[tuple[TextLine, ...]]:
    """Yield what the author signed earlier mails with that are quoted in this one.

    They are theirs by the header above, or hold their full name.

    Whoever answers within a conversation leaves the details out that the first mail gave.
    """
    name = tokens_of(written.author.name.text) if written.author.name else frozenset()
    for block in blocks[1:MAX_EARLIER]:
        if block is written.block:
            continue
        by_header = author_in(text, *block.author) if block.author else Author(None, None)
        if by_header.address and not _is_same_address(by_header, written.author):
            continue
        is_theirs = block.author is not None and is_same(by_header, written.author)
        if is_theirs or any(
            len(tokens_of(line.text[:MAX_HEADER]) & name) > 1 for line in block.signature[:SIGNED_LINES]
        ):
            yield block.signature[: 2 * SIGNED_LINES]


def is_same(one: Author, other: Author) -> bool:
    """Whether two authors are one person: by address, by two words of the name, or by a name that fits the address."""
    if one.address and other.address:
        return _is_same_address(one, other)
    if one.name and other.name:
        return len(tokens_of(one.name.text) & tokens_of(other.name.text)) > 1
    named, addressed = (one, other) if one.name else (other, one)
    return bool(named.name and addressed.address and fits_address(named.name.text, addressed.address.text))


def _is_same_address(one: Author, other: Author) -> bool:
    theirs = other.address.text.lower() if other.address else ""
    return one.address is not None and one.address.text.lower() == theirs


def author_in(text: str, start: int, end: int) -> Author:
    """Read the author out of what a quoted header says at [start, end) of the text."""
    end = min(end, start + MAX_HEADER)
    header = text[start:end]
    found = next((m for m in ADDRESS.finditer(header) if is_address(m[0])), None)
    first = next(ADDRESS.finditer(header), None)
    address = _evidence(text, start + found.start(), start + found.end()) if found else None
    place = _name_place(header, first)
    name = None
    if place and header[place[0] : place[1]].strip(" ,"):
        name = _evidence(text, start + place[0], start + place[1])
    return Author(name, address)


def _name_place(header: str, address: re.Match[str] | None) -> tuple[int, int] | None:
    for pattern in (_SCHRIEB, _WROTE):
        spoken = pattern.search(header)
        if spoken and name_of(spoken["name"], is_header=True):
            return spoken.span("name")
    before = header[: address.start()] if address else _DATED.sub("", header)
    named = _BEFORE_ADDRESS.search(before.rstrip(" \t\r\n\"'<([*") if address else before)
    return named.span(1) if named else None


def is_address(text: str) -> bool:
    """Whether this is an address of the internet: what Exchange and Notes wrap X.500 names into is none."""
    return bool(ADDRESS.fullmatch(text)) and not _INTERNAL_ADDRESS.match(text)


def _evidence(text: str, start: int, end: int) -> Evidence:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Evidence(Span(Part.BODY, start, end), text[start:end])
