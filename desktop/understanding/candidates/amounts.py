"""Amounts of money with their currency. A number without a currency is never an amount."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from desktop.domain.evidence import Candidate, FactKind, Part
from desktop.understanding.document import Document
from desktop.understanding.words import phrases

_SYMBOLS = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "us$": "USD", "dollar": "USD",
    "dollars": "USD", "£": "GBP", "gbp": "GBP", "pounds": "GBP", "chf": "CHF", "sfr": "CHF", "franken": "CHF",
    "a$": "AUD", "au$": "AUD", "aud": "AUD", "c$": "CAD", "ca$": "CAD", "cad": "CAD", "¥": "JPY", "jpy": "JPY",
    "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN", "zł": "PLN", "czk": "CZK", "inr": "INR", "₹": "INR",
    "try": "TRY",
    **{code: code.upper() for code in ("huf", "ron", "php", "sgd", "hkd", "nzd", "zar", "mxn", "brl", "aed")},
}  # fmt: skip
_BEFORE = (
    r"(?:US\$|AU?\$|CA?\$|[€$£¥₹]|\b(?:EUR|USD|GBP|CHF|SFr|AUD|CAD|JPY|SEK|NOK|DKK|PLN|CZK|HUF|RON|INR|TRY"
    r"|PHP|SGD|HKD|NZD|ZAR|MXN|BRL|AED)\b)"
)
_AFTER = rf"(?:{_BEFORE}|\b(?:[Ee]uros?|[Dd]ollars?|[Pp]ounds|Franken)\b|zł)"
_NUMBER = r"(?:\d{1,3}(?:[.,'’\u202f ]\d{3})+(?!\d)(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,2})?(?!\d))"
_FACTOR = (
    r"(?:\s?(?:k|K|m|M|MM|mn|Mio\.?|Mill?ion(?:en)?|[Mm]illions?|[Tt]housand|[Tt]ausend|Tsd\.?|mille|bn"
    r"|[Bb]illion)(?![\w]))"
)
_TAIL = r"(?:,[-–—]+|\.[-–—]+)?"
_JOIN = r"\s?(?:-|–|—|to|bis|à)\s?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<c1>{_BEFORE})\s?(?P<n1>{_NUMBER})(?P<f1>{_FACTOR})?{_TAIL}"
    rf"(?:{_JOIN}(?:{_BEFORE}\s?)?(?P<n2>{_NUMBER})(?P<f2>{_FACTOR})?{_TAIL})?"
    rf"|(?<![\w.,])(?P<n3>{_NUMBER})(?P<f3>{_FACTOR})?{_TAIL}(?:{_JOIN}(?P<n4>{_NUMBER})(?P<f4>{_FACTOR})?{_TAIL})?\s?(?P<c2>{_AFTER})"
)
_FACTORS = {"k": 1000, "tsd": 1000, "thousand": 1000, "tausend": 1000, "mille": 1000, "bn": 10**9, "billion": 10**9}
_CUES = phrases(
    r"\b(?:budget\w*|price|cost|total|sum|quote\w*|offer\w*|approv\w*|spend|worth|value|invest\w*|cap|order"
    r"|amount|deal|contract|proposal"
    r"|preis\w*|kosten|gesamt\w*|angebot\w*|rahmen|netto|brutto|auftrag\w*|betrag|summe|bestell\w*|prix|coût\w*"
    r"|montant|devis|offre|enveloppe|commande)\b"
)
_AGAINST = phrases(
    r"\b(?:competitor\w*|they (?:quoted|offer)|list price|each|a head|apiece|per|shipping|fee|market|raised"
    r"|revenue|wettbewerb\w*|mitbewerb\w*|je|pro"
    r"|stückpreis|versand|mahn\w*|concurrent\w*|chacun|par|last year|previous(?:ly)?|used to|letztes jahr|bisher"
    r"|l'an dernier)\b"
)
_PER = re.compile(r"(?i)^\s?(?:/|per|each|a head|pro|je|par|p\.? ?m\.?|monthly|monatlich|apiece)")
MAX_AMOUNTS = 40


def find_amounts(document: Document) -> Iterator[Candidate]:
    """Yield amounts, values like `1200.00 EUR`; of a range the lower end."""
    count = 0
    for start, end in document.sentences():
        for match in _AMOUNT.finditer(document.text, start, end):
            count += 1
            if count > MAX_AMOUNTS:
                return
            value = _value(match)
            if value:
                around = (document.text[start : match.start()], document.text[match.end() : end])
                score = _score(around, has_range=bool(match["n2"] or match["n4"]))
                why = "lower end of a range" if match["n2"] or match["n4"] else "an amount in the text"
                yield Candidate(FactKind.AMOUNT, document.cite(*match.span()), value, score, why)
    for match in _AMOUNT.finditer(document.message.subject[:400]):
        value = _value(match)
        if value:
            evidence = document.cite(*match.span(), Part.SUBJECT)
            yield Candidate(FactKind.AMOUNT, evidence, value, 0.6, "an amount in the subject")


def _value(match: re.Match[str]) -> str | None:
    currency = _SYMBOLS[(match["c1"] or match["c2"]).lower()]
    low = match["n1"] or match["n3"]
    factor = match["f1"] or match["f3"] or match["f2"] or match["f4"] or ""
    try:
        amount = number_of(low) * factor_of(factor)
    except InvalidOperation:
        return None
    return f"{amount:.2f} {currency}" if 0 < amount < 10**12 else None


def factor_of(word: str) -> int:
    """Return what a word like k, Mio. or million multiplies by; 1 for none."""
    plain = word.strip().rstrip(".").lower()
    if not plain:
        return 1
    return _FACTORS.get(plain, 10**6)


def number_of(text: str) -> Decimal:
    """Read a number with either decimal mark: the last mark decides, three digits after a single one are thousands."""
    plain = re.sub(r"[\s'’\u202f]", "", text)
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return Decimal(plain)
    last = marks[-1]
    decimals = len(plain) - plain.rindex(last) - 1
    is_decimal = decimals != 3 if len(set(marks)) == 1 and len(marks) == 1 else len(set(marks)) == 2
    if not is_decimal:
        return Decimal(re.sub(r"[.,]", "", plain))
    whole, _, fraction = plain.rpartition(last)
    return Decimal(re.sub(r"[.,]", "", whole) + "." + fraction)


def _score(around: tuple[str, str], *, has_range: bool) -> float:
    before, after = around
    near = before[-70:] + " " + after[:40]
    score = 0.62
    score += 0.2 if _CUES.search(near) else 0.0
    score -= 0.2 if _PER.match(after) else 0.0
    score -= 0.15 if _AGAINST.search(before[-40:] + " " + after[:25]) else 0.0
    score -= 0.1 if has_range else 0.0
    return max(0.1, score)
