"""The local book: a CRM for those who have none, kept in the encrypted store. Versions are revision numbers."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.sqlite import insert

from desktop.domain.errors import Conflict
from desktop.domain.ids import RecordId
from desktop.domain.ports import Clock, RecordBook
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of
from desktop.store.codec import decode, encode
from desktop.store.database import Database
from desktop.store.moments import to_text
from desktop.store.tables import book_record

Fields = dict[str, str | None]


class StoredBook(RecordBook):
    """A RecordBook of its own transactions: to the outbox it is a remote system like any other CRM."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(
        self, ref: RecordRef, fields: Mapping[str, str | None], *, key: str | None, expected: str
    ) -> RecordSnapshot:
        with self._database.begin() as sql:
            found = _find(sql, ref)
            if expected and (found is None or str(found.revision) != expected):
                raise Conflict(
                    "The record was changed meanwhile.", live=decode(found.fields, Fields) if found else None
                )
            values = {
                "revision": _next_revision(sql),
                "is_deleted": 0,
                "modified_at": to_text(self._clock.now()),
                "fields": encode(dict(fields)),
            }
            sql.execute(
                insert(book_record)
                .values(kind=ref.kind.value, record_id=ref.id, key=key, **values)
                .on_conflict_do_update(index_elements=["kind", "record_id"], set_=values)
            )
            return _snapshot(_must_find(sql, ref))

    def get(self, ref: RecordRef) -> RecordSnapshot | None:
        with self._database.reading() as sql:
            row = _find(sql, ref)
            return _snapshot(row) if row and not row.is_deleted else None

    def by_key(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        with self._database.reading() as sql:
            row = sql.execute(
                select(book_record).where(
                    book_record.c.kind == kind.value, book_record.c.key == key, book_record.c.is_deleted == 0
                )
            ).first()
            return _snapshot(row) if row else None

    def remove(self, ref: RecordRef) -> bool:
        with self._database.begin() as sql:
            row = _find(sql, ref)
            if row is None or row.is_deleted:
                return False
            # The row stays as a mark for `since`; its words and its key go.
            sql.execute(
                book_record.update()
                .where(book_record.c.kind == ref.kind.value, book_record.c.record_id == ref.id)
                .values(is_deleted=1, fields="{}", key=None, revision=_next_revision(sql))
            )
            return True

    def since(self, revision: int, limit: int) -> tuple[tuple[int, RecordSnapshot], ...]:
        with self._database.reading() as sql:
            rows = sql.execute(
                select(book_record)
                .where(book_record.c.revision > revision)
                .order_by(book_record.c.revision)
                .limit(limit)
            )
            return tuple((row.revision, _snapshot(row)) for row in rows)


def _find(sql: Connection, ref: RecordRef) -> Row[tuple[str, ...]] | None:
    return sql.execute(
        select(book_record).where(book_record.c.kind == ref.kind.value, book_record.c.record_id == ref.id)
    ).first()


def _must_find(sql: Connection, ref: RecordRef) -> Row[tuple[str, ...]]:
    row = _find(sql, ref)
    if row is None:
        raise Conflict("The record is gone.")
    return row


def _next_revision(sql: Connection) -> int:
    return (sql.scalar(select(func.max(book_record.c.revision))) or 0) + 1


def _snapshot(row: Row[tuple[str, ...]]) -> RecordSnapshot:
    kind = RecordKind(row.kind)
    fields = decode(row.fields, Fields)
    return RecordSnapshot(
        ref=RecordRef(kind, RecordId(row.record_id)),
        fields=fields,
        version=str(row.revision),
        modified_at=datetime.fromisoformat(row.modified_at),
        is_deleted=bool(row.is_deleted),
        title=title_of(kind, fields),
    )
