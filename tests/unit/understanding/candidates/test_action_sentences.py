import pytest

from desktop.understanding.candidates.action_sentences import Weights, action_probability, features, score, tokens


def test_kinds_stand_for_numbers_links_addresses_days_and_months():
    found = tokens("Call Jo on Friday, 12 May: jo@acme.example or https://acme.example/x?")
    assert found == ["call", "jo", "on", "<day>", "<number>", "<month>", ":", "<address>", "or", "<link>"]
    assert tokens("you may go") == ["you", "may", "go"]


def test_features_are_word_groups_and_marks_of_form():
    found = features("Please call me?")
    assert {"please", "please call", "^ please call", "me ? $", "#question", "#command first", "#us"} <= found


def test_the_score_is_a_logistic_of_the_weights():
    assert score("nothing known", Weights(0.0, {})) == pytest.approx(0.5)
    assert score("please", Weights(0.0, {"please": 2.0})) == pytest.approx(1 / (1 + 2.718281828**-2), abs=1e-6)


@pytest.mark.parametrize(
    ("asking", "telling"),
    [
        ("Can you send me the revised schedule?", "The revised schedule was printed in the paper."),
        ("Please call me tomorrow to discuss the offer.", "They discussed the offer for a whole year."),
        ("Let's meet on Thursday.", "The plant was built by another company."),
    ],
)
def test_asking_scores_higher_than_telling(asking: str, telling: str):
    assert action_probability(asking) > 0.7
    assert action_probability(telling) < 0.4
