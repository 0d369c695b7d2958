"""The path model, made once, and the prompt file as it is shipped."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from desktop.inference.models import ModelCard, read_card
from desktop.inference.prompts import SelectPrompt, read_prompt

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def path_model_script() -> ModuleType:
    """The script that makes the path model; `resources` is no package."""
    spec = importlib.util.spec_from_file_location("make_path_model", ROOT / "resources/models/make_path_model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def model_folder(path_model_script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the path model and its card; nobody writes there."""
    folder = tmp_path_factory.mktemp("models")
    path_model_script.ensure(folder)
    return folder


@pytest.fixture
def card(model_folder: Path) -> ModelCard:
    """The card of the path model."""
    return read_card(model_folder / "path.gguf")


@pytest.fixture
def own_model(model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the path model without a card, to be spoiled."""
    return Path(shutil.copy(model_folder / "path.gguf", tmp_path / "own.gguf"))


@pytest.fixture(scope="session")
def prompt() -> SelectPrompt:
    """The prompt file as it is shipped."""
    return read_prompt(ROOT / "resources/prompts/select.json")
