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
from desktop.understanding.candidates.money_forms import (
    CURRENCY_OF,
    DOLLARS,
    KRONAS,
    Money,
    find_bare,
    find_money,
    find_said,
    number_of,
    written,
)  # fmt: skip
from desktop.understanding.document import Document
from desktop.understanding.regions import region_of
from desktop.understanding.words import phrases

__all__ = ["find_amounts", "number_of", "possible_amounts"]

CUED = "an amount beside a word like budget or price"
NAMED = "an amount in the text"
UNIT_PRICE = "a price per piece, seat or month"
ASIDE = "an amount that seems to be somebody else's or past"
INFERRED = "an amount whose currency is inferred from the mail"
IN_SUBJECT = "an amount in the subject"

_CUES = phrases(
    r"\b(?:budget\w*|pric(?:e|ed|ing)|cost\w*|total\w*|sum|quot(?:e|ed|ation)|offer\w*|approv\w*|spend|worth|value"
    r"|invest\w*|cap|ceiling|limit|order|amounts?|deal|contract|proposal|capex|premium|invoice\w*|pay\w*|credit|refund"
    r"|request\w*|ask|provid\w*|fund\w*|sponsor\w*|grant|charge\w*|plan|up to|fee|purchase|p\.?o\.?"
    r"|preis\w*|kosten|gesamt\w*|angebot\w*|angeboten\w*|rahmen|netto|brutto|auftrag\w*|auftragswert|betrag|summe"
    r"|bestell\w*|rechnung\w*|offerte|zahl\w*|limit|obergrenze|prix|coût\w*|montant|devis|offre|enveloppe|commande"
    r"|facture|tarif|presupuesto|precio|importe|total|cotización|oferta|coste|pedido|factura|prezzo|preventivo|importo"
    r"|ordine|fattura|budżet\w*|cena|cenę|wartość|prijs|bedrag|offerte|begroting|orçamento|preço|valor|fiyat\w*"
    r"|bütçe\w*"
    r"|tutar\w*)\b"
)
_CLEAR = phrases(
    r"\b(?:budget\w*|pric(?:e|ed|ing)|cost\w*|quot(?:e|ed|ation)|spend|worth|invoice\w*|premium|fee|preis\w*|kosten"
    r"|angebot\w*|betrag|prix|coût\w*|devis|montant|presupuesto|precio|prezzo|preventivo|prijs|orçamento|preço|fiyat\w*"
    r"|grand|list|the year|all in|pay|paid|zahl\w*|contract)\b"
)
_AGAINST = phrases(
    r"\b(?:competitor\w*|they (?:quoted|offer\w*|want\w*|wanted)|list price|looks like list|elsewhere|shipping|fees?"
    r"|late fee|market|raised|revenue\w*|turnover|funding|valuation|shares?|stock price|wrote off|write[- ]?offs?|lost"
    r"|loss(?:es)?|damages?|last year|previous(?:ly)?|used to|currently pay|anything (?:over|above)|signs? off|your"
    r" (?:proposal|last offer) was|wettbewerb\w*|mitbewerb\w*|versand|mahn\w*|umsatz|verlust\w*|letztes jahr|bisher"
    r"|früher|concurrent\w*|chiffre d'affaires|l'an dernier|frais|perte\w*|competencia|ventas|perdimos|concorren\w*"
    r"|fatturato|omzet|concurren\w*|rakip\w*)\b"
)
_CAPITAL = phrases(
    r"\b(?:stammkapital|grundkapital|share capital|capital social|au capital|kapitał zakładowy|capitale sociale|voucher"
    r"|gift card|gutschein)\b"
)
_LESS = phrases(
    r"\b(?:up|down|more|less|higher|lower|increase|discount|rabatt|nachlass|remise|teurer|mehr) (?:by|of|um|de)\s?$"
)
_PER = re.compile(
    r"(?i)^(?:,?[-–—]+)?\s?(?:[+]\s?vat\s)?(?:/\s?(?!year|yr|jahr|an\b)\w|(?:per|pro|par|por|al)\s(?!year|annum|jahr"
    r"|an\b|anno"
    r"|año)\w|(?:je|a|the|each|im)\s(?:month|monat|mois|mes|mese|maand|seat|user|licen[cs]e|head|person|unit|piece|pc"
    r"|pallet|ton\w*|kg|hour|day|stunde|tag|heure|jour|stück|nutzer|arbeitsplatz|poste|student|site|share|barrel"
    r"|week)\b"
    r"|each\b|apiece\b|p\.?\s?m\.?\b|p/m\b|pcm\b|monthly|monatlich|mensuel\w*|mensual\w*|chacune?\b|das\sstück)"
)
_PER_BEFORE = phrases(r"(?:@|\bje|à|per \w{1,12}:?|each(?: at)?|stückpreis|unit price|prix unitaire)\s?$")
_CORRECTED = phrases(r"^.{0,40}?\b(?:no|sorry|hang on|i mean|rather|correction|nein|moment|pardon|non|besser gesagt)\b")
_BESIDE = re.compile(r"\s?[^\W\d_]")
_AFTER_SAID = phrases(
    r"(?:\s*(?:$|[.,;:!?)\n-])| (?:for|a|per|all|in|and|is|was|at|on|if|to|roughly|list|each|net|ex|plus|i|yeah|now"
    r"|still|thanks"
    r"|but|so|then|das|netto|brutto|für|im|pro|und|ist|als|inklusive|hors|par|pour|et)\b)"
)
_CURRENCY_OF_REGION = {
    "US": "USD", "GB": "GBP", "AU": "AUD", "NZ": "NZD", "CA": "CAD", "CH": "CHF", "DK": "DKK", "SE": "SEK",
    "NO": "NOK", "PL": "PLN", "CZ": "CZK", "IN": "INR", "JP": "JPY", "ZA": "ZAR", "SG": "SGD",
    **dict.fromkeys(("DE", "AT", "FR", "BE", "NL", "IE", "IT", "ES", "PT", "FI", "LU"), "EUR"),
}  # fmt: skip
_EXPLICIT = re.compile(r"(?:AU?|CA?|NZ|HK|MX)\$|\b(?:AUD|CAD|NZD|SGD|HKD|MXN)\b")
MAX_AMOUNTS = 40
MAX_LOOKED = 4000
MAX_SENTENCE = 8000
MAX_SUBJECT = 400


def find_amounts(document: Document) -> Iterator[Candidate]:
    """Yield amounts, values like `1200.00 EUR`; of a range the lower end, with the whole range as Evidence."""
    text, local = document.text, _local(document.text[:MAX_LOOKED], document.region)
    found = list(_money(document, local))
    usual = _usual([money for _, money in found], document.region)
    for (start, end), money in found[:MAX_AMOUNTS]:
        yield _candidate(document, (start, end), money, why="")
    if usual:
        taken = [(money.start, money.end) for _, money in found]
        for (start, end), money in _unsaid(document, taken):
            score, _ = _judged(text, (start, end), money)
            evidence = document.cite(money.start, money.end)
            value = written(money.amount, money.currency or usual)
            weight = 0.55 if money.is_plain or money.is_said else 0.8
            yield Candidate(FactKind.AMOUNT, evidence, value, max(0.05, score * weight), INFERRED)
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
    return frozenset(
        named | {_CURRENCY_OF_REGION[region] for region in regions if region in _CURRENCY_OF_REGION} - {""}
    )


def _local(text: str, region: str) -> str:
    """Return the currency that a bare `$` or `kr` stands for in this mail, where it is one of those."""
    explicit = _EXPLICIT.search(text)
    return CURRENCY_OF[explicit[0].lower()] if explicit else _CURRENCY_OF_REGION.get(region, "")


def _meant(currency: str, words: str) -> frozenset[str]:
    """Return the currencies these words can mean: a bare `$` is any dollar or peso, `kr` any krona or krone."""
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
        for money in find_money(document.text, sentence[0], min(sentence[1], sentence[0] + MAX_SENTENCE)):
            words = document.text[money.start : money.end]
            yield sentence, replace(money, currency=_localised(money.currency, words, local))
            count += 1
            if count >= MAX_AMOUNTS:
                return


def _usual(found: list[Money], region: str) -> str:
    """Return the currency this mail uses most, or that of the contact's country, or "" where nothing tells."""
    if found:
        return Counter(money.currency for money in found).most_common(1)[0][0]
    return _CURRENCY_OF_REGION.get(region, "")


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
            count += 1
            if count > MAX_AMOUNTS:
                return
            yield (start, end), money


def _is_bare_money(text: str, start: int, money: Money) -> bool:
    if not _CLEAR.search(text[max(start, money.start - 45) : money.start]):
        return False
    return not (money.is_plain and (_BESIDE.match(text, money.end) or _is_year(money)))


def _is_said_money(text: str, money: Money) -> bool:
    """Spoken sums stand further from the word that makes them money, in the turn before."""
    around = text[max(0, money.start - 160) : money.start] + " " + text[money.end : money.end + 30]
    return money.amount >= 1000 and bool(_CLEAR.search(around)) and bool(_AFTER_SAID.match(text, money.end))


def _is_year(money: Money) -> bool:
    return money.end - money.start == 4 and 1900 <= money.amount <= 2100


def _candidate(document: Document, sentence: tuple[int, int], money: Money, *, why: str) -> Candidate:
    score, judged = _judged(document.text, sentence, money)
    evidence = document.cite(money.start, money.end)
    return Candidate(FactKind.AMOUNT, evidence, written(money.amount, money.currency), score, why or judged)


def _judged(text: str, sentence: tuple[int, int], money: Money) -> tuple[float, str]:
    """Return how likely this is what the mail is about, and why."""
    start, end = sentence
    before, after = text[max(start, money.start - 70) : money.start], text[money.end : min(end, money.end + 40)]
    beside = re.split(r"[,;:(\n]", after, maxsplit=1)[0][:30]
    is_cued = bool(_CUES.search(before)) or bool(_CUES.search(beside))
    is_aside = bool(_AGAINST.search(before[-45:])) or bool(_AGAINST.search(beside))
    is_unit = bool(_PER.match(after)) or bool(_PER_BEFORE.search(before[-24:])) or "/" in after[:2]
    score = 0.6 + 0.22 * is_cued - 0.22 * is_aside - 0.2 * is_unit
    score -= 0.05 if money.upper is not None else 0.0
    score -= 0.2 if _LESS.search(before[-25:]) else 0.0
    score -= 0.2 if money.amount >= 10**9 else 0.0
    score -= 0.4 if _CAPITAL.search(before) or _CAPITAL.search(beside) else 0.0
    score -= 0.25 if _CORRECTED.match(after) and money.is_said else 0.0
    why = UNIT_PRICE if is_unit else ASIDE if is_aside else CUED if is_cued else NAMED
    return min(0.9, max(0.05, score)), why
