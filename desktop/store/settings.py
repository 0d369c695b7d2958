"""What the rep chose, by name, as text. Secrets are in the vault, and what belongs to a Connection is with it."""

from sqlalchemy import bindparam, delete, select

from desktop.store.statements import Sql, Statement, upsert
from desktop.store.tables import setting

SAVE = upsert(setting, "name", change=["value"])
READ = Statement(select(setting.c.value).where(setting.c.name == bindparam("wanted")))
ALL = Statement(select(setting.c.name, setting.c.value).order_by(setting.c.name))
FORGET = Statement(delete(setting).where(setting.c.name == bindparam("wanted")))


class StoredSettings:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, name: str, default: str = "") -> str:
        """Return a setting, or `default` when nothing was chosen."""
        found = self._sql.scalar(READ, wanted=name)
        return default if found is None else str(found)

    def all(self) -> dict[str, str]:
        """Return everything that was chosen, by name."""
        return {str(row.name): str(row.value) for row in self._sql.all(ALL)}

    def save(self, name: str, value: str) -> None:
        """Keep a choice."""
        self._sql.run(SAVE, name=name, value=value)

    def forget(self, name: str) -> None:
        """Go back to what is usual."""
        self._sql.run(FORGET, wanted=name)
