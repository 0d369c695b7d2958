"""README's second command: every check, in order, with a table at the end. `python3 tests/check.py [--fast] [...]`.

Sets up what is missing first. `--fast` leaves out the tests that start servers, models or whole programs; everything
else on the line goes to pytest (`--thorough`, `-k words`, a path). The exit code is 0 when all of it is green.
"""

import os
import subprocess
import sys
import tempfile
import time

if sys.version_info < (3, 11):  # noqa: UP036  (any Python may be the one that starts this)
    sys.exit("Dealside needs Python 3.11 or newer: start this with one.")

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from installer.environment import ensure  # noqa: E402  (found only with the line above)
from installer.packages import Need, explain, this_machine  # noqa: E402
from installer.pip_steps import SetUpError  # noqa: E402
from installer.progress import elapsed  # noqa: E402

QUICK_ONLY = ["-m", "not server and not model and not end2end"]


@dataclass(frozen=True)
class Check:
    """One tool: what it is called in the table and what is run."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Result:
    """How one check went; `last_line` is what it said last."""

    check: Check
    code: int
    seconds: float
    last_line: str


def checks(python: Path, arguments: Sequence[str], *, fast: bool) -> list[Check]:
    """Return the checks in the order of their price."""
    run = [str(python), "-m"]
    contracts = [str(python), "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    return [
        Check("format", [*run, "ruff", "format", "--check", "."]),
        Check("lint", [*run, "ruff", "check", "."]),
        Check("types", [*run, "mypy"]),
        Check("contracts", [*contracts, *([] if os.access(ROOT, os.W_OK) else ["--no-cache"])]),
        Check("tests", [*run, "pytest", *(QUICK_ONLY if fast else []), *arguments]),
    ]


def tool_environment(root: Path, spare: str) -> dict[str, str]:
    """Return the tools' environment; in a checkout that we may not write to, their caches go to `spare`."""
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    environ |= {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    if not os.access(root, os.W_OK):
        environ |= {
            "PYTHONDONTWRITEBYTECODE": "1",
            "RUFF_CACHE_DIR": spare,
            "MYPY_CACHE_DIR": spare,
            "HYPOTHESIS_STORAGE_DIRECTORY": spare,
            "PYTEST_ADDOPTS": f"-o cache_dir={spare}/pytest {environ.get('PYTEST_ADDOPTS', '')}".strip(),
        }
    return environ


def run(check: Check, environ: dict[str, str]) -> Result:
    """Run one check, showing its output as it comes."""
    print(f"\n-- {check.name}", flush=True)
    started = time.monotonic()
    last_line = ""
    with subprocess.Popen(
        check.command,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as tool:
        for line in tool.stdout or ():
            sys.stdout.buffer.write(line.encode(sys.stdout.encoding or "utf-8", "replace"))
            sys.stdout.buffer.flush()
            last_line = line.strip() or last_line
    return Result(check, tool.returncode, time.monotonic() - started, last_line)


def table(results: Sequence[Result]) -> str:
    """Return one line a check: name, verdict, time, what it said last. pytest's is the last line of all."""
    rows = [
        f"{result.check.name:<10} {'ok' if result.code == 0 else f'FAILED ({result.code})':<12} "
        f"{elapsed(result.seconds):>12}   {result.last_line.strip('= ')}"
        for result in results
    ]
    return "\n".join(rows)


def main(arguments: list[str]) -> int:
    """Set up, run all checks even when one fails, and return 1 when any did."""
    try:
        ready = ensure(dev=True)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    lacking = [package for package in ready.lacking if package.need is not Need.SOUND]
    fast = "--fast" in arguments
    rest = [argument for argument in arguments if argument != "--fast"]
    with tempfile.TemporaryDirectory() as spare:
        environ = tool_environment(ROOT, spare)
        results = [run(check, environ) for check in checks(ready.python, rest, fast=fast)]
    if lacking:
        print(f"\nSome tests were skipped. {explain(lacking, this_machine())}")
    print(f"\n{table(results)}", flush=True)
    return 1 if any(result.code for result in results) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
