from datetime import UTC, timedelta

from desktop.system.clock import SystemClock


def test_now_is_aware_utc_and_does_not_go_backwards():
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert timedelta(0) <= second - first
