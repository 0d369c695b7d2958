"""How far two rows agree in each column, in levels: 0 unknown, 1 the same, 2 nearly, 3 somewhat, 4 not at all.

Names and words are compared by Jaro-Winkler similarity (Winkler 1990), numbers and addresses by the letters that are
put in, left out, replaced or swapped (optimal string alignment), both as rapidfuzz computes them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from desktop.matching.blocking import Pairs
from desktop.matching.table import MISSING, Column, Kind

Levels = NDArray[np.int8]
UNKNOWN, SAME, NEARLY, SOMEWHAT, DIFFERENT = range(5)
LEVELS = 5
ALIKE = (0.92, 0.82)
LETTERS_APART = (1, 2)


def levels(column: Column, rows: Pairs) -> Levels:
    """Return the level of each pair of rows in one column; shape (pairs,)."""
    one, other = column.codes[rows[0]], column.codes[rows[1]]
    found = same_or_not(column, rows)
    if column.kind is not Kind.CLASS:
        unlike = np.flatnonzero(found == DIFFERENT)
        found[unlike] = _nearness(column, one[unlike], other[unlike])
    return found


def same_or_not(column: Column, rows: Pairs) -> Levels:
    """Return the level of each pair as far as it costs nothing to tell: unknown, the same, or not."""
    one, other = column.codes[rows[0]], column.codes[rows[1]]
    found = np.full(len(one), DIFFERENT, np.int8)
    found[one == other] = SAME
    found[(one == MISSING) | (other == MISSING)] = UNKNOWN
    return found


def _nearness(column: Column, one: NDArray[np.int64], other: NDArray[np.int64]) -> Levels:
    """Return NEARLY, SOMEWHAT or DIFFERENT for values that are not the same, each two values compared once."""
    size = len(column.values)
    numbers, back = np.unique(np.minimum(one, other) * size + np.maximum(one, other), return_inverse=True)
    left = [column.values[place] for place in (numbers // size).tolist()]
    right = [column.values[place] for place in (numbers % size).tolist()]
    compare = _by_letters if column.kind is Kind.CODE else _by_likeness
    found: Levels = compare(left, right)[back]
    return found


def _by_letters(left: Sequence[str], right: Sequence[str]) -> Levels:
    near, some = LETTERS_APART
    apart = cpdist(left, right, scorer=OSA.distance, score_cutoff=some)
    return np.select([apart <= near, apart <= some], [NEARLY, SOMEWHAT], DIFFERENT).astype(np.int8)


def _by_likeness(left: Sequence[str], right: Sequence[str]) -> Levels:
    near, some = ALIKE
    alike = cpdist(left, right, scorer=JaroWinkler.normalized_similarity, score_cutoff=some)
    return np.select([alike >= near, alike >= some], [NEARLY, SOMEWHAT], DIFFERENT).astype(np.int8)
