"""What single words add to a number that is read out: "oh", "double seven", "neunhundert", "trente-quatre"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.words import words

DIGITS = {
    word: str(number)
    for number, names in enumerate((
        "zero oh o null zéro cero nul", "one eins ein un uno een", "two zwei zwo deux dos twee due",
        "three drei trois tres drie tre",
        "four vier quatre cuatro quattro", "five fünf fuenf cinq cinco vijf cinque", "six sechs seis zes sei",
        "seven sieben sept siete zeven sette",
        "eight acht huit ocho otto", "nine neun neuf nueve negen nove",
    ))
    for word in names.split()
}  # fmt: skip
FILLERS = words("um uh uhm er erm äh ähm öh euh eh ehm")
_REPEATS = {
    "double": 2, "doppel": 2, "doble": 2, "doppio": 2, "dubbel": 2, "triple": 3, "treble": 3, "triplo": 3,
}  # fmt: skip
_TEENS = {
    word: number
    for number, names in enumerate((
        "ten zehn dix diez dieci tien", "eleven elf onze once undici", "twelve zwölf zwoelf douze doce dodici twaalf",
        "thirteen dreizehn treize trece tredici dertien", "fourteen vierzehn quatorze catorce quattordici veertien",
        "fifteen fünfzehn fuenfzehn quinze quince quindici vijftien", "sixteen sechzehn seize dieciséis sedici zestien",
        "seventeen siebzehn diecisiete diciassette zeventien", "eighteen achtzehn dieciocho diciotto achttien",
        "nineteen neunzehn diecinueve diciannove negentien",
    ), 10)
    for word in names.split()
}  # fmt: skip
_TENS = {
    word: number * 10
    for number, names in enumerate((
        "twenty zwanzig vingt veinte venti twintig", "thirty dreißig dreissig trente treinta trenta dertig",
        "forty vierzig quarante cuarenta quaranta veertig",
        "fifty fünfzig fuenfzig cinquante cincuenta cinquanta vijftig",
        "sixty sechzig soixante sesenta sessanta zestig", "seventy siebzig setenta settanta zeventig septante",
        "eighty achtzig ochenta ottanta tachtig huitante", "ninety neunzig noventa novanta negentig nonante",
    ), 2)
    for word in names.split()
}  # fmt: skip
_AND = words("und et y en")
_HUNDRED = words("hundred hundert cent cientos cento honderd")
_HUNDREDS = re.compile(r"(\w{2,8}?)(?:hundert|cento|honderd|cientos)")
_MORE = re.compile(
    r"(?i)\s?(?:thousand|tausend|mille|mil|million\w*|millones|mila|grand|k|percent|per cent|prozent|euros?|eur|pounds?"
    r"|quid|gbp|dollars?|usd|bucks|franken|chf|francs?|zł|€|£|\$|%)(?!\w)"
)
_JOIN_WITHIN = 3  # characters between two words of one number
MAX_FRENCH = 4  # words: quatre-vingt-dix-sept


def _french() -> dict[tuple[str, ...], int]:
    """Return the numbers of several words: dix-sept, soixante et onze, quatre-vingt-dix-neuf."""
    units = ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]
    teens: list[tuple[str, ...]] = [
        (word,) for word in ["dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"]
    ]
    teens += [("dix", word) for word in units[6:]]
    found: dict[tuple[str, ...], int] = {teen: 10 + number for number, teen in enumerate(teens) if len(teen) > 1}
    for stem, base in ((("soixante",), 60), (("quatre", "vingt"), 80), (("quatre", "vingts"), 80)):
        found |= {(*stem, word): base + number for number, word in enumerate(units, 1)}
        found |= {(*stem, *teen): base + 10 + number for number, teen in enumerate(teens)}
        found[stem] = base
    return found | {("soixante", "et", "onze"): 71}


_FRENCH = {written: number for written, number in _french().items() if len(written) > 1}


@dataclass(frozen=True, slots=True)
class Digits:
    """What one word or figure adds: [start, end) of the text, of `tokens` tokens. `is_single` says digit by digit."""

    start: int
    end: int
    tokens: int
    digits: str
    is_single: bool = True
    is_plus: bool = False
    value: int = -1  # of a number in words; tens can be joined with what follows


def digits_at(text: str, tokens: Sequence[re.Match[str]], place: int) -> Digits | None:
    """Return what is said at tokens[place], or None where it is no digit."""
    start, end = tokens[place].span()
    if start and text[start - 1].isalnum() and text[start].isalnum():
        return None  # "x200"
    word, after = folded(tokens[place][0]), tokens[place + 1] if place + 1 < len(tokens) else None
    if word.isdigit() and word.isascii():
        return Digits(start, end, 1, word)
    if word in ("+", "plus") and after is not None:
        found = digits_at(text, tokens, place + 1) if folded(after[0]) not in ("+", "plus") else None
        is_near = after.start() - end <= 2
        return (
            Digits(start, found.end, found.tokens + 1, found.digits, found.is_single, True)
            if found and is_near
            else None
        )
    if word in _REPEATS and after is not None:
        digit = _digit(folded(after[0]))
        return Digits(start, after.end(), 2, digit * _REPEATS[word]) if len(digit) == 1 else None
    for glued, times in _REPEATS.items():
        if word.startswith(glued) and word[len(glued) :] in DIGITS:
            return Digits(start, end, 1, DIGITS[word[len(glued) :]] * times)
    return _number_at(tokens, place, word) if _counts(word) else None


@lru_cache(maxsize=4096)  # most words of a call are none, and are said again and again
def _counts(word: str) -> bool:
    """Whether a number can begin with a word."""
    return word in DIGITS or word in _TEENS or word in _TENS or bool(_HUNDREDS.fullmatch(word)) or bool(_compound(word))


def _digit(word: str) -> str:
    return DIGITS.get(word, word if word.isdigit() else "")


def _number_at(tokens: Sequence[re.Match[str]], place: int, word: str) -> Digits | None:
    start, end = tokens[place].span()
    near = _near(tokens, place)
    for count in range(len(near), 1, -1):
        number = _FRENCH.get(tuple(near[:count]))
        if number is not None:
            return Digits(start, tokens[place + count - 1].end(), count, str(number), False)
    if word in DIGITS:
        if len(near) > 1 and near[1] in _HUNDRED:
            return Digits(start, tokens[place + 1].end(), 2, DIGITS[word] + "00")
        return Digits(start, end, 1, DIGITS[word], value=int(DIGITS[word]))
    hundreds = _HUNDREDS.fullmatch(word)
    if hundreds and hundreds[1] in DIGITS:
        return Digits(start, end, 1, DIGITS[hundreds[1]] + "00")
    return _small_at(tokens, place, near)


def _small_at(tokens: Sequence[re.Match[str]], place: int, near: Sequence[str]) -> Digits | None:
    """Return what a number from 10 to 99 adds, or None where it is none."""
    (start, end), word = tokens[place].span(), near[0]
    number = _TEENS.get(word) or _TENS.get(word) or _compound(word)
    if number is None:
        return None
    if len(near) > 2 and number % 10 == 0 and near[1] in _AND and near[2] in DIGITS and near[2] not in ("o", "oh"):
        return Digits(start, tokens[place + 2].end(), 3, str(number + int(DIGITS[near[2]])), False)
    return Digits(start, end, 1, str(number), False, value=number)


def _near(tokens: Sequence[re.Match[str]], place: int) -> list[str]:
    """Return the words from tokens[place] on that may be of one number."""
    found = [folded(tokens[place][0])]
    for one, other in pairwise(tokens[place : place + MAX_FRENCH]):
        if other.start() - one.end() >= _JOIN_WITHIN:
            break
        found.append(folded(other[0]))
    return found


def _compound(word: str) -> int | None:
    """Return the number of one word such as `vierunddreißig`, `trentaquattro`, `veintidós`."""
    unit, glue, tens = word.partition("und")
    if glue and unit in DIGITS and tens in _TENS:
        return _TENS[tens] + int(DIGITS[unit])
    for stem, number in _STEMS:
        rest = word.removeprefix(stem)
        if rest != word and rest in _RESTS:
            return number + _RESTS[rest]
    return None


_STEMS = tuple(
    (stem, number)
    for stems, number in (
        ("venti vent veinti", 20), ("trenta trent", 30), ("quaranta quarant", 40), ("cinquanta cinquant", 50),
        ("sessanta sessant", 60), ("settanta settant", 70), ("ottanta ottant", 80), ("novanta novant", 90),
    )
    for stem in stems.split()
)  # fmt: skip
_RESTS = {folded(word): int(digit) for word, digit in DIGITS.items() if digit != "0"} | {"dos": 2, "tré": 3}


def joined_digits(items: Sequence[Digits]) -> str:
    """Return the digits, tens and units that stand side by side as one number: "twenty four" is 24, not 204."""
    found: list[str] = []
    tens = 0
    for item in items:
        if tens and 1 <= item.value <= 9:
            found[-1] = str(tens + item.value)
        else:
            found.append(item.digits)
        tens = item.value if item.value in _TENS.values() and not item.is_plus and found[-1] == item.digits else 0
    return "".join(found)


def is_measured(text: str, end: int) -> bool:
    """Whether a word of scale, a currency or a share follows what ends at `end`."""
    return bool(_MORE.match(text, end))
