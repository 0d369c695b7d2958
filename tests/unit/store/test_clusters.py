"""Clusters are kept by their id, listed the likeliest first; stores from before there were any get their table."""

from dataclasses import replace

import pytest

from desktop.domain.cleanup import Cluster, Member, MergePlan, Settled, Strategy
from desktop.domain.ids import ClusterId, ConnectionId, RecordId
from desktop.domain.ports import no_boundary
from desktop.domain.records import RecordKind
from desktop.matching.profile import profile_of
from desktop.store import migrations
from desktop.store.clusters import Clusters
from desktop.store.database import Database, connect
from desktop.store.mirror import Mirror
from desktop.store.statements import Sql
from tests.fakes.duplicates import snapshot
from tests.fakes.situations import CRM, KEY, NOON, new_store, record


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def cluster(name, chance=0.9, connection=CRM):
    members = (Member(snapshot("1", last_name="Roe"), 2), Member(snapshot("2", last_name="Row"), 0, ("same name",)))
    return Cluster(ClusterId(name), connection, RecordKind.CONTACT, members, chance, can_merge=True)


def test_a_cluster_comes_back_as_it_went(store):
    plan = MergePlan(RecordId("2"), {"title": Strategy.LONGEST}, (RecordId("1"),), with_note=True)
    kept = replace(cluster("a"), settled=Settled.APPROVED, plan=plan, round=3)
    with store.transaction() as tx:
        tx.clusters.save(cluster("a"))
        tx.clusters.save(kept)
        assert tx.clusters.get(ClusterId("a")) == kept
        assert tx.clusters.get(ClusterId("b")) is None


def test_the_likeliest_come_first_each_on_its_shelf(store):
    with store.transaction() as tx:
        for name, chance in (("a", 0.6), ("b", 0.99), ("c", 0.8)):
            tx.clusters.save(cluster(name, chance))
        tx.clusters.save(replace(cluster("c", 0.8), settled=Settled.DISMISSED))
        assert [one.id for one in tx.clusters.settled(Settled.OPEN, -1)] == ["b", "a"]
        assert [one.id for one in tx.clusters.settled(Settled.OPEN, 1)] == ["b"]
        assert [one.id for one in tx.clusters.settled(Settled.DISMISSED, -1)] == ["c"]


def test_one_crm_is_not_another(store):
    with store.transaction() as tx:
        tx.clusters.save(cluster("a"))
        tx.clusters.save(cluster("b", connection=ConnectionId("other")))
        assert [one.id for one in tx.clusters.of_connection(CRM)] == ["a"]
        tx.clusters.remove(ClusterId("a"))
        assert tx.clusters.of_connection(CRM) == ()


def test_a_store_from_before_gets_the_table_and_the_keys_of_its_firms(tmp_path):
    path = tmp_path / "store.db"
    connect(path, KEY).close()
    database = Database(path, KEY, no_boundary)
    with database.begin() as sql:
        migrations.migrate(sql, NOON, migrations.MIGRATIONS[:6])
        firm = record(RecordKind.ACCOUNT, "1", name="Buyer Works Sp. z o.o.", domain=None, phone=None)
        Mirror(sql).save(CRM, firm)
        _forget_keys(sql)
    with database.begin() as sql:
        migrations.migrate(sql, NOON)
        wanted = profile_of(RecordKind.ACCOUNT, {"name": "Buyer Works"})
        assert [found.ref for found in Mirror(sql).alike(CRM, RecordKind.ACCOUNT, wanted)] == [firm.ref]
        Clusters(sql).save(cluster("a"))
    database.close()


def _forget_keys(sql: Sql) -> None:
    """Leave the store as an older program left it."""
    sql.driver.execute("delete from match_key")
