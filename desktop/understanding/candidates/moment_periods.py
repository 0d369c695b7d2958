"""Stretches of time: end of November, Q3, KW 42, next month, this week, in March."""

import re
from datetime import date, timedelta

from desktop.understanding.candidates.moment_types import (
    MONTH,
    Meaning,
    Today,
    last_of,
    monday_of,
    near,
    rule,
)  # fmt: skip
from desktop.understanding.lexicon.calendar_words import MONTHS
from desktop.understanding.lexicon.words import words

_YEAR = r"(?:(?:,|~(?:de|del|of))?~(?P<y>(?:19|20)\d\d)(?!\d))?"
_END = (
    r"(?:the~)?end~of|late|ende?(?:~von)?|ultimo|fin(?:~de)?|fine(?:~di)?|(?:a~|ao~)?fina(?:l|les|is)~d[eo]|eind(?:e)?(?:~van)?"
    r"|fim~d[eo]|konec|koncem|(?:do~)?konce|pod~koniec|(?:do~)?końca|koniec|slutet~av|slutningen~af"
)
_MIDDLE = r"mid|mitte|mi|medio|metà(?:~di)?|(?:a~)?mediados~de|half|meados~de|w~połowie|mitten~av|middle~of"
_BEGIN = (
    r"early|(?:the~)?(?:beginning|start)~of|first~week~of|anfang|beginn?(?:~van)?|début|inizio|(?:a~)?(?:principios"
    r"|inicios)~de"
    r"|primeros~de|início~de|na~początku|början~av|starten~af"
)
_PARTS = rf"(?:(?P<end>{_END})|(?P<middle>{_MIDDLE})|(?P<begin>{_BEGIN}))[\s-]{{1,3}}(?:the~|d['’]|de~|der~|des~)?"
_UNITS = {
    "week": "week|woche|semaine|semana|settimana|tydzień|tygodnia|tygodniu|hafta|veckan?|uge|uke",
    "month": "month|monats?|mois|mes|mese|maand|mês|miesiąca|miesiącu|månad(?:en)?",
    "quarter": "quarter|quartals?|trimestre|kwartaal|kwartału",
    "year": "year|jahr(?:es)?|année|año|anno|jaar|ano|roku|yıl|året",
}
_UNIT = "(?:" + "|".join(f"(?P<{name}>{said})" for name, said in _UNITS.items()) + r")\b"
_MONTH_WORDS = frozenset(MONTHS)
_UNIT_WORDS = words(
    "week woche semaine semana settimana tydzień tygodnia tygodniu hafta vecka veckan uge uke month monat monats mois "
    "mes mese maand mês miesiąca miesiącu månad månaden quarter quartal quartals trimestre kwartaal kwartału year "
    "jahr jahres "
    "année año anno jaar ano roku yıl året"
)


def _part_of_month(match: re.Match[str], today: Today) -> Meaning | None:
    month = MONTHS[match["month"].lower()]
    year = int(match["y"]) if match["y"] else _year_of(month, today)
    now, back = (_day_in(date(each, month, 1), match) for each in (year, year - 1))
    sharpness = 0.75 if match["middle"] else 0.7 if match["begin"] else 0.9
    return Meaning(now, sharpness, None, None if match["y"] else back)


def _day_in(first: date, match: re.Match[str]) -> date:
    if match["middle"]:
        return first.replace(day=15)
    return first if match["begin"] else last_of(first.year, first.month)


def _part_of_year(match: re.Match[str], _today: Today) -> Meaning | None:
    year = int(match["y"])
    month, day = (7, 1) if match["middle"] else (1, 1) if match["begin"] else (12, 31)
    return Meaning(date(year, month, day), 0.6, None if match["end"] else date(year, 12, 31))


def _year_of(month: int, today: Today) -> int:
    """Return the year of the month meant: the next one, or the last where that is at most two months back."""
    found = near(month, 28, today.day)
    return found.year if found else today.day.year


def _month(match: re.Match[str], today: Today) -> Meaning | None:
    name, after = match["month"], match.string[match.end() : match.end() + 2]
    is_name = name.lower() in _FIRST_NAMES and after[:1] == " " and after[1:].isupper()
    if name in ("may", "march") or (is_name and not match["y"]):
        return None
    month = MONTHS[match["month"].lower()]
    year = int(match["y"]) if match["y"] else _year_of(month, today)
    back = None if match["y"] else date(year - 1, month, 1)
    return Meaning(date(year, month, 1), 0.6, last_of(year, month), back)


_ORDINALS = {"first": 1, "1st": 1, "1": 1, "second": 2, "2nd": 2, "2": 2, "third": 3, "3rd": 3, "3": 3, "fourth": 4,
    "4th": 4, "4": 4, "ersten": 1, "zweiten": 2, "dritten": 3, "vierten": 4, "premier": 1, "deuxième": 2,
    "troisième": 3, "quatrième": 4, "primer": 1, "segundo": 2, "tercer": 3, "cuarto": 4, "erste": 1, "zweite": 2,
    "dritte": 3, "vierte": 4, "last": 5, "letzte": 5, "letzten": 5, "1re": 1, "2e": 2, "3e": 3, "4e": 4, "1er": 1,
    "première": 1, "dernière": 5}  # fmt: skip
_FIRST_NAMES = words("april june may jan august juli mai avril")
_NTH = "|".join(sorted(_ORDINALS, key=len, reverse=True))


def _quarter(match: re.Match[str], today: Today) -> Meaning | None:
    groups = match.groupdict()
    quarter = int(groups["q"]) if groups.get("q") else _ORDINALS.get((groups.get("nth") or "").lower().rstrip("."), 5)
    if quarter > 4:
        return None
    year = today.day.year
    if match["y"]:
        year = int(match["y"]) + (2000 if int(match["y"]) < 100 else 0)
    elif quarter * 3 < today.day.month:
        year += 1
    first, last = date(year, quarter * 3 - 2, 1), last_of(year, quarter * 3)
    return Meaning(last, 0.9) if match["end"] else Meaning(first, 0.65, last)


def _half(match: re.Match[str], today: Today) -> Meaning | None:
    year = int(match["y"]) if match["y"] else today.day.year + (match["h"] == "1" and today.day.month > 6)
    first, last = (date(year, 1, 1), date(year, 6, 30)) if match["h"] == "1" else (date(year, 7, 1), date(year, 12, 31))
    return Meaning(last, 0.8) if match["end"] else Meaning(first, 0.5, last)


def _span_of(match: re.Match[str], day: date) -> tuple[date, date]:
    if match["week"]:
        return monday_of(day), monday_of(day) + timedelta(days=6)
    if match["month"]:
        return day.replace(day=1), last_of(day.year, day.month)
    if match["quarter"]:
        first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        return first, last_of(first.year, first.month + 2)
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _end_of_period(match: re.Match[str], today: Today) -> Meaning | None:
    day = today.day
    if match.groupdict().get("next"):
        day = _span_of(match, day)[1] + timedelta(days=1)
    first, last = _span_of(match, day)
    return Meaning(_workday(first, last, today), 0.9)


def _workday(first: date, last: date, today: Today) -> date:
    """Return the last day of the period; of a week its Friday, unless that is over."""
    friday = first + timedelta(days=4)
    return friday if (last - first).days == 6 and friday >= today.day else last


def _short_end(match: re.Match[str], today: Today) -> Meaning | None:
    letter = {"h": "w", "a": "m"}.get(match["p"].lower()[0], match["p"].lower()[0])
    day = today.day
    if letter == "w":
        return Meaning(_workday(monday_of(day), monday_of(day) + timedelta(days=6), today), 0.9)
    if letter == "m":
        return Meaning(last_of(day.year, day.month), 0.9)
    if letter == "q":
        return Meaning(last_of(day.year, (day.month - 1) // 3 * 3 + 3), 0.9)
    return Meaning(date(day.year, 12, 31), 0.9)


def _week_number(match: re.Match[str], today: Today) -> Meaning | None:
    week = int(match["w"])
    year = int(match["y"]) if match["y"] else today.day.isocalendar().year
    try:
        monday = date.fromisocalendar(year, week, 1)
        if not match["y"] and monday < today.day - timedelta(days=60):
            monday = date.fromisocalendar(year + 1, week, 1)
    except ValueError:
        return None
    if match["end"]:
        return Meaning(monday + timedelta(days=4), 0.9)
    if match["word"].lower() == "week" and monday - today.day > timedelta(days=200):
        return None
    return Meaning(monday, 0.85, monday + timedelta(days=6))


def _week_of_month(match: re.Match[str], today: Today) -> Meaning | None:
    month, nth = MONTHS[match["month"].lower()], _ORDINALS[match["nth"].lower()]
    year = _year_of(month, today)
    if nth == 5:
        monday = monday_of(last_of(year, month))
    else:
        monday = date(year, month, 1)
        monday += timedelta(days=(7 - monday.weekday()) % 7 + 7 * (nth - 1))
    return Meaning(monday, 0.75, monday + timedelta(days=6))


def _coming(match: re.Match[str], today: Today) -> Meaning | None:
    after = _span_of(match, today.day)[1] + timedelta(days=1)
    first, last = _span_of(match, after)
    return Meaning(first, 0.64 if match["week"] else 0.6, last)


def _after_next(_match: re.Match[str], today: Today) -> Meaning | None:
    monday = monday_of(today.day) + timedelta(days=14)
    return Meaning(monday, 0.64, monday + timedelta(days=6))


def _running(match: re.Match[str], today: Today) -> Meaning | None:
    first, last = _span_of(match, today.day)
    return Meaning(_workday(first, last, today), 0.6 if match["week"] else 0.3, last)


def _gone(match: re.Match[str], today: Today) -> Meaning | None:
    first, last = _span_of(match, _span_of(match, today.day)[0] - timedelta(days=1))
    return Meaning(first, 0.45, last)


_NEXT = (
    r"next|the~coming|coming|the~following|(?:in~der~|der~|die~)?nächste[nsrm]?|naechste[nsrm]?|(?:in~der~|der~|die~)?"
    r"kommende[nsrm]?|volgende?|komende|la~próxima|el~próximo|próxim[oa]|proximo|la~prossima|il~prossimo|przyszłym"
    r"|nästa"
)
_NEXT_AFTER = r"prochaine?|próxim[oa]|que~viene|prossim[oa]|que~vem"
_THIS = r"this|current|in~diese[rnm]|diese[rnsm]?|cette|ce|est[ae]|quest[ao]|deze|dit|tym|bu|denna"
_LAST = r"last|previous|letzte[nsrm]?|vergangene[nsrm]?|vorige[nsrm]?|afgelopen|el~pasado|la~pasada|zeszłym|förra"
_AT_MONTH = (
    r"in|by|until|till|from|since|for|during|before|of|early|late|im|ab|seit|bis|en|d['’]ici|avant|depuis|vers|courant"
    r"|entro|desde|antes~de|hasta|para|em|w|do|od|vanaf|tegen|per|through|after|nach|après|begin|starting|effective|til"
)
_PERIOD_WORDS = _UNIT_WORDS

PERIOD_RULES = (
    rule(rf"\b(?P<nth>{_NTH})\.?~(?:full~)?(?:week|woche|semaine|semana)~(?:of~|in~|im~|de~|d['’])?(?P<month>{MONTH})\b",
        _week_of_month, _MONTH_WORDS),
    rule(rf"\b{_PARTS}(?P<month>{MONTH})\b{_YEAR}", _part_of_month, _MONTH_WORDS),
    rule(rf"\b{_PARTS}(?P<y>20\d\d)(?![\d-])", _part_of_year),
    rule(
        rf"\b(?:(?P<end>{_END})~(?:du~|des~|the~)?)?(?:(?:early|mid|anfang|mitte)[\s-])?Q\s?(?P<q>[1-4])\b"
        r"(?:(?:[ /-]|~of~)?['’]?(?P<y>20\d\d|\d\d)\b)?", _quarter),
    rule(
        rf"\b(?P<end>{_END}|début|au)~(?:du~)?T(?P<q>[1-4])\b(?:[ /](?P<y>20\d\d|\d\d)\b)?", _quarter),
    rule(
        rf"\b(?:(?P<end>{_END})~(?:du~|des~|the~|del~)?)?(?:the~|im~|au~|el~)?(?P<nth>{_NTH}|[1-4]\.)~"
        r"(?:quarter|quartals?|trimestre|kwartaal)\b(?:~(?:of~)?(?P<y>20\d\d))?", _quarter,
        words("quarter quartal quartals trimestre kwartaal")),
    rule(rf"\b(?:(?P<end>{_END})~)?H(?P<h>[12])\b(?:[ /](?P<y>20\d\d)\b)?", _half),
    rule(
        rf"\b(?:by~|at~|am~|zum~|bis~)?(?:{_END})~(?:the~|this~|of~|des~|der~|dieses~|dieser~|du~|de~|la~|l['’]|d['’]"
        rf"|del~"
        rf"|het~|deze~){{0,2}}(?P<next>next~|nächste[rns]?~|kommende[rns]?~|volgende~)?{_UNIT}(?:~prochaine?\b)?",
        _end_of_period, _PERIOD_WORDS),
    rule(r"\b(?P<p>hafta|ay|yıl)~sonu\w{0,6}\b", _short_end, words("hafta ay yıl")),
    rule(r"\b(?:the~week~after~next|(?:in~der~)?übernächste[rn]?~woche)\b", _after_next, words("week woche")),
    rule(r"\b(?:eo)(?P<p>[wmqy])\b", _short_end, words("eow eom eoq eoy")),
    rule(r"\b(?P<p>year|month|quarter|week)(?:[ -]end\b(?!s))", _short_end, words("year month quarter")),
    rule(r"\b(?:zum~|bis~(?:zum~)?|am~)?(?P<p>monat|jahr|quartal)e?sende\b", _short_end,
        words("monatsende jahresende quartalsende")),
    rule(
        r"\b(?:(?P<end>ende|(?:the~)?end~of|fin)~)?(?P<word>week|wk\.?|kw|cw|kalenderwoche|woche|semaine|semana"
        r"|settimana|vecka|uke"
        r"|uge)\s?(?P<w>[1-5]?\d)\b(?![.:,]\d"
        r"|\s?(?:%|of\b|von\b))(?:\s?[/-]\s?[1-5]\d\b)?(?:(?:[ /]|~of~)(?P<y>20\d\d)\b)?", _week_number),
    rule(rf"\b(?:(?:within|in|by|for|during|dans|en|op|w)~)?(?:{_NEXT})~{_UNIT}(?!~or~so)", _coming, _PERIOD_WORDS),
    rule(rf"\b(?:la~|le~|el~|l['’]|il~)?{_UNIT}~(?:{_NEXT_AFTER})\b", _coming, _PERIOD_WORDS),
    rule(rf"\b(?:later~)?(?:{_THIS})~{_UNIT}(?!~(?:on~)?(?:mon|tue|wed|thu|fri)\w*)", _running, _PERIOD_WORDS),
    rule(rf"\b(?:{_LAST})~{_UNIT}", _gone, _PERIOD_WORDS),
    rule(rf"\b(?:la~|le~|l['’]|el~|il~)?{_UNIT}~(?:dernière?|pasad[oa]|scors[oa]|geleden)\b", _gone, _PERIOD_WORDS),
    rule(rf"\b(?:(?:{_AT_MONTH})~)(?P<month>{MONTH})\b(?!~\d{{1,2}}\b){_YEAR}", _month, _MONTH_WORDS),
    rule(rf"\b(?P<month>{MONTH})~(?:de~|del~|of~)?(?P<y>(?:19|20)\d\d)(?!\d)", _month, _MONTH_WORDS),
)  # fmt: skip
