"""Normal forms in which answers are compared, and the numbers and days a piece of text may mean.

Written apart from the product's own rules, so that a mistake there does not hide itself here.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

_DROPPED = re.compile(r"[.'’`´]")
_OTHER = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"(?:(?<![\w.,])[.,])?\d(?:[\d.,'’٬\u00a0\u202f ]{0,24}\d)?")
_SCALES = (
    (r"(?:bn|billion|milliarden?|mrd|milliards?)\b", 1_000_000_000),
    (r"(?:(?:mm|mn|mio|m|million(?:en|s)?|millones|milioni|mln)\b|m(?=eur\b))", 1_000_000),
    (r"(?:(?:k|tsd|tausend|thousand|grand|mille|mila|mil|t|tys|duizend)\b|[kt](?=eur\b))", 1_000),
    (r"(?:lakhs?|lacs?)\b", 100_000),
    (r"crores?\b", 10_000_000),
    (r"(?:cents?|pence)\b", Decimal("0.01")),
)
_SCALE = re.compile(
    r"[\s.-]{0,2}(?:" + "|".join(f"(?P<s{n}>{text})" for n, (text, _) in enumerate(_SCALES)) + ")", re.IGNORECASE
)
_CURRENCIES = (
    (r"€|\beur(?:os?)?\b", {"EUR"}),
    (r"£|\bgbp\b|\bpounds?\b|\bquid\b", {"GBP", "EGP", "LBP"}),
    (r"\bchf\b|\bfr(?:anken|\.)", {"CHF"}),
    (r"\busd\b|\bus ?\$", {"USD"}),
    (r"\br\$|\bbrl\b|\breais\b", {"BRL"}),
    (r"\$|\bdollars?\b|\bbucks\b", {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP"}),
)


def plain(text: str) -> str:
    """Return `text` in lower case, full stops and apostrophes out, other punctuation and blanks as one blank."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_OTHER.sub(" ", _DROPPED.sub("", folded)).split())


def name_forms(text: str) -> set[str]:
    """Return the normal forms of a name; `Last, First` also in its spoken order."""
    forms = {plain(text)}
    last, comma, first = text.partition(",")
    if comma and first.strip():
        forms.add(plain(f"{first} {last}"))
    return forms


def digits(text: str) -> str:
    """Return the digits of a text, `(0)` after a country code and an extension `;ext=` left out."""
    text = text.partition(";ext=")[0]
    if text.lstrip(" (").startswith(("+", "00")):
        text = text.replace("(0)", "")
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


def squeezed(text: str) -> str:
    """Return the text in lower case without any blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def numbers_in(text: str) -> set[Decimal]:
    """Return every number `text` may state, in both decimal habits, the `k` or `million` behind it counted in.

    In a range such as `10-12k` the scale of one number may hold for those that have none.
    """
    text = unicodedata.normalize("NFKC", text)
    found: set[Decimal] = set()
    scales = [(match.start(), _factor(match)) for match in _SCALE.finditer(text)]
    for match in _NUMBER.finditer(text):
        own = [factor for start, factor in scales if start == match.end()]
        factors = own[:1] or [1, *(factor for _, factor in scales)]
        found.update(value * factor for value in _readings(match[0]) for factor in factors)
    return found


def _factor(match: re.Match[str]) -> int | Decimal:
    return next(factor for n, (_, factor) in enumerate(_SCALES) if match[f"s{n}"])


def _readings(number: str) -> set[Decimal]:
    bare = re.sub(r"[\s'’٬]", "", number)
    found: set[Decimal] = set()
    for point, comma in ((".", ","), (",", ".")):
        try:
            found.add(Decimal(bare.replace(comma, "").replace(point, ".")))
        except InvalidOperation:
            continue
    if " " in number:
        found.update(value for piece in number.split() for value in _readings(piece))
    return found


def currencies_in(text: str) -> set[str] | None:
    """Return the currencies the first sign in `text` may mean, or None where it shows no sign known here."""
    folded = text.casefold()
    return next((codes for pattern, codes in _CURRENCIES if re.search(pattern, folded)), None)


def amount_of(value: str) -> tuple[tuple[Decimal, ...], str]:
    """Return the numbers (two for a range) and the currency code of a canonical amount such as `1200.00 EUR`."""
    code = re.search(r"\b[A-Z]{3}\b", value)
    numbers = re.findall(r"\d+(?:\.\d+)?", value)
    return tuple(Decimal(number) for number in numbers), code[0] if code else ""


def days_of(value: str) -> tuple[date, ...]:
    """Return the day of an ISO date, or both ends of `a/b`; none when it is no date."""
    try:
        return tuple(date.fromisoformat(piece[:10]) for piece in value.split("/"))
    except ValueError:
        return ()
