"""The Mirror: our local copy of CRM Records, searchable by what mails name people and firms by."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from desktop.domain.ids import ConnectionId
from desktop.domain.matching import domain_key, email_key, name_key, phone_key
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.store.codec import decode, encode
from desktop.store.moments import to_text
from desktop.store.tables import picklist, snapshot


class Mirror:
    """Part of a Transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, connection_id: ConnectionId, record: RecordSnapshot) -> None:
        """Keep a Record as last seen; a deleted one stays as a mark."""
        fields = record.fields
        values = {
            "is_deleted": int(record.is_deleted),
            "modified_at": to_text(record.modified_at),
            "email": email_key(fields.get("email") or ""),
            "phone": phone_key(fields.get("phone") or ""),
            "name": name_key(record.title),
            "domain": domain_key(fields.get("domain") or ""),
            "parent": fields.get("account") or "",
            "body": encode(record),
        }
        self._connection.execute(
            insert(snapshot)
            .values(connection_id=connection_id, kind=record.ref.kind.value, record_id=record.ref.id, **values)
            .on_conflict_do_update(index_elements=["connection_id", "kind", "record_id"], set_=values)
        )

    def get(self, connection_id: ConnectionId, ref: RecordRef) -> RecordSnapshot | None:
        """Return one Record as last seen, deleted or not."""
        body = self._connection.scalar(
            select(snapshot.c.body).where(
                snapshot.c.connection_id == connection_id,
                snapshot.c.kind == ref.kind.value,
                snapshot.c.record_id == ref.id,
            )
        )
        return None if body is None else decode(body, RecordSnapshot)

    def find(self, connection_id: ConnectionId, kind: RecordKind, **keys: str) -> tuple[RecordSnapshot, ...]:
        """Return live Records by match key (email, phone, name, domain, parent), oldest first; "" finds none."""
        query = select(snapshot.c.body).where(
            snapshot.c.connection_id == connection_id, snapshot.c.kind == kind.value, snapshot.c.is_deleted == 0
        )
        for name, value in keys.items():
            if not value:
                return ()
            query = query.where(snapshot.c[name] == value)
        rows = self._connection.scalars(query.order_by(snapshot.c.modified_at, snapshot.c.record_id))
        return tuple(decode(body, RecordSnapshot) for body in rows)

    def save_picklists(
        self, connection_id: ConnectionId, kind: RecordKind, values: Mapping[str, Sequence[str]]
    ) -> None:
        """Keep which values the CRM accepts for the PICKLIST fields of a kind, and which fields it `requires`."""
        body = encode({name: list(options) for name, options in values.items()})
        self._connection.execute(
            insert(picklist)
            .values(connection_id=connection_id, kind=kind.value, body=body)
            .on_conflict_do_update(index_elements=["connection_id", "kind"], set_={"body": body})
        )

    def picklists(self, connection_id: ConnectionId, kind: RecordKind) -> Mapping[str, tuple[str, ...]]:
        """Return field → accepted values, default first; the key `requires` holds the names of required fields."""
        body = self._connection.scalar(
            select(picklist.c.body).where(picklist.c.connection_id == connection_id, picklist.c.kind == kind.value)
        )
        return {} if body is None else decode(body, dict[str, tuple[str, ...]])
