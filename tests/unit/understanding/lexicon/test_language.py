"""Which language short texts are in."""

import pytest

from desktop.understanding.lexicon.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("April 12, 2001 10:00 am EST", "en"),
        ("Lunch 12:30 pm in LA", "en"),
        ("10 am Tuesday", "en"),
        ("Termin am 3. Mai", "de"),
        ("BITTE UM RÜCKRUF AM MONTAG", "de"),
        ("Merci, à mardi", "fr"),
    ],
)
def test_hours_and_short_forms_are_no_words(text: str, language: str):
    assert language_of(text)[0] == language
