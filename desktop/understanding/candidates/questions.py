"""Questions that an answer must cover: each by itself, also those that stand in a list."""

import re
from collections.abc import Iterator
from itertools import islice

from desktop.domain.evidence import Candidate, FactKind, Party
from desktop.understanding.candidates.clauses import MAX_CLAUSE, MAX_CLAUSES
from desktop.understanding.document import AuthorOrigin, Document
from desktop.understanding.lexicon.cues import folded, pattern_of
from desktop.understanding.zones.passages import without_marks

MAX_QUESTIONS = 12
WHY = "asks a question"
_FRONT = re.compile(r"[?*•·>–—\-\s]{0,8}(?:\(?\d{1,2}[.)]\s{1,4}|\(?[a-hA-H][.)]\s{1,4})?")
_END = re.compile(r"\?[\"')\]»”]*\s*$")


def find_questions(document: Document) -> Iterator[Candidate]:
    """Yield the questions the contact puts to the rep."""
    if document.author.origin is AuthorOrigin.ANSWERED:
        return
    courtesy = pattern_of("asking", "courtesy", document.language)
    count = 0
    for start, end in islice(document.sentences(), MAX_CLAUSES):
        text = document.text[start:end]
        if not _END.search(text):
            continue
        front = _FRONT.match(text)
        evidence = document.cite(start + (front.end() if front else 0), end)
        words = without_marks(evidence.text).split()
        if len(words) < 3 or len(evidence.text) > MAX_CLAUSE or courtesy.search(folded(evidence.text)):
            continue
        score = 0.7 if len(words) >= 5 else 0.55
        yield Candidate(FactKind.QUESTION, evidence, " ".join(words), score, WHY, Party.REP)
        count += 1
        if count >= MAX_QUESTIONS:
            return
