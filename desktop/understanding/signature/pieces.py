"""A signature cut into pieces: lines at bars, bullets and wide gaps, and lightly at commas and dashes.

Numbers, addresses and links are taken out first, with their labels, so that what is left are words to be told apart.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.understanding.lexicon.company_names import LEGAL, ends_with_legal_form, organisation_words
from desktop.understanding.lexicon.function_words import area_strength, title_strength
from desktop.understanding.lexicon.postal_addresses import has_post_code
from desktop.understanding.signature.numbers import Mark, find_marks, is_label, without_label

MAX_ROWS = 40
MAX_ROW = 200
MAX_PIECES = 120


class Joint(StrEnum):
    """How a piece follows the one before it. Commas (LIGHT) and dashes (DASH) may turn out to be no cuts."""

    LINE = "line"
    HARD = "hard"
    LIGHT = "light"
    DASH = "dash"


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters [start, end) of the signature's text, with where they stand.

    `row` counts filled lines from 0, `blank` says whether blank lines or a rule stand before it, `beside` whether its
    line holds a number or an address, `below` whether one came before it, `coded` whether its line holds a post code,
    `prose` whether its line reads like a sentence; `label` is the label it was given ("Address"), if any.
    """

    start: int
    end: int
    text: str
    row: int
    joint: Joint
    blank: bool
    beside: bool
    below: bool
    coded: bool = False
    prose: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A signature's whole text (its lines joined by line breaks), its marks and its pieces, in order."""

    text: str
    marks: tuple[Mark, ...]
    pieces: tuple[Piece, ...]


_QUOTE = re.compile(r"(?:>[ \t]?){1,12}")
_HARD = re.compile(
    r"\s+[/·•●▪◆‣∙★]+\s+|\s*[|│•●▪]+\s*|\t+|\s{3,}|;\s+|\s+//\s+|\s+\\{1,2}\s+|\s+@\s*(?=\S)|\s+(?:at(?!\s+Law\b)|bei"
    r"|chez|presso|hos|bij|beim|à la société)\s+(?=(?:the |der |dem )?[A-ZÀ-ÞŠŽİŞ0-9])"
    r"|\s+of\s+(?=[A-Z]{3,}(?:$|[\s,]))"
    r"|\s+(?=(?:ABN|ACN|NIP|REGON|KRS|CIF|NIF|SIRET|SIREN|RCS|VAT|USt|UID|HRB|HRA|CVR|KvK|BTW|CNPJ|RFC|CUIT|RUT|GSTIN|EIN"
    r"|P\.\s?IVA)\b[^\n]{0,12}\d)"
)
_LIGHT = re.compile(rf",\s+(?!{LEGAL}(?![\w]))|\s+[-–—]+\s+")
_STRIP = " \t*_~=#\"'()[]<>,;|/•·–—-"
_IN_BRACKETS = re.compile(r"(?<=\w)\s{0,3}[(\[]([^()\[\]]{2,60})(?:[)\]]|$)")
_RULE = re.compile(r"[\W_]{0,200}")
_LABELLED = re.compile(r"(?i)(?P<label>[^\W\d_][^\W\d_ ]{2,15}(?: [^\W\d_]{2,12})?)\s?:\s{1,20}(?=\S)")
_PROSE = re.compile(r"(?:\S+ ){3,}\S+[.!?]\s*$")
_OPEN_END = re.compile(r"(?i)(?:\s(?:of|and|und|et|de|des|du|di|y|e|for|für|the|van|von)|&)$")
_AND_END = re.compile(r"(?i)(?:\s(?:and|und|et|y|e|en|i|ve)|\s?&)$")


def cut(lines: Sequence[str]) -> Pieces:
    """Cut the lines of a signature into pieces. Lines after MAX_ROWS filled ones are left alone."""
    text = "\n".join(line[:MAX_ROW] for line in lines[: 3 * MAX_ROWS])
    exact = "\n".join(lines[: 3 * MAX_ROWS])
    if len(text) != len(exact):
        text = _masked(lines[: 3 * MAX_ROWS])
    marks = find_marks(text)
    pieces = list(_pieces(text, marks))[:MAX_PIECES]
    return Pieces(exact, tuple(marks), tuple(_joined(exact, pieces)))


def _masked(lines: Sequence[str]) -> str:
    """The text with over-long lines blanked, so that offsets stay what they are."""
    return "\n".join(line if len(line) <= MAX_ROW else " " * len(line) for line in lines)


def _pieces(text: str, marks: Sequence[Mark]) -> Iterator[Piece]:
    row, start, blank, below = 0, 0, True, False
    for line in text.split("\n"):
        end = start + len(line)
        quoted = _QUOTE.match(line)
        first = start + (quoted.end() if quoted else 0)
        start = end + 1
        if _RULE.fullmatch(text, first, end):
            blank = True
            continue
        if row >= MAX_ROWS:
            return
        inside = [mark for mark in marks if mark.start < end and first < mark.end]
        joint = Joint.LINE
        coded = has_post_code(text[first:end])
        prose = bool(_PROSE.search(text[first:end])) and not ends_with_legal_form(text[first:end])
        for piece in _row(text, first, end, inside):
            yield Piece(
                *piece[:3], row, joint if joint is Joint.LINE else piece[3], blank, bool(inside), below,
                coded=coded, prose=prose, label=piece[4],
            )  # fmt: skip
            joint, blank = Joint.HARD, False
        below = below or bool(inside)
        row, blank = row + 1, False


_Cut = tuple[int, int, str, Joint, str]


def _row(text: str, first: int, end: int, marks: Sequence[Mark]) -> Iterator[_Cut]:
    """Yield the pieces of one line, what the marks cover left out."""
    position = first
    for place, mark in enumerate((*marks, None)):
        stop = min(max(mark.start, position), end) if mark else end
        low, high = position, stop
        if mark or place:
            kept = without_label(text[position:stop])
            if mark and place:
                low, high = position + kept[0], position + max(kept)
            elif mark:
                low, high = position, position + kept[1]
            else:
                low, high = position + kept[0], stop
        if not is_label(text[position:stop]):
            yield from _cuts(text, low, high)
        position = mark.end if mark else end


def _cuts(text: str, first: int, end: int) -> Iterator[_Cut]:
    joint = Joint.HARD
    for hard_start, high in _between(text, first, end, _HARD):
        named = _LABELLED.match(text, hard_start, high)
        if named and title_strength(named["label"]) >= 0.7 and area_strength(text[named.end() : high]) >= 0.5:
            named = None  # "Legal Counsel: Regulatory Affairs"
        label, low = (named["label"], named.end()) if named else ("", hard_start)
        before = low
        for place in _between(text, low, high, _LIGHT):
            if joint is not Joint.HARD:
                joint = Joint.LIGHT if text[before] == "," else Joint.DASH
            before = place[1]
            for start, stop in _bracketed(text, *_stripped(text, *place)):
                if stop > start and not is_label(text[start:stop]):
                    yield start, stop, text[start:stop], joint, label
                    joint = Joint.LIGHT
        joint = Joint.HARD


def _between(text: str, first: int, end: int, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = first
    for match in pattern.finditer(text, first, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _STRIP and not (text[start] == "(" and ")" in text[start:end]):
        start += 1
    while end > start and text[end - 1] in _STRIP and not (text[end - 1] == ")" and "(" in text[start:end]):
        end -= 1
    return start, end


def _bracketed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a piece, or a name and the title in brackets behind it: "Jo Field (buyer)"."""
    behind = _IN_BRACKETS.search(text, start, end)
    if behind and title_strength(behind[1]) >= 0.7 and not title_strength(text[start : behind.start()]):
        yield start, behind.start()
        yield behind.span(1)
    else:
        yield start, end


def _joined(text: str, pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join a piece that ends in "of" or "and" with the line below it."""
    held: Piece | None = None
    for piece in pieces:
        if held is not None:
            if _goes_on(text, held, piece):
                held = _widened(text, held, piece)
                continue
            yield _closed(held)
        held = piece
    if held is not None:
        yield _closed(held)


def _goes_on(text: str, upper: Piece, lower: Piece) -> bool:
    if lower.joint is not Joint.LINE or lower.blank or lower.row != upper.row + 1 or len(upper.text) > 140:
        return False
    if _AND_END.search(upper.text) and title_strength(lower.text.split(",")[0]) >= 0.7 and title_strength(upper.text):
        return False
    is_indented = _indent(text, lower.start) >= 3 > _indent(text, upper.start) and title_strength(upper.text) > 0
    is_indented = is_indented and not ends_with_legal_form(lower.text) and not organisation_words(lower.text)
    return bool(_OPEN_END.search(upper.text)) or (
        is_indented and not title_strength(lower.text) and lower.text[:1].isalpha()
    )


def _indent(text: str, start: int) -> int:
    """Return by how many blanks the line at `start` is indented."""
    line = text[text.rfind("\n", 0, start) + 1 : start + 1]
    return len(line) - len(line.lstrip(" \t"))


def _widened(text: str, upper: Piece, lower: Piece) -> Piece:
    return replace(upper, end=lower.end, text=text[upper.start : lower.end], row=lower.row)


def _closed(piece: Piece) -> Piece:
    ended = _AND_END.search(piece.text)
    return replace(piece, end=piece.start + ended.start(), text=piece.text[: ended.start()]) if ended else piece
