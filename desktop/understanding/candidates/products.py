"""What the contact is interested in: the object of "interested in", "quote for", "Angebot für", "cotización de"."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind, Part
from desktop.understanding.candidates.subjects import core_of
from desktop.understanding.document import Document
from desktop.understanding.lexicon.words import phrases, words
from desktop.understanding.zones.passages import without_marks

_CUE = phrases(
    r"\b(?:interest(?:ed)? in|looking (?:for|at|into)|(?:quote|quotation|pricing|price|prices|proposal|offer"
    r"|estimate|tender) (?:for|on)|in the market for"
    r"|(?:demo|demonstration|trial|evaluation) of|(?:like|want|wish|need) to (?:order|buy|purchase|trial|try"
    r"|evaluate)|order(?:ing)?(?: [a-z]{0,3}[0-9-]{3,20})? for"
    r"|we(?:'d| would)? (?:need|require|want)|(?:information|details|questions?) (?:about|on|for)|renew(?:ing"
    r"|al of)?|problem with|issues? with|trouble with"
    r"|(?:angebot|preis|preise|offerte|kostenvoranschlag|bestellung|anfrage) (?:für|fuer|über|ueber|zu|zum|zur)"
    r"|interess\w* (?:uns |mich )?(?:sehr )?(?:für|fuer|an)"
    r"|bedarf an|benötigen(?: wir)?|brauchen(?: wir)?|suchen(?: wir)?|problem(?:e)? mit|informationen (?:zu|über)"
    r"|(?:devis|offre|prix|tarif|tarifs|proposition|commande) (?:pour|concernant|de|d['’])|intéress\w* par"
    r"|(?:besoin|recherche) (?:de|d['’])|recherchons"
    r"|souhait\w+ (?:acquérir|commander|acheter|tester)|problème avec|fourniture d[eu]|fourniture d['’]"
    r"|(?:cotización|presupuesto|oferta|precio|precios|información) (?:de|para|sobre)|interesad\w+ en|necesit\w+"
    r"|hacen falta"
    r"|(?:preventivo|offerta|prezzo|prezzi|informazioni) (?:per|su|di)|interessat\w+ (?:a|al|alla|ai|alle)"
    r"|abbiamo bisogno di"
    r"|(?:offerte|prijs|prijzen|informatie) (?:voor|over)|geïnteresseerd in|(?:orçamento|proposta|cotação) (?:para|de)"
    r"|(?:oferta|wycena|wycenę) na|ask(?:ing)? (?:now )?for|use of|session on|pilot (?:of|for|on))(?:(?<=['’])"
    r"|(?!\w))\s*"
)
_DETERMINER = phrases(
    r"(?:(?:a|an|the|your|our|some|any|about|further|more|of|for|die|das|den|der|ein|eine|einen|einem|einer"
    r"|ihr|ihre|ihren|ihrem|ihrer|unser\w*|etwa|ca\.|rund"
    r"|le|la|les|un|une|des|du|de la|votre|vos|notre|nos|environ|el|los|las|una|unos|unas|il|lo|gli|het|een|um|uma|o"
    r"|os)\s+|l['’]|d['’])+"
)
_STOP = phrases(
    r"[,.;:?!()\"“”]|\s+[-–—]\s+|\s+(?:and|but|so|because|since|which|that|who|by|before|until|when|if"
    r"|in (?:q[1-4]|\w+ ?20\d\d)|at (?:the|a|our)|in the|in our|on (?:monday|tuesday|wednesday|thursday|friday"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)|to (?:be|see"
    r"|replace)"
    r"|we|you|i|is|are|has|have|would|could|can|will|please|today|starting|from|und|oder|aber|da|weil|bis|damit"
    r"|die|der|das|wir|zum|für unser\w*|et|mais|afin|qui|que"
    r"|avant|after|once|during|y|con|para|por|pour (?:notre|nos|le|la)|nous|as|was|this|next|mit freundlichen"
    r"|zukommen|zusenden|schicken|machen"
    r"|senden|unterbreiten)\b"
)
_EMPTY = words(
    "it this that them these those you us me more information details help sie ihnen uns mir ihr es das vous "
    "nous ça cela hearing learning seeing knowing working talking meeting attending coming joining speaking when if "
    "until "
    "once as how what whether why below above everything anything something nothing wenn ob wie was si comment cuando"
)
_SUBJECT = re.compile(
    r"(?i)(?:inquiry|enquiry|request(?: for (?:a )?(?:quote|proposal|pricing))?|quote(?: request)?|rfq|rfp|quotation"
    r"|proposal"
    r"|order|purchase order|interest|renewal|(?:preis|angebots)?anfrage|angebot|offerte|bestellung|auftrag"
    r"|demande(?: de"
    r" (?:devis|prix))?|devis|offre|commande|(?:solicitud|petición) de (?:cotización|presupuesto|oferta)|cotización"
    r"|presupuesto"
    r"|pedido|richiesta(?: di (?:preventivo|offerta))?|preventivo|ordine|offerteaanvraag|bestelling|orçamento"
    r"|zapytanie ofertowe)"
    r"\b[\s:–—-]*(?:(?:for|about|regarding|on|re|zu|zum|zur|für|über|wegen|pour|concernant|de|para|per|voor"
    r"|o)\b)?[\s:]+"
    r"(?P<what>\S.{2,80})"
)
_SOLID = re.compile(r"(?<![\w-])[^\W\d_]{3,}(?!\d)")
_NO_PRODUCT = re.compile(r"[€$£@]|^to\b", re.IGNORECASE)
ASKED = "what is asked about"
IN_SUBJECT = "what the subject asks about"
MAX_WORDS = 9


def find_products(document: Document) -> Iterator[Candidate]:
    """Yield phrases that name what the mail is about commercially."""
    for start, end in document.sentences():
        for match in _CUE.finditer(document.text, start, end):
            span = _phrase(document.text, match.end(), end)
            if span:
                yield _candidate(document, span, Part.BODY, 0.66, ASKED)
    found = _SUBJECT.fullmatch(document.message.subject, *core_of(document.message.subject))
    if found and _SOLID.search(found["what"]):
        yield _candidate(document, found.span("what"), Part.SUBJECT, 0.6, IN_SUBJECT)


def _phrase(text: str, start: int, end: int) -> tuple[int, int] | None:
    end = min(end, start + 120)
    determiner = _DETERMINER.match(text, start, end)
    start = determiner.end() if determiner else start
    stop = _STOP.search(text, start, end)
    end = stop.start() if stop else end
    found = list(re.finditer(r"\S+", text[start:end]))[:MAX_WORDS]
    if not found:
        return None
    end = start + found[-1].end()
    if not _SOLID.search(text, start, end) or _NO_PRODUCT.search(text[start:end]):
        return None
    if found[0][0].lower() in _EMPTY or (len(found) == 1 and len(found[0][0]) < 3):
        return None
    return start, end


def _candidate(document: Document, span: tuple[int, int], part: Part, score: float, why: str) -> Candidate:
    evidence = document.cite(*span, part)
    return Candidate(FactKind.PRODUCT, evidence, " ".join(without_marks(evidence.text).split()), score, why)
