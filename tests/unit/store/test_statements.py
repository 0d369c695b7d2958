"""Statements: compiled once, bound by name, and served by the indexes made for them."""

import re

import pytest
from sqlalchemy import Float, Integer, LargeBinary, Text, bindparam, select

from desktop.domain.errors import Defect
from desktop.store import audit, book, calibrators, connections, conversations, interactions, mirror, outbox, proposals
from desktop.store.statements import Statement, one_of, upsert
from desktop.store.tables import checkpoint, interaction, later, metadata, outbox_entry
from tests.fakes.situations import new_store

REPOSITORIES = (audit, book, calibrators, connections, conversations, interactions, mirror, outbox, proposals)
SMALL = {"connection", "calibrator"}  # a handful of rows each: reading them all is the plan
# The audit log's end and all of it; an index alone; the newest Decisions, as many as are asked for.
WHOLE = {"LAST", "EVERY", "COUNTS", "DECIDED"}


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def plan(sql, statement):
    values = dict.fromkeys(re.findall(r":(\w+)", statement.sql), "x") | statement.fixed
    return [row[3] for row in sql.driver.execute("explain query plan " + statement.sql, values)]


def test_no_column_needs_a_conversion_that_the_driver_does_not_do():
    tables = (*metadata.tables.values(), *later.tables.values())
    kinds = {type(column.type) for table in tables for column in table.columns}
    assert kinds == {Text, Integer, Float, LargeBinary}


def test_constants_are_bound_with_what_is_given():
    query = Statement(select(interaction.c.id).where(interaction.c.state == "new", interaction.c.id == bindparam("a")))
    assert query.bound({"a": "1"}) == {"state_1": "new", "a": "1"}


def test_a_row_has_the_names_of_its_columns(store):
    everything = Statement(select(checkpoint))
    save = upsert(checkpoint, "connection_id", change=["body"])
    with store._database.begin() as sql:
        assert sql.first(everything) is None
        assert sql.scalar(everything) is None
        sql.run_many(save, [{"connection_id": "a", "body": "1"}, {"connection_id": "b", "body": "2"}])
        sql.run(save, connection_id="a", body="3")
        assert [(row.connection_id, row.body) for row in sql.all(everything)] == [("a", "3"), ("b", "2")]
        assert sql.scalars(everything) == ["a", "b"]


def test_one_of_is_a_plain_condition(store):
    query = Statement(select(checkpoint.c.body).where(one_of(checkpoint.c.connection_id, ["a", "c"])))
    save = upsert(checkpoint, "connection_id", change=["body"])
    with store._database.begin() as sql:
        sql.run_many(save, [{"connection_id": name, "body": name} for name in "abc"])
        assert sql.scalars(query) == ["a", "c"]


def test_a_value_that_was_not_given_is_a_defect_and_changes_nothing(store):
    with pytest.raises(Defect), store._database.begin() as sql:
        sql.run(upsert(checkpoint, "connection_id", change=["body"]), connection_id="a", body="1")
        sql.run(outbox.GET)
    with store._database.reading() as sql:
        assert sql.all(Statement(select(checkpoint))) == []


@pytest.mark.parametrize("module", REPOSITORIES, ids=lambda module: module.__name__.rsplit(".", 1)[-1])
def test_no_query_reads_a_whole_table(store, module):
    with store._database.reading() as sql:
        for name, statement in vars(module).items():
            if not isinstance(statement, Statement) or "VALUES" in statement.sql or name in WHOLE:
                continue
            scans = {step for step in plan(sql, statement) if step.startswith("SCAN")}
            assert scans <= {f"SCAN {table}" for table in SMALL}, (name, scans)


@pytest.mark.parametrize("key", ["email", "phone", "name", "domain", "parent"])
def test_the_mirror_is_searched_by_the_index_of_its_key(store, key):
    with store._database.reading() as sql:
        assert f"USING INDEX snapshot_by_{key} " in plan(sql, mirror._find_by(key))[0]


@pytest.mark.parametrize("query", [outbox.WAITING, outbox.UNFINISHED, outbox.NEXT_DUE_AT])
def test_delivered_entries_are_not_looked_at(store, query):
    with store._database.reading() as sql:
        assert "USING INDEX outbox_unsettled" in plan(sql, query)[0]


def test_the_number_of_an_entry_orders_by_decision(store):
    numbers = Statement(select(outbox_entry.c.seq).order_by(outbox_entry.c.seq))
    row = {"subject_id": "s", "connection_id": "c", "operation": "create", "state": "waiting", "idempotency_key": "k"}
    with store._database.begin() as sql:
        sql.run_many(outbox.ADD, [{"id": name, "body": "{}", **row} for name in ("z", "a", "m")])
        assert sql.scalars(numbers) == [1, 2, 3]
