"""Stretches of a mail that speak to a program reading it instead of to the rep: chat markup, orders to assistants.

Nothing is ever done because a mail says so. Still, what stands there is no statement about the contact, so the mail is
read as if those lines were not in it (`redaction`), and the rep is told. Paragraphs are searched as they read, not as
they are written: look-alike letters, quote marks within sentences and line breaks hide nothing.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from desktop.understanding.hostile.disguises import has_odd_letters, is_disguised, readings
from desktop.understanding.hostile.software_cues import aimed_stretches
from desktop.understanding.hostile.text_lines import MAX_LINE, MAX_SCANNED, Line, split_lines
from desktop.understanding.hostile.wrapping import paragraphs_of

_MARKS = re.compile(r"(?<!\S)(?:[*•·]|[|>]{1,3})(?!\S)")


def is_aimed_at_software(text: str) -> bool:
    """Whether a piece of text (a subject, a name) speaks to a program instead of to the rep."""
    text = text[:MAX_LINE]
    return any(aimed_stretches(_unmarked(reading)) for reading in readings(text)) or is_disguised(text)


def _unmarked(text: str) -> str:
    """Return a text in one line, without the marks of quotes and lists that stand in it."""
    return " ".join(_MARKS.sub(" ", text).split())


def aimed_paragraphs(text: str) -> tuple[tuple[int, int], ...]:
    """Return [start, end) of the paragraphs that speak to a program, in order."""
    lines = split_lines(text)
    found = [paragraph for paragraph in paragraphs_of(lines) if aimed_lines(lines, paragraph)]
    return tuple((lines[one.start].start, lines[one.stop - 1].end) for one in found)


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
    found |= {index for index in paragraph if has_odd_letters(lines[index].text)}
    return found or set(paragraph)


def _is_aimed(text: str) -> bool:
    """Whether lines speak to a program in any of their readings, with breaks taken for blanks too, or are disguised."""
    plain = text.lower()
    for reading in readings(text):
        if reading != plain and aimed_stretches(reading):
            return True
        if ("\n" in reading or _MARKS.search(reading)) and aimed_stretches(_unmarked(reading)):
            return True
    return is_disguised(text)


def _narrowed(lines: Sequence[Line], paragraph: range) -> set[int]:
    """Return the fewest lines, one behind the other, that speak to a program; the first such, and all behind it."""

    def is_aimed(first: int, last: int) -> bool:
        text = "\n".join(lines[index].text for index in range(first, last + 1))
        return bool(aimed_stretches(text.lower())) or _is_aimed(text)

    last = bisect_left(paragraph, True, hi=len(paragraph) - 1, key=lambda index: is_aimed(paragraph.start, index))
    last = paragraph[last]
    above = range(last, paragraph.start - 1, -1)
    first = above[bisect_left(above, True, hi=len(above) - 1, key=lambda index: is_aimed(index, last))]
    found = set(range(first, last + 1))
    rest = range(last + 1, paragraph.stop)
    if rest:
        found |= {index for index in rest if is_aimed(index, index)}
    return found
