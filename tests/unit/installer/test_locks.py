"""The lock files and pyproject.toml say the same, and the lock files say nothing of where they were made."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from installer.pip_steps import split_lock

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"], "pip", "cmake", "ninja"]
DEV = [*RUNTIME, *PROJECT["dependency-groups"]["dev"]]


def locked(name):
    entries = split_lock((ROOT / name).read_text(encoding="utf-8"))
    return {key: re.findall(r"==([^\s;]+)", entry.partition(" \\\n")[0]) for key, entry in entries.items()}, entries


@pytest.mark.parametrize(("file", "wanted"), [("requirements.lock", RUNTIME), ("requirements-dev.lock", DEV)])
def test_what_pyproject_asks_for_is_locked_in_a_version_that_fits(file, wanted):
    versions, _ = locked(file)
    for requirement in map(Requirement, wanted):
        found = versions.get(requirement.name.lower().replace("_", "-"), [])
        assert any(requirement.specifier.contains(version) for version in found), (
            f"{requirement} is not in {file}: run `python3 installer/lock.py`"
        )


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock"])
def test_every_entry_has_hashes_and_no_host_is_named(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    assert all("--hash=sha256:" in entry for entry in locked(file)[1].values())
    assert not re.search(r"://|^-|@ |--(?:index|extra|find|trusted)", text, re.MULTILINE)


def test_the_developers_lock_holds_the_run_time_lock():
    _, runtime = locked("requirements.lock")
    _, dev = locked("requirements-dev.lock")
    assert runtime.items() <= dev.items()
