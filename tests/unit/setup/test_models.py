"""Models from files, deleting, choosing, and the picture a page about models is painted from."""

import hashlib
import shutil
import struct

import pytest

from desktop.domain.catalogue import memory_wanted
from desktop.domain.errors import Cancelled, Rejected, Temporary, UserActionNeeded
from desktop.inference.models import find_model, read_card
from desktop.setup.model_import import UNKNOWN
from desktop.setup.settings import MODEL
from desktop.setup.transfer import Progress, in_words
from desktop.system.instance import InstanceLock
from tests.conftest import ROOT
from tests.fakes.model_bench import PLENTY, ModelBench, entry

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    names: dict[str, object] = {"__name__": "script"}
    exec((ROOT / "resources/models/make_path_model.py").read_text(encoding="utf-8"), names)
    return names["ensure"](tmp_path_factory.mktemp("model"))


@pytest.fixture
def stick(tmp_path, model_file):
    """A stick with one model file on it."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return shutil.copy(model_file, folder / "My Model.gguf")


@pytest.fixture
def bench(tmp_path, model_file):
    """The catalogue knows the file on the stick; the box holds `boxed`."""
    made = ModelBench(
        tmp_path, entry(model_file.read_bytes()), entry(b"GGUF other", name="other-2", file="other-2.gguf")
    )
    shutil.copy(model_file, made.box / "boxed.gguf")
    yield made
    made.close()


@pytest.fixture
def stranger(tmp_path, model_file):
    """The catalogue knows nothing of the file on the stick."""
    made = ModelBench(tmp_path, entry(b"GGUF other", name="other-2", file="other-2.gguf"))
    shutil.copy(model_file, made.box / "boxed.gguf")
    yield made
    made.close()


def rows(bench):
    return {row.name: row for row in bench.setup.state().rows}


# --- import ---------------------------------------------------------------------------------------------------------


def test_a_known_file_gets_the_name_and_the_card_of_its_entry(bench, stick):
    model = bench.bring(stick)
    assert bench.asked == []
    assert model.path.name == "tiny-1-Q4.gguf"
    card = read_card(model.path)
    assert (card.name, card.trust, card.purpose, card.may_write) == ("Tiny 1", 0.4, "catalogue", False)
    assert bench.files() == {"tiny-1-Q4.gguf", "tiny-1-Q4.json"}
    assert stick.exists()


def test_a_file_writes_where_its_entry_vouches_for_its_prose(tmp_path, model_file, stick):
    made = ModelBench(tmp_path, entry(model_file.read_bytes(), can_draft=True))
    try:
        assert read_card(made.bring(stick).path).may_write
    finally:
        made.close()


def test_an_unknown_file_is_taken_only_when_confirmed_and_is_not_trusted(stranger, stick):
    stranger.answer = False
    with pytest.raises(Cancelled):
        stranger.bring(stick)
    assert stranger.files() == set()
    stranger.answer = True
    model = stranger.bring(stick)
    assert stranger.asked == [UNKNOWN, UNKNOWN]
    card = read_card(model.path)
    assert (card.path.name, card.trust, card.purpose) == ("My Model.gguf", 0.0, "custom")
    assert not card.may_write
    assert card.sha256 == hashlib.sha256(stick.read_bytes()).hexdigest()


def test_the_copy_says_how_far_it_is(bench, stick):
    bench.bring(stick)
    size = stick.stat().st_size
    assert bench.told[0] == Progress("Copying", size, size)
    assert bench.told[-1].doing == "Checking"


def test_importing_the_same_file_again_is_no_error(bench, stick):
    assert bench.bring(stick) == bench.bring(stick)


def test_an_unfinished_download_of_that_name_is_left_alone(bench, stick):
    bench.own.mkdir(parents=True)
    (bench.own / "My Model.gguf.part").write_bytes(b"half")
    bench.bring(stick)
    assert (bench.own / "My Model.gguf.part").read_bytes() == b"half"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("model-00001-of-00003.gguf", "several files"),
        ("model.bin", "rename"),
        ("-model.gguf", "rename"),
        ("mo\ndel.gguf", "rename"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(bench, stick, name, words):
    other = stick.rename(stick.with_name(name))
    with pytest.raises(Rejected, match=words):
        bench.bring(other)


def test_what_is_no_model_is_refused_before_it_is_copied(bench, stick):
    stick.write_bytes(b"PK\x03\x04" + bytes(1000))
    with pytest.raises(Rejected, match="no GGUF"):
        bench.bring(stick)
    assert bench.files() == set()
    assert bench.told == []


def test_a_stick_that_is_pulled_out_is_said_plainly(bench, stick):
    stick.unlink()
    with pytest.raises(UserActionNeeded, match="still there"):
        bench.bring(stick)


def test_a_file_of_our_own_folder_is_there_already(bench, stick):
    bench.own.mkdir(parents=True)
    with pytest.raises(Rejected, match="already"):
        bench.bring(stick.rename(bench.own / "mine.gguf"))


def test_another_file_of_the_same_name_is_not_overwritten(stranger, stick):
    first = stranger.bring(stick)
    with stick.open("ab") as file:
        file.write(b"more")
    with pytest.raises(Rejected, match="Delete it first"):
        stranger.bring(stick)
    assert read_card(first.path).sha256 == first.sha256
    assert stranger.files() == {"My Model.gguf", "My Model.json"}


def test_without_room_nothing_is_copied(bench, stick):
    bench.machine.room_for(stick.stat().st_size - 1)
    with pytest.raises(UserActionNeeded, match="not enough room"):
        bench.bring(stick)
    assert bench.files() == set()


def test_a_copy_can_be_stopped_and_leaves_nothing(bench, stick):
    with pytest.raises(Cancelled):
        bench.bring(stick, should_stop=lambda: True)
    assert bench.files() == set()


# --- which template an unknown file gets ----------------------------------------------------------------------------


def with_template(path, template):
    """Write the smallest file whose header holds a chat template."""

    def text(value):
        raw = value.encode()
        return struct.pack("<Q", len(raw)) + raw

    pairs = {"general.architecture": "llama", "tokenizer.chat_template": template}
    keys = b"".join(text(key) + struct.pack("<I", 8) + text(value) for key, value in pairs.items())
    tensor = text("t") + struct.pack("<IQIQ", 1, 1, 0, 0)
    raw = b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + keys + tensor
    path.write_bytes(raw + bytes(-len(raw) % 32) + bytes(4))
    return path


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("{{'<|im_start|>' + role}}", "chatml"),
        ("{{'<|im_start|>' + role}}{% if thinking %}<think>", "chatml-quiet"),
        ("<|start_of_role|>user<|end_of_role|>", "granite"),
        ("{{ '<|turn>user' }}", "gemma"),
        ("[INST] {{ message }} [/INST]", "mistral"),
        ("something else", "plain"),
        ("", "plain"),
    ],
)
def test_the_template_of_an_unknown_file_is_guessed_from_its_own(stranger, tmp_path, theirs, ours):
    model = stranger.bring(with_template(tmp_path / "strange.gguf", theirs))
    assert read_card(model.path).template == ours


# --- delete ---------------------------------------------------------------------------------------------------------


def test_deleting_frees_the_space_and_takes_the_card_along(bench, stick):
    bench.bring(stick)
    bench.setup.use("boxed")
    assert bench.setup.delete("tiny-1") == stick.stat().st_size
    assert bench.files() == set()


def test_the_model_in_use_is_deleted_only_when_that_is_meant(bench, stick):
    bench.bring(stick)
    bench.setup.use("tiny-1")
    with pytest.raises(UserActionNeeded, match="another model first"):
        bench.setup.delete("tiny-1")
    bench.setup.delete("tiny-1", even_active=True)
    assert bench.settings.value(MODEL) == ""
    assert bench.setup.active().name == "boxed"


def test_a_model_of_the_box_cannot_be_deleted(bench):
    with pytest.raises(Rejected, match="belongs to Dealside"):
        bench.setup.delete("boxed", even_active=True)
    assert (bench.box / "boxed.gguf").exists()


def test_what_has_arrived_of_a_download_can_be_deleted(bench):
    bench.own.mkdir(parents=True)
    (bench.own / "other-2.gguf.part").write_bytes(b"GGUF half")
    assert rows(bench)["other-2"].arrived == 9
    assert bench.setup.delete("other-2") == 9
    assert bench.files() == set()


def test_what_is_not_here_cannot_be_deleted(bench):
    with pytest.raises(Rejected, match="nothing to delete"):
        bench.setup.delete("other-2")


def test_a_model_on_its_way_is_not_deleted_from_under_it(bench):
    (bench.own).mkdir(parents=True)
    (bench.own / "other-2.gguf.part").write_bytes(b"GGUF half")
    lock = InstanceLock(bench.own / "other-2.gguf.lock")
    assert lock.try_acquire()
    with pytest.raises(Temporary):
        bench.setup.delete("other-2")
    lock.release()


# --- use ------------------------------------------------------------------------------------------------------------


def test_the_chosen_model_reads_until_it_is_gone(bench, stick):
    model = bench.bring(stick)
    assert bench.setup.active() == model  # the rep's own before the box's
    assert bench.setup.use("boxed")[0].is_boxed
    assert bench.setup.active().name == "boxed"
    bench.setup.use("tiny-1")
    model.path.unlink()
    assert bench.setup.active().name == "boxed"


def test_a_model_that_is_not_here_cannot_be_used(bench):
    with pytest.raises(Rejected, match="dealside models get other-2"):
        bench.setup.use("other-2")


@pytest.mark.parametrize("name", ["", "nothing", "o-t"])
def test_a_name_that_names_nothing_is_refused(bench, name):
    with pytest.raises(Rejected, match="models list"):
        bench.setup.use(name)


def test_names_may_be_shortened_and_file_names_do_too(bench, stick):
    bench.bring(stick)
    assert bench.setup.use("TINY")[0] == bench.setup.use("tiny-1-Q4.gguf")[0]


def test_too_little_memory_is_said_and_not_forbidden(bench):
    bench.machine.memory = 300 * 1024**2
    model, warning = bench.setup.use("boxed")
    assert model.name == "boxed"
    assert "about 537 MB of memory and 315 MB are free" in warning
    bench.machine.memory = PLENTY
    assert bench.setup.use("boxed")[1] == ""
    bench.machine.memory = None
    assert bench.setup.use("boxed")[1] == ""


def test_the_estimate_of_memory_grows_with_file_and_context():
    two_gb = 2 * 1024**3
    assert memory_wanted(two_gb, 8192) == two_gb * 16 // 10 + 8192 * 64 * 1024 + 512 * 1024**2
    assert memory_wanted(two_gb, 262_144) == memory_wanted(two_gb, 8192)  # no more than the engine sets aside
    assert memory_wanted(30_000_000, 4096) < 600_000_000


# --- the picture ----------------------------------------------------------------------------------------------------


def test_the_picture_holds_the_box_the_catalogue_and_the_reps_own(stranger, stick):
    stranger.bring(stick)
    state = stranger.setup.state()
    assert [row.name for row in state.rows] == ["boxed", "other-2", "My Model"]
    boxed, other, own = state.rows
    assert boxed.installed.is_boxed
    assert (other.installed, other.entry.name, other.size) == (None, "other-2", len(b"GGUF other"))
    assert (own.entry, own.is_active, state.active) == (None, True, "My Model")
    assert (state.free_space, state.available_memory, state.mirror) == (PLENTY, PLENTY, "")


def test_a_file_that_was_put_into_the_folder_by_hand_is_shown(stranger, stick):
    stranger.own.mkdir(parents=True)
    stick.rename(stranger.own / "by-hand.gguf")
    row = rows(stranger)["by-hand"]
    assert row.installed.sha256 == ""
    assert find_model(stranger.own).path == row.installed.path


def test_an_empty_machine_has_a_picture_too(tmp_path):
    bench = ModelBench(tmp_path)
    state = bench.setup.state()
    assert (state.rows, state.active) == ((), "")
    bench.close()


@pytest.mark.parametrize(
    ("size", "words"), [(0, "1 MB"), (240_000_000, "240 MB"), (2_740_937_888, "2.7 GB"), (999_999_999, "1000 MB")]
)
def test_sizes_in_words(size, words):
    assert in_words(size) == words
