"""The language model is in trouble: the rep reads so in one sentence, and every mail gets its card all the same."""

import importlib.util
import os
import random
import shutil
import signal
from contextlib import suppress

import pytest

from desktop.domain.ports import ModelState
from desktop.setup.settings import Settings
from tests.conftest import ROOT
from tests.end2end.rep import small_talk
from tests.end2end.test_processes import children_of
from tests.fakes.waiting import wait_until

pytestmark = [
    pytest.mark.server,
    pytest.mark.end2end,
    pytest.mark.model,
    pytest.mark.skipif(importlib.util.find_spec("llama_cpp") is None, reason="needs llama-cpp-python"),
]

MAILS = 5


@pytest.fixture(scope="session")
def good_model(tmp_path_factory):
    """A folder with the path model and the card that vouches for its bytes."""
    script = importlib.util.spec_from_file_location("make_path_model", ROOT / "resources/models/make_path_model.py")
    module = importlib.util.module_from_spec(script)
    script.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("models")
    module.ensure(folder)
    return folder


@pytest.fixture
def models(rep, good_model):
    """The rep's own folder of models, with a good one in it."""
    folder = rep.profile.paths.data / "models"
    shutil.copytree(good_model, folder)
    for number in range(MAILS):
        rep.deliver(small_talk(number))
    return folder


def cut(folder):
    file = folder / "path.gguf"
    os.truncate(file, file.stat().st_size // 2)


def cut_unvouched(folder):
    (folder / "path.json").unlink()
    cut(folder)


def changed(folder):
    file = folder / "path.gguf"
    raw = bytearray(file.read_bytes())
    raw[-1000:] = random.Random(1).randbytes(1000)
    file.write_bytes(raw)


def another_file(folder):
    (folder / "path.json").unlink()
    (folder / "path.gguf").write_bytes(b"PK\x03\x04 this is some archive" * 1000)


def empty(folder):
    (folder / "path.json").unlink()
    (folder / "path.gguf").write_bytes(b"")


SPOILT = {
    "truncated": (cut, "incomplete"),
    "truncated, nobody vouches": (cut_unvouched, "damaged|incomplete"),
    "changed": (changed, "not the one it claims to be"),
    "not a model": (another_file, "model"),
    "empty": (empty, "model"),
}


@pytest.mark.expects_log("the model is given up|the engine")
@pytest.mark.parametrize("what", SPOILT)
def test_a_model_that_is_no_good_is_said_and_rules_carry_the_job(rep, models, what):
    spoil, words = SPOILT[what]
    spoil(models)
    rep.run(rep.parts.model())
    health = rep.health()
    assert health.model_state is ModelState.FAILED
    assert any(word in health.model_sentence for word in words.split("|"))
    assert health.model_sentence.endswith("Rules alone read your mail.")
    assert len(rep.cards()) == MAILS
    assert {card.proposal.computed_by.model_hash for card in rep.cards()} == {""}


@pytest.mark.expects_log("the model is given up")
def test_a_model_taken_away_while_the_agent_runs(rep, models):
    model = rep.parts.model()
    (models / "path.gguf").unlink()
    with rep.working(model):
        wait_until(lambda: len(rep.cards()) == MAILS)
        wait_until(lambda: rep.health().model_state is ModelState.FAILED)
    assert "Check that it is there" in rep.health().model_sentence


def test_a_used_up_allowance_is_said_and_rules_carry_the_rest_also_after_a_restart(rep, models):
    Settings(rep.parts.store()).choose("tokens_per_day", "100")
    rep.run(rep.parts.model())
    health = rep.health()
    assert health.model_state is ModelState.RESTING
    assert health.model_sentence == (
        "Today's allowance of 100 tokens is used up: rules alone read your mail until midnight."
    )
    asked = [card for card in rep.cards() if card.proposal.computed_by.model_hash]
    assert (len(rep.cards()), len(asked)) == (MAILS, 1)
    for number in range(MAILS, MAILS + 2):
        rep.deliver(small_talk(number))
    rep.run(rep.parts.model())
    assert rep.health().model_state is ModelState.RESTING
    assert len(rep.cards()) == MAILS + 2
    assert len([card for card in rep.cards() if card.proposal.computed_by.model_hash]) == 1


@pytest.mark.expects_log("the engine was lost|the engine did not start")
def test_an_engine_killed_in_the_middle_of_an_answer_is_said_and_comes_back(rep, models):
    with rep.working(rep.parts.model()):
        wait_until(lambda: children_of(os.getpid()))
        for child in children_of(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        wait_until(lambda: rep.health().model_state is ModelState.BACKOFF)
        assert rep.health().model_sentence == "The language model stopped and starts again shortly."
        wait_until(lambda: len(rep.cards()) == MAILS)
        wait_until(lambda: rep.health().model_state is ModelState.READY)
    hashes = {card.proposal.computed_by.model_hash for card in rep.cards()}
    assert "" not in hashes
    assert not children_of(os.getpid()), "the engine outlived the agent"
