"""Logistic regression with a prior: what it moves, how far, and what it may never do."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.understanding.confidence.logistic import Belief, Example, activation, fit, log_loss, logit, sigmoid

PRIOR = {"bias": Belief(0.0, 10.0), "score": Belief(1.0, 10.0)}
NUMBERS = st.floats(-1e6, 1e6)


def flips(count: int, right: int) -> list[Example]:
    return [Example({"bias": 1.0}, place < right) for place in range(count)]


def drawn(weights: dict[str, float], count: int, seed: int = 7) -> list[Example]:
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        signals = {"bias": 1.0, "score": chance.gauss(0, 1.5)}
        found.append(Example(signals, chance.random() < sigmoid(activation(weights, signals))))
    return found


@given(NUMBERS)
def test_a_probability_stays_inside(value: float):
    assert 0.0 < sigmoid(value) < 1.0
    assert sigmoid(value) + sigmoid(-value) == pytest.approx(1.0)


@given(st.floats(0.02, 0.98))
def test_logit_and_sigmoid_undo_each_other(probability: float):
    assert sigmoid(logit(probability)) == pytest.approx(probability)


def test_certainty_is_held_back():
    assert math.isfinite(logit(1.0))
    assert logit(0.0) == pytest.approx(-logit(1.0))


def test_without_examples_the_prior_stands():
    assert fit([], PRIOR) == {"bias": 0.0, "score": 1.0}


def test_ten_examples_move_little_and_two_hundred_a_lot():
    truth = logit(0.9)
    few, many = (fit(flips(count, count * 9 // 10), PRIOR)["bias"] for count in (10, 200))
    assert 0.0 < few < 0.25 * truth
    assert 0.6 * truth < many < truth


def test_what_made_the_examples_is_found_again():
    found = fit(drawn({"bias": -0.5, "score": 1.7}, 4000), {"bias": Belief(0, 0.1), "score": Belief(0, 0.1)})
    assert found["bias"] == pytest.approx(-0.5, abs=0.12)
    assert found["score"] == pytest.approx(1.7, abs=0.12)


def test_the_fit_is_the_lowest_point():
    examples = drawn({"bias": 0.4, "score": 0.8}, 200)
    found = fit(examples, PRIOR)

    def penalised(weights: dict[str, float]) -> float:
        pull = sum(b.precision * (weights[name] - b.mean) ** 2 / 2 for name, b in PRIOR.items())
        return log_loss(weights, examples) * len(examples) + pull

    lowest = penalised(found)
    for name in found:
        for step in (-0.01, 0.01):
            assert penalised({**found, name: found[name] + step}) > lowest


def test_a_weight_that_may_not_be_negative_ends_at_nothing():
    against = [Example({"bias": 1.0, "score": 2.0 if place % 2 else -2.0}, place % 2 == 0) for place in range(100)]
    assert fit(against, PRIOR)["score"] < 0.0
    held = fit(against, PRIOR, never_negative={"score"})
    assert held["score"] == 0.0
    assert fit([Example(e.signals, not e.is_right) for e in against], PRIOR, never_positive={"score"})["score"] == 0.0


def test_signals_that_the_prior_does_not_name_are_left_out():
    with_more = [Example({**e.signals, "other": 1.0}, e.is_right) for e in flips(20, 15)]
    assert fit(with_more, PRIOR) == fit(flips(20, 15), PRIOR)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-30, 30), st.floats(-30, 30), st.booleans()), max_size=30))
def test_any_examples_give_finite_weights(rows):
    found = fit([Example({"bias": a, "score": b}, is_right) for a, b, is_right in rows], PRIOR)
    assert all(math.isfinite(weight) for weight in found.values())
