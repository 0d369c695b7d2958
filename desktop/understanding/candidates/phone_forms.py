"""The forms in which telephone numbers are written: whole ones, those without an area code, and extensions.

A whole number is read by the plans of the mail's countries (libphonenumber's data). What only works inside a town or
a house ("555-0143", "x5-4471") belongs to no plan: its value is what is written.
"""

import re
from collections.abc import Iterator

import phonenumbers

from desktop.understanding.lexicon.regions import UNKNOWN

MIN_DIGITS = 7
MAX_DIGITS = 16
NOTHING = "\x00"  # stands where a mail program broke a number with a "=" at the end of the line

_RUN = re.compile(
    r"(?<![\w/.,-])(?:\+ ?|\(\+|00|\(0|0|\(\d|\d)(?:[\d()/.\s\x00\xa0\u2010-\u2015-]{5,44})\d"
    r"(?![\d@]|[^\W\dxXe]|[ \d().-]{0,12},,\d|[.,]\d)(?!e\+?\d)"
)
_COLUMNS = re.compile(r"[ \xa0]{3,}|\t|\s+/+\s+|(?<=\d{4})/(?=\(?\d{3})|\s+[\u2010-\u2015-]\s+(?=\(?\d{3})")
_DATE_LIKE = re.compile(
    r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)|\d{1,2}[.:]\d{2}\s*[-–]|^\d+[.,]\d{2}$"
)
_PAIRS = re.compile(r"\(?0\d{1,4}\)?([./ -])\d{2,3}(?:\1\d{2,3}){2,4}")  # "01.99.00.45.67" is no date
_PACKED = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
NORTH_AMERICAN = re.compile(r"(?:\+?1[ ./-]{0,2})?\(?[2-9]\d\d\)?[ ./-]{0,3}[2-9]?\d\d\s{0,2}[ ./-]{1,2}\s?\d{4}")
GROUPED = re.compile(r"\(?\d{2,5}\)?(?:[ ./-]{1,2}\d{2,4}){2,4}")
_SHORT_EXTENSION = re.compile(r"\s?(?:/|\s-)\s?\d{1,4}$|(?<=\d)[ ]?-[ ]?\d{1,3}$|/\d{1,4}$")
_FROM_NORTH_AMERICA = re.compile(r"\(?011\)?[ ./-]{0,2}(?=\d\D{0,2}(?:\d\D{0,2}){9,12}$)")
_REGIONS_TRIED = 3
_HEAD = re.compile(
    r"(?:\(\d{3}\)|\+\d{1,3}(?:[ .-]\(?\d{1,5}\)?){0,3}|(?<![\w/.-])\d{3}[.-])[ \t]*$"
    r"|[\d)][\d() /.-]{2,24}=$"
)
_REST = re.compile(r"[ \t>]*\(?\d{1,4}(?:[ .-]{1,2}\d{2,4}){0,4}(?![\w@/])")
_EXTENSION = re.compile(
    r"(?i)(?<![\w.,/:+-])(?:x\.?|ext(?:ension|n)?s?\.?|loc(?:al)?\.?|poste|dw|durchwahl|apparat|interno|toestel)"
    r"[ #-]{0,3}(?P<digits>\d[- ]?\d{4}|\d{5,6})(?![\w@/]|[.,-]\d)"
)
_HOUSE = re.compile(r"(?<![\w.,/:$€£+-])\d-\d{4}(?![\w@/%]|[.,-]\d)")
_LOCAL = re.compile(r"(?<![\w.,/:$€£+-])[2-9]\d\d[-. ]\d{4}(?![\w@/%]|[.,-]\d)")
_ZIP_CODE = re.compile(r"\d{5}-\d{4}")
_STATE = re.compile(r"\b(?!PH|FX|TL|TF|MB)[A-Z]{2}\.?,?\s{1,3}$")


def runs_in(text: str, seam: int = -1) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of what may be a whole number.

    Wide gaps, strokes and dashes with blanks divide two numbers, but not where two lines were joined at `seam`.
    """
    for match in _RUN.finditer(text):
        start = match.start()
        if _ZIP_CODE.fullmatch(match[0]) and _STATE.search(text, max(0, start - 8), start):
            continue
        for cut in _COLUMNS.finditer(text, *match.span()):
            parts = text[start : cut.start()], text[cut.end() : match.end()]
            if cut.start() <= seam <= cut.end() or min(map(_digits, parts)) < MIN_DIGITS:
                continue
            if _may_be_number(parts[0]):
                yield start, cut.start()
            start = cut.end()
        if _may_be_number(text[start : match.end()]):
            yield start, match.end()


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _may_be_number(text: str) -> bool:
    is_date = not text.startswith(("+", "(")) and not _PAIRS.fullmatch(text) and bool(_DATE_LIKE.search(text))
    return MIN_DIGITS <= _digits(text) <= MAX_DIGITS and not is_date


def is_packed(text: str) -> bool:
    """Whether a text is a North American number written without any gaps."""
    return bool(_PACKED.fullmatch(text))


def is_broken(above: str, below: str) -> bool:
    """Whether a number begins at the end of a line and goes on at the beginning of the next."""
    return bool(_HEAD.search(above[-40:])) and bool(_REST.match(below[:60]))


def short_forms(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield [start, end) of what may be an extension or a number without its area code; is it said to be one?"""
    for match in _EXTENSION.finditer(text):
        yield match.start(), match.end(), True
    for pattern in (_HOUSE, _LOCAL):
        for match in pattern.finditer(text):
            yield match.start(), match.end(), False


def without_extension(text: str, regions: tuple[str, ...]) -> str:
    """Return a number without the digits of an extension that hang on it ("555 01 36 / 108"), if it is one without."""
    cut = _SHORT_EXTENSION.sub("", text)
    is_one = cut == text or _is_valid(_read(text, regions)) or not _is_valid(_read(cut, regions))
    return text if is_one else cut


def _is_valid(number: phonenumbers.PhoneNumber | None) -> bool:
    return number is not None and bool(phonenumbers.is_valid_number(number))


def parsed(text: str, regions: tuple[str, ...], others: tuple[str, ...] = ()) -> phonenumbers.PhoneNumber | None:
    """Return the number, read by the first region it is valid in, else the first it is possible in.

    `others` are countries that nothing speaks for but the language: they count only where the number is valid there.
    """
    whole = _read(text, regions)
    if _is_valid(whole):
        return whole
    further = [_read(text, (region,)) for region in others] if not text.startswith("+") else []
    valid = [number for number in further if _is_valid(number)]
    is_sure = len(valid) == 1 or (whole is None and text.startswith(("0", "(0")))
    return valid[0] if valid and is_sure else whole


def _read(text: str, regions: tuple[str, ...]) -> phonenumbers.PhoneNumber | None:
    plain = text.replace("(0)", " ") if text.lstrip("(").startswith(("+", "00")) else text
    if plain.startswith("00") and regions[:1] != ("US",):
        plain = "+" + plain[2:]
    abroad = _FROM_NORTH_AMERICA.match(plain)
    if abroad:
        plain = "+" + plain[abroad.end() :]
    is_marked = plain.lstrip("(").startswith(("+", "0", "("))
    possible: phonenumbers.PhoneNumber | None = None
    tried = [*regions[:_REGIONS_TRIED], UNKNOWN]
    if NORTH_AMERICAN.fullmatch(text) and not {"US", "CA"} & set(tried):
        tried.insert(len(tried) - 1, "US")
    for region in tried:
        if plain.lstrip("(").startswith("0") and region in ("US", "CA"):
            continue
        try:
            number = phonenumbers.parse(plain, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
        is_north_american = region in ("US", "CA") and not plain.lstrip("(").startswith("+")
        if possible is None and phonenumbers.is_possible_number(number) and (is_marked or not is_north_american):
            possible = number
    return possible
