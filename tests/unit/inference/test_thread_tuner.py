"""The tuner played against imagined machines: it leaves a machine that is well alone, and gives way to a busy one."""

from collections.abc import Callable

import pytest

from desktop.inference.thread_tuner import TRY_AGAIN_AFTER, ThreadTuner

Machine = Callable[[int], float]


def play(tuner: ThreadTuner, machine: Machine, answers: int) -> list[int]:
    """Return the threads that each of some answers was computed with."""
    used = []
    for _ in range(answers):
        used.append(tuner.threads)
        tuner.observe(machine(tuner.threads))
    return used


def free(threads: int) -> float:
    return 1000.0 * threads


def crowded(threads: int) -> float:
    """One core is free: every thread beyond it makes all wait."""
    return 1000.0 if threads == 1 else 160.0


def slow(threads: int) -> float:
    return 100.0 * threads


def test_a_machine_that_is_well_is_left_alone():
    assert set(play(ThreadTuner(3), free, 200)) == {3}


def test_a_busy_machine_gets_fewer_threads_soon():
    tuner = ThreadTuner(4)
    play(tuner, free, 10)
    assert play(tuner, crowded, 20)[-1] == 1


def test_the_threads_come_back_when_the_machine_has_recovered():
    tuner = ThreadTuner(4)
    play(tuner, free, 10)
    play(tuner, crowded, 100)
    assert tuner.threads in (1, 2)
    assert play(tuner, free, 600)[-1] == 4


def test_trials_on_a_machine_that_stays_busy_become_rare():
    tuner = ThreadTuner(2)
    play(tuner, free, 10)
    used = play(tuner, crowded, 3000)
    assert used.count(2) < 0.05 * len(used)
    assert used[-1] == 1


def test_a_machine_that_is_slow_for_other_reasons_keeps_its_threads():
    tuner = ThreadTuner(4)
    play(tuner, free, 10)
    used = play(tuner, slow, 1000)
    assert used.count(4) > 0.9 * len(used)
    assert used[-1] == 4


def test_one_slow_answer_changes_nothing():
    tuner = ThreadTuner(4)
    play(tuner, free, 10)
    tuner.observe(1.0)
    assert set(play(tuner, free, 3 * TRY_AGAIN_AFTER)) == {4}


@pytest.mark.parametrize("machine", [free, crowded, slow])
def test_one_thread_stays_one(machine: Machine):
    tuner = ThreadTuner(1)
    play(tuner, free, 10)
    assert set(play(tuner, machine, 200)) == {1}


def test_there_are_never_less_than_one_nor_more_than_at_the_beginning():
    tuner = ThreadTuner(3)
    speeds = [float(1 + number * 7919 % 997) for number in range(5000)]
    assert {tuner.observe(speed) for speed in speeds} <= {1, 2, 3}
