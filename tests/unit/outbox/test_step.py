"""Exactly once: order, preconditions, lost answers, refusals, and what the rep is told."""

import pytest

from desktop.domain.deliveries import DeliveryState
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.evidence import FactKind, Intent
from desktop.domain.ids import RecordId
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.domain.records import RecordKind, RecordRef
from desktop.outbox.retry import wait_after
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, fact, message, reading
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts


@pytest.fixture(params=[1, 50], ids=["one by one", "in batches"])
def rig(tmp_path, request):
    rig = Rig(tmp_path, at_once=request.param)
    yield rig
    rig.close()


@pytest.fixture
def card(rig):
    return rig.propose(message(INQUIRY), reading(inquiry_facts(), intent=Intent.INQUIRY))


def accept_all(rig, card):
    for item in reversed(card.suggestions):
        rig.review.accept(item.id)


def last_entry(rig, item):
    with rig.store.reading() as tx:
        return tx.outbox.of_subject(item.id)[-1]


def test_links_point_to_the_records_that_were_made_whatever_the_order_of_decisions(rig, card):
    accept_all(rig, card)
    rig.deliver()
    (account,), (contact,), (deal,) = (
        rig.crm.all(k) for k in (RecordKind.ACCOUNT, RecordKind.CONTACT, RecordKind.OPPORTUNITY)
    )
    assert contact.fields["account"] == str(account.ref)
    assert deal.fields["account"] == str(account.ref)
    assert deal.fields["contact"] == str(contact.ref)
    assert {rig.now(item).state for item in card.suggestions} == {SuggestionState.DELIVERED}


def test_an_entry_waits_for_an_undecided_link_and_says_so(rig, card):
    account, contact = of_kind(card, RecordKind.ACCOUNT), of_kind(card, RecordKind.CONTACT)
    rig.review.accept(contact.id)
    rig.deliver()
    assert rig.crm.writes == []
    assert "accept or dismiss" in last_entry(rig, contact).sentence
    rig.review.dismiss(account.id)
    rig.deliver()
    (made,) = rig.crm.all(RecordKind.CONTACT)
    assert made.fields["account"] is None


@pytest.mark.parametrize("losses", [1, 3])
def test_a_create_whose_answer_was_lost_is_not_made_twice(rig, card, losses):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.crm.fail_after = [Temporary("no answer") for _ in range(losses)]
    rig.review.accept(account.id)
    rig.deliver(rounds=losses + 1)
    assert len(rig.crm.all(RecordKind.ACCOUNT)) == 1
    assert rig.now(account).state is SuggestionState.DELIVERED


def known_jane(rig, **fields):
    made = rig.crm.memory.put(
        RecordRef(RecordKind.CONTACT, RecordId("c1")),
        {"last_name": "Roe", "email": "jane.roe@buyer.example", "title": "Buyer", **fields},
        key=None,
        expected="",
    )
    with rig.store.transaction() as tx:
        tx.mirror.save(CRM, made)
    return made


def title_card(rig):
    text = "I am now Head of Procurement.\nJane Roe, jane.roe@buyer.example"
    facts = [
        fact(text, FactKind.PERSON, "Jane Roe"),
        fact(text, FactKind.EMAIL, "jane.roe@buyer.example"),
        fact(text, FactKind.TITLE, "Head of Procurement"),
    ]
    return of_kind(rig.propose(message(text), reading(facts)), RecordKind.CONTACT)


def test_an_update_writes_only_its_fields_and_can_be_put_back(rig):
    jane = known_jane(rig, phone="+44 1")
    item = title_card(rig)
    rig.review.accept(item.id)
    rig.deliver()
    live = rig.crm.read(jane.ref)
    assert (live.fields["title"], live.fields["phone"]) == ("Head of Procurement", "+44 1")
    rig.review.undo(item.id)
    rig.deliver()
    assert rig.crm.read(jane.ref).fields["title"] == "Buyer"
    assert rig.now(item).state is SuggestionState.UNDONE


def test_an_update_whose_answer_was_lost_is_recognised(rig):
    known_jane(rig)
    item = title_card(rig)
    rig.crm.fail_after = [Temporary("no answer")]
    rig.review.accept(item.id)
    rig.deliver(rounds=2)
    assert rig.crm.writes == ["update"]
    assert rig.now(item).state is SuggestionState.DELIVERED


def test_somebody_elses_change_is_not_overwritten_but_shown(rig):
    jane = known_jane(rig)
    item = title_card(rig)
    rig.crm.update(jane.ref, {"title": "Chief Buyer"})
    rig.review.accept(item.id)
    rig.deliver()
    assert rig.crm.read(jane.ref).fields["title"] == "Chief Buyer"
    assert rig.now(item).state is SuggestionState.CONFLICT
    entry = last_entry(rig, item)
    assert "Somebody changed" in entry.sentence
    with rig.store.reading() as tx:
        assert tx.outbox.live(entry.id) == {"title": "Chief Buyer"}
    rig.review.retry(item.id)
    rig.deliver()
    assert rig.crm.read(jane.ref).fields["title"] == "Head of Procurement"


def test_a_change_in_another_field_is_no_conflict(rig):
    jane = known_jane(rig)
    item = title_card(rig)
    rig.crm.update(jane.ref, {"phone": "+44 2"})
    rig.review.accept(item.id)
    rig.deliver()
    assert rig.crm.read(jane.ref).fields == {**jane.fields, "phone": "+44 2", "title": "Head of Procurement"}


def test_undoing_a_create_that_somebody_worked_on_is_a_conflict_and_removes_nothing(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.deliver()
    (made,) = rig.crm.all(RecordKind.ACCOUNT)
    rig.crm.update(made.ref, {"name": "Buyer Industries Group"})
    rig.review.undo(account.id)
    rig.deliver()
    assert len(rig.crm.all(RecordKind.ACCOUNT)) == 1
    assert rig.now(account).state is SuggestionState.CONFLICT


def test_undoing_an_update_that_somebody_changed_since_is_a_conflict(rig):
    jane = known_jane(rig)
    item = title_card(rig)
    rig.review.accept(item.id)
    rig.deliver()
    rig.crm.update(jane.ref, {"title": "Director"})
    rig.review.undo(item.id)
    rig.deliver()
    assert rig.crm.read(jane.ref).fields["title"] == "Director"
    assert rig.now(item).state is SuggestionState.CONFLICT


@pytest.mark.parametrize(
    ("error", "entry_state", "suggestion_state"),
    [
        (Rejected("A duplicate exists."), DeliveryState.REJECTED, SuggestionState.REJECTED),
        (UserActionNeeded("Sign in again."), DeliveryState.NEEDS_USER, SuggestionState.QUEUED),
        (Temporary("It is down.", retry_after=60), DeliveryState.WAITING, SuggestionState.QUEUED),
        (RuntimeError("a bug"), DeliveryState.WAITING, SuggestionState.QUEUED),
    ],
)
@pytest.mark.expects_log("delivery of")
def test_the_kind_of_error_says_what_becomes_of_it(rig, card, error, entry_state, suggestion_state):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.crm.fail_before = [error]
    rig.review.accept(account.id)
    rig.deliver()
    entry = last_entry(rig, account)
    assert (entry.state, rig.now(account).state) == (entry_state, suggestion_state)
    assert entry.sentence
    assert "bug" not in entry.sentence
    if entry_state is DeliveryState.REJECTED:
        rig.review.retry(account.id)
    rig.deliver()
    assert rig.now(account).state is SuggestionState.DELIVERED


@pytest.mark.expects_log("delivery of")
def test_a_bug_that_stays_is_given_up_and_said(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.crm.fail_before = [RuntimeError("a bug")] * 9
    rig.review.accept(account.id)
    rig.deliver(rounds=9)
    assert rig.now(account).state is SuggestionState.REJECTED
    assert len(rig.crm.fail_before) == 4


def test_a_draft_whose_answer_was_lost_is_not_appended_twice(rig, card):
    rig.drafts.fail_after = [Temporary("no answer")]
    rig.review.accept_draft(card.draft.id)
    rig.deliver(rounds=2)
    assert len(rig.drafts.kept) == 1
    assert rig.draft_now(card.draft).state is DraftState.DELIVERED


def test_waits_double_up_to_a_limit_and_obey_the_other_side():
    assert [wait_after(n, Temporary("x")) for n in range(4)] == [0.25, 0.5, 1, 2]
    assert wait_after(60, Temporary("x")) == 900
    assert wait_after(0, Temporary("x", retry_after=7200)) == 7200
    assert wait_after(0, Temporary("x", retry_after=0)) > 0, "it would be due again in the same turn"
