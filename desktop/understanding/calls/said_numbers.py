"""Telephone numbers in what was said: "+44 7700 900123", "plus four four seven seven double-oh", "null eins sieben".

Words and figures are read one after the other, so that a number may be said partly in words. A row of digits is a
telephone number by how it begins (a plus, a nought), by its words (seven digits one by one) or by the words before it
("my number is"); an order's number is none. What is one is no sum of money, no quantity and no day.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.understanding.calls.digit_words import FILLERS, Digits, digits_at, is_measured, joined_digits
from desktop.understanding.lexicon.words import phrases

LEAST_LENGTH, MOST_LENGTH = 7, 15
MAX_ROW = 48  # words and figures in a row; more is no number, and several of them are not said in one breath
MAX_LOOKED = 40  # rows of a turn
WHOLE = 9  # digits of most numbers with their area
READ_OUT = 5  # words and figures of a number read out digit by digit
BEFORE = 60

_TOKEN = re.compile(r"\+|\d+|[^\W\d_]+")
_GAP = re.compile(r"(?:[\s,./()–—-]|…){0,5}")
_STOP = re.compile(r"[.…]\s")
_SOFT = re.compile(r"[,.…](?:\s|$)")
_OTHER_NUMBER = re.compile(
    r"(?i)\b(?:order|id|ref\w*|account|invoice|ticket|case|kunden\w*|bestell\w*|auftrag\w*)\b[^.?!]{0,20}$"
)
_NORTH_AMERICAN = re.compile(r"\(?[2-9]\d\d\)?[ .-]{1,2}[2-9]\d\d[ .-]{1,2}\d{4}")
_AFTER = phrases(
    r",? (?:(?:is|ist|est|es|è|that's|das ist|c'est) )?(?:my|our|meine?|unsere?|mon|notre|mi|nuestro|il mio|mijn|meu)"
    r" (?:\w{1,12} )?(?:number|mobile|cell|phone|line|nummer|\w{0,12}handy\w{0,6}|telefon\w{0,8}|numéro|portable|número"
    r"|móvil|teléfono|numero|cellulare|nummer|telemóvel)\b"
)
_DECIMAL = re.compile(r"\d+[.,]\d+")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[ .]\d{3})+")
_TO_CALL = phrases(
    r"\b(?:(?:phone|mobile|cell|telephone|contact|direct|my|our|his|her|their|new|best|right|office|home|work|whatsapp)"
    r" (?:number|line)(?:'s)?|mobile|cell|cellphone|handy\w{0,6}|mobil\w{0,8}|telefon\w{0,8}|durchwahl"
    r"|(?:meine|unsere|ihre|die) (?:neue )?nummer|numéro|portable|téléphone|(?:mi|nuestro|su) (?:nuevo )?número"
    r"|móvil|celular|teléfono|cellulare|telefono|il mio numero|mijn nummer|mobiel|(?:meu|nosso) número|telemóvel"
    r"|telefone|numer|telefonu|komórk\w{1,3}"
    r"|(?:call|ring|text|reach|dial|phone|get|catch) (?:me|us|him|her|them)(?: back)?"
    r"|(?:ruf\w{0,2}|erreich\w{1,3}|erwisch\w{1,3}) (?:sie )?(?:mich|uns|ihn)|(?:me|nous) (?:joindre|appeler|rappeler)"
    r"|(?:r)?appelez-(?:moi|nous)|llám[ea]\w{1,4}|llamar\w{0,3}|chiam\w{1,5}|bel me|ligue-me)\b[^.?!\d]{0,30}$"
)
_IN_FIGURES = re.compile(r"[\d\s+()./–—-]+")


@dataclass(frozen=True, slots=True)
class SaidNumber:
    """A telephone number at [start, end) of a text; `readings` are the digits it can mean, the likeliest first."""

    start: int
    end: int
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """Digits that follow one another; `soft` says of each but the last whether a comma or a full stop follows it."""

    items: tuple[Digits, ...]
    soft: tuple[bool, ...]

    def part(self, first: int, last: int) -> "_Row":
        return _Row(self.items[first:last], self.soft[first:last])

    def readings(self) -> tuple[str, ...]:
        """Return the digits: tens and units said side by side as one number, and one by one."""
        plus = "+" if self.items[0].is_plus else ""
        found = (joined_digits(self.items), "".join(item.digits for item in self.items))
        return tuple(dict.fromkeys(plus + one for one in found))


def said_numbers(
    text: str, start: int, end: int, regions: Sequence[str], *, is_asked: bool = False
) -> Iterator[SaidNumber]:
    """Yield the telephone numbers of [start, end) of a text, a turn; `is_asked` says that one was asked for."""
    looked = 0
    for row in _rows(text, start, end):
        if not (sum(len(item.digits) for item in row.items) >= LEAST_LENGTH and len(row.items) <= MAX_ROW):
            continue
        looked += 1
        if looked > MAX_LOOKED:
            return
        for one in _numbers(row, tuple(regions)):
            if _is_to_call(text, start, one, is_asked=is_asked):
                yield _number(text, start, one)


def readings_of(words: str) -> tuple[str, ...]:
    """Return the digits that words and figures can mean; a plus said or written in front stays."""
    return next((row.readings() for row in _rows(words, 0, len(words))), ("",))


def international(number: str, regions: tuple[str, ...]) -> tuple[str, bool, bool] | None:
    """Return a number as E.164, whether a plan has it, and whether that is a mobile's; None of no country's number."""
    import phonenumbers  # noqa: PLC0415  (loads metadata of every country)

    from desktop.understanding.candidates.phone_forms import parsed  # noqa: PLC0415  (likewise)

    known = None
    for written in ("+" + number[2:], number) if number.startswith("00") else (number,):
        one = parsed(written, regions)
        if one is not None and phonenumbers.is_possible_number(one):
            known = one if known is None or phonenumbers.is_valid_number(one) else known
            if phonenumbers.is_valid_number(known):
                break
    if known is None:
        return None
    value = phonenumbers.format_number(known, phonenumbers.PhoneNumberFormat.E164)
    is_mobile = phonenumbers.number_type(known) == phonenumbers.PhoneNumberType.MOBILE
    return value, bool(phonenumbers.is_valid_number(known)), is_mobile


def _rows(text: str, start: int, end: int) -> Iterator[_Row]:
    """Yield the rows of digits, each word and figure looked at once."""
    tokens = list(_TOKEN.finditer(text, start, end))
    items: list[Digits] = []
    soft: list[bool] = []
    place, last = 0, start
    while place < len(tokens):
        item = digits_at(text, tokens, place)
        gap = text[items[-1].end : tokens[place].start()] if items else ""
        is_filler = bool(items) and tokens[place][0].lower() in FILLERS
        goes_on = bool(items) and bool(_GAP.fullmatch(text, last, tokens[place].start()))
        goes_on = goes_on and (is_filler or (item is not None and not item.is_plus))
        if items and not (goes_on and not _is_next_sentence(items, gap, tokens[place][0])):
            yield _closed(text, items, soft)
            items, soft = [], []
        if item is not None:
            if items:
                soft.append(bool(_SOFT.match(gap)))
            items.append(item)
            place += item.tokens
        else:
            place += 1
        last = tokens[place - 1].end()
    if items:
        yield _closed(text, items, soft)


def _is_next_sentence(items: Sequence[Digits], gap: str, following: str) -> bool:
    """Whether figures follow a full stop behind a number that is long enough: "… 900123. 20 trackers"."""
    is_stop = _STOP.match(gap) is not None and following.isdigit() and items[-1].digits.isdigit()
    return is_stop and sum(len(item.digits) for item in items) >= WHOLE


def _closed(text: str, items: list[Digits], soft: list[bool]) -> _Row:
    """Return a row without its last number where that is thousands, a price or a share: "…, twenty thousand"."""
    row = _Row(tuple(items), tuple(soft))
    if len(items) > 1 and is_measured(text, items[-1].end):
        cut = max((at for at, is_soft in enumerate(soft) if is_soft), default=len(items) - 2)
        row = row.part(0, cut + 1)
    is_one = row.items[0].digits == "1" and not row.items[0].is_plus
    is_pronoun = is_one and row.soft[:1] == (True,) and row.soft[1:2] != (True,)
    return row.part(1, len(row.items)) if is_pronoun else row


def _numbers(row: _Row, regions: tuple[str, ...]) -> Iterator[_Row]:
    """Yield the row, or what it is made of: a number that is whole ends at a comma, a full stop, or its length."""
    first = 0
    while first < len(row.items):
        fitting = list(_ends(row, first))
        if not fitting:
            return
        last = fitting[-1]
        for end in fitting:
            is_end = end < len(row.items) and (row.soft[end - 1] or fitting[-1] < len(row.items))
            if is_end and any(_is_known(one, regions) for one in row.part(first, end).readings()):
                last = end
                break
        yield row.part(first, last)
        first = last


def _ends(row: _Row, first: int) -> Iterator[int]:
    """Yield where a number that begins at `first` may end, by its length."""
    for end in range(first + 1, len(row.items) + 1):
        number = row.part(first, end).readings()[0]
        length = len(number.removeprefix("+").removeprefix("00"))
        if length > MOST_LENGTH:
            return
        if length >= LEAST_LENGTH:
            yield end


def _is_known(number: str, regions: tuple[str, ...]) -> bool:
    found = international(number, regions)
    return found is not None and found[1]


def _is_to_call(text: str, start: int, row: _Row, *, is_asked: bool) -> bool:
    """Whether a row of digits is a telephone number."""
    first, last = row.items[0].start, row.items[-1].end
    written, before = text[first:last], text[max(start, first - BEFORE) : first]
    if _OTHER_NUMBER.search(before[-40:]) or re.search(r"[€$£]\s?$|\d[.,:]$", before):
        return False
    is_written = bool(_IN_FIGURES.fullmatch(written))
    if is_written and (_DECIMAL.fullmatch(written) or not _is_form(written)):
        return False
    digits = row.readings()[0]
    if digits.startswith(("+", "0")) or (is_written and _NORTH_AMERICAN.fullmatch(written)):
        return True
    if not is_written and len(row.items) >= READ_OUT and all(item.is_single for item in row.items):
        return True
    if is_written and _THOUSANDS.fullmatch(written) and is_measured(text, last):
        return False
    return is_asked or bool(_TO_CALL.search(before) or _AFTER.match(text, last))


def _is_form(written: str) -> bool:
    """Whether figures stand as those of a telephone number do, not as those of a day."""
    from desktop.understanding.candidates.phone_forms import runs_in  # noqa: PLC0415  (loads phonenumbers)

    return any(end - begin >= len(written) - 2 for begin, end in runs_in(written))


def _number(text: str, start: int, row: _Row) -> SaidNumber:
    first = row.items[0].start
    first -= 1 if first > start and text[first - 1] == "(" else 0
    return SaidNumber(first, row.items[-1].end, row.readings())
