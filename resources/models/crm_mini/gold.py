"""Which of the candidates that our rules found in an invented mail are right.

The candidates come from the pipeline of the product, so that in training they look as they do at run time; where the
rules did not find the right words, `none` is the right answer.
"""

import re
from collections.abc import Sequence

from desktop.domain.evidence import Candidate, FactKind, Span
from desktop.understanding.document import source_text
from resources.models.crm_mini.letter import Letter

LIKE_TOPIC = frozenset({FactKind.TOPIC, FactKind.PRODUCT})
BY_PLACE = frozenset({FactKind.AMOUNT, FactKind.DATE, FactKind.QUANTITY, FactKind.ASK, FactKind.PROMISE})
LEAST_OVERLAP = 0.5
LEAST_LIKENESS = 0.55
CLOSE_TO_BEST = 0.1

_WORD = re.compile(r"[^\W_]+")


def right_ones(kind: FactKind, candidates: Sequence[Candidate], letter: Letter) -> tuple[bool, ...]:
    """Return for each candidate whether it is right; several may be, when they say the same."""
    wanted = letter.truth.spans.get(FactKind.TOPIC if kind in LIKE_TOPIC else kind, ())
    if kind in BY_PLACE:
        return tuple(any(_overlap(c.evidence.span, span) for span in wanted) for c in candidates)
    texts = {source_text(letter.message, span.part)[span.start : span.end] for span in wanted}
    if kind in (FactKind.PHONE, FactKind.MOBILE):
        return _same_numbers(candidates, texts, letter)
    if kind is FactKind.EMAIL:
        addresses = {text.casefold() for text in texts}
        return tuple(c.evidence.text.casefold() in addresses for c in candidates)
    likeness = [max((_likeness(kind, c.evidence.text, text) for text in texts), default=0.0) for c in candidates]
    best = max(likeness, default=0.0)
    least = max(LEAST_LIKENESS, best - CLOSE_TO_BEST)
    return tuple(value >= least for value in likeness)


def _same_numbers(candidates: Sequence[Candidate], texts: set[str], letter: Letter) -> tuple[bool, ...]:
    """A number of the other kind will do where none of the right kind was found: few say which theirs is."""
    numbers = {_digits(text) for text in texts}
    right = tuple(_digits(c.evidence.text) in numbers for c in candidates)
    if any(right):
        return right
    spans = [span for kind in (FactKind.PHONE, FactKind.MOBILE) for span in letter.truth.spans.get(kind, ())]
    numbers = {_digits(source_text(letter.message, span.part)[span.start : span.end]) for span in spans}
    return tuple(_digits(c.evidence.text) in numbers for c in candidates)


def _overlap(found: Span, wanted: Span) -> bool:
    shared = min(found.end, wanted.end) - max(found.start, wanted.start)
    shorter = min(found.end - found.start, wanted.end - wanted.start)
    return found.part is wanted.part and shared > LEAST_OVERLAP * shorter


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())[-8:]


def _likeness(kind: FactKind, found: str, wanted: str) -> float:
    """Return how much two phrases share, 0 to 1: the F measure of their words."""
    one, other = set(_WORD.findall(found.casefold())), set(_WORD.findall(wanted.casefold()))
    shared = len(one & other)
    if not shared:
        return 0.0
    measure = 2 * shared / (len(one) + len(other))
    if kind is FactKind.PERSON and one < other:
        return max(measure, LEAST_LIKENESS)  # a first name alone will do where nothing better was found
    if kind in LIKE_TOPIC and other <= one and len(one) <= len(other) + 10:
        return max(measure, LEAST_LIKENESS)
    return measure
