"""Ordered, named changes of the schema, each recorded once applied. Never edit one that was released; add the next.

`m001_first` creates what `tables.py` held at the first release. Later migrations alter, and the test of each starts
from a store that was written before it.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.schema import CreateIndex, CreateTable

from desktop.domain.errors import UserActionNeeded
from desktop.domain.records import RecordKind
from desktop.store import tables
from desktop.store.match_keys import MatchKeys
from desktop.store.statements import Sql


def m001_first(sql: Sql) -> None:
    """Create the tables of the first release, and the triggers that count."""
    for table in tables.metadata.sorted_tables:
        sql.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            sql.execute(CreateIndex(index))
    for table, column in ((tables.proposal, "shelf"), (tables.interaction, "state")):
        for trigger in tables.tally_triggers(table, column):
            sql.execute(text(trigger))


def m002_calibrators(sql: Sql) -> None:
    """Create the table of what was learned from the rep's decisions about how sure to be."""
    sql.execute(CreateTable(tables.calibrator))


def m003_conversations(sql: Sql) -> None:
    """Create the table by which mails of one conversation are found. Mails proposed before it stay by themselves."""
    sql.execute(CreateTable(tables.conversation_key))
    for index in sorted(tables.conversation_key.indexes, key=lambda index: str(index.name)):
        sql.execute(CreateIndex(index))


def m004_token_usage(sql: Sql) -> None:
    """Create the tables of what the language models read each day, and of the rep's settings."""
    sql.execute(CreateTable(tables.token_usage))
    sql.execute(CreateTable(tables.setting))


def m005_match_keys(sql: Sql) -> None:
    """Create the table by which Contacts and Accounts that are spelt otherwise are found, and fill it."""
    sql.execute(CreateTable(tables.match_key))
    MatchKeys(sql).fill()


def m006_record_rules(sql: Sql) -> None:
    """Create the table of what each CRM lets the rep write. It replaces that of picklists; the CRM is asked again."""
    sql.execute(CreateTable(tables.record_rules))
    sql.execute(text("DROP TABLE picklist"))


def m007_clusters(sql: Sql) -> None:
    """Create the table of what stands in a CRM more than once, and of what the rep decided about it."""
    sql.execute(CreateTable(tables.cluster))
    for index in tables.cluster.indexes:
        sql.execute(CreateIndex(index))


def m008_match_keys_again(sql: Sql) -> None:
    """Add the keys of firms whose legal forms are left off by now; what is known under an older key stays so."""
    MatchKeys(sql).fill()


def m009_lead_keys(sql: Sql) -> None:
    """Add the keys of Leads, which are looked through by now before somebody new is proposed."""
    MatchKeys(sql).fill((RecordKind.LEAD,))


MIGRATIONS: tuple[Callable[[Sql], None], ...] = (
    m001_first,
    m002_calibrators,
    m003_conversations,
    m004_token_usage,
    m005_match_keys,
    m006_record_rules,
    m007_clusters,
    m008_match_keys_again,
    m009_lead_keys,
)


def applied(sql: Sql) -> list[str]:
    """Return the names of the migrations this store has had, in order; empty for a new store."""
    if sql.execute(text("select 1 from sqlite_master where name = 'migration'")).fetchone() is None:
        return []
    return [name for (name,) in sql.execute(text("select name from migration order by seq"))]


def migrate(sql: Sql, now: datetime, migrations: tuple[Callable[[Sql], None], ...] = MIGRATIONS) -> None:
    """Bring the store to this program's schema, within the caller's transaction.

    Raises UserActionNeeded, touching nothing, when the store was written by a newer program.
    """
    done = applied(sql)
    known = [step.__name__ for step in migrations]
    if done != known[: len(done)]:
        raise UserActionNeeded(
            "Your data was written by a newer Dealside: install that version again, nothing was changed.",
            detail=f"store has {done}, program knows {known}",
        )
    if not done:
        sql.execute(text("create table migration (seq integer primary key, name text unique, applied_at text)"))
    for step in migrations[len(done) :]:
        step(sql)
        sql.execute(
            text("insert into migration (name, applied_at) values (:name, :at)"),
            {"name": step.__name__, "at": now.isoformat()},
        )
