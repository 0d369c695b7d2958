"""Reads a signature as a whole: who signs, as what, for which organisation, where and how to reach them.

The pieces of the signature (`signature_pieces`) are labelled together by the Viterbi algorithm over hand-set scores
(`signature_scores`): what a piece looks like, and what usually follows what. Numbers and addresses are read apart.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.understanding.lexicon.company_names import domain_label
from desktop.understanding.lexicon.function_words import names_unit, without_accents
from desktop.understanding.lexicon.postal_addresses import is_office_code
from desktop.understanding.signature.numbers import Mark, MarkKind
from desktop.understanding.signature.pieces import Joint, Piece, Pieces, cut
from desktop.understanding.signature.scores import CREDENTIALS, START, Hints, Sort, scores, step


@dataclass(frozen=True, slots=True)
class FieldText:
    """Characters [start, end) of the signature, its lines joined by line breaks; `text` is what stands there.

    `row` is the number of the filled line it begins in, from 0.
    """

    start: int
    end: int
    text: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class SignatureFields:
    """What a signature says, each field verbatim and in the order of the text.

    `mobile` holds what is carried about: mobile telephones and pagers. `department` repeats those pieces of
    `organisation` or `position` that name a part of an organisation.
    """

    name: tuple[FieldText, ...] = ()
    position: tuple[FieldText, ...] = ()
    organisation: tuple[FieldText, ...] = ()
    department: tuple[FieldText, ...] = ()
    phone: tuple[FieldText, ...] = ()
    mobile: tuple[FieldText, ...] = ()
    fax: tuple[FieldText, ...] = ()
    mail: tuple[FieldText, ...] = ()
    address: tuple[FieldText, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """Pieces that make one field."""

    sort: Sort
    pieces: tuple[Piece, ...]


def read_signature(lines: Sequence[str], *, person: str = "", mail_address: str = "") -> SignatureFields:
    """Return the fields of a signature given as its lines.

    `person` (the writer's display name) and `mail_address` (theirs) are hints only: nothing is returned that does not
    stand in the lines. Takes time in proportion to the text; only its first 40 filled lines are read.
    """
    found = cut(lines)
    hints = _hints(found, person, mail_address)
    sorts = label(found.pieces, hints)
    return _fields(found, list(_runs(found, _settled(found.pieces, sorts))))


def _hints(found: Pieces, person: str, mail_address: str) -> Hints:
    address = mail_address
    for mark in found.marks:
        if not address and mark.kind is MarkKind.MAIL:
            address = found.text[mark.start : mark.end]
    known = f"{person} {address.partition('@')[0]}"
    return Hints(frozenset(re.findall(r"[a-z]{2,}", without_accents(known))), domain_label(address))


def label(pieces: Sequence[Piece], hints: Hints) -> list[Sort]:
    """Return the most likely Sort of each piece, all of them taken together (Viterbi 1967)."""
    best: list[dict[Sort, tuple[float, Sort]]] = []
    for place, piece in enumerate(pieces):
        seen = scores(piece, hints, pieces[place - 1].text if place else "")
        if not place:
            best.append({sort: (START[sort] + seen[sort], sort) for sort in Sort})
            continue
        upper = best[-1]
        row = {}
        for sort in Sort:
            before = max(Sort, key=lambda other: upper[other][0] + step(other, sort, piece.joint))
            row[sort] = (upper[before][0] + step(before, sort, piece.joint) + seen[sort], before)
        best.append(row)
    if not best:
        return []
    last = max(Sort, key=lambda sort: best[-1][sort][0])
    found = [last]
    for row in reversed(best[1:]):
        found.append(row[found[-1]][1])
    return found[::-1]


def _runs(found: Pieces, sorts: Sequence[Sort]) -> Iterator[_Run]:
    """Group pieces that make one field: cut lightly, or lines of an address that follow one another."""
    held: list[Piece] = []
    held_sort = Sort.OTHER
    for piece, sort in zip(found.pieces, sorts, strict=True):
        if held and _belongs(found, held[-1], held_sort, piece, sort):
            held.append(piece)
            continue
        if held:
            yield _Run(held_sort, tuple(held))
        held, held_sort = [piece], sort
    if held:
        yield _Run(held_sort, tuple(held))


def _belongs(found: Pieces, upper: Piece, upper_sort: Sort, lower: Piece, lower_sort: Sort) -> bool:
    if lower.joint in (Joint.LIGHT, Joint.DASH):
        return upper_sort is lower_sort
    between = found.text[upper.end : lower.start]
    if upper_sort is not lower_sort or upper_sort not in _MANY_LINES or lower.label or ">" in between or "|" in between:
        return False
    return not any(upper.end <= mark.start < lower.start for mark in found.marks) and between.count("\n") <= 1


_MANY_LINES = (Sort.ADDRESS, Sort.ORGANISATION)
_WHOLE = (Sort.POSITION, Sort.ORGANISATION)


def _settled(pieces: Sequence[Piece], sorts: Sequence[Sort]) -> list[Sort]:
    """Decide what departments belong to, and drop room codes that belong to no address.

    A department is a part of the organisation, unless it is all that says what they do ("Customer Support").
    """
    settled = list(sorts)
    has_position = Sort.POSITION in settled
    for place, (piece, sort) in enumerate(zip(pieces, sorts, strict=True)):
        around = (*settled[max(0, place - 1) : place], *sorts[place + 1 : place + 2])
        if sort is Sort.DEPARTMENT:
            is_light = piece.joint in (Joint.LIGHT, Joint.DASH) and place > 0 and settled[place - 1] in _WHOLE
            if is_light:
                settled[place] = settled[place - 1]
            elif has_position or names_unit(piece.text):
                settled[place] = Sort.ORGANISATION
            else:
                settled[place], has_position = Sort.POSITION, True
        elif sort is Sort.ADDRESS and is_office_code(piece.text) and Sort.ADDRESS not in around:
            settled[place] = Sort.OTHER
    return settled


def _fields(found: Pieces, runs: Sequence[_Run]) -> SignatureFields:
    def words_of(sort: Sort) -> tuple[FieldText, ...]:
        return tuple(_field(found, run) for run in runs if run.sort is sort)

    def marks_of(kind: MarkKind) -> tuple[FieldText, ...]:
        return tuple(_marked(found, mark) for mark in found.marks if mark.kind is kind)

    return SignatureFields(
        name=tuple(_bare_name(field) for field in words_of(Sort.NAME)),
        position=words_of(Sort.POSITION),
        organisation=words_of(Sort.ORGANISATION),
        phone=marks_of(MarkKind.PHONE),
        mobile=marks_of(MarkKind.MOBILE),
        fax=marks_of(MarkKind.FAX),
        mail=marks_of(MarkKind.MAIL),
        address=words_of(Sort.ADDRESS),
    )


def _field(found: Pieces, run: _Run) -> FieldText:
    start, end = run.pieces[0].start, run.pieces[-1].end
    if found.text[end : end + 1] == "." and found.text[end - 1 : end].isalpha():
        end += 1
    return FieldText(start, end, found.text[start:end], run.pieces[0].row)


def _marked(found: Pieces, mark: Mark) -> FieldText:
    return FieldText(mark.start, mark.end, found.text[mark.start : mark.end])


def _bare_name(field: FieldText) -> FieldText:
    """Leave degrees, forms of address and what stands in brackets behind it off a name."""
    matches = list(re.finditer(r"[^\s,]+", field.text))
    while len(matches) > 1 and _is_no_name(matches[0][0]):
        matches.pop(0)
    while len(matches) > 1 and _is_no_name(matches[-1][0]):
        matches.pop()
    start, end = matches[0].start(), matches[-1].end()
    return FieldText(field.start + start, field.start + end, field.text[start:end], field.row)


def _is_no_name(word: str) -> bool:
    return word.startswith("(") or word.endswith(")") or without_accents(word).strip(".") in CREDENTIALS
