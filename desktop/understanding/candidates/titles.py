"""The contact's job title: pieces of the signature that name a function, or "I'm the … at …"."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.segments import segments
from desktop.understanding.document import Document

_FUNCTION = re.compile(
    r"(?i)\b(?:manager(?:in)?|director|head of|vp|svp|evp|vice president|president|chief|ceo|cto|cfo|coo|cio|cmo"
    r"|cro|founder|co-founder"
    r"|owner|partner|engineer|developer|architect|buyer|purchas(?:er|ing)|procurement|specialist|consultant"
    r"|analyst|coordinator"
    r"|administrator|assistant|secretary|officer|lead|supervisor|executive|representative|counsel|attorney"
    r"|accountant|controller"
    r"|planner|scientist|researcher|professor|dean|principal|nurse|surgeon|chair(?:man|woman)?|treasurer"
    r"|bookkeeper|superintendent"
    r"|foreman|technician|operator|designer|editor|trader|associate|advisor|adviser|strategist|recruiter|trainer"
    r"|\w*leiter(?:in)?|leitung|leiter \w+|geschäftsführ\w+|geschaeftsfuehr\w+|inhaber(?:in)?|prokurist(?:in)?"
    r"|vorstand|einkäufer(?:in)?"
    r"|einkauf|sachbearbeiter(?:in)?|referent(?:in)?|assistent(?:in|z)?|ingenieur(?:in)?|berater(?:in)?|betriebsleitung"
    r"|fach(?:ärzt|aerzt|arzt)\w*|meister(?:in)?|disponent(?:in)?|beauftragte[rn]?|koordinator(?:in)?|entwickler(?:in)?"
    r"|direct(?:eur|rice)|responsable|chef(?:fe)? d[e'’]|gérante?|président(?:e)?|acheteu(?:r|se)|ingénieure?"
    r"|assistante?"
    r"|chargée? d[e'’]|technicien(?:ne)?|adjointe?|secrétaire|comptable|conseill(?:er|ère)|dirigeante?|cheffe?"
    r"|secretaresse|pdg|daf|dsi)\b"
)
_STATES = re.compile(
    r"(?i)\b(?:i am|i'm|i’m|ich bin|je suis)\s+(?:now |the new |the |a |an |new |der |die |als |le |la |l['’])?"
    r"(?P<title>[^,.;:!?\n]{3,60}?)(?=\s+(?:at|for|with|here|bei|in der|im|der|chez|de la|and|und|et)\b|[,.;:!?\n]|$)"
)
_LABELS = re.compile(r"(?i)(?:job )?title|role|position|function|funktion|stelle|fonction|poste|job")
_NO_TITLE = re.compile(
    r"[@\d]|https?:|www\.|\b(?:regards|thanks|dear|gmbh|ltd|llc|inc|street|road|you|your|please|ihr)\b", re.IGNORECASE
)
_AFTER = re.compile(r"\s+(?:at|bei|chez|@|to)\s+\S.*$")
MAX_TITLE = 70


def find_titles(document: Document) -> Iterator[Candidate]:
    """Yield job titles of the contact."""
    for segment in segments(document.signature):
        match = _FUNCTION.search(segment.text)
        if segment.line > 8 or not match or len(segment.text) > MAX_TITLE or _NO_TITLE.search(segment.text):
            continue
        cut = _AFTER.search(segment.text)
        end = segment.start + cut.start() if cut and cut.start() > match.start() else segment.end
        score = 0.88 if segment.line <= 4 else 0.7
        yield _candidate(document, segment.start, end, score, "stands in the signature")
    for start, end in labelled(document, _LABELS):
        if end - start <= MAX_TITLE:
            yield _candidate(document, start, end, 0.82, "stands after a label for the title")
    for start, end in document.sentences():
        match = _STATES.search(document.text, start, end)
        if match and _FUNCTION.search(match["title"]) and not _NO_TITLE.search(match["title"]):
            yield _candidate(document, match.start("title"), match.end("title"), 0.66, "says so of themselves")


def _candidate(document: Document, start: int, end: int, score: float, why: str) -> Candidate:
    evidence = document.cite(start, end)
    return Candidate(FactKind.TITLE, evidence, " ".join(evidence.text.split()), score, why)
