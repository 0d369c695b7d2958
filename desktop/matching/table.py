"""Rows to compare, column by column: every value once, and a number for it in every row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
MISSING = 0


class Kind(StrEnum):
    """How the values of a column agree: as a person's name, as words, as a number or address, or only as a class."""

    NAME = "name"
    WORDS = "words"
    CODE = "code"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `codes` holds for each row the place of its value in `values`; place 0 is "" and means missing.

    `is_shared` says that other people may well have the same: the firm, its street, its switchboard.
    """

    name: str
    kind: Kind
    codes: Codes
    values: tuple[str, ...]
    is_shared: bool = False

    @property
    def shares(self) -> NDArray[np.float64]:
        """How large a share of the rows that have a value have each one; 0 for the missing."""
        counts = np.bincount(self.codes, minlength=len(self.values)).astype(np.float64)
        counts[MISSING] = 0
        shares: NDArray[np.float64] = counts / max(1.0, float(counts.sum()))
        return shares


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one length."""

    columns: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.columns[0].codes) if self.columns else 0


def column(name: str, kind: Kind, values: Iterable[str | None], *, is_shared: bool = False) -> Column:
    """Return a column of values in their normal form; None and "" are missing."""
    places: dict[str, int] = {"": MISSING}
    codes = [places.setdefault(value or "", len(places)) for value in values]
    return Column(name, kind, np.array(codes, dtype=np.int64), tuple(places), is_shared)


def table(columns: Sequence[Column]) -> Table:
    """Return a table; raise ValueError when the columns differ in length."""
    if len({len(one.codes) for one in columns}) > 1:
        raise ValueError("columns of one table have one length")
    return Table(tuple(columns))
