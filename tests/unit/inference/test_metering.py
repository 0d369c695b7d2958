"""The allowance of a day: counted in a real store, over restarts, and said in a sentence when it is used up."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.domain.errors import Rejected, Temporary
from desktop.domain.ports import Brief, Choice, LanguageModel, ModelState, ModelStatus, Question, Usage
from desktop.inference.metering import MeteredModel
from desktop.store.store import Store
from tests.fakes.clock import ManualClock
from tests.fakes.situations import KEY, NOON

ASKED = (Question("a", "Why?", ("x", "y")),)
HASH = "abc"


class Reader(LanguageModel):
    """Answers at a price, or fails at one."""

    def __init__(self, price: Usage) -> None:
        self.price = price
        self.state = ModelState.READY
        self.error: Exception | None = None
        self.asked = 0

    def status(self) -> ModelStatus:
        return ModelStatus(self.state, "It is ready.", model_hash=HASH, can_write=True)

    def choose(self, document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:
        self.asked += 1
        self.last_usage = self.price
        if self.error is not None:
            raise self.error
        return tuple(Choice(question.name, (0.5, 0.5)) for question in questions)

    def write(self, document: str, brief: Brief, *, job: str) -> str:
        self.asked += 1
        self.last_usage = self.price
        if self.error is not None:
            raise self.error
        return "text"

    def cancel(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is open."""


class Desk:
    """A store on disk, its clock, and models made of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock(NOON)
        self.allowed = 0
        self.inner = Reader(Usage(90, 10))
        self.store = self.open()

    def open(self) -> Store:
        return Store(self.folder / "store.db", KEY, self.clock)

    def model(self) -> MeteredModel:
        return MeteredModel(self.inner, self.store.meter, self.clock, lambda: self.allowed)

    def spent(self) -> Usage:
        return self.store.meter.spent(HASH, self.clock.now().astimezone().date())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def ask(model: LanguageModel) -> tuple[Choice, ...]:
    return model.choose("document", ASKED, job="job")


def test_what_is_read_is_counted_and_said(desk: Desk):
    model = desk.model()
    assert model.status().sentence == "It is ready."
    assert ask(model)[0].probabilities == (0.5, 0.5)
    ask(model)
    assert desk.spent() == Usage(180, 20)
    assert model.last_usage == Usage(90, 10)
    assert model.status().sentence == "It is ready. 200 tokens were read today."


def test_nothing_asked_costs_nothing(desk: Desk):
    assert desk.model().choose("document", (), job="job") == ()
    assert desk.spent() == Usage()
    assert not desk.inner.asked


def test_without_a_limit_there_is_no_end(desk: Desk):
    desk.inner.price = Usage(10**9, 0)
    model = desk.model()
    for _ in range(3):
        ask(model)
    assert model.status().state is ModelState.READY


def test_a_used_up_allowance_rests_until_midnight_and_over_restarts(desk: Desk):
    desk.allowed = 250
    model = desk.model()
    for _ in range(3):
        assert model.status().state is ModelState.READY
        ask(model)
    status = model.status()
    assert status.state is ModelState.RESTING
    assert status.sentence == ("Today's allowance of 250 tokens is used up: rules alone read your mail until midnight.")
    desk.store.close()
    desk.store = desk.open()
    model = desk.model()
    assert model.status().state is ModelState.RESTING
    with pytest.raises(Rejected, match="until midnight"):
        ask(model)
    assert desk.inner.asked == 3
    desk.clock.advance(timedelta(days=1).total_seconds())
    assert model.status().sentence == "It is ready. 0 of 250 tokens of today's allowance are used."
    assert ask(model)


def test_a_new_allowance_counts_at_once(desk: Desk):
    desk.allowed = 100
    model = desk.model()
    ask(model)
    assert model.status().state is ModelState.RESTING
    desk.allowed = 1000
    assert model.status().sentence == "It is ready. 100 of 1,000 tokens of today's allowance are used."


def test_a_request_that_takes_the_program_down_is_counted(desk: Desk):
    desk.allowed = 10**6
    seen = []

    def die(document: str, questions: Sequence[Question], *, job: str) -> tuple[Choice, ...]:
        seen.append(desk.spent().total)
        return ()

    desk.inner.choose = die
    ask(desk.model())
    assert seen[0] >= len("document") // 3  # this is what a restart would find


def test_what_a_failed_request_cost_is_counted_and_no_more(desk: Desk):
    desk.allowed = 10**6
    desk.inner.error = Temporary("Later.")
    with pytest.raises(Temporary):
        ask(desk.model())
    assert desk.spent() == Usage(90, 10)


@pytest.mark.parametrize("state", [state for state in ModelState if state is not ModelState.READY])
def test_other_states_are_passed_on_as_they_are(desk: Desk, state: ModelState):
    desk.allowed = 1
    desk.inner.state = state
    assert desk.model().status() == desk.inner.status()


def test_models_are_counted_apart_and_days_too(desk: Desk):
    day = NOON.date()
    desk.store.meter.add("one", day, Usage(1, 2))
    desk.store.meter.add("one", day, Usage(10, 20))
    desk.store.meter.add("two", day, Usage(100, 200))
    desk.store.meter.add("one", day + timedelta(days=1), Usage(5, 5))
    assert desk.store.meter.spent("one", day) == Usage(11, 22)
    assert desk.store.meter.spent("three", day) == Usage()


def test_what_is_written_is_counted_too_and_nothing_is_written_when_the_allowance_is_used_up(desk: Desk):
    desk.allowed = 150
    model = desk.model()
    assert model.status().can_write
    assert model.write("document", Brief("summary"), job="job") == "text"
    assert model.last_usage == desk.spent() == Usage(90, 10)
    desk.inner.error = Temporary("Later.")
    with pytest.raises(Temporary):
        model.write("document", Brief("summary"), job="job")
    assert desk.spent() == Usage(180, 20)
    desk.inner.error = None
    with pytest.raises(Rejected, match="used up"):
        model.write("document", Brief("summary"), job="job")
    assert desk.inner.asked == 2


class Watched(Reader):
    """Notes what was counted before it writes."""

    def __init__(self, spent: Callable[[], Usage]) -> None:
        super().__init__(Usage(90, 10))
        self.spent = spent
        self.before: Usage | None = None

    def write(self, document: str, brief: Brief, *, job: str) -> str:
        self.before = self.spent()
        return super().write(document, brief, job=job)


def test_a_text_is_counted_at_its_most_before_it_is_written(desk: Desk):
    desk.allowed, desk.inner = 10_000, Watched(desk.spent)
    desk.model().write("x" * 3000, Brief("summary", most_tokens=160), job="job")
    assert desk.inner.before.total >= 1000 + 160
    assert desk.spent() == Usage(90, 10)
