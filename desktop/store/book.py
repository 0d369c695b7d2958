"""The local book: a CRM for those who have none, kept in the encrypted store. Versions are revision numbers."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, select

from desktop.domain.crm_port import RecordBook
from desktop.domain.errors import Conflict
from desktop.domain.ids import RecordId
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of
from desktop.store.codec import decode, encode
from desktop.store.database import Database
from desktop.store.moments import to_text
from desktop.store.statements import Row, Sql, Statement, upsert
from desktop.store.tables import book_record

Fields = dict[str, str | None]
IS_IT = (book_record.c.kind == bindparam("book"), book_record.c.record_id == bindparam("record"))
PUT = upsert(book_record, "kind", "record_id", keep=["key"], change=["revision", "is_deleted", "modified_at", "fields"])
FIND = Statement(select(book_record).where(*IS_IT))
BY_KEY = Statement(
    select(book_record).where(
        book_record.c.kind == bindparam("book"), book_record.c.key == bindparam("name"), book_record.c.is_deleted == 0
    )
)
REMOVE = Statement(
    book_record.update().where(*IS_IT).values(is_deleted=1, fields="{}", key=None),
    "revision",
)
SINCE = Statement(
    select(book_record)
    .where(book_record.c.revision > bindparam("after"))
    .order_by(book_record.c.revision)
    .limit(bindparam("most"))
)
LAST_REVISION = Statement(select(func.max(book_record.c.revision)))


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
            sql.run(
                PUT,
                kind=ref.kind.value,
                record_id=ref.id,
                key=key,
                revision=_next_revision(sql),
                is_deleted=0,
                modified_at=to_text(self._clock.now()),
                fields=encode(dict(fields)),
            )
            return _snapshot(_must_find(sql, ref))

    def get(self, ref: RecordRef) -> RecordSnapshot | None:
        with self._database.reading() as sql:
            row = _find(sql, ref)
            return _snapshot(row) if row and not row.is_deleted else None

    def by_key(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        with self._database.reading() as sql:
            row = sql.first(BY_KEY, book=kind.value, name=key)
            return _snapshot(row) if row else None

    def remove(self, ref: RecordRef) -> bool:
        with self._database.begin() as sql:
            row = _find(sql, ref)
            if row is None or row.is_deleted:
                return False
            # The row stays as a mark for `since`; its words and its key go.
            sql.run(REMOVE, book=ref.kind.value, record=ref.id, revision=_next_revision(sql))
            return True

    def since(self, revision: int, limit: int) -> tuple[tuple[int, RecordSnapshot], ...]:
        with self._database.reading() as sql:
            rows = sql.all(SINCE, after=revision, most=limit)
            return tuple((row.revision, _snapshot(row)) for row in rows)


def _find(sql: Sql, ref: RecordRef) -> Row | None:
    return sql.first(FIND, book=ref.kind.value, record=ref.id)


def _must_find(sql: Sql, ref: RecordRef) -> Row:
    row = _find(sql, ref)
    if row is None:
        raise Conflict("The record is gone.")
    return row


def _next_revision(sql: Sql) -> int:
    return (sql.scalar(LAST_REVISION) or 0) + 1


def _snapshot(row: Row) -> RecordSnapshot:
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
