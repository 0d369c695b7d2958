"""The files of openings: taken back whole or not at all, since native code dies of anything else."""

from pathlib import Path

import pytest

from desktop.inference.opening_states import MOST_FILES, OpeningStates

TOKENS, STATE = (1, 2, 3), b"state" * 100


@pytest.fixture
def states(tmp_path: Path) -> OpeningStates:
    found = OpeningStates(tmp_path / "openings", "hash", "1.0")
    found.save(TOKENS, STATE)
    return found


def the_file(folder: Path) -> Path:
    (file,) = (folder / "openings").iterdir()
    return file


def test_a_state_comes_back_for_the_same_tokens_model_and_library(states: OpeningStates, tmp_path: Path):
    folder = tmp_path / "openings"
    assert states.load(TOKENS) == STATE
    assert OpeningStates(folder, "hash", "1.0").load(TOKENS) == STATE
    assert states.load((1, 2)) is None
    assert OpeningStates(folder, "other", "1.0").load(TOKENS) is None
    assert OpeningStates(folder, "hash", "1.1").load(TOKENS) is None


@pytest.mark.parametrize(
    "change", [lambda raw: raw[:-1], lambda raw: raw[:20], lambda _raw: b"", lambda raw: raw + b"x"]
)
def test_a_file_that_was_cut_or_lengthened_is_not_believed(states: OpeningStates, tmp_path: Path, change):
    file = the_file(tmp_path)
    file.write_bytes(change(file.read_bytes()))
    assert states.load(TOKENS) is None


def test_no_changed_byte_is_believed(states: OpeningStates, tmp_path: Path):
    file = the_file(tmp_path)
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert states.load(TOKENS) is None


def test_a_file_of_another_opening_under_this_name_is_not_believed(states: OpeningStates, tmp_path: Path):
    other = OpeningStates(tmp_path / "others", "hash", "1.0")
    other.save((9,), STATE)
    (foreign,) = (tmp_path / "others").iterdir()
    the_file(tmp_path).write_bytes(foreign.read_bytes())
    assert states.load(TOKENS) is None


def test_only_the_newest_are_kept(states: OpeningStates, tmp_path: Path):
    for number in range(3 * MOST_FILES):
        states.save((number,), STATE)
    assert len(list((tmp_path / "openings").iterdir())) == MOST_FILES


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("in the way")
    states = OpeningStates(tmp_path / "file", "hash", "1.0")
    states.save(TOKENS, STATE)
    assert states.load(TOKENS) is None
    assert "could not be kept" in capsys.readouterr().err
