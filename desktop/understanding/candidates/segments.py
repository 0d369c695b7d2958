"""The pieces of a signature: lines cut at bars, bullets and commas, each with its place in the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from desktop.understanding.zones.cleaning import TextLine

_CUT = re.compile(r"\s+[|/·•●▪–—\-]+\s+|\s*[|·•●▪]\s*|,\s+|\t+|\s{3,}|;\s+|\s*<|\s+//\s+|\s*\\\s*")
_STRIP = " \t*_#\"'()[]<>,;"


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a signature line. `line` counts filled lines from 0, `place` the pieces of that line."""

    start: int
    end: int
    text: str
    line: int
    place: int
    is_whole_line: bool


def segments(lines: tuple[TextLine, ...]) -> Iterator[Segment]:
    """Yield the pieces of the filled lines, in order."""
    number = 0
    for line in lines:
        if not line.text.strip() or len(line.text) > 200:
            continue
        bounds = _bounds(line.text)
        for place, (start, end) in enumerate(bounds):
            text = line.text[start:end]
            yield Segment(line.start + start, line.start + end, text, number, place, len(bounds) == 1)
        number += 1


def _bounds(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = 0
    for end, after in [*((m.start(), m.end()) for m in _CUT.finditer(text)), (len(text), len(text))]:
        first, last = _stripped(text, start, end)
        if last > first:
            found.append((first, last))
        start = after
    return found


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _STRIP:
        start += 1
    while end > start and text[end - 1] in _STRIP:
        end -= 1
    return start, end
