"""The remote client against llama_cpp.server for real: the same file, questions and answers as the engine child."""

import importlib.util
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.connectors.language import HttpModelServer
from desktop.domain.ports import Brief, Question
from desktop.inference.client import LlamaClient
from desktop.inference.engine_link import engine_starter
from desktop.inference.models import ModelCard
from desktop.inference.prompts import SelectPrompt
from desktop.inference.remote import RemoteCard, RemoteModel
from desktop.inference.scrubbing import Scrubber
from desktop.system.clock import SystemClock
from desktop.understanding.reading import read_message
from tests.fakes.ledger import ListLedger
from tests.fakes.mails import OWN, sample

NEEDED = ("llama_cpp", "fastapi", "uvicorn", "pydantic_settings", "sse_starlette", "starlette_context")
pytestmark = [
    pytest.mark.model,
    pytest.mark.server,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in NEEDED), reason="needs llama-cpp-python[server]"
    ),
]

DOCUMENT = "we need three pumps and two valves by friday.\nhow much would they cost?"
ASKED = (
    Question("topic", "What is it about?", ("pumps", "valves", "none"), ("new: «pumps»", "new: and «valves»", "")),
    Question("intent", "Why was this mail written?", ("to buy", "to complain", "to cancel", "to ask", "to thank")),
    Question("letters", "Which of them?", tuple("abcdefghijklm")),
)


@pytest.fixture(scope="module")
def address(model_folder: Path) -> Iterator[str]:
    """A llama_cpp.server with the path model."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "llama_cpp.server", "--model", str(model_folder / "path.gguf")),
            *("--model_alias", "path", "--host", "127.0.0.1", "--port", str(port), "--n_ctx", "4096"),
            *("--verbose", "False"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _awaited(server, f"http://127.0.0.1:{port}/v1")
    finally:
        server.terminate()
        server.wait(30)


def _awaited(server: subprocess.Popen[bytes], address: str) -> str:
    for _ in range(600):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(f"{address}/models", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return address
    raise AssertionError("the server did not start")


def remote(address: str, form: str, prompt: SelectPrompt) -> RemoteModel:
    clock = SystemClock()
    door = HttpModelServer(address, "", may_be_plain=False, ledger=ListLedger(), clock=clock)
    return RemoteModel(RemoteCard(address, "path", form, may_write=True), door, prompt, Scrubber(), clock)


def test_both_read_the_same_out_of_one_file(address: str, card: ModelCard, prompt: SelectPrompt):
    near = LlamaClient(card, prompt, clock=SystemClock(), start=engine_starter(idle=60))
    far = remote(address, card.template, prompt)
    try:
        here, there = (model.choose(DOCUMENT, ASKED, job="mail") for model in (near, far))
    finally:
        near.close()
        far.close()
    for one, other in zip(here, there, strict=True):
        assert one.index == other.index
        assert other.probabilities == pytest.approx(one.probabilities, abs=0.01)


def test_what_the_server_takes_is_found_out(address: str, prompt: SelectPrompt):
    model = remote(address, "plain", prompt)
    found = model.look()
    model.close()
    assert found.models == ("path",)
    assert found.offer.alternatives == 300
    assert found.offer.guide == "grammar"


def test_as_a_chat_it_is_held_to_the_labels_too(address: str, prompt: SelectPrompt):
    model = remote(address, "chat", prompt)
    choices = model.choose(DOCUMENT, ASKED, job="mail")
    model.close()
    for choice, question in zip(choices, ASKED, strict=True):
        assert len(choice.probabilities) == len(question.options)
        assert sum(choice.probabilities) == pytest.approx(1.0)
    assert model.last_usage.prompt_tokens > 100


def test_asked_bare_it_writes_no_more_than_it_was_asked_for(address: str, prompt: SelectPrompt):
    model = remote(address, "plain", prompt)
    try:
        # What the engine child writes may differ: random weights are so unsure that rounding decides.
        assert model.write(DOCUMENT, Brief("summary", "en", most_tokens=12), job="mail")
        assert 0 < model.last_usage.decoded_tokens <= 12
    finally:
        model.close()


def test_what_random_weights_write_as_a_chat_is_not_kept(address: str, prompt: SelectPrompt):
    model = remote(address, "chat", prompt)
    mail = sample("price-request")
    try:
        reading, alone = (read_message(mail, one, own_addresses=OWN, job="mail") for one in (model, None))
    finally:
        model.close()
    assert model.last_usage.prompt_tokens > 100  # it was asked
    assert (reading.summary, reading.summary_by) == (alone.summary, None)
