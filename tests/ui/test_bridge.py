"""Events come across in the window's thread, gathered; writes keep their order and always end."""

import threading

import pytest

from desktop.domain.errors import Defect, Rejected
from desktop.domain.events import Event, EventName
from desktop.ui.bridge import Bridge
from tests.fakes.services import Background


class Threads:
    """Runs every job on a thread of its own, the later ones sooner."""

    def __init__(self) -> None:
        self.started: list[threading.Thread] = []

    def __call__(self, job) -> None:
        thread = threading.Thread(target=job)
        self.started.append(thread)
        thread.start()

    def join(self) -> None:
        for thread in self.started:
            thread.join()


def test_a_burst_of_events_becomes_one_refresh_in_the_windows_thread(qtbot) -> None:
    bridge = Bridge(Background())
    heard: list[tuple] = []
    bridge.arrived.connect(lambda events: heard.append((threading.current_thread(), events)))

    def burst() -> None:
        for number in range(500):
            bridge.on_event(Event(EventName.PROPOSAL_READY, (str(number),)))

    thread = threading.Thread(target=burst)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: sum(len(events) for _, events in heard) == 500)
    assert len(heard) <= 3
    assert {where for where, _ in heard} == {threading.main_thread()}


def test_the_state_of_the_line_comes_across(qtbot) -> None:
    bridge = Bridge(Background())
    with qtbot.waitSignal(bridge.linked) as told:
        threading.Thread(target=bridge.on_link, args=(False,)).start()
    assert told.args == [False]


def test_writes_keep_their_order_whatever_the_threads_do(qtbot) -> None:
    threads = Threads()
    bridge = Bridge(threads)
    done: list[int] = []
    ended: list[int] = []
    for number in range(30):
        bridge.write(lambda number=number: done.append(number) or number, ended.append, pytest.fail)
    qtbot.waitUntil(lambda: bridge.is_idle)
    threads.join()
    assert done == ended == list(range(30))


def test_a_refusal_comes_back_and_the_next_write_goes_on(qtbot) -> None:
    bridge = Bridge(Background())
    refused: list = []
    ended: list = []

    def refuse() -> None:
        raise Rejected("No.")

    bridge.write(refuse, pytest.fail, refused.append)
    bridge.write(lambda: "yes", ended.append, pytest.fail)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert [error.sentence for error in refused] == ["No."]
    assert ended == ["yes"]


@pytest.mark.expects_log("a write failed unexpectedly")
def test_a_bug_in_a_write_is_told_as_ours(qtbot) -> None:
    bridge = Bridge(Background())
    failed: list = []
    bridge.write(lambda: 1 // 0, pytest.fail, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert isinstance(failed[0], Defect)
    assert "ZeroDivision" not in failed[0].sentence


def test_draining_waits_for_the_last_write(qtbot) -> None:
    threads = Threads()
    bridge = Bridge(threads)
    go = threading.Event()
    done: list[str] = []
    bridge.write(lambda: go.wait(5) and done.append("written"), lambda _: None, pytest.fail)
    threading.Timer(0.05, go.set).start()
    assert bridge.drain(5000)
    threads.join()
    assert done == ["written"]


def test_draining_gives_up_in_time(qtbot) -> None:
    background = Background()
    background.is_holding = True
    bridge = Bridge(background)
    bridge.write(lambda: None, lambda _: None, pytest.fail)
    assert not bridge.drain(10)


def test_nothing_arrives_after_closing(qtbot) -> None:
    bridge = Bridge(Background())
    heard: list = []
    bridge.linked.connect(heard.append)
    bridge.on_link(True)
    bridge.close()
    qtbot.wait(20)
    assert heard == []
