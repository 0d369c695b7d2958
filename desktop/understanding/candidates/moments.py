"""Phrases of time and the days they mean, seen from the day the mail was written.

Conventions: a day without a year is the next such day, unless it was within the last 60 days; a bare weekday is the
next one; "next Thursday" is the Thursday of the following week (French "jeudi prochain": the next one to come); a
week means its Monday, "end of" a period its last day, a quarter its first day.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from desktop.understanding.calendar_words import MONTHS, NUMBERS, WEEKDAYS, alternatives

_MONTH = rf"(?:{alternatives(MONTHS)})"
_DAY_NAME = rf"(?:{alternatives(WEEKDAYS)})"
_COUNT = rf"(?:\d{{1,3}}|{alternatives(NUMBERS)})"
_ORDINAL = r"(?:st|nd|rd|th|er|\.)?"
_LEAD = rf"(?:\b{_DAY_NAME}\.?,?\s+(?:the\s+|den\s+|le\s+)?)?"
_SPAN = r"(?:\s?(?:-|–|to|bis|au)\s?\d{1,2}(?:st|nd|rd|th|\.)?(?!\d))?"


@dataclass(frozen=True, slots=True)
class Day:
    """Where a phrase stands, the day it means, and how sharp it is (0 to 1)."""

    start: int
    end: int
    day: date
    sharpness: float
    is_weekday: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """The day the mail was written and how short dates are to be read."""

    day: date
    month_first: bool


Resolver = Callable[[re.Match[str], Today], tuple[date, float] | None]


def _near(month: int, day: int, today: date) -> date | None:
    """Return the day of that month that lies nearest ahead, or at most 60 days back."""
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today - timedelta(days=60):
            return found
    return None


def _full(year: int, month: int, day: int) -> date | None:
    year = year + 2000 if year < 100 else year
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(match: re.Match[str], _today: Today) -> tuple[date, float] | None:
    found = _full(int(match["y"]), int(match["m"]), int(match["d"]))
    return (found, 1.0) if found else None


def _numeric(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    first, second = int(match["d"]), int(match["m"])
    swapped = match["sep"] != "." and (second > 12 or (today.month_first and first <= 12))
    day, month = (second, first) if swapped else (first, second)
    ambiguous = match["sep"] != "." and first <= 12 and second <= 12 and first != second
    found = (
        _full(int(match["y"]), month, day) if match["y"] else _near(month, day, today.day) if 1 <= month <= 12 else None
    )
    return (found, 0.8 if ambiguous else 1.0) if found else None


def _named(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    month, day = MONTHS[match["month"].lower()], int(match["d"])
    found = _full(int(match["y"]), month, day) if match["y"] else _near(month, day, today.day)
    return (found, 1.0) if found else None


def _weekday(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    wanted = WEEKDAYS[match["name"].lower()]
    word = ((match["before"] or "") + (match["after"] or "")).strip().lower()
    ahead = (wanted - today.day.weekday() - 1) % 7 + 1
    if re.search(r"last|past|letzte|vergangene|dernier|passé", word):
        return today.day - timedelta(days=(today.day.weekday() - wanted - 1) % 7 + 1), 0.5
    if re.search(r"next|nächste|naechste", word):
        monday = today.day - timedelta(days=today.day.weekday())
        return monday + timedelta(days=7 + wanted), 0.85
    if word == "week" or word.startswith("in einer"):
        return today.day + timedelta(days=ahead + 7), 0.8
    return today.day + timedelta(days=ahead), 0.9


def _relative_day(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    word = re.sub(r"\s+", " ", match["word"].lower()).replace("’", "'")
    days = 0 if word in ("today", "heute", "aujourd'hui") else 2 if word[:3] in ("day", "übe", "apr") else 1
    return today.day + timedelta(days=days), 0.85 if days else 0.6


def _counted(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    count = int(match["n"]) if match["n"].isdigit() else NUMBERS[match["n"].lower()]
    unit = match["unit"].lower()
    if unit.startswith(("mo", "moi")):
        return _add_months(today.day, min(count, 60)), 0.6
    days = 7 if unit.startswith(("w", "sem")) else 1
    return today.day + timedelta(days=count * days), 0.7


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _last_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _quarter(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    quarter = int(match["q"])
    year = today.day.year
    if match["y"]:
        year = int(match["y"]) + (2000 if int(match["y"]) < 100 else 0)
    elif quarter * 3 < today.day.month:
        year += 1
    if match["end"]:
        return _last_of(year, quarter * 3), 0.85
    return date(year, quarter * 3 - 2, 1), 0.55


def _end_of_month(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    month = MONTHS[match["month"].lower()]
    year = int(match["y"]) if match["y"] else today.day.year + (1 if month < today.day.month else 0)
    part = match["part"].lower()
    if part.startswith(("mid", "mitte", "mi-")):
        return date(year, month, 15), 0.6
    if part.startswith(("early", "begin", "anfang", "début", "start")):
        return date(year, month, 1), 0.6
    return _last_of(year, month), 0.85


def _end_of_period(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    phrase = match[0].lower()
    if re.search(r"year|jahr|an", phrase):
        return date(today.day.year, 12, 31), 0.8
    if re.search(r"month|monat|mois", phrase):
        return _last_of(today.day.year, today.day.month), 0.8
    return today.day + timedelta(days=(4 - today.day.weekday()) % 7), 0.8


def _week_number(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    week = int(match["w"])
    year = today.day.isocalendar().year
    try:
        monday = date.fromisocalendar(year, week, 1)
        if monday < today.day - timedelta(days=60):
            monday = date.fromisocalendar(year + 1, week, 1)
    except ValueError:
        return None
    return monday, 0.75


def _next_period(match: re.Match[str], today: Today) -> tuple[date, float] | None:
    unit = match["unit"].lower()
    day = today.day
    if unit.startswith(("week", "woch", "semaine")):
        return day + timedelta(days=7 - day.weekday()), 0.55
    if unit.startswith(("month", "monat", "mois")):
        return _add_months(day.replace(day=1), 1), 0.45
    if unit.startswith(("quarter", "quartal", "trimestre")):
        return _add_months(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3), 0.45
    return date(day.year + 1, 1, 1), 0.4


def _rule(pattern: str, resolve: Resolver) -> tuple[re.Pattern[str], Resolver]:
    return re.compile(pattern, re.IGNORECASE), resolve


_RULES = (
    _rule(r"(?<![\d-])(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?![\d-])", _iso),
    _rule(
        rf"{_LEAD}(?<![\d.,/-])(?P<d>\d{{1,2}})(?P<sep>\.)\s?(?P<m>\d{{1,2}})\.(?:\s?(?P<y>20\d\d"
        rf"|\d\d)(?!\d|[.:]\d))?(?!\d)", _numeric),
    _rule(rf"{_LEAD}(?<![\d.,/-])(?P<d>\d{{1,2}})(?P<sep>[/-])(?P<m>\d{{1,2}})(?P=sep)(?P<y>20\d\d|\d\d)(?![\d/-])",
        _numeric),
    _rule(
        rf"(?:(?<=on )|(?<=by )|(?<=le )|(?<=before )|(?<=avant le )|\b{_DAY_NAME}\.?,?\s+)"
        r"(?<![\d.,/-])(?P<d>\d{1,2})(?P<sep>/)(?P<m>\d{1,2})(?P<y>)(?![\d/%])", _numeric),
    _rule(
        rf"{_LEAD}(?<![\d.,/-])(?P<d>\d{{1,2}}){_ORDINAL}{_SPAN}\s+(?:of\s+"
        rf"|de\s+)?(?P<month>{_MONTH})\b\.?,?(?:\s+(?P<y>20\d\d)\b)?", _named),
    _rule(
        rf"{_LEAD}\b(?P<month>{_MONTH})\.?\s+(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd"
        rf"|th)?(?!\d){_SPAN}(?:,?\s+(?P<y>20\d\d)\b)?(?![.,]\d|:\d)", _named),
    _rule(
        r"\b(?P<part>(?:by |at )?(?:the )?end of|mid|early|beginning of|ende|mitte|anfang|fin|mi|début"
        r"|start of)[\s-]+(?:de\s+|d['’])?"
        rf"(?P<month>{_MONTH})\b(?:\s+(?P<y>20\d\d)\b)?", _end_of_month,
    ),
    _rule(
        r"\b(?P<end>(?:(?:the )?end of|ende|fin(?: du)?)\s+)?(?:the )?[qt](?P<q>[1-4])\b(?:[ /]?(?P<y>20\d\d"
        r"|\d\d)\b)?", _quarter),
    _rule(
        r"\b(?:end of (?:the |this )?(?:week|month|year)|(?:ende (?:des|der|dieses|dieser) )(?:monats|jahres"
        r"|woche)|monatsende|jahresende|wochenende"
        r"|fin (?:du mois|de (?:l['’])?année|d['’]année|de (?:la )?semaine)|close of play friday|year[- ]end"
        r"|month[- ]end)\b", _end_of_period,
    ),
    _rule(r"\b(?:week|kw|kalenderwoche|semaine)\s?(?P<w>[1-5]?\d)\b", _week_number),
    _rule(
        rf"\b(?:in|within|innerhalb von|dans|sous|d['’]ici)\s+(?:the next\s+)?(?P<n>{_COUNT})\s+(?P<unit>days?"
        rf"|tagen?|jours?|weeks?|wochen?|semaines?|months?|monaten?|mois)\b", _counted),
    _rule(r"\b(?P<word>day after tomorrow|tomorrow|today|übermorgen|après[- ]demain|demain|aujourd['’]hui|heute)\b",
        _relative_day),
    _rule(
        r"\b(?P<before>next |this |coming |last |past |(?:am |den |diesen |diese |kommenden |nächsten |naechsten "
        r"|letzten |vergangenen )+)?"
        rf"(?P<name>{_DAY_NAME})\b(?!\s+\d{{1,2}}[.:/]\d\d)(?P<after>\s+(?:prochain|dernier|passé|week)\b)?", _weekday,
    ),
    _rule(
        r"\b(?:next|nächste[nsrm]?|naechste[nsrm]?|kommende[nsrm]?|(?=(?:la |le )?(?:semaine|mois|trimestre"
        r"|année) prochaine?)(?:la |le )?)\s?(?P<unit>week|month|quarter|year|woche|monats?|quartals?|jahr(?:es)?"
        r"|semaine|mois|trimestre|année)(?: prochaine?)?\b", _next_period),
)  # fmt: skip
_MORGEN = re.compile(r"(?<!guten )\bmorgen\b(?! früh um)")


def find_moments(text: str, start: int, *, end: int, today: Today) -> Iterator[Day]:
    """Yield the days named in text[start:end], in order; of overlapping phrases the sharper rule wins."""
    taken: list[tuple[int, int]] = []
    found: list[Day] = []
    for pattern, resolve in _RULES:
        for match in pattern.finditer(text, start, end):
            if any(match.start() < last and first < match.end() for first, last in taken):
                continue
            if _is_plain_word(match[0]):
                continue
            resolved = resolve(match, today)
            if resolved and abs(resolved[0].year - today.day.year) <= 10:
                taken.append(match.span())
                found.append(Day(*match.span(), *resolved, is_weekday=resolve is _weekday))
    if "morgen" in text[start:end]:
        tomorrow = today.day + timedelta(days=1)
        found.extend(Day(*match.span(), tomorrow, 0.8) for match in _MORGEN.finditer(text, start, end))
    yield from sorted(found, key=lambda day: day.start)


def _is_plain_word(text: str) -> bool:
    """Short names of days that are more often ordinary words ("sat", "sun", "mon", "mer") need a capital."""
    return text.strip().lower() in ("sat", "sun", "mon", "wed", "fri", "thu", "tue") and not text.strip()[0].isupper()
