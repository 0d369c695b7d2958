"""Makes one Record of two in the local book: what was linked to the one that goes is linked to the one that stays.

The links are moved first and the Record goes last, so that a merge that was interrupted is simply done again.
"""

from collections.abc import Iterator

from desktop.domain.crm_port import RecordBook
from desktop.domain.errors import Conflict, Rejected
from desktop.domain.records import FIELDS, FieldType, RecordRef, RecordSnapshot

_PAGE = 500
GONE = "The record that was to stay is no longer in the book."
CHANGED = "Somebody changed the record in the book meanwhile."


def merge(book: RecordBook, kept: RecordRef, gone: RecordRef, versions: tuple[str, str]) -> RecordSnapshot:
    """Take `gone` into `kept` and return that; `versions` are those of both, "" where any will do."""
    if kept.kind is not gone.kind or kept == gone:
        raise Rejected("Only two records of one kind can be merged: choose two others.", detail=f"{kept} {gone}")
    stays, goes = book.get(kept), book.get(gone)
    if stays is None:
        raise Conflict(GONE)
    if goes is None:
        return stays
    for live, version in zip((stays, goes), versions, strict=True):
        if version and live.version != version:
            raise Conflict(CHANGED, live=dict(live.fields))
    for record in list(_linked(book, gone)):
        moved = {name: str(kept) if value == str(gone) else value for name, value in record.fields.items()}
        book.put(record.ref, moved, key=None, expected=record.version)
    book.remove(gone)
    return book.get(kept) or stays


def _linked(book: RecordBook, to: RecordRef) -> Iterator[RecordSnapshot]:
    revision = 0
    while rows := book.since(revision, _PAGE):
        revision = max(at for at, _ in rows)
        for _, record in rows:
            known = FIELDS[record.ref.kind]
            links = (name for name, field in known.items() if field.type is FieldType.REFERENCE)
            if not record.is_deleted and any(record.fields.get(name) == str(to) for name in links):
                yield record
