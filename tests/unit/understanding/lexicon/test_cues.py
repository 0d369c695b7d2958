import pytest

from desktop.domain.evidence import Intent
from desktop.understanding.lexicon.cues import LANGUAGES, cues_of, folded, pattern_of


@pytest.mark.parametrize("text", ["", "Don’t SHOUT", "İstanbul’da ẞtraße", "a\xa0b", "ﬁ Ǆ Ω"])
def test_folding_keeps_every_place(text: str):
    assert len(folded(text)) == len(text)


def test_folded_text_is_low_with_straight_apostrophes():
    assert folded("Don’t\xa0ASK") == "don't ask"


@pytest.mark.parametrize("language", [*LANGUAGES, "pl"])
def test_every_list_has_patterns_that_match_no_empty_text(language: str):
    groups = [("intents", intent.value) for intent in Intent]
    groups += [("moods", group) for group in ("positive", "negative", "negation", "formula")]
    groups += [
        ("asking", group) for group in ("direct", "wish", "obligation", "haste", "courtesy", "undertakes", "agrees")
    ]
    for name, group in groups:
        for cue in cues_of(name, group, language):
            assert cue.weight > 0
            assert cue.pattern.search("") is None
            assert cue.pattern.search("xqzz") is None


def test_english_phrases_count_in_every_language():
    assert pattern_of("asking", "direct", "de").search("please")
    assert pattern_of("asking", "direct", "de").search("könnten sie")
    assert not pattern_of("asking", "direct", "en").search("könnten sie")


def test_a_blank_matches_a_line_break_and_long_words_do_not_hang():
    assert pattern_of("asking", "direct", "en").search("could\nyou")
    assert pattern_of("asking", "direct", "en").search("a" * 500_000) is None
