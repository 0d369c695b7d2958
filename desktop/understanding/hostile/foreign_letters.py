"""Letters within a mail that are not the mail: greeted to others, closed by others, and suspicious at that.

A person who quotes a letter says so, with a header or quote marks. Where a letter to somebody else stands between the
greeting and the signature of a mail, or beside them, little is needed to take it for put in: that something in it
speaks to software, or a few of the signs of `weak_cues`. A second letter to the same reader needs the former.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from desktop.understanding.hostile.letter_marks import (
    HEADER,
    QUOTES,
    SENTENCE_ENDS,
    SHORT_LINE,
    SUBJECT_LINE,
    closes_letter,
    is_said,
)
from desktop.understanding.hostile.own_lines import OwnLines
from desktop.understanding.hostile.weak_cues import weak_cues, weight_of

MAX_LETTER = 60
MAX_LETTERS = 40
BESIDE = 2
TITLE_LINES = 4
TITLES = 3  # lines below a name that stand each between blank ones
ENOUGH = 0.9
TOO_MUCH = 1.3
WINDOW = 4
MAX_WINDOW = 2500
MAX_READ = 40_000
MAX_SCORED = 400


@dataclass(frozen=True, slots=True)
class Letter:
    """Paragraphs [first, last] of a mail, from line `start` of the first one on, up to line `stop` of the last one.

    `is_closed`: somebody closes it. `is_greeted`: it is greeted to somebody who is none of the mail's readers.
    """

    first: int
    last: int
    start: int
    stop: int
    is_closed: bool
    is_greeted: bool


def foreign_letters(own: OwnLines, hits: Mapping[int, set[int]]) -> dict[int, set[int]]:
    """Return the lines, by paragraph, of the letters of others that have `hits` in them or that are suspicious."""
    letters = list(_letters(own))
    ends = {letter: end for letter in letters if (end := _end(own, letter, hits)) is not None}
    for letter in reversed(letters):  # letters of one thread stand one behind the other
        follows = any(letter.last + BESIDE >= other.first > letter.last for other in ends)
        stands_behind = any(other.last + BESIDE + 1 >= letter.first > other.last for other in ends)
        if letter not in ends and follows and (stands_behind or not _greets(own, letter)):
            ends[letter] = letter.last
    found = _suspicious(own, hits)
    for letter, end in ends.items():
        for number in range(letter.first, end + 1):
            lines = {index for index in own.paragraphs[number] if letter.start <= index < letter.stop}
            found[number] = found.get(number, set()) | lines
    return found


def _greets(own: OwnLines, letter: Letter) -> bool:
    """Whether a letter is greeted to the mail's readers: then it may be the mail's own."""
    return any(own.greets(index) for index in range(letter.start, min(letter.stop, letter.start + TITLE_LINES)))


def _suspicious(own: OwnLines, hits: Mapping[int, set[int]]) -> dict[int, set[int]]:
    """Return the lines, by paragraph, that have weak cues, where they and their neighbours have more than enough."""
    sizes = [sum(len(own.lines[index].text) for index in one) for one in own.paragraphs[:MAX_SCORED]]
    count = next((number for number, total in enumerate(accumulate(sizes)) if total > MAX_READ), len(sizes))
    cues = [weak_cues(own.said([number])) if number not in hits else frozenset() for number in range(count)]
    found: dict[int, set[int]] = {}
    for first in range(count):
        last, size = first, sizes[first]
        while last + 1 < min(count, first + WINDOW) and size + sizes[last + 1] <= MAX_WINDOW:
            last += 1
            size += sizes[last]
        if cues[first] and weight_of(frozenset().union(*cues[first : last + 1])) >= TOO_MUCH:
            found |= {number: _lines_with_cues(own, number) for number in range(first, last + 1) if cues[number]}
    return found


def _lines_with_cues(own: OwnLines, number: int) -> set[int]:
    """Return the lines of a paragraph that have weak cues, and those between."""
    paragraph = own.paragraphs[number]
    found = [index for index in paragraph if weak_cues(own.lines[index].text)] or list(paragraph)
    return set(range(min(found), max(found) + 1))


def _end(own: OwnLines, letter: Letter, hits: Mapping[int, set[int]]) -> int | None:
    """Return the last paragraph of a letter that was put in, None of one that was not."""
    beyond = letter.last + BESIDE if letter.is_closed else letter.last
    hit = [number for number in range(letter.first, beyond + 1) if number in hits]
    if hit:
        return letter.last if letter.is_closed else max(hit)
    if not letter.is_greeted or own.lines[letter.start].depth:
        return None
    numbers = range(letter.first, letter.last + 1)
    if weight_of(weak_cues(own.said(numbers))) < (ENOUGH if letter.is_closed else TOO_MUCH):
        return None
    return letter.last if letter.is_closed else max(number for number in numbers if weak_cues(own.said([number])))


def _letters(own: OwnLines) -> Iterator[Letter]:
    """Yield the letters that are greeted to others, or once more to the mail's readers."""
    count, number, found = len(own.paragraphs), 0, 0
    greetings = sum(own.greets(one.start) for one in own.paragraphs if not own.lines[one.start].depth)
    while number < count and found < MAX_LETTERS:
        start = _opening(own, number, is_greeted_twice=greetings > 1)
        letter = _letter(own, number, start) if start is not None else None
        if letter is not None and _is_beside(own, letter):
            found += 1
            yield letter
            number = letter.last + 1
        else:
            number += 1


def _opening(own: OwnLines, number: int, *, is_greeted_twice: bool) -> int | None:
    """Return the line of a paragraph in which a letter begins that may be put in."""
    paragraph = own.paragraphs[number]
    for one in (number - 1, number):  # a mail that is handed on has its header above the greeting
        texts = [own.lines[index].text for index in own.paragraphs[one]] if one >= 0 else []
        if sum(bool(HEADER.match(text)) for text in texts) >= 3 or any(QUOTES.match(text) for text in texts):
            return None
    for index in paragraph:
        text = own.lines[index].text
        is_second = is_greeted_twice and not own.lines[index].depth and own.greets(index)
        if is_second or own.is_foreign_greeting(index) or (index - paragraph.start < 2 and SUBJECT_LINE.match(text)):
            has_title = index > paragraph.start and SUBJECT_LINE.match(own.lines[index - 1].text)
            return index - 1 if has_title else index
    return None


def _letter(own: OwnLines, number: int, start: int) -> Letter:
    """Return the letter that begins at a line: as far as somebody else closes it, or else as far as its depth goes."""
    depth = own.lines[start].depth
    last, stop = number, own.paragraphs[number].stop
    is_greeted = own.is_foreign_greeting(start) or own.is_foreign_greeting(min(start + 1, len(own.lines) - 1))
    for other in range(number, min(len(own.paragraphs), number + MAX_LETTER)):
        lines = [index for index in own.paragraphs[other] if index >= start]
        if not lines or own.lines[lines[0]].depth != depth:
            break
        fixed = next((index for index in lines if index > start and own.is_own(index)), None)
        said = [index for index in lines if fixed is None or index < fixed]
        closing = next((index for index in said if closes_letter(own.lines[index].text)), None)
        if closing is not None:
            is_named_below = fixed is None and closing == lines[-1] and _is_name(own, other + 1)
            end = _last_named(own, other + 1) if is_named_below else other
            return Letter(number, end, start, own.paragraphs[end].stop if fixed is None else fixed, True, is_greeted)
        if fixed is not None:
            stop = fixed if other == number else stop
            break
        last, stop = other, own.paragraphs[other].stop
    return Letter(number, last, start, stop, False, is_greeted)


def _last_named(own: OwnLines, number: int) -> int:
    """Return the last paragraph of a name that stands in one, with the title and firm below where they stand alone."""
    last = number
    while last - number < TITLES and _is_name(own, last + 1) and len(own.paragraphs[last]) == 1:
        paragraph = own.paragraphs[last + 1]
        if len(paragraph) > 1 or SENTENCE_ENDS.search(own.text(paragraph.start)) or own.greets(paragraph.start):
            break
        last += 1
    return last


def _is_name(own: OwnLines, number: int) -> bool:
    """Whether a paragraph begins with a short line that may be a name, not of anybody the mail is between."""
    if number >= len(own.paragraphs) or own.is_fixed(number):
        return False
    text = own.text(own.paragraphs[number].start)
    return len(text) <= SHORT_LINE and not is_said(text)


def _is_beside(own: OwnLines, letter: Letter) -> bool:
    """Whether the mail has a beginning or end of its own besides the letter."""
    if letter.first > 0 or letter.start > own.paragraphs[0].start:
        return True
    later = range(letter.last + 1, min(len(own.paragraphs), letter.last + 1 + MAX_LETTER))
    return any(own.is_greeting(number) for number in later) or (
        letter.is_closed and any(own.is_fixture(index) for number in later for index in own.paragraphs[number])
    )
