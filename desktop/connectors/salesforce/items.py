"""Records on their way into a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop.connectors.salesforce.looking import Place, fold, mark
from desktop.domain.records import RecordKind, RecordRef


@dataclass(frozen=True, slots=True)
class Item:
    """One record to be written: `at` is its place in the batch. A new one has a `key`, a known one a `ref`.

    `since` is the moment it must not have changed after, `version` how it stood then. `is_second`: it was refused once.
    """

    at: int
    kind: RecordKind
    body: Mapping[str, Any]
    key: str = ""
    ref: RecordRef | None = None
    since: datetime | None = None
    version: str = ""
    is_second: bool = False

    @property
    def place(self) -> Place:
        return (self.kind, fold(self.key)) if self.ref is None else (self.kind, mark(self.ref.id))

    @property
    def length(self) -> int:
        """About how many characters it takes."""
        return sum(len(name) + len(str(value)) + 6 for name, value in self.body.items()) + 100


def in_parts(items: Sequence[Item], *, at_most: int, length: int) -> list[list[Item]]:
    """Return items in parts of a number and of a length."""
    parts: list[list[Item]] = []
    left = 0
    for item in items:
        if not parts or len(parts[-1]) == at_most or item.length > left:
            parts.append([])
            left = length
        parts[-1].append(item)
        left -= item.length
    return parts
