"""Lines of the form "Company: Tumbili Pay", as web forms and some signatures have them."""

import re
from collections.abc import Iterator, Sequence

from desktop.understanding.document import Document
from desktop.understanding.zones.headers import TextLine

_LABELLED = re.compile(r"[\s*•-]{0,6}([^\W\d_][^:\t\n]{0,30}?)\s?(?::|\t)\s*(\S.{0,120})")


def labelled(document: Document, names: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of the values whose label is one of `names`, on the same line or alone on the next."""
    lines = (*document.body, *document.signature)
    for index, line in enumerate(lines):
        match = _LABELLED.match(line.text)
        if match and names.fullmatch(match[1].strip()):
            yield line.start + match.start(2), line.start + match.end(2)
        elif _is_heading(lines, index) and names.fullmatch(line.text.strip(" :*")) and index + 1 < len(lines):
            following: TextLine = lines[index + 1]
            if 0 < len(following.text.strip()) <= 80:
                yield following.start, following.end


def _is_heading(lines: Sequence[TextLine], index: int) -> bool:
    """Whether a line may be a label by itself, and not the last word of a wrapped sentence."""
    text = lines[index].text
    is_apart = index == 0 or not lines[index - 1].text.strip() or text.rstrip().endswith(":")
    return len(text) < 50 and is_apart and not text.lstrip()[:1].islower()
