"""Telephone numbers: whose they are, what they are for, and which one counts.

Values are E.164 without an extension; numbers of a fax are candidates of their own kind. A number that belongs to
somebody else than the contact is offered only as a rival of one that is the contact's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import phonenumbers

from desktop.domain.evidence import Candidate, ContactScope, FactKind
from desktop.understanding.candidates import phone_labels
from desktop.understanding.candidates.earlier import names_contact, other_words, own_words
from desktop.understanding.candidates.phone_labels import Use
from desktop.understanding.candidates.phone_lines import Found, Spot, numbers_in
from desktop.understanding.contacts.mention_cues import FULL_NAME
from desktop.understanding.contacts.owners import Owner
from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import domain_label, likeness, organisation_words
from desktop.understanding.lexicon.mailboxes import is_shared
from desktop.understanding.lexicon.names import name_of
from desktop.understanding.lexicon.regions import places
from desktop.understanding.lexicon.words import phrases
from desktop.understanding.zones.cleaning import TextLine

MAX_LINE = 3000
MAX_NUMBERS = 60
MEETING_LINES = 12
CLOSING_LINES = 10
CLOSING_LENGTH = 60
LEADING = 60
REACH = 160

_ASSISTS = re.compile(
    r"(?i)\b(?:assistant|asst|secretary|assistenz|assistentin|sekretariat|assistante|asistente|assistente)\.?\s"
    r"(?:to|of|for|von|der|des|de|di|van)\s(?=\S)"
)
_OF_A_DESK = re.compile(  # "call the front desk at …": not the number of the person who says so
    r"(?i)\b(?:call|contact|ring|phone|dial|to|anrufen|appelez|contactez|llame|bel|bellen)\s(?:the|their|your|die|den|le|la|el|de|het)\s"
    r"(?![^\d]{0,30}\b(?:office|number|line|mobile|cell)\b)[^\d.;!?]{3,50}\b(?:at|on|under|unter|au|al|op)\s\(?$"
)
_OF_THE_FORM = phrases(  # below what a visitor filled in: whoever runs the form
    r"\b(?:support|suporte|soporte|supporto|hilfe|help ?(?:desk|line)?|assistance|assistenza|aide|ajuda|ayuda|hotline"
    r"|kundenservice|powered by|sent by|submitted|generated|automati\w+|versendet|envoyé|enviado|inviato|verzonden)\b"
)
_MOBILE_PREFIXES = {44: ("7",), 33: ("6", "7"), 49: ("15", "16", "17"), 43: ("6",), 41: ("7",), 34: ("6",), 31: ("6",)}
_LIKE = 0.6
_JUST_BEFORE = 30
_OF_SHORT = 0.25
_OF_EARLIER = 0.12
_NAMED_BY_OTHERS = 0.7
_COSTLY = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)
_BASE = {
    Use.DIRECT: 0.04, Use.OFFICE: 0.03, Use.MOBILE: 0.03, Use.BOTH: 0.0, Use.SWITCHBOARD: -0.03, Use.HOME: -0.08,
    Use.FAX: 0.03, Use.PAGER: 0.0, Use.UNSAID: -0.06,
}  # fmt: skip

LABELLED = "stands after its label in the signature"
SIGNED = "stands in the signature"
CALLED = "stands in the text, with words for calling"
CLOSES = "stands among the last lines of the text"
WRITTEN = "stands in the text"
THEIRS = "is said to be the contact's"
OTHERS = "belongs to somebody else"
OUTDATED = "is said to be the old number"
SHORT = "is an extension, or has no area code"
EARLIER = "stands under an earlier mail of theirs"


def find_phones(document: Document) -> Iterator[Candidate]:
    """Yield telephone numbers as PHONE, MOBILE or FAX candidates, others' only beside one of the contact's.

    Where the mail itself has none of the contact's, what they signed an earlier mail below with counts.
    """
    found = list(_all(document))
    if not any(_is_voice(candidate) for candidate in found):
        found += list(_earlier(document)) or [*_said_earlier(document), *_passed_on(document)]
    is_whole = any(_is_voice(candidate) and candidate.why != SHORT for candidate in found)
    theirs = {candidate.kind for candidate in found if candidate.why != OTHERS}
    yield from (one for one in found if one.kind in theirs and not (is_whole and one.why == SHORT))


def _is_voice(candidate: Candidate) -> bool:
    return candidate.why != OTHERS and candidate.kind is not FactKind.FAX


def _earlier(document: Document) -> Iterator[Candidate]:
    for lines in document.earlier_signatures:
        found = list(_in_lines(document, lines, 0, is_signature=True))
        if any(_is_voice(candidate) for candidate in found):
            for one in found:
                if one.why != OTHERS:
                    score = round(max(0.05, one.rule_score - _OF_EARLIER), 4)
                    yield replace(one, rule_score=score, why=SHORT if one.why == SHORT else EARLIER)
            return


def _said_earlier(document: Document) -> Iterator[Candidate]:
    """Yield numbers that the contact gives as theirs in the text of an earlier mail."""
    for lines in own_words(document):
        for one in _in_lines(document, lines, 0, is_signature=False):
            if one.why == THEIRS:
                yield replace(one, rule_score=round(max(0.05, one.rule_score - _OF_EARLIER), 4), why=EARLIER)


def _passed_on(document: Document) -> Iterator[Candidate]:
    """Yield numbers that somebody gives with the contact's name, above or below what the contact wrote."""
    if document.scope not in (ContactScope.FORWARDED_SENDER, ContactScope.QUOTED_SENDER):
        return
    for lines in other_words(document):
        for line in lines:
            for found in numbers_in(document, Spot(line, line.start, is_signature=False)):
                if found.number is not None and names_contact(document, found.before[-_JUST_BEFORE:]):
                    start = line.start + found.start
                    evidence = document.cite(start, start + found.end - found.start)
                    value = phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)
                    score = _NAMED_BY_OTHERS + _BASE[found.use]
                    yield Candidate(_kind(found), evidence, value, round(score, 4), THEIRS)


def _all(document: Document) -> Iterator[Candidate]:
    earlier = 0
    for lines, is_signature in ((document.signature, True), (document.body, False)):
        for candidate in _in_lines(document, lines, earlier, is_signature=is_signature):
            yield candidate
            earlier += 1


def _in_lines(
    document: Document, lines: Sequence[TextLine], earlier: int, *, is_signature: bool
) -> Iterator[Candidate]:
    meeting = 0
    above = ""
    floor = lines[0].start if lines else 0
    for index, line in enumerate(lines):
        if not line.text.strip():
            continue
        if earlier >= MAX_NUMBERS:
            return
        if index and line.start > lines[index - 1].end + 1 + line.depth * 2:
            floor = line.start
        is_dial_in = phone_labels.is_dial_in(line.text[:500])
        meeting = MEETING_LINES if is_dial_in else meeting - 1
        if len(line.text) < MAX_LINE and not is_dial_in:
            spot = Spot(line, floor, is_signature, earlier)
            below = lines[index + 1] if index + 1 < len(lines) else None
            for found in numbers_in(document, spot, above, below):
                if not _is_of_conference(document, spot, found, is_near=meeting > 0):
                    yield from _candidate(document, replace(spot, earlier=earlier), found)
                    earlier += 1
        above = line.text


def _is_of_conference(document: Document, spot: Spot, found: Found, *, is_near: bool) -> bool:
    if is_near and found.use is Use.UNSAID:
        return True
    if spot.is_signature and not is_near:
        return False
    start = spot.line.start
    around = document.text[max(0, start + found.start - 160) : start + found.end + 160]
    return (_is_free(found.number) or is_near) and phone_labels.is_in_conference(around)


def _candidate(document: Document, spot: Spot, found: Found) -> Iterator[Candidate]:
    start = spot.line.start + found.start
    is_forms = document.is_form and _OF_THE_FORM.search(spot.line.text[: found.start][-120:])
    score, why = (0.12, OTHERS) if is_forms else _standing(document, spot, found, document.owner_at(start, spot.floor))
    if why != OTHERS:
        is_new = phone_labels.is_new(found.before)
        score += _BASE[found.use] + (0.05 if is_new else 0.0) - 0.005 * min(spot.earlier, 10)
        if not spot.is_signature and why != THEIRS and _is_free(found.number):
            score -= 0.15
        if found.number is None:
            score, why = score - _OF_SHORT, SHORT
        is_costly = found.number is not None and phonenumbers.number_type(found.number) in _COSTLY
        if found.use is Use.PAGER or (is_costly and not spot.is_signature):
            score, why = 0.1, OTHERS
        if phone_labels.is_outdated(found.before, found.after):
            score, why = 0.2, OUTDATED
    evidence = document.cite(start, start + found.end - found.start)
    value = " ".join(evidence.text.split())
    if found.number is not None:
        value = phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)
    yield Candidate(_kind(found), evidence, value, round(max(0.0, min(0.95, score)), 4), why)


def _standing(document: Document, spot: Spot, found: Found, owner: int) -> tuple[float, str]:
    """Return what speaks for a number by where it stands and whose it is."""
    is_labelled = found.use is not Use.UNSAID
    is_unclaimed = owner in (Owner.UNKNOWN, Owner.SOMEBODY) or _is_below_whom_they_assist(document, spot)
    if spot.is_signature and is_unclaimed:
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
    return _standing_in_text(document, spot.line, found)


def _is_below_whom_they_assist(document: Document, spot: Spot) -> bool:
    """Whether the names above a number of a signature are only the one that the contact is the assistant of."""
    if not spot.is_signature or document.scope is ContactScope.MENTIONED_PERSON:
        return False
    return bool(_ASSISTS.search(document.text, max(spot.floor, spot.line.start - REACH), spot.line.start))


def _standing_in_text(document: Document, line: TextLine, found: Found) -> tuple[float, str]:
    """Return the same for a number in the text of which nothing says whose it is."""
    if document.author.name and _OF_A_DESK.search(found.before):
        return 0.12, OTHERS
    is_labelled = found.use is not Use.UNSAID
    start = line.start + found.start
    leading = document.text[max(0, start - LEADING) : start].rpartition("\n\n")[2].replace("\n", " ")
    if phone_labels.is_called(found.before) or phone_labels.is_called(leading) or phone_labels.is_new(found.before):
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


def _is_free(number: phonenumbers.PhoneNumber | None) -> bool:
    return number is not None and bool(phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.TOLL_FREE)


def _follows_name(document: Document, before: str) -> bool:
    """Whether the full name of somebody leads to the number, on its line."""
    address = document.writer.address.text if document.writer.address else ""
    found = [match["name"] for match in FULL_NAME.finditer(before[-60:])]
    names = [name_of(name) for name in found if name.split()[-1] not in places()]
    return any(
        name and not organisation_words(name) and likeness(name, domain_label(address)) < _LIKE for name in names
    )


def _kind(found: Found) -> FactKind:
    if found.use is Use.FAX:
        return FactKind.FAX
    if found.use is Use.MOBILE:
        return FactKind.MOBILE
    if found.use is not Use.UNSAID:
        return FactKind.PHONE
    if found.number is None:
        return FactKind.PHONE
    is_mobile = phonenumbers.number_type(found.number) == phonenumbers.PhoneNumberType.MOBILE
    prefix = _MOBILE_PREFIXES.get(found.number.country_code or 0, ())
    return FactKind.MOBILE if is_mobile or str(found.number.national_number).startswith(prefix) else FactKind.PHONE
