"""The contact's company: by its legal form, by its likeness to the address's domain, or by how it is spoken of.

The domain alone is never a candidate: it only speaks for words that stand in the mail.
"""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, FactKind
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.names import folded, name_of, tokens_of
from desktop.understanding.candidates.segments import segments
from desktop.understanding.document import Document
from desktop.understanding.words import words

_LEGAL = (
    r"(?:GmbH(?: ?& ?Co\.? ?KG(?:aA)?)?|gGmbH|mbH|Ges\. ?m\. ?b\. ?H\.?|AG(?: ?& ?Co\.? ?KG)?|SE|KGaA|KG|OHG"
    r"|e\.? ?K\.|UG|GbR|eG|e\.V\."
    r"|Ltd\.?|Limited|LLC|L\.L\.C\.|LLP|Inc\.?|Incorporated|Corp\.?|Corporation|plc|PLC|Pty\.? Ltd\.?|Co\."
    r"|Company|L\.P\."
    r"|SAS|S\.A\.S\.?|SARL|S\.A\.R\.L\.?|SA|S\.A\.|SNC|EURL|SCOP|B\.?V\.?|N\.?V\.?|Oy|Oyj|AB|A/S|ApS|AS|S\.p\.A\."
    r"|S\.r\.l\.|Sp\. z o\.o\."
    r"|A\.Ş\.|s\.r\.o\.|Sàrl)"
)
_WORD = r"(?:[A-ZÀ-ÞŠŽ0-9][\w'’.&+-]{0,40}|&|und|and|et|de|des|du|of|von|the|für)"
_FORMED = re.compile(rf"(?<![\w@])(?P<name>[A-ZÀ-ÞŠŽ0-9][\w'’.&+-]{{0,40}}(?:,? {_WORD}){{0,6}},? {_LEGAL})(?![\w])")
_LEGAL_END = re.compile(rf"\b{_LEGAL}$")
_PROPER = r"(?P<name>[A-ZÀ-ÞŠŽ][\w'’&+-]{0,40}(?: (?:[A-ZÀ-ÞŠŽ][\w'’&+-]{0,40}|&|and|und|et|of|de|du|des|la)){0,5})"
_SPOKEN = re.compile(
    r"\b(?:(?:[Hh]ere|working|work) (?:at|for|with)|[Oo]n behalf of|[Ww]e at|us at|our company,?|(?:[Mm]anager"
    r"|[Dd]irector"
    r"|[Hh]ead|CEO|CTO|[Bb]uyer|[Ee]ngineer"
    r"|[Ll]ead|[Oo]wner|[Ff]ounder)(?: [\w&]+){0,4} (?:at|of|for|with)|[Ii](?: am|'m|’m) (?:from|with|at)"
    r"|(?:[Mm]y name is|[Tt]his is) [\w' -]{3,40} (?:from|at|with|of)"
    r"|im Namen (?:der|von)|wir(?: sind)? (?:bei|von) der|wir bei|hier bei|ich bin bei(?: der)?|pour le compte de"
    r"|chez|au sein de|de la société|la société"
    rf"|for|joined|joining|moved to|gestartet bei) {_PROPER}"
)
_WEAK = re.compile(r"^(?:for|chez)\b")
_LABELS = re.compile(
    r"(?i)(?:your )?(?:company|organi[sz]ation|employer)(?: name)?|firma|unternehmen|société|entreprise|organisme"
)
_NO_COMPANY = re.compile(
    r"[@]|https?:|www\.|\d{4,}|^(?:Monday|Tuesday|Wednesday|Thursday|Friday|Q[1-4]|January|February|March|April"
    r"|May|June|July|August|September"
    r"|October|November|December|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|I|We|The|This)\b"
)
_PUBLIC = words(
    "gmail googlemail outlook hotmail yahoo gmx web icloud aol live orange wanadoo free t-online posteo proton"
)


def find_companies(document: Document) -> Iterator[Candidate]:
    """Yield names of the contact's company."""
    for candidate in (*_from_signature(document), *_from_labels(document), *_from_text(document)):
        if not _NO_COMPANY.search(candidate.value) and not tokens_of(candidate.value) <= document.own_names:
            yield candidate


def _domain(document: Document) -> str:
    address = document.author.address.text.lower() if document.author.address else ""
    labels = address.rpartition("@")[2].split(".")
    label = labels[-2] if len(labels) >= 2 else ""
    if label in ("co", "com", "org") and len(labels) >= 3:
        label = labels[-3]
    return "" if label in _PUBLIC else label


def likeness(name: str, domain: str) -> float:
    """Return 0 to 1: how well a company name fits a domain label (same letters, initials, or a shared long word)."""
    if not domain:
        return 0.0
    plain = folded(_LEGAL_END.sub("", name.strip(" .,")))
    squeezed = re.sub(r"[^a-z0-9]", "", plain)
    label = re.sub(r"[^a-z0-9]", "", folded(domain))
    if not squeezed or not label:
        return 0.0
    if squeezed == label:
        return 1.0
    words = [re.sub(r"[^a-z0-9]", "", word) for word in re.split(r"[\s-]+", plain)]
    if "".join(word[:1] for word in words if word) == label and len(label) >= 2:
        return 0.8
    if len(label) >= 3 and (squeezed.startswith(label) or (label.startswith(squeezed) and len(squeezed) >= 4)):
        return 0.9
    parts = {part for part in re.split(r"[^a-z0-9]+", folded(domain)) if len(part) >= 4}
    shared = [word for word in words if len(word) >= 4 and (word in label or word in parts)]
    return 0.75 if shared else 0.0


def _is_sentence(text: str) -> bool:
    is_long = len(text.split()) > 8 or bool(re.search(r"[.!?]\s+[A-Z].*\s\w+|[!?]$", text))
    return is_long and not _LEGAL_END.search(text)


def _candidate(document: Document, start: int, end: int, score: float, why: str) -> Candidate:
    evidence = document.cite(start, end)
    return Candidate(FactKind.COMPANY, evidence, " ".join(evidence.text.split()), score, why)


def _from_signature(document: Document) -> Iterator[Candidate]:
    domain = _domain(document)
    person = document.author.name.text if document.author.name else ""
    for segment in segments(document.signature):
        if len(segment.text) > 70 or segment.line > 12 or re.search(r"\d{3}|[@:]", segment.text):
            continue
        at = re.search(r"\b(?:at|bei|chez|@|to [\w' -]{3,40},) (?=[A-ZÀ-Þ])", segment.text)
        start = segment.start + at.end() if at else segment.start
        text = document.text[start : segment.end]
        alike = likeness(text, domain)
        if _is_sentence(text):
            continue
        if tokens_of(text) <= tokens_of(person) and not _LEGAL_END.search(text):
            continue
        if _LEGAL_END.search(text):
            yield _candidate(
                document, start, segment.end, 0.93 if alike else 0.82, "has a legal form, in the signature"
            )
        elif alike and text[:1].isupper():
            yield _candidate(
                document, start, segment.end, 0.72 + 0.18 * alike, "is in the signature and like the address"
            )
        elif at:
            yield _candidate(document, start, segment.end, 0.74, "follows the title in the signature")
        elif 1 <= segment.line <= 4 and segment.is_whole_line and text[:1].isupper() and not name_of(text):
            yield _candidate(document, start, segment.end, 0.4, "stands in the signature")


def _from_labels(document: Document) -> Iterator[Candidate]:
    for start, end in labelled(document, _LABELS):
        yield _candidate(document, start, end, 0.85, "stands after a label for the company")


def _from_text(document: Document) -> Iterator[Candidate]:
    domain = _domain(document)
    for passage in document.passages:
        for match in _FORMED.finditer(document.text, passage.start, passage.end):
            score = 0.86 if likeness(match["name"], domain) else 0.45
            yield _candidate(document, match.start("name"), match.end("name"), score, "has a legal form")
        for match in _SPOKEN.finditer(document.text, passage.start, passage.end):
            alike = likeness(match["name"], domain)
            weak = bool(_WEAK.match(match[0]))
            if weak and not alike:
                continue
            score = 0.82 if alike else 0.55
            yield _candidate(
                document, match.start("name"), match.end("name"), score, "is named as the writer's company"
            )
