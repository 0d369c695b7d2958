"""When an answer about a call fits what annotators wrote; and what is made up. Shares no code with the product."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from desktop.domain.evidence import Fact, FactKind, Reading
from desktop.domain.interactions import Call
from tests.benchmarks.understanding.invented import follows, stands_there
from tests.benchmarks.understanding.normal import amount_of, days_of, numbers_in, plain

_IDLE_WORDS = (
    "the and for with that this you have from will are was our your can would she him her his they them what who not "
    "der die das und mit von ist ich sie wir uns ein eine einen auf für den dem des les une pour que con los las para"
)
_IDLE = frozenset(_IDLE_WORDS.split(" "))
_UNITS = {
    word: number
    for number, words in enumerate((
        "zero null oh", "one ein eins", "two zwei deux", "three drei trois", "four vier quatre", "five fünf cinq",
        "six sechs", "seven sieben sept", "eight acht huit", "nine neun neuf", "ten zehn dix", "eleven elf onze",
        "twelve zwölf douze", "thirteen dreizehn", "fourteen vierzehn", "fifteen fünfzehn", "sixteen sechzehn",
        "seventeen siebzehn", "eighteen achtzehn", "nineteen neunzehn",
    ))
    for word in words.split()
} | {
    word: number * 10
    for number, words in enumerate((
        "twenty zwanzig vingt", "thirty dreißig trente", "forty vierzig", "fifty fünfzig", "sixty sechzig",
        "seventy siebzig", "eighty achtzig", "ninety neunzig",
    ), 2)
    for word in words.split()
}  # fmt: skip
_SCALES = {
    "hundred": 100,
    "hundert": 100,
    "thousand": 1000,
    "tausend": 1000,
    "grand": 1000,
    "k": 1000,
    "million": 10**6,
}
_ORDER = sorted((*_UNITS, *_SCALES, "und"), key=len, reverse=True)
_COMPOUND = re.compile("|".join(word for word in _ORDER if len(word) > 2))
LEAST_SHARED = 0.5
POINT_SHARED = 0.3


def content(text: str) -> set[str]:
    """Return the beginnings of the words that say something."""
    return {word[:6] for word in plain(text).split() if len(word) > 2 and word not in _IDLE}


def squeezed_words(text: str) -> str:
    """Return a text without blanks and marks."""
    return plain(text).replace(" ", "")


def is_amount(value: str, answer: object) -> bool:
    """Whether the number is the answer's, either end of its range, or acceptable. Currencies are mostly not spoken."""
    numbers, _ = amount_of(value)
    value_said = answer.get("value")
    wanted = value_said if isinstance(value_said, list) else [value_said]
    wanted = [*wanted, *(answer.get("acceptable") or [])]
    return bool(numbers) and any(Decimal(str(one)) == numbers[0] for one in wanted if isinstance(one, int | float))


def is_quantity(value: str, answer: object) -> bool:
    """Whether one text holds the other, or they share half the words of the shorter, the number among them."""
    left, right = plain(value).split(), plain(answer["text"]).split()
    if squeezed_words(value) in squeezed_words(answer["text"]) or squeezed_words(answer["text"]) in squeezed_words(
        value
    ):
        return True
    shared = set(left) & set(right)
    return left[0] in right and len(shared) >= LEAST_SHARED * min(len(set(left)), len(set(right))) and len(shared) > 1


def is_day(value: str, answer: object, *, said: Mapping[str, str], is_dated: bool) -> bool:
    """Whether the day is the answer's or in its week, month or range; without a known day, whether the words agree."""
    iso = str(answer.get("iso") or "") if is_dated else ""
    if not iso:
        left, right = content(said[value]), content(answer["text"])
        return bool(left & right) or plain(said[value]) in plain(answer["text"])
    day = date.fromisoformat(value)
    if "W" in iso:
        return day.isocalendar()[:2] == (int(iso[:4]), int(iso[-2:]))
    days = days_of(iso)
    if days:
        return days[0] <= day <= days[-1]
    return any(value.startswith(piece) for piece in iso.split("/"))  # a month or a year, or several


def is_product(value: str, answer: object) -> bool:
    """Whether one name holds the other, or they share half the words of the shorter."""
    for text in (answer["text"], answer.get("evidence") or "", *(answer.get("also") or [])):
        left, right = content(value), content(text)
        if squeezed_words(answer["text"]) in squeezed_words(value):
            return True
        if (
            left
            and right
            and len(left & right) >= max(1, LEAST_SHARED * min(len(left), len(right)))
            and left & content(answer["text"])
        ):
            return True
    return False


def is_task(value: str, answer: object) -> bool:
    """Whether one of the quotes holds the other, or they share half of the words that say something."""
    mine, quoted = squeezed_words(value), squeezed_words(answer.get("evidence") or "")
    if len(quoted) > 5 and len(mine) > 5 and (quoted in mine or mine in quoted):
        return True
    said = content(value)
    for text in (answer.get("evidence") or "", answer["text"]):
        wanted = content(text)
        if wanted and said and len(said & wanted) >= max(2, LEAST_SHARED * min(len(said), len(wanted))):
            return True
    return False


def covers(summary: str, point: str) -> bool:
    """Whether a summary holds a third of the words of a point that say something; numbers are said in words there."""
    wanted = content(point)
    return len(content(summary) & wanted) >= max(2, POINT_SHARED * len(wanted))


def made_up(call: Call, reading: Reading) -> list[Fact]:
    """Return the Facts whose words do not stand in the call, or whose value cannot come from them."""
    message = call.as_message()
    return [fact for fact in reading.facts if not (stands_there(message, fact) and _follows(fact))]


def _follows(fact: Fact) -> bool:
    text = fact.evidence.text
    if follows(fact):
        return True
    numbers = _said_numbers(re.sub(r"ies\b", "y", text)) | numbers_in(text)
    if fact.kind is FactKind.AMOUNT:
        return amount_of(fact.value)[0][:1] != () and amount_of(fact.value)[0][0] in numbers
    if fact.kind in (FactKind.PHONE, FactKind.MOBILE):
        return _spoken_digits(text)[-6:] == re.sub(r"\D", "", fact.value)[-6:]
    said = {squeezed_words(text)}
    if fact.kind is FactKind.EMAIL:
        said = {re.sub(r"(?i)\b(?:dot|at|punkt|point|punto|arroba)\b|\W", "", text).lower()}
    elif fact.kind is FactKind.PRODUCT:  # a model said letter by letter: "c x forties"
        letters = "".join(word for word in text.lower().split() if len(word) == 1)
        said = {f"{letters}{number}" for number in numbers}
    return squeezed_words(fact.value) in said


def _spoken_digits(text: str) -> str:
    found, times = "", 1
    for word in re.findall(r"\w+", text.lower()):
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
        elif word.isdigit() or _UNITS.get(word, 10) < 10:
            found += (word if word.isdigit() else str(_UNITS[word])) * times
            times = 1
    return found


def _said_numbers(text: str) -> set[Decimal]:
    """Return the numbers that words can mean: as they add up, or as thousands and hundreds said side by side."""
    parts: list[int] = []
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        pieces = [word] if word in _UNITS or word in _SCALES else _COMPOUND.findall(word)
        parts += [_UNITS.get(piece, -_SCALES.get(piece, 0)) for piece in pieces if piece != "und"]
    total = current = 0
    for part in parts:
        if part >= 0:
            current += part
        elif part == -100:
            current = max(current, 1) * 100
        else:
            total, current = total + max(current, 1) * -part, 0
    whole = Decimal(total + current)
    found = {whole, whole * 1000, whole + 500}  # "twenty two and a half thousand"
    positive = [part for part in parts if part >= 0]
    for cut in range(1, len(positive)):
        head, tail = sum(positive[:cut]), positive[cut:]
        found |= {Decimal(head * 1000 + sum(tail) * 100), Decimal(head * 1000 + sum(tail) * 10)}
    return found
