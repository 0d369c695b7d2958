"""The contact's job title: from their signature, behind their name, or as they say of themselves."""

import re
from collections.abc import Iterator

from desktop.domain.evidence import Candidate, ContactScope, FactKind
from desktop.understanding.candidates.introduced import before, behind
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.signed import Signed, contact_signature, writer_signature
from desktop.understanding.candidates.spoken_companies import names_like
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import domain_label, ends_with_legal_form, organisation_words
from desktop.understanding.lexicon.function_words import area_strength, names_unit, title_strength
from desktop.understanding.lexicon.names import name_of, tokens_of
from desktop.understanding.signature.fields import FieldText
from desktop.understanding.signature.scores import person_shape, title_of
from desktop.understanding.zones.passages import sentences_of

MAX_TITLE = 110
MAX_PASSAGES = 40
MAX_SENTENCE = 1500

SIGNED = "stands in the signature"
AREA = "names an area of work, in the signature"
LABELLED = "stands after a label for the title"
SAID = "says so of themselves"
BESIDE = "stands beside their name"

_LABELS = re.compile(
    r"(?i)(?:your |job |current )?(?:title|role|position|function)|job|funktion|stelle|beruf|tätigkeit|fonction|poste"
    r"|(?:su )?(?:cargo|puesto)|ruolo|mansione|qualifica|functie|função|stanowisko|unvan|görev(?:i)?"
)
_FIRST_PERSON = re.compile(
    r"\b(?:(?:[Ii](?: am|['’]m| work as| serve as)|[Ii]n my (?:role|capacity|position) as)\s(?:currently |now "
    r"|also )?"
    r"(?:the (?:new )?|a |an |your (?:new )?|our )"
    r"|[Ii]n my (?:role|capacity|position) as |[Ii] (?:am|work as) (?=[A-ZVC])|(?:[Ii]ch (?:bin|arbeite)) (?:hier "
    r"|jetzt |neu |neue[rn]? )?(?:der |die "
    r"|das |als )?"
    r"|(?:[Jj]e suis|[Ee]n (?:tant que|qualité de)) (?:le |la |l['’]|un |une )?|[Ss]oy (?:el |la )?"
    r"|[Ss]ono (?:il |la |l['’])?"
    r"|[Ii]n qualità di |[Ii]k ben (?:de |een )?|[Ss]ou (?:o |a )?|[Jj]estem )"
    r"(?P<title>[^,.;:!?()\n]{3,70})"
)
_NOW_AS = re.compile(
    r"\b(?:am now|now work(?:ing)? as|bin (?:jetzt|nun|neu)|suis (?:maintenant|désormais)|ahora soy|ora sono"
    r"|ben (?:nu|nou))"
    r"\s(?:the |a |an |die |der |le |la |el |il |de |een )?(?P<title>[^,.;:!?()\n]{3,70})"
)
_AS_THEIR = re.compile(r"\bas (?:their|its|his|her) (?:new )?(?P<title>[^,.;:!?()\n]{3,70})")
_THIRD_PERSON = re.compile(
    r"\b(?:[HhSs]?[Hh]e(?:['’]s| is)|[Tt]hey are|(?:Er|Sie) ist|[Ii]l est|[Ee]lle est|(?:Hij|Zij) is)(?: now"
    r"| jetzt)? "
    r"(?:the |a |an |their |our |der |die |le |la |l['’]|de )?(?P<title>[^,.;:!?()\n]{3,70})"
)
_IN_ROLE = re.compile(
    r"\b(?:join\w*|start\w*|t(?:akes|ook) over|work\w*|appointed|hired|promoted|arbeitet|übernimmt|fängt|beginnt"
    r"|rejoint"
    r"|prend|nommée?|travaille|trabaja|entra|empieza|lavora|entra|inizia|werkt|begint|pracuje"
    r"|zaczyna)\b[^.;:!?\n]{0,40}?\s"
    r"(?:as|als|comme|en tant que|como|come|in qualità di|jako|to)\s(?:our |their |the |new |neue[rn]? |nuev[oa] "
    r"|nouve\w+ )*"
    r"(?P<title>[^,.;:!?()\n]{3,70})"
)
_RUNS = re.compile(
    r"\b[Ii] (?:run|manage|head(?: up)?|lead|oversee|look after|am (?:in charge of|responsible for)) (?:the "
    r"|our |all )?"
    r"(?P<title>[^,.;:!?()\n]{3,60})"
)
_ENDS = re.compile(
    r"(?i)\s+(?:at|for|with|here|who|and (?:i|we|my|he|she|wants?|would|has|have|is|needs?|will|can|looks?)"
    r"|to (?:get|see|ask)|bei(?:m)?|im|in (?:der|dem|a|an|the|our"
    r"|my|charge)|und (?:ich|wir)|hier|chez"
    r"|et (?:je|nous)|et j|en charge|que|y (?:me|le|les)|presso|bij|na|w|that|but|aber|mais)\b"
)
_OF_COMPANY = re.compile(
    r"\s+(?:of|der|von|vom|de|du|di|del|della|van|at|à|chez|bei|beim|presso|hos|på|en|da|do|na|w|u)\s+(?:the |der "
    r"|dem |la "
    r"|los )?(?=[A-ZÀ-ÞŠŽİŞŁ])"
)
_OF_SOMETHING = re.compile(r"\s+(?:of|de|du|d['’]|der|des|von|di|del|della|van|da|do)\b")
_NO_TITLE = re.compile(
    r"@|\d{2}|:|https?:|www\.|\b(?:regards|thanks|dear|you|your|please|ihr|sehr|sorry|sure|glad|happy)\b", re.IGNORECASE
)
_TO_SOMEBODY = re.compile(r"\s+(?:to|von|de|van|di)\s+(?=[A-ZÀ-Þ][\w'’-]+ [A-ZÀ-Þ])")


def find_titles(document: Document) -> Iterator[Candidate]:
    """Yield job titles of the contact."""
    signed = contact_signature(document)
    if signed:
        yield from _from_signature(document, signed)
    assistant = writer_signature(document)
    if assistant:
        yield from _behind_name(document, [assistant.place(f.start, f.end) for f in assistant.fields.position])
    for start, end in labelled(document, _LABELS):
        if end - start <= MAX_TITLE and not _LABELS.fullmatch(document.text[start:end].strip(" :*")):
            yield _candidate(document, start, end, 0.86, LABELLED)
    if document.scope is ContactScope.MENTIONED_PERSON:
        yield from _behind_name(document, [(passage.start, passage.end) for passage in document.about])
        yield from _said(document, (_THIRD_PERSON, _IN_ROLE), 0.7)
    else:
        yield from _said(document, (_FIRST_PERSON, _NOW_AS, _AS_THEIR), 0.66)
        yield from _run_by(document)
        yield from _behind_name(document, [(p.start, p.end) for p in document.about[:MAX_PASSAGES]])


def _from_signature(document: Document, signed: Signed) -> Iterator[Candidate]:
    trust = 1.0 if signed.is_marked else 0.9 if signed.fields.name else 0.7
    trust *= 1.0 if document.author.name else 0.8
    name = name_of(document.author.name.text, is_header=True) if document.author.name else None
    person = tokens_of(name) if name and not (organisation_words(name) or area_strength(name)) else frozenset()
    for place, field in enumerate(signed.fields.position):
        start, end = signed.place(field.start, field.end)
        text = " ".join(field.text.split())
        strength = title_of(text)
        if len(text) > MAX_TITLE or _NO_TITLE.search(text.replace(": ", " ")) or tokens_of(text) & person:
            continue
        aside = _ASIDE_FIRST.match(document.text, start, end) or _name_first(document.text, start, end)
        start = aside.end() if aside else start
        if 0 < strength < 0.4 and names_unit(text):
            continue  # "Office of the Chairman"
        if strength == 0 and area_strength(text):
            if names_unit(_ARTICLE.sub("", text, count=1)) and not signed.fields.name:
                continue  # a department that signs by itself
            yield _candidate(document, start, end, 0.5 * trust, AREA)
            continue
        score = (0.84 + 0.08 * strength - 0.06 * min(place, 4)) * trust
        yield _candidate(document, start, end, score, SIGNED)
        yield from _shorter(document, start, end, score, SIGNED)
        low = _department_below(signed, field)
        if low > end and low - start <= MAX_TITLE and ">" not in document.text[start:low]:
            yield _candidate(document, start, low, score - 0.2, SIGNED)
        yield from _without_company(document, start, end, score)
        rest = _same_line(signed, field)
        if rest > end and rest - start <= MAX_TITLE:
            yield _candidate(document, start, rest, score - 0.25, SIGNED)


def _name_first(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the name and the dash before a title: "Jo Field - Events lead"."""
    named = _NAMED.match(text, start, end)
    return named if named and person_shape(named[1]) == 1.0 and not title_strength(named[1]) else None


_NAMED = re.compile(r"([^-–—|,\n]{4,40})\s+[-–—]\s+(?=\S)")


def _department_below(signed: Signed, field: FieldText) -> int:
    """Return where the area of work on the line below a title ends, or 0: titles may be written over two lines."""
    for other in signed.fields.organisation:
        line = other.text.split("\n")[0]
        if other.row == field.row + 1 and area_strength(line) > 0.5 and not ends_with_legal_form(line):
            return signed.place(other.start, other.start + len(line))[1]
    return 0


def _same_line(signed: Signed, field: FieldText) -> int:
    """Return where an organisation ends that a comma joins to the title, or 0: it may be a part of the title."""
    for other in signed.fields.organisation:
        if 0 < other.start - field.end <= 2 and other.row == field.row:
            return signed.place(other.start, other.end)[1]
    return 0


def _without_company(document: Document, start: int, end: int, score: float) -> Iterator[Candidate]:
    """Yield what stands before the company in a title such as "resp. exploitation Acme"."""
    address = document.author.address
    domain = domain_label(address.text) if address else ""
    for low, _high in names_like(document.text, start, end, domain):
        if low > start and title_strength(document.text[start:low]) >= 0.6:
            yield _candidate(document, start, low, min(0.95, score + 0.02), SIGNED)


def _shorter(document: Document, start: int, end: int, score: float, why: str) -> Iterator[Candidate]:
    """Yield what remains of a title without the area behind its comma, or without whom it assists."""
    text = document.text[start:end]
    cuts = [match.start() for match in (_TO_SOMEBODY.search(text), re.search(r",\s|\s[-–—]\s|\s+\(", text)) if match]
    for cut in cuts:
        if title_strength(text[:cut]) >= 0.5:
            yield _candidate(document, start, start + cut, score - 0.12, why)


def _behind_name(document: Document, places: list[tuple[int, int]]) -> Iterator[Candidate]:
    """Yield titles that stand next to the contact's name: "Jo Field, head of sales", "our buyer, Jo Field"."""
    name = document.author.name.text if document.author.name else ""
    words = sorted(tokens_of(name), key=len)
    if (len(words) < 2 and document.scope is not ContactScope.MENTIONED_PERSON) or not words:
        return
    before_comma, comma, _ = name.partition(",")
    surname = (before_comma.split() if comma and before_comma.strip() else name.replace(",", " ").split())[-1]
    for start, end in places:
        for place, (low, high) in enumerate(behind(document.text, start, end, surname)):
            yield from _apposed(document, low, high, 0.8 - 0.02 * place)
        for low, high in before(document.text, start, end, surname, tokens_of(name)):
            yield from _apposed(document, low, high, 0.78)


_OPEN_END = re.compile(r"\s+(?:to|of|for|at|and|und|et|der|des|de|du|di|del|della|van|von|y|e)\s*$")
_ASIDE_FIRST = re.compile(r"\([^()]{1,20}\)\s+(?=\S)")
_ARTICLE = re.compile(
    r"(?i)(?:the|our|a|an|my|their|der|die|das|unser[e]?|le|la|l['’]|notre|el|il|de|het|now|currently|who is|also)\s+"
)


def _apposed(document: Document, start: int, end: int, score: float) -> Iterator[Candidate]:
    text = document.text[start : min(end, start + MAX_TITLE)]
    article = _ARTICLE.match(text)
    low = article.end() if article else 0
    high = _title_end(text, low)
    open_end = _OPEN_END.search(text, low, high)
    high = open_end.start() if open_end else high
    if (
        title_strength(text[low:high]) >= 0.7
        and len(text[low:high].split()) <= 8
        and not _NO_TITLE.search(text[low:high])
    ):
        yield _candidate(document, start + low, start + high, score, BESIDE)


def _title_end(text: str, low: int) -> int:
    """Return where a title in running text ends: before "at Acme" or "of Acme"."""
    high = len(text)
    for pattern in (_ENDS, _OF_COMPANY):
        for match in pattern.finditer(text, low):
            rest = text[match.end() : high]
            is_for = match[0].strip().lower() in ("for", "für", "pour", "para")
            if is_for and names_unit(text[low : match.start()].rsplit(maxsplit=1)[-1]):
                continue
            is_area = pattern is _OF_COMPANY and area_strength(rest) >= 0.5 and not ends_with_legal_form(rest)
            if low < match.start() < high and not is_area:
                high = match.start()
                break
    return high


def _sentences(document: Document) -> Iterator[tuple[int, int]]:
    for passage in document.about[:MAX_PASSAGES]:
        for start, end in sentences_of(document.text, passage):
            yield start, min(end, start + MAX_SENTENCE)


def _said(document: Document, patterns: tuple[re.Pattern[str], ...], score: float) -> Iterator[Candidate]:
    for start, end in _sentences(document):
        for match in (match for pattern in patterns for match in pattern.finditer(document.text, start, end)):
            low = match.start("title")
            high = low + _title_end(match["title"], 0)
            head = _OF_SOMETHING.search(document.text, low, high)
            if title_strength(document.text[low:high]) < 0.7 and head:
                high = head.start()
            title = document.text[low:high]
            if title_strength(title) >= 0.7 and len(title.split()) <= 8 and not _NO_TITLE.search(title):
                yield _candidate(document, low, high, score, SAID)


def _run_by(document: Document) -> Iterator[Candidate]:
    """Yield what somebody says they run: "I run the front desk" is as near to a title as some mails come."""
    for start, end in _sentences(document):
        match = _RUNS.search(document.text, start, end)
        if match:
            low = match.start("title")
            high = low + _title_end(match["title"], 0)
            if len(document.text[low:high].split()) <= 5 and not _NO_TITLE.search(match["title"]):
                yield _candidate(document, low, high, 0.38, SAID)


def _candidate(document: Document, start: int, end: int, score: float, why: str) -> Candidate:
    evidence = document.cite(start, end)
    return Candidate(FactKind.TITLE, evidence, " ".join(evidence.text.split()), round(max(0.05, score), 4), why)
