"""What somebody said to be private: it reaches no field, no note and no task, because nothing reads it."""

from collections.abc import Sequence

from desktop.domain.evidence import Party
from desktop.understanding.calls.pieces import Piece
from desktop.understanding.lexicon.words import phrases

LEAST_OWN_WORDS = 12

_SAID_BEFORE = phrases(
    r"\b(?:(?:that|this|it)(?:'s| is| was| stays| has to stay) (?:strictly |just |all )?(?:private|personal|between us"
    r"|off the record)|(?:don't|do not|please don't|never) (?:put|write|note|log|enter|record|mention) (?:that|this|it"
    r"|any of (?:that|this))|(?:keep|leave) (?:that|this|it) (?:out of|off|to yourself|between us)|not for the (?:crm"
    r"|record|notes|file)|(?:das|dies) (?:ist|bleibt) (?:bitte |aber |jetzt )?(?:privat|persönlich|unter uns)"
    r"|(?:schreib|trag|notier)\w{0,3} (?:das|dies) (?:bitte )?nicht|(?:das|dies) (?:bitte )?nicht (?:ins crm"
    r"|aufschreiben|notieren|eintragen)|(?:c'est|cela reste|ça reste) (?:privé|personnel|entre nous)|(?:ne le "
    r"|ne l')(?:note|écri|mett)\w{1,3} pas|(?:eso|esto) (?:es|queda) (?:privado|personal|entre nosotros)"
    r"|no lo (?:pongas|ponga|apuntes|apunte|anote)\w{0,2})\b"
)
_SAID_AFTER = phrases(
    r"\b(?:between (?:us|ourselves|you and me)|off the record|(?:strictly )?in confidence|unter uns(?: gesagt)?"
    r"|im vertrauen|ganz privat|entre nous|en confidence|entre nosotros|en confianza)\b"
)


def private_places(text: str, pieces: Sequence[Piece]) -> tuple[tuple[int, int], ...]:
    """Return [start, end) of what was said to be private.

    "That's private" takes everything with it that its speaker has said in the turn, or in the turn before where it
    says little itself; "between us" takes the piece it stands in and the next one of the turn.
    """
    found: list[tuple[int, int]] = []
    for place, piece in enumerate(pieces):
        if _SAID_BEFORE.search(text, piece.start, piece.end):
            found.append((_beginning(text, pieces, place), piece.end))
        elif _SAID_AFTER.search(text, piece.start, piece.end):
            after = pieces[place + 1] if place + 1 < len(pieces) else piece
            found.append((piece.start, after.end if after.turn == piece.turn else piece.end))
    return tuple(found)


def _beginning(text: str, pieces: Sequence[Piece], place: int) -> int:
    """Return where what is meant begins: with the turn, or with the speaker's turn before."""
    piece = pieces[place]
    own = [other for other in pieces[: place + 1] if other.turn == piece.turn]
    if len(text[own[0].start : piece.end].split()) >= LEAST_OWN_WORDS or piece.side is Party.OTHER:
        return own[0].start
    earlier = [other for other in pieces[:place] if other.side is piece.side and other.turn < piece.turn]
    if not earlier:
        return own[0].start
    return min(other.start for other in earlier if other.turn == earlier[-1].turn)
