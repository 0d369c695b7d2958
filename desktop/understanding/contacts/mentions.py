"""Whether a mail hands on the details of somebody it speaks of, and what it says of them.

Each person collects points: for how they are brought in, for details of theirs that stand in the mail, and against
them for signs that the writer stays the contact, such as a number of the writer's own beside a mere "for questions
call …". From MENTIONED_FROM points on the mail is about that person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.understanding.contacts.contact import Author, Organisation
from desktop.understanding.contacts.mention_cues import WEIGHT, Cue, pattern_of
from desktop.understanding.contacts.owners import Owner, Person, owner_of
from desktop.understanding.contacts.spoken_of import (
    MAX_READ,
    NUMBER,
    Known,
    Speech,
    bounded,
    collected,
    details_in,
    find_details,
)
from desktop.understanding.lexicon.company_names import domain_label
from desktop.understanding.lexicon.mailboxes import is_shared
from desktop.understanding.lexicon.names import PARTICLES, fits_address, tokens_of
from desktop.understanding.zones.cleaning import TextLine
from desktop.understanding.zones.passages import Passage, passages_of, sentences_of

MENTIONED_FROM = 3.0
CARD_LINES = 6

_PRONOUN = re.compile(r"\s*(?:He|She|His|Her|They|Er|Sie|Il|Elle|Él|Ella|Hij|Zij|Lui|Lei)\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """A person whose details a mail hands on.

    `name` and `address` are [start, end) of the text, `address` None where the mail gives none. `card` holds the lines
    that give their details as a signature would, `about` the passages that speak of them. `is_form` says that the mail
    is a filled-in form: whatever details it holds are theirs.
    """

    name: tuple[int, int]
    address: tuple[int, int] | None
    card: tuple[TextLine, ...]
    about: tuple[Passage, ...]
    is_form: bool = False


def people_in(speech: Speech) -> tuple[tuple[Person, ...], Mention | None]:
    """Return the people spoken of, and the one whose details the mail hands on, if there is one."""
    passages = bounded(passages_of(speech.lines))
    known = collected(speech, passages)
    find_details(speech, passages, known)
    people = tuple(one.person() for one in known)
    if not known:
        return people, None
    points = [_points(speech, one, known) for one in known]
    best = max(range(len(known)), key=points.__getitem__)
    if points[best] < MENTIONED_FROM:
        return people, None
    return people, _mention(speech, passages, known[best])


def _points(speech: Speech, one: Known, known: Sequence[Known]) -> float:
    if one.address and speech.organisation.has(speech.text[slice(*one.address)]):
        return 0.0
    has_details = one.has_number or one.address is not None
    is_in_copy = any(fits_address(one.name, address) for address in speech.copied)
    if not (one.cues or one.has_card or one.is_to_be_called) or not (
        has_details or is_in_copy or Cue.REPRESENTED in one.cues
    ):
        return 0.0
    is_first_name_only = " " not in one.name and not one.has_honorific and Cue.FORM not in one.cues
    if is_first_name_only and not (one.address or is_in_copy):
        return 0.0
    weight = max((WEIGHT[cue] for cue in one.cues), default=0.0)
    weight += 0.5 * (len(one.cues - {Cue.ASKED_FOR}) > 1)
    points = weight + (2.0 if has_details else 1.0 if is_in_copy else 0.0)
    points += 1.5 if (one.has_card or one.is_to_be_called) and has_details else 0.0
    if Cue.REPRESENTED in one.cues and _represents(speech, one):
        points += 1.5
    elif Cue.REPRESENTED in one.cues and _is_desk(speech.writer) and len(tokens_of(one.name)) > 1:
        points += 0.0 if one.name.split()[0].lower() in PARTICLES else 1.0
    writer_is_colleague = bool(speech.writer.address) and speech.organisation.has(speech.writer.address.text)  # type: ignore[union-attr]
    if writer_is_colleague and one.is_outside and has_details:
        points += 1.0
    points += 1.0 if _is_elsewhere(speech, one) else 0.0
    strong = {Cue.CALLED} if speech.is_unattended else set()
    strong |= {Cue.INTRODUCED, Cue.HANDED_OVER, Cue.REPRESENTED, Cue.FORM}
    has_left = bool(pattern_of("left").search(speech.lowered[:MAX_READ]))
    if not one.cues & strong and not has_left and not one.has_card:
        points -= 1.5 if _writer_gives_number(speech, known) else 0.0
        points -= (
            2.0
            if pattern_of("away").search(speech.heads.lower()) or pattern_of("away").search(speech.lowered[:1500])
            else 0.0
        )
        several = sum(1 for other in known if other.has_number or other.address)
        points -= 1.0 if several > 1 and Cue.CALLED not in one.cues else 0.0
    return points + (1.0 if has_left and has_details else 0.0)


def _is_desk(writer: Author) -> bool:
    return writer.address is not None and is_shared(writer.address.text)


def _is_elsewhere(speech: Speech, one: Known) -> bool:
    """Whether the person's address is at another organisation than the writer's."""
    writer = speech.writer.address.text if speech.writer.address else ""
    if not one.address or not domain_label(writer):
        return False
    return not Organisation(frozenset({writer.lower()})).has(speech.text[slice(*one.address)])


def _represents(speech: Speech, one: Known) -> bool:
    """Whether the writer signs as somebody's assistant."""
    return any(one.tokens & tokens_of(line.text) for line in speech.signature[:8] if len(line.text) < 200)


def _writer_gives_number(speech: Speech, known: Sequence[Known]) -> bool:
    people = [one.person() for one in known]
    first = speech.signature[0].start if speech.signature else len(speech.text)
    for passage in bounded(passages_of(speech.lines)):
        for start, is_mail in details_in(speech.text, passage):
            if is_mail:
                continue
            owner = owner_of(speech.text, start, passage.start, people=people, writer=speech.writer_words)
            if owner == Owner.WRITER or (owner == Owner.UNKNOWN and start >= first):
                return True
    return False


def _mention(speech: Speech, passages: Sequence[Passage], one: Known) -> Mention:
    card = _card(speech, one)
    about: list[Passage] = []
    for passage in passages:
        was_about = False
        for start, end in sentences_of(speech.text, passage):
            words = {word.casefold() for word in re.findall(r"[^\W\d_]{2,}", speech.text[start:end])}
            is_about = bool(words & one.tokens) or (was_about and bool(_PRONOUN.match(speech.text, start)))
            if is_about:
                about.append(Passage(start, end))
            was_about = is_about
    return Mention((one.start, one.end), one.address, card, tuple(about), Cue.FORM in one.cues)


def _card(speech: Speech, one: Known) -> tuple[TextLine, ...]:
    """Return the lines of details that begin with the person's name: `Name, title / company / number`."""
    lines = speech.lines
    signed = [
        index for index, line in enumerate(lines)
        if line in speech.signature[:8] and one.tokens <= tokens_of(line.text) and len(line.text) < 200
    ]  # fmt: skip
    if signed and Cue.REPRESENTED in one.cues:
        return _represented_card(lines, signed[0], one)
    at = next((index for index, line in enumerate(lines) if _is_card_head(line.text, one)), -1)
    card: list[TextLine] = []
    for line in lines[at : at + CARD_LINES] if at >= 0 and Cue.FORM not in one.cues else ():
        if not line.text.strip() or len(line.text) > 90:
            break
        card.append(line)
    return tuple(card)


def _is_card_head(line: str, one: Known) -> bool:
    """Whether a line begins with the person's name and goes on as a line of details does."""
    at = line.find(one.name.split()[0])
    last = line.find(one.name.split()[-1])
    rest = line[last + len(one.name.split()[-1]) :].strip()
    is_head = 0 <= at <= 6 and at <= last and len(line) <= 90 and tokens_of(line[at : last + 40]) >= tokens_of(one.name)
    return is_head and (not rest or rest[0] in ",|-–—/·:(;<+" or bool(NUMBER.match(rest)))


def _represented_card(lines: Sequence[TextLine], at: int, one: Known) -> tuple[TextLine, ...]:
    """Return what an assistant's signature says of whom they work for: name and title, then the organisation."""
    line = lines[at]
    found = [line.text.casefold().find(word) for word in one.tokens]
    shift = max(0, min(found))
    card = [TextLine(line.start + shift, line.end, line.text[shift:], line.depth)]
    for following in lines[at + 1 : at + 4]:
        if not following.text.strip() or re.search(r"\d{3}|@", following.text):
            break
        card.append(following)
    return tuple(card)
