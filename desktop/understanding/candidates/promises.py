"""What somebody undertakes to do, a sentence each: whose turn it is, and by when.

What the rep promised earlier, and the contact quotes, is no news: only the newest words and what they hand on count.
"""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind, Party
from desktop.understanding.candidates.clauses import (
    DETAILS,
    Clause,
    clauses_of,
    has_answered,
    narrowed,
    with_sentence_before,
)
from desktop.understanding.document import Document
from desktop.understanding.lexicon.cues import pattern_of

MAX_PROMISES = 12
MAX_VALUE = 300
MAX_BARE = 70
UNDERTAKES, AGREES = "undertakes to do something", "agrees to a time"
_THIRD = re.compile(r"(?i)^(?:he|she|they)\b")
_FIRST = re.compile(r"(?:i|we|ich|wir|je|j|nous|ik|wij)\b")
_YOU = re.compile(r"(?i)^(?:you|vous)\b")


def find_promises(document: Document) -> Iterator[Candidate]:
    """Yield the sentences in which somebody undertakes to do something, or agrees to a time."""
    undertakes = pattern_of("asking", "undertakes", document.language)
    agrees = pattern_of("asking", "agrees", document.language)
    threat = pattern_of("asking", "threat", document.language)
    not_yet = pattern_of("asking", "depends", document.language)
    no_action = pattern_of("asking", "no_action", document.language)
    is_answered = has_answered(document)
    count = 0
    for clause in clauses_of(document):
        if is_answered and not clause.is_newest:
            continue
        text = clause.searched
        if text.rstrip("\"')”» ").endswith("?"):
            continue
        match = undertakes.search(text)
        why = UNDERTAKES
        if match is None and clause.due:
            match, why = agrees.search(text), AGREES
        if match is None or re.match(r"(?i)\s*(?:if|unless|wenn|falls|si|se|als)\b", text):
            continue
        or_else = threat.search(text)
        if (or_else and or_else.start() <= match.start()) or not_yet.search(text):
            continue  # what happens unless the rep acts, or once he has, is an ask
        idle = no_action.search(text)
        is_idle = idle and (idle.start() <= match.start() < idle.end() or not _FIRST.match(match[0]))
        if is_idle or DETAILS.match(text):
            continue
        if why is AGREES and len(text) <= MAX_BARE:  # "Tuesday would suit me" says what for in the sentence before
            shown = with_sentence_before(document, clause, most=MAX_VALUE)
        else:
            shown = narrowed(document, clause, match.start(), most=MAX_VALUE)
        score = _score(clause, why)
        yield Candidate(FactKind.PROMISE, shown.evidence, shown.text, score, why, _owner(clause, match[0]), shown.due)
        count += 1
        if count >= MAX_PROMISES:
            return


def _owner(clause: Clause, words: str) -> Party:
    return Party.OTHER if _THIRD.match(words) else clause.writer


def _score(clause: Clause, why: str) -> float:
    score = 0.46 if why is UNDERTAKES else 0.4
    score += 0.25 if clause.writer is Party.REP else 0.0
    score += 0.06 if clause.due else 0.0
    score += 0.03 * clause.place
    score -= 0.2 if not clause.is_newest else 0.0
    return round(score, 4)
