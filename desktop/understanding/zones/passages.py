"""Stretches of a mail's text that read on, and the sentences in them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.understanding.lexicon.calendar_words import MONTHS
from desktop.understanding.zones.cleaning import TextLine

_SENTENCE_END = re.compile(
    r"(?<![.!?…])[.!?…]+[\"')\]»”]{0,8}(?=\s)|\n[ \t]*\n|\n(?=[ \t>]{0,12}(?:[-*•·–]|\d{1,2}[.)])[ \t])|[:,!][ \t]*\n"
)
_ABBREVIATION = re.compile(
    r"(?i)(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|no|nr|inc|ltd|co|corp|approx|ca|z\. ?b|d\. ?h|bzw|ggf|inkl|zzgl|mag|ing"
    r"|vs|etc|e\.g|i\.e|art|abs|tel|str|evtl|mio|mrd|tsd|tys|rs|sfr|max|min|m|mme|[a-z])\.$"
)
_NUMBER = re.compile(r"(?<!\d)\d{1,2}\.$")
_ORDINAL = re.compile(r"(?i)\b(?:zum|am|vom|beim|im|ab|der|die|das|den|dem)\s\d{1,2}\.$")
_MARKS = re.compile(r"(?<=\n)[ \t>]{1,12}")
_NEXT_WORD = re.compile(r"\s([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters [start, end) of the body: adjoining lines of one block."""

    start: int
    end: int


def passages_of(lines: Sequence[TextLine]) -> tuple[Passage, ...]:
    """Join lines that follow one another directly; where the depth of quoting changes, a passage ends.

    A passage of quoted lines holds the quote marks between them.
    """
    found: list[Passage] = []
    depth = 0
    for line in lines:
        gap = line.start - found[-1].end if found else 0
        joins = gap == 1 if not line.depth else line.end > line.start and gap <= 2 + 2 * line.depth
        if found and line.depth == depth and joins and found[-1].end > found[-1].start:
            found[-1] = Passage(found[-1].start, line.end)
        else:
            found.append(Passage(line.start, line.end))
        depth = line.depth
    return tuple(passage for passage in found if passage.end > passage.start)


def without_marks(text: str) -> str:
    """Return the text with blanks for the quote marks in front of its lines, character for character."""
    return _MARKS.sub(lambda match: " " * len(match[0]), text) if "\n" in text else text


def sentences_of(text: str, passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of each sentence of a passage, in order."""
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
    goes_on = following and (following[1].lower() in MONTHS or following[1][0].islower())
    return bool(number and (number.start() == start or goes_on or _ORDINAL.search(text, start, dot)))
