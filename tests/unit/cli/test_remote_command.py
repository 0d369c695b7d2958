"""`dealside models remote` and `local`, through the real parts, against a fake server."""

import io
import json
import sys
from collections.abc import Iterator

import pytest

from desktop.bootstrap import Parts
from desktop.cli.parser import make_parser
from desktop.cli.printing import Printer
from desktop.cli.remote import remote, say_who_reads
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.ports import Brief, Question
from desktop.setup.settings import (
    HIDE_ALSO,
    MODEL,
    OWN_MODEL_WRITES,
    REMOTE_ADDRESS,
    REMOTE_MODEL,
    REMOTE_WRITES,
    Settings,
)
from desktop.system.profile import temporary_profile
from tests.servers.model_server import FakeModelServer

pytestmark = pytest.mark.server


@pytest.fixture
def parts(tmp_path) -> Iterator[Parts]:
    made = Parts(temporary_profile("test", root=tmp_path))
    yield made
    made.close()


def tell(parts: Parts, *words: str) -> dict:
    out = io.StringIO()
    args = make_parser().parse_args(["models", *words, "--json"])
    assert remote(args, Printer(as_json=True, out=out), parts.remote_setup()) == 0
    return json.loads(out.getvalue())


def test_a_server_reads_until_the_rep_goes_back(parts: Parts, monkeypatch):
    with FakeModelServer({"1": 0.9, "2": 0.1}, key="s3cret") as server:
        monkeypatch.setattr(sys, "stdin", io.StringIO("s3cret\n"))
        said = tell(parts, "remote", server.address, "--model", "reader", "--key-from-stdin")
        assert said == {"address": server.address, "model": "reader", "alternatives": 20}
        model = parts.model()
        chosen = model.choose("From: Ann Quist <a@x.example>", (Question("q", "Why?", ("x", "y")),), job="j")
        assert chosen[0].index == 0
        assert "allowance" in model.status().sentence  # it is metered
        model.close()
        assert "Quist" not in json.dumps(server.asked)
    assert tell(parts, "local") == {"forgotten": True}
    assert tell(parts, "local") == {"forgotten": False}
    assert parts.remote_setup().chosen() is None


def test_words_of_the_reps_own_are_hidden_too(parts: Parts):
    with FakeModelServer({"1": 1.0}) as server:
        tell(parts, "remote", server.address, "--model", "reader", "--no-key")
        Settings(parts.store()).choose(HIDE_ALSO, "bluebird; second word")
        model = parts.model()
        model.choose("the bluebird plan", (Question("q", "Why?", ("x", "y")),), job="j")
        model.close()
        assert "bluebird" not in json.dumps(server.asked)
        assert "[WORD_1] plan" in server.prompts[0]


def test_a_list_says_that_a_server_reads(parts: Parts):
    with FakeModelServer({"1": 1.0}) as server:
        tell(parts, "remote", server.address, "--model", "reader", "--no-key")
    out = io.StringIO()
    say_who_reads(make_parser().parse_args(["models", "list"]), Printer(as_json=False, out=out), parts.remote_setup())
    assert server.address in out.getvalue()


def test_the_key_is_asked_for_and_never_an_argument(parts: Parts, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(UserActionNeeded, match="--key-from-stdin"):
        tell(parts, "remote", "http://127.0.0.1:9/v1", "--model", "reader")
    with pytest.raises(SystemExit):
        make_parser().parse_args(["models", "remote", "x", "--model", "m", "--key", "s3cret"])


def test_an_unknown_form_is_refused(parts: Parts):
    with pytest.raises(Rejected, match="chatml"):
        tell(parts, "remote", "http://127.0.0.1:9/v1", "--model", "reader", "--no-key", "--form", "odd")


def test_a_chat_server_writes_unless_the_rep_says_no_and_a_file_of_ones_own_only_when_told(parts: Parts):
    settings = Settings(parts.store())
    with FakeModelServer({"[NAME_1] wants pumps.": 1.0}) as server:
        settings.choose(REMOTE_ADDRESS, server.address)
        settings.choose(REMOTE_MODEL, "reader")
        model = parts.model()
        document = "From: Ann Quist <a@x.example>\nAnn Quist wants pumps."
        assert model.write(document, Brief("summary", "en"), job="j") == "Ann Quist wants pumps."
        assert "Quist" not in json.dumps(server.asked)
        model.close()
        settings.choose(REMOTE_WRITES, "no")
        assert not parts.model().status().can_write
    settings.forget(REMOTE_ADDRESS)
    parts.models_folder.mkdir(parents=True, exist_ok=True)
    (parts.models_folder / "own.gguf").write_bytes(b"GGUF")
    settings.choose(MODEL, "own")
    assert not parts.model().status().can_write
    settings.choose(OWN_MODEL_WRITES, "yes")
    assert parts.model().status().can_write
    settings.forget(MODEL)
    (parts.models_folder / "own.gguf").unlink()
    assert not parts.model().status().can_write  # the one in the box only chooses
