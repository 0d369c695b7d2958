"""Text as it reads, however it is disguised: look-alike letters, letters set apart, digits for letters, base64.

The table holds what the skeletons of Unicode Technical Standard 39 have for Latin letters, as far as letters of other
scripts go that common typefaces draw alike; NFKC has seen to full-width and mathematical letters before.
"""

import base64
import binascii
import re
import unicodedata
from itertools import islice

from desktop.understanding.hostile.glosses import glossed
from desktop.understanding.hostile.misspellings import as_meant

_ALIKE = {
    "a": "аɑαａạɐ", "b": "ЬƄъ", "c": "сϲⅽᴄ", "d": "ԁɗⅾ", "e": "еҽєε℮", "f": "ƒϝ", "g": "ɡցԍ",
    "h": "һհ", "i": "іıɩΙІӏ", "j": "јϳ", "k": "κкᴋ", "l": "ⅼӏ", "m": "мⅿᴍ", "n": "ոпɴη",
    "o": "оοօσᴏ", "p": "рρ", "q": "ԛզ", "r": "гᴦ", "s": "ѕꜱ", "t": "тτᴛ", "u": "υսᴜц",
    "v": "ѵνⅴᴠ", "w": "ԝωᴡա", "x": "хχⅹ", "y": "уγүʏ", "z": "ᴢ",
}  # fmt: skip
_TABLE = {ord(other): plain for plain, others in _ALIKE.items() for other in others.lower()}
_CAPITALS = dict(zip("АВЕКМНОРСТХЅІЈԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abekmhopctxsijgqwabezhikmnoptyx", strict=True))
_TABLE |= {ord(other): plain for other, plain in _CAPITALS.items()}
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\U000e0000-\U000e01ef]"
)
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f\u0531-\u0587]")
_LATIN = re.compile("[a-zA-Z]")
_SCRIPTS = {
    "latin": re.compile("[a-zA-Z\u00c0-\u024f]"), "greek": re.compile("[\u0370-\u03ff]"),
    "cyrillic": re.compile("[\u0400-\u052f]"), "armenian": re.compile("[\u0531-\u0587]"),
    "cherokee": re.compile("[\u13a0-\u13ff\uab70-\uabbf]"),
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LEET_WORD = re.compile(
    r"(?<![\w@.])(?=[a-z@$!|0-9]{0,20}[a-z])(?=[a-z@$!|]{0,20}[013457@$!|])[a-z013457@$!|]{3,20}(?![\w@]|\.\w)"
)
_SET_APART = re.compile(r"(?<!\w)(?:\w(?:[ .*_\-~·•]{1,2}|\u00a0)){5,400}\w(?!\w)")
_GLUED_WORDS = re.compile(r"(?:[A-Z][a-z]{1,15}){4}")  # "PleaseSendTheMail"
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{16,4000}={0,2}(?![\w+/])")
_MARKS = re.compile(r"(?<=\w)[*_~`^]{1,2}(?=\w)")
_LONELY = re.compile(r"(?<![^\W_])[^\W_](?:[ .*_\-~·•]{1,4}[^\W_](?![^\W_])){2,400}")
_PLACES = re.compile(r"\S{0,200}(?:@|://|www\.|\.\w{2,4}/)\S{0,400}")
_THROWN_IN = re.compile(
    r"[A-Z]?[a-z]{1,12}[A-Z]{1,6}(?:[a-z]{1,12}[A-Z]{0,6}){0,4}|[A-Z]{2,8}[a-z]{1,6}[A-Z]{1,8}[A-Za-z]{0,8}"
)
_PRODUCT = re.compile(r"[A-Z][a-z]{1,14}[A-Z][a-z]{1,14}|[a-z][A-Z][a-z]{2,14}")  # PowerPoint, iPhone
_PLAIN_WORD = re.compile(r"[A-Za-z]{3,20}")
_LEET_INSIDE = re.compile(r"[a-z][013457@$!|]{1,2}[a-z]")
_MARKED = re.compile(r"\b[A-Za-z]{1,12}[+^&%#~\]>}$*\\][a-z]{1,12}\b")
_WIDE = re.compile("[\uff41-\uff5a]")
_WIDE_IN_WORD = re.compile("[a-zA-Z][\uff21-\uff5a]|[\uff21-\uff5a][a-zA-Z]")
_ENDLESS = re.compile(r"(?<![\w+/.=%?&-])[A-Za-z0-9+/]{60,4000}={0,2}(?![\w+/.%?&-])")
_TURNED_CASE = re.compile(r"\b[a-z][A-Z]{3,20}\b")  # "iGNORE"
_NOISE = frozenset('!#$%^&*~`{}|\\<>?=+;@("')
MIN_NOISE = 4
MAX_DECODED = 20


def without_invisible(text: str) -> str:
    """Leave out what has no width and what turns the direction of the text."""
    return _INVISIBLE.sub("", text)


def skeleton(word: str) -> str:
    """Return a word in the Latin letters it looks like, in small letters (for domains and words of mixed scripts)."""
    plain = unicodedata.normalize("NFKC", without_invisible(word)).translate(_TABLE).lower()
    letters = (char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))
    return "".join(letters)


def scripts_of(word: str) -> frozenset[str]:
    """Return which of the alphabets that are taken for one another a word has letters of."""
    return frozenset(name for name, pattern in _SCRIPTS.items() if pattern.search(word))


def readings(text: str) -> tuple[str, ...]:
    """Return the texts that `text` can be read as, in small letters, each once; the plain one first.

    Words that mix scripts are taken for Latin ones, words of one script are left alone. Takes time in proportion to
    the length.
    """
    folded = _folded(text)
    lowered = (_GLUED.sub(" ", folded) if _GLUED_WORDS.search(folded) else folded).lower()
    found = {lowered: None}
    undone = _LEET_WORD.sub(lambda match: match[0].translate(_LEET), _MARKS.sub("", lowered))
    found[as_meant(lowered)] = found[undone] = None
    if undone != lowered:
        found[as_meant(undone)] = None
    for one in tuple(found):
        found[glossed(one)] = None
    if _SET_APART.search(undone):
        found[_SET_APART.sub(lambda match: _together(match[0]), undone)] = None
    for match in list(_BASE64.finditer(text))[:MAX_DECODED]:
        decoded = _decoded(match[0])
        if decoded:
            found[_folded(decoded).lower()] = None
    return tuple(found)


def is_disguised(text: str) -> bool:
    """Whether words are written so that programs that search them should not find them. No honest mail does that.

    Letters of two scripts in a word (twice), capitals thrown in, letters set apart, digits for letters, marks within
    words (three times and more), text in base64.
    """
    if not text.isascii():
        if len(_WIDE.findall(text)) >= 12 or len(_WIDE_IN_WORD.findall(text)) >= 2:
            return True
        mixed = (word for word in _WORD.findall(text) if _FOREIGN.search(word) and _LATIN.search(word))
        if len(set(islice(mixed, 40))) >= 2:
            return True
    plain = _PLACES.sub(" ", unicodedata.normalize("NFKC", text))
    return (
        _has_odd_case(plain)
        or len({word for word in _LEET_WORD.findall(plain.lower()) if _is_leet(word)}) >= 3
        or _is_set_apart(plain)
        or len(set(_MARKED.findall(plain))) >= 4
        or any(len(set(match[0])) >= 12 for match in islice(_ENDLESS.finditer(text), MAX_DECODED))
        or any(_decoded(match[0]) for match in islice(_BASE64.finditer(text), MAX_DECODED))
    )


def has_odd_letters(text: str) -> bool:
    """Whether a single line has a word of mixed scripts, wide letters, digits for letters, or is mere noise."""
    if not text.isascii():
        if _WIDE.search(text) or _WIDE_IN_WORD.search(text):
            return True
        if any(_FOREIGN.search(word) and _LATIN.search(word) for word in _WORD.findall(text[:400])):
            return True
    if any(_is_leet(word) for word in _LEET_WORD.findall(_PLACES.sub(" ", text[:400].lower()))):
        return True
    return any(_is_noise(word) for word in text[:400].split())


def _is_leet(word: str) -> bool:
    """Whether a word has digits for letters, and is no code: it has no number in it, and vowels when it is undone."""
    is_code = re.search(r"\d\d", word) or 4 * len(re.findall("[aeiouy]", word.translate(_LEET))) < len(word)
    return bool(_LEET_INSIDE.search(word)) and not is_code


def _is_noise(word: str) -> bool:
    """Whether a run of letters and marks says nothing: what a machine finds that tries out what moves another."""
    marks = sum(char in _NOISE for char in word)
    return marks >= MIN_NOISE and len(set(word) & _NOISE) >= MIN_NOISE and not _PLACES.fullmatch(word)


def _is_set_apart(text: str) -> bool:
    """Whether the letters of a good many words stand apart."""
    runs = [match[0] for match in islice(_LONELY.finditer(text), 60)]
    for least, found in ((18, [run for run in runs if not run.replace(" ", "").isalnum()]), (40, runs)):
        letters = "".join(char for run in found for char in run.lower() if char.isalnum())
        if len(letters) >= least and len({char for char in letters if char.isalpha()}) >= 6:
            return True
    return False


def _has_odd_case(text: str) -> bool:
    """Whether capitals stand within a good part of the words."""
    if len(set(_TURNED_CASE.findall(text[:4000]))) >= 3:
        return True
    found = _PLAIN_WORD.findall(text[:4000])
    odd = {word for word in found if _THROWN_IN.fullmatch(word) and not _PRODUCT.fullmatch(word)}
    return len(odd) >= 4 and len(odd) >= 0.25 * len(set(found))


def _folded(text: str) -> str:
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    if _FOREIGN.search(text):
        text = _WORD.sub(lambda match: _latin(match[0]), text)
    return "".join(char for char in text if not ("\u0300" <= char <= "\u036f"))


def _latin(word: str) -> str:
    """Return a word that mixes scripts in Latin letters; one that could be a word of its script stays."""
    if not _FOREIGN.search(word):
        return word
    turned = word.translate(_TABLE)
    return turned if _LATIN.search(word) or turned.isascii() else word


def _together(spaced: str) -> str:
    """Join letters that stand apart; two blanks part words."""
    words = re.split(r" {2,}", spaced)
    return " ".join(re.sub(r"[^\w]", "", word) for word in words)


def _decoded(word: str) -> str:
    """Return what a run of base64 says, where that is text, else ""."""
    try:
        raw = base64.b64decode(word + "=" * (-len(word.rstrip("=")) % 4), validate=True)
        text = raw.decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    letters = sum(char.isalpha() or char.isspace() for char in text)
    return text if len(text) >= 10 and letters >= 0.75 * len(text) else ""
