"""The tap on the shoulder."""

import contextlib
import selectors
import threading

import pytest

from desktop.runtime.signals import Wakeup


@pytest.fixture
def wakeup():
    with contextlib.closing(Wakeup()) as wakeup:
        yield wakeup


def is_readable(wakeup: Wakeup) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(wakeup.fileno(), selectors.EVENT_READ)
        return bool(selector.select(0))


def test_without_a_tap_nothing_is_there(wakeup):
    assert not wakeup.is_set()
    assert not wakeup.wait(0.01)
    assert not wakeup.wait(-5)
    assert not is_readable(wakeup)


def test_a_tap_stays_until_it_is_cleared(wakeup):
    wakeup.set()
    wakeup.set()
    assert wakeup.wait(0)
    assert wakeup.wait(0)
    assert is_readable(wakeup)
    wakeup.clear()
    assert not wakeup.wait(0)
    assert not is_readable(wakeup)
    wakeup.clear()


def test_the_descriptor_shows_taps_from_before_and_after_it_was_made(wakeup):
    wakeup.set()
    assert is_readable(wakeup)
    wakeup.clear()
    assert not is_readable(wakeup)
    wakeup.set()
    assert is_readable(wakeup)


def test_it_lives_on_after_close(wakeup):
    wakeup.fileno()
    wakeup.set()
    wakeup.close()
    wakeup.close()
    assert wakeup.is_set()
    assert is_readable(wakeup)
    wakeup.clear()
    wakeup.close()
    wakeup.set()
    wakeup.clear()
    assert not is_readable(wakeup)


def test_another_thread_ends_a_wait(wakeup):
    threading.Timer(0.1, wakeup.set).start()
    assert wakeup.wait(30)


def test_another_thread_ends_a_select(wakeup):
    with selectors.DefaultSelector() as selector:
        selector.register(wakeup.fileno(), selectors.EVENT_READ)
        threading.Timer(0.1, wakeup.set).start()
        assert selector.select(30)
