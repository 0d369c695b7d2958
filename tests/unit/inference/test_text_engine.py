"""What makes the real engine fast must not change a single answer: packs, forks, kept openings, other threads."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.ports import Question
from desktop.inference import wire
from desktop.inference.engine_link import WORKER, EngineLimits, EngineLink, Wanted, engine_starter
from desktop.inference.models import ModelCard
from desktop.inference.prompts import SelectPrompt
from desktop.runtime.process import ChildProcess, worker_command
from desktop.runtime.supervision import Supervision

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(importlib.util.find_spec("llama_cpp") is None, reason="needs llama-cpp-python"),
]

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = "Dear Bo,\n\nwe would like 40 pumps by the 3rd of May. Bien à vous, Zoë 世界\n" * 6
QUESTIONS = tuple(
    Question(f"q{number}", f"Question {number}: " + "which? " * (number % 7), tuple("abcdefghijkl")[: 2 + number % 9])
    for number in range(40)
)
MANY = Question("many", "Which line?", tuple(f"line {number}" for number in range(60)))  # labels of several tokens

# Native code adds up attention in half precision where a call has fewer than 64 rows, and in full precision otherwise,
# so a question alone is the less exact one.
ROUNDING = 5e-3
BEGIN = 1  # the token that every prompt of the path model begins with

Load = Callable[..., ChildProcess]


@pytest.fixture
def load(card: ModelCard) -> Iterator[Load]:
    children = []

    def begin(**wanted: object) -> ChildProcess:
        children.append(ChildProcess(worker_command(WORKER), name="engine", supervision=Supervision(grace=30)))
        tell(children[-1], wire.Load(path=str(card.path), n_ctx=4096, **wanted))
        return children[-1]

    yield begin
    for child in children:
        child.close()


def tell(child: ChildProcess, order: wire.Message) -> wire.Reply:
    return wire.read_reply(child.request(wire.to_mapping(order), deadline=120))


def n_tokens(child: ChildProcess, pieces: tuple[wire.Piece, ...], document: str = "") -> int:
    reply = tell(child, wire.Tokenize(pieces=pieces, document=document))
    return len(reply.pieces) + len(reply.document)


@pytest.mark.parametrize("template", ["plain", "chatml"])
def test_questions_in_packs_are_answered_as_one_by_one(load: Load, prompt: SelectPrompt, template: str):
    engine = load()
    questions = (*QUESTIONS, MANY, *QUESTIONS[:3])
    together = tell(engine, prompt.build(template, DOCUMENT, questions, limit=10_000)).answers
    spread = 0.0
    for question, found in zip(questions, together, strict=True):
        (alone,) = tell(engine, prompt.build(template, DOCUMENT, (question,), limit=10_000)).answers
        assert found == pytest.approx(alone, abs=ROUNDING)
        spread = max(spread, max(found) - min(found))
    assert spread > 20 * ROUNDING  # the test can fail: these answers differ among themselves


def test_no_question_of_a_pack_sees_another(load: Load, prompt: SelectPrompt):
    engine = load(measured=wire.Measured(seconds=((1, 1e-5),), chunk=512))

    def answers(questions: tuple[Question, ...]) -> tuple[tuple[float, ...], ...]:
        return tell(engine, prompt.build("plain", DOCUMENT, questions, limit=10_000)).answers

    asked = answers(QUESTIONS)
    for order in (QUESTIONS[::-1], QUESTIONS[::2] + QUESTIONS[1::2]):
        other = dict(zip(order, answers(order), strict=True))
        for question, found in zip(QUESTIONS, asked, strict=True):
            assert other[question] == pytest.approx(found, abs=1e-3)


def test_what_was_decoded_is_counted_and_nothing_is_decoded_twice(load: Load, prompt: SelectPrompt):
    engine = load()
    order = prompt.build("plain", DOCUMENT, QUESTIONS[:5], limit=10_000)
    shared = n_tokens(engine, (*order.before, *order.after), order.document)
    first, again = tell(engine, order), tell(engine, order)
    assert first.n_answers == again.n_answers == 5
    assert first.n_prompt - again.n_prompt == BEGIN + shared
    asked = sum(n_tokens(engine, question.pieces) for question in order.questions)
    assert abs(again.n_prompt - asked) <= 2 * len(order.questions)  # where a label joins the word before it


def test_a_question_with_one_option_costs_nothing(load: Load, prompt: SelectPrompt):
    engine = load()
    order = prompt.build("plain", DOCUMENT, (QUESTIONS[0],), limit=10_000)
    tell(engine, order)
    (answer,) = (
        reply := tell(engine, prompt.build("plain", DOCUMENT, (Question("o", "?", ("x",)),), limit=100))
    ).answers
    assert answer == (1.0,)
    assert reply.n_answers == 0


def test_three_openings_stay_and_a_fourth_is_read_again(load: Load):
    engine = load()
    openings = [wire.Piece(f"Opening {number}: " + "words " * 30) for number in range(4)]
    sizes = [n_tokens(engine, (opening,)) for opening in openings]

    def cost(number: int) -> int:
        asked = wire.Asked((wire.Piece("Yes?"),), (" 1", " 2"))
        order = wire.Choose(before=(openings[number],), document="text", after=(), questions=(asked,))
        return tell(engine, order).n_prompt

    first = [cost(number) for number in (0, 1, 2)]
    second = [cost(number) for number in (0, 1, 2)]
    assert [a - b for a, b in zip(first, second, strict=True)] == [BEGIN + size for size in sizes[:3]]
    assert cost(3) - second[0] == BEGIN + sizes[3]
    assert cost(2) == second[2]
    assert cost(0) == first[0]  # it gave way to the fourth


def test_a_kept_opening_is_not_read_again_and_answers_the_same(load: Load, prompt: SelectPrompt, tmp_path: Path):
    order = prompt.build("chatml", DOCUMENT, QUESTIONS[:4], limit=10_000)
    slow = wire.Measured(seconds=((1, 1.0),), chunk=512)  # so slow that a file is faster
    wanted = {"model_hash": "a" * 64, "state_folder": str(tmp_path / "openings"), "measured": slow}
    first = tell(load(**wanted), order)
    (file,) = (tmp_path / "openings").iterdir()
    engine = load(**wanted)
    second = tell(engine, order)
    assert first.n_prompt - second.n_prompt == BEGIN + n_tokens(engine, order.before)
    for one, other in zip(first.answers, second.answers, strict=True):
        assert other == pytest.approx(one, abs=1e-3)
    assert b"pumps" not in file.read_bytes()
    file.write_bytes(file.read_bytes()[:-100])  # native code would end the process over this
    third = tell(load(**wanted), order)
    assert third.n_prompt == first.n_prompt
    assert third.answers == first.answers


def test_a_fast_model_keeps_no_openings(load: Load, prompt: SelectPrompt, tmp_path: Path):
    engine = load(model_hash="a" * 64, state_folder=str(tmp_path / "openings"))
    tell(engine, prompt.build("plain", DOCUMENT, QUESTIONS[:2], limit=10_000))
    assert not (tmp_path / "openings").exists()


def test_the_speed_is_measured_in_several_sizes(card: ModelCard):
    child = ChildProcess(worker_command(WORKER), name="engine")
    try:
        loaded = tell(child, wire.Load(path=str(card.path), n_ctx=4096))
    finally:
        child.close()
    sizes = [count for count, _ in loaded.measured.seconds]
    assert sizes[:3] == [1, 8, 64]
    assert sizes == sorted(sizes)
    assert all(spent > 0 for _, spent in loaded.measured.seconds)
    assert loaded.measured.chunk in (64, 128, 256, 512)
    assert loaded.speed == pytest.approx(loaded.measured.prompt_speed)
    assert loaded.measured.prompt_speed > loaded.measured.answer_speed


def test_a_throw_away_child_lists_the_processor_and_the_link_takes_no_card_from_it(card: ModelCard):
    link = EngineLink(engine_starter(), EngineLimits(threads=1))
    devices = link.probe()
    assert "cpu" in [device.kind for device in devices]
    assert all(0 <= device.free <= device.total for device in devices)
    link.load(card.path, Wanted(context=1024))
    assert link.is_alive
    link.close()


@pytest.mark.expects_log("the graphics card cannot be looked at")
@pytest.mark.parametrize("driver", ["import os; os.abort()", "import time; time.sleep(600)", "print('nonsense')"])
def test_a_driver_that_crashes_or_hangs_means_that_there_is_no_card(driver: str):
    def start() -> ChildProcess:
        return ChildProcess([sys.executable, "-c", driver], name="probe", supervision=Supervision(grace=0.2))

    assert EngineLink(start, EngineLimits(probe=0.3)).probe() == ()


CHANGE_THREADS = """
import sys
from types import SimpleNamespace
import llama_cpp
from desktop.inference import text_engine, wire
from desktop.inference.stop_flag import StopFlag

is_busy, now, real, used = False, 0.0, llama_cpp.llama_decode, []

def decode(context, batch):
    # The machine of this test: one core is free while it is busy, so that two threads wait for one another.
    global now
    threads = llama_cpp.llama_n_threads(context)
    used.append(threads)
    now += 1.0 if is_busy and threads > 1 else 0.1
    return real(context, batch)

llama_cpp.llama_decode = decode
text_engine.time = SimpleNamespace(perf_counter=lambda: now)
order = wire.Load(path=sys.argv[1], n_ctx=2048, n_threads=2)
engine = text_engine.Engine(order, StopFlag(), lambda _share: None)
asked = wire.Asked((wire.Piece("Yes?"),), (" 1", " 2"))

def ask(number):
    order = wire.Choose(before=(), document=f"{number} " + "words " * 60, after=(), questions=(asked,))
    return engine.choose(order, lambda _share: None).answers[0]

before = [ask(number) for number in range(6)]
print(engine.n_threads)
is_busy = True
for number in range(100, 112):
    ask(number)
print(engine.n_threads, used[-1])
after = [ask(number) for number in range(6)]
print(max(abs(a - b) for x, y in zip(before, after) for a, b in zip(x, y)) < 1e-3)
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
def test_a_busy_machine_makes_the_real_engine_change_its_threads(card: ModelCard):
    command = [sys.executable, "-c", CHANGE_THREADS, str(card.path)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines() == ["2", "1 1", "True"]
