import pytest

from desktop.domain.evidence import FactKind
from tests.unit.understanding.candidates.finding import best, found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("we need 40 wireless sensors", "40 wireless sensors"),
        ("the plant makes 150-200 MW", "150-200 MW"),
        ("we have about 2,400 students", "2,400 students"),
        ("wir brauchen zwei Paletten", "zwei Paletten"),
        ("bitte liefern Sie 25 Sensoren bis Freitag", "25 Sensoren"),
        ("la fourniture de 30 concentrateurs", "30 concentrateurs"),
        ("necesitamos 2 camaras nuevas", "2 camaras"),
        ("it holds 450,000 gallons", "450,000 gallons"),
    ],
)
def test_how_many_of_what(text: str, value: str):
    assert best(FactKind.QUANTITY, f"Hello Alex, {text}.").value == value


@pytest.mark.parametrize(
    "text",
    [
        "see you in 3 weeks at 5 pm on 12 May",
        "the price is 40 percent of 500 euros",
        "Semester 2 starts soon",
        "due to the weather we wait",
        "in 2026 sales rose",
        "call 555 0123 now",
        "version 1.2 works",
    ],
)
def test_what_counts_nothing(text: str):
    assert found(FactKind.QUANTITY, f"Hello Alex, {text}.") == []


def test_what_is_ordered_scores_above_what_is_mentioned():
    scores = {c.value: c.rule_score for c in found(FactKind.QUANTITY, "We have 300 weavers. Please deliver 12 looms.")}
    assert scores["12 looms"] > scores["300 weavers"]
