"""Work side by side: all of it is done, at the same time, and what goes wrong is told."""

import threading

import pytest

from desktop.runtime.side_by_side import side_by_side


def test_all_are_under_way_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=20)
    side_by_side("work", [lambda: str(together.wait()) and None] * 3)
    assert not together.broken


def test_a_single_one_runs_in_the_thread_that_asked() -> None:
    names: list[str] = []
    side_by_side("work", [lambda: names.append(threading.current_thread().name)])
    side_by_side("work", [])
    assert names == [threading.current_thread().name]


def test_what_goes_wrong_is_raised_when_all_have_ended() -> None:
    ended: list[int] = []

    def fail() -> None:
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        side_by_side("work", [fail, lambda: ended.append(1), lambda: ended.append(2)])
    assert sorted(ended) == [1, 2]
