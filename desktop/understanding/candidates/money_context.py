"""What the words around a sum say of it: that it is the price, a total, a rate, an old price or somebody else's.

The words are those of offers, orders, invoices and budgets in the larger European languages.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from desktop.understanding.candidates.money_forms import Money
from desktop.understanding.lexicon.words import phrases

CUED = "an amount beside a word like budget or price"
NAMED = "an amount in the text"
UNIT_PRICE = "a price per piece, seat or month"
ASIDE = "an amount that seems to be somebody else's or past"

_CUES = phrases(
    r"\b(?:budget\w*|pric(?:e|ed|es|ing)|cost\w*|total\w*|sum|quot(?:e|ed|ation)|offer\w*|approv\w*|spend|worth|value"
    r"|invest\w*|ceiling|limit|order|amounts?|deal|contract|proposal|capex|premium|invoice\w*|pay\w*|credit|refund"
    r"|request\w*|ask|provid\w*|bids?|tender|estimate[ds]?|fund\w*|sponsor\w*|grant|charge\w*|plan|up to|fees?"
    r"|purchase|p\.?o\.?|balance"
    r"|outstanding|overdue|due|owe[ds]?|owing|reimburs\w*|bill(?:ed|ing)?|rate|rent|salary|agreed|envelope|hard cap"
    r"|max\w*|at most|(?:no|not) more than|exceed\w*|stretch|tops|set aside|höchstens|nicht (?:mehr als|über)|dépass\w*"
    r"|más de|pasar de|superar\w*|massimo|non oltre|meer dan|zit op|niet boven|maks\w*|enintään|en fazla|nejvýše"
    r"|preis\w*|kosten|gesamt\w*|angebot\w*|angeboten\w*|rahmen|netto|brutto|auftrag\w*|auftragswert|betrag|summe"
    r"|bestell\w*|rechnung\w*|offerte|zahl\w*|limit|obergrenze|saldo|offen\w*|fällig\w*|miete|gebühr\w*|honorar"
    r"|pauschal\w*|prix|coûte?\w*|montant|devis|offre|enveloppe|commande|facture|tarif|solde|loyer|abonnement|forfait"
    r"|mensualité|propos\w*|presupuesto|precio|importe|total|cotizaci[óo]n|oferta|coste?|costo|pedido|factura|saldo"
    r"|monto|cuota|tarifa|propuesta|inversión|prezzo|preventivo|importo|ordine|fattura|canone|spesa|offerta|tariffa"
    r"|budżet\w*|cen[aęy]|wartość|kwot[aęy]|koszt\w*|ofert\w*|zamówieni\w*|faktur\w*|wycen\w*|prijs\w*|bedrag|offerte"
    r"|begroting|bestelling|factuur|orçamento|preço|valor|proposta|fatura|fiyat\w*|bütçe\w*|tutar\w*|teklif\w*"
    r"|bedel\w*"
    r"|ücret\w*|pris\w*|tilbud\w*|offert\w*|budsjett\w*|budjet\w*|hinta\w*|tarjou\w*|cen[auy]|nabídk\w*"
    r"|rozpoč\w*|ára?"
    r"|árajánlat\w*|költség\w*|preț\w*|ofert[aă]|цен\w*|бюджет\w*|стоимост\w*|счет\w*|сумм\w*|τιμή|προσφορά)\b"
)
_TOTAL = phrases(
    r"\b(?:(?:grand |sub-?)?total\w*(?: (?:amount|due|price|cost|value|sum))?|balance(?: due)?"
    r"|amount (?:due|outstanding)|in total|altogether|all told|comes to|gesamt\w*|summe|endbetrag"
    r"|rechnungsbetrag|zu zahlen|saldo"
    r"|solde(?: débiteur)?|montant total|net à payer|à payer|importe total|a pagar|totale|da pagare|totaal\w*"
    r"|te betalen|razem|suma"
    r"|łącznie|do zapłaty|toplam\w*|celkem|összesen|yhteensä|i alt|totalt|sammanlagt|итого|всего|agreed(?: (?:at"
    r"|on|to))?"
    r"|vereinbart\w*|convenu\w*|acordad\w*|concordat\w*)\b[^\w\n]{0,6}(?:(?:of|at|is|von|über|de|à|di|van|на|the) )?"
    r"[^\w\n]{0,30}$"
)
_OTHERS = phrases(
    r"\b(?:competitor\w*|they (?:quoted|offer\w*|want\w*|wanted)|list price|looks like list|elsewhere"
    r"|(?:onboarding|set-?up|late|admin\w*|cancellation|shipping|delivery|freight|install\w*|restocking|processing"
    r"|handling|reminder|bank|joining) (?:fees?|charges?|costs?)|shipping|freight|waiv\w*"
    r"|wrote off|write[- ]?offs?|lost|los(?:e|ing)|loos(?:e|ing)|loss(?:es)?|damages?|penalt\w*|liability|anything"
    r" (?:over|above)|signs? off|your (?:proposal|last offer) was|wettbewerb\w*|mitbewerb\w*|versand\w*|mahn\w*"
    r"|fracht"
    r"|haftung\w*|vertragsstrafe|verlust\w*|concurrent\w*|frais (?:de|d')|pénalité\w*|indemnité\w*|perte\w*"
    r"|competencia"
    r"|perdimos|multa|gastos de|penale|concorren\w*|concurren\w*|boete|verzendkosten|kara|rakip\w*|kargo)\b"
)
_DECIDED = phrases(
    r"\b(?:(?:go ahead|do it|sign|settle|close|proceed|take it|deal|happy|fine|ok(?:ay)?|agree|live) (?:at|for|with)"
    r"|(?:willing|able|ready|prepared) to (?:pay|spend|go to)|(?:can|could|will|would|'d|'ll) (?:only )?(?:pay"
    r"|spend|accept|offer"
    r"|do)|accept(?:ed)?|approved?|bewilligt|genehmigt|freigegeben|einverstanden mit|zahlen|accept(?:é|ons|e)"
    r"|valid(?:é|ons)"
    r"|d'accord (?:pour|à)|aceptamos|aprobad\w*|podemos pagar|accettiamo|approvat\w*|akkoord (?:met|voor|op)"
    r"|goedgekeurd"
    r"|zaakceptowan\w*|godkendt|godkänt|godkjent|hyväksyt\w*|schválen\w*|onaylan\w*)\b[^\w\n]{0,3}(?:(?:the|a|an"
    r"|at|up to|with"
    r"|mit|bei|von|de|à|per|op) )?(?:sum of |betrag von )?[^\w\n]{0,8}$"
)
_DECIDED_AFTER = phrases(
    r"\s?(?:(?:and|then) (?:we have|it's|you have) a deal|works for (?:us|me)|is (?:ok|fine|approved)|(?:wären"
    r"|sind) wir dabei"
    r"|(?:ist|sind|wurde[n]?) (?:ok|bewilligt|genehmigt|freigegeben)|(?:bewilligt|genehmigt|freigegeben)|ça marche"
    r"|(?:nous|me) convient|nos va bien|va bene|is akkoord|on hyväksytty)"
)
_PAST = phrases(
    r"\b(?:was|were|last (?:year|time|season|month|quarter)|previous(?:ly)?|formerly|used to|(?:currently|now) pay\w*"
    r"|paying now|(?:current|existing|incumbent|present|old)(?:ly)?(?! (?:budget|offer|quote|proposal|estimate|plan"
    r"|order|request|project))|instead of|down from|up from|rather than|letztes jahr|bisher\w*|früher|vorher\w*"
    r"|derzeit\w*"
    r"|zuletzt|bislang|vorjahr\w*|statt|alte[rn]?|(?:contrat |prix |tarif )?actuel\w*|auparavant|jusqu'ici"
    r"|l'an dernier|au lieu de|précédent\w*|ancien\w*|(?:contrato|proveedor|precio|tarifa|cuota|coste?"
    r"|costo) actual|actualmente|antes|el año pasado|anterior\w*|en vez de"
    r"|en lugar de|attual\w*|finora|l'anno scorso|invece di|huidige?|voorheen|vorig jaar|in plaats van|obecn\w*"
    r"|dotychczas\w*|zamiast"
    r"|eski|şu an\w*|önceki|yerine|tidligere|tidigare|nuværende|nuvarande|nåværende|aiemmin|dosud|eddig|раньше)\b"
)
_SIZE = phrases(
    r"\b(?:market|raised(?! (?:an?|the|your|our) (?:invoice|p\.?o|order|purchase|credit))|revenues?|turnover|funding"
    r"|valuation|shares?|stock price|assets|series [a-e]|grew|sales of|umsatz\w*|bilanzsumme|gewachsen"
    r"|chiffre d'affaires|passée? de|levée de fonds|ventas (?:de|por)|facturación anual|crecid\w*|creció|fatturato"
    r"|cresciut\w*|omzet|gegroeid|obrót|obroty|przychod\w*|ciro\w*|omsätt\w*|omsetning|liikevaihto\w*|faturamento)\b"
)
_CAPITAL = phrases(
    r"\b(?:stammkapital|grundkapital|share capital|capital social|au capital|kapitał zakładowy|capitale sociale"
    r"|voucher"
    r"|gift card|gutschein)\b"
)
_LESS = phrases(
    r"\b(?:up|down|more|less|higher|lower|increase|discount|save[ds]?|saving\w*|rabatt|nachlass|remise|teurer|mehr"
    r"|descuento|sconto|korting) (?:by|of|um|de|von|di|van)\s?$"
)
_LESS_AFTER = phrases(
    r"\s?(?:über|unter|mehr als|weniger|teurer|billiger|more than|less than|cheaper|above|below|over (?:our|the|my"
    r"|budget)"
    r"|under (?:our|the|my|budget)|de plus que|de moins|au-dessus|en dessous|más que|menos|in più|in meno|boven"
    r"|onder)\b"
)
_PARTIAL = phrases(
    r"\b(?:deposit|first instal?lment|anzahlung|acompte|anticipo|acconto|aanbetaling|zaliczk\w*|kapora)\b"
)
_TAX = (
    r"(?:,?\s?(?:\(?(?:[+]|plus|zzgl\.?|excl?\.?|incl?\.?|inkl\.?|hors|oltre|más|mas|bez)?\s?(?:vat|gst|tax"
    r"|mwst\.?|ust\.?"
    r"|ht|ttc|iva|btw|kdv|moms|mva|net(?:to)?|brutto|tva|dph|áfa)\b\.?\)?))?"
)
_PIECE = (
    r"(?:seat|user|licen[cs]e|head|person|unit|piece|pc|pallet|ton\w*|kg|hour|day|stunde|tag|heure|jour|stück|nutzer"
    r"|arbeitsplatz|poste|student|site|share|barrel|week)"
)
_PER = re.compile(
    rf"(?i)^{_TAX}(?:,?[-–—]+)?\s?(?:/\s?\w|(?:per|pro|par|por|al)\s\w|za\s(?:szt|kus|osob)|(?:je|a|the|each"
    rf"|im)\s(?:month|monat"
    rf"|mois|mes|mese|maand|{_PIECE})\b|each\b|apiece\b|p\.?\s?m\.?\b|p/m\b|pcm\b|monthly|monatlich|mensuel\w*"
    rf"|mensual\w*"
    r"|mensil\w*|chacune?\b|das\sstück|cada\s(?:un[oa]?|mes)\b|cadauno|aylık|(?:ad|all')\s?or[ae]\b|stuk\b|/?szt\b)"
)
_RECURRING = re.compile(
    rf"(?i)^{_TAX}(?:,?[-–—]+)?\s?(?:/\s?|per\s|pro\s|par\s|por\s|al\s|a\s|the\s|im\s|om\s|i\s|na\s"
    rf"|za\s)?(?:month\w*|mo\b"
    r"|monat\w*|mois|mensuel\w*|mes\b|mensual\w*|mese|mensil\w*|maand|p\.?\s?m\b\.?|p/m\b|pcm\b|quarter|quartal"
    r"|trimest\w*"
    r"|year|yr|annum|p\.?\s?a\b\.?|jahr|jährlich|an\b|anno|año|ano\b|jaar|rok\b|mies\w*|måned|månad|aylık|yıllık)"
    r"(?!\s?(?:/|per\s|pro\s|par\s|por\s|each|and\s(?:user|seat))|\s\w{1,10}\s(?:seat|user))"
)
_YEARLY = re.compile(
    rf"(?i)^{_TAX}\s?(?:/\s?|per\s|pro\s|par\s|por\s|al\s|a\s|im\s|p\.\s?)?(?:year|yr|annum|jahr|an\b|anno|año|a\.)"
)
_PER_BEFORE = phrases(
    r"(?:(?:@|\bje|à|per \w{1,12}:?|each(?: at)?|stückpreis|unit price|prix unitaire|precio unitario|prezzo unitario"
    rf"|stuksprijs)|\b(?:the|per|each|every|je|pro|par|por|jede[rs]?|chaque|cada) {_PIECE}\b[^.;\n]{{0,15}})\s?$"
)
_CORRECTED = phrases(r"^.{0,40}?\b(?:no|sorry|hang on|i mean|rather|correction|nein|moment|pardon|non|besser gesagt)\b")
_NEW_PRICE = phrases(
    r"(?:->|=>|→|\b(?:now|ahora|maintenant|jetzt|adesso|reduced to|revised to|nu|agora))\s?(?:only )?$"
)
_OUT_OF_REACH = ((10**10, 0.5), (10**9, 0.3), (10**8, 0.1))
_OLD_PRICE = re.compile(r"^[^\w\n]{0,3}(?:->|=>|→)")


def judged(text: str, sentence: tuple[int, int], money: Money) -> tuple[float, str]:
    """Return how likely this is what the mail is about, and why."""
    start, end = sentence
    before, after = text[max(start, money.start - 70) : money.start], text[money.end : min(end, money.end + 40)]
    beside = re.split(r"[,;:(\n]", after, maxsplit=1)[0][:30]
    clause = re.split(r"[;\n]|[,(] |\. ", before[-45:])[-1]
    is_total = bool(_TOTAL.search(before))
    is_decided = bool(_DECIDED.search(before[-45:]) or _DECIDED_AFTER.match(after))
    is_cued = is_total or is_decided or bool(_CUES.search(before)) or bool(_CUES.search(beside))
    is_past = bool(_PAST.search(clause)) or bool(_OLD_PRICE.match(after))
    is_aside = not (is_total or is_decided) and (
        is_past or bool(_OTHERS.search(before[-45:])) or bool(_OTHERS.search(beside))
    )
    is_recurring = bool(_RECURRING.match(after))
    is_unit = bool(_PER_BEFORE.search(before[-40:])) or (not is_recurring and bool(_PER.match(after)))
    score = 0.6 + 0.22 * is_cued - 0.24 * is_aside - 0.2 * is_unit + 0.06 * (is_total or is_decided)
    score -= 0.06 if is_recurring and not _YEARLY.match(after) else 0.0
    score -= 0.05 if money.upper is not None else 0.0
    score -= 0.2 if _LESS.search(before[-25:]) or _LESS_AFTER.match(after) else 0.0
    score -= next((less for least, less in _OUT_OF_REACH if money.amount >= least), 0.1 * (money.amount < 5))
    score -= 0.4 if _CAPITAL.search(before) or _CAPITAL.search(beside) else 0.0
    is_size = bool(_SIZE.search(before[-45:]) or _SIZE.search(beside))
    score -= 0.4 if is_size else 0.0
    score -= 0.12 if _PARTIAL.search(before[-30:]) or _PARTIAL.search(beside) else 0.0
    score -= 0.25 if _CORRECTED.match(after) and money.is_said else 0.0
    score += 0.06 if _NEW_PRICE.search(before[-20:]) else 0.0
    why = UNIT_PRICE if is_unit else ASIDE if is_aside or is_size else CUED if is_cued else NAMED
    return min(0.9, max(0.05, score)), why


def totals(text: str, found: Sequence[Money]) -> frozenset[int]:
    """Return which sums are made of the others: the total of those above, or a price times a quantity beside it."""
    made: set[int] = set()
    for place, money in enumerate(found):
        if money.amount >= 10 and (_is_sum(found, place) or _is_product(text, found, place)):
            made.add(place)
    return frozenset(made)


def _is_sum(found: Sequence[Money], place: int) -> bool:
    total, terms = Decimal(0), 0
    for other in reversed(found[max(0, place - 12) : place]):
        if other.currency != found[place].currency:
            break
        total, terms = total + other.amount, terms + 1
        if total >= found[place].amount:
            break
    return terms >= 2 and total == found[place].amount


_QUANTITY = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,]\d{3})?(?![\w.,])|(?<![\w.,])\d{1,5}(?![\w.,])")


def _is_product(text: str, found: Sequence[Money], place: int) -> bool:
    money = found[place]
    near = text[max(0, money.start - 160) : money.start]
    counts = {int(re.sub(r"\D", "", match[0])) for match in _QUANTITY.finditer(near)}
    prices = {other.amount for other in found[max(0, place - 3) : place] if other.currency == money.currency}
    return any(count >= 2 and price * count == money.amount for price in prices for count in counts)


def is_rate(text: str, money: Money) -> bool:
    """Whether what follows a sum makes it a rate: "6,500 a month"."""
    after = text[money.end : money.end + 40]
    return bool(_RECURRING.match(after) or _PER.match(after))
