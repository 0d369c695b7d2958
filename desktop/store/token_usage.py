"""How many tokens each model read on each day: one row a model and day, counted up."""

from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from desktop.domain.ports import TokenMeter, Usage
from desktop.store.database import Database, Span
from desktop.store.statements import Sql, Statement
from desktop.store.tables import token_usage

_new = insert(token_usage)
ADD = Statement(
    _new.on_conflict_do_update(
        index_elements=["model_hash", "day"],
        set_={
            "prompt_tokens": token_usage.c.prompt_tokens + _new.excluded.prompt_tokens,
            "decoded_tokens": token_usage.c.decoded_tokens + _new.excluded.decoded_tokens,
        },
    ),
    "model_hash",
    "day",
    "prompt_tokens",
    "decoded_tokens",
)
SPENT = Statement(
    select(
        func.coalesce(func.sum(token_usage.c.prompt_tokens), 0).label("prompt"),
        func.coalesce(func.sum(token_usage.c.decoded_tokens), 0).label("decoded"),
    ).where(token_usage.c.model_hash == bindparam("model"), token_usage.c.day == bindparam("on"))
)


class StoredMeter(TokenMeter):
    """A TokenMeter that writes each use in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spent(self, model_hash: str, day: date) -> Usage:
        with Span(self._database, _as_it_is, is_writing=False) as sql:
            row = sql.first(SPENT, model=model_hash, on=day.isoformat())
        return Usage(row.prompt, row.decoded) if row is not None else Usage()

    def add(self, model_hash: str, day: date, usage: Usage) -> None:
        with self._database.begin() as sql:
            sql.run(
                ADD,
                model_hash=model_hash,
                day=day.isoformat(),
                prompt_tokens=usage.prompt_tokens,
                decoded_tokens=usage.decoded_tokens,
            )


def _as_it_is(sql: Sql) -> Sql:
    return sql
