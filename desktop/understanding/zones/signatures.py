"""Where the writer's own words end and the signature and the disclaimer begin.

Notices are found by rules, the signature by a line model: each of the last lines gets the log-odds of being part of
one, and the signature begins where the sum of those to the end is greatest. So one odd line in a signature costs
little, and a line of prose below ends it. A dash line as RFC 3676 (section 4.3) has it, and a phone's "Sent from …",
begin one whatever the model says.
"""

import re
from collections.abc import Sequence

from desktop.domain.evidence import Zone
from desktop.understanding.lexicon.sign_offs import DEVICE, SEPARATOR
from desktop.understanding.zones import disclaimers
from desktop.understanding.zones.line_features import (
    Look,
    features,
    is_telling,
    is_the_sender,
    look_at,
    look_up,
    may_begin,
    sender_words,
)
from desktop.understanding.zones.line_model import LineModel, bundled

MAX_TAIL = 24
MAX_SIGNATURE = 16
MAX_NAME_LINE = 80
MAX_LINE = 300
MAX_BELOW_DEVICE = 12

_SENTENCE = re.compile(r"\s*[^\W\d_][\w’']*(?: [\w’',-]+){0,30}? [a-zà-ÿ][\w’',-]*(?: [\w’',-]+){0,30}[.!?]{1,3}\s*")
_DASHES = re.compile(r"--\s?")
_POSTSCRIPT = re.compile(r"(?i)\s*(?:p\.? ?s\.?|n\.? ?b\.?)\s?[:.]?\s+\S")
_PICTURE = re.compile(
    r"\s*(?:\[(?:cid:|image|img|inline|logo|bild|https?://)[^\]\n]{0,200}\]\s{0,4}){1,6}", re.IGNORECASE
)
_ATTACHMENT = re.compile(
    r"(?i)\s*(?:(?:[-*•]\s{1,3}[\w][^\n<>|]{0,120}\.[a-z]{2,4}|[\w][\w .,()&'+-]{0,120}\.(?:docx?|xlsx?|pptx?|pdf|rtf"
    r"|txt|csv|zip|jpe?g|png|gif|tiff?"
    r"|vcf|ics|html?|msg|eml))|(?:<<[^<>]{1,120}>>\s{0,4}){1,8})\s*"
)


def find_signature(lines: Sequence[str], *, sender: str = "", model: LineModel | None = None) -> tuple[Zone, ...]:
    """Return what each of one person's lines is: new text, signature or disclaimer.

    `sender` is that person's name and perhaps address, empty when it is not known. A postscript below a signature is
    new text again, and so are the names of attachments at the end.
    """
    top = disclaimers.banner_end(lines)
    notice = disclaimers.notice_start(lines, top)
    zones = [Zone.DISCLAIMER] * top + [Zone.NEW] * (notice - top) + [Zone.DISCLAIMER] * (len(lines) - notice)
    tail = tail_of(lines, top, notice)
    words = sender_words(sender)
    model = model or bundled()
    shown = frozenset(tail)
    card = _card(lines, tail, words, model)
    below = tail if card is None else [index for index in tail if index >= card[1]]
    start = _start(lines, below, words, model)
    for begin, end in (card or (0, 0), (notice if start is None else start, notice)):
        for index in range(begin, end):
            if index in shown or not lines[index].strip():
                zones[index] = Zone.SIGNATURE
    return tuple(zones)


def tail_of(lines: Sequence[str], top: int, end: int) -> tuple[int, ...]:
    """Return the filled lines among which a signature is looked for, by index: the last ones before `end`.

    Postscripts and the names of attachments are left out.
    """
    hidden = _postscripts(lines, max(top, end - 3 * MAX_TAIL), end)
    found: list[int] = []
    for index in range(end - 1, top - 1, -1):
        line = lines[index][:MAX_LINE]
        is_file = _PICTURE.fullmatch(line) or (not found and _ATTACHMENT.fullmatch(line))
        if not line.strip() or index in hidden or is_file:
            continue
        found.append(index)
        if len(found) == MAX_TAIL:
            break
    found.reverse()
    return tuple(found)


def _postscripts(lines: Sequence[str], first: int, end: int) -> frozenset[int]:
    """Return the lines of postscripts: from "PS" to the next blank line."""
    found: set[int] = set()
    index = first
    while index < end:
        if _POSTSCRIPT.match(lines[index][:MAX_LINE]):
            while index < end and lines[index].strip():
                found.add(index)
                index += 1
        index += 1
    return frozenset(found)


def _start(lines: Sequence[str], tail: Sequence[int], words: Sequence[str], model: LineModel) -> int | None:
    """Return the index of the first line of the signature at the end, or None."""
    if not tail:
        return None
    marked = _marked(lines, tail)
    looks, shown = look_up(lines, tail, words)
    first = _below_other_details(looks, _best_start(lines, shown, looks, model))
    if first == len(looks) - 1 and looks[first].is_thanks:
        first = len(looks)
    first = _with_closing(looks, first) if first < len(looks) else first
    if first == 0 and shown[0] == _first_filled(lines):
        first = _below_answer(lines, shown, looks)
    found = shown[first] if first < len(looks) else None
    if marked is None or found is None:
        return found if marked is None else tail[marked]
    return min(found, tail[marked])


def _best_start(lines: Sequence[str], shown: Sequence[int], looks: Sequence[Look], model: LineModel) -> int:
    """Return the place from which the log-odds to the end sum up to most; the number of lines when none is above 0."""
    best, total, first = 0.0, 0.0, len(looks)
    names = list(features(lines, shown, looks))
    for place in range(len(looks) - 1, -1, -1):
        total += model.log_odds(names[place])
        if total > best and may_begin(looks[place]) and "goes on from above" not in names[place]:
            best, first = total, place
    return first if any(map(is_telling, looks[first:])) else len(looks)


def _below_answer(lines: Sequence[str], shown: Sequence[int], looks: Sequence[Look]) -> int:
    """Move the start of a signature that leaves no text at all below its sentences: "Thanks, / I will come. / Jo".

    Whoever writes three lines greets with the thanks that others close with.
    """
    if not looks[0].is_sign_off:
        return 0
    place = 1
    while place < len(looks) and _SENTENCE.fullmatch(lines[shown[place]][:MAX_LINE]) and not (
        looks[place].is_contact or looks[place].is_sign_off
    ):  # fmt: skip
        place += 1
    return place if place > 1 else 0


def _first_filled(lines: Sequence[str]) -> int:
    """Return the index of the first line that is not blank, or -1."""
    return next((index for index, line in enumerate(lines) if line.strip()), -1)


def _below_other_details(looks: Sequence[Look], first: int) -> int:
    """Move the start down to a farewell where what stands above it are details of somebody else.

    An address to send things to, for one: nothing above the farewell is the sender's name, and the name stands below.
    """
    for place in range(len(looks) - 2, first, -1):
        is_farewell = looks[place].is_sign_off and not looks[place].is_thanks
        if is_farewell and not any(look.is_sender or look.is_sign_off for look in looks[first:place]):
            return place if any(look.is_sender or look.is_name for look in looks[place + 1 : place + 4]) else first
    return first


def _card(lines: Sequence[str], tail: Sequence[int], words: Sequence[str], model: LineModel) -> tuple[int, int] | None:
    """Return [start, end) of a signature with other text below it, or None.

    The sender's name must stand in it, over a title, a firm or a number: else it is somebody else's details.
    """
    if not words:
        return None
    for place in range(len(tail) - 2, -1, -1):
        text = lines[tail[place]][:MAX_LINE].strip()
        if len(text) > MAX_NAME_LINE or not is_the_sender(text, words):
            continue
        below = place + 1
        has_details = False
        while below < len(tail) and below - place <= MAX_SIGNATURE:
            look = look_at(lines[tail[below]], words)
            if look.is_prose or look.names & {"code", "separator"}:
                break
            has_details = has_details or look.is_contact or bool(look.names & {"title", "company"})
            below += 1
        if below == len(tail):
            return None
        if not has_details:
            continue
        looks, shown = look_up(lines, tail[:below], words)
        first = _best_start(lines, shown, looks, model)
        return (shown[_with_closing(looks, first)], tail[below - 1] + 1) if first < len(looks) else None
    return None


def _with_closing(looks: Sequence[Look], first: int) -> int:
    """Take in a closing or a rule above the signature, and at most one short line between."""
    for place in range(first - 1, max(first - 3, -1), -1):
        is_closing = looks[place].is_sign_off and not (looks[place].is_thanks and looks[first].is_sign_off)
        if is_closing or "separator" in looks[place].names:
            return place
        if looks[place].is_prose or looks[place].names & {"columns", "bullet", "ends as a sentence"}:
            break
    return first


def _marked(lines: Sequence[str], tail: Sequence[int]) -> int | None:
    """Return the place in `tail` of a line that begins a signature by convention, or None."""
    count = len(tail)
    for place, index in enumerate(tail):
        line = lines[index][:MAX_LINE]
        if _DASHES.fullmatch(line) and place + 1 < count and count - place <= MAX_SIGNATURE:
            return place
        if DEVICE.fullmatch(line) and count - place <= MAX_BELOW_DEVICE:
            has_rule = place > 0 and SEPARATOR.fullmatch(lines[tail[place - 1]][:MAX_LINE])
            return place - 1 if has_rule else place
    return None
