"""Whether figures lie inside a telephone number: what is dialled is no sum of money and no quantity.

A plus, or words for calling in front, make figures a number; a nought alone does so only where the country's plan has
the number, because items of a price list begin with one too.
"""

import phonenumbers

from desktop.understanding.candidates import phone_labels
from desktop.understanding.candidates.phone_forms import parsed, runs_in
from desktop.understanding.candidates.phone_labels import Use
from desktop.understanding.document import Document

AROUND = 80  # characters; the longest number written has 46


def phone_around(document: Document, start: int, end: int, *, is_stated: bool = False) -> int | None:
    """Return where the telephone number ends that [start, end) of the text shares figures with, or None.

    `is_stated` says that a currency stands with the figures: those are in a number only where one began before.
    """
    text = document.text
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    first = max(first, text.rfind("\n", first, start) + 1)
    line_end = text.find("\n", end, last)
    window = text[first : line_end if line_end >= 0 else last]
    for begin, stop in runs_in(window):
        begins_before = first + begin < start
        if start < first + stop and first + begin < end and (begins_before or not is_stated):
            return first + stop if _is_phone(document, window, begin, stop, is_stated=is_stated) else None
    return None


def _is_phone(document: Document, window: str, begin: int, stop: int, *, is_stated: bool) -> bool:
    written, before = window[begin:stop], window[:begin]
    if written.lstrip("(").startswith("+") or phone_labels.use_before(before) is not Use.UNSAID:
        return True
    if not is_stated and phone_labels.use_after(window[stop:]) is not Use.UNSAID:
        return True
    if not written.lstrip("(").startswith("0"):
        return False
    number = parsed(written, document.regions)
    is_valid = number is not None and phonenumbers.is_valid_number(number)
    return phone_labels.is_called(before) or (is_valid and not is_stated)
