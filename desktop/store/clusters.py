"""Clusters of Records that are probably the same, and what the rep decided about each."""

from sqlalchemy import bindparam, delete, func, select

from desktop.domain.cleanup import Cluster, Settled
from desktop.domain.ids import ClusterId, ConnectionId
from desktop.store.codec import decode, encode
from desktop.store.statements import Sql, Statement, upsert
from desktop.store.tables import cluster

SAVE = upsert(cluster, "id", keep=["connection_id", "kind"], change=["settled", "chance", "body"])
GET = Statement(select(cluster.c.body).where(cluster.c.id == bindparam("wanted")))
SETTLED = Statement(
    select(cluster.c.body)
    .where(cluster.c.settled == bindparam("how"))
    .order_by(cluster.c.chance.desc(), cluster.c.id)
    .limit(bindparam("most"))
)
COUNT = Statement(select(func.count()).select_from(cluster).where(cluster.c.settled == bindparam("how")))
OF_CONNECTION = Statement(select(cluster.c.body).where(cluster.c.connection_id == bindparam("connection")))
REMOVE = Statement(delete(cluster).where(cluster.c.id == bindparam("wanted")))


class Clusters:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def save(self, value: Cluster) -> None:
        """Keep a cluster, new or changed."""
        self._sql.run(
            SAVE,
            id=value.id,
            connection_id=value.connection_id,
            kind=value.kind.value,
            settled=value.settled.value,
            chance=value.chance,
            body=encode(value),
        )

    def get(self, cluster_id: ClusterId) -> Cluster | None:
        """Return one cluster, or None when it is no more."""
        body = self._sql.scalar(GET, wanted=cluster_id)
        return None if body is None else decode(body, Cluster)

    def settled(self, how: Settled, limit: int) -> tuple[Cluster, ...]:
        """Return the clusters that were decided so, the likeliest first."""
        return tuple(decode(body, Cluster) for body in self._sql.scalars(SETTLED, how=how.value, most=limit))

    def count(self, how: Settled) -> int:
        """Return how many clusters were decided so."""
        return int(self._sql.scalar(COUNT, how=how.value))

    def of_connection(self, connection_id: ConnectionId) -> tuple[Cluster, ...]:
        """Return every cluster of one CRM."""
        return tuple(decode(body, Cluster) for body in self._sql.scalars(OF_CONNECTION, connection=connection_id))

    def remove(self, cluster_id: ClusterId) -> None:
        """Forget a cluster that is none any more."""
        self._sql.run(REMOVE, wanted=cluster_id)
