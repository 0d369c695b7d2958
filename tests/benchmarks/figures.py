"""Medians, percentiles and one way to print a table."""

import statistics
import time
from collections.abc import Callable, Sequence


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(share * len(ranked)) - 1))]


def timed(work: Callable[[], object]) -> float:
    """Return how many milliseconds `work` took."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def table(title: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """Print rows of (what, figure, target or remark)."""
    print(f"\n{title}")
    width = max((len(row[0]) for row in rows), default=0)
    for what, figure, remark in rows:
        print(f"  {what:<{width}}  {figure:>14}  {remark}")
