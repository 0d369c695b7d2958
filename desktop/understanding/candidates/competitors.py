"""Whom the contact also talks to, or buys from today: names beside "quote from", "looking at", "currently using"."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.document import Document
from desktop.understanding.lexicon.calendar_words import MONTHS, WEEKDAYS
from desktop.understanding.lexicon.words import phrases, words

OFFERS = "named beside another offer"
USED = "named as what they use today"
COMPARED = "named in a comparison"

_NAME = re.compile(
    r"(?:the |die |der |das |dem |den |la |le |les |el |l['’])?(?P<name>[A-Z0-9ÄÖÜÀ-Þ][\w&'’-]{1,30}"
    r"(?:[ ](?:& )?[A-ZÄÖÜÀ-Þ][\w&'’-]{0,30}){0,2})"
)
_BEFORE_NAME = (
    (OFFERS, 0.66, phrases(
        r"\b(?:(?:quotes?|quotation|offers?|proposals?|bids?|prices?|pricing) (?:we (?:got|have|received) )?from"
        r"|pitched by"
        r"|(?:vergleichsangebot|angebot|offerte|offerten) (?:von|vom)(?: der| dem)?(?:, (?:äh|ähm))?|(?:devis|offre"
        r"|proposition) (?:de"
        r"|chez)|(?:oferta|presupuesto|cotización) de|(?:offerta|preventivo) (?:di|da|della)"
        r"|offerte van)(?!\w)[ ,]{1,2}")),
    (USED, 0.62, phrases(
        r"\b(?:(?:currently|today|now|already|still) (?:us(?:e|es|ing)|with|on|have|run(?:ning)?|buy(?:ing)? from)"
        r"|(?:we|they)"
        r" (?:use|run|are with|are on|buy from)|fed up with|unhappy with|switch(?:ing)? (?:away )?from|mov(?:e"
        r"|ing) (?:away|off)"
        r" (?:from )?|replac(?:e|ing)|(?:existing|current|incumbent) (?:supplier|vendor|provider|system"
        r"|solution),?(?: is)?"
        r"|(?:derzeit|aktuell|momentan|bisher|heute) (?:nutzen|verwenden|haben|setzen|arbeiten)(?: wir)?(?: auf| mit)?"
        r"|(?:bisheriger|aktueller) (?:lieferant|anbieter),?(?: ist)?|(?:actuellement|aujourd['’]hui) (?:chez|avec|sur)"
        r"|nous utilisons|actualmente (?:con|usamos|trabajamos con)|attualmente (?:con|usiamo)|momenteel (?:bij"
        r"|met))(?!\w) ")),
    (COMPARED, 0.58, phrases(
        r"\b(?:(?:also|still) (?:looking|look|looked) at|also (?:considering|evaluating|talking to|speaking to"
        r"|in talks with)"
        r"|compar(?:ed|ing|ison) (?:to|with|against)|versus|vs\.?|against|alternatives?,? (?:such as|like)"
        r"|competitors?,?"
        r"(?: such as| like)?|rather than|instead of|cheaper than|better than|lost to|gone with|placed with"
        r"|(?:vergleich|verglichen)"
        r" (?:mit|zu)|(?:wettbewerber|mitbewerber|konkurrent\w?|alternative),?(?: wie)?|auch (?:mit|bei)|(?:schauen"
        r"|sehen) (?:wir )?"
        r"(?:uns )?auch|concurrents?,?(?: comme)?|par rapport à|comparé à|la competencia,?(?: como)?|rispetto a"
        r"|concorrenti,?(?: come)?"
        r"|vergeleken met)(?!\w) ")),
)  # fmt: skip
_AFTER_NAME = phrases(
    r" (?:(?:have |has |had )?(?:offered|quoted|pitched|came in at|undercut|approached us|is cheaper|are cheaper|wants"
    r"|were in here)|(?:hat|haben) (?:uns |mir )?(?:[^.!?]{0,40} )?(?:angeboten|geboten)|(?:liegt"
    r"|liegen) bei (?=[€$£\d]|EUR|CHF)"
    r"|(?:nous )?(?:a|ont)"
    r" (?:propos|offer)\w+|(?:nos )?(?:ofrece|ofreció|ofrecen)|(?:ci )?(?:offre|ha offerto))\b"
)
_CAPITALISED = re.compile(r"(?<![\w@.])[A-ZÄÖÜÀ-Þ][\w&'’-]{1,30}(?: (?:& )?[A-ZÄÖÜÀ-Þ][\w&'’-]{0,30}){0,2}")
_NO_NAME = words(
    "i we you they he she it the a an and or but if our your this that there what who when where why how yes no mr "
    "mrs ms dr "
    "herr frau madame monsieur please thanks hello hi dear ich wir sie er es die der das ein eine und oder aber ja "
    "nein bitte "
    "je nous vous il elle on un une et ou mais el la los las un una y o però vat eur usd gbp re fw fwd ceo cfo cto it "
    "hr erp "
    "crm pdf excel today tomorrow q1 q2 q3 q4 my his her their as at in for to from by with so also still both "
    "january all "
    "competitor competitors someone somebody another other others everyone ihr ihre ihnen angebot preis preise"
)
_FORBIDDEN = _NO_NAME | frozenset(MONTHS) | frozenset(WEEKDAYS)
MAX_COMPETITORS = 20


def find_competitors(document: Document) -> Iterator[Candidate]:
    """Yield names of other suppliers and products, as they stand."""
    count = 0
    for start, end in document.sentences():
        for first, last, score, why in _named(document.text, start, min(end, start + 1500)):
            evidence = document.cite(first, last)
            if _is_own(document, evidence.text):
                continue
            count += 1
            if count > MAX_COMPETITORS:
                return
            yield Candidate(FactKind.COMPETITOR, evidence, " ".join(evidence.text.split()), score, why)


def _named(text: str, start: int, end: int) -> Iterator[tuple[int, int, float, str]]:
    for why, score, cue in _BEFORE_NAME:
        for match in cue.finditer(text, start, end):
            found = _NAME.match(text, match.end(), end)
            if found and _is_name(found["name"]):
                yield *_span(text, *found.span("name")), score, why
    for found in _CAPITALISED.finditer(text, start, end):
        if _is_name(found[0]) and _AFTER_NAME.match(text, found.end(), end):
            yield *_span(text, *found.span()), 0.62, OFFERS


def _span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the name without the 's of a possessive."""
    return start, end - 2 if text[start:end].endswith(("'s", "’s")) else end


def _is_name(text: str) -> bool:
    found = text.lower().split()
    return len(text) > 2 and found[0].rstrip("'’s") not in _FORBIDDEN and found[0] not in _FORBIDDEN


def _is_own(document: Document, name: str) -> bool:
    """Whether the name is the rep's own firm or name, as the rep's address shows them, or somebody in the mail."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    own = (address.rpartition("@")[2].split(".")[0] for address in document.own_addresses)
    people = {word for p in document.message.participants[:40] for word in re.findall(r"[^\W\d_]{2,}", p.name.lower())}
    squeezed = {re.sub(r"[^a-z0-9]", "", label) for label in own}
    is_firm = any(label and (label in plain or (len(plain) > 3 and label.startswith(plain))) for label in squeezed)
    return is_firm or set(name.lower().split()) <= (people | document.own_names)
