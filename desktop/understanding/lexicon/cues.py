"""Words and phrases that speak for a conclusion, by language, as `resources/understanding/*.json` list them.

A blank in a phrase stands for any one gap between words. The phrases of a mail's own language are tried, and the
English ones too, because English words stand in business mail of every language. Phrases meet folded text only.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from re import Pattern
from typing import TypedDict

from desktop.system import resources

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "tr", "sv", "da", "no")
_NEVER = re.compile(r"(?!)")
_BOUNDED = ((r"\w+", r"\w{1,40}"), (r"\w*", r"\w{0,40}"), (r"\S+", r"\S{1,80}"), (" ?", r"\s{0,4}"), (" ", r"\s{1,4}"))
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "\xa0": " ", "\u202f": " "})


class _List(TypedDict):
    weight: float
    phrases: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Cue:
    """What matches a phrase of one list, and what that weighs."""

    weight: float
    pattern: Pattern[str]


def folded(text: str) -> str:
    """Return the text in lower case with straight apostrophes, character for character: places stay the same."""
    plain = text.translate(_STRAIGHT)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in plain)


def cues_of(name: str, group: str, language: str) -> tuple[Cue, ...]:
    """Return the cues of one group of `name`.json for a mail in `language`; for one without phrases, the English."""
    return _cues(name, group, language if language in LANGUAGES else "en")


def pattern_of(name: str, group: str, language: str) -> Pattern[str]:
    """Return the pattern of a group that has one list only."""
    return cues_of(name, group, language)[0].pattern


@cache
def _cues(name: str, group: str, language: str) -> tuple[Cue, ...]:
    found = []
    for lists in _file(name)[group]:
        spoken = ("en",) if language == "en" else ("en", language)
        alternatives = [phrase for code in spoken for phrase in lists["phrases"].get(code, ())]
        pattern = compiled(f"(?<!\\w)(?:{'|'.join(alternatives)})(?!\\w)") if alternatives else _NEVER
        found.append(Cue(lists["weight"], pattern))
    return tuple(found)


def compiled(pattern: str) -> Pattern[str]:
    """Compile a pattern for folded text: blanks match one gap, repeats of word characters are bounded."""
    for loose, bounded in _BOUNDED:
        pattern = pattern.replace(loose, bounded)
    return re.compile(pattern)


@cache
def _file(name: str) -> dict[str, list[_List]]:
    raw = resources.path("understanding", f"{name}.json").read_text(encoding="utf-8")
    groups: dict[str, list[_List]] = json.loads(raw)
    return groups
