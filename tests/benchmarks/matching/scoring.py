"""Pairs found against pairs that are right."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

Pair = tuple[int, int]


class Score(NamedTuple):
    """Shares from 0 to 1."""

    f1: float
    precision: float
    recall: float

    def __str__(self) -> str:
        return f"P {self.precision:.4f}  R {self.recall:.4f}"


def right_pairs(who: Sequence[object]) -> set[Pair]:
    """Return the pairs of rows that are of the same; `who` says it for each row."""
    rows: dict[object, list[int]] = {}
    for row, one in enumerate(who):
        rows.setdefault(one, []).append(row)
    return {pair for group in rows.values() for pair in combinations(group, 2)}


def pairs_of(groups: Iterable[Sequence[int]]) -> set[Pair]:
    """Return every pair within the groups, the smaller row first."""
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def score(found: set[Pair], right: set[Pair]) -> Score:
    hits = len(found & right)
    precision, recall = hits / len(found) if found else 1.0, hits / len(right) if right else 1.0
    return Score(2 * hits / (len(found) + len(right)) if found or right else 1.0, precision, recall)
