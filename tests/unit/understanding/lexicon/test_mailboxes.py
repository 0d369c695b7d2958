"""Which addresses are a desk's."""

import pytest

from desktop.understanding.lexicon.mailboxes import is_desk_word, is_shared, is_unattended


@pytest.mark.parametrize(
    "local",
    [
        "info", "info.berlin", "pec.amministrazione", "administracja", "muhasebe", "segreteria", "compras", "einladung",
        "kundenservice", "serviceteam", "ap", "it", "büro", "no_reply", "nakup", "inkop", "events", "post",
        "ceo", "front-desk", "trading.desk", "welcome", "tenders", "ausschreibung", "devis", "dispo", "housekeeping",
    ],
)  # fmt: skip
def test_desks(local: str):
    assert is_shared(f"{local}@firm.example")


@pytest.mark.parametrize(
    "local",
    [
        "weber",
        "hilary",
        "forman",
        "talbot",
        "pressley",
        "newsome",
        "carmen.post",
        "t.barber",
        "webster.john",
        "r.mill",
        "p.kitchen",
    ],
)
def test_people_whose_names_begin_like_desks(local: str):
    assert not is_shared(f"{local}@firm.example")


def test_programs():
    assert is_unattended("bot@chat.example")
    assert is_unattended("do-not-reply@firm.example")
    assert not is_unattended("abbot@firm.example")


def test_words():
    assert is_desk_word("Comptabilité")
    assert not is_desk_word("Marie")
