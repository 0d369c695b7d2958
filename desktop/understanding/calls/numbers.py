"""Numbers as they are said, one by one: "eighteen and twenty six" are two, "one hundred and six" is one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from desktop.understanding.candidates.money_forms import number_of
from desktop.understanding.candidates.spelled_numbers import SPELLED, value_of

_SPELLED = re.compile(rf"(?i){SPELLED}")
_DIGITS = re.compile(r"(?<![\w.,€$£:/])\d{1,3}(?:[.,]\d{3})*(?![\w:/]|[.,]\d)|(?<![\w.,€$£:/])\d{1,6}(?![\w:/]|[.,]\d)")
_JOINT = re.compile(r"(?i)\s(?:and|und|et)\s")
_SCALED = re.compile(r"(?i)(?:hundred|thousand|million|hundert|tausend|cents?|mille)$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number at [start, end) of the text."""

    start: int
    end: int
    value: Decimal


def numbers_in(text: str, start: int, end: int, *, least: int = 1) -> Iterator[Number]:
    """Yield the numbers of `least` and more in words and in digits, those in words first."""
    for match in _SPELLED.finditer(text, start, end):
        for first, last in _parts(text, match.start(), match.end()):
            value = value_of(text[first:last])
            if value is not None and value >= least:
                yield Number(first, last, value)
    for match in _DIGITS.finditer(text, start, end):
        value = number_of(match[0])
        if value >= least:
            yield Number(match.start(), match.end(), value)


def is_joined(words: str) -> bool:
    """Whether the words are two numbers with an "and" between them."""
    return len(list(_parts(words, 0, len(words)))) > 1


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the pieces between joints, but for those that follow a word of scale: "two hundred and five"."""
    begun = start
    for match in _JOINT.finditer(text, start, end):
        if not _SCALED.search(text[begun : match.start()]):
            yield begun, match.start()
            begun = match.end()
    yield begun, end
