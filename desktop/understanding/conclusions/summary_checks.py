"""Whether a text that a model wrote may stand as the summary of a mail. What cannot be checked may not.

The model read hostile text and is never sure. So whatever in its text could be looked up is looked up in what it was
shown: numbers, days, amounts, addresses, links, and whatever is written with a capital as a name is. A sentence that
speaks to a program, orders the reader about or speaks as if it were the mail itself is refused with all the others.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from desktop.understanding.candidates.commands import commands_in
from desktop.understanding.candidates.moment_types import Today
from desktop.understanding.candidates.moments import find_moments
from desktop.understanding.candidates.money_forms import find_money, written
from desktop.understanding.candidates.spelled_numbers import value_of
from desktop.understanding.conclusions.summary import MAX_SUMMARY
from desktop.understanding.conclusions.summary_words import GERMAN_NOUNS, OPENERS, SPEAKER
from desktop.understanding.hostile.software import is_aimed_at_software
from desktop.understanding.lexicon.cues import folded, pattern_of
from desktop.understanding.lexicon.language import GERMAN, language_of
from desktop.understanding.lexicon.words import phrases
from desktop.understanding.zones.passages import Passage, sentences_of

LONGEST_READ = 2_000
LEAST_WORDS = 4
LEAST_LEANING = 0.4  # of summaries that people wrote, one in twelve is below it; of those of another text, nearly all
STEM = 5
REPEATED = 5  # words in a row

_QUOTES = "\"'“”„‘’«»"
_UNPLAIN = frozenset("<>{}[]|\\`*#~^•●▪\u00ad\ufffd")
_WORD = re.compile(r"[^\W\d_]+")
_TWICE = re.compile(r"\b([^\W\d_]{2,40})\s\1\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,'’\u00a0\u202f]\d+)*(?:\s?%|[^\W\d_]{0,20})")
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,3}(?!\d)")
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?")
_ORDINAL = frozenset(["st", "nd", "rd", "th", "er", "re", "e", "ème", "o", "a", "º", "ª"])
_PLACE = re.compile(r"@|://|\bwww\.|\w\.[a-z]{2,10}(?:/|\W*$)", re.IGNORECASE)
_TOLD = phrases(  # an order in the third person
    r"\b(?:rep|reader|recipient|user|seller|salesperson|empfänger\w{0,2}|leser\w{0,2}|destinataire|lecteur|destinatario"
    r"|lettore|ontvanger)(?:\s\w{1,20}){0,3} (?:must|should|shall|has to|needs to|ought to|muss|soll|sollte|doit"
    r"|devrait|debe|deve|moet)\b"
)
_ENDS = re.compile(rf"[.!?…][{_QUOTES})]?$")


@dataclass(frozen=True, eq=False)
class Shown:
    """What a model was shown: the text, the language it is sure to be in (or ""), and how its days are to be read."""

    text: str
    language: str
    today: Today

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word, in lower case."""
        return frozenset(word.casefold() for word in _WORD.findall(self.text))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The first letters of every word."""
        return frozenset(word[:STEM] for word in self.words)

    @cached_property
    def long_stems(self) -> frozenset[str]:
        """The first letters of every word that has more."""
        return frozenset(word[:STEM] for word in self.words if len(word) > STEM)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every two words that stand side by side, whatever is between them but letters and digits."""
        found = [word.casefold() for word in re.findall(r"[^\W_]+", self.text)]
        return frozenset(pairwise(found))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Every number, in one way of writing each; those in words too."""
        said = (value_of(word) for word in self.words)
        return frozenset(_numbers(self.text)) | {f"{value:f}" for value in said if value is not None and value > 1}

    @cached_property
    def amounts(self) -> frozenset[str]:
        """Every amount of money, in canonical form."""
        return frozenset(value for _, _, value in _amounts(self.text))

    @cached_property
    def days(self) -> frozenset[str]:
        """Every day that its words can mean."""
        return frozenset(day for _, _, days in _days(self.text, self.today) for day in days)


def tidied(text: str) -> str:
    """Return a written text without blanks and quote marks around it, on one line if it was one paragraph."""
    plain = text[:LONGEST_READ].strip()
    if len(plain) > 1 and plain[0] in _QUOTES and plain[-1] in _QUOTES:
        plain = plain[1:-1].strip()
    return plain


def whole_sentences(text: str) -> str:
    """Return the sentences that are whole, from the first on, as many as MAX_SUMMARY characters hold."""
    end = 0
    for _, last in sentences_of(text, Passage(0, len(text))):
        if last > MAX_SUMMARY or not _ENDS.search(text[:last].rstrip()):
            break
        end = last
    return text[:end].strip()


def objection(text: str, shown: Shown) -> str:
    """Return why a text cannot stand, in a few words of ours; the empty string when nothing speaks against it."""
    checks = (_form, _repetition, _language, _orders, _places_and_numbers, _names, _leaning)
    return next((words for check in checks if (words := check(text, shown))), "")


def _form(text: str, _shown: Shown) -> str:
    if len(_WORD.findall(text)) < LEAST_WORDS:
        return "it says next to nothing"
    if "\n" in text or "\r" in text:
        return "it is more than a paragraph"
    if set(text) & _UNPLAIN or any(unicodedata.category(letter)[0] in "CZ" and letter != " " for letter in text):
        return "it is no plain text"
    if any(unicodedata.category(letter) == "Lo" and letter not in "ªº" for letter in text):
        return "names cannot be told in its letters"
    return ""


def _repetition(text: str, _shown: Shown) -> str:
    if _TWICE.search(text):
        return "it repeats a word"
    found = [word.casefold() for word in _WORD.findall(text)]
    runs = [tuple(found[place : place + REPEATED]) for place in range(len(found) - REPEATED + 1)]
    return "it repeats itself" if len(set(runs)) < len(runs) else ""


def _language(text: str, shown: Shown) -> str:
    found, is_sure = language_of(text)
    return "it is in another language" if shown.language and is_sure and found != shown.language else ""


def _orders(text: str, shown: Shown) -> str:
    """Refuse what speaks to a program, gives an order, asks for something or speaks in the first person."""
    if is_aimed_at_software(text):
        return "it speaks to a program"
    language = shown.language or language_of(text)[0]
    direct, openings = pattern_of("asking", "direct", language), commands_in(language)
    for start, end in sentences_of(text, Passage(0, len(text))):
        sentence = folded(text[start:end].strip(_QUOTES + " ("))
        if any(opening.search(sentence) for opening in openings) or direct.search(sentence):
            return "it gives an order"
    if _TOLD.search(folded(text)):
        return "it gives an order"
    spoken = SPEAKER.get(language, frozenset())
    if any(word in spoken for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", folded(text))):
        return "it speaks for itself"
    return ""


def _places_and_numbers(text: str, shown: Shown) -> str:
    """Look up links and addresses, amounts and days, and then every number that is left, in digits or in words."""
    given = shown.text.casefold()
    for word in text.split():
        if _PLACE.search(word) and word.strip(".,;:!?()" + _QUOTES).casefold() not in given:
            return "an address or link in it is not in the mail"
    rest = text
    for start, end, value in _amounts(text):
        if value not in shown.amounts:
            return "an amount in it is not in the mail"
        rest = _blanked(rest, start, end)
    for start, end, days in _days(text, shown.today):
        if not shown.days & set(days):
            return "a day in it is not in the mail"
        rest = _blanked(rest, start, end)
    if any(number not in shown.numbers for number in _numbers(rest)) or any(
        unicodedata.category(letter) in ("No", "Nl") and letter not in shown.text for letter in text
    ):
        return "a number in it is not in the mail"
    for word in _WORD.findall(rest):
        number = value_of(word) if word.casefold() not in shown.words else None
        if number is not None and number > 1 and f"{number:f}" not in shown.numbers:
            return "a number in words in it is not in the mail"
    return ""


def _names(text: str, shown: Shown) -> str:
    """Look up every word with a capital; one that only opens a sentence may be a word of no name instead.

    Two of them side by side have to stand side by side in the mail, in either order: no first name gets another's.
    """
    rest = text
    for start, end, _ in (*_amounts(text), *_days(text, shown.today)):
        rest = _blanked(rest, start, end)
    for start, end in sentences_of(rest, Passage(0, len(rest))):
        last, last_end = "", -1
        for place, match in enumerate(_WORD.finditer(rest, start, end)):
            word = match[0].casefold()
            if match[0][0].islower() or _is_no_name(word, shown, is_first=place == 0):
                continue
            if word not in shown.words:
                return "a name in it is not in the mail"
            if last and match.start() == last_end + 1 and not {(last, word), (word, last)} & shown.pairs:
                return "two names in it are not together in the mail"
            last, last_end = word, match.end()
    return ""


def _is_no_name(word: str, shown: Shown, *, is_first: bool) -> bool:
    if is_first and word in OPENERS.get(shown.language, OPENERS["en"]):
        return True
    if shown.language != GERMAN:
        return False
    forms = (word, *(word.removesuffix(end) for end in ("s", "es", "n", "en", "e")))
    return any(form in GERMAN_NOUNS for form in forms) or (word not in shown.words and word[:STEM] in shown.long_stems)


def _leaning(text: str, shown: Shown) -> str:
    """Enough of the longer words have to stand in the mail, in one form or another."""
    longer = [word.casefold()[:STEM] for word in _WORD.findall(text) if len(word) > 3]
    known = sum(stem in shown.stems for stem in longer)
    return "it tells of something else" if known < LEAST_LEANING * len(longer) else ""


def _numbers(text: str) -> Iterator[str]:
    """Yield every number with what is attached to it (`40k`, `15%`), without group marks and empty decimals."""
    for match in _NUMBER.finditer(text):
        yield _canonical(match[0])
    for match in _SPACED.finditer(text):
        yield re.sub(r"\s", "", match[0])


def _canonical(number: str) -> str:
    digits = number.rstrip("% ").rstrip()
    while digits and not digits[-1].isdigit():
        digits = digits[:-1]
    behind = number[len(digits) :].strip().casefold()
    if _GROUPED.fullmatch(digits):
        digits = re.sub(r"[.,'’\s](?=\d{3})", "", digits)
    digits = re.sub(r"[.]0+$", "", digits.replace(",", "."))
    return digits if behind in _ORDINAL else digits + behind


def _amounts(text: str) -> Sequence[tuple[int, int, str]]:
    return [(money.start, money.end, written(money.amount, money.currency)) for money in find_money(text, 0, len(text))]


def _days(text: str, today: Today) -> Sequence[tuple[int, int, tuple[str, ...]]]:
    found = find_moments(text, 0, end=len(text), today=today)
    return [
        (one.start, one.end, tuple(day.isoformat() for day in (one.day, one.back) if day is not None)) for one in found
    ]


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
