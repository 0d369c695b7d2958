"""The stamp, the lock between two set-ups, and the decisions; `tests/check.py` itself runs the rest for real."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from installer import environment as setup
from installer import packages
from installer.environment import (
    BUILT,
    Place,
    Stamp,
    digest,
    engine_state,
    is_current,
    is_ready,
    is_usable,
    read_stamp,
    write_stamp,
)
from installer.pip_steps import SetUpError

ROOT = Path(__file__).resolve().parents[3]
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def place(tmp_path):
    """A checkout whose environment is this interpreter, set up completely."""
    place = Place(tmp_path)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text(f"{name}==1\n")
    place.python.parent.mkdir(parents=True)
    place.python.symlink_to(sys.executable)
    write_stamp(place, complete(place))
    return place


def complete(place):
    locks = {path.name: digest(path) for path in (place.lock_file(dev=False), place.lock_file(dev=True))}
    return Stamp(str(place.root), VERSION, locks, BUILT)


def test_a_complete_environment_is_current_and_ready(place):
    assert read_stamp(place) == complete(place)
    assert is_current(read_stamp(place), place, dev=False)
    assert is_ready(place, dev=True)


@pytest.mark.parametrize(
    "change",
    [
        {"root": "/elsewhere"},
        {"python": "3.9"},
        {"locks": {}},
        {"locks": {"requirements.lock": "0", "requirements-dev.lock": "0"}},
    ],
)
def test_anything_else_is_not_current(place, change):
    assert not is_current(replace(complete(place), **change), place, dev=False)


def test_each_lock_file_counts_for_its_own_command(place):
    place.lock_file(dev=True).write_text("changed==2\n")
    assert is_ready(place, dev=False)
    assert not is_ready(place, dev=True)


def test_line_ends_that_git_changed_do_not_count(place):
    before = digest(place.lock_file(dev=False))
    place.lock_file(dev=False).write_bytes(place.lock_file(dev=False).read_bytes().replace(b"\n", b"\r\n"))
    assert digest(place.lock_file(dev=False)) == before


def test_an_interpreter_that_is_gone_is_not_current(place):
    place.python.unlink()
    place.python.symlink_to("/nowhere/python3")
    assert not is_ready(place, dev=False)


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"root": 1}', '{"tried": [], "surprise": 1}', "\0"])
def test_a_stamp_that_is_not_ours_is_no_stamp(place, content):
    place.stamp.write_text(content)
    assert read_stamp(place) == Stamp()
    assert not is_ready(place, dev=False)


def test_a_missing_lock_file_says_so(place):
    place.lock_file(dev=False).unlink()
    with pytest.raises(SetUpError, match="complete copy"):
        is_ready(place, dev=False)


def test_an_engine_that_could_not_be_built_does_not_stop_the_program_but_the_tests(place):
    write_stamp(place, replace(complete(place), engine=f"failed with {packages.compiler()}"))
    assert is_ready(place, dev=False)
    assert not is_ready(place, dev=True)


@pytest.mark.parametrize(
    ("engine", "again", "state"),
    [
        (BUILT, False, BUILT),
        (BUILT, True, BUILT),
        ("", False, "build"),
        ("no compiler", False, "build"),
        (f"failed with {packages.compiler()}", False, f"failed with {packages.compiler()}"),
        (f"failed with {packages.compiler()}", True, "build"),
        ("failed with /another/c++", False, "build"),
    ],
)
@pytest.mark.skipif(packages.compiler() is None, reason="needs a C++ compiler: sudo apt-get install g++")
def test_the_engine_is_built_when_that_can_have_changed(engine, again, state):
    assert engine_state(Stamp(engine=engine), is_wanted_again=again) == state


def test_a_set_up_that_fails_leaves_no_stamp(place, monkeypatch):
    """pip itself is missing here and no environment can be made: what was complete is complete no more."""
    place.lock_file(dev=False).write_text("changed==2\n")
    machine = replace(
        packages.this_machine(), has_module=lambda _name: False, is_root=False, find_program=lambda _n: "x"
    )
    machine = replace(machine, libraries=lambda: None, run=lambda _command: (1, ""), is_linux=True)
    monkeypatch.setenv("PYTHONPATH", "")
    place.python.unlink()
    said = []
    with pytest.raises(SetUpError, match="venv part is missing"):
        setup.ensure(dev=False, place=place, say=said.append, machine=machine)
    assert read_stamp(place) == Stamp()
    assert f"python{VERSION}-venv" in said[0]


@pytest.mark.skipif(not packages.this_machine().has_module("ensurepip"), reason="needs python3-venv")
def test_an_environment_is_built_on_unless_it_was_cut_short_or_moved(place):
    place.python.unlink()
    assert not is_usable(place, Stamp())
    setup._make_venv(place, Stamp(), lambda _text: None, can_make=True)
    assert not place.stamp.exists(), "a new environment is not complete"
    assert is_usable(place, Stamp())
    assert is_usable(place, Stamp(root=str(place.root)))
    assert not is_usable(place, Stamp(root="/where/it/was"))
    place.unfinished.touch()
    assert not is_usable(place, Stamp())


def test_a_ready_environment_is_left_alone(place):
    """Neither pip nor a lock nor a log: the second start only looks."""
    nothing_missing = replace(packages.this_machine(), is_linux=False)
    ready = setup.ensure(dev=True, place=place, say=pytest.fail, machine=nothing_missing)
    assert ready == setup.Environment(place.python, has_engine=True, lacking=())
    assert not place.log.parent.exists()


def test_what_apt_did_not_bring_is_tried_once_with_the_same_rights(place):
    commands, said = [], []
    machine = packages.Machine(
        run=lambda command: commands.append(list(command)) or (100, "E: no network"),
        find_program=lambda name: "/usr/bin/apt-get" if name == "apt-get" else None,
        libraries=lambda: frozenset({"libc.so.6"}),
        has_module=lambda _name: True,
        is_root=True,
        is_linux=True,
        has_systemd=False,
    )
    first = setup.ensure(dev=False, place=place, say=said.append, machine=machine)
    assert len(commands) == 2
    assert "libegl1" in said[-1]
    commands.clear()
    said.clear()
    assert setup.ensure(dev=False, place=place, say=said.append, machine=machine) == first
    assert commands == []
    assert said == []
    setup.ensure(dev=True, place=place, say=said.append, machine=machine)
    assert commands, "the tests need more than was tried"


def test_two_set_ups_wait_for_one_another(place):
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from installer.environment import Place, only_one\n"
        "with only_one(Place(Path(sys.argv[2])), lambda text: print(text, flush=True)): print('mine', flush=True)"
    )
    command = [sys.executable, "-c", code, str(ROOT), str(place.root)]
    with setup.only_one(place, pytest.fail):
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert "waiting" in other.stdout.readline()
        assert other.poll() is None
    assert other.communicate(timeout=60)[0] == "mine\n"
    assert other.returncode == 0


def test_a_checkout_that_cannot_be_written_says_so(place):
    place.log.parent.write_text("a file in the way")
    with pytest.raises(SetUpError, match="make it writable"), setup.only_one(place, pytest.fail):
        pytest.fail("held")


def test_a_stamp_is_json_that_a_person_can_read(place):
    assert json.loads(place.stamp.read_text())["engine"] == BUILT
