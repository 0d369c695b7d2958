"""The sentences of a mail as asks and promises need them: who wrote each, where it stands, what it hands over to.

A sentence that announces a list ("we need the following:") takes the list with it, because the list is what is asked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from desktop.domain.evidence import Evidence, Party
from desktop.understanding.candidates.moments import Today, find_moments
from desktop.understanding.document import AuthorOrigin, Document
from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.regions import MONTH_FIRST
from desktop.understanding.lexicon.words import phrases
from desktop.understanding.zones.passages import without_marks

MAX_CLAUSE = 400
MAX_CLAUSES = 150
MAX_MOMENTS = 6
MAX_BARE_LEAD = 60  # characters of a line without a stop that announces the list under it
LEAST_SHARP = 0.6
MAX_INITIALS = 16

DETAILS = re.compile(r"\W{0,3}\+?\d[\d ()/.-]{6,}")
"""How a line begins that gives a telephone number."""

_ITEM = re.compile(r"\s*(?:[-*•·–—☐□▪➢►✓]|\[[ xX]?\]|\(?\d{1,2}[.)]|\(?[a-hA-H][.)]|\(?[ivx]{1,4}[.)])[ \t]*\S")
_LEADS_LIST = phrases(
    r"\b(?:following|below|questions?|points?|things?|needs?|folgende\w*|fragen|punkte|suivant\w*|ci-dessous|questions"
    r"|siguientes?|preguntas|seguenti|domande|volgende|vragen)\b"
)
_FRONT = re.compile(
    r"(?:[?*•·>–—\-\s]+|\(?\d{1,2}[.)]\s+|\(?[a-hA-H][.)]\s+"
    r"|(?i:hi|hello|dear|hey|hallo|guten tag|liebe[rs]?|bonjour|hola|ciao|buongiorno|beste|dag)\s[^,.!?\n]{1,40}[,!]\s+"
    r"|(?i:also|and|so|but|then|again|finally|in addition|und|et|y|e|en|außerdem|ensuite)[,]\s+)"
)
_INITIALS = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]\.\s{0,2}){2,6}$")
_PARAGRAPH = re.compile(r"\n[ \t>]*\n|[:]\s*$")
_BEFORE_DUE = phrases(
    r"\b(?:by|until|till|before|prior to|due|deadline|latest|than|within|bis|zum|spätestens|spaetestens|vor|frist"
    r"|avant|d['’]ici|tard|jusqu['’]au|para|antes|tardar|entro|entro il|vóór|voor|uiterlijk)\b[^.!?]{0,20}$"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence, perhaps with the list it announces.

    `place` is 0 for the first sentence of its writer's text and 1 for the last; `is_newest` says that it stands in
    what the sender of this mail wrote, not in what they hand on or answer; `due` is an ISO date or empty. `before` is
    where the sentence in front of it in the same paragraph begins, or its own beginning.
    """

    evidence: Evidence
    writer: Party
    place: float
    is_newest: bool
    has_list: bool
    due: str
    before: int

    @property
    def text(self) -> str:
        """The words, blanks and line breaks made one blank, quote marks left out."""
        return " ".join(without_marks(self.evidence.text).split())

    @property
    def searched(self) -> str:
        """The words as phrases meet them: folded, blanks for quote marks; every place is the evidence's."""
        return folded(without_marks(self.evidence.text))

    @property
    def addressee(self) -> Party:
        """Whom the writer speaks to."""
        return Party.CONTACT if self.writer is Party.REP else Party.REP


def has_answered(document: Document) -> bool:
    """Whether the rep wrote something above what the contact wrote; a bare hand-on answers nothing."""
    if document.author.origin is not AuthorOrigin.ANSWERED:
        return False
    return any(letter.isalpha() for line in document.anatomy.own.body[:MAX_CLAUSES] for letter in line.text)


@lru_cache(maxsize=1)  # asks and promises are looked for in the same clauses, one after the other
def clauses_of(document: Document) -> tuple[Clause, ...]:
    """Return the sentences of what the mail is about, in order, at most MAX_CLAUSES."""
    return tuple(_clauses(document))


def _clauses(document: Document) -> Iterator[Clause]:
    spans = _joined(document.text, islice(document.sentences(), MAX_CLAUSES))
    own_lines = [(line.start, line.end) for line in document.anatomy.own.body if line.end > line.start]
    first, last = (own_lines[0][0], own_lines[-1][1]) if own_lines else (0, 0)
    newest = [first <= start < last for start, _ in spans]
    totals = {flag: max(1, newest.count(flag) - 1) for flag in (True, False)}
    seen = {True: 0, False: 0}
    sender = document.message.sender
    is_from_rep = sender is not None and sender.address.lower() in document.own_addresses
    is_own = document.author.origin is AuthorOrigin.ANSWERED or is_from_rep
    index, before = 0, -1
    while index < len(spans):
        step, end = _with_list(document.text, spans, index)
        is_newest = newest[index]
        start, end = _trimmed(document.text, spans[index][0], end)
        place = min(1.0, seen[is_newest] / totals[is_newest])
        seen[is_newest] += step
        index += step
        if end <= start:
            continue
        evidence = document.cite(start, end)
        writer = Party.REP if is_own and is_newest else Party.CONTACT
        if evidence.text:
            due = due_in(document, evidence)
            joins = before >= 0 and not _PARAGRAPH.search(document.text, before, start)
            yield Clause(evidence, writer, place, is_newest, step > 1, due, before if joins else start)
            before = start


def _joined(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the sentences; one that seems to end in "R.S.V.P." goes on where the next begins in lower case."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        first, last = found[-1] if found else (start, start)
        if text[start : start + 3].lstrip()[:1].islower() and _INITIALS.search(
            text, max(first, last - MAX_INITIALS), last
        ):
            found[-1] = (first, end)
        else:
            found.append((start, end))
    return found


def _with_list(text: str, spans: list[tuple[int, int]], index: int) -> tuple[int, int]:
    """Return how many sentences belong together from `index` on, and where they end."""
    start, end = spans[index]
    head = text[start:end].rstrip()
    is_bare = len(head) <= MAX_BARE_LEAD and head[-1:].isalnum() and len(head.split()) >= 3 and _opens_line(text, start)
    is_lead = head.endswith(":") or is_bare or (len(head) <= MAX_CLAUSE and head.endswith((".", "?")) and _leads(head))
    if not is_lead or _ITEM.match(text, start, end):
        return 1, end
    step = 1
    while index + step < len(spans):
        first, last = spans[index + step]
        goes_on = step > 1 and not _opens_line(text, first)
        if last - start > MAX_CLAUSE or not (goes_on or _ITEM.match(text, first, last)):
            break
        end, step = last, step + 1
    return step, end


def _opens_line(text: str, start: int) -> bool:
    """Whether nothing but blanks stands before `start` in its line, or right behind it up to the next line."""
    return (
        not text[max(text.rfind("\n", 0, start) + 1, start - MAX_CLAUSE) : start].strip()
        or text[start : start + 1] == "\n"
    )


def _leads(head: str) -> bool:
    return bool(_LEADS_LIST.search(head[-120:]))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out a greeting, a bullet or a joining word in front; cut what is too long at a word."""
    for _ in range(4):
        front = _FRONT.match(text, start, end)
        if not front or front.end() >= end:
            break
        start = front.end()
    if end - start > MAX_CLAUSE:
        cut = text.rfind(" ", start, start + MAX_CLAUSE)
        end = cut if cut > start else start + MAX_CLAUSE
    return start, end


def narrowed(document: Document, clause: Clause, offset: int, *, most: int) -> Clause:
    """Return a clause longer than `most` characters from the start of the part around `offset` on."""
    span = clause.evidence.span
    if span.end - span.start <= most:
        return clause
    start = span.start
    for mark in re.finditer(r"[,;:–—(]\s| - |\n", document.text[span.start : span.start + offset]):
        start = span.start + mark.end()
    start, end = _trimmed(document.text, start, min(span.end, start + most))
    if end < span.end:
        cut = document.text.rfind(" ", start, end)
        end = cut if cut > start + most // 2 else end
    evidence = document.cite(start, end)
    return replace(clause, evidence=evidence) if evidence.text else clause


def with_sentence_before(document: Document, clause: Clause, *, most: int) -> Clause:
    """Return the clause with the sentence in front of it, when both stay within `most` characters."""
    end = clause.evidence.span.end
    if clause.before >= clause.evidence.span.start or end - clause.before > most:
        return clause
    return replace(clause, evidence=document.cite(clause.before, end))


def due_in(document: Document, evidence: Evidence) -> str:
    """Return the day by which it is due as an ISO date: a day behind "by" or the like, else the sharpest day ahead."""
    sent = document.message.sent_at.date()
    today = Today(sent, document.region in MONTH_FIRST and document.language == "en")
    span, text = evidence.span, document.text
    ahead: list[tuple[bool, float, str]] = []
    for moment in islice(find_moments(text, span.start, end=span.end, today=today), MAX_MOMENTS):
        if moment.day >= sent:
            is_limit = bool(_BEFORE_DUE.search(text[span.start : moment.start]))
            if not is_limit and moment.sharpness < LEAST_SHARP:
                continue
            ahead.append((is_limit, moment.sharpness, moment.day.isoformat()))
    return max(ahead, key=lambda found: found[:2])[2] if ahead else ""
