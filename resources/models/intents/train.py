"""Learns the weights of `desktop/understanding/conclusions/mail_model.py` and writes them with their figures.

Learns from `mails.jsonl` beside it: short mails written for this project, nothing else. Labelled mails (`tests/data`,
and those of a folder that is named) are only measured on. Needs numpy (the engine brings it). The same file gives the
same weights.

    python -m resources.models.intents.train [FOLDER WITH crm_emails_*.jsonl]
"""

import json
import math
import sys
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop.domain.evidence import Intent
from desktop.understanding.conclusions.intent import texts_of
from desktop.understanding.conclusions.mail_model import BUCKETS, counts_of, weighted
from desktop.understanding.document import open_document
from desktop.understanding.redaction import redact
from tests.benchmarks.understanding.corpus import CrmMail, crm_mails

HERE = Path(__file__).parent
TARGET = HERE / "weights.json"
FIGURES = HERE / "figures.json"
LABELLED = Path("tests/data")
LABELS = tuple(intent.value for intent in Intent)
PENALTY = 0.03
FOLDS = 5
STEPS = 120
RATE = 0.1
MOST = 127  # of a whole number in one byte
MOST_RARE = 255

Counts = dict[int, float]


@dataclass(frozen=True, slots=True)
class Example:
    """One mail: what is met in it, and which labels are right, the best first."""

    counts: Counts
    right: tuple[str, ...]


def written() -> list[Example]:
    """Return the mails written for this project."""
    lines = (HERE / "mails.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    return [Example(counts_of(mail["subject"], [mail["text"]]), (mail["intent"],)) for mail in records]


def labelled(mails: list[CrmMail]) -> list[Example]:
    """Return mails with answers, read as the product reads them."""
    found = []
    for mail in mails:
        document = open_document(redact(mail.message).message, mail.own_addresses)
        subject, texts = texts_of(document)
        best = mail.gold.get("intent")
        if best:
            others = tuple(label for label in mail.acceptable.get("intent", []) if label and label != best)
            found.append(Example(counts_of(subject, texts), (best, *others)))
    return found


def rarity_of(examples: list[Example]) -> np.ndarray:
    """Return the inverse document frequency of each bucket, in steps of one byte."""
    met = np.zeros(BUCKETS)
    for example in examples:
        for bucket in example.counts:
            met[bucket] += 1
    rarity = np.log(1.0 + len(examples) / np.maximum(met, 1.0))
    scale = rarity_scale(examples)
    return np.clip(np.rint(rarity / scale), 1, MOST_RARE) * scale


def rarity_scale(examples: list[Example]) -> float:
    """Return what one step of a byte counts."""
    return round(math.log(1.0 + len(examples)) / MOST_RARE, 8)


def matrix(examples: list[Example], rarity: np.ndarray) -> np.ndarray:
    """Return one row of length 1 for each mail."""
    rows = np.zeros((len(examples), BUCKETS), np.float32)
    for number, example in enumerate(examples):
        for bucket, worth in weighted(example.counts, rarity).items():
            rows[number, bucket] = worth
    return rows


def answers(examples: list[Example]) -> np.ndarray:
    """Return 1 for the best label of each mail, else 0."""
    wanted = np.zeros((len(examples), len(LABELS)), np.float32)
    for number, example in enumerate(examples):
        wanted[number, LABELS.index(example.right[0])] = 1.0
    return wanted


def fit(rows: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and bias of a softmax regression with a quadratic penalty, by full-batch Adam."""
    size = (rows.shape[1] + 1, wanted.shape[1])
    value, mean, square = np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.float32)
    for step in range(1, STEPS + 1):
        sums = rows @ value[:-1] + value[-1]
        raised = np.exp(sums - sums.max(1, keepdims=True))
        error = raised / raised.sum(1, keepdims=True) - wanted
        slope = np.vstack([rows.T @ error + PENALTY * value[:-1], error.sum(0)])
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope * slope
        rate = RATE * math.sqrt(1 - 0.99**step) / (1 - 0.9**step) * (1.0 if step < STEPS * 2 // 3 else 0.3)
        value = value - rate * mean / (np.sqrt(square) + 1e-8)
    return value[:-1], value[-1]


def accuracy(train: list[Example], test: list[Example]) -> float:
    """Return the share of `test` whose likeliest label is right, by the words alone, learnt from `train`."""
    rarity = rarity_of(train)
    weights, bias = fit(matrix(train, rarity), answers(train))
    best = (matrix(test, rarity) @ weights + bias).argmax(1)
    return round(sum(LABELS[place] in mail.right for place, mail in zip(best, test, strict=True)) / len(test), 3)


def learn(examples: list[Example]) -> dict:
    """Return the model as it is written: whole numbers of one byte, base64."""
    rarity = rarity_of(examples)
    weights, bias = fit(matrix(examples, rarity), answers(examples))
    scale = float(np.abs(weights).max()) / MOST
    step = rarity_scale(examples)
    return {
        "labels": list(LABELS),
        "bias": [round(float(value), 4) for value in bias],
        "scale": round(scale, 8),
        "rarity_scale": step,
        "rarity": b64encode(np.rint(rarity / step).astype(np.uint8).tobytes()).decode("ascii"),
        "weights": b64encode(np.rint(weights / scale).astype(np.int8).tobytes()).decode("ascii"),
    }


def main() -> int:
    """Measure on mails that taught nothing, then learn from all that were written, and write."""
    own = written()
    folds = [
        accuracy([mail for place, mail in enumerate(own) if place % FOLDS != fold], own[fold::FOLDS])
        for fold in range(FOLDS)
    ]
    figures: dict[str, float] = {"written_mails": len(own), "written_mails_cross_validated": round(np.mean(folds), 3)}
    for folder in (LABELLED, *map(Path, sys.argv[1:])):
        mails = crm_mails(folder)
        for file in sorted({mail.file for mail in mails}):
            figures[file] = accuracy(own, labelled([mail for mail in mails if mail.file == file]))
    TARGET.write_text(json.dumps(learn(own), indent=0) + "\n", encoding="utf-8")
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
