"""`dealside models` as a person and a script see it."""

import io
import json
import shutil
import sys

import pytest

from desktop.bootstrap import Parts
from desktop.cli.models import ProgressLine, line_of, models
from desktop.cli.parser import make_parser
from desktop.cli.printing import Printer
from desktop.domain.errors import Cancelled, Rejected, UserActionNeeded
from desktop.domain.ports import ModelState
from desktop.setup.settings import MODEL_MIRROR, Settings
from desktop.setup.transfer import Progress
from desktop.system.profile import temporary_profile
from tests.conftest import ROOT
from tests.fakes.model_bench import STRICT, ModelBench, entry
from tests.servers.file_hub import FileHub


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    names: dict[str, object] = {"__name__": "script"}
    exec((ROOT / "resources/models/make_path_model.py").read_text(encoding="utf-8"), names)
    return names["ensure"](tmp_path_factory.mktemp("model"))


@pytest.fixture
def bench(tmp_path, model_file):
    made = ModelBench(
        tmp_path,
        entry(model_file.read_bytes(), licence=STRICT),
        entry(b"GGUF other", name="other-2", file="other-2.gguf", size=None, sha256=None),
    )
    shutil.copy(model_file, made.box / "boxed.gguf")
    yield made
    made.close()


def tell(bench, *words, as_json=True):
    out = io.StringIO()
    args = make_parser().parse_args(["models", *words])
    code = models(args, Printer(as_json=as_json, out=out), bench.setup)
    assert code == 0
    return json.loads(out.getvalue()) if as_json else out.getvalue()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_list_is_the_default_and_has_everything_a_script_wants(bench):
    assert tell(bench) == tell(bench, "list")
    listing = tell(bench)
    boxed, tiny, other = listing["models"]
    assert (boxed["name"], boxed["is_active"], boxed["entry"]) == ("boxed", True, None)
    assert tiny["entry"]["licence"]["note"] == STRICT.note
    assert (other["entry"]["bytes"], other["entry"]["sha256"], other["installed"]) == (None, None, None)
    assert listing["active"] == "boxed"


def test_the_list_for_a_person_says_what_is_to_be_known(bench):
    (bench.own).mkdir(parents=True)
    (bench.own / "other-2.gguf.part").write_bytes(b"GGUF")
    text = tell(bench, as_json=False)
    assert "▶ boxed" in text
    assert f"Strict 1.0. {STRICT.note}" in text
    assert "◐ other-2" in text
    assert "`dealside models get other-2` goes on from there" in text
    assert "Its checksum is not known" in text


def test_import_use_and_delete(bench, model_file, tmp_path):
    file = shutil.copy(model_file, tmp_path / "mine.gguf")
    brought = tell(bench, "import", str(file))
    assert (brought["name"], brought["is_active"]) == ("tiny-1-Q4", True)
    assert tell(bench, "use", "boxed")["warning"] == ""
    assert "To let it read your mail: dealside models use tiny-1-Q4" in tell(bench, "import", str(file), as_json=False)
    assert tell(bench, "delete", "tiny-1") == {"freed": model_file.stat().st_size}


def test_what_is_risky_is_not_done_where_nobody_can_be_asked(bench, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(UserActionNeeded, match="--yes"):
        tell(bench, "get", "tiny-1")


def test_a_person_is_asked_and_may_say_no(bench, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    with pytest.raises(Cancelled):
        tell(bench, "get", "tiny-1")
    assert STRICT.note in capsys.readouterr().err


def test_yes_is_an_answer(bench, model_file):
    with FileHub(model_file.read_bytes()) as hub:
        bench.settings.choose(MODEL_MIRROR, hub.url)
        assert tell(bench, "get", "tiny-1", "--yes")["title"] == "Tiny 1"


def test_progress_is_one_line_where_a_person_looks_on_and_nothing_elsewhere():
    terminal, pipe = Terminal(), io.StringIO()
    for out in (terminal, pipe):
        line = ProgressLine(out)
        line.show(Progress("Downloading", 500_000_000, 2_000_000_000, 10_000_000.0, 150.0))
        line.end()
    assert terminal.getvalue().startswith("\rDownloading 500 MB of 2.0 GB (25%), 10 MB/s, 2 min left")
    assert pipe.getvalue() == ""
    assert line_of(Progress("Copying", 5_000_000, None)) == "Copying 5 MB"
    assert line_of(Progress("Copying", 5_000_000, 6_000_000, 1e6, 1.0)).endswith("1 s left")


# --- the real parts -------------------------------------------------------------------------------------------------


@pytest.fixture
def parts(tmp_path):
    made = Parts(temporary_profile("default", root=tmp_path))
    yield made
    made.close()


def test_the_model_that_was_chosen_is_the_one_that_reads(parts, model_file, tmp_path):
    setup = parts.models()
    boxed = setup.active()
    file = shutil.copy(model_file, tmp_path / "mine.gguf")
    model = parts.model()
    setup.bring(file, confirm=lambda _words: True)
    assert model.status().model_name == "mine"
    setup.use(boxed.name)
    assert model.status().model_name == boxed.title
    setup.use("mine")
    status = model.status()
    assert (status.model_name, status.state) == ("mine", ModelState.READY)
    model.close()


def test_a_mirror_with_another_file_of_the_name_is_found_out(parts):
    name = next(entry.name for entry in parts.models().catalogue.entries if entry.size and not entry.licence.note)
    with FileHub(b"GGUF something else") as hub:
        Settings(parts.store()).choose(MODEL_MIRROR, hub.url)
        with pytest.raises(Rejected, match="another file"):
            parts.models().get(name, confirm=lambda _words: True)
    assert not list(parts.models_folder.glob("*.gguf"))
