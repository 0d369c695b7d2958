"""Who is on the call: how each side says its name, and how the other side calls it."""

import re
from collections.abc import Iterator, Sequence

from desktop.domain.evidence import FactKind, Party
from desktop.domain.interactions import Call
from desktop.understanding.calls.names import (
    HONORIFIC,
    LONG_NAME,
    NAME,
    Named,
    is_first_name,
    name_at,
    written,
)  # fmt: skip
from desktop.understanding.calls.pieces import Piece
from desktop.understanding.lexicon.words import phrases

EARLY = 14
LIFTED = 2
MOST_LONE = 3
SAYS, CALLED, ANSWERS, WORKS_FOR, MET, NOTED = (
    "says their name",
    "is called by it",
    "answers with it",
    "says whom they call for",
    "was met, says the note",
    "the note is about them",
)

_ARTICLE = r"(?:(?:the|die|der|la|el) )?"
_SAYS = phrases(
    r"\b(?:my name is|my name's|mein name ist|ich heiße|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo"
    rf"|mijn naam is) {LONG_NAME}"
)
_IS = phrases(
    r"\b(?:this is|it's|it is|i'm|i am|you're (?:speaking|talking) (?:to|with)|here is|hier ist|hier spricht|hier"
    rf"|ich bin|c'est|ici|je suis|soy|habla|sono|met) {_ARTICLE}{NAME}(?P<tail>(?:,? again)?(?:,? (?:from|at|with"
    r"|calling|here|over at|von|vom|bei|aus|de|du|chez|da|del|van)\b|[.,!]|$|(?= )))"
)
_THIS = phrases(r"(?:this is|you're (?:speaking|talking) (?:to|with)|hier ist|hier spricht|here is|ici|habla) ")
_SPEAKING = phrases(rf"(?<!\S){LONG_NAME}(?: here)? (?:speaking|am apparat|à l'appareil|al habla|all'apparecchio)\b")
_FIRM = re.compile(
    r"(?:,? again)?,?\s(?:from|at|with|over at|calling from|von|vom|bei|aus|de\schez|de|du|chez|da|del|van)\s"
    r"(?:(?:the|der|dem|die|la|el|le)\s)?(?:firma\s|société\s|empresa\s)?",
    re.IGNORECASE,
)
_ADDRESSED = phrases(
    r"(?<!\S)(?:hi|hey|hello|hello again|good (?:morning|afternoon|evening)|thanks|thank you|thank you very much"
    r"|cheers|bye|hallo|grüß gott|grüezi|guten (?:tag|morgen|abend)|danke|vielen dank|servus|tschüss|auf wiederhören"
    r"|bonjour|bonsoir|merci|au revoir|salut|hola|gracias|buenos días|adiós|ciao|dag"
    rf"|hoi),? (?:(?P<honorific>{HONORIFIC}) )?{LONG_NAME}"
)
_ASKED_FOR = phrases(
    r"\b(?:je parle (?:bien )?à|je suis bien (?:avec|chez)|is that|is this|am i speaking (?:to|with)|speaking (?:to"
    r"|with)|spreche ich mit|bin ich richtig bei|vous êtes|hablo con"
    rf"|parlo con) (?:(?P<honorific>{HONORIFIC}) )?{LONG_NAME}\s?\?"
)
_CLOSES = phrases(rf", (?P<honorific>{HONORIFIC}) {LONG_NAME}")
_ASKS_NAME = phrases(
    r"\b(?:(?:may|can|could) i (?:have|get|take|ask) your (?:full |first |last )?name|what(?:'s"
    r"| is) your (?:full )?name|who am i speaking (?:to|with)|wie (?:ist|war) ihr name|wie heißen sie|votre nom"
    r"|su nombre)\b"
)
_MET = phrases(
    r"\b(?:(?:i |we |just )?(?:met(?: with)?|visited|saw|spoke (?:to|with)|talked (?:to|with)|sat down with"
    r"|had a (?:call|meeting|chat) with)|war (?:heute |gestern )?bei|(?:ich habe|hab) |getroffen habe ich|besuch bei"
    rf"|j'ai (?:vu|rencontré)|he visto a|me reuní con) {_ARTICLE}(?:{HONORIFIC} )?{LONG_NAME}"
)
_NOTED = phrases(
    r"\b(?:(?:visit )?(?:note|notes|report|summary|visit|notiz|bericht|besuchsbericht|compte rendu|nota) (?:for|on"
    rf"|about|at|to|with|für|zu|bei|über|de|sobre) (?:the )?{LONG_NAME}"
    rf"|on the form you put {LONG_NAME.replace('name', 'form')})"
)
_AT_FIRM = phrases(
    r"\b(?:(?:we|us|here) at|(?:calling|ringing|phoning) (?:you )?from|bei uns (?:bei|in) der|(?:rufe"
    rf"|melde mich) (?:an )?(?:von|aus)(?: der)?(?: firma)?|chez nous à|j'appelle de(?: chez)?|llamo de) {LONG_NAME}"
)


def names_of_speakers(call: Call, text: str, pieces: Sequence[Piece], *, cased: bool, dictated: bool) -> list[Named]:
    """Return the names and firms that both sides go by, in the order they are said."""
    found: list[Named] = []
    sides = {piece.side for piece in pieces} - {Party.OTHER}
    starts = call.turn_starts()
    for piece in pieces:
        found.extend(_met(text, piece, cased=cased) if dictated else ())
        found.extend(_firms(text, piece, cased=cased))
        if piece.side is Party.OTHER or dictated:
            continue
        is_early = piece.turn < EARLY
        found.extend(_said(text, piece, cased=cased) if is_early else ())
        other = Party.CONTACT if piece.side is Party.REP else Party.REP
        if other in sides:
            found.extend(_called(text, piece, other, cased=cased))
    side_of = {piece.turn: piece.side for piece in pieces}
    for index, side in side_of.items() if not dictated else ():
        if side is not Party.OTHER:
            found.extend(_answer(call, text, index, starts[index], side=side, cased=cased))
    return found


def _said(text: str, piece: Piece, *, cased: bool) -> Iterator[Named]:
    for match in _SAYS.finditer(text, piece.start, piece.end):
        yield from _named(text, match.span("name"), piece.side, 0.86, SAYS, cased=cased)
        yield from _firm_after(text, match.span("name"), piece, cased=cased)
    for match in _IS.finditer(text, piece.start, piece.end):
        is_strong = len(match["tail"]) > 1 or is_first_name(match["name"]) or (cased and bool(_THIS.match(match[0])))
        if is_strong:
            is_open = not match["tail"] and is_first_name(match["name"])  # the name may go on behind the first name
            place = (match.start("name"), piece.end if is_open else match.end("name"))
            if is_open or _is_whole(text, place, cased=cased):
                yield from _named(text, place, piece.side, 0.82, SAYS, cased=cased)
            yield from _firm_after(text, place, piece, cased=cased)
    for match in _SPEAKING.finditer(text, piece.start, piece.end):
        yield from _named(text, match.span("name"), piece.side, 0.84, SAYS, cased=cased)


def _is_whole(text: str, place: tuple[int, int], *, cased: bool) -> bool:
    """Whether all that stands at a place is a name."""
    found = name_at(text, *place, cased=cased)
    return found is not None and not text[found[1] : place[1]].strip(" .,'s")


def _named(
    text: str, place: tuple[int, int], party: Party, score: float, why: str, *, cased: bool
) -> Iterator[Named]:  # fmt: skip
    found = name_at(text, *place, cased=cased)
    if found is None:
        return
    words = text[found[0] : found[1]]
    worth = score if len(words.split()) > 1 or not cased else score - 0.06
    yield Named(*found, written(words), FactKind.PERSON, party, worth, why)


def _firm_after(text: str, name: tuple[int, int], piece: Piece, *, cased: bool) -> Iterator[Named]:
    found = name_at(text, *name, cased=cased)
    match = _FIRM.match(text, found[1], piece.end) if found else None
    place = name_at(text, match.end(), piece.end, cased=cased, most=4, is_firm=True) if match else None
    if place:
        value = written(text[slice(*place)])
        yield Named(*place, value, FactKind.COMPANY, piece.side, 0.74, WORKS_FOR)


def _called(text: str, piece: Piece, other: Party, *, cased: bool) -> Iterator[Named]:
    for pattern, score in ((_ADDRESSED, 0.76), (_ASKED_FOR, 0.7), (_CLOSES, 0.72)):
        for match in pattern.finditer(text, piece.start, piece.end):
            has_title = bool(match.groupdict().get("honorific")) or bool(
                re.match(HONORIFIC + r"\b", match["name"], re.IGNORECASE)
            )
            if cased or has_title or is_first_name(match["name"]) or pattern is _ADDRESSED:
                most = 2 if cased or has_title else 1
                found = name_at(text, *match.span("name"), cased=cased, most=most)
                if found and (
                    cased or has_title or _is_clear(text, found[1], piece.end) or is_first_name(text[slice(*found)])
                ):
                    value = written(text[slice(*found)])
                    yield Named(*found, value, FactKind.PERSON, other, score, CALLED)


def _is_clear(text: str, end: int, last: int) -> bool:
    """Whether nothing, or a new clause, follows a name that is no common first name."""
    return re.match(r"\s*(?:$|[,.!?]|(?:it's|this|i|how|thanks|so|can|are|my)\b)", text[end:last]) is not None


def _answer(call: Call, text: str, index: int, start: int, *, side: Party, cased: bool) -> Iterator[Named]:
    """Yield a name that is all its speaker says: on lifting the receiver, or when asked for it."""
    turn = call.turns[index]
    was_asked = bool(index) and bool(_ASKS_NAME.search(call.turns[index - 1].text[-400:]))
    if len(turn.text[:200].split()) > MOST_LONE or not (was_asked or (index < LIFTED and cased)):
        return
    end = start + len(turn.text)
    found = name_at(text, start, end, cased=cased)
    is_question = not was_asked and turn.text.rstrip().endswith("?")
    if found and not is_question and not text[found[1] : end].strip(" .!,"):
        yield Named(*found, written(text[slice(*found)]), FactKind.PERSON, side, 0.8 if was_asked else 0.7, ANSWERS)


def _met(text: str, piece: Piece, *, cased: bool) -> Iterator[Named]:
    for match in _MET.finditer(text, piece.start, piece.end):
        found = name_at(text, *match.span("name"), cased=cased)
        if found:
            yield Named(*found, written(text[slice(*found)]), FactKind.PERSON, Party.CONTACT, 0.74, MET)


def _firms(text: str, piece: Piece, *, cased: bool) -> Iterator[Named]:
    for match in _NOTED.finditer(text, piece.start, piece.end):
        group = "name" if match["name"] else "form"
        found = name_at(text, *match.span(group), cased=cased, most=4, is_firm=True)
        if found and not (piece.side is Party.CONTACT and group == "form"):
            yield Named(*found, written(text[slice(*found)]), FactKind.COMPANY, Party.CONTACT, 0.66, NOTED)
    for match in _AT_FIRM.finditer(text, piece.start, piece.end):
        found = name_at(text, *match.span("name"), cased=cased, most=4, is_firm=True)
        if found and piece.side is Party.CONTACT:
            yield Named(*found, written(text[slice(*found)]), FactKind.COMPANY, Party.CONTACT, 0.7, WORKS_FOR)
