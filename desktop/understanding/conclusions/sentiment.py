"""How the contact feels about the matter, by the words used; with the words as Evidence.

A politeness is no feeling: greetings and formulas ("happy to help", "have a great day") are left out first. A word
with a negation shortly before it counts the other way. Why the mail was written moves the balance a little: a
complaint that thanks for the quick answer is still a complaint.
"""

import math
from collections.abc import Mapping
from itertools import islice

from desktop.domain.evidence import Intent, Label, Sentiment
from desktop.understanding.conclusions.intent import intent_by_rules
from desktop.understanding.document import AuthorOrigin, Document
from desktop.understanding.lexicon.cues import cues_of, folded, pattern_of

MAX_SENTENCES = 80
MAX_CHARACTERS = 12_000
MAX_SENTENCE = 1200
MAX_HITS = 6
NEGATION_WITHIN = 24
MOST_FOCUS = 2.0  # a word of feeling weighs up to this in a mail of one sentence, 1 in one of four and more

_START = {Sentiment.NEUTRAL: 0.9, Sentiment.POSITIVE: -0.5, Sentiment.NEGATIVE: -0.6}
_BY_INTENT: Mapping[Intent, tuple[Sentiment, float]] = {
    Intent.COMPLAINT_OR_ISSUE: (Sentiment.NEGATIVE, 1.6),
    Intent.DECLINE: (Sentiment.NEGATIVE, 1.4),
    Intent.PROPOSAL_OR_OFFER: (Sentiment.POSITIVE, 1.0),
    Intent.FOLLOW_UP: (Sentiment.POSITIVE, 0.5),
    Intent.INTRODUCTION_OR_REFERRAL: (Sentiment.POSITIVE, 0.5),
    Intent.JOB_OR_RECRUITING: (Sentiment.POSITIVE, 0.7),
    Intent.EVENT_INVITATION: (Sentiment.POSITIVE, 0.7),
    Intent.MEETING_CONFIRMATION: (Sentiment.POSITIVE, 0.4),
    Intent.PURCHASE_OR_BILLING: (Sentiment.POSITIVE, 0.2),
}
_OPPOSITE = {Sentiment.POSITIVE: Sentiment.NEGATIVE, Sentiment.NEGATIVE: Sentiment.POSITIVE}
_TURNED = {Sentiment.POSITIVE: 0.6, Sentiment.NEGATIVE: 0.2}
_SPACE = " "


def sentiment_by_rules(
    document: Document, intents: Mapping[Intent, float] | None = None
) -> tuple[Label, dict[Sentiment, float]]:
    """Return the likeliest Sentiment with its Evidence, and a distribution that sums to 1.

    `intents` are the shares of `intent_by_rules`, where the caller has them already.
    """
    intents = intents if intents is not None else intent_by_rules(document)[1]
    sums = dict.fromkeys((Sentiment.POSITIVE, Sentiment.NEGATIVE), 0.0)
    places: dict[Sentiment, tuple[float, int, int]] = {}
    texts = _texts(document)
    focus = max(1.0, MOST_FOCUS - len(texts) / 4)
    for mood, weight, start, end in _hits(document, texts):
        sums[mood] += weight
        if mood not in places or weight > places[mood][0]:
            places[mood] = (weight, start, end)
    scores = dict(_START)
    for mood, total in sums.items():
        scores[mood] += 1.3 * math.log1p(1.4 * focus * total)
    for intent, share in intents.items():
        if intent in _BY_INTENT:
            mood, worth = _BY_INTENT[intent]
            scores[mood] += worth * share
    raised = {mood: math.exp(1.4 * scores[mood]) for mood in Sentiment}
    total = sum(raised.values())
    shares = {mood: worth / total for mood, worth in raised.items()}
    best = max(shares, key=shares.__getitem__)
    where = document.cite(*places[best][1:]) if best in places else None
    return Label(best.value, shares[best], where), shares


def _hits(document: Document, texts: list[tuple[int, str]]) -> list[tuple[Sentiment, float, int, int]]:
    """Return mood, weight and place of what is felt, at most MAX_HITS of each list."""
    formula = pattern_of("moods", "formula", document.language)
    negation = pattern_of("moods", "negation", document.language)
    found: list[tuple[Sentiment, float, int, int]] = []
    counts: dict[tuple[Sentiment, float], int] = {}
    for base, text in texts:
        plain = formula.sub(lambda match: _SPACE * len(match[0]), text)
        for mood in (Sentiment.POSITIVE, Sentiment.NEGATIVE):
            for cue in cues_of("moods", mood.value, document.language):
                for match in cue.pattern.finditer(plain):
                    count = counts.get((mood, cue.weight), 0)
                    if count >= MAX_HITS or match.end() == match.start():
                        break
                    counts[mood, cue.weight] = count + 1
                    is_turned = negation.search(plain, max(0, match.start() - NEGATION_WITHIN), match.start())
                    felt, weight = (_OPPOSITE[mood], cue.weight * _TURNED[mood]) if is_turned else (mood, cue.weight)
                    found.append((felt, weight, base + match.start(), base + match.end()))
    return found


def _texts(document: Document) -> list[tuple[int, str]]:
    """Return the contact's sentences, folded, with where each begins; the rep's own words tell nothing of them."""
    own = [(line.start, line.end) for line in document.anatomy.own.body]
    is_answer = document.author.origin is AuthorOrigin.ANSWERED
    found, room = [], MAX_CHARACTERS
    for start, end in islice(document.sentences(), MAX_SENTENCES):
        if is_answer and own and own[0][0] <= start < own[-1][1]:
            continue
        text = document.text[start : min(end, start + MAX_SENTENCE)]
        room -= len(text)
        if room < 0:
            break
        found.append((start, folded(text)))
    return found
