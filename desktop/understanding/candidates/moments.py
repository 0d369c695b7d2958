"""Phrases of time and the days they mean, seen from the day the mail was written.

Conventions: a day without a year is the next such day, unless it was within the last 60 days; a bare weekday is the
next one; "next Thursday" is the Thursday of the following week (French "jeudi prochain": the next one to come); of a
stretch of time the day is the first, "end of" a period its last day. What is left of a week, a month or a year that
has begun ("this week") means the last working day. Words of a fiscal year mean no day at all: nobody outside knows
when it begins.
"""

import re
from collections.abc import Iterator
from datetime import date

from desktop.understanding.candidates.moment_days import DAY_RULES
from desktop.understanding.candidates.moment_holidays import HOLIDAY_RULES
from desktop.understanding.candidates.moment_periods import PERIOD_RULES
from desktop.understanding.candidates.moment_types import Day, Today
from desktop.understanding.candidates.moment_weekdays import WEEKDAY_RULES

__all__ = ["Day", "Today", "find_moments"]

MAX_YEARS = 10
MAX_FOUND = 60
_RULES = (*DAY_RULES, *HOLIDAY_RULES, *WEEKDAY_RULES, *PERIOD_RULES)
_WORD = re.compile(r"[^\W\d_]+(?:-feira)?")
_DIGIT = re.compile(r"\d")
_FISCAL_BEFORE = re.compile(r"(?i)\b(?:fiscal|financial|fy|gj|geschäftsjahr\w*|exercice|ejercicio)[\W\d]{0,6}$")
_FISCAL_AFTER = re.compile(
    r"(?i)\W{0,3}(?:of (?:the |our |their |your )?)?(?:fiscal|financial|fy\b|gj\b|geschäftsjahr)"
)
_NAME_BEFORE = re.compile(r"[A-ZÄÖÜ]\w{0,10}[ (]$")
_FRENCH_BEFORE = re.compile(r"(?i)\b(?:me|te|se|la|les|nous|vous|il|elle|on|qui|ça|ne|y)\s$")  # "ça me tue"
_FILE_NAME = re.compile(r"(?i)[\w-]{0,40}\.(?:docx?|xlsx?|pptx?|pdf|txt|csv|zip|png|jpe?g|gif|rtf|html?|eml|msg|ics)\b")
_NAME_LIKE = frozenset({"sat", "sun", "mon", "wed", "may", "mars", "march", "august", "jan", "april", "june", "nov"})


def find_moments(text: str, start: int, *, end: int, today: Today) -> Iterator[Day]:
    """Yield the days named in text[start:end], in order; of overlapping phrases the sharper rule wins."""
    said = text[start:end].lower()
    words = set(_WORD.findall(said))
    if _DIGIT.search(said):
        words.add("0")
    taken: list[tuple[int, int]] = []
    found: list[Day] = []
    for rule in _RULES:
        if not words & rule.needs:
            continue
        for match in rule.pattern.finditer(text, start, end):
            if len(found) >= MAX_FOUND:
                break
            if any(match.start() < last and first < match.end() for first, last in taken):
                continue
            if _is_plain_word(match) or _is_fiscal(text, *match.span()) or _FILE_NAME.match(text, match.end()):
                continue
            meaning = rule.resolve(match, today)
            if meaning and _is_near(meaning.day, today.day):
                taken.append(match.span())
                day = Day(*match.span(), meaning.day, meaning.sharpness, meaning.last, meaning.back)
                found.append(day)
    yield from sorted(found, key=lambda day: day.start)


def _is_near(day: date, today: date) -> bool:
    return abs(day.year - today.year) <= MAX_YEARS


def _is_plain_word(match: re.Match[str]) -> bool:
    """Short names that are more often ordinary words ("sat", "sun", "may") need a capital; "USA Today" is a name."""
    plain = match[0].strip()
    if plain == "tue" and _FRENCH_BEFORE.search(match.string, max(0, match.start() - 8), match.start()):
        return True
    if plain in ("Today", "Sun", "Tomorrow"):
        return bool(_NAME_BEFORE.search(match.string[max(0, match.start() - 12) : match.start()]))
    return plain.lower() in _NAME_LIKE and not plain[0].isupper()


def _is_fiscal(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 30) : start], text[end : end + 40]
    return bool(_FISCAL_BEFORE.search(before) or _FISCAL_AFTER.match(after) or "fiscal" in text[start:end].lower())
