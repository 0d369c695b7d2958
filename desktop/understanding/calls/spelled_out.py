"""Addresses and numbers as they are said: "jo dot lee at acme dot com", "oh double seven four, …"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from desktop.domain.evidence import FactKind, Party
from desktop.understanding.calls.common_words import NO_NAMES
from desktop.understanding.calls.pieces import Piece
from desktop.understanding.calls.said_numbers import said_numbers
from desktop.understanding.contacts.contact import ADDRESS, is_address
from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.words import phrases, words

MAX_NUMBERS = 200
MAX_LOCAL = 5
_DOT = words("dot point punkt punto ponto punt")
_AT = r"(?:at|@|ätt|arobase|arroba|chiocciola|apenstaartje|klammeraffe)"
_DOT_WORD = r"(?:dot|point|punkt|punto|ponto|punt)"
_ENDING = r"(?:com|net|org|eu|io|co|uk|ie|us|de|at|ch|fr|be|nl|es|it|pt|pl|se|dk|no|fi|biz|info|example|test|invalid)"
_ADDRESS = phrases(
    rf"(?P<local>(?:[\w'-]{{1,30}} ){{1,{MAX_LOCAL + 3}}}?){_AT} (?P<domain>(?:[\w-]{{1,30}} ){{1,5}}?(?:{_DOT_WORD}"
    rf" [\w-]{{1,20}} ){{0,2}}?){_DOT_WORD} (?P<end>{_ENDING}(?: {_DOT_WORD} {_ENDING})?)(?!\w)(?! {_DOT_WORD})"
)
_TAKEN_BACK = phrases(r"[.,]? (?:no|nope|sorry|nein|pardon|non|perdón)\b")
_OWN = phrases(
    r"\b(?:(?:my|our) (?:new |direct |office |work |best |own )?(?:e-?mail|mail|address|mobile|cell|cellphone|phone"
    r"|telephone|direct|number|line)|(?:call|ring|text|reach|get|catch|mail|phone"
    r"|e-?mail|dial) (?:me|us)|give (?:me|us) a (?:call|ring|shout)|(?:meine?|unsere?) (?:neue )?(?:e-?mail|mail"
    r"|adresse|nummer|handy\w*|durchwahl|mobil\w{0,8}|telefon\w{0,8}|rufnummer)|(?:ruf\w{0,2}|erreich\w{1,3}|erwisch\w{1,3})"
    r" (?:sie )?(?:mich|uns)|mein (?:handy|mobiltelefon|telefon)|(?:mon|notre) (?:mail|e-?mail|adresse"
    r"|numéro|portable|téléphone)|(?:r)?appelez-(?:moi|nous)|(?:me|nous) (?:joindre|appeler|rappeler)|(?:mi|nuestro)"
    r" (?:correo|móvil|celular|número|teléfono)|llám[ea]\w{1,4}|llamarme|me (?:puede\w?|llam\w{1,3})"
    r"|il mio (?:numero|cellulare|telefono)|mi chiam\w{1,3}|chiamarmi|mijn (?:nummer|mobiel|telefoon\w{0,6})|bel me"
    r"|(?:o )?meu (?:número|celular|telemóvel|telefone)|ligue-me|mój (?:numer|telefon))\b"
)
_THEIRS = phrases(
    r"\b(?:(?:his|her|their) (?:new |direct |office |work )?(?:e-?mail|mail|address|mobile|cell|phone|direct|number"
    r"|line)|(?:call|ring|reach|get|catch) (?:him|her|them)|(?:seine?|ihre?) (?:handy\w*|mobil\w{0,8}|telefon\w{0,8}"
    r"|nummer|durchwahl|e-?mail)|son (?:numéro|portable|mail|téléphone)|su (?:móvil|número|teléfono|correo))\b"
)
_ASKED = phrases(
    r"\b(?:(?:your(?: [\w,]{1,20}){0,3}|a(?: contact| phone| mobile| good)?|what's the(?: best)?"
    r"|what is the(?: best)?) (?:e-?mail|mail|address|phone|mobile|cell|number|telephone)|ihre (?:e-?mail|mail|adresse"
    r"|nummer|handynummer|telefonnummer)|votre (?:mail|e-?mail|adresse|numéro)|su (?:correo|número|teléfono))\b"
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """An address or a number said at [start, end). `is_own` says that it is the speaker's, or whom a note is about.

    `readings` are the digits a number can mean, the likeliest first; of an address the one value is `value`.
    """

    start: int
    end: int
    value: str
    kind: FactKind
    turn: int
    is_own: bool
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Turn:
    index: int
    start: int
    end: int
    is_own: bool
    is_asked: bool


def addresses_said(text: str, pieces: Sequence[Piece], *, dictated: bool = False) -> tuple[Spelled, ...]:
    """Return the addresses that are spelled out or read out."""
    return tuple(
        Spelled(*found, FactKind.EMAIL, turn.index, turn.is_own)
        for turn in _turns(text, pieces, dictated=dictated)
        for found in _addresses(text, turn.start, turn.end)
    )


def numbers_said(
    text: str, pieces: Sequence[Piece], regions: Sequence[str], *, dictated: bool = False
) -> tuple[Spelled, ...]:
    """Return the telephone numbers that are read out, whoever's they are; `value` is the likeliest digits."""
    found = (
        Spelled(one.start, one.end, one.readings[0], FactKind.PHONE, turn.index, turn.is_own, one.readings)
        for turn in _turns(text, pieces, dictated=dictated)
        for one in said_numbers(text, turn.start, turn.end, regions, is_asked=turn.is_asked)
    )
    return tuple(islice(found, MAX_NUMBERS))


def _turns(text: str, pieces: Sequence[Piece], *, dictated: bool) -> Iterator[_Turn]:
    """Yield the turns, and whether what is given there is the speaker's: they say so, or were asked for it."""
    bounds: dict[int, tuple[int, int]] = {}
    for piece in pieces:
        first, _ = bounds.get(piece.turn, (piece.start, piece.end))
        bounds[piece.turn] = (first, piece.end)
    sides = {piece.turn: piece.side for piece in pieces}
    asked: dict[Party, bool] = {}
    for turn, (start, end) in bounds.items():
        said = text[start:end]
        is_asked = any(asked[side] for side in asked if side is not sides[turn])
        asked[sides[turn]] = bool(_ASKED.search(said))
        is_own = bool(_THEIRS.search(said)) if dictated else is_asked or bool(_OWN.search(said))
        yield _Turn(turn, start, end, is_own, is_asked)


def _addresses(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for match in ADDRESS.finditer(text, start, end):
        if is_address(match[0]):
            yield match.start(), match.end(), match[0].lower().rstrip(".")
    for match in _ADDRESS.finditer(text, start, end):
        found = _address(text, match)
        if found is not None and not _TAKEN_BACK.match(text, found[1], end):
            yield found


def address_of(said: str) -> str | None:
    """Return the address that words make: what stands alone before "at" is its first part."""
    match = _ADDRESS.fullmatch(said)
    found = _address(said, match) if match else None
    return found[2] if found and found[0] == 0 else None


def _address(text: str, match: re.Match[str]) -> tuple[int, int, str] | None:
    parts = list(re.finditer(r"\S+", text[match.start("local") : match.end("local")]))
    kept: list[re.Match[str]] = []
    for part in reversed(parts):
        low = folded(part[0])
        if (
            low not in _DOT
            and (low in NO_NAMES or not re.fullmatch(r"[\w-]+", low))
            and low not in ("underscore", "dash")
        ):
            break
        kept.insert(0, part)
    while kept and folded(kept[0][0]) in _DOT:
        kept.pop(0)
    if not kept or len(kept) > MAX_LOCAL:
        return None
    local = _joined([part[0] for part in kept])
    domain = _joined([*match["domain"].split(), "dot", *match["end"].split()])
    return match.start("local") + kept[0].start(), match.end("end"), f"{local}@{domain}"


def _joined(parts: Sequence[str]) -> str:
    signs = {"underscore": "_", "unterstrich": "_", "dash": "-", "hyphen": "-", "minus": "-", "bindestrich": "-"}
    return "".join("." if folded(part) in _DOT else signs.get(folded(part), folded(part)) for part in parts)
