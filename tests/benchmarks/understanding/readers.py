"""Our own model as the product would find and run it, on one thread."""

from pathlib import Path

from desktop.domain.ports import LanguageModel
from desktop.inference.client import LlamaClient
from desktop.inference.engine_link import EngineLimits, engine_starter
from desktop.inference.models import ModelCard, find_model, read_card
from desktop.inference.prompts import read_prompt
from desktop.system import resources
from desktop.system.clock import SystemClock

MINI_PURPOSE = "mini"


def find_card(model_file: Path | None) -> ModelCard | None:
    """Return the card of the given file, else of the trusted model of ours in the box, or None."""
    if model_file is not None:
        return read_card(model_file)
    card = find_model(resources.path("models"))
    return card if card is not None and card.purpose == MINI_PURPOSE and card.trust > 0 else None


def find_mini(model_file: Path | None) -> LanguageModel | None:
    """Return our own model, or None with a line that says so."""
    card = find_card(model_file)
    if card is None:
        print("understanding: no trusted model of our own is in the box, so rules+mini is left out")
        return None
    return client(card)


def client(card: ModelCard) -> LlamaClient:
    """Return the product's client of a model, the engine in a child process of its own, with one thread."""
    prompt = read_prompt(resources.path("prompts", "select.json"))
    start = engine_starter(idle=600.0)
    return LlamaClient(card, prompt, clock=SystemClock(), start=start, limits=EngineLimits(threads=1))
