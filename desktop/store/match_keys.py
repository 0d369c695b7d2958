"""Keys under which people and firms of the Mirror meet those that are spelt otherwise; see matching/profile.py."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import Integer, bindparam, literal_column, select

from desktop.domain.ids import ConnectionId
from desktop.domain.records import RecordKind, RecordSnapshot
from desktop.matching.profile import PROFILED, Profile, keys_of, profile_of
from desktop.store.codec import decode
from desktop.store.statements import Sql, Statement
from desktop.store.tables import match_key, snapshot

KINDS = (RecordKind.ACCOUNT, RecordKind.CONTACT, RecordKind.LEAD)
MOST_UNDER_A_KEY = 100
"""A key that more Records share says nothing of any of them."""

ROW = literal_column("snapshot.rowid", Integer).label("row")
ADD = Statement(match_key.insert().prefix_with("OR IGNORE"), "key", "row")
DROP = Statement(match_key.delete().where(match_key.c.key == bindparam("key"), match_key.c.row == bindparam("row")))
UNDER = Statement(select(match_key.c.row).where(match_key.c.key == bindparam("key")).limit(MOST_UNDER_A_KEY + 1))
BODY = Statement(select(snapshot.c.body).where(bindparam("row") == ROW))
ROW_OF = Statement(
    select(ROW).where(
        snapshot.c.connection_id == bindparam("connection"),
        snapshot.c.kind == bindparam("kind"),
        snapshot.c.record_id == bindparam("record"),
    )
)
ALL = Statement(
    select(ROW, snapshot.c.connection_id, snapshot.c.body).where(
        snapshot.c.kind == bindparam("kind"), snapshot.c.is_deleted == 0
    )
)


class MatchKeys:
    """Part of the Mirror."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def change(self, connection_id: ConnectionId, before: RecordSnapshot | None, after: RecordSnapshot) -> None:
        """Bring the keys of one Record, which has just been saved, up to date."""
        if after.ref.kind not in KINDS:
            return
        if before is not None and _is_as_findable(before, after):
            return
        old = _keys(connection_id, before) if before else frozenset()
        new = _keys(connection_id, after)
        if old == new:
            return
        where = {"connection": connection_id, "kind": after.ref.kind.value, "record": after.ref.id}
        row = self._sql.scalar(ROW_OF, **where)
        self._sql.run_many(DROP, [{"key": key, "row": row} for key in old - new])
        self._sql.run_many(ADD, [{"key": key, "row": row} for key in new - old])

    def bodies(self, connection_id: ConnectionId, profile: Profile, limit: int) -> Iterator[str]:
        """Yield the Records that share most keys with a Profile, as they are stored."""
        met: Counter[int] = Counter()
        for key in keys_of(profile, connection_id):
            rows = self._sql.scalars(UNDER, key=key)
            if len(rows) <= MOST_UNDER_A_KEY:
                met.update(rows)
        for row, _ in met.most_common(limit):
            yield self._sql.scalar(BODY, row=row)

    def fill(self, kinds: Iterable[RecordKind] = KINDS) -> None:
        """Add the keys of every Record of these kinds: for a store that was written before there were any."""
        for kind in kinds:
            for row, connection_id, body in self._sql.all(ALL, kind=kind.value):
                keys = _keys(ConnectionId(connection_id), decode(body, RecordSnapshot))
                self._sql.run_many(ADD, [{"key": key, "row": row} for key in keys])


def _is_as_findable(before: RecordSnapshot, after: RecordSnapshot) -> bool:
    """Whether nothing changed that the keys are made of; most changes are of other fields."""
    is_same = all(before.fields.get(name) == after.fields.get(name) for name in PROFILED)
    return is_same and before.is_deleted == after.is_deleted


def _keys(connection_id: ConnectionId, record: RecordSnapshot) -> frozenset[int]:
    return frozenset() if record.is_deleted else keys_of(profile_of(record.ref.kind, record.fields), connection_id)
