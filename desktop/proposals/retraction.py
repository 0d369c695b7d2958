"""Words by which a mail takes back what an earlier one said: "please ignore my last number".

What is taken back is not proposed any more and does not stand beside the newer value either. Only the mail's new text
counts: a quoted "ignore the first offer" was said by somebody else.
"""

import re

from desktop.domain.evidence import FactKind, Reading, Zone
from desktop.domain.interactions import EmailMessage

MOST_TEXT = 4_000
_NEGATED = r"(?<!not )(?<!n't )(?<!n’t )(?<!never )(?<!\bI )(?<!n')(?<!n’)(?<!\bno )"
_GAP = r"[\s,]{1,3}(?:(?!(?:nicht|pas|not|no)\b)[^\s,.!?;]{1,20}[\s,]{1,3}){0,5}"
_VERBS = (
    r"ignore|disregard|forget|scrap|discard|strike|withdr[ae]w\w{0,1}|retract(?:ed)?"
    r"|ignorier\w{1,4}|vergess\w{1,3}|streich\w{1,3}|zurückzieh\w{0,3}|ziehe|verwerf\w{1,3}|hinfällig|gegenstandslos"
    r"|ignore[zr]|oublie[zr]|annule[zr]|ne tenez (?:pas|plus) compte"
    r"|ignore[n]?|olvide[n]?|descarte[n]?|anule[n]?|no tenga[n]? en cuenta"
)
_EARLIER = (
    r"last|previous|earlier|former|first|old|above|prior|original"
    r"|letzte\w?|vorige\w?|vorherige\w?|frühere\w?|erste\w?|alte\w?|bisherige\w?"
    r"|derni[eè]re?s?|pr[eé]c[eé]dente?s?|premi[eè]re?s?|anciene?s?|ancienne?s?"
    r"|últim[oa]s?|anterior(?:es)?|primer[oa]?s?"
)
_MONEY = (
    r"numbers?|figures?|amounts?|prices?|budgets?|offers?|quotes?|sums?|estimates?|values?"
    r"|zahl(?:en)?|betr[aä]ge?|summe|preise?|angebote?|budget|schätzung"
    r"|chiffres?|montants?|prix|offres?|sommes?|devis"
    r"|cifras?|importes?|precios?|ofertas?|sumas?|presupuestos?"
)
_DAYS = r"dates?|deadlines?|days?|termine?|datum|fristen?|frist|délais?|fechas?|plazos?"


def _pattern(nouns: str) -> re.Pattern[str]:
    """Return verb, earlier-word and noun in either order, or a noun that is called earlier and then taken back."""
    later = rf"(?:{_EARLIER})\b{_GAP}(?:{nouns})|(?:{nouns})\b{_GAP}(?:{_EARLIER})"
    return re.compile(
        rf"\b{_NEGATED}(?:{_VERBS})\b{_GAP}(?:{later})\b|\b(?:{_EARLIER})\b{_GAP}(?:{nouns})\b{_GAP}{_NEGATED}(?:{_VERBS})\b",
        re.IGNORECASE,
    )


_PATTERNS = {FactKind.AMOUNT: _pattern(_MONEY), FactKind.DATE: _pattern(_DAYS)}


def retracts(message: EmailMessage, reading: Reading, kind: FactKind) -> bool:
    """Whether a mail takes back what was said of a kind before. Amounts and dates can be taken back."""
    pattern = _PATTERNS.get(kind)
    return pattern is not None and pattern.search(_new_text(message, reading)) is not None


def _new_text(message: EmailMessage, reading: Reading) -> str:
    if not reading.zones:
        return message.text[:MOST_TEXT]
    new = (zone for zone in reading.zones if zone.zone is Zone.NEW)
    return "\n".join(message.text[zone.start : zone.end] for zone in new)[:MOST_TEXT]
