"""A call as the rules read it: one text, cut into pieces, and a Document of it all and of each side's words.

The rules were made for mails. To them a side of a call is a mail by that side: what the contact asks is the rep's turn,
what the rep undertakes is a promise. All Documents share one text, as long as the call's own, so places agree.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from desktop.domain.evidence import ContactScope, Evidence, FactKind, Part, Party, Span, Zone, ZonedLine
from desktop.domain.interactions import Call, EmailMessage, Participant, Role
from desktop.understanding.calls.mentioned import people_spoken_of
from desktop.understanding.calls.names import Named, is_cased, same_person, written
from desktop.understanding.calls.pieces import Piece, Reach, pieces_of, reaches_of
from desktop.understanding.calls.private import private_places
from desktop.understanding.calls.sides import is_dictated, sides_of
from desktop.understanding.calls.speakers import SAYS, names_of_speakers
from desktop.understanding.calls.spelled_out import Spelled, addresses_said, numbers_said
from desktop.understanding.contacts.contact import sending_author
from desktop.understanding.document import Document
from desktop.understanding.hostile.software import aimed_paragraphs
from desktop.understanding.lexicon.language import ENGLISH, language_of
from desktop.understanding.lexicon.regions import regions_of
from desktop.understanding.zones.cleaning import Anatomy, Block, BlockKind, TextLine
from desktop.understanding.zones.passages import Passage

REP_ADDRESS = "rep@this.invalid"
MAX_PIECES = 3000
TWO = 2
FEW_PIECES = 16
PARAGRAPH = "\n\n"


class _Said(Block):
    """Lines that were said: nobody signs what they say."""

    @cached_property
    def zones(self) -> tuple[Zone, ...]:
        """Every line is new text."""
        return (Zone.NEW,) * len(self.lines)


@dataclass(frozen=True, eq=False)
class Transcript:
    """`text` is the call's with capitals for names. `names` are of those on the call, `mentioned` of others.

    `reaches` are what is read of each turn. `left_out` are places that nothing may be concluded from: said to be
    private, or aimed at software.
    """

    call: Call
    text: str
    pieces: tuple[Piece, ...]
    reaches: tuple[Reach, ...]
    names: tuple[Named, ...]
    mentioned: tuple[Named, ...]
    spelled: tuple[Spelled, ...]
    private: tuple[tuple[int, int], ...]
    aimed: tuple[tuple[int, int], ...]
    language: str
    regions: tuple[str, ...]
    is_cased: bool
    is_dictated: bool

    @property
    def left_out(self) -> tuple[tuple[int, int], ...]:
        """What is not to be read, in order."""
        return tuple(sorted((*self.private, *self.aimed)))

    def is_left_out(self, start: int, end: int) -> bool:
        """Whether any of [start, end) is not to be read."""
        return any(first < end and start < last for first, last in self.left_out)

    def is_in_number(self, start: int, end: int) -> bool:
        """Whether any of [start, end) is a telephone number's: no sum of money, no quantity and no day is there."""
        place = bisect_right(self._number_starts, end - 1)
        return place > 0 and self._numbers[place - 1][1] > start

    @cached_property
    def _numbers(self) -> tuple[tuple[int, int], ...]:
        return tuple(sorted((one.start, one.end) for one in self.spelled if one.kind is FactKind.PHONE))

    @cached_property
    def _number_starts(self) -> tuple[int, ...]:
        return tuple(start for start, _ in self._numbers)

    def cite(self, start: int, end: int) -> Evidence:
        """Return the Evidence for [start, end), as it was said."""
        whole = self.call.text
        while start < end and whole[start].isspace():
            start += 1
        while end > start and whole[end - 1].isspace():
            end -= 1
        return Evidence(Span(Part.BODY, start, end), whole[start:end])

    @property
    def was_cut(self) -> bool:
        """Whether more was said than is read."""
        read = sum(reach.end - reach.start for reach in self.reaches)
        return read < sum(len(turn.text) for turn in self.call.turns)

    @cached_property
    def whole(self) -> Document:
        """What everybody said."""
        return self._document(self.pieces, Party.CONTACT)

    @cached_property
    def contact_side(self) -> Document:
        """What the contact said; of a dictated note nothing."""
        return self._document([piece for piece in self.pieces if piece.side is Party.CONTACT], Party.CONTACT)

    @cached_property
    def rep_side(self) -> Document:
        """What the rep said."""
        return self._document([piece for piece in self.pieces if piece.side is Party.REP], Party.REP)

    @cached_property
    def mood_side(self) -> Document:
        """What tells how the contact feels: the later half of their words, by when they have come to the matter.

        What goes wrong at theirs today, told early on, is why they talk to the rep and not how they feel about it.
        """
        side = Party.REP if self.is_dictated else Party.CONTACT
        pieces = [piece for piece in self.pieces if piece.side is side]
        return self._document(pieces[len(pieces) // 2 :] if len(pieces) >= FEW_PIECES else pieces, side)

    @cached_property
    def zones(self) -> tuple[ZonedLine, ...]:
        """The turns as lines; what was said in private is zoned as a disclaimer is, so that no note takes it over."""
        found: list[ZonedLine] = []
        for index, start in enumerate(self.call.turn_starts()):
            end = start + len(self.call.turns[index].text)
            at = start
            for first, last in self.left_out:
                if first < end and at < last:
                    if max(first, at) > at:
                        found.append(ZonedLine(at, first, Zone.NEW))
                    found.append(ZonedLine(max(first, at), min(last, end), Zone.DISCLAIMER))
                    at = min(last, end)
            if at < end:
                found.append(ZonedLine(at, end, Zone.NEW))
        return tuple(found)

    def _document(self, pieces: Sequence[Piece], writer: Party) -> Document:
        message = self._message(writer)
        lines = _lines(self.text)
        block = _Said(BlockKind.NEW, None, lines)
        author = sending_author(message)
        passages = tuple(Passage(piece.start, piece.end) for piece in pieces[:MAX_PIECES])
        return Document(
            message, Anatomy(self.zones, (block,)), ContactScope.SENDER, author, author, lines, (), (), passages,
            passages, (), self.language, self.regions, frozenset({REP_ADDRESS}), self._own_names, False, self.left_out,
        )  # fmt: skip

    def _message(self, writer: Party) -> EmailMessage:
        """Return the words as a mail of one side."""
        if writer is Party.REP:
            people: tuple[Participant, ...] = (Participant(REP_ADDRESS, "", Role.FROM),)
        else:
            people = self.call.participants
        return EmailMessage(self.call.id, "", self.call.started_at, people, self.text)

    @cached_property
    def _own_names(self) -> frozenset[str]:
        reps = (named.value for named in self.names if named.party is Party.REP and named.kind is FactKind.PERSON)
        return frozenset(word.lower() for name in reps for word in name.split())


def read_transcript(call: Call) -> Transcript:
    """Find out who speaks, cut the turns into pieces, and set the capitals of names."""
    said = call.text
    sides = sides_of(call)
    reaches = reaches_of(call)
    pieces = pieces_of(call, said, reaches, sides)
    private = private_places(said, pieces)
    aimed = _aimed(said, reaches)
    cased, dictated = is_cased([turn.text for turn in call.turns]), is_dictated(call)
    language, is_sure = language_of(said)
    addresses = addresses_said(said, pieces, dictated=dictated)
    names = _consistent(
        names_of_speakers(call, said, pieces, cased=cased, dictated=dictated),
        is_conference=len([side for side in sides.values() if side is not Party.OTHER]) > TWO,
    )
    mentioned = people_spoken_of(said, pieces, names, cased=cased)
    text = said if cased else _with_capitals(said, [named.value for named in (*names, *mentioned)])
    address = addresses[0].value if addresses else ""
    numbers = " ".join(person.address for person in call.participants)
    spoken = language if is_sure and language != ENGLISH else ""  # English alone points to no country
    regions = regions_of(address, f"{said}\n{numbers}", spoken)
    spelled = (*addresses, *numbers_said(said, pieces, regions, dictated=dictated))
    return Transcript(
        call, text, pieces, reaches, tuple(names), tuple(mentioned), spelled, private, aimed, language, regions,
        cased, dictated,
    )  # fmt: skip


def _aimed(text: str, reaches: Sequence[Reach]) -> tuple[tuple[int, int], ...]:
    """Return [start, end) of the turns that speak to a program: each turn is a paragraph of its own."""
    spaced, apart, at = [], [], 0
    for reach in reaches:
        apart.append(at)
        spaced.append(text[reach.start : reach.end])
        at += reach.end - reach.start + len(PARAGRAPH)
    found = []
    for first, last in aimed_paragraphs(PARAGRAPH.join(spaced)):
        one, other = (max(0, bisect_right(apart, place) - 1) for place in (first, last - 1))
        start = reaches[one].start + first - apart[one]
        found.append((start, min(reaches[other].end, reaches[other].start + last - apart[other])))
    return tuple(found)


def _consistent(found: Sequence[Named], *, is_conference: bool) -> list[Named]:
    """Leave out what a side is called that is not its surest name; in a conference several people say theirs."""
    best = {
        party: max(
            (one for one in found if one.kind is FactKind.PERSON and one.party is party),
            key=lambda one: one.score,
            default=None,
        )
        for party in (Party.REP, Party.CONTACT)
    }
    kept = []
    for one in found:
        surest = best.get(one.party)
        is_other = one.kind is FactKind.PERSON and surest is not None and not same_person(one.value, surest.value)
        if not is_other or (one.why == SAYS and is_conference):
            kept.append(one)
    return kept


def _lines(text: str) -> tuple[TextLine, ...]:
    found, start = [], 0
    for line in text.split("\n"):
        found.append(TextLine(start, start + len(line), line, 0))
        start += len(line) + 1
    return tuple(found)


def _with_capitals(text: str, names: Sequence[str]) -> str:
    """Return the text with the words of names in capitals, character for character."""
    letters = list(text)
    low = text.lower() if len(text.lower()) == len(text) else text
    for name in dict.fromkeys(names):
        small, at = name.lower(), -1
        while (at := low.find(small, at + 1)) >= 0:
            end = at + len(small)
            is_word = not (low[at - 1 : at].isalnum() or low[end : end + 1].isalnum())
            shown = written(text[at:end])
            if is_word and len(shown) == end - at:
                letters[at:end] = shown
    return "".join(letters)
