"""Single records and look-ups: what stands in an answer, and what it means that something does not."""

from collections.abc import Mapping
from typing import Any

from desktop.connectors.custom.line import CustomLine, Refused, Reply
from desktop.connectors.custom.mapping import Listing, Operation
from desktop.connectors.custom.pointers import look
from desktop.connectors.custom.rows import Row, Rows
from desktop.connectors.custom.values import is_id, written_id
from desktop.connectors.refusals import GONE
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

Found = tuple[Row, RecordSnapshot]
"""A record as it was sent, and as it reads."""


class Reader:
    """Reads over one line. `tables` are the kinds that the mapping knows."""

    def __init__(self, line: CustomLine, tables: Mapping[RecordKind, Rows]) -> None:
        self._line = line
        self._tables = tables

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        """Return a Record as it stands now, or None when it is gone."""
        found = self.row(ref)
        return found[1] if found is not None else None

    def row(self, ref: RecordRef) -> Found | None:
        """Return a record as it was sent and as it reads, or None when it is gone."""
        rows = self._tables.get(ref.kind)
        if rows is None or not is_id(rows.kind.id, ref.id):
            return None
        operation = rows.kind.read
        try:
            reply = self._line.attempt(operation, {"id": written_id(rows.kind.id, ref.id)})
        except Refused as refusal:
            if refusal.fault.refusal is GONE:
                return None
            raise refusal.error from None
        found = self._row_in(operation, reply)
        if found is None:
            return None
        record = self.snapshot(rows, found, reply)
        is_it = record.ref == ref and rows.is_ours(found) and not record.is_deleted
        return (found, record) if is_it else None

    def snapshot(self, rows: Rows, row: Row, reply: Reply) -> RecordSnapshot:
        """Return the Record a row is; raise Temporary when it is not as the mapping says."""
        try:
            return rows.snapshot(row, reply.headers)
        except (ValueError, TypeError):
            raise self._line.garbled() from None

    def created(self, rows: Rows, key: str) -> RecordSnapshot | None:
        """Return the Record that holds a key, the oldest of several."""
        listing, wanted = rows.kind.find_by_key, rows.kind.key
        if listing is None or wanted is None:
            return None
        # A search may be lenient; only a record that holds just this key is the one.
        found = [
            record
            for row, record in self.listed(rows, listing, {"key": key})
            if look(row, wanted.at) == key and record is not None
        ]
        return min(found, key=lambda record: (len(record.ref.id), record.ref.id), default=None)

    def listed(
        self, rows: Rows, listing: Listing, values: Mapping[str, Any]
    ) -> list[tuple[Row, RecordSnapshot | None]]:
        """Return the rows of the first page of a look-up, with their Records; None for those that are gone."""
        paging = listing.paging
        turns = {"limit": paging.size, "cursor": None, "page": paging.first, "offset": 0}
        try:
            reply = self._line.attempt(listing, {**turns, **values})
        except Refused as refusal:
            if refusal.fault.refusal is GONE:  # how some say that they found nothing
                return []
            raise refusal.error from None
        found = look(reply.body, listing.rows)
        if found is None:
            return []
        if not isinstance(found, list):
            raise self._line.garbled()
        try:
            return [(row, self._of_list(rows, listing, row, reply)) for row in found if rows.is_ours(row)]
        except (ValueError, TypeError):
            raise self._line.garbled() from None

    def _of_list(self, rows: Rows, listing: Listing, row: Row, reply: Reply) -> RecordSnapshot | None:
        if rows.is_hidden(row):
            return None
        if listing.read_each or rows.is_versioned_by_header:
            return self.read(rows.ref(row, listing.id))
        return rows.snapshot(row, reply.headers)

    def _row_in(self, operation: Operation, reply: Reply) -> Row | None:
        """Return the record in an answer, None when the answer says that there is none."""
        place = operation.row or ""
        found = look(reply.body, place)
        if isinstance(found, dict):
            return found
        above, _, last = place.rpartition("/")
        is_first_of_none = last.isdecimal() and look(reply.body, above) == []
        if place and (found is None or is_first_of_none):
            return None
        raise self._line.garbled()
