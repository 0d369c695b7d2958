"""Amounts of money with their currency: the budget, price or total that the mail is about scores highest.

A number without a currency is an amount only where the words beside it speak of money; its currency is then the one
the mail uses elsewhere, or else that of the contact's country, and the reason says so.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from desktop.domain.evidence import Candidate, FactKind, Part
from desktop.understanding.candidates.money_context import ASIDE, CUED, NAMED, UNIT_PRICE, is_rate, judged, totals
from desktop.understanding.candidates.money_forms import (
    CURRENCY_OF,
    DOLLARS,
    KRONAS,
    PESOS,
    Money,
    find_bare,
    find_money,
    find_said,
    number_of,
    written,
)  # fmt: skip
from desktop.understanding.candidates.phone_places import phone_around
from desktop.understanding.document import Document
from desktop.understanding.lexicon.regions import region_of
from desktop.understanding.lexicon.words import phrases, words

__all__ = ["ASIDE", "CUED", "NAMED", "UNIT_PRICE", "find_amounts", "number_of", "possible_amounts"]

INFERRED = "an amount whose currency is inferred from the mail"
IN_SUBJECT = "an amount in the subject"

_CLEAR = phrases(
    r"\b(?:budget\w*|pric(?:e|ed|es|ing)|cost\w*|quot(?:e|ed|ation)|spend|worth|invoice\w*|premium|fees?|preis\w*"
    r"|kosten"
    r"|angebot\w*|betrag|prix|coût\w*|devis|montant|presupuesto|precio|prezzo|preventivo|prijs|orçamento|preço|fiyat\w*"
    r"|(?:no|not) more than|(?:not|never) (?:to )?exceed\w*|n\.?t\.?e"
    r"|at most|max\w*|höchstens|nicht mehr als|massimo|máximo|agreed|grand|list|the year"
    r"|all in|pay|paid|zahl\w*|contract|total\w*|balance|amount|offer\w*|rate|charge\w*|sum"
    r"|(?:sign|settle|go|stretch|get (?:it|this|them|you|us)|come in|land|close|do it|meet|cap(?:ped)?|stay|keep it)"
    r" (?:at|for|to|under|below|around|near|up to)|gesamt\w*|summe|rechnung\w*|pauschal\w*|bezahl\w*|importo|importe"
    r"|monto|coste?|costo|oferta|offerta|offerte|bedrag|valor|cotizaci[óo]n|facture|factura|fattura|tarif\w*"
    r"|cen[aęy]|kwot\w*"
    r"|koszt\w*|budżet\w*|ofert\w*|tutar\w*|teklif\w*|bütçe\w*|pris\w*|tilbud\w*|rozpoč\w*|цен\w*|бюджет\w*|сумм\w*)\b"
)
_BESIDE = re.compile(r"\s?[^\W\d_]")
_AFTER_SAID = phrases(
    r"(?:\s*(?:$|[.,;:!?)\n-])| (?:for|a|per|all|in|and|is|was|at|on|if|to|roughly|list|each|net|ex|plus|i|yeah|now"
    r"|still|thanks"
    r"|but|so|then|das|netto|brutto|für|im|pro|und|ist|als|inklusive|hors|par|pour|et)\b)"
)
_CURRENCY_OF_REGION = {
    "US": "USD", "GB": "GBP", "AU": "AUD", "NZ": "NZD", "CA": "CAD", "CH": "CHF", "DK": "DKK", "SE": "SEK",
    "NO": "NOK", "PL": "PLN", "CZ": "CZK", "IN": "INR", "JP": "JPY", "ZA": "ZAR", "SG": "SGD",
    **dict.fromkeys(words("DE AT FR BE NL IE IT ES PT FI LU GR EE LV LT SK SI HR MT CY"), "EUR"),
    "TR": "TRY", "BR": "BRL", "MX": "MXN", "CL": "CLP", "AR": "ARS", "CO": "COP", "PE": "PEN", "HU": "HUF", "RO": "RON",
    "BG": "BGN", "KE": "KES", "NG": "NGN", "HK": "HKD", "CN": "CNY", "KR": "KRW", "IL": "ILS", "AE": "AED", "UA": "UAH",
    "TW": "TWD", "MY": "MYR", "TH": "THB", "PH": "PHP", "IS": "ISK",
}  # fmt: skip
_EXPLICIT = re.compile(r"(?:AU?|CA?|NZ|HK|MX)\$|\b(?:AUD|CAD|NZD|SGD|HKD|MXN)\b")
MAX_AMOUNTS = 40
MAX_LOOKED = 4000
MAX_SENTENCE = 8000
MAX_SUBJECT = 400
MAX_ROW = 160
ABBREVIATED = 8  # "90 tis. Kč": the full stop ended the sentence
SUMMED = 0.1
MANY_LESS = 0.05
LEAST_ASIDE = 0.2
HEADED = 0.22
_HEADING = phrases(
    r"\b(?:total\w*|amount|price|betrag|gesamt\w*|summe|preis|montant|prix|importe|precio|importo|prezzo|prijs"
    r"|bedrag|kwota|tutar|suma)\b[^\n]{0,80}\n"
)
_CODE = re.compile(rf"\b(?:{'|'.join(sorted({*CURRENCY_OF.values()} - {'MAD', 'ALL'}))})\b|[€£]")
_CENTS_LATER = re.compile(r"\s{2}\S{0,4}\d[.,]\d\d(?!\d)")
_AMONG_DIGITS = re.compile(r"\d[ /-]$")
_GROUPED = re.compile(r"\d\D\d")
_NUMBERED = phrases(
    r"\b(?:cent(?:er|re)|code|numbers?|no|nr|num|id|ref\w*|account|acct|konto|invoice|inv|rechnung|facture|factura"
    r"|order|p\.?o"
    r"|bestellung|commande|ext\w*|tel\w*|phone|fax|zip|plz|page|line|item|article|artikel|serial|lot|model|kostenstelle"
    r"|kunden\w*|customer|vat|ust\w*|iban)\b\W{0,6}$"
)
_COUNTED = re.compile(
    r"(?i)\s?(?!(?:plus|unless|as|is|was|this|less|thanks|minus|hors|sous|dans|sans|mais|bis|als|gross|across"
    r"|perhaps|always"
    r"|years|euros|pesos|dollars|bucks|pounds)\b)"
    r"(?:[a-zà-ÿ]{3,20}s\b|people|sq|km|kwh|mwh|gwh|kw|mw|kg|tonnes?|tons?|m[²2³3]|qm|hours|h\b|stück|nutzer"
    r"|mitarbeiter|besucher"
    r"|einwohner|teile|datensätze|kunden|personen|meter|liter|teilnehmer|personnes|salariés|clientes|personas"
    r"|usuarios|persone"
    r"|utenti|pezzi|stuks|medewerkers|klanten|sztuk|osób|adet|kişi|norwegian|swedish|danish)"
)
_EXACT = re.compile(r"[.,]\d\d$")
_ROW = re.compile(r"(?:\s{3}|\t|:\s{0,3}|\|\s?)$")


def find_amounts(document: Document) -> Iterator[Candidate]:
    """Yield amounts, values like `1200.00 EUR`; of a range the lower end, with the whole range as Evidence."""
    text, local = document.text, _local(document.text[:MAX_LOOKED], document.region)
    found = list(_money(document, local))[:MAX_AMOUNTS]
    usual = _usual([money for _, money in found], document, local)
    crowd = MANY_LESS * min(8, max(0, len(found) - 8))  # a newsletter or a price list
    made = totals(text, [money for _, money in found])
    for place, (sentence, money) in enumerate(found):
        score, why = judged(text, sentence, money)
        if why == ASIDE and score < LEAST_ASIDE:
            continue
        yield _candidate(document, money, score + SUMMED * (place in made) - crowd, why)
    if usual:
        taken = [(money.start, money.end) for _, money in found]
        unsaid = list(_unsaid(document, taken))[:MAX_AMOUNTS]
        summed = totals(text, [money for _, money in unsaid])
        for place, (sentence, money) in enumerate(unsaid):
            score, _ = judged(text, sentence, money)
            weight = 0.55 if money.is_said or (money.is_plain and not _is_exact(text, money)) else 0.8
            score += HEADED * (_is_exact(text, money) and _is_headed(text, money))
            named = replace(money, currency=money.currency or usual)
            yield _candidate(document, named, (score + SUMMED * (place in summed)) * weight, INFERRED)
    subject = document.message.subject[:MAX_SUBJECT]
    for money in find_money(subject, 0, len(subject)):
        evidence = document.cite(money.start, money.end, Part.SUBJECT)
        value = written(money.amount, _localised(money.currency, evidence.text, local))
        yield Candidate(FactKind.AMOUNT, evidence, value, 0.62, IN_SUBJECT)


def possible_amounts(words: str, whole: str, addresses: tuple[str, ...]) -> frozenset[str]:
    """Return every value the words can mean in a mail whose text is `whole`.

    A currency that is not said may be any that the mail names elsewhere, or that of a country its addresses or its
    text point to; a bare `$` may be any dollar or peso.
    """
    values: set[str] = set()
    stated = list(find_money(words, 0, len(words)))
    for money in stated:
        values |= {written(amount, code) for amount in _ends(money) for code in _meant(money.currency, words)}
    plausible: frozenset[str] | None = None
    for money in () if stated else (*find_bare(words, 0, len(words)), *find_said(words, 0, len(words))):
        if plausible is None:
            plausible = _plausible(whole[:MAX_LOOKED], addresses)
        codes = {money.currency} if money.currency else plausible
        values |= {written(money.amount, code) for code in codes}
    return frozenset(values)


def _ends(money: Money) -> tuple[Decimal, ...]:
    return (money.amount, money.upper) if money.upper is not None else (money.amount,)


def _plausible(text: str, addresses: tuple[str, ...]) -> frozenset[str]:
    named = {money.currency for money in find_money(text, 0, len(text))}
    regions = {
        region_of(address, text, language) for address in (*addresses, "") for language in ("en", "de", "fr", "")
    }
    named |= {CURRENCY_OF[match[0].lower()] for match in list(_CODE.finditer(text))[:MAX_AMOUNTS]}
    return frozenset(
        named | {_CURRENCY_OF_REGION[region] for region in regions if region in _CURRENCY_OF_REGION} - {""}
    )


def _local(text: str, region: str) -> str:
    """Return the currency that a bare `$` or `kr` stands for in this mail, where it is one of those."""
    explicit = _EXPLICIT.search(text)
    return CURRENCY_OF[explicit[0].lower()] if explicit else _CURRENCY_OF_REGION.get(region, "")


def _meant(currency: str, words: str) -> frozenset[str]:
    """Return the currencies these words can mean: a bare `$` is any dollar or peso, `kr` any krona or krone."""
    if currency == "MXN" and not re.search(r"(?i)mx", words):
        return PESOS
    if currency == "USD" and not re.search(r"(?i)us", words):
        return DOLLARS
    if currency == "SEK" and not re.search(r"(?i)sek", words):
        return KRONAS
    return frozenset({currency})


def _localised(currency: str, words: str, local: str) -> str:
    return local if local in _meant(currency, words) else currency


def _money(document: Document, local: str) -> Iterator[tuple[tuple[int, int], Money]]:
    count = 0
    for sentence in document.sentences():
        end = min(sentence[1], sentence[0] + MAX_SENTENCE)
        for money in _outside_phones(document, sentence[0], end + ABBREVIATED):
            if money.start >= end:
                break
            words = document.text[money.start : money.end]
            yield sentence, replace(money, currency=_localised(money.currency, words, local))
            count += 1
            if count >= MAX_AMOUNTS:
                return


def _outside_phones(document: Document, start: int, end: int) -> Iterator[Money]:
    """Yield money whose currency stands with it; behind a telephone number the search begins anew."""
    at: int | None = start
    while at is not None:
        begun, at = at, None
        for money in find_money(document.text, begun, end):
            at = phone_around(document, money.start, money.end, is_stated=True)
            if at is not None:
                break
            yield money


def _usual(found: list[Money], document: Document, local: str) -> str:
    """Return the currency this mail uses most, or names anywhere, or that of the contact's country, or ""."""
    if not found:  # such as the offer below, which the mail answers
        whole = document.text[: 2 * MAX_LOOKED]
        found = [
            replace(money, currency=_localised(money.currency, whole[money.start : money.end], local))
            for money in find_money(whole, 0, len(whole))
        ]
    if found:
        return Counter(money.currency for money in found).most_common(1)[0][0]
    named = _CODE.search(document.text, 0, MAX_LOOKED)
    return CURRENCY_OF[named[0].lower()] if named else _CURRENCY_OF_REGION.get(document.region, "")


def _unsaid(document: Document, taken: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], Money]]:
    """Yield money without a currency, where a word close by speaks of money."""
    text, count = document.text, 0
    for start, last in document.sentences():
        end = min(last, start + MAX_SENTENCE)
        for money in (*find_bare(text, start, end), *find_said(text, start, end)):
            if any(money.start < last and first < money.end for first, last in taken):
                continue
            if not (_is_said_money(text, money) if money.is_said else _is_bare_money(text, start, money)):
                continue
            if phone_around(document, money.start, money.end) is not None:
                continue
            count += 1
            if count > MAX_AMOUNTS:
                return
            yield (start, end), money


def _is_bare_money(text: str, start: int, money: Money) -> bool:
    row_end = text.find("\n", money.end, money.end + MAX_ROW)
    if money.is_plain and _CENTS_LATER.search(text, money.end, row_end if row_end > 0 else money.end):
        return False  # a quantity, its price and its total further on in the row
    if _is_exact(text, money) and (
        _in_table(text, money) or _CLEAR.search(text[max(0, money.start - 45) : money.start])
    ):
        return True
    if money.is_plain and (
        text[money.start] == "0" or _AMONG_DIGITS.search(text[max(0, money.start - 2) : money.start])
    ):
        return False  # a part of a telephone number
    if _COUNTED.match(text, money.end) or _NUMBERED.search(text[max(0, money.start - 30) : money.start]):
        return False
    reach = 100 if not money.is_plain else 45 if _GROUPED.search(text[money.start : money.end]) else 25
    if not _CLEAR.search(text[max(start if money.is_plain else 0, money.start - reach) : money.start]):
        return False
    is_beside = bool(_BESIDE.match(text, money.end)) and not is_rate(text, money)
    is_beside = is_beside and not _AFTER_SAID.match(text, money.end)
    return not (money.is_plain and (is_beside or _is_year(money)))


def _is_exact(text: str, money: Money) -> bool:
    """Whether a number is written to the cent, as sums are in tables: "22,080.00"."""
    return bool(_EXACT.search(text[money.start : money.end]))


def _is_headed(text: str, money: Money) -> bool:
    """Whether a row of figures stands under a heading that speaks of totals or prices."""
    return _in_table(text, money) and bool(_HEADING.search(text[max(0, money.start - 400) : money.start]))


def _in_table(text: str, money: Money) -> bool:
    """Whether a number ends a row of figures, or follows wide gaps or a colon."""
    line = text[text.rfind("\n", max(0, money.start - MAX_ROW), money.start) + 1 : money.start]
    return len(line) < MAX_ROW and bool(_ROW.search(line))


def _is_said_money(text: str, money: Money) -> bool:
    """Spoken sums stand further from the word that makes them money, in the turn before."""
    around = text[max(0, money.start - 160) : money.start] + " " + text[money.end : money.end + 30]
    if money.currency:
        return True
    return money.amount >= 1000 and bool(_CLEAR.search(around)) and bool(_AFTER_SAID.match(text, money.end))


def _is_year(money: Money) -> bool:
    return money.end - money.start == 4 and 1900 <= money.amount <= 2100


def _candidate(document: Document, money: Money, score: float, why: str) -> Candidate:
    value = written(money.amount, money.currency)
    return Candidate(FactKind.AMOUNT, document.cite(money.start, money.end), value, min(0.92, max(0.05, score)), why)
