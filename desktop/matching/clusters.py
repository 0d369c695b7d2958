"""Turns pairs into groups: who is the same as the same is the same."""

from collections.abc import Iterable


def groups(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the groups of two and more among rows 0 to `count` - 1, rows and groups in ascending order."""
    above = list(range(count))

    def top(row: int) -> int:
        while above[row] != row:
            above[row] = above[above[row]]
            row = above[row]
        return row

    for one, other in pairs:
        first, second = sorted((top(one), top(other)))
        above[second] = first
    found: dict[int, list[int]] = {}
    for row in range(count):
        found.setdefault(top(row), []).append(row)
    return [group for group in found.values() if len(group) > 1]
