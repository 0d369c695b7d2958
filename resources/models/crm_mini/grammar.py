"""Phrases that unfold into many: `{a|b}` is a choice, `<section>` another phrase, `[slot]` something to fill in.

A fifth of all lines (by a hash of their text) is held out: the generator writes training mails without them, and
test mails with them alone, so that unseen phrasing can be measured.
"""

import hashlib
import random
import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "phrases"
LANGUAGES = ("en", "de", "fr", "es")
HELD_OUT_OF = 5
MAX_ROUNDS = 400

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SECTION = re.compile(r"<([a-z_]+)>")
_SLOT = re.compile(r"\[([+-]?[a-z]+\d?)\]")


class Split(StrEnum):
    """Which phrases and entities may be used: those trained on, or those held out."""

    TRAIN = "train"
    TEST = "test"


def is_held_out(text: str) -> bool:
    """Whether a phrase or a name is one of the fifth that is never trained on."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % HELD_OUT_OF == 0


def share(items: list[str], split: Split) -> list[str]:
    """Return the items of one split; all of them where a split would have none."""
    wanted = [item for item in items if is_held_out(item) == (split is Split.TEST)]
    return wanted or items


@cache
def phrases_of(language: str, split: Split) -> "Phrases":
    """Return the phrases of one language and one split."""
    return Phrases(language, split)


def _lines(language: str) -> list[str]:
    """Return the lines of all files of a language: `en.txt`, `en_why.txt`; a section may stand in several."""
    paths = sorted(FOLDER.glob(f"{language}*.txt"))
    return [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


class Phrases:
    """The phrases of one language and one split."""

    def __init__(self, language: str, split: Split) -> None:
        sections: dict[str, list[str]] = {}
        for line in _lines(language):
            if line.startswith("# "):
                current = sections.setdefault(line[2:].strip(), [])
            elif line.strip():
                current.append(line)
        self._sections = {name: share(lines, split) for name, lines in sections.items()}

    def has(self, section: str) -> bool:
        """Whether there is a section of this name."""
        return section in self._sections

    def draw(self, chance: random.Random, section: str, fill: Callable[[str], str]) -> str:
        """Return one unfolded phrase of a section, each slot filled in by `fill`."""
        return self.unfold(chance, chance.choice(self._sections[section]), fill)

    def unfold(self, chance: random.Random, text: str, fill: Callable[[str], str]) -> str:
        """Return a phrase with its choices made and its slots filled."""
        for _ in range(MAX_ROUNDS):
            found = _CHOICE.search(text)
            if found:
                text = text[: found.start()] + chance.choice(found[1].split("|")) + text[found.end() :]
                continue
            section = _SECTION.search(text)
            if not section:
                break
            text = text[: section.start()] + chance.choice(self._sections[section[1]]) + text[section.end() :]
        text = re.sub(r"[ \t]{2,}", " ", text).strip()
        return _SLOT.sub(lambda slot: fill(slot[1]), text)
