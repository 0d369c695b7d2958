"""`dealside accounts check-mapping`: every mistake on a line of its own, and an exit code for scripts."""

import io
import json
from pathlib import Path

from desktop.cli.mapping import check_mapping
from desktop.cli.parser import make_parser
from desktop.cli.printing import Printer


def told(problems: list[str], *, as_json: bool) -> tuple[int, str]:
    out = io.StringIO()
    args = make_parser().parse_args(["accounts", "check-mapping", "ours.json"])
    assert args.action == "check-mapping"
    code = check_mapping(args.file, Printer(as_json=as_json, out=out), lambda file: problems if file.name else [])
    return code, out.getvalue()


def test_a_right_file_is_said_to_be_right() -> None:
    assert told([], as_json=False) == (0, "ours.json makes sense.\n")


def test_every_mistake_stands_on_its_line() -> None:
    code, text = told(["“a” is missing.", "“b” is \x1b[2Jodd."], as_json=False)
    assert code == 3
    assert text.splitlines()[0] == "“a” is missing."
    assert text.splitlines()[-1] == "2 to mend in ours.json."
    assert "\x1b" not in text


def test_scripts_get_json() -> None:
    code, text = told(["“a” is missing."], as_json=True)
    assert code == 3
    assert json.loads(text) == {"file": str(Path("ours.json")), "problems": ["“a” is missing."]}
