"""Learns the weights of `desktop/understanding/conclusions/mail_model.py` and writes them with their figures.

Learns from mails written for this project, nothing else: `mails.jsonl` beside it, and the labelled ones of
`tests/data`, where a mail with several right answers teaches their sum. Figures on these are cross-validated in PARTS
parts, a series of labelled mails never split; labelled mails of a folder that is named are only measured on. Needs
numpy (the engine brings it). The same files give the same weights.

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
PENALTY = 0.1
PARTS = 5
STEPS = 120
RATE = 0.1
MOST = 127  # of a whole number in one byte
MOST_RARE = 255

Counts = dict[int, float]


@dataclass(frozen=True, slots=True)
class Example:
    """One mail: what is met in it, which labels are right, and the part it belongs to in a cross-validation."""

    counts: Counts
    right: tuple[str, ...]
    part: int = 0
    file: str = "mails.jsonl"


def written() -> list[Example]:
    """Return the short mails written for this project."""
    return [
        Example(counts_of(mail["subject"], [mail["text"]]), (mail["intent"],), place % PARTS)
        for place, mail in enumerate(records())
    ]


def records() -> list[dict]:
    """Return the lines of `mails.jsonl`."""
    lines = (HERE / "mails.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def labelled(mails: list[CrmMail]) -> list[Example]:
    """Return mails with answers, read as the product reads them; a series such as `crm_emails_own_*` is one part."""
    series = sorted({_series(mail.file) for mail in mails})
    found = []
    for mail in mails:
        document = open_document(redact(mail.message).message, mail.own_addresses)
        subject, texts = texts_of(document)
        best = mail.gold.get("intent")
        if best:
            others = tuple(label for label in mail.acceptable.get("intent", []) if label and label != best)
            part = series.index(_series(mail.file)) % PARTS
            found.append(Example(counts_of(subject, texts), (best, *others), part, mail.file))
    return found


def _series(file: str) -> str:
    return file.partition(".")[0].rpartition("_")[0]


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
    """Return 1 for each label that is right for a mail, else 0."""
    return np.array([[float(label in example.right) for label in LABELS] for example in examples], np.float32)


def fit(rows: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and bias of a softmax regression with a quadratic penalty, by full-batch Adam."""
    size = (rows.shape[1] + 1, right.shape[1])
    value, mean, square = np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.float32)
    for step in range(1, STEPS + 1):
        sums = rows @ value[:-1] + value[-1]
        raised = np.exp(sums - sums.max(1, keepdims=True))
        wanted = raised * right
        error = raised / raised.sum(1, keepdims=True) - wanted / np.maximum(wanted.sum(1, keepdims=True), 1e-9)
        slope = np.vstack([rows.T @ error + PENALTY * value[:-1], error.sum(0)])
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope * slope
        rate = RATE * math.sqrt(1 - 0.99**step) / (1 - 0.9**step) * (1.0 if step < STEPS * 2 // 3 else 0.3)
        value = value - rate * mean / (np.sqrt(square) + 1e-8)
    return value[:-1], value[-1]


def log_shares(train: list[Example], test: list[Example]) -> np.ndarray:
    """Return for each mail of `test` the logarithm of each label's share, learnt from `train`."""
    rarity = rarity_of(train)
    weights, bias = fit(matrix(train, rarity), answers(train))
    sums = matrix(test, rarity) @ weights + bias
    sums -= sums.max(1, keepdims=True)
    shares: np.ndarray = sums - np.log(np.exp(sums).sum(1, keepdims=True))
    return shares


def judged_by_others(examples: list[Example]) -> np.ndarray:
    """Return the logarithms of the shares of each mail, learnt from the mails of the other parts."""
    shares = np.zeros((len(examples), len(LABELS)))
    for part in range(PARTS):
        places = [place for place, example in enumerate(examples) if example.part == part]
        rest = [example for example in examples if example.part != part]
        if places:
            shares[places] = log_shares(rest, [examples[place] for place in places])
    return shares


def accuracy(shares: np.ndarray, examples: list[Example]) -> float:
    """Return the share of mails whose likeliest label is right."""
    hits = [LABELS[place] in mail.right for place, mail in zip(shares.argmax(1), examples, strict=True)]
    return round(sum(hits) / len(hits), 3)


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
    """Measure each mail by what others taught, then learn from all, and write."""
    own = [*written(), *labelled(crm_mails(LABELLED))]
    judged = judged_by_others(own)
    others = [mail for folder in sys.argv[1:] for mail in labelled(crm_mails(Path(folder)))]
    figures: dict[str, float] = {"mails": len(own)}
    for examples, shares in ((own, judged), (others, log_shares(own, others) if others else judged[:0])):
        for file in sorted({mail.file for mail in examples}):
            places = [place for place, mail in enumerate(examples) if mail.file == file]
            figures[file] = accuracy(shares[places], [examples[place] for place in places])
    TARGET.write_text(json.dumps(learn(own), indent=0) + "\n", encoding="utf-8")
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
