from dataclasses import replace
from pathlib import Path

import pytest

from installer.packages import PACKAGES, Machine, Need, bring, explain, missing, this_machine

EVERYTHING = frozenset(Need)


class Apt:
    """Remembers commands; answers sudo and apt as told."""

    def __init__(self, *, sudo=1, install=0):
        self.commands = []
        self._codes = {"sudo -n true": sudo, "install": install}

    def __call__(self, command):
        self.commands.append(list(command))
        joined = " ".join(command)
        code = next((code for words, code in self._codes.items() if words == joined or words in command), 0)
        return code, "line\n" * 30 + "E: broken packages"


def machine(apt=None, *, lacks=(), **changes):
    lacking = {package.library or package.program or package.module for package in PACKAGES if package.name in lacks}
    libraries = frozenset(package.library for package in PACKAGES if package.library) - lacking
    bare = Machine(
        run=apt or Apt(),
        find_program=lambda name: None if name in lacking else f"/usr/bin/{name}",
        libraries=lambda: libraries,
        has_module=lambda name: name not in lacking,
        is_root=False,
        is_linux=True,
        has_systemd=False,
    )
    return replace(bare, **changes)


def names(packages):
    return [package.name for package in packages]


def test_nothing_is_missing_where_all_is_there():
    assert missing(EVERYTHING, machine()) == ()


def test_libraries_programs_and_modules_are_found_missing_by_what_they_bring():
    python_venv = PACKAGES[0].name
    lacks = (python_venv, "libegl1", "xvfb", "dovecot-imapd")
    assert names(missing(EVERYTHING, machine(lacks=lacks))) == list(lacks)


def test_only_what_is_needed_counts():
    lacking = machine(lacks=("libegl1", "xvfb"))
    assert names(missing({Need.WINDOW}, lacking)) == ["libegl1"]
    assert missing({Need.SOUND}, lacking) == ()


def test_a_loader_that_does_not_tell_and_other_systems_are_not_nagged():
    assert missing({Need.WINDOW}, machine(lacks=("libegl1",), libraries=lambda: None)) == ()
    assert missing(EVERYTHING, machine(lacks=("xvfb",), is_linux=False)) == ()


def test_the_line_to_type_is_one_line_with_all_of_it():
    lacking = machine(lacks=("libegl1", "xvfb"))
    text = explain(missing(EVERYTHING, lacking), lacking)
    assert text.splitlines()[1:] == ["    sudo apt-get install -y --no-install-recommends libegl1 xvfb"]
    assert "the window, the tests" in text


def test_root_needs_no_sudo_in_the_line():
    lacking = machine(lacks=("xvfb",), is_root=True)
    assert "sudo" not in explain(missing(EVERYTHING, lacking), lacking)


def test_without_apt_the_parts_are_named():
    no_apt = machine(lacks=("libegl1",), find_program=lambda _name: None, libraries=lambda: frozenset({"x"}))
    text = explain(missing({Need.WINDOW}, no_apt), no_apt)
    assert "libEGL.so.1" in text
    assert "apt" not in text


def test_root_brings_them_through_apt():
    apt = Apt()
    lacking = machine(apt, lacks=("libegl1",), is_root=True)
    assert bring(missing(EVERYTHING, lacking), lacking, lambda _text: None)
    assert [command[0] for command in apt.commands] == ["apt-get", "apt-get"]
    assert apt.commands[0][-1] == "update"
    assert apt.commands[1][-4:] == ["install", "-y", "--no-install-recommends", "libegl1"]


def test_sudo_is_used_only_where_it_asks_nothing():
    apt = Apt(sudo=0)
    lacking = machine(apt, lacks=("libegl1",))
    assert bring(missing(EVERYTHING, lacking), lacking, lambda _text: None)
    assert apt.commands[1][:2] == ["sudo", "-n"]

    asking = Apt(sudo=1)
    lacking = machine(asking, lacks=("libegl1",))
    assert not bring(missing(EVERYTHING, lacking), lacking, lambda _text: None)
    assert asking.commands == [["sudo", "-n", "true"]]


def test_a_failed_apt_shows_its_last_lines_and_is_no_exception():
    said = []
    lacking = machine(Apt(install=100), lacks=("libegl1",), is_root=True)
    assert not bring(missing(EVERYTHING, lacking), lacking, said.append)
    assert said[-1].endswith("E: broken packages")
    assert len(said[-1].splitlines()) == 20


@pytest.mark.parametrize(("has_systemd", "stopped"), [(True, True), (False, False)])
def test_a_mail_server_that_the_tests_brought_does_not_stay_running(has_systemd, stopped):
    apt = Apt()
    lacking = machine(apt, lacks=("dovecot-imapd",), is_root=True, has_systemd=has_systemd)
    bring(missing(EVERYTHING, lacking), lacking, lambda _text: None)
    disable = ["systemctl", "disable", "--now", "dovecot.service", "dovecot.socket"]
    assert (disable in apt.commands) is stopped


@pytest.mark.skipif(
    not any(Path("/var/lib/apt/lists").glob("*_Packages*")), reason="needs apt's package lists: sudo apt-get update"
)
def test_apt_knows_every_package_of_the_table():
    names = [package.name for package in PACKAGES if package.need is not Need.PYTHON]
    code, output = this_machine().run(["apt-get", "install", "--simulate", "--no-install-recommends", *names])
    assert code == 0, output


def test_looking_at_this_machine_works_and_changes_nothing():
    ours = this_machine()
    assert set(missing(EVERYTHING, ours)) <= set(PACKAGES)
    code, output = ours.run(["surely-no-such-program"])
    assert code == 127
    assert "surely-no-such-program" in output
