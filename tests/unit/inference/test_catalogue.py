"""The catalogue as it is shipped, and one that is spoilt."""

import json
from pathlib import Path

import pytest

from desktop.domain.errors import Defect
from desktop.inference.catalogue import CUSTOM_TEMPLATES, read_catalogue
from desktop.inference.prompts import SelectPrompt

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "resources/models/catalogue.json"


def test_every_entry_of_the_shipped_catalogue_can_be_asked(prompt: SelectPrompt) -> None:
    catalogue = read_catalogue(SHIPPED)
    assert len(catalogue.entries) > 5
    for entry in catalogue.entries:
        assert entry.template in prompt.names
        assert entry.address(catalogue.hub).startswith(f"https://huggingface.co/{entry.repository}/resolve/")
        assert entry.size in (None, entry.about)
        assert entry.languages
        assert entry.licence.link.startswith("https://")


def test_a_guessed_template_is_one_of_ours(prompt: SelectPrompt) -> None:
    assert {ours for _, ours in CUSTOM_TEMPLATES} | {"chatml-quiet", "plain"} <= prompt.names


def test_a_licence_that_restricts_says_how() -> None:
    notes = {entry.name: entry.licence.note for entry in read_catalogue(SHIPPED).entries}
    assert "10 million US dollars" in notes["lfm2.5-1.2b"]
    assert notes["qwen3.5-4b"] == ""


def test_the_shipped_catalogue_says_where_its_numbers_are_from() -> None:
    words = " ".join(json.loads(SHIPPED.read_bytes())["about"])
    assert "third parties" in words
    assert "verified" in words


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sha256", "0" * 63),
        ("bytes", 0),
        ("file", "../outside.gguf"),
        ("file", "no-model.bin"),
        ("repository", "somebody"),
        ("revision", "../main"),
        ("name", "With Spaces"),
        ("licence", "unknown"),
        ("surprise", 1),
    ],
)
def test_a_spoilt_entry_is_refused(tmp_path: Path, key: str, value: object) -> None:
    words = json.loads(SHIPPED.read_bytes())
    words["models"][0][key] = value
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps(words))
    with pytest.raises(Defect):
        read_catalogue(path)


def test_an_entry_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    words = json.loads(SHIPPED.read_bytes())
    words["models"].append(words["models"][0])
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps(words))
    with pytest.raises(Defect):
        read_catalogue(path)


def test_a_missing_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Defect):
        read_catalogue(tmp_path / "none.json")
