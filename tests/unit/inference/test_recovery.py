"""Waiting after crashes, and giving up on a job."""

from desktop.inference.recovery import MOST_JOBS, Backoff, Strikes
from tests.fakes.clock import ManualClock


def test_the_wait_doubles_up_to_a_minute() -> None:
    clock, backoff, waits = ManualClock(), Backoff(), []
    for _ in range(9):
        backoff.failed(clock.now())
        waits.append(backoff.remaining(clock.now()))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_wait_ends_and_success_forgets() -> None:
    clock, backoff = ManualClock(), Backoff()
    backoff.failed(clock.now())
    clock.advance(0.75)
    assert backoff.remaining(clock.now()) == 0.25
    clock.advance(1)
    assert backoff.remaining(clock.now()) == 0
    backoff.succeeded()
    backoff.failed(clock.now())
    assert backoff.remaining(clock.now()) == 1


def test_a_clock_set_back_does_not_lengthen_the_wait() -> None:
    clock, backoff = ManualClock(), Backoff()
    backoff.failed(clock.now())
    clock.advance(-86_400)
    assert backoff.remaining(clock.now()) == 1


def test_the_third_strike_is_out() -> None:
    strikes = Strikes(3)
    assert [strikes.add("a"), strikes.add("b"), strikes.add("a"), strikes.add("a")] == [False, False, False, True]
    assert strikes.is_out("a")
    strikes.clear("a")
    assert not strikes.is_out("a")


def test_strikes_do_not_pile_up_for_ever() -> None:
    strikes = Strikes(1)
    for number in range(MOST_JOBS + 1):
        strikes.add(str(number))
    assert not strikes.is_out("0")
    assert strikes.is_out("1")
