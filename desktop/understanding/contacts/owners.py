"""Whose a telephone number or an address in running text is: the nearest word before it that means a person decides.

"Call Ann Poe at … or me at …" holds two numbers of two people. Words for the writer ("me at", "my mobile"), words for
somebody spoken of ("he can be reached at", "her number") and the names themselves are looked for in the text just
before; a blank line ends the search.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from desktop.understanding.contacts.mention_cues import lower, pattern_of

REACH = 150
FAR_REACH = 700

_CAPITAL = re.compile(r"[^\W\d_][\w’'-]{1,40}")
_MAILBOX = re.compile(r"(?<![\w.+-])([\w.+-]{2,64})@[\w.-]{1,80}")
_FOLLOWING = re.compile(r" ([A-ZÀ-Þ][\w'’-]{2,40})")
_PRECEDING = re.compile(r"([^\W\d_][\w'’-]{1,38})\.? $")
_POSSESSED = re.compile(
    r"\b[A-ZÀ-Þ]\w{1,30}['’]s (?:desk|number|mobile|cell|phone|line|office|extension|direct|e-?mail|address)\b"
)
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")


class Owner(IntEnum):
    """Whose something is, when it is none of the people spoken of (those have indices from 0)."""

    UNKNOWN = -1
    WRITER = -2
    SOMEBODY = -3


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the text speaks of: the words of their name, lower case, and where it stands fullest."""

    tokens: frozenset[str]
    start: int
    end: int


def owner_of(text: str, at: int, floor: int, *, people: Sequence[Person], writer: frozenset[str]) -> int:
    """Return the index of the person whose detail stands at `at`, or an Owner.

    `floor` is where the passage begins; `writer` holds the words of the writer's own name, lower case.
    """
    start = max(floor, at - REACH)
    breaks = [match.end() for match in _BLANK_LINE.finditer(text, start, at)]
    start = breaks[-1] if breaks else start
    best, place = int(Owner.UNKNOWN), -1
    named, named_at = _named(text, start, at, people, writer)
    if named is not None:
        best, place = named, named_at
    near = lower(text[max(0, start - 1) : at + 1])  # a character more at both ends shows where words end
    shift = max(0, start - 1)
    for match in pattern_of("writer").finditer(near, start - shift, at - shift):
        if match.end() + shift > place:
            best, place = Owner.WRITER, match.end() + shift
    for match in pattern_of("other").finditer(near, start - shift, at - shift):
        if match.end() + shift > place:
            before, _ = _named(text, max(floor, at - FAR_REACH), match.start() + shift, people, frozenset())
            only = 0 if len(people) == 1 else int(Owner.SOMEBODY)
            best, place = (only if before is None else before), match.end() + shift
    for match in _POSSESSED.finditer(text, start, at):
        if match.end() > place:
            owner, _ = _named(text, match.start(), match.end(), people, writer)
            best, place = (int(Owner.SOMEBODY) if owner is None else owner), match.end()
    return best


def _is_in_longer_name(text: str, match: re.Match[str], person: Person) -> bool:
    """Whether a word of a person's name is part of another name, as a family's name in that of their firm."""
    following = _FOLLOWING.match(text, match.end())
    if not following or following[1].casefold() in person.tokens:
        return False
    before = _PRECEDING.search(text, max(0, match.start() - 40), match.start())
    return not (before and before[1].casefold() in person.tokens)


def _named(text: str, start: int, end: int, people: Sequence[Person], writer: frozenset[str]) -> tuple[int | None, int]:
    """Return who is named last in [start, end), and where that ends."""
    found: int | None = None
    place = -1
    for match in _CAPITAL.finditer(text, start, end):
        word = match[0].casefold().removesuffix("'s").removesuffix("’s")
        if not match[0][0].isupper():
            continue
        index = next((index for index, person in enumerate(people) if word in person.tokens), None)
        if index is not None and not _is_in_longer_name(text, match, people[index]):
            found, place = index, match.end()
        elif word in writer:
            found, place = int(Owner.WRITER), match.end()
    for match in _MAILBOX.finditer(text, start, end):
        parts = frozenset(re.split(r"[._+-]", match[1].casefold()))
        index = next((index for index, person in enumerate(people) if parts & person.tokens), None)
        if index is not None and match.end() > place:
            found, place = index, match.end()
    return found, place
