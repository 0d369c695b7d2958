"""What stands beside telephone numbers and says what they are for, and numbers that are none.

`resources/understanding/phones.json` lists the words; case does not matter.
"""

import json
import re
from enum import StrEnum
from functools import cache
from re import Pattern

from desktop.system import resources


class Use(StrEnum):
    """What a number is for."""

    OFFICE = "office"
    DIRECT = "direct"
    SWITCHBOARD = "switchboard"
    HOME = "home"
    MOBILE = "mobile"
    FAX = "fax"
    PAGER = "pager"
    BOTH = "telephone and fax"
    UNSAID = "unsaid"


_GAP = r"[^\d\n,;|·•]{0,24}$"
_AND = r"\s{0,2}(?:/|&|\+|or|and|und|oder|et|ou|y|o|e|en)\s{0,2}"
_FIRST = (Use.FAX, Use.PAGER, Use.MOBILE, Use.SWITCHBOARD, Use.DIRECT, Use.HOME, Use.OFFICE)
_SYMBOLS = ((Use.MOBILE, "📱"), (Use.FAX, "📠🖷"), (Use.OFFICE, "☎📞✆"))


def use_before(before: str) -> Use:
    """Return what the words just before a number say it is for."""
    if _joined().search(before):
        return Use.BOTH
    found = [
        (match.start(), -order, use)
        for order, (use, pattern) in enumerate(_labels_before())
        if (match := _last(pattern, before))
    ]
    tail = before[-6:].rstrip(" \t:\ufe0f.")
    found += [(len(before), -9, use) for use, symbols in _SYMBOLS if tail and tail[-1] in symbols]
    return max(found)[2] if found else Use.UNSAID


def _last(pattern: Pattern[str], before: str) -> re.Match[str] | None:
    """Return the last place where the pattern matches up to the end."""
    tail = before[-40:]
    found = None
    start = 0
    while (match := pattern.search(tail, start)) is not None:
        found, start = match, match.start() + 1
    return found


def use_after(after: str) -> Use:
    """Return what the words right behind a number say it is for; an extension makes it an office's."""
    if _extension().match(after):
        return Use.OFFICE
    return next((use for use, pattern in _labels_behind() if pattern.match(after)), Use.UNSAID)


def is_called(before: str) -> bool:
    """Whether the words before a number tell to call it."""
    return bool(_ends_with("calling", r"[^\d]{0,60}$").search(before))


def is_other_number(before: str) -> bool:
    """Whether the words before say that it is a number of another kind; ask only where no label says otherwise."""
    is_in_footer = bool(_ends_with("footer", r"[^\n]{0,40}$").search(before))
    is_numbered = bool(_ends_with("a number's sign", r"[.:]?\s{0,2}$").search(before))
    return is_in_footer or is_numbered or bool(_ends_with("other numbers", r"[^\d,;|]{0,16}$").search(before))


def is_dial_in(line: str) -> bool:
    """Whether a line is about a conference that one dials into."""
    return bool(_ends_with("dial in", "").search(line))


def is_in_conference(near: str) -> bool:
    """Whether the text around a number is about dialling into a conference."""
    return bool(_ends_with("conference", r"\b").search(near))


def is_outdated(before: str, after: str) -> bool:
    """Whether a number is said to be the old one."""
    old, new = _ends_with("old", r"\b[^.\n]{0,40}$").search(before), _new().search(before)
    return bool(_old_behind().match(after)) or bool(old and (not new or new.start() < old.start()))


def is_new(before: str) -> bool:
    """Whether a number is said to be the new one."""
    return bool(_new().search(before))


# --- patterns -------------------------------------------------------------------------------------------------------


@cache
def _words(group: str) -> str:
    listed = json.loads(resources.path("understanding", "phones.json").read_text(encoding="utf-8"))
    return "|".join(listed[group])


@cache
def _ends_with(group: str, end: str) -> Pattern[str]:
    """Return what matches any word of a list with `end` behind it; a whole word unless `end` is empty."""
    close = r"\b" if end and not end.startswith(r"\b") else ""
    return re.compile(rf"(?i)(?<!\w)(?:{_words(group)}){close}{end}")


@cache
def _labels_before() -> tuple[tuple[Use, Pattern[str]], ...]:
    return tuple((use, re.compile(rf"(?i)(?<![\w'’])(?:{_words(use.value)})(?![\w'’]){_GAP}")) for use in _FIRST)


@cache
def _labels_behind() -> tuple[tuple[Use, Pattern[str]], ...]:
    """Return what matches a label right behind a number: `(cell)`, `Direct`, `- fax`, then an end or a separator."""
    end = r"(?![\w'’:.])\s{0,2}[)\]]?(?=\s{0,4}(?:$|[,;|/·•(\d+]|\n|\s\s))"
    return tuple(
        (use, re.compile(rf"(?i)[ \t]{{0,3}}[(\[-]?\s?(?:{_words(f'{use.value} behind')}){end}")) for use in _FIRST
    )


@cache
def _extension() -> Pattern[str]:
    return re.compile(rf"(?i)[\s(,/–-]{{0,4}}(?:(?:{_words('extension')})\b|x\s?\d)")


@cache
def _joined() -> Pattern[str]:
    """Return what matches labels for telephone and fax at once, `Tel./Fax` or `phone or fax`."""
    office, fax = _words(Use.OFFICE.value), _words(Use.FAX.value)
    end = r"(?!\w)[^\d\n]{0,20}$"
    return re.compile(rf"(?i)(?<!\w)(?:(?:{office})\.?{_AND}(?:{fax})|(?:{fax})\.?{_AND}(?:{office})){end}")


@cache
def _new() -> Pattern[str]:
    return re.compile(rf"(?i)\b(?:{_words('new')})\b.{{0,50}}$")


@cache
def _old_behind() -> Pattern[str]:
    return re.compile(rf"(?i)\s{{0,3}}[(,]?\s?(?:is|was|will be|ist|wird|est)?\s?(?:{_words('old behind')})")
