"""What the words of a whole mail speak for: a linear model over words, beginnings of words, and pieces of words.

Phrases are right where they match, and match too seldom. Here every word counts a little: whole, by its first
letters, in pairs, and in pieces of four letters, so that inflection and typing errors cost little. Features are hashed
into BUCKETS places; rare ones count more (inverse document frequency), long mails no more than short ones.
`resources/models/intents/train.py` learns the weights; they lie beside it with their model card.
"""

import json
import math
import re
from array import array
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from zlib import crc32

from desktop.system import resources
from desktop.understanding.lexicon.cues import folded

BUCKETS = 1 << 14
SUBJECT_WEIGHT = 1.5
MAX_TOKENS = 900
MAX_WORD = 40
PIECE = 4
BEGINNING = 5

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!%€$£]")


@dataclass(frozen=True, slots=True)
class MailModel:
    """Weights as whole numbers, `len(labels)` for each bucket, times `scale`; `rarity` is what a bucket counts."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    scale: float
    rarity: Sequence[float]
    weights: Sequence[int]

    def log_shares(self, counts: Mapping[int, float]) -> dict[str, float]:
        """Return for each label the logarithm of its probability, by softmax over the sums of its weights."""
        own = weighted(counts, self.rarity)
        sums = list(self.bias)
        width = len(self.labels)
        for bucket, worth in own.items():
            first = bucket * width
            amount = worth * self.scale
            for place, weight in enumerate(self.weights[first : first + width]):
                sums[place] += amount * weight
        top = max(sums)
        total = top + math.log(sum(math.exp(value - top) for value in sums))
        return {label: value - total for label, value in zip(self.labels, sums, strict=True)}


def counts_of(subject: str, texts: Sequence[str]) -> dict[int, float]:
    """Return how often each bucket is met, in the subject SUBJECT_WEIGHT times as much, at most MAX_TOKENS words."""
    counts: dict[int, float] = {}
    room = MAX_TOKENS
    for text, weight in ((subject, SUBJECT_WEIGHT), *((text, 1.0) for text in texts)):
        tokens = _tokens(text)[:room]
        room -= len(tokens)
        for feature in _features(tokens):
            bucket = crc32(feature.encode("utf-8", "replace")) % BUCKETS
            counts[bucket] = counts.get(bucket, 0.0) + weight
    return counts


def weighted(counts: Mapping[int, float], rarity: Sequence[float]) -> dict[int, float]:
    """Return the counts, dampened, times how rare each bucket is, as a vector of length 1."""
    worth = {bucket: math.log1p(count) * rarity[bucket] for bucket, count in counts.items()}
    length = math.sqrt(sum(value * value for value in worth.values())) or 1.0
    return {bucket: value / length for bucket, value in worth.items()}


def _tokens(text: str) -> list[str]:
    """Return words in lower case, one mark for each number, and the few signs that tell something."""
    return ["0" if token[0].isdigit() else token[:MAX_WORD] for token in _TOKEN.findall(folded(text))]


def _features(tokens: Sequence[str]) -> Iterator[str]:
    for token in tokens:
        yield f"w{token}"
        if len(token) >= PIECE:
            yield f"s{token[:BEGINNING]}"
            bounded = f"<{token}>"
            for start in range(len(bounded) - PIECE + 1):
                yield f"c{bounded[start : start + PIECE]}"
    for left, right in pairwise(tokens):
        yield f"b{left} {right}"


@cache
def shipped() -> MailModel:
    """Return the model of why a mail was written; its labels are the values of Intent."""
    raw = json.loads(resources.path("models", "intents", "weights.json").read_text(encoding="utf-8"))
    weights = array("b")
    weights.frombytes(b64decode(raw["weights"]))
    rarity = array("d", (value * raw["rarity_scale"] for value in b64decode(raw["rarity"])))
    return MailModel(tuple(raw["labels"]), tuple(raw["bias"]), float(raw["scale"]), rarity, weights)
