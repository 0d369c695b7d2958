"""Learns the weights of `desktop/understanding/candidates/action_sentences.py` and writes them with their figures.

Needs the sentences of EmailIntentDataSet (Apache-2.0; see MODEL_CARD.md) as JSON lines with `label` (Yes or No) and
`text`; without that file it says so and leaves the weights as they are. Needs numpy (the engine brings it).

    python -m resources.models.action_sentences.make_action_model EMAIL_INTENT.jsonl

The same file gives the same weights: the order is fixed, and so is the number of steps. A word that stands with a
capital in mid-sentence more often than not is a name: no feature holds one.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from desktop.understanding.candidates.action_sentences import Weights, features, score

FOLDS = 5
LEAST_SENTENCES = 4
PENALTY = 0.15
STEPS = 150
RATE = 0.15
LEAST_WEIGHT = 0.02
CAPITALS = ("I", "I'm", "I'll", "I'd", "I've", "ASAP", "FYI", "PDF", "CD", "OK", "RSVP")
TARGET = Path(__file__).with_name("weights.json")
FIGURES = Path(__file__).with_name("figures.json")


def names_in(texts: list[str]) -> frozenset[str]:
    """Return the words, in lower case, that mostly stand with a capital where no sentence begins."""
    high: Counter[str] = Counter()
    low: Counter[str] = Counter()
    for text in texts:
        words = re.findall(r"(?<=[a-z,] )[^\W\d_]+(?:'[^\W\d_]+)?", text.replace("’", "'"))
        for word in words:
            (high if word[0].isupper() and word not in CAPITALS else low)[word.lower()] += 1
        first = re.match(r"\s*([A-Z][^\W\d_]+),", text)
        if first:
            high[first[1].lower()] += 1
    return frozenset(word for word, count in high.items() if count > low[word])


def fit(rows: list[frozenset[str]], labels: np.ndarray, names: frozenset[str]) -> Weights:
    """Return the weights of a logistic regression with a quadratic penalty, by full-batch Adam."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row)
    kept = sorted(f for f, n in counts.items() if n >= LEAST_SENTENCES and not names.intersection(f.split()))
    place = {feature: number for number, feature in enumerate(kept)}
    known = [np.array(sorted(place[f] for f in row if f in place), int) for row in rows]
    owner = np.concatenate([np.full(len(row), number) for number, row in enumerate(known)])
    column = np.concatenate(known)
    size = np.concatenate([np.full(len(row), 1 / np.sqrt(max(1, len(row)))) for row in known])
    weight, bias = np.zeros(len(kept)), 0.0
    mean, square, bias_mean, bias_square = np.zeros(len(kept)), np.zeros(len(kept)), 0.0, 0.0
    for step in range(1, STEPS + 1):
        total = np.bincount(owner, size * weight[column], len(rows)) + bias
        error = 1 / (1 + np.exp(-total)) - labels
        slope = np.bincount(column, size * error[owner], len(kept)) + PENALTY * weight
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope * slope
        bias_mean, bias_square = 0.9 * bias_mean + 0.1 * error.sum(), 0.999 * bias_square + 0.001 * error.sum() ** 2
        rate = RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        weight = weight - rate * mean / (np.sqrt(square) + 1e-8)
        bias -= rate * bias_mean / (np.sqrt(bias_square) + 1e-8)
    found = {f: round(float(weight[place[f]]), 2) for f in kept if abs(weight[place[f]]) >= LEAST_WEIGHT}
    return Weights(round(float(bias), 3), found)


def figures(scores: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return accuracy, precision, recall and F1 of a half, and the area under the curve."""
    said = scores >= 0.5
    right = float((said & (labels == 1)).sum())
    precision, recall = right / max(1, said.sum()), right / max(1, labels.sum())
    order = np.argsort(scores, kind="stable")
    rank = np.empty(len(scores))
    rank[order] = np.arange(1, len(scores) + 1)
    yes, no = labels.sum(), (labels == 0).sum()
    area = (rank[labels == 1].sum() - yes * (yes + 1) / 2) / (yes * no)
    found = {
        "accuracy": (said == (labels == 1)).mean(), "precision": precision, "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall), "auc": area,
    }  # fmt: skip
    return {name: round(float(value), 3) for name, value in found.items()}


def main() -> int:
    """Learn, measure in FOLDS parts, and write."""
    source = Path(sys.argv[1]) if len(sys.argv) == 2 else None
    if source is None or not source.is_file():
        print("Give the file of labelled sentences (JSON lines: label, text); the weights stay as they are.")
        return 2
    lines = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]
    texts = [line["text"] for line in lines]
    labels = np.array([line["label"] == "Yes" for line in lines], float)
    rows, names = [features(text) for text in texts], names_in(texts)
    scores = np.zeros(len(lines))
    fold_of = np.arange(len(lines)) * 7919 % FOLDS
    for fold in range(FOLDS):
        inside = np.flatnonzero(fold_of != fold)
        weights = fit([rows[place] for place in inside], labels[inside], names)
        for place in np.flatnonzero(fold_of == fold):
            scores[place] = score(texts[place], weights)
    weights = fit(rows, labels, names)
    measured = {"sentences": len(lines), "features": len(weights.features), "folds": FOLDS, **figures(scores, labels)}
    TARGET.write_text(
        json.dumps({"bias": weights.bias, "features": weights.features}, indent=0, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
    FIGURES.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(measured), f"{TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
