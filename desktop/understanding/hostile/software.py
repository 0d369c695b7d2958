"""Stretches of a mail that speak to a program reading it instead of to the rep: chat markup, orders to assistants.

Nothing is ever done because a mail says so. Still, what stands there is no statement about the contact, so the mail is
read as if those lines were not in it (`redaction`), and the rep is told. Paragraphs are searched as they read, not as
they are written: look-alike letters, quote marks within sentences and line breaks hide nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop.understanding.hostile.disguises import is_disguised, readings
from desktop.understanding.hostile.software_cues import aimed_stretches

MAX_SCANNED = 400_000
MAX_LINE = 20_000
MAX_LINES = 12_000
MAX_PARAGRAPH = 60

_BULLETS = re.compile(r"^[ \t]{0,8}(?:[*|•·>-]{1,3}[ \t]{1,3}){1,4}", re.MULTILINE)
_QUOTE_MARKS = re.compile(r"[ \t]{0,8}(?:>[ \t]{0,2}){0,20}")


@dataclass(frozen=True, slots=True)
class Line:
    """Characters [start, end) of one line; `text` is what is behind its quote marks, `depth` how many there are."""

    start: int
    end: int
    text: str
    depth: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands on the line but quote marks."""
        return not self.text.strip()


def is_aimed_at_software(text: str) -> bool:
    """Whether a piece of text (a subject, a name) speaks to a program instead of to the rep."""
    return any(aimed_stretches(reading) for reading in readings(text[:MAX_LINE])) or is_disguised(text[:MAX_LINE])


def aimed_paragraphs(text: str) -> tuple[tuple[int, int], ...]:
    """Return [start, end) of the paragraphs that speak to a program, in order."""
    lines = split_lines(text)
    found = [paragraph for paragraph in paragraphs_of(lines) if aimed_lines(lines, paragraph)]
    return tuple((lines[one.start].start, lines[one.stop - 1].end) for one in found)


def split_lines(text: str) -> list[Line]:
    """Return the lines of a text, at most MAX_LINES."""
    lines, start = [], 0
    for raw in text[:MAX_SCANNED].split("\n")[:MAX_LINES]:
        marks = _QUOTE_MARKS.match(raw)
        length = marks.end() if marks else 0
        lines.append(Line(start, start + len(raw), raw[length : length + MAX_LINE], raw[:length].count(">")))
        start += len(raw) + 1
    return lines


def without_addresses(text: str, addresses: Iterable[str]) -> str:
    """Blank the @ of addresses of the people the mail is between: to ask for a mail to them is nothing odd."""
    text = text[:MAX_SCANNED]
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter that is two in small letters moves all places behind it
        known = "|".join(re.escape(one) for one in addresses)
        return re.sub(known, lambda match: match[0].replace("@", " "), text, flags=re.IGNORECASE) if known else text
    places = [at for one in addresses for at in _places(lowered, one)]
    if not places:
        return text
    letters = list(text)
    for at in places:
        letters[at] = " "
    return "".join(letters)


def _places(text: str, address: str) -> Iterator[int]:
    """Yield where the @ of an address stands."""
    start = text.find(address)
    while start >= 0:
        yield start + address.index("@")
        start = text.find(address, start + len(address))


def paragraphs_of(lines: Sequence[Line]) -> Iterator[range]:
    """Yield the lines between blank ones, at most MAX_PARAGRAPH at a time."""
    first = 0
    for index, line in enumerate(lines):
        if line.is_blank or index - first >= MAX_PARAGRAPH:
            if index > first:
                yield range(first, index)
            first = index + 1 if line.is_blank else index
    if first < len(lines):
        yield range(first, len(lines))


def aimed_lines(lines: Sequence[Line], paragraph: range) -> set[int]:
    """Return the lines of a paragraph in which something speaks to a program."""
    whole = "\n".join(lines[index].text for index in paragraph)
    lowered = whole.lower()
    places = aimed_stretches(lowered) if len(lowered) == len(whole) else []
    if not places:
        return _narrowed(lines, paragraph) if _is_aimed(whole) else set()
    found, at = set(), 0
    for index in paragraph:
        end = at + len(lines[index].text)
        if any(first < end and at < last for first, last in places):
            found.add(index)
        at = end + 1
    return found or set(paragraph)


def _is_aimed(text: str) -> bool:
    """Whether lines speak to a program in any of their readings, with breaks taken for blanks too, or are disguised."""
    plain = text.lower()
    for reading in readings(text):
        if reading != plain and aimed_stretches(reading):
            return True
        if "\n" in reading and aimed_stretches(" ".join(_BULLETS.sub(" ", reading).split())):
            return True
    return is_disguised(text)


def _narrowed(lines: Sequence[Line], paragraph: range) -> set[int]:
    """Return the fewest lines, one behind the other, that speak to a program; the first such, and all behind it."""

    def is_aimed(first: int, last: int) -> bool:
        text = "\n".join(lines[index].text for index in range(first, last + 1))
        return bool(aimed_stretches(text.lower())) or _is_aimed(text)

    last = next((index for index in paragraph if is_aimed(paragraph.start, index)), paragraph[-1])
    first = next((index for index in range(last, paragraph.start - 1, -1) if is_aimed(index, last)), paragraph.start)
    found = set(range(first, last + 1))
    rest = range(last + 1, paragraph.stop)
    if rest:
        found |= {index for index in rest if is_aimed(index, index)}
    return found
