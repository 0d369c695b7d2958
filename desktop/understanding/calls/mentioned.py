"""People who are spoken of and are not on the call."""

import re
from collections.abc import Iterator, Sequence

from desktop.domain.evidence import FactKind, Party
from desktop.understanding.calls.names import (
    HONORIFIC,
    LONG_NAME,
    NAME,
    Named,
    backwards,
    is_first_name,
    is_role,
    name_at,
    same_person,
    written,
)  # fmt: skip
from desktop.understanding.calls.pieces import Piece
from desktop.understanding.lexicon.words import phrases

MAX_MENTIONED = 20
WHO, TITLED, KNOWN, IN_UNIT = (
    "is said to be somebody",
    "is spoken of with Mr or Mrs",
    "bears a common first name",
    "is said to work there",
)

_WHO_AFTER = phrases(
    r",?(?: (?:as well|too|also|actually))?,? (?:she|he)(?:'s|'ll| is| was| will| just| started| used| built| signs"
    r"| decides)\b"
)
_IS_ROLE = phrases(
    rf"\b{NAME}(?:'s| is| was| ist| war| est| es|,) (?:(?:the|our|my|your|his|her|their|unser\w{{0,2}}|mein\w{{0,2}}"
    rf"|ihr\w{{0,2}}|der|die|notre|mon|ma|nuestr[oa]|mi|el|la|now"
    rf"|auch) ){{0,2}}(?P<role>{LONG_NAME.replace('name', 'title')})"
)
_TITLED = phrases(rf"\b(?:{HONORIFIC} ){{1,2}}{LONG_NAME}")
_CALLED = phrases(
    r"\b(?:that's|that is|named|called|his name is|her name is|his name's|her name's|name is|das ist|ist|heißt|c'est"
    r"|il s'appelle|elle s'appelle|se llama|my (?:boss|director|manager|colleague)(?: is)?),? (?:(?:der|die|el"
    rf"|la) )?{LONG_NAME}"
)
_UNIT = phrases(
    rf"\b{NAME} (?:from|in|aus|von|vom|de) (?:(?:the|our|der|dem|la|el) )?(?:production|technical|finance|purchasing"
    r"|sales|procurement|marketing|operations|logistics|legal|accounts|engineering|quality|maintenance|support|it|hr"
    r"|head office|produktion|technik|einkauf|vertrieb|buchhaltung|logistik|entwicklung|finanzen|compras|producción"
    r"|finanzas|la production|la technique|la comptabilité|achats)\b"
)
_FIRST = re.compile(r"[^\W\d_][\w’'-]{1,25}")


def people_spoken_of(text: str, pieces: Sequence[Piece], known: Sequence[Named], *, cased: bool) -> list[Named]:
    """Return the people spoken of, each once with the fullest name; `known` are the names of those on the call."""
    speakers = [named.value for named in known if named.kind is FactKind.PERSON]
    firms = [named.value for named in known if named.kind is FactKind.COMPANY]
    found: list[Named] = []
    for piece in pieces:
        for named in _in_piece(text, piece, cased=cased):
            if any(same_person(named.value, other) for other in (*speakers, *firms)):
                continue
            _add(found, named)
            if len(found) >= MAX_MENTIONED:
                return found
    return found


def _add(found: list[Named], named: Named) -> None:
    """Keep the fuller of two forms of one name; the surer rule's score stays."""
    for place, other in enumerate(found):
        if same_person(named.value, other.value):
            fuller = max(other, named, key=lambda one: (len(one.value.split()), one is other))
            score = max(other.score, named.score)
            found[place] = Named(
                fuller.start, fuller.end, fuller.value, fuller.kind, fuller.party, score, fuller.why
            )  # fmt: skip
            return
    found.append(named)


def _in_piece(text: str, piece: Piece, *, cased: bool) -> Iterator[Named]:
    yield from _described(text, piece, cased=cased)
    start, end = piece.start, piece.end
    for match in _TITLED.finditer(text, start, end):
        yield from _person(text, name_at(text, *match.span("name"), cased=cased, most=2), 0.74, TITLED)
    for match in _UNIT.finditer(text, start, end):
        yield from _person(text, backwards(text, start, match.end("name"), cased=cased), 0.7, IN_UNIT)
    for match in _FIRST.finditer(text, start, end):
        if is_first_name(match[0]) and (not cased or match[0][0].isupper()):
            yield from _person(text, name_at(text, match.start(), end, cased=cased, most=2), 0.6, KNOWN)


def _described(text: str, piece: Piece, *, cased: bool) -> Iterator[Named]:
    """Yield who is said to be somebody: "Ann Poe, she's our buyer", "that's Phil"."""
    start, end = piece.start, piece.end
    for match in _WHO_AFTER.finditer(text, start, min(len(text), end + 12)):
        place = backwards(text, start, match.start(), cased=cased)
        if place and (cased or " " in text[slice(*place)] or is_first_name(text[slice(*place)])):
            yield from _person(text, place, 0.7, WHO)
    for match in _IS_ROLE.finditer(text, start, end):
        place = name_at(text, *match.span("name"), cased=cased)
        if place and place[1] >= match.end("name") - 2 and is_role(match["role"]):
            yield from _person(text, place, 0.76, WHO)
    for match in _CALLED.finditer(text, start, end):
        place = name_at(text, *match.span("name"), cased=cased)
        if place and is_first_name(text[slice(*place)]):
            yield from _person(text, place, 0.66, WHO)


def _person(text: str, place: tuple[int, int] | None, score: float, why: str) -> Iterator[Named]:
    if place is not None:
        yield Named(*place, written(text[slice(*place)]), FactKind.MENTIONED, Party.OTHER, score, why)
