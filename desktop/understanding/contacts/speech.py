"""What is looked through for people who are spoken of, and what is noted of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop.understanding.contacts.contact import Author, Organisation
from desktop.understanding.contacts.mention_cues import Cue
from desktop.understanding.contacts.owners import Person
from desktop.understanding.contacts.shares import NO_SHARE, Share
from desktop.understanding.lexicon.names import PARTICLES, tokens_of
from desktop.understanding.zones.cleaning import TextLine
from desktop.understanding.zones.passages import Passage

MAX_READ = 8_000

_FOR_SOMEBODY = re.compile(
    r"(?i)\s(?:on behalf of|for|im auftrag von|au nom de|pour|en nombre de|por cuenta de|per conto di"
    r"|namens|em nome de)\s.*$"
)


@dataclass(slots=True)
class Known:
    """A person: where they are named fullest, how they are brought in, what the text gives of theirs.

    `has_card` says that the text announces details close to the name, `is_to_be_called` that it tells to get in touch
    with "him" or "her". `is_outside` says that they are said to be, or have an address, outside the rep's organisation,
    `is_elsewhere` that it is another one than the writer's. `share` is how much of the mail speaks of them.
    """

    name: str
    start: int
    end: int
    cues: set[Cue] = field(default_factory=set)
    has_number: bool = False
    address: tuple[int, int] | None = None
    has_card: bool = False
    is_to_be_called: bool = False
    has_honorific: bool = False
    is_outside: bool = False
    is_elsewhere: bool = False
    share: Share = NO_SHARE

    @property
    def tokens(self) -> frozenset[str]:
        """The words of the name, lower case, initials left out."""
        return frozenset(word.casefold().strip(".") for word in self.name.split() if len(word.strip(".")) > 1)

    @property
    def has_details(self) -> bool:
        """Whether the text gives a number or an address of theirs."""
        return self.has_number or self.address is not None

    def person(self) -> Person:
        """Return what `owner_of` needs to know of them."""
        return Person(self.tokens, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Speech:
    """What is looked through for people: one writer's lines, and what is known of writer and reader.

    `heads` is the subject; `copied` are the addresses of outsiders who got the mail too, `colleagues` those of the
    rep's colleagues who did; `reader_words` are the words of the rep's names and addresses, lower case; `is_unattended`
    says that a program sent it, `writer_is_outside` that the writer is none of the rep's colleagues, `is_note` that the
    rep wrote it for themselves; `language`
    is empty when it is not sure; `lowered` is the text in lower case, character for character.
    """

    text: str
    heads: str
    lines: tuple[TextLine, ...]
    signature: tuple[TextLine, ...]
    writer: Author
    organisation: Organisation
    reader_words: frozenset[str]
    copied: frozenset[str]
    is_unattended: bool
    writer_is_outside: bool = True
    is_note: bool = False
    colleagues: frozenset[str] = frozenset()
    language: str = ""
    lowered: str = ""

    @property
    def writer_words(self) -> frozenset[str]:
        """The words of the writer's name and address, lower case."""
        words = tokens_of(_FOR_SOMEBODY.sub("", self.writer.name.text)) if self.writer.name else frozenset()
        address = self.writer.address.text if self.writer.address else ""
        return (words | tokens_of(address.partition("@")[0])) - PARTICLES


def bounded(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return the passages, together no longer than MAX_READ characters."""
    kept: list[Passage] = []
    room = MAX_READ
    for passage in passages[:200]:
        end = min(passage.end, passage.start + room)
        if end <= passage.start:
            break
        kept.append(Passage(passage.start, end))
        room -= end - passage.start
    return tuple(kept)
