"""What may be a name in a transcript, with capitals or without, and how it is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.evidence import FactKind, Party
from desktop.understanding.calls.common_words import NO_NAMES
from desktop.understanding.lexicon.cues import folded
from desktop.understanding.lexicon.first_names import FIRST_NAMES
from desktop.understanding.lexicon.function_words import title_strength
from desktop.understanding.lexicon.names import PARTICLES
from desktop.understanding.lexicon.words import words

LEAST_CASED = 0.5
MAX_WORDS = 3

WORD = r"[^\W\d_][\w'’-]{0,25}"
NAME = rf"(?P<name>{WORD}(?: {WORD}){{0,3}}?)"
"""One to four words as few as will do: what follows in the pattern says where a name ends."""

LONG_NAME = rf"(?P<name>{WORD}(?: {WORD}){{0,3}})"
HONORIFIC = (
    r"(?:mister|mr\.?|mrs\.?|missus|ms\.?|miss|herrn?|frau|doktor|doctor|dr\.?|monsieur|madame|señora?|signora?|meneer"
    r"|mevrouw)"
)
_HONORIFICS = words(
    "mister mr mrs missus ms miss herr herrn frau doktor doctor dr monsieur madame señor señora signor signora meneer "
    "mevrouw"
)
_TOKEN = re.compile(r"\S+")
_SURNAME_NOT = re.compile(r".*(?:ing|ed|ly|n't|'\w{1,2}|’\w{1,2})$")


@dataclass(frozen=True, slots=True)
class Named:
    """A name at [start, end) of the text. `party` is whose side the person is on; OTHER is not on the call."""

    start: int
    end: int
    value: str
    kind: FactKind
    party: Party
    score: float
    why: str


def is_cased(turns: Sequence[str]) -> bool:
    """Whether the transcript sets capitals: most turns begin with one."""
    letters = [letter for text in turns if (letter := next((char for char in text[:20] if char.isalpha()), ""))]
    return sum(letter.isupper() for letter in letters) > LEAST_CASED * len(letters)


def name_at(
    text: str, start: int, end: int, *, cased: bool, most: int = MAX_WORDS, is_firm: bool = False
) -> tuple[int, int] | None:
    """Return where in text[start:end] a name stands at the beginning, without honorific, or None.

    A word said twice ("phil phil castellano") is taken once. `is_firm`: its later words may be common ones.
    """
    found: list[tuple[int, int, str]] = []
    for match in _TOKEN.finditer(text, start, end):
        bare = match[0].strip('.,;:!?"()[]')
        if not bare:
            break
        low = folded(bare)
        if not found and low.rstrip(".") in _HONORIFICS:
            continue
        first = match.start() + match[0].find(bare)
        if found and low == folded(found[-1][2]):
            found = found[:-1]
        is_particle = found and low in PARTICLES and not cased
        is_kind = found and is_firm and cased and bare[0].isupper()
        if not (_is_name_word(bare, cased=cased, is_first=not found) or is_particle or is_kind):
            break
        found.append((first, first + len(bare), bare))
        if len(found) >= most or bare != match[0].lstrip('"([') or low.endswith(("'s", "’s")):
            break
    while found and folded(found[-1][2]) in PARTICLES:
        found.pop()
    if not found:
        return None
    last = found[-1]
    cut = 2 if folded(last[2]).endswith(("'s", "’s")) else 0
    return found[0][0], last[1] - cut


def _is_name_word(word: str, *, cased: bool, is_first: bool) -> bool:
    low = folded(word)
    plain = low.removesuffix("'s")
    if len(plain) < 2 or not plain.replace("-", "").replace("'", "").isalpha() or plain in NO_NAMES:
        return False
    if cased:
        return word[0].isupper()
    return is_first or not _SURNAME_NOT.match(plain) or plain in FIRST_NAMES


def backwards(text: str, start: int, end: int, *, cased: bool) -> tuple[int, int] | None:
    """Return where a name stands at the end of text[start:end], or None."""
    found = list(_TOKEN.finditer(text, max(start, end - 60), end))
    best = None
    for match in found[::-1][: MAX_WORDS + 1]:
        bare = match[0].strip('.,;:!?"()[]')
        if best is not None and bare != match[0].rstrip():
            break
        place = name_at(text, match.start(), end, cased=cased)
        if place is None or text[place[1] : end].strip(" ,"):
            break
        best = place
    return best


def is_first_name(text: str) -> bool:
    """Whether the first word is a common first name."""
    return bool(text) and folded(text.split(maxsplit=1)[0]).removesuffix("'s") in FIRST_NAMES


def written(text: str) -> str:
    """Return a name as it is written, capitals where speech recognition set none."""
    return " ".join(_capital(word) for word in text.split())


def _capital(word: str) -> str:
    if not word.islower() or word in PARTICLES:
        return word
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))


def is_role(text: str) -> bool:
    """Whether the words name a job: "finance director at the customer"."""
    found = text.split()[:4]
    return any(title_strength(" ".join(found[:count])) >= 0.6 for count in range(1, len(found) + 1))


def same_person(one: str, other: str) -> bool:
    """Whether one name is the other or a part of it."""
    left, right = set(folded(one).split()), set(folded(other).split())
    return bool(left) and bool(right) and (left <= right or right <= left)
