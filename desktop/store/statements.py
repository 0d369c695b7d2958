"""SQLAlchemy Core writes the SQL, once; the driver runs it.

Repositories are written in Core, but Core's way to run a statement (build it, look it up, check out, tell listeners,
wrap the result) takes as long as an encrypted write with its fsync. So a Statement is built and compiled when its
module is imported, and running it hands finished text and a dict to the driver. This rests on columns whose values
need no conversion on the way (text, numbers, bytes); a test holds the tables to that.
"""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Column, ColumnElement, Select, Table, literal
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.sql.compiler import SQLCompiler

Row = Any  # a namedtuple of the columns that were selected
DIALECT = SQLiteDialect(paramstyle="named")


class Statement:
    """One statement of Core, compiled. `columns` are what an INSERT or UPDATE is given values for when it runs."""

    __slots__ = ("fixed", "row", "sql")

    def __init__(self, clause: ClauseElement, *columns: str) -> None:
        compiled = clause.compile(dialect=DIALECT, column_keys=list(columns) or None)
        assert isinstance(compiled, SQLCompiler)
        given = {name for name, bind in compiled.binds.items() if bind.required}
        self.sql = str(compiled)
        self.fixed = {name: value for name, value in compiled.params.items() if name not in given}
        shape: Any = namedtuple("row", clause.selected_columns.keys()) if isinstance(clause, Select) else tuple
        self.row = getattr(shape, "_make", shape)

    def bound(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what the driver binds: `values` and the constants that were written into the statement."""
        return {**self.fixed, **values} if self.fixed else values


def one_of(column: Column[str], values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of some constants; Core's own IN is spelt out at each run."""
    return column.in_([literal(value) for value in values])


def upsert(table: Table, *keys: str, keep: Sequence[str] = (), change: Sequence[str]) -> Statement:
    """Return the statement that inserts a row or, where one has these `keys`, changes the columns in `change`."""
    new = insert(table)
    changes = {name: new.excluded[name] for name in change}
    return Statement(new.on_conflict_do_update(index_elements=keys, set_=changes), *keys, *keep, *change)


class Sql:
    """One connection, through which the repositories run Statements. Lets the driver's errors through."""

    __slots__ = ("driver",)

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def run(self, statement: Statement, **values: Any) -> Any:
        """Run a statement that changes something; return the cursor (`rowcount`, `lastrowid`)."""
        return self.driver.execute(statement.sql, statement.bound(values))

    def run_many(self, statement: Statement, rows: Sequence[dict[str, Any]]) -> None:
        """Run a statement once for each of `rows`."""
        self.driver.executemany(statement.sql, (statement.bound(row) for row in rows))

    def first(self, statement: Statement, **values: Any) -> Row | None:
        """Return the first row of a query, or None."""
        found = self.driver.execute(statement.sql, statement.bound(values)).fetchone()
        return None if found is None else statement.row(found)

    def all(self, statement: Statement, **values: Any) -> list[Row]:
        """Return every row of a query."""
        found = self.driver.execute(statement.sql, statement.bound(values)).fetchall()
        return [statement.row(row) for row in found]

    def scalar(self, statement: Statement, **values: Any) -> Any:
        """Return the first column of the first row of a query, or None."""
        found = self.driver.execute(statement.sql, statement.bound(values)).fetchone()
        return None if found is None else found[0]

    def scalars(self, statement: Statement, **values: Any) -> list[Any]:
        """Return the first column of every row of a query."""
        return [row[0] for row in self.driver.execute(statement.sql, statement.bound(values))]

    def execute(self, clause: ClauseElement, values: Mapping[str, Any] | None = None) -> Any:
        """Compile and run what is not worth a Statement (migrations, tests); return the cursor."""
        compiled = clause.compile(dialect=DIALECT)
        return self.driver.execute(str(compiled), {**(compiled.params or {}), **(values or {})})
