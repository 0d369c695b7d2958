"""Lanes take turns, jobs keep their order, and nothing that fails stops the rest."""

import threading

import pytest

from desktop.domain.events import EventName
from desktop.runtime.events import EventBus
from desktop.runtime.lanes import AT_ONCE, JobLane, Lane
from tests.fakes.waiting import wait_until

LONG = 3600.0


def test_a_lane_takes_turns_at_once_until_it_is_told_to_pause():
    turns = []

    def turn() -> float:
        turns.append(threading.current_thread().name)
        return AT_ONCE if len(turns) < 5 else LONG

    lane = Lane("mail", turn)
    lane.start()
    wait_until(lambda: len(turns) == 5)
    lane.wake()
    wait_until(lambda: len(turns) == 6)
    lane.stop()
    assert lane.join(5)
    assert set(turns) == {"mail"}


def test_a_wake_during_a_turn_is_not_lost():
    entered, go_on, turns = threading.Event(), threading.Event(), []

    def turn() -> float:
        turns.append(1)
        entered.set()
        go_on.wait(5)
        return LONG

    lane = Lane("x", turn)
    lane.start()
    entered.wait(5)
    lane.wake()
    go_on.set()
    wait_until(lambda: len(turns) == 2)
    lane.stop()
    assert lane.join(5)


def test_stopping_interrupts_a_turn_that_waits_for_the_outside():
    interrupted = threading.Event()
    lane = Lane("x", lambda: (interrupted.wait(5), LONG)[1], interrupt=interrupted.set)
    lane.start()
    lane.stop()
    assert lane.join(5)


@pytest.mark.expects_log("a turn of lane x failed")
def test_a_turn_that_raises_is_logged_and_the_lane_goes_on():
    turns = []

    def turn() -> float:
        turns.append(1)
        if len(turns) == 1:
            raise RuntimeError("a bug")
        return LONG

    lane = Lane("x", turn)
    lane.start()
    wait_until(lambda: turns)
    lane.wake()
    wait_until(lambda: len(turns) >= 2)
    lane.stop()
    assert lane.join(5)


@pytest.mark.expects_log("a background job failed")
def test_jobs_keep_their_order_whatever_happens_to_one():
    done = []
    lane = JobLane("jobs")

    def broken() -> None:
        raise RuntimeError("a bug")

    for number in range(20):
        lane.submit(lambda number=number: done.append(number))
        lane.submit(broken)
    assert lane.drain(5)
    assert done == list(range(20))


def test_an_unused_job_lane_has_no_thread():
    before = threading.active_count()
    assert JobLane("idle").drain(0)
    assert threading.active_count() == before


@pytest.mark.expects_log("is dropped")
def test_a_subscriber_that_fails_is_dropped_and_the_others_still_hear():
    bus, heard, calls = EventBus(), [], []

    def broken(_event) -> None:
        calls.append(1)
        raise RuntimeError("a bug")

    bus.subscribe(broken)
    bus.subscribe(heard.append)
    bus.publish(EventName.PROPOSAL_READY, "a", "b")
    bus.publish(EventName.PROPOSAL_READY)
    assert [event.ids for event in heard] == [("a", "b"), ()]
    assert len(calls) == 1
