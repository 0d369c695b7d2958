"""Numbers in words, as they are said on the telephone: "eighteen thousand", "twenty two five", "zweiunddreißig acht".

English, German and French up to the millions. Two short numbers side by side ("forty eight four") are thousands and
hundreds, as people say prices.
"""

import re
from decimal import Decimal

_UNITS = {
    word: number
    for number, names in enumerate((
        "zero null oh", "one ein eins eine un", "two zwei zwo deux", "three drei trois", "four vier quatre",
        "five fünf fuenf cinq", "six sechs", "seven sieben sept", "eight acht huit", "nine neun neuf", "ten zehn dix",
        "eleven elf onze", "twelve zwölf zwoelf douze", "thirteen dreizehn treize", "fourteen vierzehn quatorze",
        "fifteen fünfzehn fuenfzehn quinze", "sixteen sechzehn seize", "seventeen siebzehn", "eighteen achtzehn",
        "nineteen neunzehn",
    ))
    for word in names.split()
}  # fmt: skip
_TENS = {
    word: number * 10
    for number, names in enumerate((
        "twenty zwanzig vingt", "thirty dreißig dreissig trente", "forty fourty vierzig quarante",
        "fifty fünfzig fuenfzig cinquante", "sixty sechzig soixante", "seventy siebzig", "eighty achtzig",
        "ninety neunzig",
    ), 2)
    for word in names.split()
}  # fmt: skip
_SCALES = {
    "hundred": 100, "hundert": 100, "cent": 100, "cents": 100, "thousand": 1000, "tausend": 1000, "mille": 1000,
    "grand": 1000, "k": 1000, "million": 10**6, "millions": 10**6, "millionen": 10**6,
}  # fmt: skip
_GLUE = frozenset({"and", "und", "et"})
_SMALL = "|".join(sorted((*_UNITS, *_TENS), key=len, reverse=True))
_GERMAN_PART = rf"(?:(?:{_SMALL})und)?(?:{_SMALL})"
_WORD = (
    rf"(?:(?:{_GERMAN_PART})?(?:tausend|hundert)(?:und)?(?:(?:{_GERMAN_PART})?hundert)?(?:und)?(?:{_GERMAN_PART})?"
    rf"|{_GERMAN_PART}|{'|'.join(_SCALES)})"
)
_TOKEN = re.compile(r"\w+")
SPELLED = rf"\b{_WORD}(?:(?:[\s-]|\s(?:and|und|et)\s){_WORD}){{0,7}}\b"
"""A pattern for a number in words; it may match words that make no number: `value_of` says so."""


def may_be_spelled(text: str) -> bool:
    """Whether a number of 100 and more can stand in a text in words: a scale, or two small numbers.

    Says no of most sentences, quickly; a yes means nothing.
    """
    small = 0
    for word in _TOKEN.findall(text.lower()):
        if word in _SCALES or "hundert" in word or "tausend" in word:
            return True
        small += word in _UNITS or word in _TENS or ("und" in word and word != "und")
    return small > 1


def value_of(text: str) -> Decimal | None:
    """Return the number the words make, or None where they make none."""
    parts = [part for word in re.split(r"[\s-]+", text.lower()) if word not in _GLUE for part in [_part(word)]]
    if not parts or any(part is None for part in parts) or text.lower() in _SCALES:
        return None
    return _said([part for part in parts if part is not None])


def _part(word: str) -> tuple[int, bool] | None:
    """Return what one word counts and whether it multiplies; German ones are compounds."""
    if word in _SCALES:
        return _SCALES[word], True
    if word in _UNITS or word in _TENS:
        return _UNITS.get(word, _TENS.get(word, 0)), False
    number = _german(word)
    return (number, False) if number is not None else None


def _german(word: str) -> int | None:
    """Read a German compound such as `vierunddreißigtausendachthundert`."""
    before, scale, after = word.partition("tausend")
    if scale:
        thousands = _german(before) if before else 1
        rest = _german(after.removeprefix("und")) if after else 0
        return None if thousands is None or rest is None else thousands * 1000 + rest
    before, scale, after = word.partition("hundert")
    if scale:
        hundreds = _UNITS.get(before) if before else 1
        rest = _german(after.removeprefix("und")) if after else 0
        return None if hundreds is None or rest is None else hundreds * 100 + rest
    if word in _UNITS or word in _TENS:
        return _UNITS.get(word, _TENS.get(word))
    unit, glue, tens = word.partition("und")
    return _UNITS[unit] + _TENS[tens] if glue and unit in _UNITS and tens in _TENS else None


def _said(parts: list[tuple[int, bool]]) -> Decimal | None:
    if any(scales for _, scales in parts):
        return _scaled(parts)
    groups = _groups([number for number, _ in parts])
    if len(groups) == 1:
        return Decimal(groups[0])
    if len(groups) == 2 and 10 <= groups[0] < 1000 and 1 <= groups[1] <= 9:
        return Decimal(groups[0] * 1000 + groups[1] * 100)
    if len(groups) == 2 and 1 <= groups[0] <= 9 and 1 <= groups[1] <= 9:
        return Decimal(groups[0] * 1000 + groups[1] * 100)
    if len(groups) == 3 and 10 <= groups[0] < 1000 and groups[1] == 0 and 1 <= groups[2] <= 9:
        return Decimal(groups[0] * 1000 + groups[2] * 10)
    return None


def _groups(numbers: list[int]) -> list[int]:
    """Join tens with their units: 40, 8, 4 are 48 and 4."""
    groups: list[int] = []
    can_join = False
    for number in numbers:
        if can_join and 1 <= number <= 9:
            groups[-1] += number
            can_join = False
        else:
            groups.append(number)
            can_join = number in _TENS.values()
    return groups


def _scaled(parts: list[tuple[int, bool]]) -> Decimal | None:
    total, current = 0, 0
    for number, scales in parts:
        if not scales:
            current += number
        elif number == 100:
            current = max(1, current) * 100
        else:
            total += max(1, current) * number
            current = 0
    return Decimal(total + current)
