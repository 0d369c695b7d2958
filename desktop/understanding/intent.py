"""Why a mail was written and how its writer feels, by the words used; with the words as Evidence."""

from itertools import islice

from desktop.domain.evidence import Intent, Label, Part, Sentiment
from desktop.understanding.document import Document
from desktop.understanding.software import is_aimed_at_software
from desktop.understanding.words import phrases

_CUES: dict[Intent, tuple[tuple[float, str], ...]] = {
    Intent.INQUIRY: (
        (
            3.0,
            (
                r"interested in|(?:a |your |send (?:me|us) )?(?:quote|quotation|pricing|price list|proposal)\b"
                r"|how much|what (?:would|does) .{1,40} cost|request for (?:quotation|proposal)"
                r"|purchase order|place an order|like to (?:order|buy|purchase|try|trial)|looking for (?:a|an|some)"
                r"|evaluat(?:e|ing)|demo\b|budget|go ahead with|accept your (?:offer|quote)"
            ),
        ),
        (
            3.0,
            (
                r"angebot|preisliste|offerte|interess(?:e an|iere|ieren|iert)|bestell(?:en|ung)|was kostet|wir suchen"
                r"|benötigen wir|wir benötigen|wir brauchen|kostenvoranschlag|auftrag"
            ),
        ),
        (
            3.0,
            (
                r"devis|tarifs?\b|intéressés? par|bon de commande|commander|nous recherchons|proposition commerciale"
                r"|combien co[uû]te|appel d'offres"
            ),
        ),
        (1.0, r"could you (?:offer|supply|deliver)|options|features|roll[- ]?out|licen[cs]es?|seats|units|pilot|renew"),
    ),
    Intent.COMPLAINT_OR_ISSUE: (
        (
            3.5,
            (
                r"complain(?:t|ing)?|unacceptable|not acceptable|disappoint(?:ed|ing)|frustrat(?:ed|ing)|third time"
                r"|still (?:not|no|broken|waiting)|does(?:n't| not) work|not working|broken|defective|damaged"
                r"|refund|credit note|fault(?:y)?|outage|out of order|fed up|cancel (?:our|the|my)|wrong (?:item"
                r"|invoice|amount|order)|failed|missing|crash(?:es|ed|ing)?|overcharged|error\b|stopped working"
            ),
        ),
        (
            3.5,
            (
                r"beschwer(?:de|en)|reklam(?:ation|ieren|iere)|mangelhaft|defekt|kaputt|funktioniert nicht"
                r"|ausgefallen|enttäuscht|inakzeptabel|nicht akzeptabel|verärgert|stornier(?:en|ung)|beschädigt"
                r"|immer noch nicht|fehlerhaft|mahnung"
            ),
        ),
        (
            3.5,
            (
                r"réclamation|plainte|inacceptable|déçus?|mécontent(?:e|s)?|ne fonctionne (?:pas|plus)|en panne"
                r"|défectueu(?:x|se)|remboursement|avoir\b.{0,20}facture|toujours pas|endommagée?s?"
                r"|retard de livraison"
            ),
        ),
    ),
    Intent.MEETING_REQUEST: (
        (
            2.5,
            (
                r"meet(?:ing)?\b|reschedul(?:e|ing)|schedule a|calendar|invite|invitation|appointment|available (?:on"
                r"|for|next)|a (?:quick )?call\b|catch up|move (?:our|the|tomorrow's)|does .{1,30} (?:suit|work)"
                r"|time slot|postpone"
            ),
        ),
        (
            2.5,
            (
                r"termin\b|treffen|besprechung|verschieben|telefonat|kalender|einladung|passt (?:es )?ihnen"
                r"|zeit (?:für|hätten)"
            ),
        ),
        (2.5, r"rendez-vous|réunion|rencontr(?:er|e)|disponible|reporter|décaler|créneau|visio"),
    ),
    Intent.STATUS_UPDATE: (
        (
            2.5,
            (
                r"new (?:phone |mobile |telephone )?number|new (?:job|role|position|address|e-?mail)|(?:have|has"
                r"|'ve) (?:moved|left|changed|joined)|no longer (?:with|at|work)|my successor|taking over"
                r"|please update|contact details|as of \d|effective"
            ),
        ),
        (
            2.5,
            (
                r"neue (?:telefonnummer|nummer|adresse|position|e-mail|mobilnummer|anschrift|stelle)"
                r"|nachfolger(?:in)?|ab sofort|nicht mehr (?:bei|für)|übernimmt|kontaktdaten|zuständig"
            ),
        ),
        (
            2.5,
            (
                r"nouve(?:au|lle) (?:numéro|adresse|poste|coordonnées)|j'ai (?:changé|quitté|rejoint)|mon successeur"
                r"|désormais|coordonnées"
            ),
        ),
        (
            0.7,
            (
                r"fyi|for your information|attached (?:is|are)|as discussed|update\b|zur info|anbei|ci-joint"
                r"|pour information"
            ),
        ),
    ),
}
_NEGATIVE = (
    r"unacceptable|not acceptable|disappoint\w*|frustrat\w*|angry|furious|fuming|terrible|worst|annoy\w*|unhappy"
    r"|complain\w*|fed up|ridiculous|not good enough|lawyer|legal action|cancel|broken|poor|embarrass\w*"
    r"|enttäuscht|verärgert|inakzeptabel|unverschämt|ärgerlich|beschwer\w*|anwalt|mangelhaft|frech\w*"
    r"|inacceptable|déçu\w*|mécontent\w*|furieu\w*|scandaleu\w*|avocat|honteu\w*|problème|worried"
    r"|concerned"
)
_POSITIVE = (
    r"great|excellent|happy|pleased|delighted|love|fantastic|perfect|wonderful|impressed|excited|brilliant"
    r"|keen|enjoyed|good news|thank you for the (?:great|quick|good|helpful)"
    r"|freue\w*|freuen|super|toll|begeistert|prima|zufrieden|hervorragend|klasse|ravi\w*|parfait\w*"
    r"|excellent\w*|enchanté\w*|super|content\w*|avec plaisir|bravo"
)
_COMPILED = {
    intent: tuple((weight, phrases(rf"\b(?:{pattern})\w{{0,3}}\b")) for weight, pattern in cues)
    for intent, cues in _CUES.items()
}
_MOODS = {
    Sentiment.NEGATIVE: phrases(rf"\b(?:{_NEGATIVE})\b|!{{2,}}"),
    Sentiment.POSITIVE: phrases(rf"\b(?:{_POSITIVE})\b"),
}
_SUBJECT_BONUS = 1.5


def _spans(document: Document) -> list[tuple[int, int]]:
    return list(islice(document.sentences(), 200))


def intent_by_rules(document: Document) -> tuple[Label, dict[Intent, float]]:
    """Return the likeliest Intent with its Evidence, and a distribution over all of them that sums to 1."""
    weights = dict.fromkeys(Intent, 0.25)
    weights[Intent.OTHER] = 1.0
    first: dict[Intent, Label] = {}
    spans = _spans(document)
    subject = "" if is_aimed_at_software(document.message.subject) else document.message.subject[:300]
    for intent, cues in _COMPILED.items():
        for weight, pattern in cues:
            hits = [match for start, end in spans for match in pattern.finditer(document.text, start, end)]
            in_subject = pattern.search(subject)
            weights[intent] += weight * min(len(hits), 3) ** 0.5 + (weight * _SUBJECT_BONUS if in_subject else 0.0)
            if hits and intent not in first:
                first[intent] = Label(intent.value, 0.0, document.cite(*hits[0].span()))
            elif in_subject and intent not in first:
                first[intent] = Label(intent.value, 0.0, document.cite(*in_subject.span(), Part.SUBJECT))
    total = sum(weights.values())
    shares = {intent: weight / total for intent, weight in weights.items()}
    best = max(shares, key=shares.__getitem__)
    evidence = first[best].evidence if best in first else None
    return Label(best.value, shares[best], evidence), shares


def sentiment_by_rules(document: Document) -> tuple[Label, dict[Sentiment, float]]:
    """Return the likeliest Sentiment with its Evidence, and a distribution that sums to 1."""
    counts = {Sentiment.NEUTRAL: 0.8, Sentiment.POSITIVE: 0.1, Sentiment.NEGATIVE: 0.1}
    evidence: dict[Sentiment, tuple[int, int]] = {}
    for start, end in _spans(document):
        for mood, pattern in _MOODS.items():
            for match in pattern.finditer(document.text, start, end):
                counts[mood] += 1.0
                evidence.setdefault(mood, match.span())
    counts[Sentiment.NEGATIVE] *= 1.3
    total = sum(counts.values())
    shares = {mood: count / total for mood, count in counts.items()}
    best = max(shares, key=shares.__getitem__)
    where = document.cite(*evidence[best]) if best in evidence else None
    return Label(best.value, shares[best], where), shares
