"""The contact's signature, parsed, with every field's place in the mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from desktop.understanding.document import Document
from desktop.understanding.lexicon.company_names import ends_with_legal_form
from desktop.understanding.lexicon.names import tokens_of
from desktop.understanding.lexicon.sign_offs import SIGN_OFF
from desktop.understanding.signature.fields import FieldText, SignatureFields, read_signature
from desktop.understanding.zones.headers import TextLine

MAX_TAIL = 12
MAX_BELOW = 14
MAX_SHORT = 72
MAX_AROUND = 200
MAX_ABOVE = 6
MAX_LONG = 110
FULL = 5
LONGEST_INITIALS = 2


@dataclass(frozen=True, slots=True)
class Signed:
    """A parsed signature and the lines it was read from. `is_marked` is False where mere last lines were taken."""

    fields: SignatureFields
    lines: tuple[TextLine, ...]
    is_marked: bool

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return [start, end) of the mail's text for [start, end) of the signature's."""
        return self._place(start), self._place(end - 1) + 1

    def _place(self, offset: int) -> int:
        for line in self.lines:
            if offset <= len(line.text):
                return line.start + offset
            offset -= len(line.text) + 1
        return self.lines[-1].end

    def places(self, found: Sequence[FieldText]) -> list[tuple[int, int]]:
        """Return where each of these fields stands in the mail's text."""
        return [self.place(field.start, field.end) for field in found]


@lru_cache(maxsize=1)  # titles and companies ask for the same mail's, one after the other
def contact_signature(document: Document) -> Signed | None:
    """Return the contact's signature: the one marked as such, or lines below their name, or the short last lines.

    The others are looked at only where the marked one lacks their name, what they do or for whom; those of earlier
    mails that are quoted only where all of these say nothing of it.
    """
    marked = _read(document, document.signature, is_contact=True, is_marked=True) if document.signature else None
    if document.author != document.writer or (marked and _richness(marked) == FULL):
        return marked
    others = [_read(document, lines, is_contact=True, is_marked=False) for lines in _unmarked(document) if lines]
    best = max(others, key=_richness, default=None)
    best = best if best and _richness(best) > (_richness(marked) if marked else 0) else marked
    if best and _richness(best):
        return best
    earlier = [_read(document, lines, is_contact=True, is_marked=True) for lines in document.earlier_signatures]
    return max(earlier, key=_richness, default=best)


def _richness(signed: Signed) -> int:
    """Return how many of what a title or a company could be read from a signature gives."""
    fields = signed.fields
    has_name = any(len(field.text.strip(" .,-")) > LONGEST_INITIALS for field in fields.organisation)
    says = 2 * bool(fields.position) + 2 * has_name
    return says + bool(fields.name) if says else 0


def _unmarked(document: Document) -> tuple[tuple[TextLine, ...], ...]:
    lines = (*document.body, *document.signature)
    return (
        _below_name(document, lines),
        _around_address(document, lines),
        _tail(document.body),
        _below_closing(document.body),
    )


def writer_signature(document: Document) -> Signed | None:
    """Return the signature of whoever wrote the mail, where that is not the contact."""
    if document.author == document.writer or not document.writer_signature:
        return None
    return _read(document, document.writer_signature, is_contact=False, is_marked=True)


def _read(document: Document, lines: tuple[TextLine, ...], *, is_contact: bool, is_marked: bool) -> Signed:
    who = document.author if is_contact else document.writer
    fields = read_signature(
        [line.text for line in lines],
        person=who.name.text if who.name else "",
        mail_address=who.address.text if who.address else "",
    )
    return Signed(fields, lines, is_marked)


def _below_name(document: Document, lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return the last line that is the contact's name with the lines below it, up to prose or an empty stretch."""
    name = tokens_of(document.author.name.text) if document.author.name else frozenset()
    lines = lines[-200:]
    for index in range(len(lines) - 1, -1, -1):
        text = lines[index].text.strip()
        if not text or len(text) > MAX_SHORT or len(name) < 2 or len(tokens_of(text.split("|")[0]) & name) < 2:
            continue
        below = _until_prose(lines[index:])
        if index and len(below) > 1:
            return below
    return ()


def _around_address(document: Document, lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return the short lines around the contact's own address, where it stands in a line below others of theirs."""
    address = document.author.address.text.lower() if document.author.address else ""
    lines = lines[-MAX_AROUND:]
    for index in range(len(lines) - 1, 1, -1):
        if not address or address not in lines[index].text[:MAX_LONG].lower() or not _is_card(lines[index]):
            continue
        first = index
        while first and index - first < MAX_ABOVE and _is_card(lines[first - 1]):
            first -= 1
        last = index + 1
        while last < len(lines) and last - index < MAX_ABOVE and _is_card(lines[last]):
            last += 1
        if index - first > 1:
            return tuple(lines[first:last])
    return ()


def _is_card(line: TextLine) -> bool:
    """Whether a line may be one of a signature: short, no prose, not empty."""
    text = line.text.strip()
    return bool(text) and len(text) <= MAX_SHORT and not _is_prose(text)


def _below_closing(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return the lines below the last words of farewell, up to prose or an empty stretch: small print may follow."""
    lines = lines[-60:]
    for index in range(len(lines) - 2, 0, -1):
        if SIGN_OFF.fullmatch(lines[index].text):
            below = lines[index + 1 :]
            while below and not below[0].text.strip():
                below = below[1:]
            found = _until_prose(below)
            blank = next((place for place, line in enumerate(found) if place > 1 and not line.text.strip()), len(found))
            return found[:blank]
    return ()


def _until_prose(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    found: list[TextLine] = []
    blanks = 0
    for line in lines[:MAX_BELOW]:
        if _is_prose(line.text.strip()) and found:
            break
        blanks = 0 if line.text.strip() else blanks + 1
        if blanks > 1:
            break
        found.append(line)
    return tuple(found)


def _is_prose(text: str) -> bool:
    is_sentence = text.endswith((".", "?", "!", ":")) and len(text.split()) > 4
    return len(text) > MAX_LONG or (is_sentence and not ends_with_legal_form(text))


def _tail(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Return the short lines at the end, single empty lines between them."""
    found: list[TextLine] = []
    blanks = 0
    for line in reversed(lines[-60:]):
        text = line.text.strip()
        if not text and not found:
            continue
        blanks = 0 if text else blanks + 1
        if len(text) > MAX_SHORT or _is_prose(text) or blanks > 1 or len(found) >= MAX_TAIL:
            break
        if text.endswith(",") and len(text.split()) <= 4:
            break
        found.append(line)
    return tuple(reversed(found)) if len(found) < len(lines) else ()
