"""Whether a mail hands on the details of somebody it speaks of, and what it says of them.

Each person collects points: for how they are brought in, for details of theirs that stand in the mail, and against
them for signs that the writer stays the contact, such as a number of the writer's own beside a mere "for questions
call …". From MENTIONED_FROM points on the mail is about that person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.evidence import Part
from desktop.understanding.contacts.cards import card_of
from desktop.understanding.contacts.contact import Author
from desktop.understanding.contacts.mention_cues import WEIGHT, Cue, pattern_of
from desktop.understanding.contacts.owners import Owner, Person, owner_of
from desktop.understanding.contacts.shares import MUCH
from desktop.understanding.contacts.speech import MAX_READ, Known, Speech, bounded
from desktop.understanding.contacts.spoken_of import NUMBER, collected, details_in, find_details
from desktop.understanding.contacts.subject_people import named_in_subject
from desktop.understanding.lexicon.function_words import title_strength
from desktop.understanding.lexicon.mailboxes import is_shared
from desktop.understanding.lexicon.names import PARTICLES, fits_address, name_of, tokens_of
from desktop.understanding.lexicon.persons import personhood
from desktop.understanding.zones.cleaning import TextLine
from desktop.understanding.zones.passages import Passage, passages_of, sentences_of

MENTIONED_FROM = 3.0
LEAST_PART = 0.2
MOST_PART = 0.5
EARLY = 2_500
PRESS_LENGTH = 1_500
SURE_TITLE = 0.6
HEAD = 60
MAX_BESIDE = 80
CLEARLY = 2.0
SOME_DOUBT = 0.5
SIGNED_LINES = 8
MAX_SIGNED = 120
MAX_TITLE_LINE = 50
EARLY_NAME = 300
ASKED_WITHIN = 500

_PRONOUN = re.compile(r"\s*(?:He|She|His|Her|They|Er|Sie|Il|Elle|Él|Ella|Hij|Zij|Lui|Lei)\b")
_BEFORE_NUMBER = re.compile(r"(?:[\s,(–—:-]|[A-ZÀ-Þ&][\w.’'&-]{0,20}){1,12}?(?=[+(]?\d)")
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
    part: Part = Part.BODY


@dataclass(frozen=True, slots=True)
class Mentions:
    """The people one writer speaks of, and the one whose details the mail hands on, if there is one.

    `doubt` (0 to 1) says how little is missing for the answer to be another.
    """

    people: tuple[Person, ...]
    handed_on: Mention | None
    doubt: float


def people_in(speech: Speech) -> Mentions:
    """Look through one writer's lines for people who are spoken of."""
    passages = bounded(passages_of(speech.lines))
    known = collected(speech, passages)
    find_details(speech, passages, known)
    people = tuple(one.person() for one in known)
    if not speech.lines or _is_press(speech):
        return Mentions(people, None, 0.0)
    _note_boss(speech, known)
    points = [_points(speech, one, known) for one in known]
    best = max(range(len(known)), key=points.__getitem__, default=None)
    if best is not None and points[best] >= MENTIONED_FROM:
        doubt = max(0.0, 1.0 - (points[best] - MENTIONED_FROM) / CLEARLY) * SOME_DOUBT
        doubt *= not known[best].cues & {Cue.FORM, Cue.REPRESENTED}
        return Mentions(people, _mention(speech, passages, known[best]), doubt)
    place = named_in_subject(speech, passages)
    if place and not tokens_of(speech.heads[slice(*place)]) & (speech.reader_words | speech.writer_words):
        return Mentions(people, Mention(place, None, (), tuple(passages), part=Part.SUBJECT), SOME_DOUBT)
    return Mentions(people, None, max((_doubt(speech, one, count) for one, count in zip(known, points, strict=True)),
                                      default=0.0))  # fmt: skip


def _doubt(speech: Speech, one: Known, points: float) -> float:
    """Return how much speaks for a person who did not get points enough."""
    doubt = SOME_DOUBT * max(0.0, points) / MENTIONED_FROM
    if speech.writer_is_outside or _is_colleague(speech, one):
        return max(doubt, SOME_DOUBT * (one.has_number and one.share.part >= MOST_PART))
    return max(doubt, SOME_DOUBT * one.has_details, SOME_DOUBT * (one.share.is_much and one.is_outside))


def _note_boss(speech: Speech, known: Sequence[Known]) -> None:
    """Note on the first person named that an assistant or a secretary writes for them."""
    if not speech.writer_is_outside or not _is_assistant(speech):
        return
    short = [line for line in speech.lines if len(line.text) <= MAX_TITLE_LINE]
    told = [
        one for one in known if one.share.sentences and not any(line.start <= one.start < line.end for line in short)
    ]
    first = min(told, key=lambda one: one.start, default=None)
    if first is not None and first.share.part >= LEAST_PART and not first.has_details:
        first.cues.add(Cue.REPRESENTED)


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
    if _is_referral(speech, one) or _is_told_of(speech, one):
        return MENTIONED_FROM + 0.5 * (one.has_details or is_in_copy)
    has_lines = _heads_note(speech, one)
    is_passed_on = not speech.writer_is_outside or speech.is_unattended
    has_lines = has_lines or (is_passed_on and one.has_details and len(card_of(speech, one)) > 1)
    has_lines = has_lines and (personhood(one.name) > 0.0 or one.address is not None or one.has_honorific)
    if not _is_brought_in(speech, one, has_lines=has_lines) or not (one.has_details or is_in_copy or for_writing):
        return 0.0
    is_first_name_only = " " not in one.name and not one.has_honorific and Cue.FORM not in one.cues
    if is_first_name_only and not (one.address or is_in_copy):
        return 0.0
    points = max((WEIGHT[cue] for cue in one.cues), default=0.0) + 0.5 * (len(one.cues - {Cue.ASKED_FOR}) > 1)
    is_plain = is_much or has_lines or _is_noted(speech, one)
    is_plain = is_plain or (_is_with_number(speech, one) and not _writer_gives_number(speech, known))
    points += for_writing + (1.0 if is_plain else 0.0)
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
    if one.cues or one.has_card or one.is_to_be_called or has_lines or _is_noted(speech, one):
        return True
    if one.share.is_much and (_is_given_in_full(one) or _has_left(speech) or not _works_with_writer(speech, one)):
        return True
    is_told = one.is_elsewhere or (one.has_number and _has_title(speech, one)) or _is_with_number(speech, one)
    return is_told and one.share.part >= LEAST_PART


def _is_with_number(speech: Speech, one: Known) -> bool:
    """Whether a number stands right behind the name, perhaps the firm between: "Ann Poe, Poe & Sons, 555 0100"."""
    behind = _BEFORE_NUMBER.match(speech.text, one.end, one.end + MAX_BESIDE)
    is_number = behind is not None and bool(NUMBER.match(speech.text, behind.end()))
    return is_number and personhood(one.name) > 0.0


def _is_noted(speech: Speech, one: Known) -> bool:
    """Whether the rep wrote a person's name down for themselves."""
    return speech.is_note and personhood(one.name) > 0.0


def _heads_note(speech: Speech, one: Known) -> bool:
    """Whether a colleague's lines begin with a person whose number they give, as a note of a call does."""
    first = next((line.start for line in speech.lines if line.text.strip()), 0)
    return not speech.writer_is_outside and one.has_number and one.start - first <= HEAD


def _is_told_of(speech: Speech, one: Known) -> bool:
    """Whether a colleague's mail is about an outsider whose details it does not give: a visitor, a candidate, a caller.

    They are named early, and much of what follows is about them; they are put forward as a candidate, or are with
    another organisation and ask for something.
    """
    if speech.writer_is_outside or not one.share.is_much or " " not in one.name or _is_colleague(speech, one):
        return False
    first = next((line.start for line in speech.lines if line.text.strip()), 0)
    if one.start - first > EARLY_NAME:
        return False
    is_heading = one.tokens <= tokens_of(speech.heads[:MAX_SIGNED])
    return Cue.PUT_FORWARD in one.cues or (one.is_outside and (is_heading or _asks(speech, one)))


def _asks(speech: Speech, one: Known) -> bool:
    """Whether a sentence about a person says that they want something."""
    return bool(pattern_of("wants").search(speech.lowered, one.end, one.end + ASKED_WITHIN))


def _is_colleague(speech: Speech, one: Known) -> bool:
    """Whether one of the addresses the mail went to inside the rep's organisation is a person's."""
    return any(fits_address(one.name, address) for address in speech.colleagues)


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
    is_handed_over = Cue.HANDED_OVER in one.cues and personhood(one.name) > 0.0
    return is_handed_over or bool(_DESCRIBED.match(speech.text, one.end))


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
    is_assistant = one.share.part >= LEAST_PART and _is_assistant(speech)
    return 1.0 if is_full_name and (is_assistant or _is_desk(speech.writer)) else 0.0


def _strong_cues(speech: Speech) -> set[Cue]:
    """Return the ways of bringing in somebody that hold whatever else the mail says.

    A call is passed on by a program or a colleague; an outsider who mentions one speaks of their own work.
    """
    strong = {Cue.INTRODUCED, Cue.HANDED_OVER, Cue.REPRESENTED, Cue.FORM}
    return strong if speech.writer_is_outside and not speech.is_unattended else strong | {Cue.CALLED}


def _points_against(speech: Speech, one: Known, known: Sequence[Known]) -> float:
    """Return what speaks for the writer as the contact: a number of their own, an absence, others who are named too."""
    if _is_of_the_family(speech, one) and not one.cues & {Cue.HANDED_OVER, Cue.REPRESENTED, Cue.FORM}:
        return 1.5
    if one.cues & _strong_cues(speech) or one.has_card or _has_left(speech) or _is_described(speech, one):
        return 0.0
    is_away = any(pattern_of("away").search(text) for text in (speech.heads.lower(), speech.lowered[:1500]))
    several = sum(1 for other in known if other.has_details)
    points = 2.0 * is_away + 1.0 * (several > 1 and Cue.CALLED not in one.cues)
    is_theirs = one.share.is_much and not _is_called_colleague(speech, one)
    is_theirs = is_theirs or (one.is_elsewhere and one.share.part >= MUCH)
    return points + (1.5 if not is_theirs and _writer_gives_number(speech, known) else 0.0)


def _is_assistant(speech: Speech) -> bool:
    """Whether the writer signs as an assistant or a secretary."""
    last = [line for line in speech.lines[-SIGNED_LINES:] if len(line.text) <= MAX_TITLE_LINE]
    signs = (line.text[:MAX_SIGNED].lower() for line in (*speech.signature[:SIGNED_LINES], *last))
    return any(pattern_of("assistant").search(text) for text in signs)


def _is_of_the_family(speech: Speech, one: Known) -> bool:
    """Whether a person bears the writer's surname: whoever is at home with the writer is not handed on."""
    name = name_of(speech.writer.name.text, is_header=True) if speech.writer.name else None
    if name is None or " " not in name:
        return False
    return name.rsplit(maxsplit=1)[-1].casefold() == one.name.rsplit(maxsplit=1)[-1].casefold()


def _is_called_colleague(speech: Speech, one: Known) -> bool:
    """Whether the writer calls a person their colleague, partner or boss: "my partner Ann Poe"."""
    before = pattern_of("colleague before", speech.language)
    return bool(before.search(speech.lowered, max(0, one.start - 60), one.start))


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
    card = card_of(speech, one)
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
