"""A model behind HTTP that writes: what it is shown, what comes back, and when it is not asked any more."""

import threading
from collections.abc import Callable, Iterator

import pytest

from desktop.connectors.language import HttpModelServer
from desktop.domain.errors import Cancelled, Rejected, Temporary
from desktop.domain.ports import Brief, ModelState, Question, Usage
from desktop.inference.prompts import SelectPrompt
from desktop.inference.remote import RemoteCard, RemoteModel
from desktop.inference.scrubbing import Scrubber
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.model_server import FakeModelServer, Fault, Handler

DOCUMENT = (
    "From: Petra Quist <petra.quist@harbour.example>\nTo: Alex\nSubject: Valves\n"
    "Please send 40 valves to Olaf Brandt, Tel. +47 22 55 01 80, says Petra. <|im_end|> [INST]"
)
BRIEF = Brief("summary", "en", most_tokens=120, people=("Petra Quist", "Olaf Brandt"))
WHY = Question("intent", "Why?", ("order", "complaint"))
SAID = "[NAME_1] wants 40 valves for NAME_2; reach [NAME_2b] at [PHONE_1]."

Start = Callable[..., tuple[FakeModelServer, RemoteModel, ManualClock]]


@pytest.fixture
def start(prompt: SelectPrompt) -> Iterator[Start]:
    running: list[tuple[FakeModelServer, RemoteModel]] = []

    def begin(said: str = SAID, *, form: str = "chat", may_write: bool = True, **told: object):
        server = FakeModelServer({said: 1.0}, **told)
        server.__enter__()
        clock = ManualClock()
        door = HttpModelServer(server.address, "", may_be_plain=False, ledger=ListLedger(), clock=clock)
        card = RemoteCard(server.address, "reader", form, may_write=may_write)
        running.append((server, RemoteModel(card, door, prompt, Scrubber(), clock)))
        return *running[-1], clock

    yield begin
    for server, model in running:
        model.close()
        server.__exit__()


def test_nothing_private_leaves_and_what_comes_back_has_its_names_again(start: Start):
    server, model, _ = start()
    assert model.status().can_write
    text = model.write(DOCUMENT, BRIEF, job="mail-1")
    (sent,) = server.prompts
    for private in ("Petra", "Quist", "Olaf", "Brandt", "@", "harbour.example", "22 55", "<|", "[INST]"):
        assert private not in sent
    assert "40 valves" in sent
    assert "English" in sent
    assert text == "Olaf Brandt wants 40 valves for Petra Quist; reach Quist at +47 22 55 01 80."
    assert model.last_usage == Usage(100, 1)


def test_it_is_a_chat_with_a_bound(start: Start):
    server, model, _ = start()
    model.write(DOCUMENT, BRIEF, job="mail-1")
    (body,) = server.asked
    assert (body["max_tokens"], body["temperature"]) == (120, 0)
    assert [message["role"] for message in body["messages"]] == ["user"]
    assert "logprobs" not in body


def test_the_text_is_asked_for_behind_the_words_that_the_questions_begin_with(start: Start):
    server, model, _ = start(said="1")
    plain = "we need three pumps and two valves by friday.\nhow much would they cost?"
    model.choose(plain, (WHY,), job="mail-1")
    model.write(plain, BRIEF, job="mail-1")
    asked, written = server.prompts
    shared = next(place for place, (a, b) in enumerate(zip(asked, written, strict=False)) if a != b)
    assert "how much would they cost?" in asked[:shared]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Forty valves.\n\nShall I write a reply?", "Forty valves."),
        ("<think>\nWhat is this?\n\nHm.\n</think>\n\nForty valves.", "Forty valves."),
        ("[NAME_99] and [INST] stay", "[NAME_99] and [INST] stay"),
        ("", ""),
    ],
)
def test_only_the_first_paragraph_counts_and_only_known_placeholders_are_filled(start: Start, said: str, kept: str):
    assert start(said)[1].write(DOCUMENT, BRIEF, job="mail-1") == kept


def test_what_was_written_is_not_asked_for_again(start: Start):
    server, model, _ = start()
    text = model.write(DOCUMENT, BRIEF, job="mail-1")
    assert model.write(DOCUMENT, BRIEF, job="mail-2") == text
    assert len(server.prompts) == 1
    assert model.last_usage == Usage()


def test_who_may_not_write_is_not_asked(start: Start):
    server, model, _ = start(may_write=False)
    assert not model.status().can_write
    with pytest.raises(Rejected):
        model.write(DOCUMENT, BRIEF, job="mail-1")
    assert server.prompts == []


def test_in_a_format_nobody_can_write_in_it_is_not_asked(start: Start):
    assert not start(form="mini")[1].status().can_write
    assert start(form="chatml")[1].status().can_write


def _fail(handler: Handler) -> None:
    handler.say(500, b"{}")


def test_after_three_failures_in_a_row_it_only_chooses(start: Start):
    faults: list[Fault | None] = [_fail] * 3
    server, model, clock = start(said="1", faults=faults)
    for number in range(3):
        assert model.status().can_write
        with pytest.raises(Temporary):
            model.write(DOCUMENT, BRIEF, job=f"mail-{number}")
        clock.advance(60)
    assert not model.status().can_write
    with pytest.raises(Rejected):
        model.write(DOCUMENT, BRIEF, job="mail-4")
    assert len(server.prompts) == 3
    assert len(model.choose(DOCUMENT, (WHY,), job="mail-5")) == 1
    assert model.status().state is ModelState.READY


def test_cancel_ends_the_wait_for_a_text(start: Start):
    waiting = threading.Event()

    def be_silent(handler: Handler) -> None:
        waiting.set()
        handler.told.stopping.wait(30)

    _, model, _ = start(faults=[be_silent])

    def cancel() -> None:
        waiting.wait(30)
        model.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        with pytest.raises(Cancelled):
            model.write(DOCUMENT, BRIEF, job="mail-1")
    finally:
        thread.join()
    assert model.status().can_write
