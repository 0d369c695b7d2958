"""Write the two lock files anew from pyproject.toml: `python3 installer/lock.py` (needs `uv`; developers only).

Versions already locked stay unless pyproject.toml rules them out; `--upgrade` takes the newest of all.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = [
    *("uv", "pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"),
    *("--python-version", "3.11", "--no-annotate", "--quiet", "pyproject.toml", "installer/build-tools.in"),
]
COMMENT = ["--custom-compile-command", "python3 installer/lock.py"]


def main(arguments: list[str]) -> int:
    """Lock the run-time packages first, so that the developers' lock can follow their versions."""
    if set(arguments) - {"--upgrade"}:
        print(__doc__)
        return 2
    for extra in (
        ["--output-file", "requirements.lock"],
        ["--group", "dev", "--constraints", "requirements.lock", "--output-file", "requirements-dev.lock"],
    ):
        done = subprocess.run([*SHARED, *COMMENT, *arguments, *extra], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
