"""Finds which rows of a table are of the same person or firm, and how sure that is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop.matching.agreement import DIFFERENT, SAME, levels, same_or_not
from desktop.matching.blocking import Pairs, pairs
from desktop.matching.mixture import Mixture, chance_of, learn
from desktop.matching.table import Column, Kind, Table

LEARNT_FROM = 100_000
DRAWN = 100_000
LIKELY = 0.5
MOST_FOR_RARITY = 4.0  # natural logarithm; a single value proves nothing, however rare
SEED = 20


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of row numbers, the smaller first, and the chance (0 to 1) that each is of the same."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    chance: NDArray[np.float64]


def link(table: Table, *, least: float = LIKELY) -> Links:
    """Return the pairs of rows that are of the same with a chance of `least` or more. No labels are needed."""
    rows = pairs(table)
    if not len(rows[0]):
        return Links(rows[0], rows[1], np.empty(0))
    mixture = _mixture(table, rows)
    rows = _promising(table, rows, mixture, least)
    seen = [levels(column, rows) for column in table.columns]
    chance = chance_of(mixture.log_odds(seen, [_rarity(column, rows) for column in table.columns]))
    kept = chance >= least
    return Links(rows[0][kept], rows[1][kept], chance[kept])


def _mixture(table: Table, rows: Pairs) -> Mixture:
    """Learn from some of the pairs worth comparing, and some of all, the same ones every time."""
    random = np.random.default_rng(SEED)
    count = len(rows[0])
    if count > LEARNT_FROM:
        drawn = random.choice(count, LEARNT_FROM, replace=False)
        some = rows[0][drawn], rows[1][drawn]
    else:
        some = rows
    any_two = _any_two(len(table), random)
    return learn(
        [levels(column, some) for column in table.columns],
        [levels(column, any_two) for column in table.columns],
        [column.is_shared for column in table.columns],
        rows=len(table),
        part=len(some[0]) / count,
    )


def _any_two(rows: int, random: np.random.Generator) -> Pairs:
    """Return all pairs of few rows, or enough of many."""
    if rows * (rows - 1) // 2 <= DRAWN:
        return np.triu_indices(rows, 1)
    one, other = random.integers(0, rows, DRAWN), random.integers(0, rows, DRAWN)
    return one[one != other], other[one != other]


def _promising(table: Table, rows: Pairs, mixture: Mixture, least: float) -> Pairs:
    """Leave out the pairs that could not reach `least` if all that is not equal were as near as it can be: most."""
    best = mixture.weights.copy()
    best[:, DIFFERENT] = best[:, SAME + 1 :].max(axis=1)
    hoped = Mixture(best, mixture.prior, mixture.is_shared)
    seen = [same_or_not(column, rows) for column in table.columns]
    odds = hoped.log_odds(seen, [_rarity(column, rows) for column in table.columns])
    kept = odds >= np.log(least / (1 - least))
    return rows[0][kept], rows[1][kept]


def _rarity(column: Column, rows: Pairs) -> NDArray[np.float64]:
    """Return by how much more than the mean an agreement in this very value weighs, in natural logarithms."""
    one, other = column.codes[rows[0]], column.codes[rows[1]]
    if column.kind not in {Kind.NAME, Kind.WORDS}:
        return np.zeros(len(one))
    shares = column.shares
    usual = float((shares**2).sum())
    worth = np.zeros(len(shares))
    np.divide(usual, shares, where=shares > 0, out=worth)
    np.log(worth, where=shares > 0, out=worth)
    worth = np.clip(worth, -MOST_FOR_RARITY, MOST_FOR_RARITY)
    return np.where(one == other, worth[one], 0.0)
