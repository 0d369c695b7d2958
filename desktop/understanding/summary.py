"""The line that stands for the mail: its own best sentence, never a new one."""

from desktop.domain.evidence import Fact, FactKind
from desktop.understanding.document import Document

MAX_SUMMARY = 240


def summary_of(document: Document, facts: tuple[Fact, ...]) -> str:
    """Return the sentence with most of what was found in it, cut to MAX_SUMMARY; the subject if there is none."""
    best, best_score = "", 0.0
    for number, (start, end) in enumerate(document.sentences()):
        if number >= 60:
            break
        text = " ".join(document.text[start:end].split())
        if len(text.split()) < 4:
            continue
        score = (
            (1.0 if len(text.split()) > 6 else 0.5) - 0.05 * number + sum(_worth(fact, start, end) for fact in facts)
        )
        if not best or score > best_score:
            best, best_score = text, score
    chosen = best or " ".join(document.message.subject.split())
    return chosen if len(chosen) <= MAX_SUMMARY else chosen[: MAX_SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def _worth(fact: Fact, start: int, end: int) -> float:
    span = fact.evidence.span
    if span.part != "body" or not (start <= span.start < end):
        return 0.0
    weights = {FactKind.ASK: 1.0, FactKind.PRODUCT: 0.8, FactKind.AMOUNT: 0.7, FactKind.DATE: 0.5}
    return weights.get(fact.kind, 0.0)
