"""How far a text reaches among the lines it is glued to, with no blank line between: a signature's, most often."""

import re
from collections.abc import Callable, Sequence
from itertools import takewhile

from desktop.understanding.hostile.disguises import has_odd_letters
from desktop.understanding.hostile.letter_marks import (
    NAME_LINE,
    NUMBER,
    SENTENCE_ENDS,
    is_prose,
    is_said,
    is_wrapped,
    marker_of,
)
from desktop.understanding.hostile.own_lines import OwnLines
from desktop.understanding.hostile.wrapping import flowing
from desktop.understanding.lexicon.company_names import ends_with_legal_form

READS_ON, FLOWS, STANDS_APART, DETAIL = 1.0, 0.5, 0.7, 1.5
_SENTENCE_TAIL = re.compile(r"[^\W\d_A-Z].{3,200}[.!?]")  # "and call 0123 456789."
_PHONE = re.compile(r"\+?\d[\d ()./-]{6,}\d")


def spread(own: OwnLines, paragraph: range, hit: set[int], *, is_inside: bool, is_glued: bool) -> set[int]:
    """Return the lines that go with those hit: the whole paragraph, or as far as the text reaches beside its own lines.

    `is_inside` says that the text stands inside a signature: then numbers behind it are the signature's, and all
    details where it is glued to the signature's first lines.
    """
    flow = flowing(own.lines, paragraph)

    def is_fixed(index: int) -> bool:  # a greeting within broken text is not the mail's
        return own.is_own(index) and not (own.greets(index) and index - 1 in flow)

    behind = next((index for index in paragraph if index > max(hit) and is_fixed(index)), None)
    if behind is not None and not any(is_fixed(index) for index in range(paragraph.start, min(hit))):
        return set(range(paragraph.start, behind))  # only the mail's last lines are glued to it

    def is_own(index: int) -> bool:
        text = own.lines[index].text
        is_detail = (is_glued and index == paragraph[-1]) or (is_inside and bool(NUMBER.search(text)))
        details = is_detail and index > max(hit) and not (is_prose(text) or has_odd_letters(text))
        details = details and not (own.has_foreign_address(index) or _SENTENCE_TAIL.fullmatch(text.strip()))
        return details or (is_fixed(index) and (own.is_fixture(index) or own.is_closing(index)))

    if not any(is_own(index) for index in paragraph if index not in hit):
        return set(paragraph)
    within = range(min(hit), max(hit) + 1)
    found = {index for index in within if index in hit or not (own.is_fixture(index) and is_fixed(index))}
    last = max(hit)
    while last + 1 in paragraph and not SENTENCE_ENDS.search(own.lines[last].text) and not is_own(last + 1):
        last += 1  # a sentence goes on in the next line
        found.add(last)
    above = range(min(hit) - 1, paragraph.start - 1, -1)
    below = range(last + 1, paragraph.stop)
    upwards = takewhile(lambda index: not (is_own(index) or _is_detail(own, index)), above)
    found.update(_grown(own, list(upwards), -1, flow, is_own))
    found.update(_grown(own, list(takewhile(lambda index: not is_fixed(index), below)), 1, flow, is_own))
    return found


def _is_detail(own: OwnLines, index: int) -> bool:
    """Whether a line above the text is one of the signature it is glued to: the firm, or a number."""
    text = own.text(index)
    if own.is_firm(index) or (len(text) <= NAME_LINE and ends_with_legal_form(text)):
        return True
    return bool(_PHONE.search(text)) and not is_said(text)


def _grown(
    own: OwnLines, beyond: Sequence[int], step: int, flow: frozenset[int], is_detail: Callable[[int], bool]
) -> Sequence[int]:
    """Return the lines, nearest first, that rather go with the text than with the mail: a few may not look so."""
    best, total, count = 0.0, 0.0, 0
    nearer = beyond[0] - step if beyond else 0
    for place, index in enumerate(beyond):
        if own.lines[index].is_blank:
            continue
        if is_detail(index):
            total -= DETAIL
        elif _reads_on(own, index, nearer):
            total += READS_ON
        elif min(index, nearer) in flow:
            total += FLOWS
        else:
            total -= STANDS_APART
        nearer = index
        if total > best:
            best, count = total, place + 1
    return beyond[:count]


def _reads_on(own: OwnLines, index: int, towards: int) -> bool:
    """Whether a line goes with its neighbour, which belongs to the text: it says something, or is written alike."""
    text, neighbour = own.lines[index].text, own.lines[towards].text
    if is_said(text) or has_odd_letters(text) or is_wrapped(text, neighbour):
        return True
    return bool(marker_of(text)) and marker_of(text) == marker_of(neighbour)
