"""What a doubt about who the contact is costs the candidates that depend on it."""

from dataclasses import replace

from desktop.domain.evidence import Candidate
from desktop.understanding.document import Document

LEAST = 0.2
COSTS = 0.8


def doubted(document: Document, candidate: Candidate) -> Candidate:
    """Return a candidate with its score lowered as far as the contact may be somebody else; low ones stay."""
    if not document.doubt or candidate.rule_score < LEAST:
        return candidate
    return replace(candidate, rule_score=candidate.rule_score * (1.0 - COSTS * document.doubt))
