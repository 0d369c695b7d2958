"""How far a text that speaks to software reaches in a mail: the lines before and behind it that belong to it.

Such texts come wrapped up in harmless ones: a letter to nobody ("Dear Team, …"), a report, a signature. What stands
between two paragraphs that speak to software goes with them. Above and below, the mail's own fixtures end their reach:
the sender's name and numbers, a greeting to the people it went to. Between those and the text, a paragraph goes with
the side it shares more words with.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.understanding.hostile.disguises import has_odd_letters
from desktop.understanding.hostile.foreign_letters import foreign_letters
from desktop.understanding.hostile.glued_lines import spread
from desktop.understanding.hostile.letter_marks import (
    NAME_LINE,
    NUMBER,
    SUBJECT_LINE,
    closes_in_one_line,
    closes_letter,
    content_words,
    is_prose,
    is_said,
    is_shouted,
    item_number,
    marker_of,
    names_in,
    quoted_names,
)
from desktop.understanding.hostile.own_lines import OwnLines, People
from desktop.understanding.hostile.software import aimed_lines, without_addresses
from desktop.understanding.hostile.text_lines import Line, split_lines
from desktop.understanding.hostile.weak_cues import weak_score
from desktop.understanding.hostile.wrapping import is_broken_to, narrow_width, paragraphs_of
from desktop.understanding.lexicon.language import language_of
from desktop.understanding.lexicon.sign_offs import SEPARATOR

__all__ = ["People", "aimed_reach"]
MAX_REACH = 150
MAX_OPEN = 12
FOOTER = 4  # lines below a row of dashes
MAX_GAP = 60
MAX_INTRODUCTION = 160
FOREIGN = 4.0
BEGUN = 1.0  # above its greeting a letter has little but a title
OTHER_LANGUAGE = 2.0
SUSPICIOUS = 4.0
LEAST_ABOVE, LEAST_BELOW = 0.3, 0.5
WORDY = 0.5
CONTINUED = 2.0
NAMED = 1.5
ALIKE, UNLIKE = 1.5, 0.7
UNBROKEN = 12  # characters by which a line is longer than those of narrow text
MARKED = 0.7  # of the lines of a text that has a marker
BEARING = 0.8  # a paragraph that shares nothing with either side stays with the mail
MANY_WORDS = 120  # a long text shares words with anything
SIGNATURE_ABOVE = 6

_OPENED = re.compile(r"<!--|<(?:span|div|p|font|td)\b[^<>]{0,200}>", re.IGNORECASE)
_TITLE = re.compile(r"(?:\S{1,30} ){1,8}\S{1,30}(?:[^\W\d_]{5}[.!?]|:)")
_CLOSED = re.compile(r"-->|</(?:span|div|p|font|td)\b", re.IGNORECASE)


def aimed_reach(text: str, people: People, subject: str = "") -> tuple[tuple[int, int], ...]:
    """Return [start, end) of the lines to be left out, in order, adjoining ones joined."""
    lines = split_lines(text)
    paragraphs = list(paragraphs_of(lines))
    searched = split_lines(without_addresses(text, people.addresses))
    hits = {number: hit for number, one in enumerate(paragraphs) if (hit := aimed_lines(searched, one))}
    aimed_at = {index for number in hits for index in paragraphs[number]}
    quoted = frozenset(quoted_names([line for index, line in enumerate(lines) if index not in aimed_at]))
    known = replace(people, senders=people.senders | quoted, readers=people.readers | people.senders | quoted)
    own = OwnLines(lines, paragraphs, known)
    for number, hit in foreign_letters(own, hits).items():
        hits[number] = hits.get(number, set()) | hit
    if not hits:
        return ()
    for number in sorted(hits):
        after = number + 1  # "Note to AI assistants:" is about what comes next
        while after < min(len(paragraphs), number + MAX_OPEN) and _is_open(own, range(number, after), hits[after - 1]):
            opened = {index for index in paragraphs[after] if not own.is_fixture(index)}
            if not opened:
                break
            hits.setdefault(after, opened)
            after += 1
    mail = _Mail(own, frozenset(content_words(subject)))
    aimed: dict[int, set[int]] = {}
    for first, last in _clusters(own, sorted(hits)):
        aimed |= mail.cluster({number: hits[number] for number in range(first, last + 1) if number in hits})
    return tuple(_joined(lines, sorted(index for indexes in aimed.values() for index in indexes)))


def _clusters(own: OwnLines, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of the paragraphs that belong together: none of the mail's own stands between them."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number - last > MAX_GAP or any(own.is_fixed(other) for other in range(last + 1, number)):
            yield first, last
            first = number
        last = number
    yield first, last


@dataclass(frozen=True, slots=True)
class _Core:
    """The words of a text that speaks to software, and the names in it.

    Its language if the mail has another, else "". How it is written: the width its lines are broken to if that is
    narrow, else 0; whether it is in capitals and the mail is not; the marker of its lines, else "".
    """

    words: frozenset[str]
    names: frozenset[str]
    language: str
    width: int
    is_shouted: bool
    marker: str


class _Mail:
    """The mail's lines and paragraphs, and how far a text among them reaches."""

    def __init__(self, own: OwnLines, subject: frozenset[str]) -> None:
        self._own = own
        self._lines = own.lines
        self._paragraphs = own.paragraphs
        self._subject = subject

    def cluster(self, hits: Mapping[int, set[int]]) -> dict[int, set[int]]:
        """Return the lines, by paragraph, that go with these paragraphs, whose lines hit are given."""
        first, last = min(hits), max(hits)
        core = self._core(hits)
        is_glued = any(self._own.is_fixture(index) for index in self._paragraphs[first] if index < min(hits[first]))
        above: dict[int, set[int]] = {}
        if not is_glued:
            above = self._reach(core, range(first - 1, max(-1, first - 1 - MAX_REACH), -1))
        is_inside = is_glued or self._is_inside(first, above)
        found = {number: set(self._paragraphs[number]) for number in range(first, last + 1)}
        for number in {first, last}:
            found[number] = spread(
                self._own, self._paragraphs[number], hits[number], is_inside=is_inside, is_glued=is_glued
            )
        below = self._reach(core, range(last + 1, min(len(self._paragraphs), last + 1 + MAX_REACH)))
        found = above | found | below
        self._give_back(found, is_inside=is_inside)
        self._give_rule_back(found)
        return found

    def _is_inside(self, first: int, above: Mapping[int, set[int]]) -> bool:
        """Whether the text stands inside the sender's signature: right behind a line of it, or before its numbers."""
        if any(self._own.is_fixed(number) for number in above):
            return True
        nearest = next(
            (number for number in range(first - 1, max(-1, first - MAX_REACH), -1) if self._own.is_fixed(number)), None
        )
        if nearest is None or not self._own.is_signature(nearest):
            return False
        return not any(NUMBER.search(self._lines[index].text) for index in self._paragraphs[nearest])

    def _give_back(self, found: Mapping[int, set[int]], *, is_inside: bool) -> None:
        """Give the mail the last line that goes with the text back, where that is its signature's.

        That is so where it names the sender's firm, where the text stands right behind a line of the signature, with
        no blank line between, and where nobody else's number can be meant.
        """
        number = max(found)
        if not found[number]:
            return
        last, first = max(found[number]), min(min(lines) for lines in found.values() if lines)
        text = self._own.text(last)
        if last + 1 < len(self._lines) and not self._lines[last + 1].is_blank:
            return
        if len(text) > NAME_LINE or is_said(text) or closes_letter(text) or last == first:
            return
        if self._own.is_firm(last) or self._stands_in_signature(first):
            found[number].discard(last)
        elif NUMBER.search(text) and not self._signed_by_others(range(first, last)):
            above = self._lines[last - 1]
            if is_inside or (not above.is_blank and is_prose(above.text)):
                found[number].discard(last)

    def _give_rule_back(self, found: Mapping[int, set[int]]) -> None:
        """Give the mail a row of dashes above the text back, where the line behind the text is the mail's."""
        number = min(found)
        if not found[number]:
            return
        first, behind = min(found[number]), max(max(lines) for lines in found.values() if lines) + 1
        if not SEPARATOR.fullmatch(self._own.text(first)):
            return
        left = [line for line in self._lines[behind : behind + 2 * FOOTER] if not line.is_blank]
        if left and (not self._lines[behind].is_blank or len(left) <= FOOTER):
            found[number].discard(first)

    def _stands_in_signature(self, first: int) -> bool:
        """Whether the line above is one of the sender's signature: short, and the name stands in it or just above."""
        if first == 0 or self._lines[first - 1].is_blank or is_said(self._lines[first - 1].text):
            return False
        above = range(max(0, first - SIGNATURE_ABOVE), first)
        return any(self._own.is_fixture(index) and not self._own.greets(index) for index in above)

    def _signed_by_others(self, indexes: range) -> bool:
        """Whether somebody else closes a letter in these lines."""
        return any(closes_letter(self._lines[index].text) for index in indexes)

    def _reach(self, core: "_Core", numbers: range) -> dict[int, set[int]]:
        """Return the lines, by paragraph, that belong to the text rather than to the mail, going away from the text."""
        towards: list[int] = []
        fixed: int | None = None
        for number in numbers:
            if self._depth(number) != self._depth(numbers[0]):
                break
            if self._own.is_fixed(number):
                fixed = number
                break
            towards.append(number)
        is_above = numbers.step < 0
        is_outside = self._is_outside(towards, fixed, is_above=is_above)
        is_below_name = is_outside and is_above and fixed is not None
        count = self._alien(core, towards, is_above=is_above, is_closed=fixed is not None and not is_above)
        edge = self._edge(fixed, is_above=is_above) if fixed is not None else set()
        is_loose = is_below_name and not edge
        taken = towards[: max(count, self._outmost(towards)) if is_loose else len(towards) if is_outside else count]
        found = {number: set(self._paragraphs[number]) for number in taken}
        return found | ({fixed: edge} if fixed is not None and edge and len(taken) == len(towards) else {})

    def _edge(self, number: int, *, is_above: bool) -> set[int]:
        """Return what stands at the text's side of a paragraph of the mail's own, from a sentence on, if one does.

        Above the text that is what follows the signature; below it, what comes before a greeting to the readers, or
        before the mail's own last lines where somebody else closes a letter.
        """
        paragraph = self._paragraphs[number]
        if not is_above and not any(self._own.greets(index) for index in paragraph):
            end = next((index for index in paragraph if self._own.is_own(index)), paragraph.stop)
            texts = [self._lines[index].text for index in range(paragraph.start, end)]
            is_theirs = (
                any(closes_letter(text) or closes_in_one_line(text) for text in texts)
                or weak_score("\n".join(texts)) >= WORDY
            )
            return set(range(paragraph.start, end)) if is_theirs else set()
        is_end = self._own.is_fixture if is_above else self._own.greets
        fixtures = [index for index in paragraph if is_end(index)]
        if is_above and len(fixtures) > 1 and self._own.greets(fixtures[-1]):
            fixtures.pop()  # nobody greets below a signature
        if not fixtures:
            return set()
        beyond = range(max(fixtures) + 1, paragraph.stop) if is_above else range(paragraph.start, min(fixtures))
        said = [index for index in beyond if is_said(self._lines[index].text)]
        if is_above and beyond and not said and _is_title(self._own.text(beyond[-1])):
            said = [beyond[-1]]
        if not said:
            return set()
        return set(range(min(said), paragraph.stop) if is_above else range(paragraph.start, max(said) + 1))

    def _is_outside(self, towards: Sequence[int], fixed: int | None, *, is_above: bool) -> bool:
        """Whether these paragraphs stand above the mail's greeting, or below the sender's signature."""
        if not towards:
            return False
        if fixed is not None:
            return self._own.is_signature(fixed) if is_above else self._own.is_greeting(fixed)
        first, last = min(towards), max(towards)
        count = len(self._paragraphs)
        if is_above and first == 0:
            return any(self._own.is_greeting(number) for number in range(last + 1, min(count, last + 1 + MAX_REACH)))
        if not is_above and last == count - 1:
            return any(self._own.is_signature(number) for number in range(max(0, first - MAX_REACH), first))
        return False

    def _outmost(self, towards: Sequence[int]) -> int:
        """Return how many of the paragraphs, nearest first, reach to the last one with sentences."""
        prose = [
            place for place, number in enumerate(towards)
            if any(is_prose(self._lines[index].text) for index in self._paragraphs[number])
        ]  # fmt: skip
        return prose[-1] + 1 if prose else 0

    def _alien(self, core: "_Core", towards: Sequence[int], *, is_above: bool, is_closed: bool) -> int:
        """Return how many of the paragraphs, nearest first, share more with the text than with what lies beyond them.

        A greeting to others, or a closing by others where the sender's own comes later (`is_closed`), weighs much.
        """
        best, total, count = LEAST_ABOVE if is_above else LEAST_BELOW, 0.0, 0
        known = set(core.words)
        for place, number in enumerate(towards):
            is_begun = is_above and place > 0 and self._opens(towards[place - 1])
            own = self._words([number])
            beyond = self._words(towards[place + 1 : place + 6]) | self._subject
            share = min(1.0, MANY_WORDS / max(1, len(known))) ** 0.5
            size = (1 + len(own)) ** 0.5
            total += share * len(own & known) / size - BEARING
            total -= BEGUN * is_begun
            total += FOREIGN * (self._own.closes(number) if is_closed else self._opens(number))
            total += NAMED * bool(core.names.intersection(names_in(self._own.said([number]))))
            total += CONTINUED * (is_above and self._goes_on(number))
            total += SUSPICIOUS * weak_score(self._own.said([number])) + OTHER_LANGUAGE * self._speaks(
                core.language, number
            )
            total += self._alike(core, number)
            known |= own
            if total - len(own & beyond) / size > best:
                best, count = total - len(own & beyond) / size, place + 1
        return count

    def _core(self, hits: Mapping[int, set[int]]) -> "_Core":
        """Return the words of the paragraphs hit, and their language where the rest of the mail has another."""
        numbers = range(min(hits), max(hits) + 1)
        count = len(self._paragraphs)
        ends = [*range(min(3, count)), *range(max(0, count - 2), count)]
        rest = [number for number in ends if number not in hits]
        (ours, is_sure), (theirs, is_theirs) = language_of(self._own.said(rest)), language_of(self._own.said(hits))
        names = frozenset(names_in(self._own.said(hits)))
        language = theirs if is_sure and is_theirs and ours != theirs else ""
        width = max(narrow_width(self._lines, self._paragraphs[number]) for number in hits)
        is_loud = is_shouted(self._own.said(hits)) and not is_shouted(self._own.said(rest))
        lines = [self._lines[index].text for found in hits.values() for index in found]
        markers = Counter(marker_of(text) for text in lines if text)
        marker = next((one for one, count in markers.items() if count > MARKED * len(lines)), "")
        return _Core(self._words(numbers), names, language, width, is_loud, marker)

    def _goes_on(self, number: int) -> bool:
        """Whether a paragraph introduces the next one, or is the item before it in a list."""
        if number + 1 >= len(self._paragraphs):
            return False
        first, last = self._own.text(self._paragraphs[number].start), self._own.text(self._paragraphs[number][-1])
        item, following = item_number(first), item_number(self._own.text(self._paragraphs[number + 1].start))
        return last.endswith(":") or 0 < item == following - 1

    def _alike(self, core: "_Core", number: int) -> float:
        """Return how far a paragraph is written as the text is: letters, lines, marks; less than 0 if it is not."""
        paragraph = self._paragraphs[number]
        texts = [self._lines[index].text for index in paragraph]
        total = ALIKE * any(has_odd_letters(text) for text in texts)
        total += ALIKE * (core.is_shouted and is_shouted("\n".join(texts)))
        if core.width:
            total += ALIKE * is_broken_to(core.width, self._lines, paragraph)
            total -= UNLIKE * any(len(text) > core.width + UNBROKEN for text in texts)
        if core.marker:
            total += ALIKE if any(marker_of(text) == core.marker for text in texts) else -UNLIKE
        return total

    def _speaks(self, language: str, number: int) -> bool:
        """Whether a paragraph is in a language."""
        return bool(language) and language_of(self._own.said([number])) == (language, True)

    def _opens(self, number: int) -> bool:
        """Whether another letter or mail begins in a paragraph."""
        if self._own.is_foreign(number):
            return True
        return any(SUBJECT_LINE.match(self._lines[index].text) for index in self._paragraphs[number][:2])

    def _words(self, numbers: Iterable[int]) -> frozenset[str]:
        """Return the words of some paragraphs that say what they are about."""
        return frozenset(content_words(self._own.said(numbers)))

    def _depth(self, number: int) -> int:
        return self._lines[self._paragraphs[number].start].depth


def _is_title(text: str) -> bool:
    """Whether a line is the title of what comes next rather than the end of a signature: "Weekly report to all:"."""
    return bool(_TITLE.fullmatch(text)) and not NUMBER.search(text)


def _is_open(own: OwnLines, numbers: range, hit: set[int]) -> bool:
    """Whether what comes behind some paragraphs belongs to them.

    They end with a colon and the next is nothing of the mail's own, or a tag or comment was opened in them that is
    closed later.
    """
    said = " ".join(own.lines[index].text for number in numbers for index in own.paragraphs[number])
    if _OPENED.search(said) and not _CLOSED.search(said):
        later = range(numbers.stop, min(len(own.paragraphs), numbers.start + MAX_OPEN))
        if any(_CLOSED.search(own.lines[index].text) for number in later for index in own.paragraphs[number]):
            return True
    last = own.paragraphs[numbers[-1]][-1]
    text = own.lines[last].text
    is_introduction = max(hit) == last and len(text) <= MAX_INTRODUCTION and text.rstrip(" \t*_-").endswith(":")
    if not is_introduction or own.is_fixed(numbers.stop):
        return False
    width = narrow_width(own.lines, own.paragraphs[numbers[-1]])
    return not width or all(len(own.lines[index].text) <= width for index in own.paragraphs[numbers.stop])


def _joined(lines: Sequence[Line], chosen: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = last = -2
    for index in chosen:
        if start >= 0 and all(lines[other].is_blank for other in range(last + 1, index)):
            last = index
            continue
        if start >= 0:
            yield lines[start].start, lines[last].end
        start = last = index
    if start >= 0:
        yield lines[start].start, lines[last].end
