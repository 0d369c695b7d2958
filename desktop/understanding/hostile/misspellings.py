"""Words that tell of a program, as they stand in the cues, spelled with letters that have changed places.

People mistype too: a text that is only mistyped is read as meant, and is held against the same cues as any other.
"""

import re
from functools import cache
from itertools import islice

from desktop.understanding.hostile.glosses import TELLING
from desktop.understanding.hostile.software_cues import CUES
from desktop.understanding.lexicon.words import words

MAX_SWAPPED = 6  # letters of a long word that stand elsewhere
MAX_TORN = 40
LEAST = 4
_WORD = re.compile(r"[^\W\d_]{3,20}")
_LITERAL = re.compile(r"(?<![\\a-zà-ÿ\[\]-])[a-zà-ÿ]{3,16}(?![a-zà-ÿ]|\[|\\w|\]|[*?])")
_TORN = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,16})(?= ([^\W\d_]{1,16})(?![^\W\d_]))")
_SHORT = words("to of in on at by my me us it is if or as we he an")
# Ordinary words and names that are the slip of another word: none is taken for the other.
_ORDINARY = words(
    "form from trail trial being begin quiet quite sign sing casual causal united untied angel angle diary dairy tired "
    "tried was saw ten net era are unite untie split spilt there later filed lots suing voter voters "
    "paris arising centre centres dose meat bets snag pots lien mani parties conservation several suer sued"
)
_LONG = 7
_SHORT_SLIPS = {"teh": "the", "hte": "the", "adn": "and", "nad": "and", "yoru": "your", "yuor": "your", "oyur": "your"}
# Those that the cues spell with a choice of letters.
_ALSO = words(
    "summarize summarise summarized summarizing summary summaries summarization previous instruction instructions "
    "response sentence anagram anagrammed scrambled jumbled misspelled confirmation assistant assistants assistenten "
    "ignorieren summarised emails message messages mails recap ensure know difference differences sentences words "
    "organize organise utilize emphasize judgment"
)


@cache
def _meant() -> tuple[frozenset[str], dict[str, str], dict[str, str]]:
    """Return the words of the cues, what each is with two neighbours changed, and long ones by their letters."""
    known = {word for one in CUES for word in _LITERAL.findall(one.pattern.pattern)} - _ORDINARY
    known |= (
        _ALSO | _SHORT | {word for word in TELLING if len(word) >= 5} | {word + "s" for word in known if len(word) >= 5}
    )
    slips: dict[str, str] = dict(_SHORT_SLIPS)
    for word in sorted(known):
        for at in _swappable(word):
            slip = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            if slip not in known and slip not in _ORDINARY:
                slips.setdefault(slip, word)
    return frozenset(known), slips, {"".join(sorted(word)): word for word in sorted(known) if len(word) >= _LONG}


def _swappable(word: str) -> range:
    """Return which letters may have changed places with the next: in a short word not the first, nor the last."""
    if len(word) < LEAST:
        return range(0)
    return range(1, len(word) - 2) if len(word) == LEAST else range(len(word) - 1)


def as_meant(text: str) -> str:
    """Return a text in small letters with the slips in telling words undone; takes time in proportion to the length."""
    known, slips, by_letters = _meant()
    torn = dict.fromkeys(_TORN.findall(text))
    whole = (
        (f"{first} {second}", f"{left} {right}")
        for first, second in torn if first not in known or second not in known
        for left, right in ((first + second[0], second[1:]), (first[:-1], first[-1] + second))
        if left in known and right in known
    )  # fmt: skip
    for written, meant in islice(whole, MAX_TORN):
        text = text.replace(written, meant)
    wrong = {}
    for word in set(_WORD.findall(text)) - known - _ORDINARY:
        found = slips.get(word) or (by_letters.get("".join(sorted(word))) if len(word) >= _LONG else None)
        if found and sum(one != other for one, other in zip(word, found, strict=True)) <= MAX_SWAPPED:
            wrong[word] = found
    return _WORD.sub(lambda match: wrong.get(match[0], match[0]), text) if wrong else text
