"""Candidates of one kind from a mail written on Wednesday, 21 October 2026."""

from datetime import UTC, datetime

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.candidates import find_candidates
from desktop.understanding.document import open_document
from tests.fakes.mails import OWN, message

WEDNESDAY = datetime(2026, 10, 21, 8, tzinfo=UTC)


def found(kind: FactKind, text: str, *, sent_at: datetime = WEDNESDAY, **mail: str) -> list[Candidate]:
    """Return the candidates of a kind, the best first."""
    document = open_document(message(text, sent_at=sent_at, **mail), OWN)
    candidates = [candidate for candidate in find_candidates(document) if candidate.kind is kind]
    return sorted(candidates, key=lambda candidate: -candidate.rule_score)


def best(kind: FactKind, text: str, **mail: str) -> Candidate:
    """Return the best candidate of a kind."""
    return found(kind, text, **mail)[0]
