"""Text that is broken to a width: which lines read on into the next, told from the lines of a signature.

A program that breaks text fills each line: the next line's first word would not have fitted. Lines that somebody ended
(a name, a title, a firm) are as long as they happen to be.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from desktop.understanding.hostile.text_lines import Line

MAX_PARAGRAPH = 60
MAX_LONG, LONG_TEXT = 1000, 14_000  # lines and characters of a paragraph that is broken narrowly
MAX_WIDTH = 90
MAX_WIDTHS = 24
SLACK = 2  # letters that a line may lack or have too many: words are mistyped, blanks lost
LEAST_PAIRS = 3
NARROW, WORD_WIDE = 50, 14  # text in lines of a word each has no width
MAX_RUN = 1000
_MARKER = re.compile(r"[ \t]{0,4}(?:[*|•·]|>{1,3})[ \t]{1,3}")
_FIRST = re.compile(r"\s{0,4}(\S{1,60})")


def flowing(lines: Sequence[Line], indexes: Sequence[int]) -> frozenset[int]:
    """Return which of the lines, one behind the other, read on into the next one because they are full.

    None where fewer than LEAST_PAIRS do so, or less than half of all.
    """
    found, _ = _filled(lines, indexes)
    return frozenset(found) if len(found) >= max(LEAST_PAIRS, (len(indexes) - 1) / 2) else frozenset()


def narrow_width(lines: Sequence[Line], indexes: Sequence[int]) -> int:
    """Return the width lines are broken to where people break none: less than NARROW letters; 0 where they are not."""
    found, width = _filled(lines, indexes)
    return width if WORD_WIDE < width < NARROW and len(found) >= max(LEAST_PAIRS, (len(indexes) - 1) / 2) else 0


def is_broken_to(width: int, lines: Sequence[Line], indexes: Sequence[int]) -> bool:
    """Whether most lines are full at a width, and none is longer."""
    texts = [lines[index].text.strip() for index in indexes if not lines[index].is_blank]
    full = sum(len(one) + len(other.split(" ")[0]) >= width - SLACK for one, other in pairwise(texts))
    return full > 1 and 2 * full >= len(texts) - 1 and all(len(text) <= width + SLACK for text in texts)


def double_spaced(lines: Sequence[Line]) -> Iterator[range]:
    """Yield the stretches in which narrow lines read on into one another over the blank lines between them."""
    single = [
        index for index in range(len(lines))
        if not lines[index].is_blank and (index == 0 or lines[index - 1].is_blank)
        and (index + 1 == len(lines) or lines[index + 1].is_blank) and len(lines[index].text) < NARROW
    ]  # fmt: skip
    run: list[int] = []
    for index in single:
        if run and any(not line.is_blank for line in lines[run[-1] + 1 : index]):
            yield from _chains(lines, run)
            run = []
        run.append(index)
    yield from _chains(lines, run)


def _chains(lines: Sequence[Line], run: Sequence[int]) -> Iterator[range]:
    if len(run) <= LEAST_PAIRS or len(run) > MAX_RUN:
        return
    found, _ = _filled(lines, run)
    flows = set(found)
    first = 0
    for place in range(len(run)):
        if run[place] not in flows:
            if place - first >= LEAST_PAIRS:
                yield range(run[first], run[place] + 1)
            first = place + 1


def _filled(lines: Sequence[Line], indexes: Sequence[int]) -> tuple[list[int], int]:
    """Return which lines are full at the width at which most are, and that width."""
    indexes = [index for index in indexes if not lines[index].is_blank]
    texts = [lines[index].text for index in indexes]
    marked = sum(bool(_MARKER.match(text)) for text in texts)
    if 2 * marked >= len(texts):
        texts = [_MARKER.sub("", text, count=1) for text in texts]
    lengths = [len(text.strip()) + lines[index].depth for text, index in zip(texts, indexes, strict=True)]
    firsts = [len(match[1]) if (match := _FIRST.match(text)) else 0 for text in texts]
    best: list[int] = []
    best_width = 0
    for width, _ in Counter(one + 1 for one in lengths if one < MAX_WIDTH).most_common(MAX_WIDTHS):
        found = [
            place for place in range(len(texts) - 1)
            if lengths[place] <= width and 0 < lengths[place + 1] <= width + SLACK
            and lengths[place] + firsts[place + 1] >= width - SLACK
        ]  # fmt: skip
        if len(found) > len(best):
            best, best_width = found, width
    return [indexes[place] for place in best], best_width


def paragraphs_of(lines: Sequence[Line]) -> Iterator[range]:
    """Yield the lines between blank ones, at most MAX_PARAGRAPH at a time, or more where they are short.

    Narrow text with a blank line behind each is one paragraph.
    """
    spaced = {one.start: one.stop for one in double_spaced(lines)}
    first = size = 0
    for index, line in enumerate(lines):
        count = index - first
        if index in spaced:
            yield range(index, spaced[index])
            first, size = spaced[index], 0
        if index < first:
            continue
        if line.is_blank or count >= MAX_LONG or (count >= MAX_PARAGRAPH and size >= LONG_TEXT):
            if index > first:
                yield range(first, index)
            first = index + 1 if line.is_blank else index
            size = 0
        size += len(line.text)
    if first < len(lines):
        yield range(first, len(lines))
