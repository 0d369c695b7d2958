import pytest

from desktop.understanding.lexicon.persons import is_given_name, personhood


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Łukasz Wiśniak", "lukasz@drewno.example"),
        ("Kiss Zsófia", "zsofia.kiss@virag.example"),
        ("Jean-Marc Vidal", "contact@vidal.example"),
        ("Quyen Osterby", "q.osterby@acme.example"),
        ("Dr. Henrike Solvay", "praxis@solvay.example"),
        ("M. Abrantes", "mabrantes@acme.example"),
        ("Anna Garden", "anna.garden@acme.example"),
    ],
)
def test_people(name: str, address: str):
    assert personhood(name, address) > 0.1


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Bäckerei Kornfeld", "info@kornfeld.example"),
        ("Rosie's Cakes", "rosies@mailbox.example"),
        ("The Pember Family", "pembers@mailbox.example"),
        ("Marlow & Finch", "studio@marlowfinch.example"),
        ("Yoga mit Lea", "namaste@yogamitlea.example"),
        ("Hotel Maria", "hotel@mailbox.example"),
        ("Financeiro Marapé", "financeiro@marape.example"),
        ("Hausmeister Block C", "hausmeister.c@wohnen.example"),
        ("Solar-Team Fichte", "team@fichte.example"),
        ("Boulder Barn", "hi@boulderbarn.example"),
        ("", ""),
    ],
)
def test_organisations(name: str, address: str):
    assert personhood(name, address) <= -0.15


def test_double_names_and_accents():
    assert is_given_name("Jean-Baptiste")
    assert is_given_name("Tadeáš")
    assert not is_given_name("Pumpe")
