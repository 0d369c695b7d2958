"""Telephone numbers: whose they are, what they are for, and which one counts.

Values are E.164 without an extension; numbers of a fax are candidates of their own kind. A number that belongs to
somebody else than the contact is offered only as a rival of one that is the contact's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from desktop.domain.evidence import Candidate, ContactScope, FactKind
from desktop.understanding.candidates import phone_labels
from desktop.understanding.candidates.phone_labels import Use
from desktop.understanding.contacts.mention_cues import FULL_NAME
from desktop.understanding.contacts.owners import Owner
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import domain_label, likeness, organisation_words
from desktop.understanding.lexicon.mailboxes import is_shared
from desktop.understanding.lexicon.names import name_of
from desktop.understanding.lexicon.regions import UNKNOWN, places, siblings
from desktop.understanding.zones.cleaning import TextLine

MAX_LINE = 3000
MAX_NUMBERS = 60
MEETING_LINES = 12
CLOSING_LINES = 10
CLOSING_LENGTH = 60

_RUN = re.compile(
    r"(?<![\w/.,-])(?:\+|\(\+|00|\(0|0|\(\d|\d)(?:[\d()/.\xa0 \u2010-\u2015-]{5,26})\d"
    r"(?![\d@]|[^\W\dxXe]|,,|[.,]\d)(?!e\+?\d)"
)
_DATE_LIKE = re.compile(
    r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)|\d{1,2}[.:]\d{2}\s*[-–]|^\d+[.,]\d{2}$"
)
_NORTH_AMERICAN = re.compile(r"(?:\+?1[ ./-]{0,2})?\(?[2-9]\d\d\)?[ ./-]{0,3}[2-9]?\d\d[ ./-]{1,2}\d{4}")
_GROUPED = re.compile(r"\(?\d{2,5}\)?(?:[ ./-]{1,2}\d{2,4}){2,4}")
_BETWEEN_BARS = re.compile(r"(?:^|[|·•●▪;/,–—\t]|\s-\s|\s{3})[\s*]*$")
_BAR_BEHIND = re.compile(r"[\s*]*(?:$|[|·•●▪;/,–—\t(\[]|\s-\s|\s{3})")
_SHORT_EXTENSION = re.compile(r"\s?(?:/|\s-)\s?\d{1,4}$|(?<=\d)[ ]?-[ ]?\d{1,3}$|/\d{1,4}$")
_LABEL_ONLY = re.compile(r"[^\d@]{1,40}")
_MOBILE_PREFIXES = {44: ("7",), 33: ("6", "7"), 49: ("15", "16", "17"), 43: ("6",), 41: ("7",), 34: ("6",), 31: ("6",)}
_REGIONS_TRIED = 3
_LIKE = 0.6
_JUST_BEFORE = 30
_COSTLY = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)
_BASE = {
    Use.DIRECT: 0.04, Use.OFFICE: 0.03, Use.MOBILE: 0.03, Use.BOTH: 0.0, Use.SWITCHBOARD: -0.03, Use.HOME: -0.08,
    Use.FAX: 0.03, Use.UNSAID: -0.06,
}  # fmt: skip

LABELLED = "stands after its label in the signature"
SIGNED = "stands in the signature"
CALLED = "stands in the text, with words for calling"
CLOSES = "stands among the last lines of the text"
WRITTEN = "stands in the text"
THEIRS = "is said to be the contact's"
OTHERS = "belongs to somebody else"
OUTDATED = "is said to be the old number"


@dataclass(frozen=True, slots=True)
class _Found:
    """One number of a line: [start, end) of the line's text, what is before and after it, what it is for."""

    start: int
    end: int
    before: str
    after: str
    use: Use
    number: phonenumbers.PhoneNumber


def find_phones(document: Document) -> Iterator[Candidate]:
    """Yield telephone numbers as PHONE, MOBILE or FAX candidates, others' only beside one of the contact's."""
    found = list(_all(document))
    theirs = {candidate.kind for candidate in found if candidate.why != OTHERS}
    yield from (candidate for candidate in found if candidate.kind in theirs)


def _all(document: Document) -> Iterator[Candidate]:
    earlier = 0
    for lines, is_signature in ((document.signature, True), (document.body, False)):
        meeting = 0
        above = ""
        floor = lines[0].start if lines else 0
        for index, line in enumerate(lines):
            if not line.text.strip():
                continue
            if earlier >= MAX_NUMBERS:
                return
            if index and line.start > lines[index - 1].end + 1:
                floor = line.start
            meeting = MEETING_LINES if phone_labels.is_dial_in(line.text[:500]) else meeting - 1
            if len(line.text) < MAX_LINE and not phone_labels.is_dial_in(line.text[:500]):
                for found in _in_line(document, line.text, above, is_signature=is_signature):
                    if _is_of_conference(document, line, found, is_near=meeting > 0, is_signature=is_signature):
                        continue
                    yield from _candidate(document, line, found, floor, is_signature=is_signature, earlier=earlier)
                    earlier += 1
            above = line.text


def _is_of_conference(document: Document, line: TextLine, found: _Found, *, is_near: bool, is_signature: bool) -> bool:
    if is_near and found.use is Use.UNSAID:
        return True
    if is_signature and not is_near:
        return False
    around = document.text[max(0, line.start + found.start - 160) : line.start + found.end + 160]
    return (_is_free(found.number) or is_near) and phone_labels.is_in_conference(around)


def _in_line(document: Document, text: str, above: str, *, is_signature: bool) -> Iterator[_Found]:
    runs = [match for match in _RUN.finditer(text) if _may_be_number(match[0])]
    previous = 0
    labels_follow = False
    for index, match in enumerate(runs):
        before = text[previous : match.start()][-80:]
        after = text[match.end() : runs[index + 1].start() if index + 1 < len(runs) else len(text)][:60]
        use = Use.UNSAID if labels_follow else phone_labels.use_before(before)
        if use is Use.UNSAID:
            use = phone_labels.use_after(after)
            labels_follow = labels_follow or use is not Use.UNSAID
        if use is Use.UNSAID and not before.strip(" \t*-•") and _LABEL_ONLY.fullmatch(above.strip()):
            use = phone_labels.use_before(above.strip().rstrip(":* ").removesuffix("(optional)").rstrip() + ": ")
        previous = match.end()
        number = _parsed(match[0], document.regions, siblings(document.language) if use is not Use.UNSAID else ())
        is_segment = is_signature and bool(_GROUPED.fullmatch(match[0])) and _is_segment(before, after)
        if number is not None and (_is_number(text, match, before, use) or is_segment):
            yield _Found(match.start(), match.end(), before, after, use, number)


def _is_segment(before: str, after: str) -> bool:
    """Whether a number makes up a piece of a line by itself: between bars, dots or commas."""
    return bool(_BETWEEN_BARS.search(before)) and bool(_BAR_BEHIND.match(after))


def _may_be_number(text: str) -> bool:
    is_date = not text.startswith(("+", "(")) and bool(_DATE_LIKE.search(text))
    return 7 <= sum(char.isdigit() for char in text) <= 16 and not is_date


def _is_number(text: str, match: re.Match[str], before: str, use: Use) -> bool:
    is_labelled = use is not Use.UNSAID
    if not is_labelled and phone_labels.is_other_number(before):
        return False
    written = match[0]
    has_shape = written.startswith(("+", "(", "0")) or bool(_NORTH_AMERICAN.fullmatch(written))
    is_alone = text.strip() == written.strip() and bool(_GROUPED.fullmatch(written))
    return (
        is_labelled or has_shape or is_alone or (phone_labels.is_called(before) and bool(_GROUPED.fullmatch(written)))
    )


def _parsed(text: str, regions: tuple[str, ...], others: tuple[str, ...] = ()) -> phonenumbers.PhoneNumber | None:
    """Return the number, read by the first region it is valid in, else the first it is possible in.

    `others` are countries that nothing speaks for but the language: they count only where the number is valid there.
    """
    whole = _read(text, regions)
    if whole is not None and phonenumbers.is_valid_number(whole):
        return whole
    cut = _SHORT_EXTENSION.sub("", text)
    number = _read(cut, regions) if cut != text else None
    if number is not None and phonenumbers.is_valid_number(number):
        return number
    if whole is None and text.startswith(("0", "(0")):
        further = (_read(text, (region,)) for region in others)
        return next((number for number in further if number and phonenumbers.is_valid_number(number)), None)
    return whole


def _read(text: str, regions: tuple[str, ...]) -> phonenumbers.PhoneNumber | None:
    plain = text.replace("(0)", " ") if text.lstrip("(").startswith(("+", "00")) else text
    if plain.startswith("00") and regions[:1] != ("US",):
        plain = "+" + plain[2:]
    is_marked = plain.lstrip("(").startswith(("+", "0", "("))
    possible: phonenumbers.PhoneNumber | None = None
    tried = [*regions[:_REGIONS_TRIED], UNKNOWN]
    if _NORTH_AMERICAN.fullmatch(text) and not {"US", "CA"} & set(tried):
        tried.insert(len(tried) - 1, "US")
    for region in tried:
        if plain.lstrip("(").startswith("0") and region in ("US", "CA"):
            continue
        try:
            number = phonenumbers.parse(plain, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
        is_north_american = region in ("US", "CA") and not plain.lstrip("(").startswith("+")
        if possible is None and phonenumbers.is_possible_number(number) and (is_marked or not is_north_american):
            possible = number
    return possible


def _candidate(
    document: Document, line: TextLine, found: _Found, floor: int, *, is_signature: bool, earlier: int
) -> Iterator[Candidate]:
    start = line.start + found.start
    score, why = _standing(document, line, found, document.owner_at(start, floor), is_signature=is_signature)
    if why != OTHERS:
        is_new = phone_labels.is_new(found.before)
        score += _BASE[found.use] + (0.05 if is_new else 0.0) - 0.005 * min(earlier, 10)
        if not is_signature and why != THEIRS and _is_free(found.number):
            score -= 0.15
        if phonenumbers.number_type(found.number) in _COSTLY and not is_signature:
            score, why = 0.1, OTHERS
        if phone_labels.is_outdated(found.before, found.after):
            score, why = 0.2, OUTDATED
    value = phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)
    evidence = document.cite(start, start + found.end - found.start)
    yield Candidate(_kind(found), evidence, value, round(max(0.0, min(0.95, score)), 4), why)


def _standing(
    document: Document, line: TextLine, found: _Found, owner: int, *, is_signature: bool
) -> tuple[float, str]:
    """Return what speaks for a number by where it stands and whose it is."""
    is_labelled = found.use is not Use.UNSAID
    if is_signature and owner in (Owner.UNKNOWN, Owner.SOMEBODY):
        if not is_labelled and _follows_name(document, found.before[-_JUST_BEFORE:]):
            return 0.45, SIGNED
        return (0.86, LABELLED) if is_labelled else (0.82, SIGNED)
    if document.is_contact(owner):
        return 0.84, THEIRS
    is_mentioned = document.scope is ContactScope.MENTIONED_PERSON
    if not is_mentioned and _speaks_for_desk(document, owner):
        return 0.5, CALLED
    if owner != Owner.UNKNOWN or is_mentioned or _follows_name(document, found.before):
        return 0.12, OTHERS
    return _standing_in_text(document, line, found)


def _standing_in_text(document: Document, line: TextLine, found: _Found) -> tuple[float, str]:
    """Return the same for a number in the text of which nothing says whose it is."""
    is_labelled = found.use is not Use.UNSAID
    if phone_labels.is_called(found.before) or phone_labels.is_new(found.before):
        return 0.55, CALLED
    if _is_near_end(document, line) and len(found.before.split()) <= (2 if is_labelled else 0):
        return 0.6, CLOSES
    return (0.45 if is_labelled else 0.36), WRITTEN


def _speaks_for_desk(document: Document, owner: int) -> bool:
    """Whether a desk wrote the mail, and names somebody to be called: "questions? Call Ann Poe on …"."""
    address = document.author.address.text if document.author.address else ""
    return owner >= 0 and bool(address) and is_shared(address)


def _is_near_end(document: Document, line: TextLine) -> bool:
    """Whether a line is a short one among the last of the body, where a signature may have gone unrecognised."""
    filled = [other.start for other in document.body[-2 * CLOSING_LINES :] if other.text.strip()]
    return len(line.text) <= CLOSING_LENGTH and line.start in filled[-CLOSING_LINES:]


def _is_free(number: phonenumbers.PhoneNumber) -> bool:
    return bool(phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.TOLL_FREE)


def _follows_name(document: Document, before: str) -> bool:
    """Whether the full name of somebody leads to the number, on its line."""
    address = document.writer.address.text if document.writer.address else ""
    found = [match["name"] for match in FULL_NAME.finditer(before[-60:])]
    names = [name_of(name) for name in found if name.split()[-1] not in places()]
    return any(
        name and not organisation_words(name) and likeness(name, domain_label(address)) < _LIKE for name in names
    )


def _kind(found: _Found) -> FactKind:
    if found.use is Use.FAX:
        return FactKind.FAX
    if found.use is Use.MOBILE:
        return FactKind.MOBILE
    if found.use is not Use.UNSAID:
        return FactKind.PHONE
    is_mobile = phonenumbers.number_type(found.number) == phonenumbers.PhoneNumberType.MOBILE
    prefix = _MOBILE_PREFIXES.get(found.number.country_code or 0, ())
    return FactKind.MOBILE if is_mobile or str(found.number.national_number).startswith(prefix) else FactKind.PHONE
