"""What a supervised child may do wrong, and that its parent comes out of it each time."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.runtime.process import ChildProcess, freeze_support, start_detached, worker_command
from desktop.runtime.supervision import (
    ChildDied,
    DeadlinePassed,
    Ending,
    LineTooLong,
    RequestCancelled,
    Supervision,
)
from tests.fakes.waiting import is_running, wait_until

ROOT = Path(__file__).resolve().parents[3]
ODD = ROOT / "tests" / "fakes" / "odd_worker.py"
LONG = 60.0
PATIENT = Supervision(beat=0.2, missed_beats=200, grace=30.0)
SHORT_GRACE = Supervision(beat=0.2, missed_beats=200, grace=0.3)

Start = Callable[..., ChildProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    children = []

    def begin(*flags: str, supervision: Supervision = PATIENT) -> ChildProcess:
        child = ChildProcess([sys.executable, str(ODD), *flags], name="odd", supervision=supervision)
        children.append(child)
        return child

    yield begin
    for child in children:
        child.kill()
        child.close()


def on_a_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_an_answer_comes_back(start: Start) -> None:
    answer = start().request({"op": "echo", "text": "grüß Gott"}, deadline=LONG)
    assert answer["text"] == "grüß Gott"


def test_answers_find_their_askers(start: Start) -> None:
    child, answers = start(), {}

    def ask(text: str) -> None:
        answers[text] = child.request({"op": "echo", "text": text}, deadline=LONG)["text"]

    threads = [on_a_thread(lambda text=f"t{n}": ask(text)) for n in range(20)]
    for thread in threads:
        thread.join()
    assert answers == {f"t{n}": f"t{n}" for n in range(20)}


def test_an_answer_to_nobody_is_dropped(start: Start) -> None:
    assert start().request({"op": "somebody else"}, deadline=LONG)["op"] == "result"


def test_progress_comes_in_order_on_the_calling_thread(start: Start) -> None:
    seen = []
    start().request(
        {"op": "count", "upto": 50},
        deadline=LONG,
        on_progress=lambda message: seen.append((message["share"], threading.current_thread())),
    )
    shares = [share for share, _ in seen]
    assert shares == list(range(len(shares)))
    assert {thread for _, thread in seen} <= {threading.current_thread()}


def test_a_death_is_told_with_the_last_words(start: Start) -> None:
    child = start()
    with pytest.raises(ChildDied) as caught:
        child.request({"op": "last words", "text": "out of memory"}, deadline=LONG)
    assert caught.value.ending is Ending.DIED
    assert "exit code 7" in caught.value.detail
    assert "out of memory" in caught.value.detail
    assert not child.is_alive


def test_a_dead_child_is_asked_nothing(start: Start) -> None:
    child = start()
    with pytest.raises(ChildDied):
        child.request({"op": "blurt", "what": "half a line"}, deadline=LONG)
    with pytest.raises(ChildDied):
        child.request({"op": "echo", "text": "?"}, deadline=LONG)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_child_killed_from_outside_is_a_death(start: Start) -> None:
    child = start()
    with pytest.raises(ChildDied) as caught:
        child.request({"op": "ignore"}, deadline=LONG, on_progress=lambda _message: os.kill(child.pid, signal.SIGKILL))
    assert "exit code -9" in caught.value.detail


@pytest.mark.parametrize("what", ["nonsense", "too long", "no id"])
def test_nonsense_ends_the_child(start: Start, what: str) -> None:
    child = start(supervision=SHORT_GRACE)
    with pytest.raises(ChildDied) as caught:
        child.request({"op": "blurt", "what": what}, deadline=LONG)
    assert caught.value.ending is Ending.NONSENSE
    assert not is_running(child.pid)


def test_a_line_too_long_is_not_sent(start: Start) -> None:
    child = start()
    with pytest.raises(LineTooLong):
        child.request({"op": "echo", "text": "ü" * 600_000}, deadline=LONG)
    assert child.request({"op": "echo", "text": "still here"}, deadline=LONG)["text"] == "still here"


def test_a_deadline_that_the_child_respects_costs_the_answer_only(start: Start) -> None:
    child = start()
    with pytest.raises(DeadlinePassed) as caught:
        child.request({"op": "wait"}, deadline=0.05)
    assert not caught.value.child_ended
    assert child.request({"op": "echo", "text": "next"}, deadline=LONG)["text"] == "next"


def test_a_child_that_does_not_stop_is_killed(start: Start) -> None:
    child = start(supervision=SHORT_GRACE)
    with pytest.raises(DeadlinePassed) as caught:
        child.request({"op": "ignore"}, deadline=0.05)
    assert caught.value.child_ended
    wait_until(lambda: not is_running(child.pid))


def test_cancel_stops_a_request_from_another_thread(start: Start) -> None:
    child, threads = start(), []
    with pytest.raises(RequestCancelled) as caught:
        child.request(
            {"op": "wait"}, deadline=LONG, on_progress=lambda _message: threads.append(on_a_thread(child.cancel))
        )
    threads[0].join()
    assert not caught.value.child_ended
    assert child.is_alive


def test_a_cancel_that_is_ignored_kills_after_the_grace_time(start: Start) -> None:
    child = start(supervision=SHORT_GRACE)
    with pytest.raises(RequestCancelled) as caught:
        child.request({"op": "ignore"}, deadline=LONG, on_progress=lambda _message: child.cancel())
    assert caught.value.child_ended


def test_a_child_that_misses_its_heartbeats_is_killed(start: Start) -> None:
    child = start("--mute", supervision=Supervision(beat=0.05, missed_beats=3, grace=30.0))
    with pytest.raises(ChildDied) as caught:
        child.request({"op": "ignore"}, deadline=LONG)
    assert caught.value.ending is Ending.UNRESPONSIVE


def test_heartbeats_find_a_child_that_does_not_even_read(start: Start) -> None:
    child = start("--deaf", supervision=Supervision(beat=0.05, missed_beats=3, grace=30.0))
    with pytest.raises(ChildDied) as caught:
        child.request({"op": "echo", "text": "x" * 900_000}, deadline=LONG)
    assert caught.value.ending is Ending.UNRESPONSIVE


def test_a_child_nobody_needs_is_ended(start: Start) -> None:
    child = start(supervision=Supervision(beat=0.02, missed_beats=2000, grace=30.0, idle=0.05))
    wait_until(lambda: not child.is_alive)
    with pytest.raises(ChildDied) as caught:
        child.request({"op": "echo", "text": "?"}, deadline=LONG)
    assert caught.value.ending is Ending.IDLE
    wait_until(lambda: not is_running(child.pid))


def test_a_child_at_work_is_not_idle(start: Start) -> None:
    child = start(supervision=Supervision(beat=0.02, missed_beats=2000, grace=30.0, idle=0.01))
    with pytest.raises(DeadlinePassed):
        child.request({"op": "wait"}, deadline=0.3)


def test_close_lets_the_child_leave_by_itself(start: Start) -> None:
    child = start()
    child.request({"op": "echo", "text": "hello"}, deadline=LONG)
    child.close()
    assert not is_running(child.pid)
    assert not child.is_alive


def test_close_kills_a_stubborn_child(start: Start) -> None:
    child = start("--stubborn", supervision=SHORT_GRACE)
    child.request({"op": "echo", "text": "hello"}, deadline=LONG)
    child.close()
    assert not is_running(child.pid)


def test_close_ends_a_running_request(start: Start) -> None:
    child, threads = start(), []
    with pytest.raises(ChildDied):
        child.request(
            {"op": "ignore"}, deadline=LONG, on_progress=lambda _message: threads.append(on_a_thread(child.close))
        )
    threads[0].join()


def test_a_command_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        ChildProcess([str(tmp_path / "nowhere")], name="nobody")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_the_child_dies_with_its_parent() -> None:
    parent_code = (
        "import sys, threading\n"
        "from desktop.runtime.process import ChildProcess\n"
        f"child = ChildProcess([sys.executable, {str(ODD)!r}], name='odd')\n"
        "child.request({'op': 'echo', 'text': ''}, deadline=60)\n"
        "print(child.pid, flush=True)\n"
        "threading.Event().wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    wait_until(lambda: not is_running(child))


def test_an_interpreter_may_exit_with_a_child_running() -> None:
    code = (
        "import sys\n"
        "from desktop.runtime.process import ChildProcess\n"
        f"child = ChildProcess([sys.executable, {str(ODD)!r}], name='odd')\n"
        "child.request({'op': 'echo', 'text': ''}, deadline=60)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


DETACHED = """
import json, os, pathlib, sys, time
told = sys.stdin.readline()
session = os.getsid(0) if hasattr(os, "getsid") else None
go = pathlib.Path(sys.argv[1])
while not go.exists():
    time.sleep(0.02)
out = pathlib.Path(sys.argv[2])
half = out.with_suffix(".part")
half.write_text(json.dumps({"told": told, "session": session, "pid": os.getpid()}))
half.replace(out)
"""


def test_a_detached_program_outlives_us_in_a_session_of_its_own(tmp_path: Path) -> None:
    go, out = tmp_path / "go", tmp_path / "out"
    code = (
        "import sys\n"
        "from desktop.runtime.process import start_detached\n"
        f"start_detached([sys.executable, '-c', {DETACHED!r}, {str(go)!r}, {str(out)!r}], stdin_line='secret ü')\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, cwd=ROOT, stdin=subprocess.DEVNULL)
    go.touch()
    wait_until(out.exists)
    said = json.loads(out.read_text())
    assert said["told"] == "secret ü\n"
    assert said["session"] in (said["pid"], None)


def test_a_detached_program_without_a_line_has_no_input(tmp_path: Path) -> None:
    out = tmp_path / "out"
    pid = start_detached([sys.executable, "-c", DETACHED, str(tmp_path), str(out)])
    wait_until(out.exists)
    assert json.loads(out.read_text())["told"] == ""
    wait_until(lambda: not is_running(pid))


def test_a_detached_program_takes_one_line_only() -> None:
    with pytest.raises(ValueError, match="one line"):
        start_detached([sys.executable, "-c", ""], stdin_line="a\nb")


def test_freeze_support_runs_our_modules_only() -> None:
    assert not freeze_support([])
    assert not freeze_support(["agent"])
    assert not freeze_support(["--child-module", "antigravity"])
    code = "from desktop.runtime.process import freeze_support as f; print(f(['--child-module', 'desktop.domain.ids']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert done.stdout.split() == [b"True"]


def test_a_module_is_started_by_its_dotted_name() -> None:
    assert worker_command("desktop.x") == [sys.executable, "-m", "desktop.x"]
