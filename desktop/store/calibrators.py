"""What was learned from the rep's decisions about how sure to be: one row per model file and version of the rules."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from desktop.store.moments import from_text, to_text
from desktop.store.statements import Row, Sql, Statement, upsert
from desktop.store.tables import calibrator

SAVE = upsert(calibrator, "model_hash", "rules_version", change=["fitted_at", "decisions", "body"])
OF_RULES = Statement(select(calibrator).where(calibrator.c.rules_version == bindparam("rules")))
FORGET = Statement(delete(calibrator))
FORGOTTEN = ""  # no version of the rules has this name


@dataclass(frozen=True, slots=True)
class CalibratorRow:
    """`decisions` is how many were learned from, `body` the calibrator as text, "" where the shipped one was kept."""

    model_hash: str
    rules_version: str
    fitted_at: datetime
    decisions: int
    body: str


class StoredCalibrators:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def of_rules(self, rules_version: str) -> tuple[CalibratorRow, ...]:
        """Return what was learned under one version of the rules."""
        return tuple(_row(row) for row in self._sql.all(OF_RULES, rules=rules_version))

    def save(self, row: CalibratorRow) -> None:
        """Keep a row, in place of an earlier one for the same model file and rules."""
        self._sql.run(
            SAVE,
            model_hash=row.model_hash,
            rules_version=row.rules_version,
            fitted_at=to_text(row.fitted_at),
            decisions=row.decisions,
            body=row.body,
        )

    def forget(self, now: datetime) -> None:
        """Forget all of it, and remember when: what was decided before is not learned from again."""
        self._sql.run(FORGET)
        self.save(CalibratorRow("", FORGOTTEN, now, 0, ""))

    def forgotten_at(self) -> datetime | None:
        """Return when it was all forgotten, if ever."""
        rows = self.of_rules(FORGOTTEN)
        return rows[0].fitted_at if rows else None


def _row(row: Row) -> CalibratorRow:
    fitted_at = from_text(row.fitted_at)
    assert fitted_at is not None
    return CalibratorRow(row.model_hash, row.rules_version, fitted_at, row.decisions, row.body)
