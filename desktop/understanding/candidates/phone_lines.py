"""The telephone numbers of a line of text, with the words beside them and what these say they are for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import phonenumbers

from desktop.understanding.candidates import phone_labels
from desktop.understanding.candidates.phone_forms import (
    GROUPED,
    NORTH_AMERICAN,
    NOTHING,
    is_broken,
    is_packed,
    parsed,
    runs_in,
    short_forms,
    without_extension,
)
from desktop.understanding.candidates.phone_labels import Use
from desktop.understanding.document import Document
from desktop.understanding.lexicon.regions import siblings
from desktop.understanding.signature.numbers import leans_forward
from desktop.understanding.zones.cleaning import TextLine

MAX_LINE = 3000
MAX_CARD = 120
_JUST_BEFORE = 30
_BETWEEN_BARS = re.compile(r"(?:^|[|·•●▪;/,–—\t]|\s-\s|\s{3})[\s*]*$")
_BAR_BEHIND = re.compile(r"[\s*]*(?:$|[|·•●▪;/,–—\t(\[]|\s-\s|\s{3})")
_SOME_LABEL = re.compile(r"(?:^|[|·•●▪;/,\t]|\s-\s|\s{3})\s*[^\W\d_]{1,14}\s?[.:]\s*$")
_LABEL_ONLY = re.compile(r"[^\d@]{1,40}")
_AT = re.compile(r"(?:\b(?:at|on|unter|au|al|op)|[:#])\s*\(?$")


@dataclass(frozen=True, slots=True)
class Found:
    """One number of a line: [start, end) of the line's text, what is before and after it, what it is for.

    `number` is None of what is no whole number: an extension, a number without its area code.
    """

    start: int
    end: int
    before: str
    after: str
    use: Use
    number: phonenumbers.PhoneNumber | None


@dataclass(frozen=True, slots=True)
class Spot:
    """A line with a number: where the lines that read on begin, whether it is signed, how many numbers came before."""

    line: TextLine
    floor: int
    is_signature: bool
    earlier: int = 0


def numbers_in(document: Document, spot: Spot, above: str = "", below: TextLine | None = None) -> Iterator[Found]:
    """Yield the numbers of a line, one that goes on in the line below among them; `above` is the line before it."""
    yield from _in_line(document, spot, above)
    yield from _across(document, spot, below)


def _across(document: Document, spot: Spot, below: TextLine | None) -> Iterator[Found]:
    line = spot.line
    if below is None or below.start > line.end + 1 + 2 * below.depth or len(below.text) >= MAX_LINE:
        return
    if not is_broken(line.text, below.text):
        return
    whole = document.text[line.start : below.end].replace("=\n", NOTHING * 2).replace("\n", " ").replace(">", " ")
    joined = replace(spot, line=TextLine(line.start, below.end, whole, line.depth))
    seam = len(line.text)
    yield from (found for found in _in_line(document, joined, "", seam=seam) if found.start < seam < found.end)


def _in_line(document: Document, spot: Spot, above: str, seam: int = -1) -> Iterator[Found]:
    text = spot.line.text
    runs = list(runs_in(text, seam))
    last = 0
    for (start, stop), use in zip(runs, _uses(text, runs, above), strict=True):
        before, after = _beside(text, runs, start, stop)
        end = stop if seam >= 0 else start + len(without_extension(text[start:stop], document.regions))
        written = _written(text, start, end)
        is_trunk = document.language == "en" and written.startswith(("0", "(0"))  # never so in North America
        others = siblings(document.language) if use is not Use.UNSAID or is_trunk else ()
        number = parsed(written, document.regions, others)
        is_signed = spot.is_signature and bool(GROUPED.fullmatch(written))
        if number is None and not (is_signed and use is not Use.UNSAID):
            continue
        is_card = len(text) <= MAX_CARD and "@" in text and bool(GROUPED.fullmatch(written))
        is_card = is_card or is_signed or (spot.is_signature and is_packed(written))
        if _is_number(text, written, before, use) or (is_card and _is_segment(before, after)):
            last = end
            yield Found(start, end, before, after, use, number)
    if seam < 0 and not last:
        yield from _shorter(document, spot, above)


def _beside(text: str, runs: Sequence[tuple[int, int]], start: int, end: int) -> tuple[str, str]:
    """Return what stands between a number and those beside it on the line."""
    first = max((high for _, high in runs if high <= start), default=0)
    last = min((low for low, _ in runs if low >= end), default=len(text))
    return text[first:start][-80:], text[end:last][:60]


def _uses(text: str, runs: Sequence[tuple[int, int]], above: str) -> list[Use]:
    """Return what each number of a line is for.

    A label between two numbers belongs to one of them: brackets, colons, commas and gaps tell, else how the labels of
    the rest of the line stand, else that a plain number comes before the one of a fax or a mobile.
    """
    if not runs:
        return []
    beside = [_beside(text, runs, start, end) for start, end in runs]
    before = [phone_labels.use_before(left) for left, _ in beside]
    behind = [phone_labels.use_after(right) for _, right in beside]
    is_led, is_trailed = before[0] is not Use.UNSAID, behind[-1] is not Use.UNSAID
    for place in range(1, len(runs)):
        use = before[place]
        if use is not Use.UNSAID and use is behind[place - 1]:
            is_next = is_led or not (is_trailed or use in (Use.OFFICE, Use.DIRECT))
            if leans_forward(beside[place][0], is_usual=is_next):
                behind[place - 1] = Use.UNSAID
            else:
                before[place] = Use.UNSAID
    is_first = before[0] is behind[0] is Use.UNSAID and not beside[0][0].strip(" \t*-•")
    if is_first and _LABEL_ONLY.fullmatch(above.strip()):
        label = above.strip().rstrip(":* ").removesuffix("(optional)").rstrip()
        before[0] = phone_labels.use_before(label + ": ")
    return [left if left is not Use.UNSAID else right for left, right in zip(before, behind, strict=True)]


def _shorter(document: Document, spot: Spot, above: str) -> Iterator[Found]:
    """Yield extensions and numbers without an area code, of a line that has no whole number."""
    text = spot.line.text
    for start, end, is_said in short_forms(text):
        before, after = text[:start][-80:], text[end:][:60]
        use = phone_labels.use_before(before)
        use = use if use is not Use.UNSAID or is_said else phone_labels.use_after(after)
        is_alone = not text[:start].strip(" \t(*-•") and not text[end:].strip(" \t).*-•")
        is_told = use is not Use.UNSAID or (is_said and not phone_labels.is_other_number(before))
        if not is_said and document.regions[:1] not in (("US",), ("CA",)):
            continue
        is_signed = spot.is_signature and (is_alone or is_told or _is_segment(before, after))
        is_called = phone_labels.is_called(before[-_JUST_BEFORE:] or above[-_JUST_BEFORE:]) or bool(_AT.search(before))
        if is_signed or (is_called and document.is_contact(document.owner_at(spot.line.start + start, spot.floor))):
            yield Found(start, end, before, after, use, None)
            return


def _is_segment(before: str, after: str) -> bool:
    """Whether a number makes up a piece of a line by itself: between bars, dots or commas, or behind a short label."""
    is_begun = bool(_BETWEEN_BARS.search(before)) or bool(_SOME_LABEL.search(before))
    return is_begun and bool(_BAR_BEHIND.match(after)) and not phone_labels.is_other_number(before)


def _is_number(text: str, written: str, before: str, use: Use) -> bool:
    is_labelled = use is not Use.UNSAID
    if not is_labelled and phone_labels.is_other_number(before):
        return False
    has_shape = written.startswith(("+", "(", "0")) or bool(NORTH_AMERICAN.fullmatch(written))
    is_alone = text.strip() == written.strip() and bool(GROUPED.fullmatch(written))
    return is_labelled or has_shape or is_alone or (phone_labels.is_called(before) and bool(GROUPED.fullmatch(written)))


def _written(text: str, start: int, end: int) -> str:
    return text[start:end].replace(NOTHING, "")
