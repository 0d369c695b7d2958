"""What was said once is not said again, whatever became of it; what the Mirror knows better is left to it."""

import pytest

from desktop.domain.evidence import FactKind, Intent
from desktop.domain.proposals import Action, SuggestionState
from desktop.domain.records import RecordKind
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import NOON, fact, message, reading
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def inquiry(rig, number):
    return rig.propose(message(INQUIRY, number=number), reading(inquiry_facts(), intent=Intent.INQUIRY))


def kinds(proposal):
    return {item.kind for item in proposal.suggestions}


def test_a_dismissed_contact_is_not_proposed_by_the_next_mail(rig):
    contact = of_kind(inquiry(rig, 1), RecordKind.CONTACT)
    rig.review.dismiss(contact.id)
    assert RecordKind.CONTACT not in kinds(inquiry(rig, 2))


def test_a_contact_that_was_undone_is_not_proposed_again(rig):
    account = of_kind(inquiry(rig, 1), RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.deliver()
    rig.review.undo(account.id)
    rig.deliver()
    assert rig.now(account).state is SuggestionState.UNDONE
    assert RecordKind.ACCOUNT not in kinds(inquiry(rig, 2))


def test_a_second_complaint_in_the_same_conversation_goes_to_the_case_there_is(rig):
    text = "The pump leaks again.\nJane Roe, jane.roe@buyer.example"
    facts = [fact(text, FactKind.PERSON, "Jane Roe"), fact(text, FactKind.EMAIL, "jane.roe@buyer.example")]

    def complaint(number):
        mail = message(text, subject="Re: leak" if number > 1 else "leak", number=number)
        return rig.propose(mail, reading(facts, intent=Intent.COMPLAINT_OR_ISSUE))

    first = complaint(1)
    for item in first.suggestions:
        rig.review.accept(item.id)
    rig.deliver()
    second = complaint(2)
    assert RecordKind.CASE not in kinds(second)
    logged = of_kind(second, RecordKind.ACTIVITY)
    rig.review.accept(logged.id)
    rig.deliver()
    (case,) = rig.crm.all(RecordKind.CASE)
    assert {r.fields["related"] for r in rig.crm.all(RecordKind.ACTIVITY)} == {str(case.ref)}


def test_a_delivered_contact_is_known_and_only_its_news_are_proposed(rig):
    first = inquiry(rig, 1)
    for item in first.suggestions:
        rig.review.accept(item.id)
    rig.deliver()
    assert kinds(inquiry(rig, 2)) == {RecordKind.TASK, RecordKind.ACTIVITY}
    text = "I am now Chief Buyer.\nJane Roe, jane.roe@buyer.example"
    facts = [
        fact(text, FactKind.PERSON, "Jane Roe"),
        fact(text, FactKind.EMAIL, "jane.roe@buyer.example"),
        fact(text, FactKind.TITLE, "Chief Buyer"),
    ]
    third = of_kind(rig.propose(message(text, number=3, sent_at=NOON), reading(facts)), RecordKind.CONTACT)
    assert third.action is Action.UPDATE
    assert {c.field: c.after for c in third.changes} == {"title": "Chief Buyer"}
