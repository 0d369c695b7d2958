"""A RecordBook in memory."""

from collections.abc import Mapping

from desktop.domain.crm_port import RecordBook
from desktop.domain.errors import Conflict
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of


class MemoryBook(RecordBook):
    """Keeps Records in a dictionary; versions are revision numbers, as in the store's own book."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows: dict[RecordRef, tuple[int, RecordSnapshot]] = {}
        self._keys: dict[tuple[RecordKind, str], RecordRef] = {}
        self._revision = 0

    def put(
        self, ref: RecordRef, fields: Mapping[str, str | None], *, key: str | None, expected: str
    ) -> RecordSnapshot:
        live = self.get(ref)
        if expected and (live is None or live.version != expected):
            raise Conflict("The record was changed meanwhile.", live=dict(live.fields) if live else None)
        if key is not None:
            self._keys[ref.kind, key] = ref
        return self._keep(ref, fields, is_deleted=False)

    def get(self, ref: RecordRef) -> RecordSnapshot | None:
        row = self._rows.get(ref)
        return row[1] if row and not row[1].is_deleted else None

    def by_key(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        ref = self._keys.get((kind, key))
        return self.get(ref) if ref else None

    def remove(self, ref: RecordRef) -> bool:
        if self.get(ref) is None:
            return False
        self._keep(ref, {}, is_deleted=True)
        return True

    def since(self, revision: int, limit: int) -> tuple[tuple[int, RecordSnapshot], ...]:
        newer = sorted((row for row in self._rows.values() if row[0] > revision), key=lambda row: row[0])
        return tuple(newer[:limit])

    def _keep(self, ref: RecordRef, fields: Mapping[str, str | None], *, is_deleted: bool) -> RecordSnapshot:
        self._revision += 1
        title, now = title_of(ref.kind, fields), self._clock.now()
        made = RecordSnapshot(ref, dict(fields), str(self._revision), now, is_deleted=is_deleted, title=title)
        self._rows[ref] = (self._revision, made)
        return made
