"""The client's states and rules, played with a scripted child."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.domain.errors import Cancelled, Rejected, Temporary
from desktop.domain.ports import Brief, ModelState, Question, Usage
from desktop.inference import wire
from desktop.inference.answer_cache import AnswerCache
from desktop.inference.client import NOTHING, STANDS_IN, Kept, LlamaClient, NoModel
from desktop.inference.engine_link import EngineLimits
from desktop.inference.models import ModelCard, read_card
from desktop.inference.prompts import SelectPrompt
from desktop.inference.wire import FailureCode
from desktop.runtime.supervision import ChildDied, DeadlinePassed, Ending, LineTooLong, RequestCancelled
from tests.fakes.clock import ManualClock
from tests.fakes.engine_child import FakeChild, Script

QUESTIONS = (Question("a", "A?", ("x", "y")), Question("b", "B?", ("x", "y", "z")))
DEATH = ChildDied(Ending.DIED, "exit code -11")
EVEN = wire.Result(answers=((0.5, 0.5), (0.25, 0.25, 0.5)))

CLIENT_LOG = pytest.mark.expects_log("the engine|the model is given up")


def well(op: str, _message: Mapping[str, Any]) -> wire.Message:
    """The script of a child that is well."""
    replies = {"hello": wire.Greeted(library="x"), "load": wire.Loaded(n_ctx=4096, speed=100.0), "choose": EVEN}
    return replies[op]


def failing(op: str, reply: wire.Message | Exception) -> Script:
    """The script of a child that is well until it hears `op`."""
    return lambda heard, message: reply if heard == op else well(heard, message)


class Bench:
    """A client, its clock, and the children it has started so far; `script` is what the next one plays."""

    def __init__(self, card: ModelCard, prompt: SelectPrompt, limits: EngineLimits, kept: Kept) -> None:
        self.script: Script = well
        self.children: list[FakeChild] = []
        self.clock = ManualClock()
        self.client = LlamaClient(card, prompt, clock=self.clock, start=self._start, limits=limits, kept=kept)

    def _start(self) -> FakeChild:
        self.children.append(FakeChild(self._play))
        return self.children[-1]

    def _play(self, op: str, message: Mapping[str, Any]) -> wire.Message | Exception:
        return self.script(op, message)

    def choose(self, job: str = "job") -> tuple[tuple[float, ...], ...]:
        return tuple(choice.probabilities for choice in self.client.choose("document", QUESTIONS, job=job))

    def state(self) -> ModelState:
        return self.client.status().state

    def refusal(self, kind: type[Exception], job: str = "job") -> Any:
        with pytest.raises(kind) as caught:
            self.choose(job)
        assert type(caught.value) is kind
        return caught.value


@pytest.fixture
def make(card: ModelCard, prompt: SelectPrompt) -> Callable[..., Bench]:
    return lambda own=card, limits=EngineLimits(), kept=NOTHING: Bench(own, prompt, limits, kept)  # noqa: B008  (frozen)


@pytest.fixture
def bench(make: Callable[..., Bench]) -> Bench:
    return make()


def test_nothing_is_started_before_it_is_needed(bench: Bench, card: ModelCard) -> None:
    status = bench.client.status()
    assert (status.state, status.model_hash, status.trust) == (ModelState.READY, card.sha256, 0.0)
    assert bench.client.choose("document", (), job="job") == ()
    assert not bench.children


def test_answers_come_back_in_order(bench: Bench) -> None:
    choices = bench.client.choose("document", QUESTIONS, job="job")
    assert [(c.name, c.probabilities) for c in choices] == [("a", (0.5, 0.5)), ("b", (0.25, 0.25, 0.5))]
    assert bench.client.status().sentence == STANDS_IN


def test_a_model_that_may_be_trusted_is_not_said_to_stand_in(make: Callable[..., Bench], card: ModelCard) -> None:
    bench = make(replace(card, trust=0.8))
    assert bench.client.status().sentence == "The language model starts with the next mail."
    bench.choose()
    assert bench.client.status().sentence == "The language model is ready."


def test_one_child_serves_many_questions(bench: Bench) -> None:
    bench.choose()
    bench.choose("other")
    assert [message["op"] for message in bench.children[0].asked] == ["hello", "load", "choose", "choose"]


def test_weights_are_checked_on_the_first_load_only(bench: Bench) -> None:
    bench.choose()
    bench.client.close()
    bench.choose()
    assert [child.asked[1]["check_tensors"] for child in bench.children] == [True, False]


def test_the_status_says_loading_while_it_loads(bench: Bench) -> None:
    seen = []

    def look(op: str, message: Mapping[str, Any]) -> wire.Message:
        seen.append((op, bench.state()))
        return well(op, message)

    bench.script = look
    bench.choose()
    assert seen == [("hello", ModelState.LOADING), ("load", ModelState.LOADING), ("choose", ModelState.READY)]


@CLIENT_LOG
def test_a_crash_is_temporary_and_the_pause_grows(bench: Bench) -> None:
    waits = []
    for number in range(7):
        bench.script = failing("choose", DEATH)
        waits.append(bench.refusal(Temporary, f"job {number}").retry_after)
        assert bench.state() is ModelState.BACKOFF
        assert bench.refusal(Temporary, "another").retry_after == waits[-1]
        bench.clock.advance(waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 60]
    assert len(bench.children) == 7
    bench.script = well
    bench.choose()
    bench.script = failing("choose", DEATH)
    assert bench.refusal(Temporary).retry_after == 1


@CLIENT_LOG
def test_a_mail_that_takes_the_engine_down_three_times_is_quarantined(bench: Bench) -> None:
    bench.script = failing("choose", DEATH)
    bench.refusal(Temporary, "poison")
    bench.clock.advance(60)
    bench.refusal(Temporary, "poison")
    bench.clock.advance(60)
    assert "repeatedly" in bench.refusal(Rejected, "poison").sentence
    bench.clock.advance(60)
    bench.script = well
    bench.refusal(Rejected, "poison")
    assert len(bench.children) == 3
    assert bench.choose("harmless")
    assert bench.state() is ModelState.READY


@CLIENT_LOG
def test_a_success_clears_the_record_of_a_mail(bench: Bench) -> None:
    for _ in range(4):
        bench.script = failing("choose", DEATH)
        bench.refusal(Temporary)
        bench.clock.advance(60)
        bench.script = well
        bench.choose()


@CLIENT_LOG
def test_a_deadline_the_engine_survives_needs_no_pause(bench: Bench) -> None:
    bench.script = failing("choose", DeadlinePassed(child_ended=False))
    assert bench.refusal(Temporary).retry_after is None
    assert bench.state() is ModelState.READY
    bench.refusal(Temporary)
    bench.refusal(Rejected)
    assert len(bench.children) == 1


@CLIENT_LOG
def test_a_deadline_the_engine_does_not_survive_is_a_crash(bench: Bench) -> None:
    bench.script = failing("choose", DeadlinePassed(child_ended=True))
    assert bench.refusal(Temporary).retry_after == 1


def test_the_deadline_follows_the_measured_speed(make: Callable[..., Bench]) -> None:
    bench = make(limits=EngineLimits(choose=10.0, patience=4.0))
    bench.client.choose("x" * 1000, QUESTIONS, job="job")
    deadline = bench.children[0].deadlines[-1]
    assert 10 + 4 * 1000 / 100 < deadline < 10 + 4 * 1200 / 100


@pytest.mark.parametrize("op", ["hello", "load"])
@pytest.mark.parametrize("reply", [DEATH, DeadlinePassed(child_ended=True), DeadlinePassed(child_ended=False), EVEN])
@CLIENT_LOG
def test_three_crashes_on_load_give_the_model_up(bench: Bench, op: str, reply: wire.Message | Exception) -> None:
    bench.script = failing(op, reply)
    assert bench.refusal(Temporary, "1").retry_after == 1
    bench.clock.advance(1)
    assert bench.refusal(Temporary, "2").retry_after == 2
    bench.clock.advance(2)
    error = bench.refusal(Rejected, "3")
    status = bench.client.status()
    assert status.state is ModelState.FAILED
    assert status.sentence == error.sentence
    assert "Rules alone read your mail." in status.sentence
    bench.script = well
    bench.refusal(Rejected, "4")
    assert len(bench.children) == 3
    assert not any(child.is_alive for child in bench.children)


@CLIENT_LOG
def test_a_load_that_works_in_the_end_is_forgiven(bench: Bench) -> None:
    for _ in range(3):
        bench.script = failing("load", DEATH)
        bench.refusal(Temporary)
        bench.clock.advance(60)
        bench.refusal(Temporary)
        bench.clock.advance(60)
        bench.script = well
        bench.choose()
        bench.client.close()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (FailureCode.NO_ENGINE, "does not fit this computer"),
        (FailureCode.WRONG_VERSION, "wrong version"),
        (FailureCode.BAD_MODEL, "damaged"),
    ],
)
@CLIENT_LOG
def test_a_clear_refusal_to_load_is_final(bench: Bench, code: FailureCode, words: str) -> None:
    bench.script = failing("load", wire.Failed(code=code, detail="why"))
    assert words in bench.refusal(Rejected).sentence
    assert bench.state() is ModelState.FAILED
    assert not bench.children[0].is_alive


@CLIENT_LOG
def test_a_program_that_cannot_be_started(card: ModelCard, prompt: SelectPrompt) -> None:
    def start() -> FakeChild:
        raise FileNotFoundError("python")

    client = LlamaClient(card, prompt, clock=ManualClock(), start=start)
    with pytest.raises(Temporary):
        client.choose("document", QUESTIONS, job="job")


@pytest.mark.parametrize(
    "reply",
    [
        wire.Result(answers=((0.5, 0.5),)),
        wire.Result(answers=((1.0,), (0.25, 0.25, 0.5))),
        wire.Result(answers=((0.9, 0.9), (0.25, 0.25, 0.5))),
        wire.Result(answers=((-1.0, 2.0), (0.25, 0.25, 0.5))),
        wire.Pong(),
    ],
)
@CLIENT_LOG
def test_answers_that_do_not_fit_are_not_believed(bench: Bench, reply: wire.Message) -> None:
    bench.script = failing("choose", reply)
    bench.refusal(Temporary)
    assert not bench.children[0].is_alive


def test_a_mail_the_engine_cannot_take_is_rejected_at_once(bench: Bench) -> None:
    bench.script = failing("choose", wire.Failed(code=FailureCode.TOO_LONG))
    bench.refusal(Rejected)
    assert bench.state() is ModelState.READY
    assert bench.children[0].is_alive


@CLIENT_LOG
def test_a_model_that_answers_with_no_numbers_is_given_up(bench: Bench) -> None:
    bench.script = failing("choose", wire.Failed(code=FailureCode.BAD_MODEL))
    bench.refusal(Rejected)
    assert bench.state() is ModelState.FAILED
    assert not bench.children[0].is_alive


def test_questions_that_do_not_fit_into_one_line_go_in_parts(bench: Bench) -> None:
    def narrow(op: str, message: Mapping[str, Any]) -> wire.Message | Exception:
        if op != "choose":
            return well(op, message)
        if len(message["questions"]) > 1:
            error = LineTooLong()
            error.child_ended = False
            return error
        labels = message["questions"][0]["labels"]
        return wire.Result(answers=((1.0, *(0.0 for _ in labels[1:])),))

    bench.script = narrow
    assert bench.choose() == ((1.0, 0.0), (1.0, 0.0, 0.0))


def test_a_child_put_to_rest_is_woken_without_blame(bench: Bench) -> None:
    bench.choose()
    died = [ChildDied(Ending.IDLE, "idle")]

    def once(op: str, message: Mapping[str, Any]) -> wire.Message | Exception:
        return died.pop() if op == "choose" and died else well(op, message)

    bench.script = once
    assert bench.choose()
    assert len(bench.children) == 2


def test_a_child_that_died_between_two_mails_is_replaced(bench: Bench) -> None:
    bench.choose()
    bench.children[0].close()
    assert bench.state() is ModelState.READY
    assert bench.choose()
    assert len(bench.children) == 2


@pytest.mark.parametrize("op", ["load", "choose"])
def test_cancel_stops_without_blame(bench: Bench, op: str) -> None:
    def cancelled(heard: str, message: Mapping[str, Any]) -> wire.Message | Exception:
        if heard != op:
            return well(heard, message)
        bench.client.cancel()
        return RequestCancelled(child_ended=False)

    for _ in range(4):
        bench.script = cancelled
        bench.refusal(Cancelled)
        assert bench.state() is ModelState.READY
    bench.script = well
    assert bench.choose()


def test_a_cancel_just_before_the_request_is_not_lost(bench: Bench) -> None:
    def late(op: str, message: Mapping[str, Any]) -> wire.Message:
        if op == "hello":
            bench.client.cancel()
        return well(op, message)

    bench.script = late
    bench.refusal(Cancelled)
    assert [message["op"] for message in bench.children[0].asked] == ["hello"]


def test_an_old_cancel_does_not_stop_what_comes_later(bench: Bench) -> None:
    bench.client.cancel()
    assert bench.choose()


def test_one_mail_at_a_time(bench: Bench) -> None:
    seen = []

    def ask_again(op: str, message: Mapping[str, Any]) -> wire.Message:
        if op == "choose":
            seen.append(bench.refusal(Temporary, "second"))
        return well(op, message)

    bench.script = ask_again
    bench.choose()
    assert "busy" in seen[0].sentence


@CLIENT_LOG
def test_a_bad_file_is_found_before_anything_is_started(make: Callable[..., Bench], own_model: Path) -> None:
    own_model.write_bytes(own_model.read_bytes()[:1000])
    bench = make(own=read_card(own_model))
    assert "incomplete" in bench.refusal(Rejected).sentence
    assert bench.state() is ModelState.FAILED
    assert not bench.children


@CLIENT_LOG
def test_a_file_that_changes_under_a_pin_is_found_at_the_next_start(
    make: Callable[..., Bench], own_model: Path, card: ModelCard
) -> None:
    bench = make(own=replace(card, path=own_model))
    bench.choose()
    bench.client.close()
    own_model.write_bytes(own_model.read_bytes()[:-2] + b"xx")
    assert "claims to be" in bench.refusal(Rejected).sentence


def test_a_custom_file_gets_its_hash_and_no_trust(make: Callable[..., Bench], own_model: Path, card: ModelCard) -> None:
    bench = make(own=read_card(own_model))
    assert bench.client.status().model_hash == ""
    bench.choose()
    assert (bench.client.status().model_hash, bench.client.status().trust) == (card.sha256, 0.0)


def test_what_was_answered_is_not_asked_again(make: Callable[..., Bench]) -> None:
    bench = make(kept=Kept(AnswerCache()))
    first = bench.choose()
    assert bench.choose("other") == first
    assert [message["op"] for message in bench.children[0].asked] == ["hello", "load", "choose"]
    assert bench.client.last_usage == Usage()
    bench.children[0].close()
    assert bench.choose("third") == first
    assert len(bench.children) == 1  # there was nothing to start it for


def test_only_new_questions_are_asked_and_every_answer_finds_its_place(make: Callable[..., Bench]) -> None:
    bench = make(kept=Kept(AnswerCache()))
    bench.choose()
    new = Question("new", "New?", ("x", "y"))
    bench.script = lambda op, m: wire.Result(answers=((0.1, 0.9),)) if op == "choose" else well(op, m)
    found = bench.client.choose("document", (QUESTIONS[1], new, QUESTIONS[0]), job="job")
    assert [choice.probabilities for choice in found] == [(0.25, 0.25, 0.5), (0.1, 0.9), (0.5, 0.5)]
    assert len(bench.children[0].asked[-1]["questions"]) == 1
    assert bench.client.choose("another document", (new,), job="job")
    assert len(bench.children[0].asked) == 5


def test_another_file_of_the_same_name_is_asked_anew(
    make: Callable[..., Bench], own_model: Path, card: ModelCard
) -> None:
    bench = make(own=read_card(own_model), kept=Kept(AnswerCache()))
    bench.choose()
    bench.children[0].close()
    raw = own_model.read_bytes()
    own_model.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    bench.choose()
    assert bench.client.status().model_hash != card.sha256
    assert [child.asked[-1]["op"] for child in bench.children] == ["choose", "choose"]


@CLIENT_LOG
def test_nothing_is_remembered_of_a_request_that_failed(make: Callable[..., Bench]) -> None:
    bench = make(kept=Kept(AnswerCache()))
    bench.script = failing("choose", DEATH)
    bench.refusal(Temporary)
    bench.clock.advance(60)
    bench.script = well
    assert bench.choose()
    assert bench.children[1].asked[-1]["op"] == "choose"


def test_what_a_request_cost_is_told(bench: Bench) -> None:
    bench.script = failing("choose", wire.Result(answers=EVEN.answers, n_prompt=120, n_answers=2))
    bench.choose()
    assert bench.client.last_usage == Usage(120, 2)
    bench.script = failing("choose", RequestCancelled(child_ended=False))
    bench.refusal(Cancelled)
    assert bench.client.last_usage == Usage()


@pytest.mark.expects_log("the engine goes on with 1 threads instead of 3")
def test_a_change_of_threads_is_logged(make: Callable[..., Bench]) -> None:
    bench = make(limits=EngineLimits(threads=3))
    bench.script = failing("choose", wire.Result(answers=EVEN.answers, n_threads=1))
    bench.choose()


def test_what_was_measured_is_not_measured_again(bench: Bench) -> None:
    measured = wire.Measured(seconds=((1, 0.01), (64, 0.1)), chunk=64)
    bench.script = failing("load", wire.Loaded(n_ctx=4096, speed=640.0, measured=measured))
    bench.choose()
    bench.children[0].close()
    bench.choose()
    assert [child.asked[1]["measured"] for child in bench.children] == [None, wire.to_mapping(measured)]


GPU = wire.Device("CUDA0", "gpu", 20 << 30, 24 << 30)


def with_card(*devices: wire.Device) -> Script:
    """The script of a child whose library was built for graphics cards."""

    def play(op: str, message: Mapping[str, Any]) -> wire.Message:
        replies = {"hello": wire.Greeted(library="x", has_gpu_build=True), "probe": wire.Devices(devices=devices)}
        return replies[op] if op in replies else well(op, message)

    return play


def test_a_card_with_room_is_found_in_a_child_of_its_own_and_used(bench: Bench) -> None:
    bench.script = with_card(GPU)
    bench.choose()
    worker, probe = bench.children
    assert [message["op"] for message in probe.asked] == ["probe"]
    assert not probe.is_alive
    assert (worker.asked[1]["gpu_share"], worker.asked[1]["memory_limit"]) == (1.0, 0)
    worker.close()
    bench.choose()
    assert len(bench.children) == 3  # the card is not looked for twice


def test_without_a_card_or_leave_to_use_it_the_processor_works(make: Callable[..., Bench]) -> None:
    for bench, script, children in (
        (make(), with_card(), 2),
        (make(limits=EngineLimits(may_use_gpu=False)), with_card(GPU), 1),
        (make(), well, 1),
    ):
        bench.script = script
        bench.choose()
        assert bench.children[0].asked[1]["gpu_share"] == 0.0
        assert bench.children[0].asked[1]["memory_limit"] > 0
        assert len(bench.children) == children


@CLIENT_LOG
def test_after_a_crash_with_the_card_the_next_try_goes_without(bench: Bench) -> None:
    def crash_on_card(op: str, message: Mapping[str, Any]) -> wire.Message | Exception:
        return DEATH if op == "load" and message["gpu_share"] else with_card(GPU)(op, message)

    bench.script = crash_on_card
    bench.refusal(Temporary)
    bench.clock.advance(60)
    assert bench.choose()
    assert bench.children[-1].asked[1]["gpu_share"] == 0.0


def test_no_model_says_so() -> None:
    model = NoModel()
    assert model.status().state is ModelState.ABSENT
    assert model.status().sentence == "No model is installed: rules alone read your mail."
    with pytest.raises(Rejected):
        model.choose("document", QUESTIONS, job="job")
    model.cancel()
    model.close()


# --- writing ----------------------------------------------------------------------------------------------------------

BRIEF = Brief("summary", "en", most_tokens=3)
TEXT = wire.Written(text="They want pumps.", n_prompt=40, n_answers=3)


@pytest.fixture
def writing(make: Callable[..., Bench], card: ModelCard) -> Bench:
    bench = make(own=replace(card, purpose="custom", can_write=True))
    bench.script = lambda op, message: TEXT if op == "write" else well(op, message)
    return bench


def test_a_text_comes_back_and_is_counted(writing: Bench) -> None:
    assert writing.client.write("document", BRIEF, job="job") == "They want pumps."
    assert writing.client.last_usage == Usage(40, 3)
    assert [message["op"] for message in writing.children[0].asked] == ["hello", "load", "write"]


@pytest.mark.parametrize(
    "reply",
    [msgspec.structs.replace(TEXT, n_answers=4), msgspec.structs.replace(TEXT, text="x" * 3000), EVEN, wire.Pong()],
)
@CLIENT_LOG
def test_a_text_that_was_not_asked_for_is_not_believed(writing: Bench, reply: wire.Message) -> None:
    writing.script = failing("write", reply)
    with pytest.raises(Temporary):
        writing.client.write("document", BRIEF, job="job")
    assert not writing.children[0].is_alive


def test_a_document_too_long_for_a_line_is_rejected(writing: Bench) -> None:
    error = LineTooLong()
    error.child_ended = False
    writing.script = failing("write", error)
    with pytest.raises(Rejected):
        writing.client.write("document", BRIEF, job="job")
    assert writing.client.status().can_write


def test_the_time_to_write_follows_the_measured_speeds_and_has_an_end(
    make: Callable[..., Bench], card: ModelCard
) -> None:
    measured = wire.Measured(seconds=((1, 0.1), (100, 1.0)), chunk=100)  # 10 tokens a second one by one, 100 together
    limits = EngineLimits(choose=10.0, patience=4.0, write=60.0)
    bench = make(own=replace(card, purpose="custom", can_write=True), limits=limits)
    loaded = wire.Loaded(n_ctx=4096, speed=100.0, measured=measured)
    bench.script = lambda op, m: {"write": TEXT, "load": loaded}.get(op) or well(op, m)
    for most in (20, 1000):
        bench.client.write("x" * 500, replace(BRIEF, most_tokens=most), job="job")
    usual, longest = bench.children[0].deadlines[-2:]
    assert 10 + 4 * (500 / 100 + 20 / 10) < usual < 60
    assert longest == 60


@CLIENT_LOG
def test_a_mail_that_takes_the_engine_down_while_it_is_written_about_can_be_read(writing: Bench) -> None:
    writing.script = failing("write", DEATH)
    with pytest.raises(Temporary):
        writing.client.write("document", BRIEF, job="job")
    writing.clock.advance(60)
    assert writing.choose("job")
