"""House rule 20: a module has at most 400 lines, a function at most 60. Somebody must be able to hold it in mind."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE_LINES = 400
FUNCTION_LINES = 60
MODULES = sorted(path for folder in ("desktop", "installer") for path in (ROOT / folder).rglob("*.py"))


def too_long(path: Path) -> list[str]:
    """Return one line for each thing in a module that is longer than the rule allows."""
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    found = [f"{path}: {lines} lines"] if lines > MODULE_LINES else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(f"{path}:{node.lineno} {node.name}: {length} lines")
    return found


def test_there_is_something_to_measure():
    assert len(MODULES) > 20


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path):
    assert too_long(path) == []


def test_what_is_too_long_is_found(tmp_path):
    module = tmp_path / "module.py"
    module.write_text("def long():\n" + "    pass\n" * FUNCTION_LINES + "def short():\n    pass\n")
    assert [line.rsplit(" ", 2)[-2] for line in too_long(module)] == [str(FUNCTION_LINES + 1)]
    module.write_text("x = 1\n" * (MODULE_LINES + 1))
    assert len(too_long(module)) == 1
