"""Which two rows are worth comparing: those that share something few others have.

A value of a telling column alone (an address, a number), two values of columns that stand near each other, or the
beginnings of two: each is a key, and rows meet under a key. Values that too many rows share are left out; by the rest
of a row it still meets.
Sorting keys costs n log n, where all pairs would cost n².
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from desktop.matching.table import MISSING, Codes, Column, Kind, Table

MOST_TOGETHER = 50
PAIRS_A_ROW = 2.0
"""A key that brings more rows together than this says too little of them to be worth the comparing."""
SHORT, LONG = 3, 5
MANY_ROWS = 50_000

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def pairs(table: Table) -> Pairs:
    """Return the rows worth comparing: two arrays of row numbers, each pair once, the smaller number first."""
    rows = len(table)
    met = [meeting(key) for key in keys(table)]
    found = [one for one in met if len(one[0]) <= PAIRS_A_ROW * rows]
    numbers = np.unique(np.concatenate([left * rows + right for left, right in found])) if found else np.empty(0, int)
    return numbers // max(1, rows), numbers % max(1, rows)


def keys(table: Table) -> Iterator[Codes]:
    """Yield one key for each row at a time; MISSING where a row has none."""
    usable = [column for column in table.columns if column.kind is not Kind.CLASS]
    telling = [column for column in usable if column.kind is Kind.CODE and _is_telling(column)]
    rest = [column for column in usable if not any(column is one for one in telling)]
    for column in telling:
        yield column.codes
    whole = [(column.codes, len(column.values)) for column in rest]
    yield from _together(whole, far=2)
    length = LONG if len(table) > MANY_ROWS else SHORT
    begun = [_beginnings(column, length) for column in rest if column.kind is not Kind.CODE]
    yield from _together(begun, far=1)


def meeting(key: Codes) -> Pairs:
    """Return the pairs of rows that share a key, from groups of at most MOST_TOGETHER."""
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    is_first = np.empty(len(ranked), bool)
    is_first[:1] = True
    np.not_equal(ranked[1:], ranked[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    sizes = np.diff(np.append(starts, len(ranked)))
    fits = (sizes > 1) & (sizes <= MOST_TOGETHER) & (ranked[starts] != MISSING)
    starts, sizes = starts[fits], sizes[fits]
    left, right = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for size in np.unique(sizes).tolist():
        first, second = np.triu_indices(size, 1)
        begin = starts[sizes == size][:, None]
        left.append(order[begin + first].ravel())
        right.append(order[begin + second].ravel())
    one, other = np.concatenate(left), np.concatenate(right)
    return np.minimum(one, other), np.maximum(one, other)


def _is_telling(column: Column) -> bool:
    counts = np.bincount(column.codes, minlength=len(column.values))[1:]
    counts = counts[counts <= MOST_TOGETHER].astype(np.float64)
    return float((counts * (counts - 1) / 2).sum()) <= PAIRS_A_ROW * len(column.codes)


def _together(parts: Sequence[tuple[Codes, int]], far: int) -> Iterator[Codes]:
    """Yield the keys of each part with those up to `far` places on, in a ring; of one alone if there is no other."""
    count = len(parts)
    if count == 1:
        yield parts[0][0]
    places = {tuple(sorted((n, (n + step) % count))) for n in range(count) for step in range(1, far + 1)}
    for first, second in sorted(pair for pair in places if pair[0] != pair[1]):
        (one, _), (other, size) = parts[first], parts[second]
        yield np.where((one == MISSING) | (other == MISSING), MISSING, one * size + other)


def _beginnings(column: Column, length: int) -> tuple[Codes, int]:
    """Return for each row the number of its value's first letters, and how many numbers there are."""
    places: dict[str, int] = {"": MISSING}
    of_value = np.array([places.setdefault(value[:length], len(places)) for value in column.values], dtype=np.int64)
    return of_value[column.codes], len(places)
