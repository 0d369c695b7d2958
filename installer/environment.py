"""Makes `.venv` hold exactly what the lock files say, once; a second start finds the stamp and does nothing.

The stamp is written last and removed first, so an environment that was cut short never counts as done. llama.cpp is
compiled here (minutes), for a portable processor rather than this one; without a C++ compiler the program runs on rules
alone. `python3 installer/environment.py [--dev]` does the set-up and nothing else.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from installer import packages  # noqa: E402  (found only with the line above, when run as a script)
from installer.packages import Machine, Need  # noqa: E402
from installer.pip_steps import (  # noqa: E402
    Pip,
    SetUpError,
    clean_environment,
    parallel_jobs,
    portable_cmake_arguments,
    processor_flags,
    split_lock,
)

OLDEST = (3, 11)
ENGINE = "llama-cpp-python"
BUILT = "built"
WAIT_SECONDS = 3600.0
Say = Callable[[str], None]


def tell(text: str) -> None:
    """Say it where it does not mix with what the program prints."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Place:
    """Where things are in one checkout."""

    root: Path

    @property
    def venv(self) -> Path:
        """The environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """What says that the environment is complete."""
        return self.venv / "dealside-set-up.json"

    @property
    def unfinished(self) -> Path:
        """What is there while pip works: found at the start, it says that somebody pulled the plug."""
        return self.venv / "dealside-unfinished"

    @property
    def log(self) -> Path:
        """All that pip printed."""
        return self.root / "build" / "set-up.log"

    def lock_file(self, *, dev: bool) -> Path:
        """Return the list of exact packages."""
        return self.root / ("requirements-dev.lock" if dev else "requirements.lock")


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from.

    `engine` is BUILT or why it is not; `tried` are packages that apt did not bring, and with whose rights.
    """

    root: str = ""
    python: str = ""
    locks: dict[str, str] = field(default_factory=dict)
    engine: str = ""
    tried: tuple[str, ...] = ()


@dataclass(frozen=True)
class Environment:
    """The ready environment: its interpreter, whether llama.cpp is in it, what the system still lacks."""

    python: Path
    has_engine: bool
    lacking: tuple[packages.SystemPackage, ...]


def read_stamp(place: Place) -> Stamp:
    """Return the stamp, an empty one when there is none or it is not ours."""
    try:
        found = json.loads(place.stamp.read_text(encoding="utf-8"))
        return Stamp(**{**found, "tried": tuple(found["tried"])})
    except (OSError, ValueError, TypeError, KeyError):
        return Stamp()


def write_stamp(place: Place, stamp: Stamp) -> None:
    """Write it whole or not at all."""
    beside = place.stamp.with_suffix(".new")
    beside.write_text(json.dumps(asdict(stamp), indent=1), encoding="utf-8")
    beside.replace(place.stamp)


def digest(path: Path) -> str:
    """Return a file's SHA-256; raise SetUpError when it is missing. Line ends do not count (git may change them)."""
    try:
        return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except OSError as error:
        raise SetUpError(f"{path.name} is missing: get a complete copy of Dealside and start again.") from error


def is_current(stamp: Stamp, place: Place, *, dev: bool) -> bool:
    """Tell whether the environment is what the lock file asks for, for this Python, in this place."""
    lock = place.lock_file(dev=dev)
    return (
        stamp.root == str(place.root)
        and stamp.locks.get(lock.name) == digest(lock)
        and stamp.python == python_version(place.python)
    )


def python_version(python: Path) -> str:
    """Return `3.11` as that interpreter says itself, or nothing when it does not start."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([str(python), "-I", "-c", code], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def engine_state(stamp: Stamp, *, is_wanted_again: bool) -> str:
    """Return BUILT, `build` when it is to be compiled now, or the reason from before why there is none."""
    if stamp.engine == BUILT:
        return BUILT
    found = packages.compiler()
    if found is None:
        return "no compiler"
    return stamp.engine if stamp.engine == f"failed with {found}" and not is_wanted_again else "build"


# --- the steps ------------------------------------------------------------------------------------------------------


def ensure(*, dev: bool, place: Place | None = None, say: Say = tell, machine: Machine | None = None) -> Environment:
    """Make the environment ready, for the developers' tools too with `dev`; raise SetUpError with what to do.

    Does nothing when it is ready already. Two set-ups of one checkout wait for one another.
    """
    place = place or Place(ROOT)
    machine = machine or packages.this_machine()
    if sys.version_info < OLDEST:
        raise SetUpError("Dealside needs Python 3.11 or newer: start it with one, for instance `python3.12`.")
    if not is_ready(place, dev=dev):
        with only_one(place, say):
            if not is_ready(place, dev=dev):
                _make(place, dev=dev, say=say, machine=machine)
    stamp = read_stamp(place)
    lacking = _system_packages(stamp, place, _needs(dev=dev), say=say, machine=machine)
    return Environment(place.python, stamp.engine == BUILT, lacking)


def is_ready(place: Place, *, dev: bool) -> bool:
    """Tell whether there is nothing to make."""
    stamp = read_stamp(place)
    state = engine_state(stamp, is_wanted_again=dev)
    return is_current(stamp, place, dev=dev) and (state == BUILT if dev else state != "build")


def _needs(*, dev: bool) -> set[Need]:
    return {Need.WINDOW, Need.SOUND} | ({Need.TESTS} if dev else set())


def _make(place: Place, *, dev: bool, say: Say, machine: Machine) -> None:
    needs = _needs(dev=dev) | {Need.PYTHON} | (set() if packages.compiler() else {Need.ENGINE})
    before = read_stamp(place)
    lacking, tried = _bring(needs, say, machine)
    if dev and packages.compiler() is None:
        raise SetUpError(f"The tests need a C++ compiler. {packages.how_to_get_a_compiler()}")
    try:
        place.stamp.unlink(missing_ok=True)
        _make_venv(place, before, say, can_make=not any(package.need is Need.PYTHON for package in lacking))
        place.unfinished.touch()
        try:
            stamp = _fill(place, before, dev=dev, say=say)
        except SetUpError:  # pip ended by itself and took back what it had begun
            place.unfinished.unlink()
            raise
        place.unfinished.unlink()
        write_stamp(place, replace(stamp, tried=tried))
    except OSError as error:
        raise SetUpError(f"{error}. Mend that and start again.") from error


def _bring(needs: set[Need], say: Say, machine: Machine) -> tuple[tuple[packages.SystemPackage, ...], tuple[str, ...]]:
    """Bring what is missing, say what stays missing; return that, and with whose rights it was tried."""
    lacking = packages.missing(needs, machine)
    if lacking:
        packages.bring(lacking, machine, say)
        lacking = packages.missing(needs, machine)
    if lacking:
        say(packages.explain(lacking, machine))
    return lacking, _tried(lacking, machine)


def _tried(lacking: tuple[packages.SystemPackage, ...], machine: Machine) -> tuple[str, ...]:
    return tuple(f"{'root' if machine.is_root else 'user'}:{package.name}" for package in lacking)


def _system_packages(
    stamp: Stamp, place: Place, needs: set[Need], *, say: Say, machine: Machine
) -> tuple[packages.SystemPackage, ...]:
    """Return what the system lacks, after trying to bring it; what was tried before is not tried again."""
    lacking = packages.missing(needs, machine)
    if set(_tried(lacking, machine)) <= set(stamp.tried):
        return lacking
    lacking, tried = _bring(needs, say, machine)
    if os.access(place.venv, os.W_OK):
        write_stamp(place, replace(stamp, tried=tuple(sorted({*stamp.tried, *tried}))))
    return lacking


def is_usable(place: Place, before: Stamp) -> bool:
    """Tell whether `.venv` can be built on: not moved here, not cut short, its Python new enough, its pip alive."""
    if before.root not in ("", str(place.root)) or place.unfinished.exists():
        return False
    version = python_version(place.python)
    return bool(version) and tuple(map(int, version.split("."))) >= OLDEST and _has_pip(place.python)


def _make_venv(place: Place, before: Stamp, say: Say, *, can_make: bool) -> None:
    """Create `.venv`, in place of one that is no use."""
    if is_usable(place, before):
        return
    base = Path(getattr(sys, "_base_executable", sys.executable))  # not the interpreter of some other environment
    if not can_make:
        raise SetUpError(
            "Python's venv part is missing, so nothing can be installed: type the line above, then start again."
        )
    if place.venv.exists():
        shutil.rmtree(place.venv)
    say(f"Making the environment {place.venv} with {base}")
    done = subprocess.run(
        [str(base), "-m", "venv", str(place.venv)],
        capture_output=True, text=True, errors="replace", check=False, env=clean_environment(os.environ),
    )  # fmt: skip
    if done.returncode:
        say("\n".join((done.stdout + done.stderr).splitlines()[-20:]))
        raise SetUpError(f"The environment could not be made with {base}: mend what the lines above say.")


def _has_pip(python: Path) -> bool:
    command = [str(python), "-m", "pip", "--version"]
    return subprocess.run(command, capture_output=True, check=False, env=clean_environment(os.environ)).returncode == 0


def _fill(place: Place, before: Stamp, *, dev: bool, say: Say) -> Stamp:
    """Install what the lock file names and Dealside itself; return the stamp to write."""
    lock = place.lock_file(dev=dev)
    entries = split_lock(lock.read_text(encoding="utf-8"))
    pip = Pip(place.python, place.log, say, clean_environment(os.environ))
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder)
        for name, wanted in (
            ("pip", ["pip"]),
            ("wheels", [entry for entry in entries if entry not in ("pip", ENGINE)]),
            ("engine", [ENGINE]),
        ):
            (listed / name).write_text("".join(entries[entry] for entry in wanted), encoding="utf-8")
        exact = ["--require-hashes", "--only-binary", ":all:", "--requirement"]
        pip.install("Package installer", [*exact, str(listed / "pip")])
        pip.install("Python packages", [*exact, str(listed / "wheels")], expected=len(entries) - 2)
        engine = _install_engine(pip, listed / "engine", before, dev=dev)
    here = ["--no-deps", "--no-build-isolation", "--no-index", "--editable", str(place.root)]
    pip.install("Dealside itself", here)
    locks = {name.name: digest(name) for name in {lock, place.lock_file(dev=False)}}
    return Stamp(str(place.root), python_version(place.python), locks, engine)


def _install_engine(pip: Pip, listed: Path, before: Stamp, *, dev: bool) -> str:
    """Compile llama.cpp, or take it from pip's cache; return what the stamp says of it."""
    state = engine_state(Stamp(engine=before.engine if before.engine != BUILT else ""), is_wanted_again=dev)
    if state != "build":
        pip.say(f"No C++ compiler: Dealside runs without its language model. {packages.how_to_get_a_compiler()}")
        return state
    scripts = str(pip.python.parent)
    extra = {
        "CMAKE_ARGS": portable_cmake_arguments(platform.machine(), processor_flags()),
        "CMAKE_BUILD_PARALLEL_LEVEL": str(parallel_jobs()),
        "PATH": scripts + os.pathsep + pip.environ.get("PATH", os.defpath),
    }
    arguments = ["--verbose", "--no-deps", "--no-build-isolation", "--require-hashes", "--requirement", str(listed)]
    try:
        pip.install("llama.cpp (compiles for some minutes, once)", arguments, extra=extra)
    except SetUpError as error:
        if dev:
            raise
        pip.say(f"{error} Dealside runs without its language model meanwhile.")
        return f"failed with {packages.compiler()}"
    return BUILT


@contextmanager
def only_one(place: Place, say: Say) -> Iterator[None]:
    """Hold the checkout's set-up lock, which the system lets go of however we end."""
    try:
        place.log.parent.mkdir(exist_ok=True)
        file = (place.log.parent / "set-up.lock").open("a")
    except OSError as error:
        raise SetUpError(f"{place.root} cannot be written: make it writable for you and start again.") from error
    with file:
        until = time.monotonic() + WAIT_SECONDS
        if not _lock(file.fileno()):
            say("Another set-up is at work here: waiting for it.")
            while not _lock(file.fileno()):
                if time.monotonic() > until:
                    raise SetUpError("Another set-up has not ended for an hour: end it and start again.")
                time.sleep(0.5)
        yield


def _lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  (exists on Windows only)

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  (exists elsewhere only)

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def main(arguments: list[str]) -> int:
    """Set up and say where the interpreter is."""
    parser = argparse.ArgumentParser(description="Make .venv ready; a second call does nothing.")
    parser.add_argument("--dev", action="store_true", help="with what the tests need")
    try:
        ready = ensure(dev=parser.parse_args(arguments).dev)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        return 130
    print(ready.python)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
