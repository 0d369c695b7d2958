"""Facts that are not in the mail: words that do not stand where they are said to, or a value they do not give.

This is the benchmark's own check; it shares no code with the gate inside the product.
"""

import re
from datetime import timedelta

from desktop.domain.evidence import Fact, FactKind, Part, Reading
from desktop.domain.interactions import EmailMessage, Role
from tests.benchmarks.understanding.normal import (
    amount_of,
    currencies_in,
    days_of,
    digits,
    numbers_in,
    plain,
    squeezed,
)

_NUMBERS = (FactKind.PHONE, FactKind.MOBILE, FactKind.FAX)
_LONGEST_RANGE = timedelta(days=370)


def invented(message: EmailMessage, reading: Reading) -> list[Fact]:
    """Return the Facts of all kinds and Bands that do not follow from the mail."""
    return [fact for fact in reading.facts if not (stands_there(message, fact) and follows(fact))]


def stands_there(message: EmailMessage, fact: Fact) -> bool:
    """Whether the mail reads, at the Fact's Span, exactly as its Evidence says."""
    sender = message.sender
    shown = ""
    if sender is not None:
        shown = f"{sender.name} <{sender.address}>" if sender.name else sender.address
    others = ", ".join(one.address for one in message.participants if one.role in (Role.TO, Role.CC))
    source = {
        Part.BODY: message.text, Part.SUBJECT: message.subject, Part.SENDER: shown, Part.RECIPIENTS: others,
    }[fact.evidence.span.part]  # fmt: skip
    span = fact.evidence.span
    return 0 <= span.start < span.end <= len(source) and source[span.start : span.end] == fact.evidence.text


def follows(fact: Fact) -> bool:
    """Whether the value could come from the words of the Evidence."""
    text = fact.evidence.text
    if fact.kind in _NUMBERS:
        return _same_digits(fact.value, text)
    if fact.kind is FactKind.AMOUNT:
        values, code = amount_of(fact.value)
        shown = currencies_in(text)
        return bool(values) and set(values) <= numbers_in(text) and (shown is None or not code or code in shown)
    if fact.kind is FactKind.DATE:
        return _may_be_day(fact.value, text)
    if fact.kind is FactKind.EMAIL:
        return squeezed(fact.value) in squeezed(text)
    words = plain(text).split()
    if fact.kind is FactKind.PERSON:  # also as it is written in an address: jane.roe
        words += re.findall(r"[^\W\d_]+", text.casefold())
    return bool(fact.value.strip()) and all(word in words for word in plain(fact.value).split())


def _same_digits(value: str, text: str) -> bool:
    """The last seven digits of the number (all, when it is shorter) stand in the words, side by side."""
    wanted, shown = digits(value), digits(text)
    return len(wanted) >= 5 and wanted[-7:] in shown


def _may_be_day(value: str, text: str) -> bool:
    """The value is one or two days in order; years and days the words name are the value's (or of days close by)."""
    days = days_of(value)
    if not days or len(days) > 2 or (len(days) == 2 and not timedelta(0) <= days[1] - days[0] <= _LONGEST_RANGE):
        return False
    years = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", text)}
    return not years or any(day.year in years or (day - timedelta(days=7)).year in years for day in days)
