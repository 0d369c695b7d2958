from dataclasses import replace

import pytest

from desktop.domain.errors import Defect
from desktop.domain.evidence import SURE_FROM, FactKind, Intent, Sentiment
from desktop.domain.ports import Choice, ModelState
from desktop.understanding.candidates import find_candidates
from desktop.understanding.confidence.calibrator import RULES_ALONE, Calibrator, Calibrators, FamilyModel, shipped
from desktop.understanding.confidence.families import Family
from desktop.understanding.document import open_document
from desktop.understanding.first_look import look_at
from desktop.understanding.questions import (
    MAX_DOCUMENT,
    MAX_OPTIONS,
    NONE,
    document_text,
    is_open,
    options_by_kind,
    questions_for,
)
from desktop.understanding.selection import NO_SELECTION, ask_model
from tests.fakes.mails import OWN, message, sample
from tests.fakes.model import ScriptedModel

DOCUMENT = open_document(sample("price-request"), OWN)
RULES = shipped().of(RULES_ALONE)
LOOK = look_at(DOCUMENT, RULES)
OPTIONS = LOOK.options
ALL_UNSURE = replace(LOOK, unsure=frozenset([*(kind.value for kind in OPTIONS), "intent", "sentiment"]))
NOBODY = Calibrators([RULES])


def test_one_question_a_kind_with_the_words_of_the_mail_and_none():
    questions = {question.name: question for question in questions_for(OPTIONS, DOCUMENT)}
    assert questions["amount"].options == ("£28,500", NONE)
    open_kinds = [kind for kind, found in OPTIONS.items() if kind.value in questions]
    assert all(is_open(kind, OPTIONS[kind]) for kind in open_kinds)
    assert set(questions) == {kind.value for kind in open_kinds} | {"intent", "sentiment"}
    assert questions["intent"].options == tuple(intent.value for intent in Intent)
    assert questions["sentiment"].options == tuple(mood.value for mood in Sentiment)
    for kind in open_kinds:
        assert all(option == NONE or option in " ".join((*_sources(), "")) for option in questions[kind.value].options)


def _sources() -> tuple[str, ...]:
    mail = DOCUMENT.message
    return " ".join(mail.text.split()), mail.subject, *(f"{p.name} <{p.address}>" for p in mail.participants)


def test_options_are_bounded_and_the_best_come_first():
    text = "We talked about " + ", ".join(f"€ {number}00" for number in range(1, 30))
    found = options_by_kind(find_candidates(open_document(message(text), OWN)))[FactKind.AMOUNT]
    assert len(found) == MAX_OPTIONS
    assert [c.rule_score for c in found] == sorted((c.rule_score for c in found), reverse=True)


def test_the_document_is_bounded_and_without_quotes():
    text = document_text(open_document(sample("reply-bottom-quote"), OWN))
    assert text.startswith("From: Marta Nilsen <")
    assert "\nSubject: " in text
    assert "Please go ahead" in text
    assert "Which one do you prefer" not in text
    assert len(document_text(open_document(message("word " * 50_000), OWN))) <= MAX_DOCUMENT


@pytest.mark.parametrize("state", [ModelState.ABSENT, ModelState.FAILED])
def test_a_model_that_is_not_there_is_not_asked(state: ModelState):
    model = ScriptedModel(state=state)
    assert ask_model(model, DOCUMENT, ALL_UNSURE, NOBODY, job="j") is NO_SELECTION
    assert not model.asked
    assert ask_model(None, DOCUMENT, ALL_UNSURE, NOBODY, job="j") is NO_SELECTION


@pytest.mark.parametrize("state", [ModelState.READY, ModelState.LOADING, ModelState.BACKOFF])
def test_any_other_model_is_asked_even_without_trust(state: ModelState):
    model = ScriptedModel(state=state, trust=0.0)
    selection = ask_model(model, DOCUMENT, ALL_UNSURE, NOBODY, job="j")
    assert model.asked[0].job == "j"
    assert selection.model_hash == model.model_hash
    assert set(selection.choices) == {question.name for question in model.asked[0].questions}


def test_a_model_is_asked_only_where_it_has_a_vote():
    model = ScriptedModel()
    ask_model(model, DOCUMENT, ALL_UNSURE, voting(model.model_hash, Family.AMOUNT, Family.INTENT), job="j")
    assert [question.name for question in model.asked[0].questions] == ["amount", "quantity", "intent"]


def test_a_model_is_not_asked_what_the_rules_are_sure_of():
    model = ScriptedModel()
    ask_model(model, DOCUMENT, replace(LOOK, unsure=frozenset({"amount"})), NOBODY, job="j")
    assert [question.name for question in model.asked[0].questions] == ["amount"]
    sure = {kind.value for kind, rows in LOOK.ranked.items() if rows[0].probability >= SURE_FROM}
    assert sure
    assert not sure & LOOK.unsure


def test_a_model_known_to_have_no_vote_is_not_asked_and_one_that_nobody_measured_is_asked_everything():
    known, unknown = ScriptedModel(), ScriptedModel(model_hash="7a" * 32)
    calibrators = voting(known.model_hash)
    assert ask_model(known, DOCUMENT, ALL_UNSURE, calibrators, job="j") is NO_SELECTION
    assert not known.asked
    ask_model(unknown, DOCUMENT, ALL_UNSURE, calibrators, job="j")
    assert unknown.asked[0].questions == questions_for(OPTIONS, DOCUMENT)


def voting(model_hash: str, *families: Family) -> Calibrators:
    models = {family: FamilyModel({"score": 1.0}, has_model=family in families) for family in Family}
    return Calibrators([Calibrator(model_hash, models, is_measured=True)])


class WrongModel(ScriptedModel):
    def choose(self, document, questions, *, job):
        return tuple(Choice(question.name, (1.0,)) for question in questions)


def test_an_answer_that_fits_no_question_is_a_defect():
    with pytest.raises(Defect):
        ask_model(WrongModel(), DOCUMENT, ALL_UNSURE, NOBODY, job="j")
