"""HTML mail to the text a person would see.

What is hidden from a reader (display:none, zero size, the colour of the ground it stands on) is left out, because it
is either clutter or an attempt to speak to software behind the reader's back; a trouble says so. Links keep their
words. Whatever is quoted gets "> " before each line, as in plain mail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from desktop.intake.charsets import Troubles
from desktop.intake.tags import Markup, TagFilter, words

MAX_HTML = 4_000_000
MAX_NODES = 200_000

_DROPPED = words("head title select embed")
_BLOCKS = words(
    "p div table tr ul ol li dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre center form fieldset section article "
    "header footer address hr main aside nav figure caption"
)
_APART = words("p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre")
_COLOURS = {
    "white": (255, 255, 255), "black": (0, 0, 0), "ivory": (255, 255, 240), "snow": (255, 250, 250),
    "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255), "red": (255, 0, 0), "gray": (128, 128, 128),
    "grey": (128, 128, 128), "silver": (192, 192, 192), "navy": (0, 0, 128), "blue": (0, 0, 255),
    "green": (0, 128, 0), "maroon": (128, 0, 0), "purple": (128, 0, 128), "teal": (0, 128, 128),
}  # fmt: skip
Colour = tuple[int, int, int] | None
_STYLE_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,1000})\}")
_COMMENT = re.compile(r"/\*[^*]{0,2000}\*/|<!--|-->")
_DECIDING = words(
    "display visibility mso-hide opacity color background background-color background-image font-size height "
    "max-height width max-width overflow text-indent left top clip clip-path transform position"
)
_SIMPLE_SELECTOR = re.compile(r"[a-z0-9]{0,10}([.#][\w-]{1,60})")
HIDDEN_DROPPED = "Text that cannot be seen in the mail (hidden by its layout) was left out."
_NEAR = 24  # two colours this close in each of red, green and blue look the same
_CLEAR = re.compile(r"0*(?:\.0[0-4]?\d{0,4}|\.)?|[0-4]%")  # an opacity below five in a hundred
_SIZE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(px|pt|em|rem|%|)")


@dataclass(frozen=True, slots=True)
class _Look:
    """What an element passes on to the text inside it. A colour of None is not known and hides nothing."""

    hidden: bool = False
    tiny: bool = False
    ink: Colour = (0, 0, 0)
    ground: Colour = (255, 255, 255)
    quoted: int = 0
    preserved: bool = False

    @property
    def is_visible(self) -> bool:
        """Whether a person could read text that looks like this."""
        if self.hidden or self.tiny:
            return False
        if self.ink is None or self.ground is None:
            return True
        return any(abs(a - b) > _NEAR for a, b in zip(self.ink, self.ground, strict=True))


def visible_text(html: str, troubles: Troubles) -> str:
    """Return the text of an HTML mail as lines. Bounded in time and memory for any input; never raises."""
    if len(html) > MAX_HTML:
        troubles.add("The mail's HTML is very long; its end was left out.")
        html = html[:MAX_HTML]
    markup = TagFilter(html).run()
    if markup.is_bomb:
        troubles.add("The mail's HTML is built to be hard to read; only its bare text was taken.")
        return _bare_text(html)
    return _Writer(markup, troubles).text()


def _bare_text(html: str) -> str:
    without = re.sub(r"(?i)<(?:script|style)[^<>]*>[^<]*", " ", html)
    text = re.sub(r"<[^<>]*>", "\n", without)
    return re.sub(r"\n\s*\n", "\n", text).strip()


class _Writer:
    """Walks the tree once, without recursion, and writes lines."""

    def __init__(self, markup: Markup, troubles: Troubles) -> None:
        self._tree = LexborHTMLParser(markup.html)
        self._troubles = troubles
        self._rules = _rules_of(markup.sheets)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quoted = 0

    def text(self) -> str:
        root = self._tree.root
        stack: list[tuple[LexborNode | None, _Look, str]] = [(root, _Look(), "")]
        count = 0
        while stack:
            node, look, closing = stack.pop()
            if node is None:
                self._close(closing, look)
                continue
            count += 1
            if count > MAX_NODES:
                self._troubles.add("The mail's HTML has too many elements; its end was left out.")
                break
            tag = node.tag or ""
            if tag == "-text":
                self._write(node.text_content or "", look)
                continue
            if tag in _DROPPED or tag.startswith(("-", "!")):
                continue
            inner = self._look(tag, node, look)
            if inner.hidden:
                self._note_hidden(node.text() or "")
                continue
            self._open(tag, inner)
            stack.append((None, look, tag))
            stack.extend((child, inner, "") for child in reversed(list(node.iter(include_text=True))))
        self._break()
        return "\n".join(self._lines).strip("\n")

    def _write(self, text: str, look: _Look) -> None:
        if not look.is_visible:
            self._note_hidden(text)
            return
        self._quoted = look.quoted
        if look.preserved:
            first, *rest = text.split("\n")
            self._line.append(first)
            for line in rest:
                self._break()
                self._quoted = look.quoted
                self._line.append(line)
            return
        self._line.append(re.sub(r"[ \t\r\n\f]+", " ", text))

    def _note_hidden(self, text: str) -> None:
        if re.search(r"\w{2}", text):
            self._troubles.add(HIDDEN_DROPPED)

    def _open(self, tag: str, look: _Look) -> None:
        if tag == "br":
            self._break(always=True)
        elif tag in _BLOCKS:
            self._break()
            if tag == "hr":
                self._lines.append("_" * 32)
            elif tag == "li":
                self._line.append("* ")
        elif tag in ("td", "th") and "".join(self._line).strip():
            self._line.append("  ")
        self._quoted = look.quoted

    def _close(self, tag: str, look: _Look) -> None:
        if tag in _BLOCKS:
            self._break()
            if tag in _APART and self._lines and self._lines[-1].strip("> "):
                self._lines.append("> " * look.quoted if look.quoted else "")
        self._quoted = look.quoted

    def _break(self, *, always: bool = False) -> None:
        line = "".join(self._line).rstrip()
        line = line if line.startswith("\t") else line.lstrip(" ")
        self._line.clear()
        if line or always:
            self._lines.append("> " * self._quoted + line)

    def _look(self, tag: str, node: LexborNode, outer: _Look) -> _Look:
        attributes = node.attributes
        look = outer
        if tag == "blockquote" and _is_quote(attributes):
            look = replace(look, quoted=min(look.quoted + 1, 10))
        if tag == "pre":
            look = replace(look, preserved=True)
        if not attributes:
            return look
        if "hidden" in attributes or (attributes.get("aria-hidden") or "").lower() == "true":
            return replace(look, hidden=True)
        for declarations in self._declared(attributes) if self._rules else ():
            look = _styled(look, declarations)
        for name, key in (("bgcolor", "background-color"), ("color", "color")):
            if attributes.get(name):
                look = _styled(look, {key: str(attributes[name])})
        style = attributes.get("style")
        return _styled(look, _declarations(style)) if style else look

    def _declared(self, attributes: dict[str, str | None]) -> Iterator[dict[str, str]]:
        """Yield what the mail's own style sheets say of an element's classes and id."""
        names = [f".{name}" for name in (attributes.get("class") or "").lower().split()[:20]]
        for name in (*names, f"#{attributes.get('id') or ''}".lower()):
            if name in self._rules:
                yield self._rules[name]


def _is_quote(attributes: dict[str, str | None]) -> bool:
    if attributes.get("type") == "cite" or "quote" in (attributes.get("class") or "").lower():
        return True
    return "border-left" in (attributes.get("style") or "").lower()


def _declarations(style: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in style[:4000].lower().split(";")[:60]:
        name, _, value = declaration.partition(":")
        found[name.strip()] = value.replace("!important", "").strip()
    return found


def _hides(style: dict[str, str]) -> bool:
    """Whether the declarations take the element out of sight with everything inside it."""
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if style.get("mso-hide") == "all" or _CLEAR.fullmatch(style.get("opacity") or "1"):
        return True
    if style.get("color") == "transparent" or re.match(r"scale[xy]?\(\s*0\s*[,)]", style.get("transform", "")):
        return True
    if re.match(r"inset\(\s*(?:100|5\d|[6-9]\d)%|circle\(\s*0", style.get("clip-path", "")):
        return True
    if any(_is_zero(style.get(key)) for key in ("height", "max-height", "width", "max-width")):
        return style.get("overflow", "") == "hidden" or _is_zero(style.get("max-height"))
    far = re.match(r"-\d{3,}", style.get("text-indent", "") or style.get("left", "") or style.get("top", ""))
    return bool(far) or style.get("clip", "").replace(" ", "").startswith("rect(0")


def _is_zero(value: str | None) -> bool:
    match = _SIZE.match(value) if value else None
    return bool(match) and float(match[1]) == 0  # type: ignore[index]  # bool() has checked it


def _styled(look: _Look, style: dict[str, str]) -> _Look:
    if _hides(style):
        return replace(look, hidden=True)
    size = _SIZE.match(style.get("font-size", ""))
    if size:
        pixels = float(size[1]) * {"em": 16, "rem": 16, "%": 0.16}.get(size[2], 1)
        look = replace(look, tiny=pixels <= 2)
    ink = style.get("color")
    if ink:
        look = replace(look, ink=_colour(ink))
    ground = style.get("background-color") or style.get("background")
    if ground and "transparent" not in ground and "inherit" not in ground:
        look = replace(look, ground=_colour(ground))
    if style.get("background-image", "none") != "none":
        look = replace(look, ground=None)
    return look


def _colour(value: str) -> Colour:
    value = value.strip().lower()
    if value in _COLOURS:
        return _COLOURS[value]
    match = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", value)
    if match:
        digits = match[1] if len(match[1]) == 6 else "".join(char * 2 for char in match[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    numbers = re.match(r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*(?:[,/]\s*([\d.]+)\s*)?\)", value)
    if not numbers:
        return None
    if numbers[4] and re.fullmatch(r"0*\.?0*", numbers[4]):
        return (255, 255, 255)
    return int(numbers[1]), int(numbers[2]), int(numbers[3])


def _rules_of(sheets: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return what the mail's own style sheets declare for classes and ids, of what decides whether text is seen."""
    found: dict[str, dict[str, str]] = {}
    for sheet in sheets:
        for selectors, body in _STYLE_RULE.findall(_COMMENT.sub("", sheet).partition("@media")[0]):
            declared = {name: value for name, value in _declarations(body).items() if name in _DECIDING}
            for selector in selectors.split(",") if declared else ():
                simple = _SIMPLE_SELECTOR.fullmatch(selector.strip().lower())
                if simple:
                    found[simple[1]] = {**found.get(simple[1], {}), **declared}
    return found
