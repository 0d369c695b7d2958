"""A first pass over HTML that lets only plain, bounded markup through to the tree builder.

The tree builder is quadratic in nesting depth and in attributes per tag, and hostile mail knows it. What comes out
of here has only the attributes that decide whether text can be seen, and is known to be neither deep nor open-ended.
"""

import re
from dataclasses import dataclass

MAX_DEPTH = 1500
MAX_OPEN_FORMATTING = 100
MAX_TAGS = 300_000


def words(text: str) -> frozenset[str]:
    """Return the words of a list written as one string."""
    return frozenset(text.split())


_KEPT = words("style class id hidden aria-hidden bgcolor color type")
_RAW = words("script style title textarea noscript iframe noembed noframes xmp svg math template object audio video")
_VOID = words("area base br col embed hr img input link meta param source track wbr")
_CLOSES_ITSELF = words("p li dt dd td th tr tbody thead tfoot option optgroup colgroup html body head")
_FORMATTING = words("a b big code em font i nobr s small strike strong tt u")

_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:]{0,30})[^\s/>]*")
_ATTRIBUTE = re.compile(
    r"[\s/]*([^\s/>=]+)(?:\s*=\s*(?:\"([^\"]*)(?:\"|\Z)|'([^']*)(?:'|\Z)|([^\s>\"'][^\s>]*)))?"
)  # fmt: skip
_GAP = re.compile(r"[\s/=]*")


@dataclass(frozen=True, slots=True)
class Markup:
    """Plain markup, the mail's own style sheets, and whether it was built to be hard to read."""

    html: str
    sheets: tuple[str, ...]
    is_bomb: bool


class TagFilter:
    """Goes over one HTML text once, from left to right."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._lowered = html.lower() if len(html.lower()) == len(html) else html
        self._out: list[str] = []
        self._sheets: list[str] = []
        self._depth = 0
        self._formatting = 0
        self._tags = 0

    def run(self) -> Markup:
        """Return what is let through."""
        html, at = self._html, 0
        while at < len(html) and not self._is_bomb:
            mark = html.find("<", at)
            if mark < 0:
                break
            self._out.append(html[at:mark])
            at = self._markup(mark)
        self._out.append(html[at:].replace("<", "&lt;"))
        return Markup("".join(self._out), tuple(self._sheets), self._is_bomb)

    @property
    def _is_bomb(self) -> bool:
        return self._depth > MAX_DEPTH or self._formatting > MAX_OPEN_FORMATTING or self._tags > MAX_TAGS

    def _markup(self, at: int) -> int:
        """Deal with what begins at the `<` at `at`; return where to go on."""
        html = self._html
        self._tags += 1
        if html.startswith("<!--", at):
            end = html.find("-->", at + 4)
            return len(html) if end < 0 else end + 3
        name = _NAME.match(html, at)
        if name:
            return self._tag(name)
        if html[at + 1 : at + 2] in ("!", "?", "/"):
            end = html.find(">", at)
            return len(html) if end < 0 else end + 1
        self._out.append("&lt;")
        return at + 1

    def _tag(self, match: re.Match[str]) -> int:
        tag = match[1].lower()
        attributes, end = self._attributes(match.end())
        is_end = match[0].startswith("</")
        if is_end:
            self._out.append(f"</{tag}>")
        elif tag in _RAW:
            return self._skip_raw(tag, end)
        else:
            self._out.append(f"<{tag}{attributes}>")
        self._count(tag, -1 if is_end else 1)
        return end

    def _count(self, tag: str, step: int) -> None:
        if tag not in _VOID and tag not in _CLOSES_ITSELF:
            self._depth = max(0, self._depth + step)
        if tag in _FORMATTING:
            self._formatting = max(0, self._formatting + step)

    def _skip_raw(self, tag: str, at: int) -> int:
        end = self._lowered.find(f"</{tag}", at)
        end = len(self._html) if end < 0 else end
        if tag == "style" and len(self._sheets) < 50:
            self._sheets.append(self._html[at : min(end, at + 50_000)])
        close = self._html.find(">", end)
        return len(self._html) if close < 0 else close + 1

    def _attributes(self, at: int) -> tuple[str, int]:
        """Return the kept attributes, written out again, and where the tag ends."""
        html = self._html
        kept: dict[str, str] = {}
        at = self._gap(at)
        while at < len(html) and html[at] != ">":
            match = _ATTRIBUTE.match(html, at)
            if not match:
                at += 1
                continue
            name = match[1].lower()
            if name in _KEPT and name not in kept:
                kept[name] = (match[2] or match[3] or match[4] or "")[:4000]
            at = self._gap(match.end())
        written = "".join(f' {name}="{value.replace(chr(34), "&quot;")}"' for name, value in kept.items())
        return written, min(len(html), at + 1)

    def _gap(self, at: int) -> int:
        match = _GAP.match(self._html, at)
        return match.end() if match else at
