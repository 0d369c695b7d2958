"""Learns what each trait of an ask is worth (`desktop/understanding/candidates/action_traits.py`).

The rules have found what a mail asks, promises and states as a need. Which of it is the main one, the labelled mails
of `tests/data` and of the folders that are named teach, and the mails of `mails.jsonl`, which were written for this.
They teach numbers for traits, and none of their words. Two aims are added: that the right sentence beats the others of
its mail, and that the score is a probability. Writes `weights.json` and `figures.json`, measured in eight parts, each
judged by what the others taught. Same mails, same numbers.

    python -m resources.models.main_actions.fit [FOLDERS WITH crm_emails_*.jsonl]
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from desktop.domain.evidence import Candidate
from desktop.understanding.candidates.action_traits import ActionTraits
from desktop.understanding.candidates.main_action import stated_too
from desktop.understanding.document import Document, open_document
from desktop.understanding.redaction import redact
from tests.benchmarks.understanding.corpus import crm_mails, parsed, rendered

HERE = Path(__file__).parent
LABELLED = Path("tests/data")
OWN = "rep@own-company.example"
FAMILIAR = re.compile(r"_own_|_final_|_check_|_dev|tune2?\.jsonl")  # mails the rules were made with
FAMILIAR_WEIGHT, WRITTEN_WEIGHT = 0.7, 0.5
IN_MAIL, ALONE = 1.0, 0.5  # what the two aims weigh
PENALTY = 3.0
FOLDS = 8
STEPS = 400
RATE = 0.05
_DAY = datetime(2025, 11, 3, 10, tzinfo=UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: a row of traits for each action found, how right each is (0 to 1), and what the mail weighs."""

    source: str
    traits: list[dict[str, float]]
    right: np.ndarray
    is_hit: np.ndarray
    scores: np.ndarray
    has_answer: bool
    weight: float


def labelled(folder: Path) -> Iterator[Mail]:
    """Read the mails with answers."""
    for mail in crm_mails(folder):
        answer, keywords = mail.gold.get("next_action"), mail.record.get("action_keywords_any") or []
        stated = ((mail.record.get("evidence") or {}).get("next_action") or {}).get("text") or ""
        document = open_document(redact(mail.message).message, mail.own_addresses)
        weight = FAMILIAR_WEIGHT if FAMILIAR.search(mail.file) else 1.0
        yield _mail(document, mail.file, stated if answer else None, keywords, weight)


def written() -> Iterator[Mail]:
    """Read the mails written for this."""
    for line in (HERE / "mails.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        headers = {"From": "Somebody Else <writer@elsewhere.example>", "To": OWN, "Subject": record["subject"]}
        document = open_document(parsed(rendered(headers | {"Date": _DAY}, record["text"])), frozenset({OWN}))
        yield _mail(document, "written", record["action"], None, WRITTEN_WEIGHT)


def _mail(document: Document, source: str, stated: str | None, keywords: list[str] | None, weight: float) -> Mail:
    actions = stated_too(document)
    reader = ActionTraits(document, actions)
    pairs = [_rightness(action, stated, keywords) for action in actions]
    return Mail(
        source,
        [reader.of(action) for action in actions],
        np.array([right for right, _ in pairs]),
        np.array([is_hit for _, is_hit in pairs], dtype=bool),
        np.array([action.rule_score for action in actions]),
        stated is not None,
        weight,
    )


def _rightness(action: Candidate, stated: str | None, keywords: list[str] | None) -> tuple[float, bool]:
    """Return how right an action is: it has a word of the answer, and is the sentence the answer rests on."""
    if stated is None:
        return 0.0, False
    own, wanted = (frozenset(re.findall(r"\w+", text.casefold())) for text in (action.value, stated))
    share = len(own & wanted) / max(1, min(len(own), len(wanted)))
    text = " ".join(action.value.casefold().split())
    if keywords is None:
        return float(share > 0.6), share > 0.6
    if any(" ".join(keyword.casefold().split()) in text for keyword in keywords):
        return (1.0 if share > 0.5 else 0.6), True
    return (0.5 if share > 0.7 else 0.0), False


def rows(mail: Mail, names: list[str]) -> np.ndarray:
    """Return the traits as a matrix, an action a row."""
    return np.array([[traits.get(name, 0.0) for name in names] for traits in mail.traits])


def fit(mails: list[Mail], names: list[str]) -> np.ndarray:
    """Return the worth of each trait, by full-batch Adam with a quadratic penalty."""
    kept = [(rows(mail, names), mail) for mail in mails if mail.traits]
    every = np.vstack([matrix for matrix, _ in kept])
    right = np.concatenate([mail.right for _, mail in kept])
    weights = np.concatenate([np.full(len(m.traits), m.weight / len(m.traits) ** 0.5) for _, m in kept])
    lists = [(x, mail.right / mail.right.sum(), mail.weight) for x, mail in kept if len(x) > 1 and mail.right.sum() > 0]
    value, mean, square = np.zeros((3, len(names)))
    for step in range(1, STEPS + 1):
        slope = ALONE * (every.T @ ((1 / (1 + np.exp(-every @ value)) - right) * weights)) + PENALTY * value
        for matrix, wanted, weight in lists:
            sums = matrix @ value
            shares = np.exp(sums - sums.max())
            slope += IN_MAIL * weight * (matrix.T @ (shares / shares.sum() - wanted))
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope * slope
        value = value - RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return value


def measured(mails: list[Mail], names: list[str]) -> dict[str, dict[str, float]]:
    """Return by source how often the best-scored action is a right one, by the rules alone and weighed."""
    place = np.arange(len(mails)) % FOLDS
    found: dict[str, list[tuple[bool, bool]]] = {}
    for fold in range(FOLDS):
        value = fit([mail for mail, own in zip(mails, place, strict=True) if own != fold], names)
        for mail, own in zip(mails, place, strict=True):
            if own == fold and mail.has_answer:
                hits = (False, False)
                if mail.traits:
                    hits = (mail.is_hit[mail.scores.argmax()], mail.is_hit[(rows(mail, names) @ value).argmax()])
                for source in (mail.source, "all"):
                    found.setdefault(source, []).append(hits)
    return {
        source: {"mails": len(hits), "rules": _share([a for a, _ in hits]), "weighed": _share([b for _, b in hits])}
        for source, hits in sorted(found.items())
    }


def _share(marks: list[bool]) -> float:
    return round(float(np.mean(marks)), 3)


def main() -> int:
    """Measure in FOLDS parts, learn from all, and write."""
    mails = [mail for folder in (LABELLED, *map(Path, sys.argv[1:])) for mail in labelled(folder)] + list(written())
    names = sorted({name for mail in mails for traits in mail.traits for name in traits})
    figures = measured(mails, names)
    print(json.dumps(figures, indent=1))
    (HERE / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    value = fit(mails, names)
    worth = {name: round(float(one), 3) for name, one in zip(names, value, strict=True) if abs(one) >= 0.005}
    (HERE / "weights.json").write_text(json.dumps(worth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
