"""Whether a mail hands on the details of somebody it speaks of, and what it says of them.

Each person collects points: for how they are brought in, for details of theirs that stand in the mail, and against
them for signs that the writer stays the contact, such as a number of the writer's own beside a mere "for questions
call …". From MENTIONED_FROM points on the mail is about that person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.understanding.contacts.contact import Author
from desktop.understanding.contacts.mention_cues import WEIGHT, Cue, pattern_of
from desktop.understanding.contacts.owners import Owner, Person, owner_of
from desktop.understanding.contacts.shares import MUCH
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
from desktop.understanding.lexicon.function_words import title_strength
from desktop.understanding.lexicon.mailboxes import is_shared
from desktop.understanding.lexicon.names import PARTICLES, fits_address, tokens_of
from desktop.understanding.zones.cleaning import TextLine
from desktop.understanding.zones.passages import Passage, passages_of, sentences_of

MENTIONED_FROM = 3.0
LEAST_PART = 0.2
MOST_PART = 0.5
EARLY = 2_500
PRESS_LENGTH = 1_500
CARD_LINES = 9
SURE_TITLE = 0.6

_PRONOUN = re.compile(r"\s*(?:He|She|His|Her|They|Er|Sie|Il|Elle|Él|Ella|Hij|Zij|Lui|Lei)\b")
_WHAT_THEY_DO = re.compile(
    r",?\s{1,2}[(–-]{0,2}\s?(?:who|s?he|qui|elle|il|que|ella|él|che|lei|lui|die|der|sie|er|ze|zij|hij|som|hon|han|która"
    r"|który)\s{1,2}\w"
)
_APPOSED = re.compile(r"\s?[,(–-]\s{0,2}([^\W\d_][^,.;:()@\d]{2,60})")
_DESCRIBED = re.compile(
    r"(?:\s{1,2}[(–-]{0,2}\s?|\s?,\s{1,2})(?:who|qui|que|che|die|der|som|która|który)\s|\s{1,2}\([^()\d]{4,60}\)"
    r"|\s{1,2}is\s{1,2}(?:the|our|your|my)\s"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A person whose details a mail hands on.

    `name` and `address` are [start, end) of the text, `address` None where the mail gives none. `card` holds the lines
    that give their details as a signature would, `about` the passages that speak of them. `is_form` says that the mail
    is a filled-in form: whatever details it holds are theirs. `is_colleague` says that they work with the writer,
    `is_written_for` that the writer does no more than write for them.
    """

    name: tuple[int, int]
    address: tuple[int, int] | None
    card: tuple[TextLine, ...]
    about: tuple[Passage, ...]
    is_form: bool = False
    is_colleague: bool = False
    is_written_for: bool = False


def people_in(speech: Speech) -> tuple[tuple[Person, ...], Mention | None]:
    """Return the people spoken of, and the one whose details the mail hands on, if there is one."""
    passages = bounded(passages_of(speech.lines))
    known = collected(speech, passages)
    find_details(speech, passages, known)
    people = tuple(one.person() for one in known)
    if not known or _is_press(speech):
        return people, None
    points = [_points(speech, one, known) for one in known]
    best = max(range(len(known)), key=points.__getitem__)
    if points[best] < MENTIONED_FROM:
        return people, None
    return people, _mention(speech, passages, known[best])


def _is_press(speech: Speech) -> bool:
    """Whether the lines hold articles or a press release: those give the details of whoever wrote them."""
    start, end = speech.lines[0].start, speech.lines[-1].end
    return end - start > PRESS_LENGTH and bool(pattern_of("press").search(speech.lowered, start, end))


def _points(speech: Speech, one: Known, known: Sequence[Known]) -> float:
    if _is_aside(speech, one):
        return 0.0
    is_much = one.share.is_much and Cue.REPRESENTED not in one.cues
    copied = speech.copied | (speech.colleagues if is_much and Cue.RECOMMENDED in one.cues else frozenset())
    is_in_copy = any(fits_address(one.name, address) for address in copied)
    for_writing = _points_for_writing_for(speech, one) if Cue.REPRESENTED in one.cues else 0.0
    if _is_referral(speech, one):
        return MENTIONED_FROM + 0.5 * (one.has_details or is_in_copy)
    has_lines = not speech.writer_is_outside and one.has_details and len(_card(speech, one)) > 1
    if not _is_brought_in(speech, one, has_lines=has_lines) or not (one.has_details or is_in_copy or for_writing):
        return 0.0
    is_first_name_only = " " not in one.name and not one.has_honorific and Cue.FORM not in one.cues
    if is_first_name_only and not (one.address or is_in_copy):
        return 0.0
    points = max((WEIGHT[cue] for cue in one.cues), default=0.0) + 0.5 * (len(one.cues - {Cue.ASKED_FOR}) > 1)
    points += for_writing + (1.0 if is_much or has_lines or speech.is_note else 0.0)
    points += _points_for_details(speech, one) if one.has_details else 1.0 if is_in_copy else 0.0
    return points - _points_against(speech, one, known)


def _is_aside(speech: Speech, one: Known) -> bool:
    """Whether a person cannot be the one handed on: a colleague of the rep's, late in the mail, or of the signature."""
    if one.address and speech.organisation.has(speech.text[slice(*one.address)]):
        return True
    if one.cues == {Cue.REPRESENTED} and not one.share.sentences:
        return True  # a signature that only says whose assistant somebody is
    is_late = bool(speech.lines) and one.start - speech.lines[0].start > EARLY
    return is_late and not one.cues & {Cue.FORM, Cue.REPRESENTED}


def _is_brought_in(speech: Speech, one: Known, *, has_lines: bool) -> bool:
    """Whether the mail does more than name a person: it introduces them, or speaks of little else."""
    if one.cues or one.has_card or one.is_to_be_called or has_lines or speech.is_note:
        return True
    if one.share.is_much and (_is_given_in_full(one) or not _works_with_writer(speech, one)):
        return True
    return one.is_elsewhere and one.share.part >= LEAST_PART


def _points_for_details(speech: Speech, one: Known) -> float:
    """Return what speaks for a person whose number or address is given."""
    points = 2.0 + (1.5 if one.has_card or one.is_to_be_called else 0.0)
    points += 1.0 if one.is_outside and not speech.writer_is_outside else 0.0
    points += 1.0 if one.is_elsewhere else 0.0
    is_told = _is_described(speech, one) or (one.cues != {Cue.ASKED_FOR} and _has_title(speech, one))
    points += 1.0 if is_told and Cue.REPRESENTED not in one.cues else 0.0
    return points + (1.0 if _has_left(speech) else 0.0)


def _has_left(speech: Speech) -> bool:
    return bool(pattern_of("left").search(speech.lowered[:MAX_READ]))


def _is_described(speech: Speech, one: Known) -> bool:
    """Whether it is said right behind the name what they do: "Ann Poe, who buys for them"."""
    return bool(_WHAT_THEY_DO.match(speech.text, one.end))


def _has_title(speech: Speech, one: Known) -> bool:
    """Whether a title stands right behind the name: "Ann Poe, head of purchasing"."""
    behind = _APPOSED.match(speech.text, one.end)
    return behind is not None and title_strength(" ".join(behind[1].split())) >= SURE_TITLE


def _is_referral(speech: Speech, one: Known) -> bool:
    """Whether a colleague's few words say no more than whom to turn to, and what that person does."""
    is_turned_to = bool(one.cues & {Cue.RECOMMENDED, Cue.ASKED_FOR, Cue.HANDED_OVER})
    if not is_turned_to or speech.writer_is_outside or one.share.part < MOST_PART or " " not in one.name:
        return False
    return bool(_DESCRIBED.match(speech.text, one.end))


def _is_given_in_full(one: Known) -> bool:
    """Whether number and address of a person are given: more than a mere "for questions call …" needs."""
    return one.has_number and one.address is not None


def _works_with_writer(speech: Speech, one: Known) -> bool:
    """Whether a person's address is at the organisation of a writer from outside: then they are a colleague."""
    return speech.writer_is_outside and one.address is not None and not one.is_elsewhere


def _points_for_writing_for(speech: Speech, one: Known) -> float:
    """Return what speaks for somebody on whose behalf the mail is written: an assistant's signature, a desk's."""
    if _represents(speech, one):
        return 1.5
    is_full_name = len(tokens_of(one.name)) > 1 and one.name.split()[0].lower() not in PARTICLES
    return 1.0 if is_full_name and _is_desk(speech.writer) else 0.0


def _strong_cues(speech: Speech) -> set[Cue]:
    """Return the ways of bringing in somebody that hold whatever else the mail says.

    A call is passed on by a program or a colleague; an outsider who mentions one speaks of their own work.
    """
    strong = {Cue.INTRODUCED, Cue.HANDED_OVER, Cue.REPRESENTED, Cue.FORM}
    return strong if speech.writer_is_outside and not speech.is_unattended else strong | {Cue.CALLED}


def _points_against(speech: Speech, one: Known, known: Sequence[Known]) -> float:
    """Return what speaks for the writer as the contact: a number of their own, an absence, others who are named too."""
    if one.cues & _strong_cues(speech) or one.has_card or _has_left(speech) or _is_described(speech, one):
        return 0.0
    is_away = any(pattern_of("away").search(text) for text in (speech.heads.lower(), speech.lowered[:1500]))
    several = sum(1 for other in known if other.has_details)
    points = 2.0 * is_away + 1.0 * (several > 1 and Cue.CALLED not in one.cues)
    is_theirs = one.share.is_much or (one.is_elsewhere and one.share.part >= MUCH)
    return points + (1.5 if not is_theirs and _writer_gives_number(speech, known) else 0.0)


def _is_desk(writer: Author) -> bool:
    return writer.address is not None and is_shared(writer.address.text)


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
    is_colleague = _works_with_writer(speech, one)
    is_colleague = is_colleague or (bool(one.cues & {Cue.HANDED_OVER, Cue.REPRESENTED}) and not one.is_elsewhere)
    return Mention(
        (one.start, one.end), one.address, card, tuple(about), is_form=Cue.FORM in one.cues, is_colleague=is_colleague,
        is_written_for=Cue.REPRESENTED in one.cues,
    )  # fmt: skip


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
