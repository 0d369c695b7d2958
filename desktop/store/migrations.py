"""Ordered, named changes of the schema, each recorded once applied. Never edit one that was released; add the next.

`m001_first` creates what `tables.py` held at the first release. Later migrations alter, and the test of each starts
from a store that was written before it.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, inspect, text

from desktop.domain.errors import UserActionNeeded
from desktop.store import tables


def m001_first(connection: Connection) -> None:
    """Create the tables of the first release, and the triggers that count."""
    tables.metadata.create_all(connection)
    counted = ((tables.proposal, "shelf"), (tables.interaction, "state"), (tables.outbox_entry, "state"))
    for table, column in counted:
        for trigger in tables.tally_triggers(table, column):
            connection.execute(text(trigger))


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (m001_first,)


def applied(connection: Connection) -> list[str]:
    """Return the names of the migrations this store has had, in order; empty for a new store."""
    if not inspect(connection).has_table("migration"):
        return []
    return list(connection.execute(text("select name from migration order by seq")).scalars())


def migrate(
    connection: Connection, now: datetime, migrations: tuple[Callable[[Connection], None], ...] = MIGRATIONS
) -> None:
    """Bring the store to this program's schema, within the caller's transaction.

    Raises UserActionNeeded, touching nothing, when the store was written by a newer program.
    """
    done = applied(connection)
    known = [step.__name__ for step in migrations]
    if done != known[: len(done)]:
        raise UserActionNeeded(
            "Your data was written by a newer Dealside: install that version again, nothing was changed.",
            detail=f"store has {done}, program knows {known}",
        )
    if not done:
        connection.execute(text("create table migration (seq integer primary key, name text unique, applied_at text)"))
    for step in migrations[len(done) :]:
        step(connection)
        connection.execute(
            text("insert into migration (name, applied_at) values (:name, :at)"),
            {"name": step.__name__, "at": now.isoformat()},
        )
