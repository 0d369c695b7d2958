"""What a window start loads, as a list: whatever is not needed for the first paint stays out of it."""

import json
import os
import subprocess
import sys

from tests.conftest import ROOT

TOO_HEAVY = (
    "sqlalchemy",
    "keyring",
    "secretstorage",
    "cryptography",
    "multiprocessing",
    "logging.handlers",
    "hashlib",
    "desktop.cli.parser",
    "desktop.system.logs",
    "desktop.ui.widgets.help_overlay",
)
LOAD = """
import builtins, json, sys
import desktop.__main__, desktop.bootstrap, desktop.review.queries, desktop.system.late_log
before = sorted(sys.modules)
from desktop.ui.lean_imports import lean_imports
was_there = lean_imports()
import desktop.ui.application
from desktop.ui.theme import Theme
print(json.dumps([before, was_there, builtins.__import__ is builtins.__orig_import__, lean_imports()]))
"""


def load():
    environ = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env=environ, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_window_start_loads_nothing_heavy_and_imports_plainly():
    before, was_there, is_plain, is_there_again = load()
    heavy = [name for name in before if name in TOO_HEAVY or name.partition(".")[0] in TOO_HEAVY]
    assert heavy == []
    assert was_there, "PySide6 no longer searches every import: lean_imports can go"
    assert is_plain
    assert not is_there_again
