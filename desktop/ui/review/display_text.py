r"""Mail text made safe to show, and the way from characters of the mail to places in Qt's document. No Qt.

Spans count Python characters of the mail; Qt counts UTF-16 units, takes `\r\n` as one break, and lays one endless
line out in quadratic time. So dangerous characters are replaced one for one, endless lines get breaks of ours, and
`place` adds up what was put in before a character.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from desktop.domain.evidence import Zone, ZonedLine

SHOWN_AT_MOST = 1_000_000
LINE_AT_MOST = 2_000
RUNS_AT_MOST = 400

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufdd0\ufdd1\ufffc]")
_UNSAFE = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_ENDLESS = re.compile(rf"[^\n]{{{LINE_AT_MOST}}}(?=[^\n])")


def safe(text: str) -> str:
    """Return `text` with control, direction-changing and broken characters replaced one for one."""
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    return _UNSAFE.sub("\ufffd", _CONTROL.sub(" ", text))


def one_line(text: str) -> str:
    """Return `text` safe and on one line, for a title or an address."""
    return safe(text).replace("\n", " ").replace("\t", " ")


def units(text: str) -> int:
    """Return how many UTF-16 units a text takes: what Qt counts in."""
    return len(text) + len(_ASTRAL.findall(text))


class DisplayText:
    """The text to show, and where each character of the mail stands in it."""

    def __init__(self, source: str) -> None:
        self._source = source
        shown = safe(source[:SHOWN_AT_MOST])
        self.is_cut = len(source) > SHOWN_AT_MOST
        self._length = len(shown)
        self._astral = [match.start() for match in _ASTRAL.finditer(shown)]
        self._breaks = [match.end() for match in _ENDLESS.finditer(shown)]
        self.text = "\n".join(_pieces(shown, self._breaks)) if self._breaks else shown

    def place(self, offset: int) -> int:
        """Return the document position of character `offset` of the mail; a span's end stays on its own line."""
        offset = min(max(offset, 0), self._length)
        return offset + bisect_left(self._astral, offset) + bisect_right(self._breaks, offset)

    def places(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the document positions of characters [start, end), or None when they are not shown."""
        if not 0 <= start < end <= self._length:
            return None
        last = end - 1
        return self.place(start), self.place(last) + (2 if ord(self._source[last]) > 0xFFFF else 1)

    def holds(self, start: int, end: int, text: str) -> bool:
        """Return whether the mail has exactly `text` at [start, end)."""
        return self._source[start:end] == text


def _pieces(text: str, breaks: list[int]) -> Iterator[str]:
    for start, end in zip([0, *breaks], [*breaks, len(text)], strict=True):
        yield text[start:end]


def dimmed_runs(zones: tuple[ZonedLine, ...]) -> list[tuple[int, int]]:
    """Return [start, end) of neighbouring lines that are not new text, joined; at most RUNS_AT_MOST of them."""
    runs: list[tuple[int, int]] = []
    is_open = False
    for line in zones:
        if line.zone is Zone.NEW:
            is_open = False
        elif is_open:
            runs[-1] = (runs[-1][0], line.end)
        else:
            if len(runs) == RUNS_AT_MOST:
                break
            runs.append((line.start, line.end))
            is_open = True
    return [(start, end) for start, end in runs if end > start]
