"""The Mirror: our local copy of CRM Records, searchable by what mails name people and firms by."""

from functools import cache

from sqlalchemy import bindparam, select

from desktop.domain.ids import ConnectionId
from desktop.domain.matching import domain_key, email_key, name_key, phone_key
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.domain.rights import RecordRules, anything_goes
from desktop.matching.profile import Profile
from desktop.store.codec import decode, encode
from desktop.store.match_keys import MatchKeys
from desktop.store.moments import to_text
from desktop.store.statements import Sql, Statement, upsert
from desktop.store.tables import is_filled, record_rules, snapshot

SAVE = upsert(
    snapshot,
    *("connection_id", "kind", "record_id"),
    change=["is_deleted", "modified_at", "email", "phone", "name", "domain", "parent", "body"],
)
OF_KIND = (snapshot.c.connection_id == bindparam("connection"), snapshot.c.kind == bindparam("kind"))
GET = Statement(select(snapshot.c.body).where(*OF_KIND, snapshot.c.record_id == bindparam("record")))
ALL = Statement(select(snapshot.c.body).where(*OF_KIND, snapshot.c.is_deleted == 0))
DOMAINS = Statement(
    select(snapshot.c.domain).where(*OF_KIND, is_filled(snapshot.c.domain), snapshot.c.is_deleted == 0).limit(50_000)
)
SAVE_RULES = upsert(record_rules, "connection_id", "kind", change=["body"])
RULES = Statement(
    select(record_rules.c.body).where(
        record_rules.c.connection_id == bindparam("connection"), record_rules.c.kind == bindparam("kind")
    )
)


@cache
def _find_by(*names: str) -> Statement:
    """Return the query for these match keys."""
    keys = [part for name in names for part in (snapshot.c[name] == bindparam(name), is_filled(snapshot.c[name]))]
    query = select(snapshot.c.body).where(*OF_KIND, snapshot.c.is_deleted == 0, *keys)
    return Statement(query.order_by(snapshot.c.modified_at, snapshot.c.record_id))


class Mirror:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self._keys = MatchKeys(sql)

    def save(self, connection_id: ConnectionId, record: RecordSnapshot) -> None:
        """Keep a Record as last seen; a deleted one stays as a mark."""
        fields = record.fields
        before = self.get(connection_id, record.ref)
        self._sql.run(
            SAVE,
            connection_id=connection_id,
            kind=record.ref.kind.value,
            record_id=record.ref.id,
            is_deleted=int(record.is_deleted),
            modified_at=to_text(record.modified_at),
            email=email_key(fields.get("email") or ""),
            phone=phone_key(fields.get("phone") or ""),
            name=name_key(record.title),
            domain=domain_key(fields.get("domain") or ""),
            parent=fields.get("account") or "",
            body=encode(record),
        )
        self._keys.change(connection_id, before, record)

    def get(self, connection_id: ConnectionId, ref: RecordRef) -> RecordSnapshot | None:
        """Return one Record as last seen, deleted or not."""
        body = self._sql.scalar(GET, connection=connection_id, kind=ref.kind.value, record=ref.id)
        return None if body is None else decode(body, RecordSnapshot)

    def find(self, connection_id: ConnectionId, kind: RecordKind, **keys: str) -> tuple[RecordSnapshot, ...]:
        """Return live Records by match key (email, phone, name, domain, parent), oldest first; "" finds none."""
        if not all(keys.values()):
            return ()
        bodies = self._sql.scalars(_find_by(*sorted(keys)), connection=connection_id, kind=kind.value, **keys)
        return tuple(decode(body, RecordSnapshot) for body in bodies)

    def alike(
        self, connection_id: ConnectionId, kind: RecordKind, profile: Profile, *, limit: int = 20
    ) -> tuple[RecordSnapshot, ...]:
        """Return live Contacts, Leads or Accounts that may be who `profile` is, those with most in common first."""
        bodies = self._keys.bodies(connection_id, profile, limit)
        found = (decode(body, RecordSnapshot) for body in bodies)
        return tuple(record for record in found if record.ref.kind is kind and not record.is_deleted)

    def all(self, connection_id: ConnectionId, kind: RecordKind) -> tuple[RecordSnapshot, ...]:
        """Return every live Record of a kind."""
        bodies = self._sql.scalars(ALL, connection=connection_id, kind=kind.value)
        return tuple(decode(body, RecordSnapshot) for body in bodies)

    def domains(self, connection_id: ConnectionId) -> frozenset[str]:
        """Return the domains of the live Accounts, at most 50,000."""
        return frozenset(self._sql.scalars(DOMAINS, connection=connection_id, kind=RecordKind.ACCOUNT.value))

    def save_rules(self, connection_id: ConnectionId, rules: RecordRules) -> None:
        """Keep what the CRM lets the rep write in one kind of Record."""
        self._sql.run(SAVE_RULES, connection_id=connection_id, kind=rules.kind.value, body=encode(rules))

    def knows_rules(self, connection_id: ConnectionId, kind: RecordKind) -> bool:
        """Whether the CRM was asked what the rep may write."""
        return self._sql.scalar(RULES, connection=connection_id, kind=kind.value) is not None

    def rules(self, connection_id: ConnectionId, kind: RecordKind) -> RecordRules:
        """Return what the CRM lets the rep write; while it was not asked, everything that there is."""
        body = self._sql.scalar(RULES, connection=connection_id, kind=kind.value)
        return anything_goes(kind) if body is None else decode(body, RecordRules)
