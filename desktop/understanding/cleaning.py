"""Which lines of a mail were written now, and which are quoted, a signature or a disclaimer.

One pass over the lines, whatever the mail looks like: ten thousand quoted lines cost ten thousand steps. A forwarded
mail is quoted text too, but it is what the mail is about, so each quoted stretch remembers who wrote it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.evidence import Zone, ZonedLine
from desktop.understanding import quoting, signatures

MAX_INTRODUCTION = 3
MAX_HEADER_LINES = 12
MAX_MARK = 500
MAX_BLOCKS = 500


class BlockKind(StrEnum):
    """How a stretch of text came into the mail."""

    NEW = "new"
    REPLIED_TO = "replied_to"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True)
class TextLine:
    """Characters [start, end) of the text: one line without its quote marks; `depth` counts those."""

    start: int
    end: int
    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class Block:
    """One person's stretch of the mail.

    `author` is where the quoted header names who wrote it ([start, end) of the text), None for the mail's own
    sender. `body` and `signature` are its lines, disclaimers left out.
    """

    kind: BlockKind
    author: tuple[int, int] | None
    body: tuple[TextLine, ...]
    signature: tuple[TextLine, ...]


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
    """A block being read. `end_depth` is the quote depth it belongs to."""

    kind: BlockKind
    author: tuple[int, int] | None
    lines: list[int]


def split_lines(text: str) -> list[TextLine]:
    """Return the lines of `text` without their `>` marks."""
    lines: list[TextLine] = []
    start = 0
    for raw in text.split("\n"):
        prefix = quoting.QUOTE_PREFIX.match(raw)
        length = prefix.end() if prefix else 0
        depth = prefix[0].count(">") if prefix else 0
        lines.append(TextLine(start + length, start + len(raw), raw[length:], depth))
        start += len(raw) + 1
    return lines


def dissect(text: str, *, subject: str = "") -> Anatomy:
    """Divide a mail's text into blocks and zones. Takes time in proportion to its length."""
    lines = split_lines(text)
    is_forward = bool(quoting.FORWARD_SUBJECT.match(subject))
    parts = _Divider(lines, is_forward=is_forward).run()
    zones = [Zone.NEW] * len(lines)
    blocks: list[Block] = []
    for number, part in enumerate(parts):
        shape = signatures.find_signature([lines[index].text for index in part.lines])
        for place, index in enumerate(part.lines):
            zones[index] = Zone.QUOTED if number else shape.zone_of(place)
        body, signature = _split(part, lines, shape)
        blocks.append(Block(part.kind, part.author, body, signature))
    owned = {index for part in parts for index in part.lines}
    starts = _line_starts(lines, text)
    zoned = tuple(
        ZonedLine(starts[index], line.end, zones[index] if index in owned else Zone.QUOTED)
        for index, line in enumerate(lines)
    )
    return Anatomy(zoned, tuple(blocks))


def _line_starts(lines: Sequence[TextLine], text: str) -> list[int]:
    starts = [0]
    starts.extend(line.end + 1 for line in lines[:-1])
    return starts if text else [0]


def _split(
    part: _Open, lines: Sequence[TextLine], shape: signatures.Shape
) -> tuple[tuple[TextLine, ...], tuple[TextLine, ...]]:
    body: list[TextLine] = []
    signature: list[TextLine] = []
    for place, index in enumerate(part.lines):
        zone = shape.zone_of(place)
        if zone is Zone.NEW:
            body.append(lines[index])
        elif zone is Zone.SIGNATURE:
            signature.append(lines[index])
    return tuple(body), tuple(signature)


class _Divider:
    """Goes down the lines once and puts each into the block of whoever wrote it."""

    def __init__(self, lines: list[TextLine], *, is_forward: bool) -> None:
        self._lines = lines
        self._is_forward = is_forward
        self._parts = [_Open(BlockKind.NEW, None, [])]
        self._current = self._parts[0]
        self._below_header = False
        self._marks_only = False

    def run(self) -> list[_Open]:
        index = 0
        while index < len(self._lines):
            index = self._step(index)
        return self._parts

    def _step(self, index: int) -> int:
        line = self._lines[index]
        is_short = 0 < len(line.text) <= MAX_MARK and len(self._parts) < MAX_BLOCKS
        for begin in (self._header, self._introduction) if is_short else ():
            after = begin(index)
            if after:
                return after
        if self._marks_only and not line.depth and line.text.strip():
            self._current, self._marks_only = self._parts[0], False
        if line.depth and self._current is self._parts[0]:
            self._open(BlockKind.REPLIED_TO, None, marks_only=True)
        self._current.lines.append(index)
        return index + 1

    def _open(self, kind: BlockKind, author: tuple[int, int] | None, *, marks_only: bool) -> None:
        self._current = _Open(kind, author, [])
        self._parts.append(self._current)
        self._marks_only = marks_only

    def _header(self, index: int) -> int:
        """At a header block of a quoted mail, open its block and return the line after it; else 0."""
        text = self._lines[index].text
        forward = bool(quoting.FORWARD_MARK.fullmatch(text))
        marked = forward or bool(quoting.ORIGINAL_MARK.fullmatch(text))
        at = self._next_filled(index + 1) if marked else index
        if at >= len(self._lines):
            return 0
        found = quoting.HEADER_FROM.match(self._lines[at].text)
        last = self._header_end(at) if found else 0
        if not found or not last:
            is_bare_mark = marked and not quoting.RULE_ONLY.fullmatch(text)
            if is_bare_mark:
                self._open(BlockKind.FORWARDED if forward else BlockKind.REPLIED_TO, None, marks_only=False)
            return index + 1 if is_bare_mark else 0
        outermost = len(self._parts) == 1
        kind = BlockKind.FORWARDED if forward or (self._is_forward and outermost) else BlockKind.REPLIED_TO
        start = self._lines[at].start + found.start("author")
        is_marked_by_depth = self._lines[at].depth > 0
        self._open(kind, (start, self._lines[at].end), marks_only=is_marked_by_depth)
        return last

    def _next_filled(self, index: int) -> int:
        limit = min(index + 3, len(self._lines))
        while index < limit and not self._lines[index].text.strip():
            index += 1
        return index

    def _header_end(self, at: int) -> int:
        """Return the line after a header block that begins with From at `at`, or 0 when it is none."""
        others = 0
        index = at + 1
        while index < min(at + MAX_HEADER_LINES, len(self._lines)):
            text = self._lines[index].text
            if not text.strip():
                if others:
                    break
            elif quoting.HEADER_OTHER.match(text):
                others += 1
            elif not quoting.HEADER_LINE.match(text) and not text.startswith((" ", "\t")):
                break
            index += 1
        return index if others else 0

    def _introduction(self, index: int) -> int:
        """At "On … wrote:", in one to three lines, open the quoted block and return the line after it; else 0."""
        first = self._lines[index].text
        if not quoting.INTRODUCTION_START.match(first):
            return 0
        joined = ""
        for last in range(index, min(index + MAX_INTRODUCTION, len(self._lines))):
            joined = f"{joined} {self._lines[last].text[:MAX_MARK]}".strip()[:500]
            if quoting.INTRODUCTION.match(joined):
                below = self._next_filled(last + 1)
                is_marked = below < len(self._lines) and self._lines[below].depth > self._lines[index].depth
                author = (self._lines[index].start, self._lines[last].end)
                self._open(BlockKind.REPLIED_TO, author, marks_only=is_marked)
                return last + 1
        return 0
