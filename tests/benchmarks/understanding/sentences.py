"""Sentences of real mail that ask for or propose an action, or do not: does the rule for asks see it?"""

from datetime import UTC, datetime

from desktop.domain.evidence import FactKind
from desktop.domain.interactions import EmailMessage, Participant, Role
from desktop.understanding.candidates import find_candidates
from desktop.understanding.candidates.likely_actions import GUESSED
from desktop.understanding.document import open_document
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.runs import Run, score_row, skipped
from tests.benchmarks.understanding.scoring import Counts, share

_OWN = "rep@seller.example"
_PEOPLE = (Participant("contact@buyer.example", "", Role.FROM), Participant(_OWN, "", Role.TO))


def asks(sentence: str) -> bool:
    """Whether a mail that holds only this sentence asks for something. A guess, made where nothing asks, is none."""
    message = EmailMessage("", "", datetime(2001, 6, 1, tzinfo=UTC), _PEOPLE, sentence)
    document = open_document(message, frozenset({_OWN}))
    found = find_candidates(document)
    return any(candidate.kind is FactKind.ASK and candidate.why != GUESSED for candidate in found)


def part(run: Run) -> dict:
    """Score every sentence."""
    records = corpus.all_records(run.data, corpus.EMAIL_INTENT)
    if not records:
        return skipped(corpus.EMAIL_INTENT)
    counts = Counts()
    misses = []
    for record in records:
        said, gold = asks(record["text"]), record["label"].lower() == "yes"
        counts.n += gold
        counts.right += said and gold
        counts.false_positive += said and not gold
        counts.false_negative += gold and not said
        if said != gold:
            misses.append(f"{'missed' if gold else 'fired'}: {record['text'][:140]!r}")
    result = {**counts.figures(), "accuracy": share(len(records) - len(misses), len(records))}
    rows = [score_row("asks", result), ("accuracy", f"{result['accuracy']:.3f}", f"of {len(records)} sentences")]
    run.say("action sentences", rows, misses)
    return {"action_sentence": result}
