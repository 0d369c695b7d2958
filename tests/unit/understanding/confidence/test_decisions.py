"""What a Decision says about the Facts that were shown, and what it does not say."""

from dataclasses import replace

import pytest

from desktop.domain.evidence import FactKind
from desktop.domain.proposals import Decision, SuggestionState, Verdict
from desktop.domain.records import RecordKind
from desktop.understanding.confidence.decisions import SENT_AGAIN, final_decisions, lessons
from desktop.understanding.confidence.families import Family
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import NOON, message, reading
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts

FACTS = [replace(fact, signals=(("bias", 1.0), ("score", 0.5))) for fact in inquiry_facts()]
READING = reading(FACTS)


@pytest.fixture
def card(tmp_path):
    rig = Rig(tmp_path)
    yield rig.propose(message(INQUIRY), replace(READING, intent=replace(READING.intent, value="inquiry")))
    rig.close()


def decision(verdict: Verdict, *, reason: str = "", **edits: str | None) -> Decision:
    return Decision("s", verdict, "rep", NOON, edits, reason)


def learned(suggestion, made: Decision, **after: str) -> dict[FactKind, bool]:
    """Return kind → was right, the Suggestion having been edited as the review does."""
    changes = tuple(
        replace(c, after=after[c.field], evidence=(), confidence=1.0) if c.field in after else c
        for c in suggestion.changes
    )
    found = lessons(replace(suggestion, changes=changes), made, READING, "mail-1")
    return {lesson.kind: lesson.example.is_right for lesson in found}


def test_accepted_unchanged_means_right(card):
    contact = of_kind(card, RecordKind.CONTACT)
    assert learned(contact, decision(Verdict.ACCEPT)) == {
        FactKind.PERSON: True,
        FactKind.EMAIL: True,
        FactKind.TITLE: True,
        FactKind.PHONE: True,
        FactKind.MOBILE: True,
    }


def test_another_value_means_that_this_one_was_wrong_and_the_others_right(card):
    contact = of_kind(card, RecordKind.CONTACT)
    found = learned(contact, decision(Verdict.EDIT, title="Buyer"), title="Buyer")
    assert found[FactKind.TITLE] is False
    assert found[FactKind.PHONE] is True
    assert found[FactKind.PERSON] is True


def test_half_a_name_that_was_replaced_makes_the_name_wrong(card):
    contact = of_kind(card, RecordKind.CONTACT)
    assert learned(contact, decision(Verdict.EDIT, last_name="Row"), last_name="Row")[FactKind.PERSON] is False


def test_the_same_value_typed_again_is_no_correction(card):
    contact = of_kind(card, RecordKind.CONTACT)
    found = learned(contact, decision(Verdict.EDIT, phone="020 7946 0123"), phone="+442079460123")
    assert found[FactKind.PHONE] is True


def test_an_amount_is_compared_without_its_currency(card):
    deal = of_kind(card, RecordKind.OPPORTUNITY)
    assert learned(deal, decision(Verdict.EDIT, amount="48000"), amount="48000.00")[FactKind.AMOUNT] is True
    assert learned(deal, decision(Verdict.EDIT, amount="52000"), amount="52000.00")[FactKind.AMOUNT] is False


def test_a_sentence_that_was_reworded_says_nothing_and_another_sentence_does(card):
    task = of_kind(card, RecordKind.TASK)
    reworded = learned(task, decision(Verdict.EDIT, subject="Send quote"), subject="Send a quote please")
    assert FactKind.ASK not in reworded
    assert learned(task, decision(Verdict.EDIT, subject="x"), subject="Visit them in Lyon")[FactKind.ASK] is False


@pytest.mark.parametrize("reason", ["", "not now", "duplicate", "wrong customer", "the title", "spam"])
def test_a_dismissal_that_does_not_say_which_field_is_wrong_says_nothing(card, reason):
    contact = of_kind(card, RecordKind.CONTACT)
    assert learned(contact, decision(Verdict.DISMISS, reason=reason)) == {}


def test_a_dismissal_that_calls_a_field_wrong_counts_for_that_field_alone(card):
    contact = of_kind(card, RecordKind.CONTACT)
    assert learned(contact, decision(Verdict.DISMISS, reason="Wrong phone")) == {FactKind.PHONE: False}


def test_facts_without_signals_teach_nothing(card):
    bare = reading(inquiry_facts())
    contact = of_kind(card, RecordKind.CONTACT)
    assert list(lessons(contact, decision(Verdict.ACCEPT), bare, "mail-1")) == []


def test_a_lesson_carries_family_mail_and_signals(card):
    account = of_kind(card, RecordKind.ACCOUNT)
    (lesson,) = lessons(account, decision(Verdict.ACCEPT), READING, "mail-1")
    assert (lesson.family, lesson.mail) == (Family.COMPANY, "mail-1")
    assert lesson.example.signals == {"bias": 1.0, "score": 0.5}


def test_only_the_decision_that_holds_counts(card):
    contact, account = of_kind(card, RecordKind.CONTACT), of_kind(card, RecordKind.ACCOUNT)
    edit, again = decision(Verdict.EDIT, title="Buyer"), decision(Verdict.ACCEPT, reason=SENT_AGAIN)
    newest_first = [
        (contact, again, "m"),
        (contact, edit, "m"),
        (contact, decision(Verdict.ACCEPT), "m"),
        (account, decision(Verdict.UNDO), "m"),
        (account, decision(Verdict.ACCEPT), "m"),
    ]
    assert list(final_decisions(newest_first)) == [(contact, edit, "m")]
    assert contact.state is SuggestionState.OPEN


def test_of_several_mails_a_correction_blames_none(card):
    contact = replace(of_kind(card, RecordKind.CONTACT), sources=("mail-1", "mail-0"))
    found = learned(contact, decision(Verdict.EDIT, title="Buyer"), title="Buyer")
    assert FactKind.TITLE not in found
    assert found[FactKind.PHONE] is True
