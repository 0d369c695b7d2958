"""The contact's job title: from their signature, behind their name, or as they say of themselves."""

import re
from collections.abc import Iterator
from dataclasses import replace

from desktop.domain.evidence import Candidate, ContactScope, FactKind
from desktop.understanding.candidates import title_cues
from desktop.understanding.candidates.earlier import earlier_signed
from desktop.understanding.candidates.introduced import before, behind
from desktop.understanding.candidates.labels import labelled
from desktop.understanding.candidates.signed import Signed, contact_signature, writer_signature
from desktop.understanding.candidates.spoken_companies import names_like
from desktop.understanding.candidates.title_ends import is_open, title_end, without_open_end
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import domain_label, ends_with_legal_form, organisation_words
from desktop.understanding.lexicon.function_words import (
    area_strength,
    is_work_word,
    names_unit,
    plain_word,
    title_strength,
)
from desktop.understanding.lexicon.names import name_of, tokens_of
from desktop.understanding.lexicon.persons import personhood
from desktop.understanding.signature.fields import FieldText
from desktop.understanding.signature.scores import person_shape, title_of
from desktop.understanding.zones.passages import sentences_of

MAX_TITLE = 110
MAX_PASSAGES = 40
MAX_SENTENCE = 1500
MAX_ROWS_BELOW = 1
PERSON = 0.5

SIGNED = "stands in the signature"
AREA = "names an area of work, in the signature"
LABELLED = "stands after a label for the title"
SAID = "says so of themselves"
BESIDE = "stands beside their name"
EARLIER = "stands under an earlier mail of theirs"

_LABELS = re.compile(
    r"(?i)(?:your |job |current )?(?:title|role|position|function)|job|funktion|stelle|beruf|tätigkeit|fonction|poste"
    r"|(?:su )?(?:cargo|puesto)|ruolo|mansione|qualifica|functie|função|stanowisko|unvan|görev(?:i)?"
)
_OF_SOMETHING = re.compile(r"\s+(?:of|de|du|d['’]|der|des|von|di|del|della|van|da|do)\b")
_NO_TITLE = re.compile(
    r"@|\d{2}|:|https?:|www\.|\b(?:regards|thanks|dear|you|your|please|ihr|sehr|sorry|sure|glad|happy)\b", re.IGNORECASE
)
_TO_SOMEBODY = re.compile(r"\s+(?:to|von|de|van|di)\s+(?=[A-ZÀ-Þ][\w'’-]+ [A-ZÀ-Þ])")


def find_titles(document: Document) -> Iterator[Candidate]:
    """Yield job titles of the contact."""
    return (candidate for candidate in _find(document) if not _is_name_or_unit(candidate.value))


def _find(document: Document) -> Iterator[Candidate]:
    signed = contact_signature(document)
    found = list(_from_signature(document, signed)) if signed else []
    found = found or list(
        _behind_name(document, [(line.start, line.end) for line in document.signature], is_signed=True)
    )
    yield from found or _from_earlier(document)
    assistant = writer_signature(document)
    if assistant:
        yield from _behind_name(document, [assistant.place(f.start, f.end) for f in assistant.fields.position])
    for start, end in labelled(document, _LABELS):
        if end - start <= MAX_TITLE and not _LABELS.fullmatch(document.text[start:end].strip(" :*")):
            yield _candidate(document, start, end, 0.86, LABELLED)
    if document.scope is ContactScope.MENTIONED_PERSON:
        yield from _behind_name(document, [(passage.start, passage.end) for passage in document.about])
        said = list(_said(document, (title_cues.THIRD_PERSON, title_cues.IN_ROLE), 0.7))
        yield from said or _said(document, (title_cues.THIRD_PERSON,), 0.52, is_about=False)
        if document.language == "tr":
            yield from _said(document, (title_cues.SAID_TO_BE,), 0.66)
    else:
        yield from _said(document, (title_cues.FIRST_PERSON, title_cues.NOW_AS), 0.66)
        yield from _said(document, (title_cues.BARE, title_cues.PROMOTED, title_cues.AS_THEIR), 0.62, is_bare=True)
        yield from _run_by(document)
        yield from _behind_name(document, [(p.start, p.end) for p in document.about[:MAX_PASSAGES]])


def _from_earlier(document: Document) -> Iterator[Candidate]:
    """Yield the title that they signed an earlier mail with, quoted below."""
    for signed in earlier_signed(document):
        found = [one for one in _from_signature(document, signed) if one.why == SIGNED]
        for one in found:
            yield replace(one, rule_score=round(one.rule_score - 0.12, 4), why=EARLIER)
        if found:
            return


def _from_signature(document: Document, signed: Signed) -> Iterator[Candidate]:
    person = _person(document)
    trust = _trust(signed, person) * (1.0 if document.author.name else 0.8)
    has_more = any(title_of(one.text) >= 0.75 and not _DEGREE.fullmatch(one.text) for one in signed.fields.position)
    for place, field in enumerate(signed.fields.position):
        start, end = signed.place(field.start, field.end)
        if has_more and _DEGREE.fullmatch(field.text):
            continue  # "Jo Field, MD" of a physician
        if _is_no_title(document, signed, field, person):
            yield from _before_firm(document, (start, end), person, 0.8 * trust)
            continue
        strength = title_of(" ".join(field.text.split()))
        aside = _ASIDE_FIRST.match(document.text, start, end) or _name_first(document.text, start, end)
        start = aside.end() if aside else start
        if strength == 0 and area_strength(field.text):
            yield _candidate(document, start, end, 0.5 * trust, AREA)
            continue
        score = (0.84 + 0.08 * strength - 0.06 * min(place, 4)) * trust
        yield from _variants(document, signed, field, (start, end), score)
    for field in () if signed.fields.position else signed.fields.organisation[: MAX_ROWS_BELOW + 1]:
        yield from _before_firm(document, signed.place(field.start, field.end), person, 0.7 * trust)


def _before_firm(
    document: Document, place: tuple[int, int], person: frozenset[str], score: float
) -> Iterator[Candidate]:
    """Yield the title before a firm named after the contact, or like their address: "Owner Field & Sons"."""
    start, end = place
    text = document.text[start:end]
    named = [match.start() for match in _CAPITALISED.finditer(text) if tokens_of(match[0]) & person]
    address = document.author.address
    domain = domain_label(address.text) if address else ""
    named += [low - start for low, _ in names_like(document.text, start, end, domain)]
    head = without_open_end(text[: min(filter(None, named), default=0)].rstrip(" ,:-–@"))
    if head and len(head) <= MAX_TITLE and title_strength(head) >= 0.75 and not _NO_TITLE.search(head):
        yield _candidate(document, start, start + len(head), score, SIGNED)


def _is_no_title(document: Document, signed: Signed, field: FieldText, person: frozenset[str]) -> bool:
    """Whether what looked like a title is the value of something else, a name, or a department by itself."""
    text = " ".join(field.text.split())
    if len(text) > MAX_TITLE or _NO_TITLE.search(text.replace(": ", " ")) or tokens_of(text) & person:
        return True
    if _is_value(document.text, signed.place(field.start, field.end)[0]) or "_" in text or _is_initials(text, person):
        return True
    if text.count("(") != text.count(")"):
        return True
    strength = title_of(text)
    if strength == 0 and area_strength(text):
        is_desk = names_unit(_ARTICLE.sub("", text, count=1)) and not signed.fields.name
        return is_desk or not _is_under_name(signed, field)
    return 0 < strength < 0.4 and names_unit(text)  # "Office of the Chairman"


def _is_name_or_unit(text: str) -> bool:
    """Whether a name whose surname is a word for a job ("Jo Butcher") or what they work in was taken for a title."""
    is_name = len(text.split()) == 2 and personhood(text) >= PERSON and title_of(text) < 1
    return is_name or _UNIT.search(text) is not None


_UNIT = re.compile(  # a campaign, or what somebody works in without a word for what they do there
    r"(?i)\bfor (?:president|governor|mayor|senate|congress)$"
    r"|^(?!.*\b(?:of|head|lead|chair|director|manager)\b).*\b(?:program(?:me)?s?|committee|conference)$"
)


def _variants(
    document: Document, signed: Signed, field: FieldText, place: tuple[int, int], score: float
) -> Iterator[Candidate]:
    """Yield a title as it stands, and with less or more of what is beside it."""
    start, end = place
    behind_firm = _behind_firm(document.text[start:end])
    yield _candidate(document, start, end, score - (0.2 if behind_firm else 0.0), SIGNED)
    if behind_firm:
        yield _candidate(document, start + behind_firm, end, score, SIGNED)
    yield from _shorter(document, start, end, score, SIGNED)
    low = _department_below(signed, field)
    if low > end and low - start <= MAX_TITLE and ">" not in document.text[start:low]:
        yield _candidate(document, start, low, score - 0.2, SIGNED)
    yield from _without_company(document, start, end, score)
    rest = _same_line(signed, field)
    if rest > end and rest - start <= MAX_TITLE:
        yield _candidate(document, start, rest, score - 0.25, SIGNED)


def _behind_firm(text: str) -> int:
    """Return where the title begins in "Acme - purchasing manager", or 0."""
    dash = re.search(r"\s[-–—]\s+", text)
    is_title = dash is not None and title_strength(text[dash.end() :]) >= 0.75
    head = text[: dash.start()] if dash else ""
    return dash.end() if dash and is_title and not title_strength(head) and not area_strength(head) else 0


def _person(document: Document) -> frozenset[str]:
    """Return the words of the contact's name, none where it names a firm or a desk."""
    name = name_of(document.author.name.text, is_header=True) if document.author.name else None
    return tokens_of(name) if name and not (organisation_words(name) or area_strength(name)) else frozenset()


def _trust(signed: Signed, person: frozenset[str]) -> float:
    """Return how much a signature is the contact's: a name that is theirs speaks for it, another's against it."""
    names = signed.fields.name
    is_theirs = not person or any(tokens_of(name.text) & person for name in names)
    if signed.is_marked:
        is_list = not names and len(signed.fields.position) > 1  # several people sign: who is which is not told
        return 0.6 if is_list and not person else 1.0 if is_theirs or not names or len(person) < 2 else 0.75
    return 0.5 if not names else 0.9 if is_theirs else 0.4


def _is_initials(text: str, person: frozenset[str]) -> bool:
    """Whether a text is the initials of the contact: "DG" of Dana Gray is no "directeur général"."""
    letters = sorted(text.lower())
    return len(letters) == 2 and text.isalpha() and letters == sorted(word[0] for word in person)


_KEY = re.compile(r"[^\W\d_][\w /&.-]{2,30}?\s{0,20}:[\s?]*$")


def _is_value(text: str, start: int) -> bool:
    """Whether what stands at `start` is the value of a line such as "Resource name : Stack manager"."""
    key = _KEY.search(text, max(text.rfind("\n", 0, start) + 1, start - 50), start)
    is_colon = text[start] == ":"
    return is_colon or (key is not None and not _LABELS.match(key[0]) and not title_strength(key[0].rstrip(" :?")))


def _is_under_name(signed: Signed, field: FieldText) -> bool:
    """Whether a field stands in one of the lines below a name: a mere area of work is a title nowhere else."""
    return any(0 <= field.row - name.row <= MAX_ROWS_BELOW for name in signed.fields.name)


def _name_first(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the name and the dash before a title: "Jo Field - Events lead"."""
    named = _NAMED.match(text, start, end)
    return named if named and person_shape(named[1]) == 1.0 and not title_strength(named[1]) else None


_DEGREE = re.compile(r"M\.?D\.?|D\.?O\.?|P\.?A\.?|P\.?E\.?")
_CAPITALISED = re.compile(r"(?:(?:van|de|von|der|den|di|del|la|le) ){0,2}[A-ZÀ-ÞŠŽİŞŁ][^\W\d_]{1,30}")
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
    for low, high in names_like(document.text, start, end, domain):
        kept = start + len(without_open_end(document.text[start:low].rstrip()))
        is_at_law = document.text[start:high].lower().endswith("at law")
        if low > start and not is_at_law and title_strength(document.text[start:kept]) >= 0.6:
            yield _candidate(document, start, kept, min(0.95, score + 0.02), SIGNED)


def _shorter(document: Document, start: int, end: int, score: float, why: str) -> Iterator[Candidate]:
    """Yield what remains of a title without the area behind its comma, or without whom it assists."""
    text = document.text[start:end]
    cuts = [match.start() for match in (_TO_SOMEBODY.search(text), re.search(r",\s|\s[-–—]\s|\s+\(", text)) if match]
    for cut in cuts:
        if title_strength(text[:cut]) >= 0.5:
            yield _candidate(document, start, start + cut, score - 0.12, why)


def _behind_name(document: Document, places: list[tuple[int, int]], *, is_signed: bool = False) -> Iterator[Candidate]:
    """Yield titles that stand next to the contact's name: "Jo Field, head of sales", "our buyer, Jo Field".

    In a signature only behind it: what stands before a name there may be a form of address, "Professor Jo Field".
    """
    name = document.author.name.text if document.author.name else ""
    words = sorted(tokens_of(name), key=len)
    if (len(words) < 2 and document.scope is not ContactScope.MENTIONED_PERSON) or not words:
        return
    before_comma, comma, _ = name.partition(",")
    surname = (before_comma.split() if comma and before_comma.strip() else name.replace(",", " ").split())[-1]
    for start, end in places:
        for place, (low, high) in enumerate(behind(document.text, start, end, surname)):
            yield from _apposed(document, low, high, 0.8 - 0.02 * place)
        for low, high in () if is_signed else before(document.text, start, end, surname, tokens_of(name)):
            if is_open(document.text[low:high]):
                continue  # "assistant to Jo Field"
            yield from _apposed(document, low, high, 0.78)


_ASIDE_FIRST = re.compile(r"\([^()]{1,20}\)\s+(?=\S)")
_ARTICLE = re.compile(  # "who takes over as the new", "our", "now"
    r"(?i)(?:(?:who|der|die|qui|quien|che) (?:(?:is|was|will be|has become)(?: now)?|(?:takes|took) over as"
    r"|(?:joins|joined|works|worked|acts|starts|started)(?: (?:us|here|there))? as|(?:hier |jetzt )?als|est|es|è)\s+)?"
    r"(?:(?:(?:the|our|a|an|my|their|his|her|der|die|das|unser[e]?|le|la|notre|el|il|de|het|onze|now|currently|also)\s+"
    r"|l['’])(?:(?:new|newly appointed|neue[rn]?|nouve(?:au|lle)|nuev[oa]|nuov[oa]|nieuwe|nov[oa])\s+)?"
    r"|(?:new|newly appointed|neue[rn]?|nouve(?:au|lle)|nuev[oa]|nuov[oa]|nieuwe|nov[oa])\s+)?"
)


def _apposed(document: Document, start: int, end: int, score: float) -> Iterator[Candidate]:
    text = document.text[start : min(end, start + MAX_TITLE)]
    article = _ARTICLE.match(text)
    low = article.end() if article else 0
    high = title_end(text, low)
    if (
        title_strength(text[low:high]) >= 0.7
        and len(text[low:high].split()) <= 8
        and not _NO_TITLE.search(text[low:high])
    ):
        yield _candidate(document, start + low, start + high, score, BESIDE)


def _sentences(document: Document, *, is_about: bool = True) -> Iterator[tuple[int, int]]:
    for passage in (document.about if is_about else document.passages)[:MAX_PASSAGES]:
        for start, end in sentences_of(document.text, passage):
            yield start, min(end, start + MAX_SENTENCE)


def _said(
    document: Document, patterns: tuple[re.Pattern[str], ...], score: float, *,
    is_bare: bool = False, is_about: bool = True,
) -> Iterator[Candidate]:  # fmt: skip
    """Yield what is said with one of these patterns; `is_bare`: only what begins with the job itself counts.

    `is_about`: only in what is about the contact, else anywhere.
    """
    for start, end in _sentences(document, is_about=is_about):
        for match in (match for pattern in patterns for match in pattern.finditer(document.text, start, end)):
            low = match.start("title")
            high = low + title_end(match["title"], 0)
            head = _OF_SOMETHING.search(document.text, low, high)
            if title_strength(document.text[low:high]) < 0.7 and head:
                high = head.start()
            title = document.text[low:high]
            begun = " ".join(title.split()[:3])
            if is_bare and not (title_strength(begun) >= 0.7 and is_work_word(plain_word(begun.split(" ")[0]))):
                continue
            if title_strength(title) >= 0.7 and len(title.split()) <= 8 and not _NO_TITLE.search(title):
                yield _candidate(document, low, high, score, SAID)


def _run_by(document: Document) -> Iterator[Candidate]:
    """Yield what somebody says they run: "I run the front desk" is as near to a title as some mails come."""
    for start, end in _sentences(document):
        match = title_cues.RUNS.search(document.text, start, end)
        if match:
            low = match.start("title")
            high = low + title_end(match["title"], 0)
            is_firm = document.text[low].isupper() and not document.text[low:high].isupper()  # "I run the Corner Shop"
            if not is_firm and len(document.text[low:high].split()) <= 5 and not _NO_TITLE.search(match["title"]):
                yield _candidate(document, low, high, 0.38, SAID)


def _candidate(document: Document, start: int, end: int, score: float, why: str) -> Candidate:
    evidence = document.cite(start, end)
    return Candidate(FactKind.TITLE, evidence, " ".join(evidence.text.split()), round(max(0.05, score), 4), why)
