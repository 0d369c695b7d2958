"""Which lines of a mail were written now, and which are quoted, a signature or a disclaimer.

One pass over the lines, whatever the mail looks like: ten thousand quoted lines cost ten thousand steps. A forwarded
mail is quoted text too, but it is what the mail is about, so each quoted stretch remembers who wrote it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from desktop.domain.evidence import Zone, ZonedLine
from desktop.understanding.zones import quoting, signatures
from desktop.understanding.zones.headers import Place, QuotedHeader, TextLine, find_header, may_be_header
from desktop.understanding.zones.introductions import find_introduction, may_be_introduction, verbs_in

__all__ = ["Anatomy", "Block", "BlockKind", "TextLine", "dissect", "split_lines"]

MAX_BLOCKS = 500
MAX_SEARCHED = 12_000
MAX_REWRAPPED = 3
LONG_LINE = 55


class BlockKind(StrEnum):
    """How a stretch of text came into the mail."""

    NEW = "new"
    REPLIED_TO = "replied_to"
    FORWARDED = "forwarded"


@dataclass(frozen=True, eq=False)
class Block:
    """One person's stretch of the mail.

    `author` is where the quoted header names who wrote it ([start, end) of the text), None for the mail's own
    sender; `name` is what stands there, or the sender's name. `sent`, `subject` and `recipients` are where the header
    states those, None where it does not; `depth` is how many quote marks its lines have.

    `zones` says what each of `lines` is, `body` and `signature` are two kinds of them. They are worked out when asked
    for: of most quoted blocks nobody asks.
    """

    kind: BlockKind
    author: Place | None
    lines: tuple[TextLine, ...]
    name: str = ""
    sent: Place | None = None
    subject: Place | None = None
    recipients: Place | None = None
    depth: int = 0

    @cached_property
    def zones(self) -> tuple[Zone, ...]:
        """What each line is: new text, signature or disclaimer."""
        return signatures.find_signature([line.text for line in self.lines], sender=self.name)

    @cached_property
    def body(self) -> tuple[TextLine, ...]:
        """The lines of new text."""
        return self._of(Zone.NEW)

    @cached_property
    def signature(self) -> tuple[TextLine, ...]:
        """The lines of the signature."""
        return self._of(Zone.SIGNATURE)

    def _of(self, wanted: Zone) -> tuple[TextLine, ...]:
        return tuple(line for line, zone in zip(self.lines, self.zones, strict=True) if zone is wanted)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A mail's lines with their zones, and its blocks from the top down."""

    zones: tuple[ZonedLine, ...]
    blocks: tuple[Block, ...]

    @property
    def own(self) -> Block:
        """What the sender of this mail wrote."""
        return self.blocks[0]


@dataclass(slots=True)
class _Open:
    """A block being read: the header above it, the quote marks its lines have, and which lines are its own."""

    kind: BlockKind
    header: QuotedHeader
    depth: int
    lines: list[int]


def split_lines(text: str) -> list[TextLine]:
    """Return the lines of `text` without their `>` marks."""
    lines: list[TextLine] = []
    start = 0
    for raw in text.split("\n"):
        prefix = quoting.QUOTE_PREFIX.match(raw) if ">" in raw[:4] else None
        length = prefix.end() if prefix else 0
        depth = prefix[0].count(">") if prefix else 0
        end = start + len(raw)
        lines.append(TextLine(start + length, end, raw[length:], depth))
        start = end + 1
    return lines


def dissect(text: str, *, subject: str = "", sender: str = "") -> Anatomy:
    """Divide a mail's text into blocks and zones. Takes time in proportion to its length.

    `sender` is the name of whoever wrote the mail, as far as it is known: a signature is surer where it holds that.
    """
    lines = split_lines(text)
    is_forward = bool(quoting.FORWARD_SUBJECT.match(subject))
    parts = _Divider(lines, verbs_in(text), is_forward=is_forward).run()
    blocks: list[Block] = []
    for number, part in enumerate(parts):
        head = part.header
        name = _words_at(text, head.author) if number else sender
        own = tuple(lines[index] for index in part.lines)
        blocks.append(Block(part.kind, head.author, own, name, head.sent, head.subject, head.recipients, part.depth))
    zones = [Zone.QUOTED] * len(lines)
    for index, zone in zip(parts[0].lines, blocks[0].zones, strict=True):
        zones[index] = zone
    starts = [0, *(line.end + 1 for line in lines[:-1])]
    zoned = tuple(ZonedLine(start, line.end, zone) for start, line, zone in zip(starts, lines, zones, strict=True))
    return Anatomy(zoned, tuple(blocks))


def _words_at(text: str, place: Place | None) -> str:
    return text[place[0] : min(place[1], place[0] + 200)] if place else ""


class _Divider:
    """Goes down the lines once and puts each into the block of whoever wrote it.

    Marked quotes are nested: where a line has fewer marks than the block above it, an outer block goes on. Below a
    header without marks everything is quoted, to the end of the mail or the next header.
    """

    def __init__(self, lines: list[TextLine], verbs: Sequence[str], *, is_forward: bool) -> None:
        self._lines = lines
        self._verbs = verbs
        self._is_forward = is_forward
        self._own = _Open(BlockKind.NEW, QuotedHeader(0), 0, [])
        self._parts = [self._own]
        self._nest = [self._own]
        self._left: list[_Open] = []
        self._searched = 0

    def run(self) -> list[_Open]:
        index = 0
        while index < len(self._lines):
            line = self._lines[index]
            if not line.text and not line.depth:
                self._nest[-1].lines.append(index)
                index += 1
            else:
                index = self._step(index)
        return self._parts

    def _step(self, index: int) -> int:
        line = self._lines[index]
        has_room = len(self._parts) < MAX_BLOCKS
        if has_room and self._searched < MAX_SEARCHED and line.text and not line.text.isspace():
            self._searched += 1
            after = self._header(index) or self._introduction(index)
            if after:
                return after
        is_back = line.depth < self._nest[-1].depth and (line.depth or line.text.strip())
        if is_back and not self._is_rewrapped(index):
            self._left = [part for part in self._nest if part.depth] or self._left
            while len(self._nest) > 1 and self._nest[-1].depth > line.depth:
                self._nest.pop()
        if line.depth and self._nest[-1] is self._own:
            self._go_on(index, line.depth, has_room=has_room)
        self._nest[-1].lines.append(index)
        return index + 1

    def _go_on(self, index: int, depth: int, *, has_room: bool) -> None:
        """At a marked line below own words, go on with the quote that those interrupt, or begin one."""
        self._nest += [part for part in self._left if part.depth <= depth]
        if self._nest[-1] is not self._own:
            return
        if has_room:
            self._open(BlockKind.REPLIED_TO, QuotedHeader(index), depth)
        else:
            self._nest.append(self._parts[-1])

    def _is_rewrapped(self, index: int) -> bool:
        """Whether an unmarked line is the end of the marked line above it, broken by a mail program on its way."""
        first = index
        while first and index - first < MAX_REWRAPPED and not self._lines[first - 1].depth:
            first -= 1
        above = self._lines[first - 1] if first else None
        text = self._lines[index].text
        if above is None or not above.depth or not self._lines[first].text.strip():
            return False
        room = len(above.text) + above.depth * 2
        is_long = room >= LONG_LINE and room + len(self._lines[first].text.split(maxsplit=1)[0]) >= LONG_LINE + 15
        after = index + 1
        while after < len(self._lines) and after - first <= MAX_REWRAPPED and self._is_unmarked_text(after):
            after += 1
        returns = after < len(self._lines) and self._lines[after].depth > 0
        is_open = not above.text.rstrip().endswith((".", "?", "!", ":"))
        return (
            is_long
            and bool(text.strip())
            and (returns or (is_open and after - first == 1))
            and (is_open or not text[:1].isupper())
        )

    def _is_unmarked_text(self, index: int) -> bool:
        line = self._lines[index]
        return not line.depth and bool(line.text.strip())

    def _open(self, kind: BlockKind, header: QuotedHeader, depth: int) -> None:
        part = _Open(kind, header, depth, [])
        last = self._parts[-1]
        is_bare = last is not self._own and last.header.author is None and last.header.after > 0
        if is_bare and not any(self._lines[index].text.strip() for index in last.lines):
            part.kind = last.kind if last.kind is BlockKind.FORWARDED else kind
            self._parts.pop()
            self._nest = [one for one in self._nest if one is not last] or [self._own]
        self._parts.append(part)
        self._left = []
        if not depth:
            self._nest = [part]
            return
        while len(self._nest) > 1 and self._nest[-1].depth >= depth:
            self._nest.pop()
        self._nest.append(part)

    def _header(self, index: int) -> int:
        """At a header block of a quoted mail, open its block and return the line after it; else 0."""
        header = find_header(self._lines, index) if may_be_header(self._lines, index) else None
        if header is None:
            return 0
        outermost = len(self._parts) == 1
        is_forward = header.is_forward or (self._is_forward and outermost)
        self._drop_rule()
        self._open(BlockKind.FORWARDED if is_forward else BlockKind.REPLIED_TO, header, self._lines[index].depth)
        return header.after

    def _introduction(self, index: int) -> int:
        """At "On … wrote:" open the quoted block and return the line after it; else 0."""
        may_be = may_be_introduction(self._lines[index].text, self._verbs)
        header = find_introduction(self._lines, index) if may_be else None
        if header is None:
            return 0
        outer = 0 if header.is_enclosed else self._lines[index].depth
        below = next(
            (line for line in self._lines[header.after : header.after + 3] if line.depth or line.text.strip()), None
        )
        depth = below.depth if below and below.depth > outer else outer
        self._drop_rule()
        self._open(BlockKind.REPLIED_TO, header, depth)
        return header.after

    def _drop_rule(self) -> None:
        """Take a rule above a header out of the block before it."""
        lines = self._nest[-1].lines
        while lines and not self._lines[lines[-1]].text.strip():
            lines.pop()
        if lines and quoting.RULE_ONLY.fullmatch(self._lines[lines[-1]].text[:200]):
            lines.pop()
