"""Learning from a rep: a simulated one whose mail is unlike ours, then a real store with real Decisions."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.domain.evidence import ComputedBy, FactKind
from desktop.domain.records import RecordKind
from desktop.understanding import RULES_VERSION
from desktop.understanding.confidence.calibrator import Calibrator, FamilyModel, shipped
from desktop.understanding.confidence.decisions import Lesson
from desktop.understanding.confidence.families import Family
from desktop.understanding.confidence.logistic import Example, activation, log_loss, sigmoid
from desktop.understanding.confidence.refit import EVERY, Learned, calibrators, is_due, learn, refitted
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import message, reading
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts

SHIPPED = {"bias": 0.5, "score": 1.0}
START = Calibrator("", {Family.COMPANY: FamilyModel(SHIPPED)})


def rep(truth: dict[str, float], count: int, seed: int) -> list[Lesson]:
    """Return what a rep decides whose mail follows other weights than the shipped ones."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        signals = {"bias": 1.0, "score": chance.gauss(1.5, 1.0)}
        is_right = chance.random() < sigmoid(activation(truth, signals))
        found.append(Lesson(Family.COMPANY, FactKind.COMPANY, f"mail-{number:04}", Example(signals, is_right)))
    return found


def calibration_error(calibrator: Calibrator, lessons: list[Lesson]) -> float:
    """Expected calibration error over ten bins."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for lesson in lessons:
        p = calibrator.probability(Family.COMPANY, lesson.example.signals)
        bins[min(9, int(p * 10))].append((p, lesson.example.is_right))
    return sum(abs(sum(p for p, _ in rows) - sum(r for _, r in rows)) for rows in bins) / len(lessons)


def learn_from(lessons: list[Lesson]) -> Calibrator:
    return refitted({Family.COMPANY: lessons}, START)


@pytest.mark.parametrize("seed", range(5))
def test_a_biased_rep_is_understood_better_with_every_hundred_decisions(seed: int):
    truth = {"bias": -1.2, "score": 1.0}
    unseen = rep(truth, 3000, seed + 100)
    before, after_100, after_400 = (
        calibration_error(learn_from(rep(truth, count, seed)), unseen) for count in (0, 100, 400)
    )
    assert after_100 < 0.6 * before
    assert after_400 < 0.3 * before


def test_ten_decisions_move_little_and_two_hundred_a_lot():
    truth = {"bias": -1.2, "score": 1.0}
    few, many = (learn_from(rep(truth, count, 3)).families[Family.COMPANY].weights["bias"] for count in (10, 200))
    assert abs(few - 0.5) < 0.5
    assert many < -0.5


@pytest.mark.parametrize("seed", range(10))
def test_a_rep_like_the_shipped_ones_loses_nothing(seed: int):
    unseen = [lesson.example for lesson in rep(SHIPPED, 3000, seed + 50)]
    own = learn_from(rep(SHIPPED, 60, seed)).families[Family.COMPANY].weights
    assert log_loss(own, unseen) <= log_loss(SHIPPED, unseen) + 0.01


def test_too_few_decisions_change_nothing():
    assert learn_from(rep({"bias": -3.0, "score": 1.0}, 9, 1)) == replace(START, origin="refitted")
    one_mail = [replace(lesson, mail="same") for lesson in rep({"bias": -3.0, "score": 1.0}, 50, 1)]
    assert learn_from(one_mail).families == START.families


def test_what_would_be_worse_on_decisions_kept_back_is_not_taken():
    """One half of the mails contradicts the other, so what is learned on either is wrong on the other."""
    signals = {"bias": 1.0, "score": 0.0}
    lessons = [
        Lesson(Family.COMPANY, FactKind.COMPANY, f"mail-{number:03}", Example(signals, number % 2 == 0))
        for number in range(60)
    ]
    even = Calibrator("", {Family.COMPANY: FamilyModel({"bias": 0.0, "score": 1.0})})
    assert refitted({Family.COMPANY: lessons}, even).families == even.families


def rep_with_a_model(skill: float, count: int, seed: int) -> list[Lesson]:
    """Return what a rep decides who had a model asked: its log-odds follow the truth as far as it has skill."""
    chance = random.Random(seed)
    found = []
    for lesson in rep(SHIPPED, count, seed):
        said = skill * (1.0 if lesson.example.is_right else -1.0) + chance.gauss(0.0, 1.0)
        signals = {**lesson.example.signals, "model": 1.0, "model_logit": said}
        found.append(replace(lesson, example=replace(lesson.example, signals=signals)))
    return found


def test_a_model_that_nobody_measured_earns_its_vote_by_the_reps_decisions():
    found = learn_from(rep_with_a_model(1.5, 150, 5)).families[Family.COMPANY]
    assert found.has_model
    assert found.weights["model_logit"] > 0.3


@pytest.mark.parametrize("seed", range(5))
def test_one_that_knows_nothing_earns_none_and_leaves_no_trace(seed: int):
    lessons = rep_with_a_model(0.0, 150, seed)
    found = learn_from(lessons).families[Family.COMPANY]
    assert not found.has_model
    assert not {"model", "model_logit"} & set(found.weights)


def test_thirty_decisions_earn_no_vote_and_a_measured_model_keeps_the_one_it_was_given():
    assert not learn_from(rep_with_a_model(3.0, 30, 5)).families[Family.COMPANY].has_model
    measured = replace(START, model_hash="ab" * 32, is_measured=True)
    lessons = rep_with_a_model(1.5, 150, 5)
    assert not refitted({Family.COMPANY: lessons}, measured).families[Family.COMPANY].has_model


# --- with a store -----------------------------------------------------------------------------------------------------


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def read(number: int):
    """Return the Reading of one inquiry, computed now by these rules, its company not quite sure."""
    facts = [replace(fact, signals=(("bias", 1.0), ("score", 1.0))) for fact in inquiry_facts()]
    return replace(reading(facts), computed_by=ComputedBy("", "", RULES_VERSION))


def decide(rig: Rig, number: int, act: Callable) -> None:
    text = INQUIRY.replace("Buyer Industries", f"Buyer {number}").replace("jane.roe@buyer", f"jane.roe@buyer{number}")
    made = replace(read(number), facts=tuple(move(fact, text, number) for fact in read(number).facts))
    card = rig.propose(message(text, number=number), made)
    act(rig.review, of_kind(card, RecordKind.ACCOUNT))


def move(fact, text: str, number: int):
    words = fact.evidence.text.replace("Buyer Industries", f"Buyer {number}").replace("@buyer", f"@buyer{number}")
    start = text.index(words)
    span = replace(fact.evidence.span, start=start, end=start + len(words))
    value = words if fact.value == fact.evidence.text else fact.value
    return replace(fact, value=value, evidence=replace(fact.evidence, span=span, text=words))


def accept(review, suggestion) -> None:
    review.accept(suggestion.id)


def correct(review, suggestion) -> None:
    review.accept(suggestion.id, {"name": "Another Company Ltd"})


def company_chance(rig: Rig) -> float:
    with rig.store.reading() as tx:
        return calibrators(tx).of("").probability(Family.COMPANY, {"bias": 1.0, "score": 1.0})


def test_a_rep_who_corrects_the_company_makes_us_less_sure_of_it(rig):
    as_shipped = shipped().of("").probability(Family.COMPANY, {"bias": 1.0, "score": 1.0})
    for number in range(1, 31):
        decide(rig, number, accept if number % 5 == 0 else correct)
    assert company_chance(rig) == as_shipped
    assert is_due(rig.store, rig.clock)
    assert learn(rig.store, rig.clock) == 1
    assert company_chance(rig) < as_shipped - 0.15
    (standing,) = [s for s in Learned(rig.store, rig.clock).standings() if s.family is Family.COMPANY]
    assert (standing.decisions, standing.right, standing.is_refitted) == (30, 6, True)


def test_it_is_done_once_a_day(rig):
    decide(rig, 1, accept)
    learn(rig.store, rig.clock)
    assert not is_due(rig.store, rig.clock)
    rig.clock.advance(EVERY.total_seconds() - 1)
    assert not is_due(rig.store, rig.clock)
    rig.clock.advance(1)
    assert is_due(rig.store, rig.clock)


def test_a_store_without_decisions_is_looked_at_once_a_day_too(rig):
    assert learn(rig.store, rig.clock) == 0
    assert not is_due(rig.store, rig.clock)
    assert Learned(rig.store, rig.clock).standings() == []


def test_what_is_forgotten_stays_forgotten(rig):
    for number in range(1, 31):
        decide(rig, number, correct)
    learn(rig.store, rig.clock)
    as_shipped = shipped().of("").probability(Family.COMPANY, {"bias": 1.0, "score": 1.0})
    assert company_chance(rig) < as_shipped
    Learned(rig.store, rig.clock).forget()
    assert company_chance(rig) == as_shipped
    rig.clock.advance(timedelta(days=2).total_seconds())
    assert learn(rig.store, rig.clock) == 0
    assert Learned(rig.store, rig.clock).standings() == []
    decide(rig, 40, accept)
    assert [s.decisions for s in Learned(rig.store, rig.clock).standings()] == [1]


def test_what_other_rules_computed_teaches_nothing(rig):
    older = replace(read(1), computed_by=ComputedBy("", "", "rules-0"), facts=tuple(inquiry_facts()))
    card = rig.propose(message(INQUIRY), older)
    accept(rig.review, of_kind(card, RecordKind.ACCOUNT))
    assert Learned(rig.store, rig.clock).standings() == []


def test_what_was_taken_back_teaches_nothing(rig):
    def accept_and_undo(review, suggestion) -> None:
        review.accept(suggestion.id)
        review.undo(suggestion.id)

    decide(rig, 1, accept_and_undo)
    assert Learned(rig.store, rig.clock).standings() == []
