"""The header blocks that mail programs put above quoted text, and what stands in them.

Four shapes, each alone or below a mark such as "-----Original Message-----":

- labels: `From: … / Sent: … / To: … / Subject: …`, in any order, blank lines and wrapped values between them;
- Notes in two lines: a name, a line that holds only a date, then `To: …`;
- Notes in one line: `Name <address> on 04/05/2026 09:14 AM` or `From:  Name        04/05/2026 09:14 AM`, then `To: …`;
- a mark alone.

Artefacts of quoted-printable ("=20", "=09" at the ends of a line) are looked past.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from desktop.understanding.zones import quoting

MAX_LABEL_LINE = 20_000
MAX_LINES = 200
MAX_BEFORE_SENDER = 12
MAX_BLANKS = 4
MAX_MARK_LINES = 3
MAX_MARK = 400

_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_ARTEFACT = re.compile(r"(?:=20|=09)+(?= *$)|=$|^(?:=20|=09)+")
_CLOCK = re.compile(r"\d[:.]\d\d")
_LABEL_REACH = 40  # no label, with the marks before and behind it, is longer
_SHORT_MARK = 60
_MARK_FIRST = frozenset("-=_*bBaAdDiIsSvVнН")
_DIRECTLY_BELOW = re.compile(r"\s*[\d<=]")
_MAILTO = re.compile(r"\s*[\[<]mailto:")
_EXCHANGE_TAIL = re.compile(r"[/@]")
Place = tuple[int, int]


class TextLine(NamedTuple):
    """Characters [start, end) of the text: one line without its quote marks; `depth` counts those."""

    start: int
    end: int
    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class QuotedHeader:
    """What announces a quoted mail. `after` is the index of the first line below it.

    The other fields are where it says who wrote the mail, when, about what and to whom: [start, end) of the text,
    None where it does not say. `is_enclosed`: marks on both sides of it (">>> Name date >>>") are no quote marks.
    """

    after: int
    is_forward: bool = False
    author: Place | None = None
    sent: Place | None = None
    subject: Place | None = None
    recipients: Place | None = None
    is_enclosed: bool = False


@dataclass(slots=True)
class _Labels:
    """A run of label lines: the value's place for each kind of label, and the line after the last."""

    after: int
    places: dict[str, Place] = field(default_factory=dict)
    has_address: bool = False


def may_be_header(lines: Sequence[TextLine], at: int) -> bool:
    """Whether a header can begin at line `at`: a label, a mark, a date on it or on the line below.

    Says no of most lines, quickly; a yes means nothing.
    """
    text = lines[at].text
    if _may_be_label(text) or _has_clock(text) or _may_be_mark(text):
        return True
    below = _text(lines, at + 1)
    return bool(_DIRECTLY_BELOW.match(below)) or _may_be_label(below) or _has_clock(below)


def _may_be_mark(text: str) -> bool:
    """Whether a mark can begin with this line: one in words alone ("Begin forwarded message") is short."""
    bare = text.strip()
    if bare[:1] not in _MARK_FIRST:
        return False
    return len(bare) <= _SHORT_MARK or bare[0] in "-=_*" or bare.endswith(("=", "=20", "=09"))


def _may_be_label(text: str) -> bool:
    head = text[:_LABEL_REACH]
    return ":" in head or "：" in head or "respond" in head.lower()


def _label(text: str) -> re.Match[str] | None:
    return quoting.LABEL.match(text) if _may_be_label(text) else None


def _has_clock(text: str) -> bool:
    return (":" in text or "." in text) and bool(_CLOCK.search(text))


def find_header(lines: Sequence[TextLine], at: int) -> QuotedHeader | None:
    """Return the header that begins at line `at`, or None. Looks at a bounded number of lines below it."""
    text = lines[at].text
    if not text or (len(text) > MAX_MARK and not _label(text)):
        return None
    return _marked(lines, at) or _unmarked(lines, at, is_marked=False)


def _marked(lines: Sequence[TextLine], at: int) -> QuotedHeader | None:
    """Return a header that begins with a mark, one to three lines long."""
    if not _may_be_mark(lines[at].text) or not quoting.MARK_START.match(lines[at].text):
        return None
    joined = ""
    for last in range(at, min(at + MAX_MARK_LINES, len(lines))):
        joined = f"{joined} {clean(lines[last].text)}".strip()[:MAX_MARK]
        is_forward = bool(quoting.FORWARD_MARK.fullmatch(joined))
        is_artefact = bool(lines[last].text.strip()) and not clean(lines[last].text).strip()
        is_cut = not joined.endswith(("-", "*", "=", "_")) and (last == at or is_artefact)
        if is_forward and "by" in joined.lower() and is_cut:
            continue
        if is_forward or quoting.ORIGINAL_MARK.fullmatch(joined):
            return _below_mark(lines, joined, last + 1, is_forward=is_forward)
        if not lines[last].text.strip() or (last == at and not joined.startswith(("-", "=", "_", "*"))):
            return None
    return None


def _below_mark(lines: Sequence[TextLine], mark: str, after: int, *, is_forward: bool) -> QuotedHeader | None:
    """Look past blank lines and a letterhead for the header that belongs to a mark."""
    filled = 0
    for index in range(after, min(after + 10, len(lines))):
        if not clean(lines[index].text).strip():
            continue
        found = _unmarked(lines, index, is_marked=True)
        if found:
            return QuotedHeader(found.after, is_forward, found.author, found.sent, found.subject, found.recipients)
        filled += 1
        is_letterhead = lines[index].text.startswith(("\t", "   ")) and len(lines[index].text) < 80
        if filled > 2 or not is_letterhead or quoting.RULE_ONLY.fullmatch(mark):
            break
    return None if quoting.RULE_ONLY.fullmatch(mark) else QuotedHeader(after, is_forward)


def _unmarked(lines: Sequence[TextLine], at: int, *, is_marked: bool) -> QuotedHeader | None:
    text = clean(lines[at].text)
    if _label(text):
        found = _labelled(lines, at, is_marked=is_marked)
        if found:
            return found
    return _one_line(lines, at) or _two_lines(lines, at)


def _labelled(lines: Sequence[TextLine], at: int, *, is_marked: bool) -> QuotedHeader | None:
    first = _label(clean(lines[at].text))
    begins_with_sender = bool(first) and first.lastgroup == "sender"  # type: ignore[union-attr]  # bool() has checked
    labels = _read_labels(lines, at, MAX_LINES if begins_with_sender else MAX_BEFORE_SENDER)
    kinds = labels.places.keys()
    if "sender" not in kinds or len(kinds) < 2:
        return None
    if not begins_with_sender and len(kinds) < 3:
        return None
    has_pair = "recipient" in kinds and ("subject" in kinds or "sent" in kinds)
    if not (is_marked or labels.has_address or has_pair or _was_sent(lines, at)):
        return None
    start, end = labels.places["sender"]
    offset = labels.places["sender"][0] - lines[at].start
    dated = quoting.AUTHOR_AND_DATE.fullmatch(lines[at].text[offset:]) if begins_with_sender else None
    sent = labels.places.get("sent")
    author = (start, end)
    if dated:
        author = (start + dated.start("author"), start + dated.end("author"))
        sent = (start + dated.start("sent"), start + dated.end("sent"))
    if not (labels.has_address or dated or is_marked or sent):
        return None
    return QuotedHeader(
        labels.after, False, _narrowed(lines, at, author), sent,
        labels.places.get("subject"), labels.places.get("recipient"),
    )  # fmt: skip


def _was_sent(lines: Sequence[TextLine], at: int) -> bool:
    """Whether the line below says "Sent:" and a year or an hour: sure enough without an address or a recipient."""
    return bool(quoting.SENT_LINE.match(clean(_text(lines, at + 1))))


def _one_line(lines: Sequence[TextLine], at: int) -> QuotedHeader | None:
    """Return "Name <address> on DATE", its date perhaps on the next line, with "To:" below; or None."""
    text = lines[at].text
    if len(text) > 300:
        return None
    has_clock = _has_clock(text)
    for last in (at, at + 1):
        if last >= len(lines) or lines[last].depth != lines[at].depth:
            return None
        if not (has_clock or _has_clock(lines[last].text)):
            continue
        joined = clean(text) if last == at else f"{clean(text)} {clean(lines[last].text)}"
        if not _CLOCK.search(joined.rstrip()[-14:]):
            continue
        found = quoting.AUTHOR_AND_DATE.fullmatch(joined)
        labels = _labels_below(lines, last + 1) if found else None
        if found and labels:
            base = lines[at].start
            author = (base + found.start("author"), min(base + found.end("author"), lines[at].end))
            return _with(labels, _narrowed(lines, at, author), _across(lines, at, last, found.span("sent")))
    return None


def _two_lines(lines: Sequence[TextLine], at: int) -> QuotedHeader | None:
    """Return a name above a line that is only a date, with "To:" below; or None."""
    below = _text(lines, at + 1)
    may_be = bool(_DIRECTLY_BELOW.match(below)) or _may_be_label(below)
    if not may_be or len(lines[at].text) > 200 or quoting.DATE_LINE.fullmatch(clean(lines[at].text)):
        return None
    index = at + 1
    while index < min(at + 4, len(lines)) and lines[index].depth == lines[at].depth:
        text = clean(lines[index].text)
        if not text.strip():
            return None
        if len(text) < 60 and quoting.DATE_LINE.fullmatch(text):
            labels = _labels_below(lines, index + 1)
            if labels is None:
                return None
            return _with(labels, _narrowed(lines, at, _trimmed(lines[at])), _trimmed(lines[index]))
        is_more_of_it = text.lstrip().startswith("<") or _label(text)
        if not is_more_of_it:
            return None
        index += 1
    return None


def _labels_below(lines: Sequence[TextLine], index: int) -> _Labels | None:
    """Return the labels that begin within a few lines, "To:" among them; or None."""
    limit = min(index + 5, len(lines))
    while index < limit and not clean(lines[index].text).strip():
        index += 1
    if index >= limit or not _label(clean(lines[index].text)):
        return None
    labels = _read_labels(lines, index)
    return labels if "recipient" in labels.places else None


def _read_labels(lines: Sequence[TextLine], at: int, most: int = MAX_LINES) -> _Labels:
    """Read label lines, wrapped values and the blank lines between them: up to `most` lines from line `at` on."""
    found = _Labels(at)
    kind = ""
    index = at
    while index < min(at + most, len(lines)):
        text = clean(lines[index].text)
        label = _label(text) if len(text) < MAX_LABEL_LINE else None
        if label:
            kind = str(label.lastgroup)
            if kind in found.places and kind in ("sender", "subject"):
                break
            found.places.setdefault(kind, _value(lines[index], label.end()))
        elif not text.strip():
            index = _past_blanks(lines, index, found)
            if index < 0:
                break
            continue
        elif not _is_wrapped(lines, index, kind):
            break
        found.has_address = found.has_address or bool(_ADDRESS.search(text[:2000]))
        index += 1
        found.after = index
    return found


def _past_blanks(lines: Sequence[TextLine], index: int, found: _Labels) -> int:
    """Return the next label line when only blank lines lie between and the subject is still to come; else -1.

    The address that Exchange wraps an X.500 name into may come first, on lines of its own.
    """
    if "subject" in found.places or not found.places:
        return -1
    limit = min(index + MAX_BLANKS, len(lines))
    while index < limit and not clean(lines[index].text).strip():
        index += 1
    if index < limit and (_label(text := clean(lines[index].text)[:MAX_MARK]) or _MAILTO.match(text)):
        return index
    return -1


def _is_wrapped(lines: Sequence[TextLine], index: int, kind: str) -> bool:
    """Whether the line goes on with the value of the label above it."""
    text = lines[index].text
    above = clean(lines[index - 1].text).rstrip()
    following = clean(_text(lines, index + 1))
    if len(text) > 2000 or not kind:
        return False
    if kind == "subject":
        is_last = not following.strip() or bool(_label(following))
        return (len(above) >= 60 or text.startswith((" ", "\t"))) and is_last
    if above.endswith((",", ";")) or text.startswith((" ", "\t", "<")):
        return True
    return bool(_label(following)) or any(mark in text for mark in ("@", ";", "/", "<", "mailto:"))


def _with(labels: _Labels, author: Place | None, sent: Place | None) -> QuotedHeader:
    return QuotedHeader(
        labels.after, False, author, sent, labels.places.get("subject"), labels.places.get("recipient")
    )  # fmt: skip


def _narrowed(lines: Sequence[TextLine], at: int, author: Place) -> Place:
    """Leave out what Notes hangs on a name: "Name@ORG", "Name/Unit/Org@Org". Addresses stay whole."""
    start, end = author
    line = lines[at]
    if not line.start <= start <= line.end:
        return author
    value = line.text[start - line.start : end - line.start]
    if _ADDRESS.search(value):
        return author
    tail = _EXCHANGE_TAIL.search(value, 1)
    kept = value[: tail.start()].rstrip(" \t") if tail else value
    return (start, start + len(kept)) if kept.strip() else author


def clean(text: str) -> str:
    """Return a line with blanks for the artefacts of quoted-printable at its ends, as long as before."""
    if "=20" not in text and "=09" not in text and not text.endswith("="):
        return text
    return _cleaned(text)


@lru_cache(maxsize=128)  # the lines of one header and those below it: each is looked at several times
def _cleaned(text: str) -> str:
    return _ARTEFACT.sub(lambda match: " " * len(match[0]), text)


def _text(lines: Sequence[TextLine], index: int) -> str:
    return lines[index].text if index < len(lines) else ""


def _value(line: TextLine, offset: int) -> Place:
    rest = clean(line.text)[offset:]
    start = line.start + offset + len(rest) - len(rest.lstrip())
    return start, max(start, line.start + offset + len(rest.rstrip()))


def _trimmed(line: TextLine) -> Place:
    return _value(line, 0)


def _across(lines: Sequence[TextLine], at: int, last: int, span: Place) -> Place:
    """Return the place of what is at `span` in line `at` and, joined to it by a blank, line `last`."""
    seam = len(lines[at].text) + 1
    start, end = (
        lines[at].start + place if last == at or place < seam else lines[last].start + place - seam for place in span
    )
    return start, end
