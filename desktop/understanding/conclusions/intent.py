"""Why a mail was written, by the words used, their place and its form; with the words as Evidence.

Three readers are heard. Phrases: each one found counts by its weight, more in the subject and in the first sentences,
less in what is only handed on; a second and third one of the same list add a little; what was said in lists of asks
and questions adds to it. Words: a linear model over all words of the mail (`mail_model`), which also knows what no
phrase names. Form: what it asks, answers and hands on (`mail_form`). Their sums become shares by a softmax, so that a
mail with few signs has no clear winner.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import islice

from desktop.domain.evidence import Intent, Label, Part
from desktop.understanding.conclusions.mail_form import Found, traits_of, worth_of
from desktop.understanding.conclusions.mail_model import counts_of, shipped
from desktop.understanding.document import AuthorOrigin, Document
from desktop.understanding.hostile.software import is_aimed_at_software
from desktop.understanding.lexicon.cues import cues_of, folded, pattern_of

MAX_SENTENCES = 80
MAX_CHARACTERS = 12_000
MAX_SENTENCE = 1200
MAX_SUBJECT = 300

_SUBJECT_WEIGHT = 1.25
_FIRST_WEIGHT = 1.15
_BESIDE_WEIGHT = 0.7
_REPEATED = 0.22
_MAX_REPEATS = 3
_PHRASES_COUNT = 0.8
_WORDS_COUNT = 2.6
_BASE = {Intent.OTHER: 1.6, Intent.REQUEST_ACTION: 0.4, Intent.STATUS_UPDATE: 0.3, Intent.INQUIRY: 0.2}
_FLAGS = {
    "auto-reply": {Intent.OTHER: 6.0},
    "bounce": {Intent.OTHER: 6.0},
    "bulk": {Intent.OTHER: 2.0, Intent.PROPOSAL_OR_OFFER: 0.5},
    "calendar": {Intent.MEETING_REQUEST: 2.5},
}

Shares = dict[Intent, float]
Place = tuple[Part, int, int]


class _Sentence:
    """A sentence ready to be searched: folded text, where it stands and what it weighs."""

    __slots__ = ("part", "start", "text", "weight")

    def __init__(self, part: Part, start: int, *, text: str, weight: float) -> None:
        self.part = part
        self.start = start
        self.text = folded(text)
        self.weight = weight


def intent_by_rules(document: Document, found: Found | None = None) -> tuple[Label, Shares]:
    """Return the likeliest Intent with its Evidence, and a distribution over all of them that sums to 1.

    `found` are the candidates by kind, where the caller has them already.
    """
    sentences = _sentences(document)
    phrases, places = _read(document, sentences)
    sums = heard(phrases, shipped().log_shares(counts_of(*_texts(sentences))))
    form = worth_of(traits_of(document, found))
    shares = _softmax({intent: worth + form.get(intent.value, 0.0) for intent, worth in sums.items()})
    best = max(shares, key=shares.__getitem__)
    evidence = None
    if best in places:
        part, start, end = places[best]
        evidence = document.cite(start, end, part)
    return Label(best.value, shares[best], evidence), shares


def sums_of_phrases(document: Document) -> Shares:
    """Return what the phrases alone speak for: a sum for each Intent."""
    return _read(document, _sentences(document))[0]


def _read(document: Document, sentences: Sequence[_Sentence]) -> tuple[Shares, dict[Intent, Place]]:
    """Return the sums of the phrases, and the weightiest place of each Intent that has one."""
    sums: Shares = {intent: _BASE.get(intent, 0.0) for intent in Intent}
    places: dict[Intent, Place] = {}
    for intent in Intent:
        worth, place = _worth(sentences, intent, document.language)
        sums[intent] += worth
        if place:
            places[intent] = place
    _add_form(sums, document, sentences)
    return sums, places


def heard(phrases: Mapping[Intent, float], words: Mapping[str, float]) -> Shares:
    """Return phrases and words together: their logarithms added, each by how far it can be trusted."""
    return {intent: _PHRASES_COUNT * worth + _WORDS_COUNT * words[intent.value] for intent, worth in phrases.items()}


def texts_of(document: Document) -> tuple[str, list[str]]:
    """Return the subject, or nothing where it speaks to software, and the sentences that are read, folded."""
    return _texts(_sentences(document))


def _texts(sentences: Sequence[_Sentence]) -> tuple[str, list[str]]:
    subject = " ".join(s.text for s in sentences if s.part is Part.SUBJECT)
    return subject, [s.text for s in sentences if s.part is Part.BODY]


def _sentences(document: Document) -> list[_Sentence]:
    subject = document.message.subject[:MAX_SUBJECT]
    found = []
    if subject.strip() and not is_aimed_at_software(document.message.subject):
        found.append(_Sentence(Part.SUBJECT, 0, text=subject, weight=_SUBJECT_WEIGHT))
    own = [(line.start, line.end) for line in document.anatomy.own.body]
    is_forward = document.author.origin is AuthorOrigin.FORWARDED
    room = MAX_CHARACTERS
    for number, (start, end) in enumerate(islice(document.sentences(), MAX_SENTENCES)):
        text = document.text[start : min(end, start + MAX_SENTENCE)]
        room -= len(text)
        if room < 0:
            break
        is_beside = is_forward and bool(own) and own[0][0] <= start < own[-1][1]
        weight = _BESIDE_WEIGHT if is_beside else _FIRST_WEIGHT if number < 2 else 1.0
        found.append(_Sentence(Part.BODY, start, text=text, weight=weight))
    return found


def _worth(sentences: Sequence[_Sentence], intent: Intent, language: str) -> tuple[float, Place | None]:
    """Return what the phrases for one Intent add up to, and the first place of the weightiest."""
    total, place, heaviest = 0.0, None, 0.0
    for cue in cues_of("intents", intent.value, language):
        best, said = 0.0, set()
        for sentence in sentences:
            for match in islice(cue.pattern.finditer(sentence.text), _MAX_REPEATS):
                said.add(match[0])
                worth = cue.weight * sentence.weight
                best = max(best, worth)
                if worth > heaviest and match.end() > match.start():
                    heaviest = worth
                    place = (sentence.part, sentence.start + match.start(), sentence.start + match.end())
        total += best * (1.0 + _REPEATED * min(max(len(said) - 1, 0), _MAX_REPEATS))
    return total, place


def _add_form(sums: Shares, document: Document, sentences: Sequence[_Sentence]) -> None:
    """Add what the form of the mail speaks for: attachments, direct requests, questions, marks of the mail filters."""
    for flag in document.message.flags:
        for intent, worth in _FLAGS.get(flag, {}).items():
            sums[intent] += worth
    body = [sentence for sentence in sentences if sentence.part is Part.BODY]
    direct = pattern_of("asking", "direct", document.language)
    courtesy = pattern_of("asking", "courtesy", document.language)
    asks = sum(bool(direct.search(s.text)) and not courtesy.search(s.text) for s in body)
    questions = sum(s.text.rstrip().endswith("?") and not courtesy.search(s.text) for s in body)
    sums[Intent.REQUEST_ACTION] += 0.9 * min(asks, 1) + 0.3 * min(max(asks - 1, 0), 2)
    sums[Intent.INQUIRY] += 0.5 * min(questions, 3)
    if document.message.attachments:
        sums[Intent.DOCUMENT_DELIVERY] += 0.7
    words = sum(len(s.text.split()) for s in body)
    if words > 40:
        sums[Intent.OTHER] -= 0.6
    if asks or questions:
        sums[Intent.OTHER] -= 0.5


def _softmax(sums: Mapping[Intent, float]) -> Shares:
    top = max(sums.values())
    raised = {intent: math.exp(worth - top) for intent, worth in sums.items()}
    total = sum(raised.values())
    return {intent: worth / total for intent, worth in raised.items()}
