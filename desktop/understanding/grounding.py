"""The last gate: a Fact leaves only if its words stand in the mail, where it says, and its value follows from them.

The words are read once more here, alone: a number must be the number they give, a day one they can mean when read on
the day the mail was written, an amount one they come to. What a model or a stored row says beside that is refused.
"""

import re
from datetime import date

from desktop.domain.evidence import Fact, FactKind
from desktop.domain.interactions import EmailMessage
from desktop.understanding.candidates.amounts import possible_amounts
from desktop.understanding.candidates.dates import possible_days
from desktop.understanding.document import source_text
from desktop.understanding.zones.passages import without_marks

MAX_WORDS_OF_VALUE = 400
LAST_DIGITS = 6


def is_verbatim(message: EmailMessage, fact: Fact) -> bool:
    """Whether the Fact's Evidence is, character for character, what stands at its Span."""
    span = fact.evidence.span
    source = source_text(message, span.part)
    return 0 <= span.start < span.end <= len(source) and source[span.start : span.end] == fact.evidence.text


def is_grounded(message: EmailMessage, fact: Fact) -> bool:
    """Whether the Fact is verbatim and its value could have come from its words."""
    if not is_verbatim(message, fact) or not fact.value.strip():
        return False
    text = fact.evidence.text
    if fact.kind in (FactKind.PHONE, FactKind.MOBILE, FactKind.FAX):
        return _same_number(fact.value, text)
    if fact.kind is FactKind.AMOUNT:
        return len(text) <= MAX_WORDS_OF_VALUE and _is_amount(message, fact)
    if fact.kind is FactKind.DATE:
        return len(text) <= MAX_WORDS_OF_VALUE and _is_day(message, fact)
    if fact.kind is FactKind.PERSON:
        return all(word in text.casefold() for word in fact.value.casefold().split())
    return " ".join(without_marks(text).split()).casefold() == fact.value.casefold()


def _same_number(value: str, text: str) -> bool:
    """The last six digits of the number stand in the text, in this order."""
    return re.sub(r"\D", "", value)[-LAST_DIGITS:] == re.sub(r"\D", "", text)[-LAST_DIGITS:]


def _is_amount(message: EmailMessage, fact: Fact) -> bool:
    addresses = tuple(participant.address for participant in message.participants[:10])
    whole = f"{message.subject[:400]}\n{message.text}"
    return fact.value in possible_amounts(fact.evidence.text, whole, addresses)


def _is_day(message: EmailMessage, fact: Fact) -> bool:
    span = fact.evidence.span
    try:
        day = date.fromisoformat(fact.value)
    except ValueError:
        return False
    source = source_text(message, span.part)
    return day.isoformat() == fact.value and day in possible_days(
        source, span.start, end=span.end, sent_at=message.sent_at
    )
