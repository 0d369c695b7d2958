"""The last gate: a Fact leaves only if its words stand in the mail, where it says, and its value follows from them."""

import re
from datetime import date

from desktop.domain.evidence import Fact, FactKind
from desktop.domain.interactions import EmailMessage
from desktop.understanding.document import source_text


def is_verbatim(message: EmailMessage, fact: Fact) -> bool:
    """Whether the Fact's Evidence is, character for character, what stands at its Span."""
    span = fact.evidence.span
    source = source_text(message, span.part)
    return 0 <= span.start < span.end <= len(source) and source[span.start : span.end] == fact.evidence.text


def is_grounded(message: EmailMessage, fact: Fact) -> bool:
    """Whether the Fact is verbatim and its value could have come from its words."""
    if not is_verbatim(message, fact):
        return False
    text = fact.evidence.text
    if fact.kind in (FactKind.PHONE, FactKind.MOBILE):
        return _same_number(fact.value, text)
    if fact.kind is FactKind.AMOUNT:
        return _same_amount(fact.value, text)
    if fact.kind is FactKind.DATE:
        return _is_date(fact.value)
    if fact.kind is FactKind.PERSON:
        return all(word in text.casefold() for word in fact.value.casefold().split())
    return " ".join(text.split()).casefold() == fact.value.casefold()


def _same_number(value: str, text: str) -> bool:
    """The last six digits of the number stand in the text, in this order."""
    return re.sub(r"\D", "", value)[-6:] == re.sub(r"\D", "", text)[-6:]


def _same_amount(value: str, text: str) -> bool:
    """The leading digits of the amount, its zeros aside, stand in the text."""
    digits = re.sub(r"\D", "", value).strip("0")
    return bool(digits) and digits in re.sub(r"\D", "", text)


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
