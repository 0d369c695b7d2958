"""Other programs for a benchmark: started with byte code cached, watched, weighed, and ended whatever happens."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
PATIENCE = 60.0


def environment(folder: Path, base: dict[str, str]) -> dict[str, str]:
    """Return an environment in which nothing of this person's own is touched and byte code is cached."""
    home = folder / "home"
    folders = {"HOME": home, "XDG_RUNTIME_DIR": folder / "run", "PYTHONPYCACHEPREFIX": folder / "cache"}
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        folders[f"XDG_{name}_HOME"] = home / name.lower()
    for path in folders.values():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    environ = {name: value for name, value in base.items() if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
    return environ | {name: str(path) for name, path in folders.items()} | {"PYTHONPATH": str(ROOT)}


def python(script: str, *words: str) -> list[str]:
    """Return the command that runs one of our small programs."""
    return [sys.executable, str(HERE / script), *words]


def started_in(command: list[str], environ: dict[str, str]) -> float:
    """Start a program that writes `ready SECONDS`; return how many milliseconds after its start that was."""
    begin = time.monotonic()
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        out, said = program.communicate(timeout=PATIENCE)
    words = out.split()
    if words[:1] != [b"ready"]:
        raise RuntimeError(f"{command} did not get ready: {said.decode(errors='replace')[-2000:]}")
    return (float(words[1]) - begin) * 1000


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def memory_mb(pid: int) -> float:
    """Return the proportional set size of a process and its descendants, in MB."""
    total = 0
    for one in tree(pid):
        with suppress(OSError):
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


def end(program: subprocess.Popen) -> None:
    """Ask a program to end, and see to it that it does and leaves nothing it started."""
    pids = tree(program.pid) if program.poll() is None else []
    if pids:
        program.terminate()
        with suppress(subprocess.TimeoutExpired):
            program.wait(10)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    program.wait()
    for pipe in (program.stdin, program.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


class KeyringSession:
    """A D-Bus session with an unlocked gnome-keyring in it, for as long as this object is open."""

    SCRIPT = (
        "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
        'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'
    )

    def __init__(self, environ: dict[str, str]) -> None:
        self._session = subprocess.Popen(
            ["dbus-run-session", "--", "sh", "-c", self.SCRIPT],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.environ = environ | {"DBUS_SESSION_BUS_ADDRESS": self._session.stdout.readline().strip()}

    def close(self) -> None:
        """End the session; the keyring ends with its bus."""
        end(self._session)
