"""What the mail is about, in its own words: its subject when that is telling, else the best piece of its text."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind, Part
from desktop.understanding.candidates.subjects import core_of, is_only_a_name, names_a_meeting, telling_words
from desktop.understanding.document import Document
from desktop.understanding.lexicon.cues import folded, pattern_of
from desktop.understanding.lexicon.language import common_words
from desktop.understanding.lexicon.mailboxes import is_desk_word
from desktop.understanding.lexicon.words import phrases
from desktop.understanding.zones.passages import without_marks

SUBJECT = "the subject"
BARE_SUBJECT = "a subject that says little"
CUED = "follows words like about or regarding"
ASKED = "what the first request is for"
LABELLED = "stands after a label for the subject"
OPENING = "the first sentence that says something"

_CUE = phrases(
    r"\b(?:(?:talk|speak|write|writing|call|calling|ask|asking|know|hear|learn|moaning|discuss\w*|question\w*"
    r"|information"
    r"|details|concern\w*|complain\w*|excited|news|reminder|mail|email|thoughts|chat|inquir\w*|enquir\w*)"
    r"(?: (?:to|with) (?:you|us|me|him|her|them|an? \w+|the \w+))?(?: (?:over|on) \w+)? about|about(?= [^\W\d_])"
    r"|regarding|concerning|with regard to|with respect to|in connection with|on the subject of|the status of"
    r"|(?:comments?|feedback|update|proposal|quote|quotation|offer|bid|information) (?:on|for|regarding|concerning)"
    r"|interested in|looking (?:for|into|at)|(?:ask\w*|request\w*|apply\w*|application|need) (?:\w{2,4} )?for"
    r"|(?:discuss\w*|explor\w*|evaluat\w*|review\w*|announc\w*|present\w*|introduc\w*|renew\w*|order\w*|approv\w*)"
    r"|(?:problem|issue|trouble|frustrated|happy|unhappy|difficult\w+) with|the release of|the possibility of"
    r"|bezüglich|bzgl\.?|betreffend|wegen|hinsichtlich|in sachen|(?:frage\w*|informationen|angebot|gespräch|anfrage)"
    r" (?:zu|zum|zur|über|für|nach)|interess\w+ (?:uns |mich )?(?:für|an)|es geht um"
    r"|concernant|au sujet d[eu]|à propos d[eu]|(?:devis|offre|renseignements|informations|question) (?:pour|sur"
    r"|concernant)"
    r"|intéress\w+ par|s'agit d[eu]|sobre|acerca de|respecto (?:a|de)|interesad\w+ en|cotización de"
    r"|presupuesto (?:para|de)"
    r"|riguardo (?:a|al|alla)|in merito (?:a|al|alla)|preventivo per|interessat\w+ (?:a|al|alla)|met betrekking tot"
    r"|inzake|offerte voor|omtrent|relativamente a|w sprawie|dotycząc\w+|hakkında"
    r"|(?:it's|it is|this is|c'est|das ist|è|es) (?:all )?(?:about|pour|für|per|para)|se trata de"
    r"|si tratta d\w+|gaat (?:het )?over"
    r"|suchen|sucht|suche|braucht|cherchent|cherche|recherch\w+|buscando|buscan|busca|buscamos|cercano|cerca"
    r"|cerchiamo|cerco|zoekt|zoeken|zoek|procura|procuramos|szukam\w*|szuka"
    r"|(?:s?he|they) (?:needs?|wants?|is after|are after))(?!\w)\s*"
)
_WEAK_CUE = re.compile(
    r"(?i)^(?:(?:it|this|das|è|es|s?he|they|c)\b|about|discuss|explor|evaluat|review|announc|present|introduc|renew|order|approv|sobre|looking)"
)
_REQUEST = phrases(
    r"\b(?:(?:i|we)(?:'d| would| am| are)? (?:like|want|need|wish|hoping|writing|interested) to|(?:could|can|would"
    r"|will) you"
    r" (?:please )?|please|kindly|(?:are|is) (?:currently )?(?:evaluating|considering|looking)|i am (?:sending"
    r"|attaching)"
    r"|we (?:have|received)|(?:wir|ich) (?:möchten?|wollen|würden|benötigen|brauchen|suchen)|können sie|könnten sie"
    r"|bitte"
    r"|nous (?:souhait\w+|cherchons|avons besoin)|je (?:souhait\w+|cherche)|pouvez-vous|pourriez-vous|merci de|veuillez"
    r"|(?:quisiera|quisiéramos|necesitamos|queremos|solicitamos|le escribo para)|(?:vorremmo|vorrei|abbiamo bisogno di)"
    r"|(?:wij|we) (?:willen|zoeken)|graag)(?!\w)\s*"
)
_DETERMINER = phrases(
    r"(?:(?:an?|the|your|our|some|any|this|these|die|das|den|der|dem|ein\w*|ihr\w{0,2}|unser\w*|le|la|les|un|une|des|du"
    r"|votre|vos|notre|nos|el|los|las|una|su|il|lo|gli|het|de)\s+|l['’]|d['’])+"
)
_STOP = re.compile(
    r"(?i)[.;:?!()\"“”\n]\s|[.;:?!()\"“”]|\s[-–—]\s|,\s(?=(?:and|but|so|which|who|und|aber|et|mais|please|bitte|if"
    r"|as)\b)|\n\s*\n"
    r"|\s(?:because|although|weil|parce|porque|before|until|by (?=\w+day|the end|next))\b"
    r"|\s(?:and|but)\s(?=(?:i|he|she|we|they|has|have|is|was|said|would|will|can|could|please|it)\b)"
)
_NO_MATTER = phrases(
    r"(?:me|him|her|them|us|you|it|this|that|mich|ihn|ihm|sie|uns|moi|lui|nous|mí|lui|noi|hem|haar|ons"
    r"|in (?:the )?(?:next|coming|last|past)|next|last"
    r"|today|tomorrow|yesterday|by|until|at \d|on \w+day|nächste|morgen|demain|mañana|domani)\b(?! \w+ing\b)"
)
_ANSWER = phrases(
    r"(?:let (?:me|us) know|advise|confirm|call|tell (?:me|us)|mir bescheid|me dire|avisar|farmi sapere)\b"
)
_GREETING = phrases(
    r"^\W{0,3}(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|liebe[rs]?|sehr geehrte\w*"
    r"|guten (?:tag|morgen)"
    r"|grüezi|moin|servus|bonjour|madame|monsieur|salut|cher|chère|hola|buen(?:os|as)? \w+|estimad\w+|ciao|gentil\w+"
    r"|buongiorno"
    r"|beste|geachte|olá|bom dia|prezad\w+|dzień dobry|merhaba|sayın|hej|fyi|thanks?|thank you|danke|vielen dank"
    r"|besten dank"
    r"|merci|gracias|grazie|hope|i hope|how are|wie geht|best regards|regards|kind regards|mit freundlichen"
    r"|cordialement)\b"
)
_LABEL = re.compile(
    r"(?im)^[ \t]{0,4}(?:re|subject|betreff|betrifft|objet|asunto|oggetto|onderwerp|topic|thema"
    r"|konu)[ \t]?:[ \t]{0,4}(\S.{2,90})$"
)
MAX_WORDS = 14
LEAST_BODY = 25  # words; a text that long takes up what its subject names, or the subject is only a headline
MAX_SENTENCES = 25
MAX_FOUND = 12
MAX_BODY = 12_000  # characters in which a word is looked for again
MAX_OPENINGS = 5


def find_topics(document: Document) -> Iterator[Candidate]:
    """Yield what the mail could be about, the telling ones with high scores."""
    names = _names(document)
    sentences = list(_sentences(document))
    body = " ".join(document.text[start:end] for start, end in sentences).lower()[:MAX_BODY]
    subject = frozenset(telling_words(document.message.subject, names))
    yield from _from_subject(document, names, body)
    yield from _from_labels(document, names)
    count = 0
    for place, (start, end) in enumerate(sentences):
        for candidate in _from_sentence(document, (start, end), place=place, subject=subject, names=names, body=body):
            yield candidate
            count += 1
            if count >= MAX_FOUND:
                return


def _names(document: Document) -> frozenset[str]:
    """Return the words that tell nothing of a matter here: people's names and the language's commonest words."""
    people = " ".join(f"{p.name} {p.address.partition('@')[0]}" for p in document.message.participants[:40])
    found = re.findall(r"[^\W\d_]{2,}", people.lower())
    return common_words(document.language).union(word for word in found if not is_desk_word(word))


def _sentences(document: Document) -> Iterator[tuple[int, int]]:
    count = 0
    for start, end in document.sentences():
        text = document.text[start:end]
        if _GREETING.search(text[:60]) and len(text.split()) < 12:
            continue
        count += 1
        if count > MAX_SENTENCES:
            return
        yield start, end


def _from_subject(document: Document, names: frozenset[str], body: str) -> Iterator[Candidate]:
    start, end = core_of(document.message.subject)
    evidence = document.cite(start, end, Part.SUBJECT)
    telling = telling_words(evidence.text, names)
    if not evidence.text or not any(char.isalpha() for char in evidence.text):
        return
    shared = sum(1 for word in telling if word[:6] in body)
    is_name = is_only_a_name(evidence.text)
    is_not_taken_up = not shared and len(body.split()) >= LEAST_BODY
    score = 0.58 + 0.08 * min(len(telling), 3) + 0.05 * min(shared, 2) - 0.14 * is_not_taken_up
    score = (0.46 if names_a_meeting(evidence.text) else 0.3) if not telling else 0.46 if is_name else score
    why = SUBJECT if telling and not is_name else BARE_SUBJECT
    yield _candidate(document, evidence.span.start, evidence.span.end, score, why, Part.SUBJECT)


def _from_labels(document: Document, names: frozenset[str]) -> Iterator[Candidate]:
    for passage in document.passages:
        for match in _LABEL.finditer(document.text, passage.start, passage.end):
            first, last = core_of(match[1])
            if telling_words(match[1][first:last], names):
                yield _candidate(document, match.start(1) + first, match.start(1) + last, 0.7, LABELLED)
                return


def _from_sentence(
    document: Document,
    sentence: tuple[int, int],
    *,
    place: int,
    subject: frozenset[str],
    names: frozenset[str],
    body: str,
) -> Iterator[Candidate]:
    text, (start, end) = document.text, sentence
    early = 0.015 * min(place, 10)
    for match in _CUE.finditer(text, start, min(end, start + 800)):
        span = _phrase(text, match.end(), end)
        telling = telling_words(text[slice(*span)], names) if span else ()
        if span and telling and not _NO_MATTER.match(text, *span):
            shared = bool(subject & set(telling))
            score = (0.5 if _WEAK_CUE.match(match[0]) else 0.64) + 0.06 * shared - early - 0.12 * (len(telling) < 2)
            yield _candidate(document, *span, score, CUED)
    asked = _REQUEST.search(text, start, min(end, start + 400))
    span = _phrase(text, asked.end(), end) if asked else None
    is_formula = pattern_of("asking", "courtesy", document.language).search(folded(text[start:end][:400]))
    if span and not is_formula and len(telling_words(text[slice(*span)], names)) >= 2:
        early += 0.1 if _ANSWER.match(text, *span) else 0.0
        yield _candidate(document, *span, 0.6 - early, ASKED)
    elif place < MAX_OPENINGS and len(text[start:end].split()) >= 4:
        whole = _phrase(text, start, end, is_whole=True)
        told = telling_words(text[slice(*whole)], names) if whole else ()
        if whole and told:
            again = sum(body.count(word[:6]) > 1 for word in set(told))
            yield _candidate(document, *whole, 0.42 + 0.03 * min(again, 2) - 3 * early, OPENING)


def _phrase(text: str, start: int, end: int, *, is_whole: bool = False) -> tuple[int, int] | None:
    """Return the words from `start` up to the end of the clause, at most MAX_WORDS, an article before them left out."""
    end = min(end, start + 220)
    determiner = None if is_whole else _DETERMINER.match(text, start, end)
    start = determiner.end() if determiner else start
    while start < end and not text[start].isalnum():
        start += 1
    stop = _STOP.search(text, start, end)
    end = stop.start() if stop else end
    found = list(re.finditer(r"\S+", text[start:end]))[:MAX_WORDS]
    if not found:
        return None
    last = start + found[-1].end()
    while last > start and text[last - 1] in ",;:-–— ":
        last -= 1
    return (start, last) if last > start else None


def _candidate(document: Document, start: int, end: int, score: float, why: str, part: Part = Part.BODY) -> Candidate:
    evidence = document.cite(start, end, part)
    value = " ".join(without_marks(evidence.text).split())
    return Candidate(FactKind.TOPIC, evidence, value, max(0.1, min(0.95, score)), why)
