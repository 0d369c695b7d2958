import pytest

from desktop.understanding.lexicon.farewells import is_farewell, leads_to_name


@pytest.mark.parametrize(
    "text",
    ["Kind regards,", "Mit tierischen Grüßen", "Gruess", "Ha en fin dag!", "Miłego dnia", "Fijne dag!", "Alles Liebe",
     "Beste Grüße aus Graz,", "Un cordiale saluto dalla Toscana", "Merci mille fois", "Kolay gelsin"],
)  # fmt: skip
def test_farewells(text: str):
    assert is_farewell(text)


@pytest.mark.parametrize("text", ["Please send it by Friday.", "Ann Poe", "We thank you for the order of May", ""])
def test_other_lines(text: str):
    assert not is_farewell(text)


def test_what_stands_before_a_name():
    assert leads_to_name("Gruß vom ")
    assert not leads_to_name("Gruß vom Brandl ")
