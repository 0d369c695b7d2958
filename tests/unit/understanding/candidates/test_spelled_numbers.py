import re

import pytest

from desktop.understanding.candidates.spelled_numbers import SPELLED, may_be_spelled, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("eighteen thousand", 18000),
        ("ten grand", 10000),
        ("twenty two five", 22500),
        ("forty eight four", 48400),
        ("eight nine", 8900),
        ("thirty one", 31),
        ("one million two hundred thousand", 1_200_000),
        ("two hundred and twelve", 212),
        ("vierunddreißigtausendachthundert", 34800),
        ("dreiunddreißig null sechs", 33060),
        ("neunundzwanzig fünf", 29500),
        ("dix mille", 10000),
    ],
)
def test_numbers_in_words(text: str, value: int):
    assert value_of(text) == value
    assert re.fullmatch(SPELLED, text)
    assert value < 100 or may_be_spelled(f"we said {text}, no more")


@pytest.mark.parametrize("text", ["twenty thirty forty", "two o clock", "nobody", "", "undund", "five six seven eight"])
def test_words_that_make_no_number(text: str):
    assert value_of(text) is None


@pytest.mark.parametrize("text", ["no number", "one of them was late", "wir sind vierunddreißig", ""])
def test_sentences_that_are_not_worth_a_search(text: str):
    assert not may_be_spelled(text)
