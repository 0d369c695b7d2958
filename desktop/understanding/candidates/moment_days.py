"""Dates with a day of the month: 2026-11-03, 3.11., 11/3, 3 November, November 3rd, Thursday the 17th."""

import re
from datetime import date, timedelta

from desktop.understanding.candidates.moment_types import DAY_NAME, MONTH, Meaning, Today, full, near, rule, year_before
from desktop.understanding.lexicon.calendar_words import MONTHS, SPOKEN_DAYS, WEEKDAYS, alternatives
from desktop.understanding.lexicon.words import words

_LEAD = (
    rf"(?:\b{DAY_NAME}\.?(?:~(?:the|den|dem|der|le|el|il|de|dia|día))?(?:,\s{{0,3}}|~)(?:the~|den~|dem~|der~|le~|el~"
    r"|il~|dia~|día~)?)?"
)
_ORDINAL = r"(?:st|nd|rd|th|er|º|°|\.)?"
_TO = r"(?:\s?(?:-|–|—|/)\s?|~(?:to|through|thru|until|bis|au|al|tot|do|a|and|und|et|y|e|en|&)~)"
_SPAN = rf"(?:{_TO}(?:the~|zum~)?(?P<last>\d{{1,2}})(?:st|nd|rd|th|\.)?(?!\d|[.:]\d))?"
_SPAN_AFTER = (
    r"(?:(?:\s?(?:-|–|—)\s?|~(?:to|through|thru|until|bis)~)(?P<last>\d{1,2})(?:st|nd|rd|th|\.)?"
    r"(?!\d|[.:]\d|\s?(?:am\b|pm\b|a\.m|p\.m|h\b|uhr)))?"
)
_YEAR = r"(?:\.?(?:,|~(?:de|del))?(?:~|-)(?P<y>(?:19|20)\d\d)(?!\d)|\s?['’](?P<y2>\d\d)(?!\d))?"
_FREE = r"(?<![\w.,/:-])"
_SPOKEN = rf"(?:{alternatives(SPOKEN_DAYS)})"
_BEFORE_SLASH = "|".join(
    rf"(?<=\b{word} )" for word in ("on", "by", "before", "until", "till", "from", "since", "dated", "of", "effective",
    "starting", "le", "au", "du", "avant le", "el", "il", "am", "vom", "bis", "thru", "due", "is", "for")
)  # fmt: skip
_NO_TIME = (
    r"(?!\d|[.:,]\d|\s?[-–]\s?\d|\s?(?:%|€|\$|uhr|h\b|hrs?\b|am\b|pm\b|a\.m|p\.m|o['’]clock|heures?|horas?|times"
    r"|people|x\b|k\b"
    r"|min|hours?|days?|tage|weeks?))"
)
_SECTION = re.compile(
    r"(?i)(?:§|\b(?:sections?|sect?|paragraphs?|clauses?|chapters?|articles?|version|ver|v|schedule|appendix|figure"
    r"|table|abschnitt|ziffer|kapitel|punkt|artikel|tabelle|absatz|nr|no|apartado|cl[áa]usula|punto|punt|rozdział))"
    r"\.?\s?$"
)
_COUNTED = r"~(?:of|day|days|hour|hours|inch|inches|price|off|full|page|pages|split|mix|support|pm|am)\b"
_DENOMINATORS = frozenset({2, 3, 4, 5, 6, 8, 10, 12, 16, 32})
_FRACTIONS = frozenset({"1/2", "1/3", "2/3", "1/4", "3/4", "24/7", "1/1"})


def _year(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    digits = groups.get("y") or groups.get("y2")
    return int(digits) if digits else None


def _last(day: date, match: re.Match[str]) -> date | None:
    digits = match.groupdict().get("last")
    last = full(day.year, day.month, int(digits)) if digits else None
    return last if last and last > day else None


def _iso(match: re.Match[str], _today: Today) -> Meaning | None:
    found = full(int(match["y"]), int(match["m"]), int(match["d"]))
    return Meaning(found, 1.0) if found else None


def _numeric(match: re.Match[str], today: Today) -> Meaning | None:
    first, second = int(match["d"]), int(match["m"])
    before = match.string[max(0, match.start() - 20) : match.start()]
    if not match["y"] and match["sep"] == "." and _SECTION.search(before):
        return None
    if not match["y"] and match["sep"] == "/" and f"{first}/{second}" in _FRACTIONS:
        return None
    swapped = match["sep"] != "." and (second > 12 or (today.month_first and first <= 12))
    day, month = (second, first) if swapped else (first, second)
    ambiguous = match["sep"] != "." and first <= 12 and second <= 12 and first != second
    if not 1 <= month <= 12:
        return None
    found = full(int(match["y"]), month, day) if match["y"] else near(month, day, today.day)
    if found is None:
        return None
    return Meaning(found, 0.85 if ambiguous else 1.0, _last(found, match), None if match["y"] else year_before(found))


def _bare_slash(match: re.Match[str], today: Today) -> Meaning | None:
    """Read "11/3" without a word before it that speaks of a day; what looks like a fraction or a size is none."""
    first, second = int(match["d"]), int(match["m"])
    if (first < second and second in _DENOMINATORS) or first == second or (first, second) == (24, 7):
        return None
    found = _numeric(match, today)
    return found._replace(sharpness=found.sharpness - 0.1) if found else None


def _named(match: re.Match[str], today: Today) -> Meaning | None:
    month, day, year = MONTHS[match["month"].lower()], int(match["d"]), _year(match)
    found = full(year, month, day) if year else near(month, day, today.day)
    return Meaning(found, 1.0, _last(found, match), None if year else year_before(found)) if found else None


def _spoken(match: re.Match[str], today: Today) -> Meaning | None:
    month = MONTHS[match["month"].lower()]
    found = near(month, SPOKEN_DAYS[re.sub(r"\s+", " ", match["d"].lower())], today.day)
    return Meaning(found, 0.95, None, year_before(found)) if found else None


def _day_of_month(match: re.Match[str], today: Today) -> Meaning | None:
    """Return the next day with this number, and with this weekday where one is named: "Thursday the 17th"."""
    word = re.sub(r"\s+", " ", match["d"].lower())
    day = int(word) if word.isdigit() else SPOKEN_DAYS[word]
    name = match.groupdict().get("name")
    for ahead in (*range(46), *range(-1, -15, -1)):
        found = today.day + timedelta(days=ahead)
        if found.day == day and (not name or found.weekday() == WEEKDAYS[name.lower()]):
            return Meaning(found, 0.95 if name else 0.85)
    return None


_MONTH_WORDS = frozenset(MONTHS)
_DAY_WORDS = frozenset(WEEKDAYS)

DAY_RULES = (
    rule(r"(?<![\w-])(?P<y>(?:19|20)\d\d)(?P<sep>[-/])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?![\d-])", _iso),
    rule(
        rf"{_LEAD}{_FREE}(?P<d>\d{{1,2}})\.\s?(?:[-–]|bis)\s?(?P<last>\d{{1,2}})(?P<sep>\.)\s?(?P<m>\d{{1,2}})\."
        r"(?:\s?(?P<y>20\d\d|\d\d)(?!\d|[.:]\d))?(?!\d)", _numeric),
    rule(
        rf"{_LEAD}{_FREE}(?P<d>\d{{1,2}})(?P<sep>\.)\s?(?P<m>\d{{1,2}})\.(?:\s?(?P<y>(?:19|20)\d\d"
        r"|\d\d)(?!\d|[.:]\d))?(?!\d)", _numeric),
    rule(rf"{_LEAD}{_FREE}(?P<d>\d{{1,2}})(?P<sep>[/-])(?P<m>\d{{1,2}})(?P=sep)(?P<y>(?:19|20)\d\d|\d\d)(?![\d/-])",
        _numeric),
    rule(
        rf"(?:{_BEFORE_SLASH}|(?<=\()|\b(?=\d{{1,2}}/\d{{1,2}}~(?:at|@|um|à)~?\d)|\b{DAY_NAME}\.?,?~(?:the~|le~|el~)?)"
        rf"{_FREE}(?P<d>\d{{1,2}})(?P<sep>/)(?P<m>\d{{1,2}})(?P<y>)"
        r"(?:\s?[-–]\s?\d{1,2}/\d{1,2})?(?![\d/%]|~(?:of|day|hour|inch|price|off|full|page))", _numeric),
    rule(rf"(?<![\w.,/:$€£#+-])(?P<d>\d{{1,2}})(?P<sep>/)(?P<m>\d{{1,2}})(?P<y>)(?=[\s,;:!?)]|\.(?!\d)|\Z)(?!{_COUNTED})",
        _bare_slash),
    rule(
        rf"{_LEAD}{_FREE}(?P<d>\d{{1,2}}){_ORDINAL}{_SPAN}(?:~|-)?(?:of~|de~|d['’]|di~)?(?P<month>{MONTH})\b{_YEAR}",
        _named, _MONTH_WORDS),
    rule(
        rf"{_LEAD}\b(?P<month>{MONTH})\.?~(?:the~)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d){_SPAN_AFTER}{_YEAR}"
        r"(?![.,]\d|:\d)",
        _named, _MONTH_WORDS),
    rule(rf"{_LEAD}\b(?P<d>{_SPOKEN})~(?:of~)?(?P<month>{MONTH})\b", _spoken, _MONTH_WORDS),
    rule(rf"{_LEAD}\b(?P<month>{MONTH})~(?:the~)?(?P<d>{_SPOKEN})\b", _spoken, _MONTH_WORDS),
    rule(
        rf"(?<![-–])\b(?P<name>{DAY_NAME})\.?,?~(?:(?:das ist |that['’]s )?(?:the|der|den|dem|le|el|il|dia|día|de)~)?"
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th|º|\.(?!\d))?{_NO_TIME}", _day_of_month, _DAY_WORDS),
    rule(
        rf"\b(?P<name>{DAY_NAME}),?~(?:(?:das ist|that['’]s)~)?(?:the|der|den|dem)~(?P<d>{_SPOKEN})\b",
        _day_of_month, _DAY_WORDS),
    rule(
        r"\b(?:(?<=\bon )|(?<=\bby )|(?<=\buntil )|(?<=\bbefore )|(?<=\bfor )|(?<=\bfrom )|(?<=\btill )"
        r"|(?<=\bafter )|(?<=\bthrough )|(?<=\bsince )|(?<=\baround )|(?<=\bto )|(?<=\bor )|(?<=\bnot )|(?<=\bthan ))"
        r"the~(?P<d>\d{1,2})(?:st|nd|rd|th)\b(?!~(?!(?:and|at|to|or|if|from|for|in|with|is|works|we|so|would|will|as|but"
        r"|i|then|otherwise|already|please|instead|when|because|not|due|suits)\b)[a-z])",
        _day_of_month),
    rule(
        r"(?:(?<=\bpour )|(?<=\bavant )|(?<=\bdès )|(?<=\bvers )|(?<=\bantes d)|(?<=\bpartir d)|(?<=\bhasta )"
        r"|(?<=\bentro )|(?<=\bprima d)|(?<=\bpara ))(?:le|el|il)~(?P<d>\d{1,2})"
        r"(?!\d|[.:,/]\d|\s?(?:h\b|%|€|[^\W\d_]{4,}))", _day_of_month),
    rule(rf"\b(?:dia|día)~(?P<d>\d{{1,2}}){_NO_TIME}", _day_of_month, words("dia día")),
    rule(
        r"\b(?:am|zum|vom|ab~dem|bis~zum|vor~dem|nach~dem|seit~dem|um~den|gegen~den|auf~den)~(?P<d>\d{1,2})"
        r"\.(?!\d)(?!\s{0,3}(?:\d|(?-i:[A-ZÄÖÜ])[a-zäöüß]{3,}))",
        _day_of_month, words("am zum vom dem den")),
    rule(
        r"\b(?:op|voor|vóór|tot|vanaf|senast|innan|senest|inden|före|før|från|fra)~(?:de|den)~(?P<d>\d{1,2})(?:e|de|ste|:e|\.)?"
        r"(?![\w:/]|[.,]\d|~(?:[a-zà-ÿ]{4,}))", _day_of_month, words("de den")),
)  # fmt: skip
