"""What must come from the system rather than from a wheel: which packages, are they there, and bring them.

Looking needs no rights. Bringing goes through apt as root or with a sudo that asks nothing; everywhere else the one
line to type is printed, and the caller decides whether it can go on.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

SYSTEM_FOLDERS = os.pathsep.join(("/usr/local/sbin", "/usr/sbin", "/sbin"))  # not on everybody's PATH


class Need(Enum):
    """What a package is wanted for, in words for a message."""

    PYTHON = "the Python environment"
    ENGINE = "the language model"
    WINDOW = "the window"
    SOUND = "sound"
    TESTS = "the tests"


@dataclass(frozen=True)
class SystemPackage:
    """A Debian package, and the shared library, program or Python module that shows it is there."""

    name: str
    need: Need
    library: str = ""
    program: str = ""
    module: str = ""
    service: str = ""  # started by its package, though the tests only want the program


WINDOW_LIBRARIES = {  # what Qt's X11 platform plugin loads
    "libgl1": "libGL.so.1",
    "libegl1": "libEGL.so.1",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libfontconfig1": "libfontconfig.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-randr0": "libxcb-randr.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-sync1": "libxcb-sync.so.1",
    "libxcb-xfixes0": "libxcb-xfixes.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libx11-xcb1": "libX11-xcb.so.1",
}
PACKAGES = (
    SystemPackage(f"python3.{sys.version_info[1]}-venv", Need.PYTHON, module="ensurepip"),
    SystemPackage("g++", Need.ENGINE, program="c++"),
    *(SystemPackage(name, Need.WINDOW, library=soname) for name, soname in WINDOW_LIBRARIES.items()),
    SystemPackage("libportaudio2", Need.SOUND, library="libportaudio.so.2"),
    SystemPackage("xvfb", Need.TESTS, program="Xvfb"),
    SystemPackage("xauth", Need.TESTS, program="xauth"),
    SystemPackage("xdotool", Need.TESTS, program="xdotool"),
    SystemPackage("dovecot-imapd", Need.TESTS, program="/usr/lib/dovecot/imap", service="dovecot"),
    SystemPackage("gnome-keyring", Need.TESTS, program="gnome-keyring-daemon"),
    SystemPackage("dbus", Need.TESTS, program="dbus-run-session"),
    SystemPackage("openssl", Need.TESTS, program="openssl"),
)


@dataclass(frozen=True)
class Machine:
    """How this machine is looked at and changed; tests hand in another."""

    run: Callable[[Sequence[str]], tuple[int, str]]
    find_program: Callable[[str], str | None]
    libraries: Callable[[], frozenset[str] | None]
    has_module: Callable[[str], bool]
    is_root: bool
    is_linux: bool
    has_systemd: bool


def this_machine() -> Machine:
    """Return the machine we run on."""
    return Machine(
        run=_run,
        find_program=_find_program,
        libraries=_loadable_libraries,
        has_module=lambda name: importlib.util.find_spec(name) is not None,
        is_root=hasattr(os, "geteuid") and os.geteuid() == 0,
        is_linux=sys.platform == "linux",
        has_systemd=Path("/run/systemd/system").is_dir(),
    )


def _run(command: Sequence[str]) -> tuple[int, str]:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            env=environ,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout + done.stderr


def _find_program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", os.defpath) + os.pathsep + SYSTEM_FOLDERS)


def _loadable_libraries() -> frozenset[str] | None:
    """Return the sonames the loader knows, or None where it does not tell."""
    ldconfig = _find_program("ldconfig")
    code, listing = _run([ldconfig, "-p"]) if ldconfig else (1, "")
    names = frozenset(line.split()[0] for line in listing.splitlines() if " => " in line)
    return names if code == 0 and names else None


def missing(needs: Collection[Need], machine: Machine) -> tuple[SystemPackage, ...]:
    """Return the packages of `needs` whose library, program or module is not there, in the order of the table."""
    if not machine.is_linux:
        return ()
    libraries = machine.libraries()

    def is_there(package: SystemPackage) -> bool:
        if package.library:
            return libraries is None or package.library in libraries
        if package.program:
            return machine.find_program(package.program) is not None
        return machine.has_module(package.module)

    return tuple(package for package in PACKAGES if package.need in needs and not is_there(package))


def apt_line(packages: Sequence[SystemPackage], machine: Machine) -> str:
    """Return the one line a person can type."""
    names = " ".join(package.name for package in packages)
    return f"{'' if machine.is_root else 'sudo '}apt-get install -y --no-install-recommends {names}"


def explain(packages: Sequence[SystemPackage], machine: Machine) -> str:
    """Say what is missing, what for, and the line that brings it."""
    needs = [need for need in Need if any(package.need is need for package in packages)]
    wanted = ", ".join(need.value for need in needs)
    if machine.find_program("apt-get"):
        return f"Missing on this machine, for {wanted}. This line brings it:\n    {apt_line(packages, machine)}"
    parts = ", ".join(package.library or package.program or package.name for package in packages)
    return f"Missing on this machine, for {wanted}: {parts}. Please install it with your system's package tool."


def bring(packages: Sequence[SystemPackage], machine: Machine, say: Callable[[str], None]) -> bool:
    """Install through apt if we may; return whether apt said it went well. Never asks for a password."""
    prefix = _right_to_install(machine)
    if prefix is None:
        return False
    names = [package.name for package in packages]
    say(f"Bringing {len(names)} system packages through apt: {' '.join(names)}")
    apt = [*prefix, "apt-get", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=30", "-o"]
    apt.append("DPkg::Lock::Timeout=300")
    machine.run([*apt, "update"])  # may fail, for one broken source among many: the install below tells
    code, output = machine.run([*apt, "install", "-y", "--no-install-recommends", *names])
    if code:
        say("\n".join(output.splitlines()[-20:]))
        return False
    for package in packages:
        if package.service and machine.has_systemd:
            units = [f"{package.service}.service", f"{package.service}.socket"]
            machine.run([*prefix, "systemctl", "disable", "--now", *units])
    return True


def _right_to_install(machine: Machine) -> list[str] | None:
    """Return what to put before a command that needs root, or None when there is no way without a password."""
    if not machine.find_program("apt-get"):
        return None
    if machine.is_root:
        return []
    if machine.find_program("sudo") and machine.run(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


def compiler(platform: str = sys.platform) -> str | None:
    """Return the C++ compiler's path, or None; on Windows and macOS the sign that one is installed."""
    if platform == "win32":
        installer = Path(os.environ.get("PROGRAMFILES(X86)", "C:\\"), "Microsoft Visual Studio/Installer/vswhere.exe")
        code, found = _run([str(installer), "-latest", "-products", "*", "-property", "installationPath"])
        return found.strip() if code == 0 and found.strip() else shutil.which("cl")
    if platform == "darwin" and _run(["xcode-select", "-p"])[0] != 0:
        return None  # /usr/bin/c++ is there without the tools behind it
    names = [name for name in (os.environ.get("CXX"), "c++", "g++", "clang++") if name]
    return next((path for path in map(shutil.which, names) if path), None)


def how_to_get_a_compiler(platform: str = sys.platform) -> str:
    """Return one sentence for this platform."""
    if platform == "win32":
        return "Install “Build Tools for Visual Studio” with “Desktop development with C++”, then start again."
    if platform == "darwin":
        return "Type `xcode-select --install`, then start again."
    return "Install g++ (on Debian and Ubuntu: `sudo apt-get install -y g++`), then start again."
