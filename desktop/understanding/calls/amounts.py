"""Money as it is said on the telephone: "twenty two five", "forty eight four for the year", "under thirty two".

A figure that somebody takes back in the same breath ("it's twenty, no, hang on, twenty two five") does not count. A
short figure ("thirty one") is thousands only where the call speaks of thousands. Of the amounts the one the deal is
about scores highest: not what a competitor asks, what was lost, or from where on somebody else has to sign.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.calls.corrections import TAKEN_BACK, WITHIN
from desktop.understanding.calls.digit_words import DIGITS
from desktop.understanding.calls.numbers import Number, is_joined, numbers_in
from desktop.understanding.calls.transcript import Transcript
from desktop.understanding.candidates.amounts import _CURRENCY_OF_REGION
from desktop.understanding.candidates.money_context import judged
from desktop.understanding.candidates.money_forms import CURRENCY_OF, Money, find_bare, find_money, find_said, written
from desktop.understanding.lexicon.language import FRENCH
from desktop.understanding.lexicon.words import phrases

SAID, SHORT, STATED = "an amount as it was said", "thousands, as the call speaks of them", "an amount with its currency"
MAX_AMOUNTS = 60
MAX_LOOKED = 100_000
REPEATED, MOST_REPEATED = 0.04, 3
THOUSAND = 1000
YEAR_DIGITS = 4
WEEKS = 53
NEAR_TURNS = 4
LEAST_SCORE = 0.26  # what was said is on record, also what no deal is about

_LABELLED = re.compile(
    r"(?i)\b(?:order|id|ref\w*|account|invoice|ticket|case|nummer|number|zip|code|extension|no|nr)\W{0,3}(?:is|ist)?\W{0,2}$"
)
_CENTS = re.compile(r"(?i)\bcents?$")
_CURRENCY = re.compile(r"(?i)\b(?:euros?|dollars|pounds|quid|franken|zloty)\b")
_HALF = phrases(r" and a half (?:thousand|grand|k)\b")
_ODD = phrases(r" (?:odd|something|plus|or so) (?:thousand|grand|k)\b")
_ABOUT_MONEY = phrases(
    r"\b(?:budget\w*|pric\w{1,4}|cost\w*|quot\w{1,5}|figure|pay\w*|spend|money|contract|fees?|grand|cheap\w*|expensive"
    r"|discount|list|penny|too (?:much|dear|high)|a lot|zu (?:teuer|viel|hoch)|trop (?:cher|élevé)|caro|offer\w*"
    r"|thousand|tausend|k|number|renew\w*|invoice|wrote off|write offs?|total|per year|for the year|a year"
    r"|\w{0,20}vertrag\w*|lag|liegt|im jahr|im monat|pro monat|preis\w*|angebot\w*|kosten\w*|kostet|budget|euro\w?"
    r"|liegen bei|zahl\w*|rabatt|skonto|summe|betrag|netto|prix|coût|devis|tarif|remise|montant|precio|presupuesto"
    r"|oferta|descuento|coste|importe|pounds?|dollars?)\b"
)
_NOT_AFTER = phrases(
    r"[\s,]{0,2}(?:percent|per cent|prozent|pour cent|por ciento|degrees?|grad|o'clock|uhr|am\b|pm\b|a\.m|p\.m|past"
    r"|to the|minutes?|minuten|hours?|stunden?|days?|tagen?|weeks?|wochen?|months?|monaten?|years?|jahren?|people"
    r"|users?|nutzer|seats?|sites?|units?|pieces?|stück|arbeitsplätze|mitarbeiter|kilometers?|kilometres?|miles?|kg"
    r"|kilos?|meters?|tonnes?|litres?|times|mal|and a half|odd|st\b|nd\b|rd\b|th\b|eastern|central|pacific)"
)
_DIGIT_AFTER = re.compile(rf"(?i)[\s,]{{1,3}}(?:{'|'.join(DIGITS)})\b")
_DIGIT_BEFORE = re.compile(rf"(?i)\b(?:{'|'.join(DIGITS)})[\s,.]{{1,3}}$")
_COUNTED = re.compile(
    r" (?!(?:thanks|yes|this|as|is|was|plus|less|unless|us|across|euros|dollars|pounds|bucks)\b)[a-zäöü]{3,20}s\b"
)
_CAN_FOLLOW = phrases(
    r"(?:\s*(?:$|[.,;:!?)\n])| (?:for|a|per|all|in|and|is|was|at|on|if|to|or|roughly|list|each|net|ex|plus|i|yeah|now"
    r"|so|still|thanks|but|then|maybe|okay|right|something|that|unless|kommen|das|netto|brutto|für|im|pro|und|ist|als"
    r"|oder|inklusive|mit|bin|zahlen|ausgeben|kann|könnte|hors|par|pour|et|ou|para|por|y|o|con)\b)"
)
_BEFORE_SHORT = phrases(
    r"(?:^|[.,?!] |\b(?:at|around|about|roughly|nearly|between|and|be|under|below|over|than|say|only|the|for|to|was|is"
    r"|of|quoted|want|do|unter|bei|über|um|auf|für|mit|von|circa|sind|wären|maximal|höchstens|max|maximum|à|pour|de"
    r"|por|en))\s?$"
)
_MODEL = re.compile(
    r"\b[A-Za-z][ -]$|[a-z,] [A-Z]\w+ $|(?i:\b(?:kalenderwoche|kw|week(?: number)?|semaine|room|line|unit|page"
    r"|version) )$"
)
_MODELS = re.compile(r"\b[A-Za-z] ((?:twen|thir|for|fif|six|seven|eigh|nine)t(?:y|ies))\b")
_WEEK = phrases(r"\b(?:kalenderwochen?|kw|calendar weeks?|week number|semaine|semana)\b")
_HOW_MANY = phrases(r"\b(?:how many|how much (?:staff|people)|wie viele|combien de|cuántos|cuántas)\b")
_LIMIT = phrases(
    r"\b(?:anything|everything|alles|tout|todo)?\s?(?:over|above|beyond|über|ab|au-dessus de|más de)[^.?!]{0,20}$"
)
_SIGNS = phrases(
    r"\b(?:sign\w{0,2}|approv\w{1,3}|unterschreib\w*|freigeb\w*|signe\w?|firma\w?|line by line|review\w*)\b"
)
_RIVAL = phrases(
    r"\b(?:they(?:'ve| have)? (?:quoted|wanted|want|pitched|asked|offered|came in)|die liegen|vergleichsangebot"
    r"|competitor|mitbewerber\w*|ils (?:proposent|demandent)|ellos)\b"
)
_WISHED = phrases(
    r"\b(?:i (?:need|want) it to be|if you (?:can|could) (?:get|do)|we(?:'d| would) (?:need|like)|on the|wenn sie mir"
    r"|need it to|start with)\b[^.?!]{0,30}$"
)
_ASKS_SUM = phrases(
    r"\b(?:(?:what|which|how much)(?:'s| is| are| was| do| would| can)?\b[^.?!]{0,40}(?:budget|spend|pay|figure|price"
    r"|cost)|a (?:figure|budget|number) in mind|(?:welches|wie (?:hoch|viel)|haben sie ein)\b[^.?!]{0,25}(?:budget"
    r"|kosten|zahlen|preis)|quel\w* [^.?!]{0,25}(?:budget|prix)|qué presupuesto|cuánto)"
)
_TOO_MUCH = phrases(
    r"[^.?!]{0,30}\b(?:too (?:much|high|dear|expensive)|zu (?:viel|teuer|hoch)|trop(?: cher| élevé)?|(?:muy"
    r"|demasiado) caro|parece caro)\b"
)
_DEAL = phrases(
    r"\b(?:the contract is|that's what went in|in the plan|our (?:offer|price|quote)|(?:list|listed) (?:is|on that"
    r"|price)|for the (?:year|pair|lot|whole)|all in|in total|inklusive|das angebot|budget|we(?:'ve| have) got)\b"
)


@dataclass(frozen=True, slots=True)
class _Sum:
    money: Money
    turn: int
    why: str


def find_amounts(transcript: Transcript) -> Iterator[Candidate]:
    """Yield the sums of money said in the call, a value each; a currency nobody said is that of the country."""
    found = _without_taken_back(transcript.text, _sums(transcript))
    currency = _usual(transcript, found)
    said = Counter(one.money.amount for one in found)
    for one in found:
        money = replace(one.money, currency=one.money.currency or currency)
        score = _score(transcript, one) + REPEATED * min(MOST_REPEATED, said[money.amount] - 1)
        value = written(money.amount, money.currency).rstrip()
        evidence = transcript.cite(money.start, money.end)
        yield Candidate(FactKind.AMOUNT, evidence, value, round(min(0.9, max(LEAST_SCORE, score)), 4), one.why)


def _sums(transcript: Transcript) -> list[_Sum]:
    found: list[_Sum] = []
    turns = list(_turns(transcript))
    for turn, (start, end) in turns:
        text = transcript.text
        found.extend(_Sum(money, turn, STATED) for money in _free(transcript, find_money(text, start, end)))
        found.extend(_Sum(money, turn, SAID) for money in _free(transcript, half_thousands(text, start, end)))
        for money in _free(transcript, (*find_said(text, start, end), *_figures(text, start, end))):
            is_free = not any(money.start < other.money.end and other.money.start < money.end for other in found)
            words = text[money.start : money.end]
            is_free = is_free and not is_joined(words) and (transcript.language == FRENCH or not _CENTS.search(words))
            is_free = is_free and not _follows_digit(transcript, start, money.start)
            if is_free and _is_sum(text, money, turns, turn):
                found.append(_Sum(money, turn, STATED if money.currency else SAID))
        if len(found) > MAX_AMOUNTS:
            break
    large = [one.money.amount for one in found if one.money.amount >= THOUSAND]
    if large:
        found.extend(_short(transcript, turns, found))
    kept = (one for one in found if not transcript.is_left_out(one.money.start, one.money.end))
    return sorted(kept, key=lambda one: one.money.start)


def _follows_digit(transcript: Transcript, start: int, place: int) -> bool:
    """Whether a digit in words stands before, one of something read out that is no telephone number."""
    before = _DIGIT_BEFORE.search(transcript.text[max(start, place - 12) : place])
    return before is not None and not transcript.is_in_number(max(start, place - 4), place)


def _free(transcript: Transcript, sums: Iterable[Money]) -> Iterator[Money]:
    """Yield what is no part of a telephone number."""
    return (money for money in sums if not transcript.is_in_number(money.start, money.end))


def _figures(text: str, start: int, end: int) -> Iterator[Money]:
    """Yield "22,500" and "40k", as some transcripts write what was said."""
    for money in find_bare(text, start, end):
        words = text[money.start : money.end]
        is_grouped = not words.isdigit() or len(words) > YEAR_DIGITS
        if is_grouped and not _LABELLED.search(text[max(start, money.start - 24) : money.start]):
            yield money


def half_thousands(text: str, start: int, end: int) -> Iterator[Money]:
    """Yield "twenty two and a half thousand"."""
    for number in numbers_in(text, start, end):
        half = _HALF.match(text, number.end, end)
        if half and number.value < THOUSAND:
            yield Money(number.start, half.end(), number.value * THOUSAND + THOUSAND // 2, is_said=True)


def _turns(transcript: Transcript) -> Iterator[tuple[int, tuple[int, int]]]:
    for reach in transcript.reaches:
        if reach.end > reach.start:
            yield reach.turn, (reach.start, reach.end)


def _is_sum(text: str, money: Money, turns: Sequence[tuple[int, tuple[int, int]]], turn: int) -> bool:
    """Whether a number in words is money: by its currency or scale, or because the talk here is of money."""
    words = text[money.start : money.end].lower()
    if money.currency or re.search(r"\b(?:grand|k)$", words):
        return True
    if _NOT_AFTER.match(text, money.end) or _COUNTED.match(text, money.end) or money.amount < THOUSAND:
        return False
    if re.search(r"\d\s?k$|thousand|tausend|mille|mil\b|million", words):
        return True
    return not _DIGIT_AFTER.match(text, money.end) and _speaks_of_money(text, money.start, money.end, turns, turn)


def _speaks_of_money(
    text: str, start: int, end: int, turns: Sequence[tuple[int, tuple[int, int]]], turn: int
) -> bool:  # fmt: skip
    near = [place for index, place in turns if turn - NEAR_TURNS <= index <= turn]
    before = text[max(near[0][0], start - 400) : start]
    return bool(_ABOUT_MONEY.search(before) or _ABOUT_MONEY.search(text, end, min(len(text), end + 60)))


def _short(
    transcript: Transcript, turns: Sequence[tuple[int, tuple[int, int]]], found: Sequence[_Sum]
) -> Iterator[_Sum]:  # fmt: skip
    """Yield short figures that are thousands: "under thirty two", beside sums between a third and three times that."""
    text = transcript.text
    anchors = [(one.turn, one.money.amount) for one in found if one.money.amount >= THOUSAND]
    heads = {amount // THOUSAND for _, amount in anchors}
    counted = _counted(transcript, turns)
    for turn, (start, end) in turns:
        numbers = [one for one in numbers_in(text, start, end) if not transcript.is_in_number(one.start, one.end)]
        anchors += [(turn, one.value * THOUSAND) for one in numbers if _ODD.match(text, one.end)]
        near = [amount for at, amount in anchors if abs(at - turn) <= NEAR_TURNS]
        for number in numbers:
            value = number.value * THOUSAND
            is_written = text[number.start].isdigit()  # who writes figures writes them out
            if is_written or number.value in heads | counted or _is_taken(number, found):
                continue
            if not 10 <= number.value < THOUSAND:
                continue
            is_near = any(amount / 3 <= value <= amount * 3 for amount in near)
            if is_near and _reads_as_price(text, number.start, number.end, start):
                yield _Sum(Money(number.start, number.end, value, is_said=True), turn, SHORT)


def _is_taken(number: Number, found: Sequence[_Sum]) -> bool:
    return any(number.start < one.money.end and one.money.start < number.end for one in found)


def _reads_as_price(text: str, start: int, end: int, turn_start: int) -> bool:
    if _NOT_AFTER.match(text, end) or _COUNTED.match(text, end) or not _CAN_FOLLOW.match(text, end):
        return False
    return bool(_BEFORE_SHORT.search(text[max(turn_start, start - 14) : start]))


def _counted(transcript: Transcript, turns: Sequence[tuple[int, tuple[int, int]]]) -> set[Decimal]:
    """Return the numbers that count things or name them: "thirty seats", "the a x thirty", what answers "how many"."""
    text, counts, before = transcript.text, set(), ""
    for _, (start, end) in turns:
        answers = any(_HOW_MANY.search(said) for said in (before, text[start:end]))
        weeks = any(_WEEK.search(said) for said in (before, text[start:end]))
        for number in numbers_in(text, start, end):
            is_counted = bool(_NOT_AFTER.match(text, number.end) or _COUNTED.match(text, number.end))
            is_counted = is_counted or (weeks and number.value <= WEEKS)
            if answers or is_counted or _MODEL.search(text[max(start, number.start - 18) : number.start]):
                counts.add(number.value)
        counts |= {
            number.value for one in _MODELS.finditer(text, start, end) for number in numbers_in(_single(one[1]), 0, 20)
        }
        before = text[start:end]
    return counts


def _single(word: str) -> str:
    return word[:-3] + "y" if word.endswith("ies") else word


def _without_taken_back(text: str, found: Sequence[_Sum]) -> list[_Sum]:
    """Leave out a sum that is corrected by a later one of the same turn; of two in one breath the first is gone."""
    kept = []
    for place, one in enumerate(found):
        after = [other for other in found[place + 1 :] if other.turn == one.turn]
        between = text[one.money.end : after[-1].money.start] if after else ""
        is_corrected = bool(after) and len(between) <= WITHIN and bool(TAKEN_BACK.match(between))
        is_repeated_later = any(other.money.amount == one.money.amount for other in found[place + 1 :])
        if not is_corrected or is_repeated_later:
            kept.append(one)
    return kept


def _usual(transcript: Transcript, found: Sequence[_Sum]) -> str:
    """Return the currency that is said most, or that of the country the call points to, or ""."""
    said = Counter(one.money.currency for one in found if one.money.currency)
    if said:
        return said.most_common(1)[0][0]
    for named in _CURRENCY.finditer(transcript.text, 0, MAX_LOOKED):
        if not transcript.is_left_out(*named.span()):
            return CURRENCY_OF.get(named[0].lower(), "")
    return next((_CURRENCY_OF_REGION[one] for one in transcript.regions if one in _CURRENCY_OF_REGION), "")


def _score(transcript: Transcript, one: _Sum) -> float:
    text, money = transcript.text, one.money
    reach = transcript.reaches[one.turn]
    start, end = reach.start, reach.end
    score, _ = judged(text, (start, end), money)
    before, after = text[max(start, money.start - 90) : money.start], text[money.end : min(end, money.end + 50)]
    score += 0.1 if _DEAL.search(before[-50:]) or _DEAL.search(after) else 0.0
    score -= 0.3 if _LIMIT.search(before) and (_SIGNS.search(before) or _SIGNS.search(after)) else 0.0
    score -= 0.2 if _RIVAL.search(before) else 0.0
    score -= 0.1 if _WISHED.search(before) else 0.0
    score -= 0.12 if one.why == SHORT else 0.0
    score -= 0.2 if _TOO_MUCH.match(text, money.end, end) else 0.0
    asked = transcript.call.turns[one.turn - 1].text[-400:] if one.turn else ""
    score += 0.2 if _ASKS_SUM.search(asked) else 0.0
    return score
