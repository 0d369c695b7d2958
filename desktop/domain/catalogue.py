"""Language models that can be had, and those that are here. Sizes are in bytes, contexts in tokens."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

WORKING_CONTEXT = 8192  # what the engine sets aside for one mail, however much more a model could take
CATALOGUE = "catalogue"  # the purpose in the card of a model from here
SPARE_MEMORY = 512 * 1024**2
LARGEST_CELL = 128 * 1024  # key and value of one token over all layers, in the largest models of the catalogue
BYTES_PER_CELL_BYTE = 32 * 1024


@dataclass(frozen=True, slots=True)
class Licence:
    """What the publisher allows. `note` is empty unless it restricts what a business may do."""

    name: str
    link: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One file of the catalogue.

    `size` and `sha256` are None where nobody we trust told them; `about` is the size for words and estimates.
    `memory` is what the model wants to run in. `thinking` is True when it would think aloud first and its template
    has to close that; `can_draft` when its prose is good enough for replies, and so for summaries. `trust` goes into
    the card.
    """

    name: str
    title: str
    tier: str
    repository: str
    revision: str
    file: str
    size: int | None
    about: int
    sha256: str | None
    licence: Licence
    memory: int
    context: int
    template: str
    thinking: bool
    can_draft: bool
    languages: tuple[str, ...]
    trust: float
    note: str = ""

    def address(self, hub: str) -> str:
        """Return where the file lies on a hub or on a mirror laid out like one."""
        return f"{hub.rstrip('/')}/{self.repository}/resolve/{self.revision}/{self.file}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries, the best general choice first within a tier, and the hub they come from unless a mirror is set."""

    hub: str
    entries: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """One model file on this computer. `name` is the file's name without `.gguf`; `is_boxed` came with Dealside."""

    name: str
    title: str
    path: Path
    size: int
    sha256: str
    purpose: str
    context: int
    is_boxed: bool

    @property
    def is_pinned(self) -> bool:
        """Whether its very bytes are known."""
        return bool(self.sha256)


@dataclass(frozen=True, slots=True)
class NewCard:
    """What is put beside a model file that arrives."""

    title: str
    sha256: str
    size: int
    trust: float
    purpose: str
    template: str
    context: int
    can_write: bool = False


def card_for(entry: CatalogueEntry, digest: str, size: int) -> NewCard:
    """Return the card of an entry's file; one whose SHA-256 nobody told is pinned by what arrived."""
    context = min(entry.context, WORKING_CONTEXT)
    return NewCard(entry.title, digest, size, entry.trust, CATALOGUE, entry.template, context, entry.can_draft)


class ModelShelf(Protocol):
    """The model files of one profile and those in the box."""

    folder: Path

    @abstractmethod
    def installed(self) -> tuple[InstalledModel, ...]:
        """Return every model file, the rep's own before those in the box."""

    @abstractmethod
    def active(self, chosen: str) -> InstalledModel | None:
        """Return the one that reads the mail, given the name the rep chose or the empty string."""

    @abstractmethod
    def inspect(self, path: Path) -> str:
        """Look at a file's header before anything else does; return the name of the template that fits it.

        Raises Rejected with what is wrong with the file.
        """

    @abstractmethod
    def digest(self, path: Path, should_stop: Callable[[], bool]) -> str:
        """Return the SHA-256 of a file as it lies on the disk; raises Cancelled, or Rejected when it is unreadable."""

    @abstractmethod
    def put(self, part: Path, file: str, card: NewCard) -> Path:
        """Give a whole and checked file its name and its card, so that no crash leaves one that lies."""

    @abstractmethod
    def remove(self, model: InstalledModel) -> None:
        """Delete a model file and its card."""


def memory_wanted(size: int, context: int) -> int:
    """Return a careful estimate of the memory a model file runs in: file × 1.6 + its context + 0.5 GB.

    The size of a cell is estimated from the file's: about 64 KiB for 2 GB, never over 128 KiB.
    """
    cell = min(LARGEST_CELL, size // BYTES_PER_CELL_BYTE)
    return size * 16 // 10 + min(context, WORKING_CONTEXT) * cell + SPARE_MEMORY
