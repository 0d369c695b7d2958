"""A model that is exchanged while it is used: never within a request, and the old one is let go first."""

import pytest

from desktop.domain.errors import Temporary
from desktop.domain.ports import Brief, Question, Usage
from desktop.inference.switching import SwitchingModel
from tests.fakes.model import ScriptedModel

ASKED = (Question("amount", "Which?", ("1", "2")),)


class Shelf:
    """What the rep has chosen, and a record of which model was made and closed when."""

    def __init__(self) -> None:
        self.chosen = "small"
        self.log: list[str] = []
        self.made: list[ScriptedModel] = []

    def make(self) -> ScriptedModel:
        name, shelf = self.chosen, self

        class Logged(ScriptedModel):
            def close(self) -> None:
                shelf.log.append(f"close {name}")
                super().close()

        self.log.append(f"make {name}")
        self.made.append(Logged(model_name=name, says="In short."))
        return self.made[-1]


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def model(shelf):
    return SwitchingModel(shelf.make, lambda: shelf.chosen)


def test_the_same_model_stays_as_long_as_nothing_else_is_chosen(shelf, model):
    for _ in range(3):
        model.status()
        model.choose("mail", ASKED, job="j")
    assert shelf.log == ["make small"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.status(),
        lambda model: model.choose("mail", ASKED, job="j"),
        lambda model: model.write("mail", Brief("summary", "en", 40), job="j"),
    ],
    ids=["status", "choose", "write"],
)
def test_another_one_that_is_chosen_takes_over_with_the_next_request(shelf, model, ask):
    shelf.chosen = "big"
    ask(model)
    assert shelf.log == ["make small", "close small", "make big"]
    assert model.status().model_name == "big"


def test_what_a_request_cost_is_passed_on_and_a_failed_one_is_too(shelf, model):
    shelf.made[0].last_usage = Usage(7, 2)
    model.choose("mail", ASKED, job="j")
    assert model.last_usage == Usage(7, 2)
    shelf.chosen = "failing"
    failing = ScriptedModel([Temporary("Busy.")])
    failing.last_usage = Usage(9, 0)
    switching = SwitchingModel(lambda: failing, lambda: shelf.chosen)
    with pytest.raises(Temporary):
        switching.choose("mail", ASKED, job="j")
    assert switching.last_usage == Usage(9, 0)


def test_closing_closes_the_one_in_use(shelf, model):
    shelf.chosen = "big"
    model.status()
    model.close()
    assert shelf.log[-1] == "close big"
