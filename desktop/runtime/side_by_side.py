"""Pieces of work done side by side, for those who may not make threads themselves."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor


def side_by_side(name: str, works: Sequence[Callable[[], None]]) -> None:
    """Do each piece of work in a thread of its own, and return when all are done; a single one needs no thread.

    Raises what the first of them raised, after all have ended. `name` is what the threads are called.
    """
    if len(works) == 1:
        works[0]()
    elif works:
        with ThreadPoolExecutor(len(works), thread_name_prefix=name) as pool:
            futures = [pool.submit(work) for work in works]
        for future in futures:
            future.result()
