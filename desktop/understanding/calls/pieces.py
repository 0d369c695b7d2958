"""Turns cut into pieces that can be read like sentences, also where speech recognition set no full stops."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.evidence import Party
from desktop.domain.interactions import Call
from desktop.understanding.lexicon.words import phrases
from desktop.understanding.zones.passages import Passage, sentences_of

MAX_TURNS = 2000
MAX_TURN = 20_000
MAX_READ = 150_000  # characters: some two and a half hours of talk
FEW_WORDS = 12
LEAST_WORDS = 4

_FRONT = re.compile(r"(?:\s{1,20}|\[[^\]\n]{1,20}\]){1,6}")
_STOPPED = re.compile(r"[.?!](?:\s|$)")
_JOINT = phrases(
    r"(?<=\s)(?:(?:and |but |so |okay |ok |yeah |because ){0,3}(?:(?:i|we|you|she|he|they|it|there|that|this|what|who"
    r"|how)(?:'s|'re|'ll|'ve|'d|'m)? (?:is|are|was|were|will|would|want|wants|need|needs|have|has|said|think|thinks"
    r"|know|can|could|should|must|don't|doesn't|did|didn't|do|had|asked|met|just|still|also|already)|(?:i|we|you|she"
    r"|he|they|it|there|that|what)'(?:s|re|ll|ve|d|m)|let me|let's|can (?:i|you|we)|could (?:i|you|we))|so|but|because"
    r"|and then|and (?:i|we|you|she|he|they|it|there|who)|um|uh|okay|now|also|aber|weil|und dann|und (?:ich|wir|sie|er"
    r"|es|der|die|das)|dann|dass|wobei|haben (?:sie|wir)|können (?:sie|wir)|könnten sie|äh|ähm|alors|donc|mais"
    r"|parce que|et puis|et (?:je|nous|vous|il|elle)|pero|porque|entonces|y (?:luego|nosotros|yo|ella)|así que)(?=\s)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters [start, end) of the call's text: about one sentence, the turn it stands in, and which side said it."""

    start: int
    end: int
    turn: int
    side: Party


@dataclass(frozen=True, slots=True)
class Reach:
    """Characters [start, end) of the call's text: as much of a turn as is read."""

    turn: int
    start: int
    end: int


def reaches_of(call: Call) -> tuple[Reach, ...]:
    """Return what is read of each turn, up to MAX_TURNS turns and MAX_READ characters."""
    found, room = [], MAX_READ
    for index, start in enumerate(call.turn_starts()[:MAX_TURNS]):
        length = min(len(call.turns[index].text), MAX_TURN, room)
        room -= length
        found.append(Reach(index, start, start + length))
    return tuple(found)


def pieces_of(call: Call, text: str, reaches: Sequence[Reach], sides: Mapping[str, Party]) -> tuple[Piece, ...]:
    """Return the pieces of what is read, in order. `text` is as long as the call's."""
    found: list[Piece] = []
    for reach in reaches:
        index, start, end = reach.turn, reach.start, reach.end
        side = sides.get(call.turns[index].speaker, Party.OTHER)
        found.extend(Piece(*_trimmed(text, *place), index, side) for place in _cut(text, start, end))
    return tuple(found)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out blanks in front, and marks of the recogniser such as `[laughs]`."""
    front = _FRONT.match(text, start, end)
    return (front.end() if front else start), end


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if not text[start:end].strip():
        return
    for first, last in sentences_of(text, Passage(start, end)):
        if len(text[first:last].split()) <= 2 * FEW_WORDS and _STOPPED.search(text, start, end):
            yield first, last
        else:
            yield from _unstopped(text, first, last)


def _unstopped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut where a clause seems to begin, so that no piece is shorter than LEAST_WORDS."""
    begun = start
    for match in _JOINT.finditer(text, start, end):
        before, after = text[begun : match.start()], text[match.start() : end]
        if len(before.split()) >= LEAST_WORDS and len(after.split()) >= LEAST_WORDS:
            yield begun, match.start()
            begun = match.start()
    yield begun, end
