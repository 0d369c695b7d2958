"""Running pip inside the environment, step by step, with a living line and a plain sentence when it fails."""

import os
import re
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.progress import Progress, parse_steps

COLLECTING = re.compile(r"^\s*Collecting (\S+)")
KEPT_LINES = 20
MISLEADING = (  # settings of the person's own that would send packages elsewhere
    "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_NO_BINARY", "PIP_ONLY_BINARY", "PIP_NO_DEPS",
    "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_REQUIRE_VIRTUALENV", "PIP_CONFIG_SETTINGS", "PIP_PYTHON", "PIP_DRY_RUN",
    "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__",
)  # fmt: skip
TROUBLES = {
    r"(?i)do not match the hashes": "A package is not the one that was locked, so it was not installed: use another "
    "package index, or ask where the difference comes from.",
    r"(?i)no space left|disk quota": "The disk is full: free about 3 GB and start again.",
    r"(?i)permission denied|read-only file system": "A file could not be written: make this folder writable for you "
    "and start again.",
    r"(?i)out of memory|killed signal|signal terminated program": "Memory ran out: close other programs and start "
    "again.",
    r"(?i)certificate verify failed|sslerror": "The package index's certificate is not trusted: set PIP_CERT to your "
    "company's certificate file and start again.",
    r"(?i)connection ?error|connection (?:refused|reset|broken|timed)|name resolution|getaddrinfo|timed out|"
    r"could not fetch url|no matching distribution|network is unreachable": "The package index could not be reached, "
    "or lacks a package: connect to the network and start again.",
}


class SetUpError(Exception):
    """Set-up cannot go on. The text is for a person and says what to do."""


def diagnose(lines: Sequence[str], log: Path) -> str:
    """Return the sentence that fits the last lines of a failed step."""
    text = "\n".join(lines)
    sentence = next((words for pattern, words in TROUBLES.items() if re.search(pattern, text)), None)
    return sentence or f"Start again; if it stops at the same place, {log} has all of the output."


def split_lock(text: str) -> dict[str, str]:
    """Return the lock file's entries by package name; one name may have several, for different platforms."""
    entries: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if match := re.match(r"([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==", line):
            name = match[1].lower()
        if name and not line.startswith("#"):
            entries[name] = entries.get(name, "") + line
    return entries


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for pip: indexes and proxies stay, what redirects packages goes."""
    kept = {name: value for name, value in environ.items() if name not in MISLEADING}
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONUNBUFFERED": "1"}


def portable_cmake_arguments(machine: str, cpu_flags: frozenset[str] | None) -> str:
    """Return what CMake is told: processors of the last ten years, not just this one.

    `cpu_flags` are this processor's abilities where they are known: an older one gets a build that it can run.
    """
    always = "-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF"
    if machine.lower() not in ("x86_64", "amd64"):
        return always
    is_older = cpu_flags is not None and not {"avx2", "fma", "f16c", "bmi2"} <= cpu_flags
    switch = "OFF" if is_older else "ON"
    return " ".join([always, *(f"-DGGML_{name}={switch}" for name in ("AVX", "AVX2", "FMA", "F16C", "BMI2"))])


def processor_flags(path: Path = Path("/proc/cpuinfo")) -> frozenset[str] | None:
    """Return this processor's abilities, or None where Linux does not list them."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((frozenset(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), None)


def parallel_jobs() -> int:
    """Return how many compilers to run at once: one a core, but no more than memory carries (about 1 GB each)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return cores
    return max(1, min(cores, memory // 10**9))


@dataclass(frozen=True)
class Pip:
    """pip of one environment. Everything it prints goes to `log`; on failure the last lines are shown."""

    python: Path
    log: Path
    say: Callable[[str], None]
    environ: Mapping[str, str]

    def install(
        self, title: str, arguments: Sequence[str], *, expected: int = 0, extra: Mapping[str, str] | None = None
    ) -> None:
        """Run one `pip install`; raise SetUpError when it fails. `expected` is how many packages it will collect."""
        command = [str(self.python), "-m", "pip", "install", "--progress-bar", "off", *arguments]
        last: deque[str] = deque(maxlen=KEPT_LINES)
        try:
            with Progress(title) as progress:
                self._run(command, {**self.environ, **(extra or {})}, self._followed(progress, last, expected))
        except subprocess.CalledProcessError as error:
            self.say("\n".join(last))
            raise SetUpError(f"{title} did not work. {diagnose(last, self.log)}") from error

    def _run(self, command: Sequence[str], environ: Mapping[str, str], on_line: Callable[[str], None]) -> None:
        with (
            self.log.open("a", encoding="utf-8") as log,
            subprocess.Popen(
                command,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            ) as pip,
        ):
            log.write(f"\n$ {' '.join(command)}\n")
            for line in pip.stdout or ():
                log.write(line)
                on_line(line.rstrip())
        if pip.returncode:
            raise subprocess.CalledProcessError(pip.returncode, command)

    def _followed(self, progress: Progress, last: deque[str], expected: int) -> Callable[[str], None]:
        collected: set[str] = set()

        def on_line(line: str) -> None:
            if line.strip():
                last.append(line)
            if steps := parse_steps(line):
                progress.show(*steps)
            elif expected and (match := COLLECTING.match(line)):
                collected.add(match[1])
                progress.show(min(len(collected), expected), expected)

        return on_line
