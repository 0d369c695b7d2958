"""What stands for the mail: up to three of its own sentences, never a new one.

The sentence with the next action comes first in worth, then what names the matter: amounts, days, products, the
opening. Greetings and courtesies are left out. Sentences keep their order; " … " marks what was left out between two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from desktop.domain.evidence import Fact, FactKind, Part
from desktop.understanding.document import Document
from desktop.understanding.lexicon.cues import folded, pattern_of

MAX_SUMMARY = 400
MAX_SENTENCES = 60
MAX_CHOSEN = 3
LONG = 220
LEAST_WORTH = 0.75
GAP = " … "

_WORTH = {
    FactKind.ASK: 0.4, FactKind.PROMISE: 0.35, FactKind.PRODUCT: 0.6, FactKind.TOPIC: 0.5, FactKind.AMOUNT: 0.7,
    FactKind.DATE: 0.4, FactKind.QUANTITY: 0.3, FactKind.COMPETITOR: 0.3,
}  # fmt: skip
_NEXT_ACTION = 1.4
_OPENING = 0.5


@dataclass(frozen=True, slots=True)
class _Sentence:
    number: int
    text: str
    worth: float


def summary_of(document: Document, facts: tuple[Fact, ...]) -> str:
    """Return at most MAX_SUMMARY characters of the mail's own sentences; the subject if there is none."""
    sentences = _sentences(document, facts)
    if not sentences:
        return _cut(" ".join(document.message.subject.split()))
    ranked = sorted(sentences, key=lambda sentence: (-sentence.worth, sentence.number))
    chosen = ranked[:1]
    room = MAX_SUMMARY - len(ranked[0].text)
    for sentence in ranked[1:]:
        needed = len(sentence.text) + len(GAP)
        if len(chosen) < MAX_CHOSEN and sentence.worth >= LEAST_WORTH and needed <= room:
            chosen.append(sentence)
            room -= needed
    return _cut(_joined(sorted(chosen, key=lambda sentence: sentence.number)))


def _sentences(document: Document, facts: Sequence[Fact]) -> list[_Sentence]:
    courtesy = pattern_of("asking", "courtesy", document.language)
    actions = [fact for fact in facts if fact.kind in (FactKind.ASK, FactKind.PROMISE)]
    action = max(actions, key=lambda fact: fact.confidence, default=None)
    found: list[_Sentence] = []
    for number, (start, end) in enumerate(islice(document.sentences(), MAX_SENTENCES)):
        text = " ".join(document.text[start:end].split())
        if len(text.split()) < 4 or (len(text.split()) < 14 and courtesy.search(folded(text))):
            continue
        worth = min(1.2, sum(_WORTH.get(fact.kind, 0.0) for fact in facts if _stands_in(fact, start, end)))
        worth += _NEXT_ACTION if action is not None and _stands_in(action, start, end) else 0.0
        worth += 0.0 if found else _OPENING
        worth -= 0.02 * number + (0.3 if len(text) > LONG else 0.0) - 0.1 * (len(text.split()) > 6)
        found.append(_Sentence(number, text, worth))
    return found


def _stands_in(fact: Fact, start: int, end: int) -> bool:
    """Whether the Fact's words begin here; those of a list go on in the next sentences."""
    span = fact.evidence.span
    return span.part is Part.BODY and start <= span.start < end


def _joined(chosen: Sequence[_Sentence]) -> str:
    text = ""
    for place, sentence in enumerate(chosen):
        between = "" if not place else " " if sentence.number == chosen[place - 1].number + 1 else GAP
        text += between + sentence.text
    return text


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SUMMARY else text[: MAX_SUMMARY - 1].rsplit(" ", 1)[0] + "…"
