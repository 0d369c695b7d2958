"""How money is written and said, and what it comes to: `€ 1.2 Mio`, `40 TEUR`, `USD 25k-50k`, `20 grand`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from desktop.understanding.candidates.spelled_numbers import SPELLED, may_be_spelled, value_of

_NAMES = {
    "EUR": "€ eur euro euros teur keur meur t€ k€ m€ евро ευρώ avro euró eura",
    "USD": "$ usd us$ $us dollar dollars dólares dolares dollari bucks", "GBP": "£ gbp pound pounds quid sterling",
    "CHF": "chf sfr sfr. fr. franken", "AUD": "a$ au$ aud", "CAD": "c$ ca$ cad", "NZD": "nz$ nzd", "SGD": "s$ sgd",
    "HKD": "hk$ hkd", "MXN": "mx$ mxn pesos", "BRL": "r$ brl reais", "JPY": "¥ jpy yen 円", "CNY": "cny rmb yuan 元",
    "INR": "₹ inr rs. rs rupees", "PLN": "zł pln złotych zlotych złote", "CZK": "kč czk korun",
    "TRY": "₺ try tl lira lirası", "ILS": "₪ ils", "UAH": "₴ uah грн гривень", "KRW": "₩ krw 원", "PHP": "₱ php",
    "RUB": "₽ rub руб рублей rubles", "SEK": "sek kr kr. kronor kroner tkr mkr tsek msek", "NOK": "nok", "DKK": "dkk",
    "HUF": "huf ft forint forintot", "RON": "ron lei", "ZAR": "zar r rand", "AED": "aed dirham dirhams", "SAR": "sar",
    "THB": "thb", "MYR": "myr rm", "IDR": "idr", "ISK": "isk", "BGN": "bgn лв", "KES": "kes ksh shillings",
    "NGN": "ngn ₦", "QAR": "qar", "CLP": "clp", "CLF": "clf uf", "COP": "cop", "ARS": "ars", "UYU": "uyu",
    "PEN": "s/ s/. pen", "DOP": "dop rd$", "CRC": "crc ₡", "EGP": "egp", "MAD": "mad", "TND": "tnd", "DZD": "dzd",
    "GHS": "ghs gh₵", "TZS": "tzs", "UGX": "ugx", "ZMW": "zmw", "BWP": "bwp", "XOF": "xof fcfa", "XAF": "xaf",
    "KWD": "kwd", "BHD": "bhd", "OMR": "omr", "JOD": "jod", "PKR": "pkr", "LKR": "lkr", "BDT": "bdt", "VND": "vnd ₫",
    "TWD": "twd nt$", "RSD": "rsd", "MDL": "mdl", "KZT": "kzt ₸", "AZN": "azn",
}  # fmt: skip
CURRENCY_OF = {name: code for code, names in _NAMES.items() for name in names.split()} | {"francs suisses": "CHF"}
KRONAS = frozenset({"SEK", "NOK", "DKK", "ISK"})
PESOS = frozenset({"MXN", "CLP", "COP", "ARS", "UYU", "DOP", "PHP"})
DOLLARS = frozenset({"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD"}) | PESOS - {"PHP"}
_CODES = "|".join(_NAMES)
_SIGN = r"(?:(?:USD|CAD|AUD|NZD|US) ?\$|US\$|\$US|AU?\$|CA?\$|NZ\$|S\$|HK\$|MX\$|R\$|NT\$|[€$£¥₹₺₪₴₩₱₽₦₫₸₡])"
_BEFORE = (
    rf"(?:[TkKM]€|{_SIGN}|(?<![^\W\d_])(?:{_CODES}|[TkKM]EUR|Eur|eur|usd|gbp|chf|SFr\.?|Fr\.|Rs\.?|RMB|TL|RM|KSh|Ksh"
    rf"|[Kk]r\.?|RS\.?|UF|FCFA|S/\.?|RD\$"
    r"|R(?=\s?\d{1,3}[ ,]\d{3}))(?![^\W\d_]))"
)
_AFTER = (
    rf"(?:{_SIGN}|[円元원]|(?:{_CODES}|Eur|eur|usd|gbp|chf|SFr|Fr\.|RMB|TL|RM|UF|FCFA|zł|Kč|Ft|[Ll]ei|[TtMmKk]?[Kk]r|[TM]SEK"
    r"|(?i:euros?|(?:us )?dollars?|pounds?|quid|bucks|pesos|reais|franken|francs suisses|złotych|zlotych|złote|rupees"
    r"|dólares|dolares|dollari|kronor|kroner|korun|forint(?:ot)?|lira(?:sı)?|rubles|рублей|руб|грн|гривень|евро|ευρώ|avro|euró|eura"
    r"|rand|shillings|dirhams?))(?![\w]))"
)
_GROUPED = r"\d{1,3}(?:[.,'’\u202f\u00a0 ]\d{3})+(?!\d)|\d{1,2}(?:,\d{2}){1,3},\d{3}(?!\d)"
NUMBER = rf"(?:(?:{_GROUPED})(?:[.,]\d{{1,2}})?(?!\d)|\d{{1,12}}(?:[.,]\d{{1,4}})?(?!\d)|\.\d{{1,4}}(?!\d))"
_FACTOR = (
    r"(?:\s{0,2}(?:(?i:mrd\.?|mia\.?|mlrd|mld\.?|mio\.?|mill?ion(?:en|er|es|s|i)?|mill?ón|millones|milhão|milhões"
    r"|milione|miljoen|miljoner|milyon|millió|milijon\w{0,3}|milion(?:y|ów|ů)?|miljoonaa|milliárd|milliards?|milliarden|miliardi|mln\.?|млн|тыс\.?|тис\.?|tsd\.?"
    r"|thousand|tausend|duizend|tusen|tuhatta|tisíc|tis\.|ezer|tysięcy|tysiące|tys\.?|mila|mille|lakhs?|lacs?|crores?"
    r"|billion|grand|bin(?=\s(?:tl|lira|₺|euro|dolar)))|mil|Cr\.?|[万만](?=[円元원])|bn|mm|MM|mn|[kKmMbBT])(?=[€$£]|EUR"
    r"|USD|CHF|[^\w]|$))"
)
_TAIL = r"(?:[.,:][-–—]+|/[-–])?"
_JOIN = r"(?P<join%d>\s?[-–—]\s?|\s(?:to|bis|à|and|und|et|a|tot|e|y|en|i|og|och|do|til|till)\s)"
_BETWEEN = re.compile(
    r"(?i)\b(?P<word>between|zwischen|entre|tra|fra|tussen|da|de|von|from|mellem|mellan|mellom|między|mezi)\s{1,3}"
    r"(?:\w{1,10}\s{1,3})?$"
)
_CENTS = r"(?:cents?|ct\.?|¢|pence)(?=\s?(?:/|per\b|pro\b|je\b|each\b|an?\b)|\Z)"
MONEY = re.compile(
    rf"(?<![\w.,])(?P<c1>{_BEFORE})[ \t]{{0,5}}(?P<n1>{NUMBER})(?P<f1>{_FACTOR})?{_TAIL}"
    rf"(?:{_JOIN % 1}(?:(?P=c1)\s?)?(?P<n2>{NUMBER})(?P<f2>{_FACTOR})?{_TAIL})?(?:\s?(?P<c3>(?:{_CODES})\b))?"
    rf"|(?<![\w.,/-])(?P<n3>{NUMBER})(?P<f3>{_FACTOR})?{_TAIL}"
    rf"(?:(?:\s?{_AFTER})?{_JOIN % 2}(?P<n4>{NUMBER})(?P<f4>{_FACTOR})?{_TAIL})?\s?(?:de )?(?P<c2>{_AFTER})"
    rf"|(?<![\w.,])(?P<n5>{NUMBER})\s?(?P<cents>{_CENTS})"
)
BARE = re.compile(
    rf"(?<![\w.,/:€$£#-])(?P<n1>{NUMBER})(?:(?P<f1>{_FACTOR})|(?P<t1>[.,][-–—]+))"
    rf"|(?<![\w.,/:€$£#-])(?P<n3>(?:{_GROUPED})(?:[.,]\d{{2}})?|\d{{3,7}}(?:[.,]\d{{2}})?)(?![\d%]|[.,/-]\d)"
)
SAID = re.compile(rf"(?i)(?P<words>{SPELLED})(?:\s(?P<c>euros?|dollars?|pounds|quid|bucks|franken|francs))?")
MAX_AMOUNT = 10**12
_FACTORS = {
    "k": 1000, "t": 1000, "tsd": 1000, "tys": 1000, "thousand": 1000, "tausend": 1000, "mille": 1000, "mil": 1000,
    "grand": 1000, "lakh": 10**5, "lakhs": 10**5, "crore": 10**7, "crores": 10**7, "bn": 10**9, "b": 10**9,
    "billion": 10**9, "mrd": 10**9, "mia": 10**9, "milliard": 10**9, "milliards": 10**9, "milliarden": 10**9,
    "milliárd": 10**9, "mlrd": 10**9, "mld": 10**9, "miliardi": 10**9, "lac": 10**5, "lacs": 10**5, "cr": 10**7,
    "bin": 1000, "万": 10**4, "만": 10**4,
    **dict.fromkeys(("тыс", "тис", "duizend", "tusen", "tuhatta", "tisíc", "tis", "ezer", "mila"), 1000),
    **dict.fromkeys(("tysięcy", "tysiące"), 1000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Money:
    """Where money is named and what it comes to. Of a range `amount` is the lower end; `currency` may be unsaid ("").

    `is_plain` says that neither a currency nor a word of scale stands there: "12 400".
    """

    start: int
    end: int
    amount: Decimal
    currency: str = ""
    upper: Decimal | None = None
    is_plain: bool = False
    is_said: bool = False


def find_money(text: str, start: int, end: int) -> Iterator[Money]:
    """Yield money whose currency stands with it, in order."""
    while match := MONEY.search(text, start, end):
        start = match.end()
        for money in _stated(match):
            start = money.end
            yield money


def _stated(match: re.Match[str]) -> Iterator[Money]:
    if match["cents"]:
        currency = {"ct": "EUR", "pe": "GBP"}.get(match["cents"][:2].lower(), "USD")
        for money in _checked(match, match["n5"], "", currency=currency):
            yield replace(money, amount=money.amount / 100)
        return
    sign = match["c3"] or match["c1"] or match["c2"]
    scale = sign[0] if re.fullmatch(r"(?:[TkKM](?:€|EUR)|[TtMm][Kk]r|[TM]SEK)", sign) else ""
    low, factor = match["n1"] or match["n3"], match["f1"] or match["f3"] or scale
    high, factor2 = match["n2"] or match["n4"] or "", match["f2"] or match["f4"] or scale
    currency = CURRENCY_OF.get(sign.lower()) or CURRENCY_OF.get(sign.lower().rstrip("$").removeprefix("us "), "USD")
    yield from _checked(match, low, factor, currency=currency, high=high, factor2=factor2)


def find_bare(text: str, start: int, end: int) -> Iterator[Money]:
    """Yield numbers that are money only if the text speaks of money: "40k", "12.000,-", "20 grand", "12 400"."""
    for match in BARE.finditer(text, start, end):
        for money in _checked(match, match["n1"] or match["n3"], match["f1"] or "", currency=""):
            yield Money(money.start, money.end, money.amount, is_plain=bool(match["n3"]))


def find_said(text: str, start: int, end: int) -> Iterator[Money]:
    """Yield numbers in words that are money only if the text speaks of money."""
    if not may_be_spelled(text[start:end]):
        return
    for match in SAID.finditer(text, start, end):
        amount = value_of(match["words"])
        if amount is None or not 100 <= amount < MAX_AMOUNT:
            continue
        currency = CURRENCY_OF.get((match["c"] or "").lower(), "")
        yield Money(match.start(), match.end(), amount, currency, is_said=True)


def _checked(
    match: re.Match[str], low: str, factor: str, *, currency: str, high: str = "", factor2: str = ""
) -> Iterator[Money]:
    """Yield the Money of one match; what only looks like a range ("€ 500 and 30 pieces") is its one sum."""
    try:
        amount, upper = number_of(low) * factor_of(factor), number_of(high) * factor_of(factor2) if high else None
    except InvalidOperation:
        return
    if upper is not None and not factor and amount * factor_of(factor2) <= upper:
        amount *= factor_of(factor2)
    first, last = match.span()
    if upper is not None and (upper <= amount or not _is_range(match)):
        if match["n1"]:
            last = match.start("join1")
        else:
            first, amount = match.start("n4"), upper
        upper = None
    if upper is not None and (between := _between(match)):
        first = between.start("word")
    if 0 < amount < MAX_AMOUNT:
        yield Money(first, last, amount, currency, upper)


def _is_range(match: re.Match[str]) -> bool:
    """Whether "and" between two sums is that of "between 8 and 11"; every other joint makes a range."""
    return not _is_and(match) or _between(match) is not None


def _is_and(match: re.Match[str]) -> bool:
    join = match.groupdict().get("join1") or match.groupdict().get("join2") or ""
    return join.strip().lower() in ("and", "und", "et", "e", "y", "en", "i", "og", "och")


def _between(match: re.Match[str]) -> re.Match[str] | None:
    """Return the "between" of "between 8 and 11", without which the two make no range."""
    return _BETWEEN.search(match.string, max(0, match.start() - 24), match.start()) if _is_and(match) else None


def factor_of(word: str) -> int:
    """Return what a word like k, Mio. or million multiplies by; 1 for none."""
    plain = word.strip().rstrip(".").lower()
    return _FACTORS.get(plain, 10**6) if plain else 1


def number_of(text: str) -> Decimal:
    """Read a number with either decimal mark: the last mark decides, three digits after a single one are thousands."""
    plain = re.sub(r"[\s'’\u202f\u00a0]", "", text)
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return Decimal(plain)
    last = marks[-1]
    decimals = len(plain) - plain.rindex(last) - 1
    is_decimal = decimals != 3 if len(marks) == 1 else len(set(marks)) == 2
    if not is_decimal and not plain.startswith(("0", ".")):
        return Decimal(re.sub(r"[.,]", "", plain))
    whole, _, fraction = plain.rpartition(last)
    return Decimal(re.sub(r"[.,]", "", whole) + "." + fraction)


def written(amount: Decimal, currency: str) -> str:
    """Return the canonical form: `1200.00 EUR`; more than two decimals only where they are not zero."""
    plain = f"{amount:.4f}".rstrip("0")
    whole, _, fraction = plain.partition(".")
    return f"{whole}.{fraction.ljust(2, '0')} {currency}"
