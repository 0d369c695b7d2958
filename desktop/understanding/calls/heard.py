"""The last gate for what was heard: the words stand in the call, and the value follows from them, read once more."""

import re
from decimal import Decimal, InvalidOperation

from desktop.domain.evidence import Fact, FactKind, Part
from desktop.domain.interactions import EmailMessage
from desktop.understanding.calls.amounts import SHORT, THOUSAND, half_thousands
from desktop.understanding.calls.numbers import numbers_in
from desktop.understanding.calls.products import MODEL, model_of
from desktop.understanding.calls.said_numbers import readings_of
from desktop.understanding.calls.spelled_out import address_of
from desktop.understanding.candidates.money_forms import CURRENCY_OF, find_bare, find_money, find_said
from desktop.understanding.grounding import is_grounded, is_verbatim

LAST_DIGITS = 6


def is_heard(message: EmailMessage, fact: Fact) -> bool:
    """Whether the Fact is verbatim in a call (`Call.as_message`) and its value could have come from its words."""
    if not is_verbatim(message, fact) or not fact.value.strip():
        return False
    if fact.evidence.span.part is Part.BODY and fact.kind in _GATES:
        return _GATES[fact.kind](fact) or (fact.kind in _WRITTEN_TOO and is_grounded(message, fact))
    return is_grounded(message, fact)


def _is_address(fact: Fact) -> bool:
    return fact.value == address_of(fact.evidence.text)


def _is_number(fact: Fact) -> bool:
    digits = re.sub(r"\D", "", fact.value)[-LAST_DIGITS:]
    return any(one[-LAST_DIGITS:] == digits for one in readings_of(fact.evidence.text))


def _is_model(fact: Fact) -> bool:
    return fact.reason == MODEL and fact.value == model_of(fact.evidence.text)


def _is_name(fact: Fact) -> bool:
    return all(word in fact.evidence.text.casefold() for word in fact.value.casefold().split())


def _is_sum(fact: Fact) -> bool:
    """Whether the words make the number, and the currency is one there is, the one they name if they name any."""
    words = fact.evidence.text
    number, _, currency = fact.value.partition(" ")
    try:
        value = Decimal(number)
    except InvalidOperation:
        return False
    stated = list(find_money(words, 0, len(words)))
    said = (*find_said(words, 0, len(words)), *half_thousands(words, 0, len(words)), *find_bare(words, 0, len(words)))
    sums = {money.amount for money in (*stated, *said)}
    if fact.reason == SHORT:
        sums |= {one.value * THOUSAND for one in numbers_in(words, 0, len(words))}
    is_currency = not currency or currency in CURRENCY_OF.values()
    return value in sums and is_currency and (not stated or bool(currency))


_GATES = {
    FactKind.EMAIL: _is_address, FactKind.PHONE: _is_number, FactKind.MOBILE: _is_number, FactKind.PRODUCT: _is_model,
    FactKind.AMOUNT: _is_sum, FactKind.MENTIONED: _is_name,
}  # fmt: skip
_WRITTEN_TOO = frozenset({FactKind.EMAIL, FactKind.PRODUCT})
