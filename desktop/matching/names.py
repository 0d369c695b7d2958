"""Names as they are compared: Latin letters, no accents, one form for short forms, no legal form after a firm."""

import re
from collections.abc import Mapping
from functools import cache

import msgspec
from anyascii import anyascii

from desktop.domain.matching import COMPANY_SUFFIXES
from desktop.system import resources

LONGEST = 200
_WORD = re.compile(r"[a-z0-9]+")
_TWO_LETTERS = re.compile(r"ae|oe|ue")  # how umlauts are written where there are none
_LETTERS = re.compile(r"(?<!\w)(?:\w\.\s?){2,}|(?<!\w)\w/\w(?!\w)")  # S.A.R.L., e. K., A/S: letters that are one word
_FORMS = (("sa", "de", "cv"), ("s", "de", "rl", "de", "cv"), ("sp", "z", "oo"))  # legal forms of several words
_ADDED = frozenset(
    {"dr", "prof", "mr", "mrs", "ms", "herr", "frau", "mme", "sr", "sra", "jr", "ing", "dipl", "phd", "mba"}
)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in plain lower-case Latin letters, whatever script it is in."""
    plain = anyascii(text[:LONGEST].lower().replace("&", " and ").replace("'", "").replace("’", "")).lower()
    return tuple(_WORD.findall(plain.replace(".", " ")))


def person_words(name: str) -> tuple[str, ...]:
    """Return the words of a person's name, without titles."""
    words = words_of(name)
    return tuple(word for word in words if word not in _ADDED) or words


def firm_words(name: str) -> tuple[str, ...]:
    """Return the words of a firm's name, without its legal form and the article before it."""
    words = words_of(_LETTERS.sub(lambda found: re.sub(r"[./\s]", "", found[0]) + " ", name[:LONGEST]))
    for form in _FORMS:
        if len(words) > len(form) and words[-len(form) :] == form:
            words = words[: -len(form)]
    kept = tuple(word for word in words if word not in COMPANY_SUFFIXES and word != "and")
    return (kept[1:] if len(kept) > 1 and kept[0] == "the" else kept) or words


def folded(word: str) -> str:
    """Return a word with umlauts written out as one letter and double letters as one: mueller, muller and müller."""
    return re.sub(r"(.)\1+", r"\1", _TWO_LETTERS.sub(lambda found: found[0][0], word))


def roots(given: str) -> frozenset[str]:
    """Return the names a given name may be a form of, or itself: bob → robert, alex → alexander and alexandra."""
    return _roots().get(given) or frozenset({given})


def skeleton(word: str) -> str:
    """Return the first letter and the consonants after it, each once in a row: what slips of the keys often spare."""
    plain = folded(word)
    return plain[:1] + re.sub(r"[aeiouyhw]", "", plain[1:])


@cache
def _roots() -> Mapping[str, frozenset[str]]:
    groups = msgspec.json.decode(resources.path("matching", "nicknames.json").read_bytes(), type=list[list[str]])
    found: dict[str, frozenset[str]] = {}
    for group in groups:
        for name in (*group, *map(folded, group)):
            found[name] = found.get(name, frozenset()) | {group[0]}
    return found
