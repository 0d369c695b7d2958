import pytest

from desktop.domain.evidence import FactKind
from tests.unit.understanding.candidates.finding import best, found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We also have a quote from Vexatron.", "Vexatron"),
        ("Vexatron Systems quoted thirty thousand.", "Vexatron Systems"),
        ("We are currently using Vexatron for this.", "Vexatron"),
        ("We are also looking at Vexatron and it is cheaper.", "Vexatron"),
        ("Compared to Vexatron's price yours is high.", "Vexatron"),
        ("Wir haben ein Vergleichsangebot von der Vexatron.", "Vexatron"),
        ("Wettbewerber wie Vexatron liegen darunter.", "Vexatron"),
        ("Nous avons un devis de Vexatron.", "Vexatron"),
        ("Tenemos una oferta de Vexatron.", "Vexatron"),
    ],
)
def test_whom_else_they_talk_to(text: str, name: str):
    assert best(FactKind.COMPETITOR, f"Hello Alex,\n\n{text}\n").value == name


@pytest.mark.parametrize(
    "text",
    [
        "We have your quote from Tuesday.",
        "We got a quote from Northbeam, that is you.",
        "We use Excel and like it.",
        "Die Entscheidung liegt bei ihr.",
        "Thank you for the offer from May.",
        "We have an offer from Alex Morgan.",
    ],
)
def test_who_is_no_competitor(text: str):
    assert found(FactKind.COMPETITOR, f"Hello Alex,\n\n{text}\n") == []
