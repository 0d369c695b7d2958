"""A CRM that loses answers, refuses and goes away when told to, over the real local book connector."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import TypeVar

from desktop.connectors.crm.book import LocalBook
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from tests.fakes.book import MemoryBook

T = TypeVar("T")


class MoodyCrm(LocalBook):
    """`fail_before` and `fail_after` hold errors that the next writes raise before or after they took effect."""

    def __init__(self, clock: Clock) -> None:
        numbers = count(1)
        self.memory = MemoryBook(clock)
        super().__init__(self.memory, new_id=lambda: f"r{next(numbers)}")
        self.fail_before: list[Exception] = []
        self.fail_after: list[Exception] = []
        self.writes: list[str] = []

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        return self._moody("create", lambda: LocalBook.create(self, kind, fields, key))

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        return self._moody("update", lambda: LocalBook.update(self, ref, fields, version=version))

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        return self._moody("delete", lambda: LocalBook.delete(self, ref, version=version))

    def merge(self, kept: RecordRef, gone: RecordRef, *, version: str = "", gone_version: str = "") -> RecordSnapshot:
        return self._moody(
            "merge", lambda: LocalBook.merge(self, kept, gone, version=version, gone_version=gone_version)
        )

    def all(self, kind: RecordKind) -> list[RecordSnapshot]:
        return [r for _, r in self.memory.since(0, 1000) if r.ref.kind is kind and not r.is_deleted]

    def _moody(self, what: str, work: Callable[[], T]) -> T:
        if self.fail_before:
            raise self.fail_before.pop(0)
        done = work()
        self.writes.append(what)
        if self.fail_after:
            raise self.fail_after.pop(0)
        return done
