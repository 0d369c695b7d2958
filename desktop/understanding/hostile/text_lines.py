"""The lines of a mail's text, with and without the marks that quote them."""

import re
from dataclasses import dataclass

MAX_SCANNED = 400_000
MAX_LINE = 20_000
MAX_LINES = 12_000

_QUOTE_MARKS = re.compile(r"[ \t]{0,8}(?:>[ \t]{0,2}){0,20}")


@dataclass(frozen=True, slots=True)
class Line:
    """Characters [start, end) of one line; `text` is what is behind its quote marks, `depth` how many there are."""

    start: int
    end: int
    text: str
    depth: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands on the line but quote marks."""
        return not self.text.strip()


def split_lines(text: str) -> list[Line]:
    """Return the lines of a text, at most MAX_LINES."""
    lines, start = [], 0
    for raw in text[:MAX_SCANNED].split("\n")[:MAX_LINES]:
        marks = _QUOTE_MARKS.match(raw)
        length = marks.end() if marks else 0
        lines.append(Line(start, start + len(raw), raw[length : length + MAX_LINE], raw[:length].count(">")))
        start += len(raw) + 1
    return lines
