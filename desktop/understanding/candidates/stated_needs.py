"""Needs that are stated, not asked: what is wrong, missing or wanted, so that the rep knows what to do.

"The invoice shows three days, he was here for two" asks for nothing in so many words, and yet is all the mail is about.
"""

from collections.abc import Iterator, Sequence

from desktop.domain.evidence import Candidate, FactKind, Part, Party
from desktop.understanding.candidates.asks import is_bulk, is_refusal, needs_nothing
from desktop.understanding.candidates.clauses import Clause, clauses_of, has_answered, narrowed
from desktop.understanding.document import Document
from desktop.understanding.lexicon.cues import pattern_of

MAX_CONSIDERED = 40
MAX_STATED = 8
MAX_VALUE = 300
LEAST_WORDS = 4
STATES = "states what is wrong or missing"
SCORE = 0.15


def find_stated_needs(document: Document, actions: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the contact's sentences that state a need, but those that `actions` have already."""
    if is_bulk(document) or needs_nothing(document):
        return
    is_answered = has_answered(document)
    stated = [pattern_of("actions", name, document.language) for name in ("wrong", "lacks", "needs")]
    regards = pattern_of("actions", "regards", document.language)
    courtesy = pattern_of("asking", "courtesy", document.language)
    taken = [action.evidence.span for action in actions if action.evidence.span.part is Part.BODY]
    count = 0
    for clause in clauses_of(document)[:MAX_CONSIDERED]:
        span, text = clause.evidence.span, clause.searched
        if clause.writer is Party.REP or (is_answered and not clause.is_newest) or len(text.split()) < LEAST_WORDS:
            continue
        if any(other.start < span.end and span.start < other.end for other in taken):
            continue
        if courtesy.search(text) or regards.search(text) or is_refusal(text):
            continue
        if any(pattern.search(text) for pattern in stated):
            yield _stated(document, clause)
            count += 1
            if count >= MAX_STATED:
                return


def _stated(document: Document, clause: Clause) -> Candidate:
    shown = narrowed(document, clause, 0, most=MAX_VALUE)
    return Candidate(FactKind.ASK, shown.evidence, shown.text, SCORE, STATES, shown.addressee, shown.due)
