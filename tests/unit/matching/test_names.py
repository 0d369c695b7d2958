import pytest

from desktop.matching.names import firm_words, folded, person_words, roots, skeleton, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Renée O'Neill", ("renee", "oneill")),
        ("Владимир Петров", ("vladimir", "petrov")),
        ("Łukasz  Wójcik", ("lukasz", "wojcik")),
        ("Γιώργος", ("giorgos",)),
        ("Jean-Luc", ("jean", "luc")),
        ("", ()),
        ("\x00 \u200b", ()),
    ],
)
def test_words_are_plain_latin_whatever_the_script(text: str, words: tuple[str, ...]):
    assert words_of(text) == words


def test_titles_and_legal_forms_are_no_part_of_a_name():
    assert person_words("Prof. Dr. Ute Sommer") == ("ute", "sommer")
    assert firm_words("Nordlicht Glas GmbH & Co. KG") == ("nordlicht", "glas")
    assert firm_words("The Co.") == ("the",)
    assert firm_words("AG") == ("ag",)


def test_umlauts_are_one_letter_however_they_are_written():
    assert {folded(words_of(name)[0]) for name in ("Müller", "Mueller", "Muller", "Muler")} == {"muler"}


def test_short_forms_share_a_root():
    assert roots("bob") & roots("robert")
    assert roots("alex") & roots("alexandra")
    assert roots("alex") & roots("alexander")
    assert not roots("alexandra") & roots("alexander")
    assert roots("zebedee") == {"zebedee"}


def test_slips_of_the_keys_often_leave_the_skeleton():
    assert skeleton("schneider") == skeleton("schnieder")
    assert skeleton("miller") != skeleton("carter")
