import os
import sys
from pathlib import Path

from tests.check import Check, Result, checks, run, table, tool_environment


def test_pytest_comes_last_and_takes_the_rest_of_the_line():
    listed = checks(Path("python"), ["-k", "words"], fast=False)
    assert [check.name for check in listed] == ["format", "lint", "types", "contracts", "tests"]
    assert list(listed[-1].command)[-2:] == ["-k", "words"]


def test_fast_leaves_out_what_starts_programs():
    assert "not server and not model and not end2end" in checks(Path("python"), [], fast=True)[-1].command


def test_caches_move_out_of_a_checkout_that_is_not_ours(tmp_path, monkeypatch):
    monkeypatch.delenv("MYPY_CACHE_DIR", raising=False)
    assert "MYPY_CACHE_DIR" not in tool_environment(tmp_path, "spare")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert tool_environment(tmp_path, "spare")["MYPY_CACHE_DIR"] == "spare"


def test_a_check_is_shown_as_it_runs_and_its_failure_is_kept(capsysbinary):
    code = "print('häß', flush=True); print('=== 3 failed ==='); raise SystemExit(3)"
    result = run(Check("tests", [sys.executable, "-c", code]), {**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert result.code == 3
    assert "häß".encode() in capsysbinary.readouterr().out
    assert table([result]).endswith("3 failed")


def test_the_table_ends_with_what_pytest_said():
    good = Result(Check("lint", []), 0, 1.0, "All checks passed!")
    bad = Result(Check("tests", []), 1, 65.0, "==== 1 failed, 2 passed in 65.00s ====")
    first, last = table([good, bad]).splitlines()
    assert "ok" in first
    assert "FAILED (1)" in last
    assert last.endswith("1 failed, 2 passed in 65.00s")
