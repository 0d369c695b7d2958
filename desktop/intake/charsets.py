"""Bytes to text that a person can read, whatever the mail claims about its charset.

Also takes out the characters that only serve to mislead: controls, zero-width marks, bidirectional overrides and
tags. What was taken out or guessed is said in a note, because nothing may be dropped silently.
"""

import codecs
import re
from dataclasses import dataclass, field

FALLBACK = "windows-1252"
_KNOWN = re.compile(
    r"(?:us-?)?ascii|ansi_x3\.4-1968|utf-?(?:7|8|8-sig|16|16le|16be|16-le|16-be|32|32le|32be|32-le|32-be)"
    r"|iso[-_]?8859[-_]?\d{1,2}(?:-[ei])?|latin[-_]?\d{1,2}|l1|(?:windows|cp|ibm)[-_]?\d{3,4}|koi8[-_][rut]"
    r"|gb2312|gbk|gb18030|hz-gb-2312|big5(?:-?hkscs)?|euc[-_](?:jp|kr)|shift[-_]?jis|ms932|iso-2022-(?:jp|kr)(?:-\w+)?"
    r"|mac-?(?:roman|cyrillic|latin2|greek|turkish)|tis-620|viscii|ks_c_5601-1987"
)
_ALIASES = {"ks_c_5601-1987": "cp949", "ansi_x3.4-1968": "ascii", "hz-gb-2312": "hz", "viscii": "windows-1258"}
_LATIN = frozenset({"ascii", "iso8859-1", "cp1252"})
_MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â€[\u0080-\u00bf™œ“”˜¢¦]")
_TAGS = "\U000e0000-\U000e007f\U000e0100-\U000e01ef"
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    f"\uffa0\ufff9-\ufffb{_TAGS}]"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

HIDDEN_REMOVED = "Invisible characters (controls, zero-width, text direction) were taken out."


@dataclass(slots=True)
class Troubles:
    """Sentences about what could not be decoded, each once, in order."""

    sentences: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Note one sentence, unless it is noted already."""
        if sentence not in self.sentences and len(self.sentences) < 50:
            self.sentences.append(sentence)


def codec_of(charset: str) -> str | None:
    """Return Python's name of a charset we decode, or None. Codecs that are no charset are never looked up."""
    name = charset.strip().strip("'\"").lower()[:40]
    if not _KNOWN.fullmatch(name):
        return None
    try:
        return codecs.lookup(_ALIASES.get(name, name)).name
    except LookupError:
        return None


def decode(content: bytes, charset: str, troubles: Troubles) -> str:
    """Return `content` as text: declared charset first, then UTF-8, then windows-1252. Never raises."""
    codec = codec_of(charset) if charset else "ascii"
    if codec is None:
        troubles.add("The mail names a character set that does not exist; it was guessed.")
    if codec in _LATIN or codec is None:
        return _undo_mojibake(_decode_western(content), troubles)
    try:
        text = content.decode(codec)
    except (UnicodeError, ValueError):
        troubles.add("Some characters do not fit the mail's character set; they were guessed.")
        if codec.startswith("utf-8"):
            return _decode_mostly_utf8(content)
        return content.decode(codec, "replace") if codec != "utf-7" else _decode_western(content)
    return _undo_mojibake(text, troubles)


def _decode_western(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(FALLBACK, "replace")


def _decode_mostly_utf8(content: bytes) -> str:
    """A few bad bytes in UTF-8 are replaced; a text that is mostly not UTF-8 is windows-1252."""
    text = content.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for char in text[:20_000] if char > "\x7f" and char != "\ufffd")
    return text if good >= bad else content.decode(FALLBACK, "replace")


def _undo_mojibake(text: str, troubles: Troubles) -> str:
    """Undo UTF-8 that was once read as windows-1252 ("MÃ¼ller"), where all of the text can be turned back."""
    if not _MOJIBAKE.search(text):
        return text
    try:
        repaired = text.encode(FALLBACK).decode("utf-8")
    except UnicodeError:
        return text
    troubles.add("The text had been encoded twice; it was repaired.")
    return repaired


def clean_text(text: str, troubles: Troubles) -> str:
    """Return text with LF line breaks, plain spaces, and without invisible characters (noted in `troubles`)."""
    text = text.removeprefix("\ufeff")
    text = _SURROGATE.sub("\ufffd", _BREAK.sub("\n", text))
    text, hidden = _HIDDEN.subn("", text)
    text, controls = _CONTROL.subn("", text)
    if hidden or controls:
        troubles.add(HIDDEN_REMOVED)
    return _SPACE.sub(" ", text)


def clean_line(text: str, troubles: Troubles, *, limit: int) -> str:
    """Return one line of cleaned text, runs of blanks collapsed, at most `limit` characters."""
    return " ".join(clean_text(text[: limit * 8], troubles).split())[:limit]
