import os
import signal
import subprocess
import sys

import pytest

from desktop.domain.errors import Temporary, UserActionNeeded
from desktop.system.instance import InstanceLock

HOLDER = """
import sys
from pathlib import Path
from desktop.system.instance import InstanceLock
lock = InstanceLock(Path(sys.argv[1]))
print(lock.try_acquire(), flush=True)
sys.stdin.read()
"""


def start_holder(path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    return holder, holder.stdout.readline().strip()


@pytest.fixture
def lock_path(tmp_path):
    return tmp_path / "profile" / "agent.lock"


def test_the_second_in_one_process_is_refused_until_the_first_lets_go(lock_path):
    first, second = InstanceLock(lock_path), InstanceLock(lock_path)
    assert first.try_acquire()
    assert first.try_acquire()
    assert not second.try_acquire()
    first.release()
    first.release()
    assert second.try_acquire()
    second.release()


def test_another_process_is_refused_and_named(lock_path):
    holder, answer = start_holder(lock_path)
    with holder:
        assert answer == "True"
        ours = InstanceLock(lock_path)
        assert not ours.try_acquire()
        assert ours.holder() == holder.pid
        late, refused = start_holder(lock_path)
        with late:
            assert refused == "False"
            late.communicate("")
        holder.communicate("")
    assert ours.try_acquire()
    assert ours.holder() == os.getpid()
    ours.release()


def test_a_killed_holder_leaves_nothing_locked(lock_path):
    holder, answer = start_holder(lock_path)
    with holder:
        assert answer == "True"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    ours = InstanceLock(lock_path)
    assert ours.try_acquire()
    ours.release()


def test_a_program_started_by_the_holder_does_not_inherit_the_lock(lock_path):
    ours = InstanceLock(lock_path)
    assert ours.try_acquire()
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    with child:
        ours.release()
        assert InstanceLock(lock_path).try_acquire()
        child.communicate(b"")


def test_holding_waits_no_longer_than_told(lock_path):
    with InstanceLock(lock_path).hold(), pytest.raises(Temporary), InstanceLock(lock_path).hold(0.05):
        pytest.fail("held twice")
    with InstanceLock(lock_path).hold(0.05):
        assert not InstanceLock(lock_path).try_acquire()


def test_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserActionNeeded) as caught:
        InstanceLock(tmp_path / "file" / "agent.lock").try_acquire()
    assert str(tmp_path / "file") in caught.value.sentence


def test_rubbish_in_the_file_names_nobody_and_locks_all_the_same(lock_path):
    lock_path.parent.mkdir()
    lock_path.write_bytes(b"\xff\xfe not a number")
    lock = InstanceLock(lock_path)
    assert lock.holder() is None
    assert lock.try_acquire()
    assert lock.holder() == os.getpid()
    lock.release()
