"""How much of a mail speaks of whom: in how many of its sentences a person is named or meant by "he" or "she"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.understanding.contacts.mention_cues import FULL_NAME, pattern_of
from desktop.understanding.contacts.owners import Person
from desktop.understanding.zones.passages import Passage, sentences_of

MAX_SENTENCES = 60
MUCH = 0.33
SEVERAL = 2

_SMALL_SIE = re.compile(r"(?<=[\w,] )(?:sie|ihre?[mnrs]?)\b")  # with a capital the German word is "you"
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEW_WORDS = 2


@dataclass(frozen=True, slots=True)
class Share:
    """In how many sentences of a mail somebody is spoken of, and in how large a part of all."""

    sentences: int
    part: float

    @property
    def is_much(self) -> bool:
        """Whether the mail is to a good part about them."""
        return self.sentences >= SEVERAL and self.part >= MUCH

    def with_one_more(self) -> "Share":
        """Return the share where one sentence more is about them, as it gives their number."""
        if not self.sentences:
            return self
        return Share(self.sentences + 1, min(1.0, self.part * (self.sentences + 1) / self.sentences))


NO_SHARE = Share(0, 0.0)


def shares_of(
    text: str, lowered: str, passages: Sequence[Passage], people: Sequence[Person], *, language: str
) -> tuple[Share, ...]:
    """Return how much of the passages speaks of each of the people.

    `lowered` is the text in lower case, `language` empty where it is not sure.

    A sentence with a pronoun of the third person is about whoever was named last; sentences of one or two words, as
    greetings are, count for nobody.
    """
    counts = [0] * len(people)
    total = 0
    last: int | None = None
    places = (place for passage in passages for place in sentences_of(text, passage))
    for _, (start, end) in zip(range(MAX_SENTENCES), places, strict=False):
        words = {word.casefold() for word in _WORD.findall(text[start:end])}
        named = [index for index, person in enumerate(people) if _is_named(words, person)]
        other = FULL_NAME.search(text, start, end) if not named else None
        before = other.end() if other else end
        if not named and last is not None and _has_pronoun(text, lowered, start, before, language):
            named = [last]
        if len(words) <= _FEW_WORDS and not named:
            continue
        total += 1
        if other and not named:
            last = None
        for index in named:
            counts[index] += 1
        last = min(named, key=lambda index: _place(text, start, end, people[index])) if named else last
    return tuple(Share(count, count / total if total else 0.0) for count in counts)


def _is_named(words: set[str], person: Person) -> bool:
    return bool(person.tokens & words)


def _place(text: str, start: int, end: int, person: Person) -> int:
    """Return where a sentence names a person first: "he" in the next one is whoever the sentence began with."""
    words = (match.start() for match in _WORD.finditer(text, start, end) if match[0].casefold() in person.tokens)
    return next(words, end)


def _has_pronoun(text: str, lowered: str, start: int, end: int, language: str) -> bool:
    if pattern_of("third person", language).search(lowered, start, end):
        return True
    return language == "de" and bool(_SMALL_SIE.search(text, start, end))
