"""Which part of a mail is an article, a report or a list that somebody passes on: long, and speaking to nobody."""

from desktop.domain.evidence import Candidate, Part
from desktop.understanding.candidates.clauses import clauses_of
from desktop.understanding.document import Document
from desktop.understanding.lexicon.cues import pattern_of

LEAST_WORDS = 250
MOST_PERSONAL = 0.007  # of the words are "you", "we" and the like; in a letter it is rarely below 0.02


def article_parts(document: Document) -> frozenset[bool]:
    """Return the parts that are articles: True for the newest words, False for what they hand on."""
    personal = [pattern_of("actions", name, document.language) for name in ("you", "we")]
    words, addressed = {True: 0, False: 0}, {True: 0, False: 0}
    for clause in clauses_of(document):
        words[clause.is_newest] += len(clause.text.split())
    for clause in clauses_of(document):
        if words[clause.is_newest] >= LEAST_WORDS:
            addressed[clause.is_newest] += sum(len(pattern.findall(clause.searched)) for pattern in personal)
    return frozenset(
        part for part, count in words.items() if count >= LEAST_WORDS and addressed[part] < MOST_PERSONAL * count
    )


def outside_articles(document: Document, actions: list[Candidate]) -> list[Candidate]:
    """Leave out what stands in an article: nobody asks the rep there."""
    parts = article_parts(document)
    if not parts:
        return actions
    spans = [clause.evidence.span for clause in clauses_of(document) if clause.is_newest in parts]
    return [
        action
        for action in actions
        if action.evidence.span.part is not Part.BODY
        or not any(span.start < action.evidence.span.end and action.evidence.span.start < span.end for span in spans)
    ]
