"""What a rule for phrases of time is made of, and a few turns of the calendar that all of them need."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from desktop.understanding.lexicon.calendar_words import MONTHS, NUMBERS, WEEKDAYS, alternatives

MONTH = rf"(?:{alternatives(MONTHS)})"
DAY_NAME = rf"(?:{alternatives(WEEKDAYS)})"
COUNT = rf"(?:\d{{1,3}}|{alternatives(NUMBERS)})"
GAP = r"\s{1,3}"
RECENT = 60


@dataclass(frozen=True, slots=True)
class Day:
    """Where a phrase stands, the day it means, how sharp it is (0 to 1), and the last day of a stretch of time.

    `back` is the day the same words mean where the text speaks of the past: "Friday", "in May", "on 5 October".
    """

    start: int
    end: int
    day: date
    sharpness: float
    last: date | None = None
    back: date | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """The day the mail was written and how short dates are to be read."""

    day: date
    month_first: bool


class Meaning(NamedTuple):
    """The day a phrase means, how sharp it is, the last day of a stretch of time, and the day it means of the past."""

    day: date
    sharpness: float
    last: date | None = None
    back: date | None = None


Resolver = Callable[[re.Match[str], Today], Meaning | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, what its matches mean, and the words (or "0" for a digit) without one of which it cannot match."""

    pattern: re.Pattern[str]
    resolve: Resolver
    needs: frozenset[str]


DIGIT = frozenset({"0"})


def rule(pattern: str, resolve: Resolver, needs: frozenset[str] = DIGIT) -> Rule:
    """Return a Rule; case is ignored, and `~` in the pattern is one gap between words, a line break among them."""
    return Rule(re.compile(pattern.replace("~", GAP), re.IGNORECASE), resolve, needs)


def near(month: int, day: int, today: date) -> date | None:
    """Return the day of that month that lies nearest ahead, or at most RECENT days back."""
    for year in (today.year - 1, today.year, today.year + 1):
        found = full(year, month, day)
        if found and found >= today - timedelta(days=RECENT):
            return found
    return None


def full(year: int, month: int, day: int) -> date | None:
    """Return the date, or None where there is no such day; two digits of a year are of this century, or the last."""
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def year_before(day: date) -> date:
    """Return the same day a year earlier; of 29 February the 28th."""
    return add_months(day, -12)


def last_of(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def monday_of(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def number(word: str) -> int:
    """Return what a word or digits count."""
    return int(word) if word.isdigit() else NUMBERS[word.lower()]
