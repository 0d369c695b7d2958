"""Learns what each trait of a mail's form is worth (`desktop/understanding/conclusions/mail_form.py`).

The phrases and the words speak first; what is learnt is only what the form adds to them, so that mails with answers
teach a few numbers and none of their words. Learns from the labelled mails of `tests/data` and of the folders that are
named (a mail with several right answers teaches their sum) and, so that short mails are not forgotten, from
`mails.jsonl`. Mails that taught the words are judged by what the others taught. Writes `form.json`, and prints how
many labelled mails are right, in eight parts, each judged by what the others taught. Same mails, same numbers.

    python -m resources.models.intents.fit_form [FOLDERS WITH crm_emails_*.jsonl]
"""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from desktop.domain.evidence import Intent
from desktop.domain.interactions import EmailMessage
from desktop.understanding.conclusions.intent import heard, sums_of_phrases, texts_of
from desktop.understanding.conclusions.mail_form import traits_of
from desktop.understanding.conclusions.mail_model import counts_of, shipped
from desktop.understanding.document import Document, open_document
from desktop.understanding.redaction import redact
from resources.models.intents import train
from tests.benchmarks.understanding.corpus import CrmMail, crm_mails, parsed, rendered

TARGET = Path(__file__).with_name("form.json")
LABELLED = Path("tests/data")
FAMILIAR, FAMILIAR_WEIGHT = "_own_", 0.5  # mails the phrases were made with
WRITTEN_WEIGHT = 0.05
OWN = "rep@own-company.example"
PENALTY = 1.5
FOLDS = 8
STEPS = 300
RATE = 0.05
LABELS = tuple(intent.value for intent in Intent)


@dataclass(frozen=True, slots=True)
class Rows:
    """One row each mail: sums without form, traits, right answers (0 or 1), and what the mail weighs."""

    sums: np.ndarray
    traits: np.ndarray
    right: np.ndarray
    weights: np.ndarray

    def part(self, mask: np.ndarray) -> "Rows":
        """Return some of the rows."""
        return Rows(self.sums[mask], self.traits[mask], self.right[mask], self.weights[mask])


def names() -> list[str]:
    """Return the names of the traits in order."""
    return sorted(traits_of(_opened({"subject": "", "text": "x"})))


def labelled(mails: list[CrmMail], words: list[dict[str, float]] | None = None) -> Rows:
    """Read the mails with answers; without `words`, what the shipped model says of them."""
    kept = [mail for mail in mails if mail.gold.get("intent")]
    documents = [open_document(redact(mail.message).message, mail.own_addresses) for mail in kept]
    answers = [{mail.gold["intent"], *mail.acceptable.get("intent", [])} for mail in kept]
    weights = [FAMILIAR_WEIGHT if FAMILIAR in mail.file else 1.0 for mail in kept]
    words = words or [shipped().log_shares(counts_of(*texts_of(document))) for document in documents]
    return _rows(documents, words, answers, weights)


def taught() -> tuple[Rows, Rows]:
    """Read the mails that taught the words, labelled and short ones, each judged by what the other parts taught."""
    short, mails = train.written(), crm_mails(LABELLED)
    shares = train.judged_by_others([*short, *train.labelled(mails)])
    words = [dict(zip(train.LABELS, map(float, row), strict=True)) for row in shares]
    records = train.records()
    answers = [{record["intent"]} for record in records]
    documents = [_opened(record) for record in records]
    own = _rows(documents, words[: len(short)], answers, [WRITTEN_WEIGHT] * len(records))
    return labelled(mails, words[len(short) :]), own


def _opened(record: dict) -> Document:
    headers = {"From": "writer@elsewhere.example", "To": OWN, "Subject": record["subject"]}
    message: EmailMessage = parsed(rendered(headers | {"Date": _DAY}, record["text"]))
    return open_document(message, frozenset({OWN}))


_DAY = datetime(2025, 11, 3, 10, tzinfo=UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")


def _rows(
    documents: list[Document], words: list[dict[str, float]], answers: list[set[str]], weights: list[float]
) -> Rows:
    sums, traits = [], []
    for document, by_words in zip(documents, words, strict=True):
        plain = heard(sums_of_phrases(document), by_words)
        sums.append([plain[intent] for intent in Intent])
        found = traits_of(document)
        traits.append([found[name] for name in sorted(found)])
    right = [[float(label in right) for label in LABELS] for right in answers]
    return Rows(np.array(sums), np.array(traits), np.array(right), np.array(weights))


def fit(parts: list[Rows]) -> np.ndarray:
    """Return the worth of each trait for each Intent, by full-batch Adam with a quadratic penalty."""
    sums, traits = np.vstack([part.sums for part in parts]), np.vstack([part.traits for part in parts])
    right, weights = np.vstack([part.right for part in parts]), np.concatenate([part.weights for part in parts])
    value = np.zeros((traits.shape[1], len(LABELS)))
    mean, square = np.zeros_like(value), np.zeros_like(value)
    for step in range(1, STEPS + 1):
        total = sums + traits @ value
        raised = np.exp(total - total.max(1, keepdims=True))
        shares = raised / raised.sum(1, keepdims=True)
        wanted = shares * right
        wanted /= np.maximum(wanted.sum(1, keepdims=True), 1e-9)
        slope = traits.T @ ((shares - wanted) * weights[:, None]) + PENALTY * value
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope * slope
        value -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return value


def hits(rows: Rows, value: np.ndarray) -> np.ndarray:
    """Return 1 for each mail whose likeliest Intent is right, else 0."""
    return rows.right[np.arange(len(rows.sums)), (rows.sums + rows.traits @ value).argmax(1)]


def _arrays(rows: Rows) -> tuple[np.ndarray, ...]:
    return rows.sums, rows.traits, rows.right, rows.weights


def main() -> int:
    """Measure in FOLDS parts, learn from all, and write."""
    seen, own = taught()
    others = labelled([mail for folder in sys.argv[1:] for mail in crm_mails(Path(folder))])
    mails = Rows(*(np.concatenate(pair) for pair in zip(_arrays(seen), _arrays(others), strict=True)))
    place = np.arange(len(mails.sums)) % FOLDS
    found = np.zeros(len(mails.sums))
    for fold in range(FOLDS):
        found[place == fold] = hits(mails.part(place == fold), fit([mails.part(place != fold), own]))
    alone = hits(mails, np.zeros((mails.traits.shape[1], len(LABELS))))
    print(f"{len(found)} mails: without form {alone.mean():.3f}, with it {found.mean():.3f} (cross-validated)")
    learnt = {
        name: {label: round(float(worth), 2) for label, worth in zip(LABELS, row, strict=True)}
        for name, row in zip(names(), fit([mails, own]), strict=True)
    }
    TARGET.write_text(json.dumps(learnt, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
