"""Cards, pins and which model is chosen."""

import hashlib
import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from desktop.domain.errors import Cancelled, Rejected
from desktop.inference.models import ModelCard, find_model, read_card, verified


def write_model(folder: Path, name: str, **card: object) -> Path:
    path = folder / f"{name}.gguf"
    path.write_bytes(b"GGUF")
    words = {"name": name, "file": path.name, "sha256": "0" * 64, "size": 4, **card}
    path.with_suffix(".json").write_text(json.dumps(words))
    return path


def test_the_script_writes_the_same_bytes_everywhere(model_folder: Path, card: ModelCard) -> None:
    assert card.sha256 == "1fa63440d578859c4547641302739e5e8f3ab5fb2ad235dab209b1d68e00ee03"
    assert hashlib.sha256((model_folder / "path.gguf").read_bytes()).hexdigest() == card.sha256
    assert (card.trust, card.purpose, card.size) == (0.0, "path", (model_folder / "path.gguf").stat().st_size)


def test_the_script_mends_what_is_spoiled_and_leaves_the_rest(path_model_script: ModuleType, tmp_path: Path) -> None:
    model = path_model_script.ensure(tmp_path / "new")
    written = model.stat().st_mtime_ns
    path_model_script.ensure(model.parent)
    assert model.stat().st_mtime_ns == written
    model.write_bytes(b"half")
    assert verified(read_card(path_model_script.ensure(model.parent))).is_pinned
    assert sorted(path.name for path in model.parent.iterdir()) == ["path.gguf", "path.json"]


def test_a_pinned_file_is_verified(card: ModelCard) -> None:
    assert verified(card) == card


def test_a_changed_byte_is_found(model_folder: Path, tmp_path: Path) -> None:
    for name in ("path.gguf", "path.json"):
        shutil.copy(model_folder / name, tmp_path)
    path = tmp_path / "path.gguf"
    raw = bytearray(path.read_bytes())
    raw[-100] ^= 1
    path.write_bytes(raw)
    with pytest.raises(Rejected, match="not the one it claims to be"):
        verified(read_card(path))
    path.write_bytes(raw[:-100])
    with pytest.raises(Rejected, match="incomplete"):
        verified(read_card(path))


def test_a_file_without_a_card_is_used_and_not_trusted(own_model: Path, card: ModelCard) -> None:
    own = read_card(own_model)
    assert (own.trust, own.purpose, own.is_pinned) == (0.0, "custom", False)
    assert verified(own).sha256 == card.sha256


def test_verifying_can_be_stopped(card: ModelCard) -> None:
    with pytest.raises(Cancelled):
        verified(card, should_stop=lambda: True)


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    assert find_model(tmp_path / "none") is None
    assert find_model(tmp_path) is None


def test_a_trusted_model_comes_before_others_and_the_path_model_last(tmp_path: Path) -> None:
    path = write_model(tmp_path, "a-path", purpose="path")
    assert find_model(tmp_path).path == path
    own = tmp_path / "z-own.gguf"
    own.write_bytes(b"GGUF")
    assert find_model(tmp_path).path == own
    trusted = write_model(tmp_path, "m-trained", trust=0.8)
    assert find_model(tmp_path).path == trusted


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "zz"},
        {"size": -1},
        {"trust": 7},
        {"trust": "high"},
        {"file": "../../etc/other.gguf"},
        {"file": "other.gguf"},
        {"context": 1},
    ],
)
@pytest.mark.expects_log("not trusted")
def test_a_card_that_cannot_be_gives_no_trust(tmp_path: Path, change: dict[str, object]) -> None:
    card = read_card(write_model(tmp_path, "m", **{"trust": 1.0, **change}))
    assert (card.trust, card.is_pinned) == (0.0, False)


@pytest.mark.expects_log("not trusted")
def test_a_card_of_garbage_gives_no_trust(own_model: Path) -> None:
    own_model.with_suffix(".json").write_bytes(b"\xff{")
    assert not find_model(own_model.parent).is_pinned


@pytest.mark.parametrize(
    ("purpose", "words", "may"),
    [
        ("catalogue", {"can_write": True}, True),
        ("catalogue", {}, False),  # a card of before: nobody vouched for its prose
        ("custom", {"can_write": True}, True),
        ("mini", {"can_write": True}, False),
        ("path", {"can_write": True}, False),
    ],
)
def test_who_may_write(tmp_path: Path, purpose: str, words: dict[str, bool], *, may: bool) -> None:
    assert read_card(write_model(tmp_path, "m", purpose=purpose, **words)).may_write is may
