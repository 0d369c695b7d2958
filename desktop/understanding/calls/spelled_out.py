"""Addresses and numbers as they are said: "jo dot lee at acme dot com", "oh double seven four, …"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.domain.evidence import FactKind, Party
from desktop.understanding.calls.common_words import NO_NAMES
from desktop.understanding.calls.pieces import Piece
from desktop.understanding.contacts.contact import ADDRESS, is_address
from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.words import phrases, words

LEAST_LENGTH, MOST_LENGTH = 7, 15
MAX_LOCAL = 5
_DOT = words("dot point punkt punto ponto punt")
_AT = r"(?:at|@|ätt|arobase|arroba|chiocciola|apenstaartje|klammeraffe)"
_DOT_WORD = r"(?:dot|point|punkt|punto|ponto|punt)"
_ENDING = r"(?:com|net|org|eu|io|co|uk|ie|us|de|at|ch|fr|be|nl|es|it|pt|pl|se|dk|no|fi|biz|info|example|test|invalid)"
_ADDRESS = phrases(
    rf"(?P<local>(?:[\w'-]{{1,30}} ){{1,{MAX_LOCAL + 3}}}?){_AT} (?P<domain>(?:[\w-]{{1,30}} ){{1,5}}?(?:{_DOT_WORD}"
    rf" [\w-]{{1,20}} ){{0,2}}?){_DOT_WORD} (?P<end>{_ENDING}(?: {_DOT_WORD} {_ENDING})?)(?!\w)(?! {_DOT_WORD})"
)
DIGITS = {
    word: str(number)
    for number, names in enumerate((
        "zero oh o null zéro cero nul", "one eins ein un uno een", "two zwei zwo deux dos twee",
        "three drei trois tres drie",
        "four vier quatre cuatro", "five fünf fuenf cinq cinco vijf", "six sechs seis zes",
        "seven sieben sept siete zeven",
        "eight acht huit ocho", "nine neun neuf nueve negen",
    ))
    for word in names.split()
}  # fmt: skip
_REPEATS = {"double": 2, "doppel": 2, "triple": 3, "treble": 3}
_DIGIT = rf"(?:(?:{'|'.join(_REPEATS)})\s)?(?:{'|'.join(sorted(DIGITS, key=len, reverse=True))}|\d{{1,4}})"
_NUMBER = re.compile(rf"(?i)(?<!\w)(?:plus\s)?{_DIGIT}(?:[\s,.-]{{1,3}}{_DIGIT}){{5,20}}(?!\w)")
_WRITTEN = re.compile(r"(?<![\w.,€$£])\+?\(?\d[\d ()./-]{5,20}\d(?!\w)")
_OTHER_NUMBER = re.compile(
    r"(?i)\b(?:order|id|ref\w*|account|invoice|ticket|case|kunden\w*|bestell\w*|auftrag\w*)\b[^.?!]{0,20}$"
)
_TAKEN_BACK = phrases(r"[.,]? (?:no|nope|sorry|nein|pardon|non|perdón)\b")
_OWN = phrases(
    r"\b(?:my (?:e-?mail|mail|address|mobile|cell|phone|direct|number|line)|(?:call|ring|text|reach|get|catch|mail"
    r"|e-?mail) me|give me a (?:call|ring|shout)|meine? (?:e-?mail|mail|adresse|nummer|handy\w*|durchwahl|mobilnummer)"
    r"|rufen sie mich|erreichen sie mich|erwischen sie mich|mein (?:handy|mobiltelefon)|mon (?:mail|e-?mail|adresse"
    r"|numéro|portable)|rappelez-moi|mi (?:correo|móvil|número|teléfono)|llámeme)\b"
)
_ASKED = phrases(
    r"\b(?:(?:your(?: [\w,]{1,20}){0,3}|a(?: contact| phone| mobile| good)?|what's the(?: best)?"
    r"|what is the(?: best)?) (?:e-?mail|mail|address|phone|mobile|cell|number|telephone)|ihre (?:e-?mail|mail|adresse"
    r"|nummer|handynummer|telefonnummer)|votre (?:mail|e-?mail|adresse|numéro)|su (?:correo|número|teléfono))\b"
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """An address or a number said at [start, end). `is_own` says that it is the speaker's."""

    start: int
    end: int
    value: str
    kind: FactKind
    turn: int
    is_own: bool


def spelled_out(text: str, pieces: Sequence[Piece]) -> Iterator[Spelled]:
    """Yield what is spelled out or read out; a number as its digits."""
    bounds: dict[int, tuple[int, int]] = {}
    for piece in pieces:
        first, _ = bounds.get(piece.turn, (piece.start, piece.end))
        bounds[piece.turn] = (first, piece.end)
    sides = {piece.turn: piece.side for piece in pieces}
    asked: dict[Party, bool] = {}
    for turn, (start, end) in bounds.items():
        said = text[start:end]
        is_own = bool(_OWN.search(said)) or any(asked[side] for side in asked if side is not sides[turn])
        asked[sides[turn]] = bool(_ASKED.search(said))
        for found in _addresses(text, start, end):
            yield Spelled(*found, FactKind.EMAIL, turn, is_own)
        for found in _numbers(text, start, end):
            yield Spelled(*found, FactKind.PHONE, turn, is_own)


def _addresses(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for match in ADDRESS.finditer(text, start, end):
        if is_address(match[0]):
            yield match.start(), match.end(), match[0].lower().rstrip(".")
    for match in _ADDRESS.finditer(text, start, end):
        found = _address(text, match)
        if found is not None and not _TAKEN_BACK.match(text, found[1], end):
            yield found


def _numbers(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for pattern in (_NUMBER, _WRITTEN):
        for match in pattern.finditer(text, start, end):
            value = digits_of(match[0])
            is_other = _OTHER_NUMBER.search(text[max(start, match.start() - 40) : match.start()])
            if not is_other and LEAST_LENGTH <= len(value.lstrip("+")) <= MOST_LENGTH:
                yield match.start(), match.end(), value


def digits_of(said: str) -> str:
    """Return the digits that words and figures make; `plus` in front stays."""
    found, times = [], 1
    for word in re.findall(r"[^\W_]+", folded(said)):
        if word in _REPEATS:
            times = _REPEATS[word]
            continue
        digit = DIGITS.get(word, word if word.isdigit() else "")
        found.append(digit * times)
        times = 1
    return ("+" if folded(said).lstrip().startswith("plus") else "") + "".join(found)


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
