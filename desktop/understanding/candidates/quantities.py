"""How many of what: "40 wireless sensors", "150-200 MW", "zwei Paletten", "about 2,400 students"."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.candidates.phone_places import phone_around
from desktop.understanding.document import Document
from desktop.understanding.lexicon.calendar_words import MONTHS, NUMBERS, WEEKDAYS
from desktop.understanding.lexicon.words import phrases, words

WANTED = "a number of things beside a word like order or need"
MEASURED = "a measured quantity"
NAMED = "a number of things named in the text"

_DIGITS = r"\d{1,3}(?:[.,'’\u202f ]\d{3})+|\d{1,7}(?:[.,]\d{1,2})?"
_SPELLED = (
    "two|three|four|five|six|seven|eight|nine|ten|twelve|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|deux"
    "|trois"
    "|quatre|cinq|dix|dos|tres|cuatro|cinco|tre|quattro|cinque|twee|dwa|dwie|trzy"
)
_QUANTITY = re.compile(
    rf"(?<![\w.,:/€$£#+-])(?:(?P<n>(?:{_DIGITS})(?:\s?[-–]\s?(?:{_DIGITS}))?)(?:\s?x)?(?P<gap> {{0,2}}"
    rf"|\n(?=[a-zäöüéè]))"
    rf"|(?P<said>(?i:{_SPELLED}))\s)(?P<what>[^\W\d_][\w'’-]{{0,30}}(?: [^\W\d_][\w'’-]{{1,30}}){{0,2}})"
)
_LABEL_BEFORE = re.compile(r"(?<!\w)(?!(?:Sie|Ihnen|Ihre|Wir|We|They|Need|Please|Bitte|The)\s)[A-ZÄÖÜ][\w-]{1,20}\s$")
_UNITS = words(
    "kW MW GW kWh MWh MMBtu kg t tons tonnes Tonnen mg g l L lts litres liters Liter m m2 m3 m² m³ qm km cm mm GB "
    "TB MB "
    "pallets pallet Paletten palettes palets pallets pieces pcs Stück pièces piezas pezzi stuks sztuk adet boxes "
    "cartons "
    "Kartons licences licenses Lizenzen licencias seats users Nutzer utilisateurs usuarios Arbeitsplätze units "
    "Einheiten "
    "unités unidades unità barrels gallons bpd rolls sheets sets devices sensors"
)
_OTHER = words(
    "am pm uhr h hrs hr min mins minutes minute hours hour days day weeks week months month years year yrs yr seconds "
    "stunden stunde tage tagen tag wochen woche monate monaten monat jahre jahren jahr minuten heures heure jours jour "
    "semaines semaine mois ans an années horas hora días dias semanas meses años anos giorni settimane mesi anni ore "
    "uur "
    "dagen weken maanden jaar percent prozent pct euro euros eur usd gbp chf dollar dollars pounds cents cent pence k "
    "mio "
    "million millions billion thousand tsd grand of or and to the a in at on is are was for from by with if but und "
    "oder "
    "et ou y o e de von bis um im más mas plus more less other others times time x st nd rd th er pt po floor street "
    "road "
    "avenue suite things thing questions question points reasons comments options ways steps items mal second third "
    "half "
    "quarter per each vat iva mwst tva o'clock people's months' days' weeks' years' gmt cet utc ist est pst tier phase "
    "please we you i he she they it this that these those our your my not can will would both all days, one two three "
    "uk us "
    "or so as than"
)
_WANTED = phrases(
    r"\b(?:order\w*|need\w*|want\w*|require\w*|quot\w*|buy\w*|purchas\w*|deliver\w*|suppl\w*|ship\w*|interested|pric\w*"
    r"|licen[cs]\w*|seats?|bestell\w*|brauch\w*|benötig\w*|angebot\w*|liefer\w*|kauf\w*|command\w*|besoin\w*|devis"
    r"|livr\w*"
    r"|fourniture|pedido|cotiza\w*|necesit\w*|falta|ordin\w*|preventivo|fornitura|bestel\w*|nodig|zamów\w*"
    r"|sipariş\w*)\b"
)
_FORBIDDEN = _OTHER | frozenset(MONTHS) | frozenset(WEEKDAYS) | frozenset(NUMBERS)
MAX_QUANTITIES = 30


def find_quantities(document: Document) -> Iterator[Candidate]:
    """Yield numbers of things with what is counted, as they stand."""
    count = 0
    for start, end in document.sentences():
        for match in _QUANTITY.finditer(document.text, start, end):
            length = _counted(match)
            if not length or phone_around(document, match.start(), match.start("what")) is not None:
                continue
            count += 1
            if count > MAX_QUANTITIES:
                return
            evidence = document.cite(match.start(), match.start("what") + length)
            yield _candidate(document, evidence.span.start, evidence.span.end, (start, end), match)


def _counted(match: re.Match[str]) -> int:
    """Return how many characters of what follows the number name the thing counted; 0 where it is no thing."""
    found = list(re.finditer(r"\S+", match["what"]))
    first = found[0][0]
    if _is_year(match["n"] or ""):
        return 0
    if first in _UNITS and not match["said"]:
        return found[0].end()
    is_label = bool(_LABEL_BEFORE.search(match.string[max(0, match.start() - 22) : match.start()]))
    is_fraction = bool(re.fullmatch(r"\d{1,7}[.,]\d{1,2}", match["n"] or ""))
    if match["gap"] == "" or is_fraction or first.lower() in _FORBIDDEN or (is_label and not match["said"]):
        return 0
    for place, word in enumerate(found):
        plain = word[0].lower()
        if plain in _FORBIDDEN or (place and not word[0][0].isalpha()):
            return 0
        is_plural = plain.endswith(("s", "x", "en", "e", "n", "i", "er", "y")) and len(plain) > 3
        is_plural = is_plural and not plain.endswith(("ss", "ous", "less"))
        if word[0] in _UNITS or (is_plural and (plain.endswith(("s", "x")) or word[0][0].isupper())):
            return word.end()
    return 0


def _is_year(number: str) -> bool:
    return number.isdigit() and len(number) == 4 and 1900 <= int(number) <= 2100


def _candidate(document: Document, start: int, end: int, sentence: tuple[int, int], match: re.Match[str]) -> Candidate:
    evidence = document.cite(start, end)
    around = document.text[max(sentence[0], start - 60) : min(sentence[1], end + 40)]
    is_wanted = bool(_WANTED.search(around))
    is_unit = match["what"].split()[0] in _UNITS
    score = 0.42 + 0.2 * is_wanted + 0.1 * is_unit - 0.08 * bool(match["said"])
    why = WANTED if is_wanted else MEASURED if is_unit else NAMED
    return Candidate(FactKind.QUANTITY, evidence, " ".join(evidence.text.split()), score, why)
