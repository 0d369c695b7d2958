"""How many of what, as it is said: "thirty seats", "seven percent", "call it twenty" after "how many people"."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.calls.numbers import Number, numbers_in
from desktop.understanding.calls.transcript import Transcript
from desktop.understanding.lexicon.words import phrases, words

COUNTS, MEASURES, ANSWERS = "a number of things", "a share or a measure", "answers how many"
MAX_QUANTITIES = 40

_UNIT = phrases(
    r"(?:percent|per cent|prozent|pour cent|por ciento|%|degrees(?: celsius)?|grad|kilomet(?:er|re)s?|miles|kilos?|kg"
    r"|tonnes?|tons?|lit(?:er|re)s?|met(?:er|re)s|pallets?|paletten|stück|arbeitsplätze\w?|lizenzen|nutzer|mitarbeiter"
    r"|standorte\w?|geräte\w?|postes|personnes|licences|utilisateurs|personas|usuarios"
    r"|unidades)\b(?-i:(?: [A-ZÄÖÜ]\w+)?)"
)
_THING = re.compile(
    r"(?:of (?:the |these |those |our )?)?(?P<words>(?:[a-zäöü][\w'-]{0,20} ){0,2}?(?P<what>[a-z]{3,18}s|people"
    r"|staff))\b"
)
_NO_THING = words(
    "minutes hours days weeks months years seconds times things thousands hundreds dollars pounds euros bucks cents "
    "pence grands this his its was has is does yes us thanks always perhaps across as hours' others ones words "
    "second's hors quarters ways reasons questions points steps halves others'"
)
_ASKS = phrases(r"\b(?:how many|wie viele|combien de|cuánt[oa]s)\b")
_ANSWER = phrases(r"(?:^|[.,?!] |\b(?:call it|say|about|around|roughly|maybe|circa|etwa|ungefähr|so) )$")
_ENDS = re.compile(r"\s*(?:$|[.,!?\n])")
_SPLIT = re.compile(r"(?i)\s(?:active|left|on (?:days|nights|site))\b")


def find_quantities(transcript: Transcript) -> Iterator[Candidate]:
    """Yield numbers of things with what is counted, as they stand."""
    count, before = 0, ""
    for reach in transcript.reaches:
        start, end = reach.start, reach.end
        answers = bool(_ASKS.search(before))
        for number in numbers_in(transcript.text, start, end, least=2):
            found = _quantity(transcript.text, number, end, answers=answers)
            if found is None or transcript.is_left_out(number.start, number.end):
                continue
            last, score, why = found
            if transcript.is_in_number(number.start, number.end):
                continue
            count += 1
            if count > MAX_QUANTITIES:
                return
            evidence = transcript.cite(number.start, last)
            yield Candidate(FactKind.QUANTITY, evidence, " ".join(evidence.text.split()), score, why)
        before = transcript.text[start:end]


def _quantity(text: str, number: Number, end: int, *, answers: bool) -> tuple[int, float, str] | None:
    """Return where the thing counted ends, how sure that is and why; None where nothing is counted."""
    at = number.end + 1
    is_beside = text[number.end : at] == " "
    unit = _UNIT.match(text, at, end) if is_beside else None
    if unit or text[number.end : at] == "%":
        return unit.end() if unit else at, 0.62, MEASURES
    thing = _THING.match(text, at, end) if is_beside else None
    if thing and not _is_no_thing(thing["words"]):
        return thing.end(), 0.62, COUNTS
    split = _SPLIT.match(text, number.end, end)
    if split:
        return split.end(), 0.52, COUNTS
    stands_alone = _ANSWER.search(text[max(0, number.start - 14) : number.start]) and _ENDS.match(text, number.end, end)
    return (number.end, 0.5, ANSWERS) if answers and stands_alone else None


def _is_no_thing(text: str) -> bool:
    found = text.lower().split()
    return any(word in _NO_THING or word.endswith(("'s", "ss", "ous")) for word in found) or any(
        word in _JOINTS for word in found[:-1]
    )


_JOINTS = words("and or but so for a an the i we you he she they it at in on to is are was if that who which und oder")
