"""Creates whose answer was lost, for CRMs that would take a second one: wait until the first has come to its end."""

from datetime import datetime, timedelta

from desktop.domain.errors import Temporary
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind

SETTLES = timedelta(seconds=90)
"""How long a request whose answer was lost may still be under way: longer than any exchange of ours may take."""


class Doubts:
    """The creates that may be under way; it outlives a line."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began: dict[tuple[RecordKind, str], datetime] = {}

    def add(self, kind: RecordKind, key: str) -> None:
        """Remember that a create may be under way, or done."""
        self._began[kind, key] = self._clock.now()

    def clear(self, kind: RecordKind, key: str) -> None:
        """Forget it: what it made was found."""
        self._began.pop((kind, key), None)

    def has(self, kind: RecordKind, key: str) -> bool:
        """Tell whether a create with this key may have been done just now."""
        began = self._began.get((kind, key))
        return began is not None and self._clock.now() - began < SETTLES

    def require_settled(self, kind: RecordKind, key: str, title: str) -> None:
        """Raise Temporary while an earlier create with this key may still be under way."""
        began = self._began.get((kind, key))
        if began is None:
            return
        left = (began + SETTLES - self._clock.now()).total_seconds()
        if 0 < left <= SETTLES.total_seconds():
            sentence = f"{title} may still be making this record; looking again before it is sent a second time."
            raise Temporary(sentence, detail=kind.value, retry_after=left)
        del self._began[kind, key]
