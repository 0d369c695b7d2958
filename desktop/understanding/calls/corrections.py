"""What is said and taken back at once: "thirty, no, sorry, thirty five seats"; or in the next turn: "no, make that …".

The later value wins; the earlier one is gone, unless it is said again afterwards.
"""

from collections.abc import Sequence

from desktop.domain.evidence import Candidate
from desktop.domain.interactions import Call
from desktop.understanding.lexicon.words import phrases

WITHIN = 80
NEXT_TURNS = 2
MOST_LATER = 12

TAKEN_BACK = phrases(
    r"^.{0,50}?\b(?:no(?! (?:problem|worries|rush|one|charge|later|more|need|way|issue|matter|doubt))|nope|sorry"
    r"|hang on|wait|i mean|rather|correction|make that|make it|scratch that|actually|nein|moment|quatsch|ich meine"
    r"|besser gesagt|pardon|non|je veux dire|perdón|quiero decir|mejor dicho)\b"
)
"""What stands between a value and the one that replaces it."""

_OPENS = phrases(
    r"(?:(?:oh|uh|um|er|äh|ähm|euh|well|yeah|ja),? ){0,2}(?:(?:no|nope|sorry|wait|actually|hang on|nein|moment|non"
    r"|pardon|perdón),? ){1,3}(?:sorry,? |no,? )?(?:make (?:that|it)|i (?:mean|meant)|i said|that's|that is|it's"
    r"|it is|it was|rather|better|doch|lieber|ich meine|ich meinte|es (?:ist|sind)|das (?:ist|sind)"
    r"|je voulais dire|c'est|quise decir|son)\b"
)


def without_corrected(call: Call, text: str, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates of one kind less those that a later one replaces."""
    ordered = sorted(found, key=lambda candidate: candidate.evidence.span.start)
    values = [candidate.value.casefold() for candidate in ordered]
    turns = [call.turn_at(candidate.evidence.span.start) for candidate in ordered]
    opens = _opening(call, set(turns))
    kept = []
    for place, candidate in enumerate(ordered):
        later = range(place + 1, min(len(ordered), place + 1 + MOST_LATER))
        by = next((at for at in later if _replaces(text, ordered, turns, (place, at), opens)), None)
        if by is None or values[place] in values[by:]:
            kept.append(candidate)
    return kept


def _replaces(
    text: str, ordered: Sequence[Candidate], turns: Sequence[int], pair: tuple[int, int], opens: set[int]
) -> bool:  # fmt: skip
    """Whether the second of two values is said in place of the first."""
    first, second = pair
    if second == first + 1 and _replaced_at_once(text, ordered[first], ordered[second]):
        return True
    is_other = ordered[first].value != ordered[second].value
    return is_other and turns[second] in opens and 0 < turns[second] - turns[first] <= NEXT_TURNS


def _replaced_at_once(text: str, one: Candidate, other: Candidate) -> bool:
    between = text[one.evidence.span.end : other.evidence.span.start]
    return len(between) <= WITHIN and "\n" not in between and bool(TAKEN_BACK.match(between))


def _opening(call: Call, turns: set[int]) -> set[int]:
    """Return the turns that begin by putting right what was said."""
    return {turn for turn in turns if _OPENS.match(call.turns[turn].text)}
