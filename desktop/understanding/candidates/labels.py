"""Lines of the form "Company: Tumbili Pay", as web forms and some signatures have them."""

import re
from collections.abc import Iterator

from desktop.understanding.cleaning import TextLine
from desktop.understanding.document import Document

_LABELLED = re.compile(r"[\s*•-]{0,6}([^\W\d_][^:\t\n]{0,30}?)\s?(?::|\t)\s*(\S.{0,120})")


def labelled(document: Document, names: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of the values whose label is one of `names`, on the same line or alone on the next."""
    lines = (*document.body, *document.signature)
    for index, line in enumerate(lines):
        match = _LABELLED.match(line.text)
        if match and names.fullmatch(match[1].strip()):
            yield line.start + match.start(2), line.start + match.end(2)
        elif len(line.text) < 50 and names.fullmatch(line.text.strip(" :*")) and index + 1 < len(lines):
            following: TextLine = lines[index + 1]
            if 0 < len(following.text.strip()) <= 80:
                yield following.start, following.end
