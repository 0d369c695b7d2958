"""Trains the line model that tells signatures from the words above them, and writes `weights.json` beside this file.

    python -m resources.models.lines.train SIGNATURE_LINES.jsonl [--folds 10]

Two sources of training mails: invented ones (`synthetic.py`) and the labelled Enron mails of mailgun/forge (CC BY 3.0),
one JSON row each with `text`, `sender` and `sig_lines`. No other labels were used. Logistic regression with an L2
penalty, fitted by AdaGrad (Duchi, Hazan, Singer 2011). Standard library only; the seed is fixed, so the same input
gives the same weights. Figures are from folds that hold out whole senders of the labelled mails.
"""

import argparse
import hashlib
import json
import math
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.evidence import Zone
from desktop.understanding.zones import disclaimers, line_model, signatures
from desktop.understanding.zones.line_features import features, look_up, sender_words
from resources.models.lines.synthetic import Mail, mails

SEED = 20261120
SYNTHETIC = 1200
REAL_WEIGHT = 6.0
EPOCHS = 15
RATE = 0.15
PENALTY = 2e-4
KEPT_FROM = 0.02


@dataclass(frozen=True, slots=True)
class Example:
    """One line: what is true of it, whether it is part of a signature, and how much it counts."""

    names: tuple[str, ...]
    is_signature: bool
    weight: float


def read_mails(path: Path) -> list[Mail]:
    """Return the labelled mails; those whose senders share a surname or an address are one group."""
    found = []
    for row in (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()):
        lines = tuple(row["text"].replace("\r\n", "\n").split("\n"))
        marked = frozenset(index for index in row["sig_lines"] if index < len(lines) and lines[index].strip())
        found.append(Mail(lines, marked, row["sender"], ""))
    return _grouped(found)


def _grouped(found: Sequence[Mail]) -> list[Mail]:
    """Give mails whose senders have a word of a name in common, or that end alike, the same group."""
    leader: dict[str, str] = {}

    def root(key: str) -> str:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    for mail in found:
        written = " ".join(mail.lines[index] for index in sorted(mail.signature))
        name = re.sub(r"<.*", "", mail.sender)
        keys = [word.lower() for word in re.findall(r"[^\W\d_]{3,}", f"{name} {_names(written)}")]
        for key in keys[1:]:
            leader[root(key)] = root(keys[0])
    groups = []
    for mail in found:
        keys = [w.lower() for w in re.findall(r"[^\W\d_]{3,}", re.sub(r"<.*", "", mail.sender))]
        groups.append(Mail(mail.lines, mail.signature, mail.sender, root(keys[0]) if keys else mail.sender))
    return groups


def _names(written: str) -> str:
    found = re.search(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b", written)
    return found[0] if found else ""


def examples(found: Iterable[Mail], weight: float) -> list[Example]:
    """Return the lines among which the program looks for a signature, with and without the sender's name known."""
    rows = []
    for mail in found:
        top = disclaimers.banner_end(mail.lines)
        tail = signatures.tail_of(mail.lines, top, disclaimers.notice_start(mail.lines, top))
        for sender in (mail.sender, ""):
            looks, shown = look_up(mail.lines, tail, sender_words(sender))
            for index, names in zip(shown, features(mail.lines, shown, looks), strict=True):
                rows.append(Example(tuple(sorted(names)), index in mail.signature, weight))
    return rows


def fit(rows: Sequence[Example], seed: int) -> line_model.LineModel:
    """Return the model with the smallest penalised log loss that AdaGrad finds in a fixed number of rounds."""
    rows = list(rows)
    order = random.Random(seed)  # noqa: S311  (an order, not a secret)
    weights: dict[str, float] = defaultdict(float)
    squares: dict[str, float] = defaultdict(lambda: 1e-6)
    for _ in range(EPOCHS):
        order.shuffle(rows)
        for row in rows:
            total = weights[""] + sum(weights[name] for name in row.names)
            error = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - row.is_signature) * row.weight
            for name in ("", *row.names):
                slope = error + PENALTY * weights[name]
                squares[name] += slope * slope
                weights[name] -= RATE * slope / math.sqrt(squares[name])
    bias = weights.pop("")
    kept = {name: round(value, 3) for name, value in sorted(weights.items()) if abs(value) >= KEPT_FROM}
    return line_model.LineModel(round(bias, 3), kept)


def count(model: line_model.LineModel, found: Iterable[Mail], *, is_sender_known: bool) -> tuple[int, int, int, int]:
    """Return right, wrong and missed signature lines, and mails without a mistake."""
    right = wrong = missed = whole = 0
    for mail in found:
        zones = signatures.find_signature(mail.lines, sender=mail.sender if is_sender_known else "", model=model)
        said = {i for i, zone in enumerate(zones) if zone is Zone.SIGNATURE and mail.lines[i].strip()}
        right += len(said & mail.signature)
        wrong += len(said - mail.signature)
        missed += len(mail.signature - said)
        whole += said == mail.signature
    return right, wrong, missed, whole


def figures(counts: Sequence[tuple[int, int, int, int]], mails_tried: int) -> dict[str, float]:
    """Return precision, recall and F1 of the lines, and the share of mails without a mistake."""
    right, wrong, missed, whole = (sum(column) for column in zip(*counts, strict=True))
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    shares = {"precision": precision, "recall": recall, "f1": f1, "whole_mail": whole / max(1, mails_tried)}
    return {name: round(value, 4) for name, value in shares.items()}


def cross_validated(real: Sequence[Mail], invented: Sequence[Example], folds: int) -> dict[str, dict[str, float]]:
    """Return the figures on labelled mails whose senders the model had not seen."""
    groups = sorted({mail.group for mail in real})
    random.Random(SEED).shuffle(groups)  # noqa: S311  (an order, not a secret)
    known: list[tuple[int, int, int, int]] = []
    unknown: list[tuple[int, int, int, int]] = []
    for fold in range(folds):
        held = set(groups[fold::folds])
        model = fit([*examples((m for m in real if m.group not in held), REAL_WEIGHT), *invented], SEED)
        tried = [mail for mail in real if mail.group in held]
        known.append(count(model, tried, is_sender_known=True))
        unknown.append(count(model, tried, is_sender_known=False))
    return {"sender known": figures(known, len(real)), "sender not known": figures(unknown, len(real))}


def main() -> None:
    """Read the labelled mails, print the figures, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--folds", type=int, default=10)
    options = parser.parse_args()
    real = read_mails(options.labelled)
    invented = examples(mails(SYNTHETIC, SEED), 1.0)
    held_out = cross_validated(real, invented, options.folds) if options.folds else {}
    model = fit([*examples(real, REAL_WEIGHT), *invented], SEED)
    unseen = mails(400, SEED + 1)
    held_out["invented mails of another seed"] = figures([count(model, unseen, is_sender_known=True)], len(unseen))
    row = {
        "about": "Line model for signatures. Trained on invented mails and on mails of mailgun/forge, CC BY 3.0.",
        "seed": SEED,
        "trained_on": hashlib.sha256(options.labelled.read_bytes()).hexdigest(),
        "figures": held_out,
        "bias": model.bias,
        "weights": model.weights,
    }
    target = Path(__file__).with_name("weights.json")
    target.write_text(json.dumps(row, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(held_out, indent=1), len(model.weights), "weights")


if __name__ == "__main__":
    main()
