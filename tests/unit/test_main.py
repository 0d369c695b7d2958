"""The entry: the usual command line without a parser, and an agent that was too late."""

import io
import json
import sys

from desktop.__main__ import arguments_of, main
from desktop.cli.parser import make_parser
from desktop.system.instance import InstanceLock
from desktop.system.paths import for_profile


def test_an_empty_command_line_means_what_the_parser_says_it_means():
    assert vars(arguments_of([])) == vars(make_parser().parse_args([]))
    assert arguments_of(["queue", "list"]).command == "queue"


def test_an_agent_that_came_second_leaves_a_temporary_profile_to_the_first(tmp_path, monkeypatch, capsys):
    data = for_profile("default", tmp_path).ensure().data
    first = InstanceLock(data / "agent.lock")
    assert first.try_acquire()
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"key": "ab" * 32}) + "\n"))
    code = main(["--data-root", str(tmp_path), "agent", "--unlock-from-stdin", "--with-window"])
    first.release()
    assert code == 6
    assert "running already" in capsys.readouterr().err
    assert data.exists()
