"""How likely an English sentence asks for or proposes an action: a linear model over its word groups.

The weights are learnt by `resources/models/action_sentences/make_action_model.py` from sentences of real mail, and
lie beside it with their model card. Scoring is a sum over the word groups that stand in the sentence, in pure Python.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from desktop.system import resources
from desktop.understanding.lexicon.calendar_words import MONTHS, WEEKDAYS
from desktop.understanding.lexicon.words import words

MAX_SENTENCE = 600
LONGEST_GROUP = 3

_TOKEN = re.compile(r"https?://\S{1,300}|\$LINK|[^\s@<>]{1,80}@\S{1,120}|[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!:]")
_CLAUSE = re.compile(r"[,;:-]\s+(?:and |so |then )?([a-z']+)")
_COMMANDS = words(
    "please let call send give tell ask see note forward confirm advise check review find use go click visit reply "
    "respond print take make put get bring keep contact email mail fax attach add remove include complete sign return "
    "provide join come meet think read help try start stop look follow update schedule plan set feel remember let's "
    "lets kindly pls plz"
)
_YOU = frozenset(("you", "your", "u"))
_US = frozenset(("i", "me", "my", "we", "us", "our"))


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each feature, and what a sentence without any scores."""

    bias: float
    features: Mapping[str, float]


def tokens(sentence: str) -> list[str]:
    """Return the words in lower case; numbers, links, addresses, days and months stand for their kind."""
    return [_normal(match[0]) for match in _TOKEN.finditer(sentence[:MAX_SENTENCE].replace("’", "'"))]


def _normal(token: str) -> str:
    if token.startswith(("http", "$")):
        return "<link>"
    if "@" in token:
        return "<address>"
    if token.isdigit():
        return "<number>"
    word = token.lower()
    if word in WEEKDAYS and (len(word) > 3 or token[0].isupper()):
        return "<day>"
    return "<month>" if word in MONTHS and token[0].isupper() else word


def features(sentence: str) -> frozenset[str]:
    """Return the groups of one to three words that stand in the sentence, and a few marks (`#…`) of its form."""
    found = tokens(sentence)
    bounded = ["^", *found, "$"]
    groups = {
        " ".join(bounded[start : start + length])
        for length in range(1, LONGEST_GROUP + 1)
        for start in range(len(bounded) - length + 1)
    }
    return frozenset(groups | _marks(sentence, found))


def _marks(sentence: str, found: list[str]) -> set[str]:
    spoken = [token for token in found if token[0].isalpha()]
    present = set(spoken)
    marks = {f"#length {min(6, (len(found) + 2) // 8)}"}
    clauses = _CLAUSE.findall(sentence[:MAX_SENTENCE].lower())
    is_you, is_us = bool(present & _YOU), bool(present & _US)
    tests = {
        "#question": sentence.rstrip(" \"')").endswith("?"),
        "#command first": bool(spoken) and spoken[0] in _COMMANDS,
        "#command early": any(word in _COMMANDS for word in spoken[1:6]),
        "#command in clause": any(word in _COMMANDS for word in clauses),
        "#you": is_you,
        "#us": is_us,
        "#you and us": is_you and is_us,
        "#nobody": not is_you and not is_us,
    }
    return marks | {mark for mark, holds in tests.items() if holds}


def score(sentence: str, weights: Weights) -> float:
    """Return the probability (0 to 1): a logistic over the mean-root sum of the weights of known features."""
    known = [weights.features[feature] for feature in features(sentence) if feature in weights.features]
    total = weights.bias + sum(sorted(known)) / math.sqrt(max(1, len(known)))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def action_probability(sentence: str) -> float:
    """Return how likely an English sentence asks for or proposes an action, 0 to 1."""
    return score(sentence, _shipped())


@cache
def _shipped() -> Weights:
    raw = json.loads(resources.path("models", "action_sentences", "weights.json").read_text(encoding="utf-8"))
    return Weights(float(raw["bias"]), {str(name): float(value) for name, value in raw["features"].items()})
