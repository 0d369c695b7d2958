"""Decisions become entries, once each, and every one can be taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.domain.deliveries import DeliveryState, Operation
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.evidence import FactKind, Intent
from desktop.domain.ids import ProposalId, SuggestionId
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.domain.records import RecordKind
from desktop.domain.rights import FieldRule, RecordRules, anything_goes
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, NOON, message, reading, rules_with
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def card(rig):
    return rig.propose(message(INQUIRY), reading(inquiry_facts(), intent=Intent.INQUIRY))


def entries(rig, subject):
    with rig.store.reading() as tx:
        return tx.outbox.of_subject(subject)


def test_nothing_is_queued_before_somebody_decides(rig, card):
    rig.deliver()
    assert rig.crm.writes == []
    assert rig.drafts.kept == []


def test_accepting_queues_exactly_the_values_shown(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    (entry,) = entries(rig, account.id)
    assert (entry.operation, dict(entry.fields)) == (Operation.CREATE, account.after())
    assert rig.now(account).state is SuggestionState.QUEUED


def test_accepting_twice_is_refused(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    with pytest.raises(Rejected, match="decided already"):
        rig.review.accept(account.id)
    assert len(entries(rig, account.id)) == 1


def test_the_reps_own_values_go_out_in_canonical_form(rig, card):
    deal = of_kind(card, RecordKind.OPPORTUNITY)
    typed = {"amount": "51.250,5", "close_date": "2026-12-31", "stage": "Closed Won", "currency": ""}
    rig.review.accept(deal.id, typed)
    (entry,) = entries(rig, deal.id)
    assert entry.fields["amount"] == "51250.50"
    assert entry.fields["close_date"] == "2026-12-31"
    assert entry.fields["stage"] == "Closed Won"
    assert "currency" not in entry.fields


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({"close_date": "next week"}, "not a date"),
        ({"amount": "a lot"}, "not an amount"),
        ({"stage": "Wonderful"}, "takes one of: Prospecting, Closed Won"),
        ({"colour": "red"}, "no field colour"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_is_decided(rig, card, edits, words):
    deal = of_kind(card, RecordKind.OPPORTUNITY)
    with pytest.raises(Rejected, match=words):
        rig.review.accept(deal.id, edits)
    assert entries(rig, deal.id) == ()
    assert rig.now(deal).state is SuggestionState.OPEN


def test_what_the_crm_would_refuse_is_said_before_it_is_sent(rig, card):
    contact = of_kind(card, RecordKind.CONTACT)
    fields = {**anything_goes(RecordKind.CONTACT).fields, "title": FieldRule(max_length=5)}
    del fields["phone"]
    with rig.store.transaction() as tx:
        tx.mirror.save_rules(CRM, RecordRules(RecordKind.CONTACT, fields=fields))
    with pytest.raises(Rejected, match="holds 5 characters in your CRM: shorten it by 14"):
        rig.review.accept(contact.id)
    assert rig.review.accept_all(card.id) > 0
    assert rig.now(contact).state is SuggestionState.OPEN
    rig.review.accept(contact.id, {"title": "Buyer"})
    (entry,) = entries(rig, contact.id)
    assert entry.fields["title"] == "Buyer"
    assert "phone" in contact.after()
    assert "phone" not in entry.fields


def test_where_nothing_can_be_written_the_rep_is_told(rig, card):
    contact = of_kind(card, RecordKind.CONTACT)
    with rig.store.transaction() as tx:
        tx.mirror.save_rules(CRM, RecordRules(RecordKind.CONTACT))
    with pytest.raises(Rejected, match="Nothing else would change: dismiss this"):
        rig.review.accept(contact.id)
    assert entries(rig, contact.id) == ()


def test_a_kind_of_record_that_may_not_be_made_is_not_sent(rig, card):
    contact = of_kind(card, RecordKind.CONTACT)
    with rig.store.transaction() as tx:
        tx.mirror.save_rules(CRM, replace(anything_goes(RecordKind.CONTACT), can_create=False))
    with pytest.raises(Rejected, match="does not let you create a contact"):
        rig.review.accept(contact.id)


def test_a_required_field_has_to_be_filled_in_first(rig):
    with rig.store.transaction() as tx:
        tx.mirror.save_rules(CRM, rules_with(RecordKind.OPPORTUNITY, stage=("New",), requires=["close_date"]))
    facts = [f for f in inquiry_facts() if f.kind is not FactKind.DATE]
    deal = of_kind(rig.propose(message(INQUIRY), reading(facts, intent=Intent.INQUIRY)), RecordKind.OPPORTUNITY)
    with pytest.raises(Rejected, match="wants a close date"):
        rig.review.accept(deal.id)
    rig.review.accept(deal.id, {"close_date": "2027-01-31"})
    assert entries(rig, deal.id)[0].fields["close_date"] == "2027-01-31"


def test_accepting_the_card_leaves_guarded_fields_to_a_press_of_their_own(rig, card):
    assert rig.review.accept_all(card.id) == 1
    states = {item.kind: rig.now(item).state for item in card.suggestions}
    assert states.pop(RecordKind.OPPORTUNITY) is SuggestionState.OPEN
    assert set(states.values()) == {SuggestionState.QUEUED}


def test_dismissing_and_taking_it_back(rig, card):
    task = of_kind(card, RecordKind.TASK)
    rig.review.dismiss(task.id, "done by phone")
    assert rig.now(task).state is SuggestionState.DISMISSED
    with rig.store.reading() as tx:
        assert tx.proposals.decisions(task.id)[0].reason == "done by phone"
    rig.review.undo(task.id)
    assert rig.now(task).state is SuggestionState.OPEN
    with pytest.raises(Rejected, match="nothing to undo"):
        rig.review.undo(task.id)


def test_dismissing_the_card(rig, card):
    rig.review.dismiss_all(card.id)
    assert {rig.now(item).state for item in card.suggestions} == {SuggestionState.DISMISSED}
    assert rig.draft_now(card.draft).state is DraftState.DISMISSED


def test_snoozing_puts_away_until_the_moment_comes(rig, card):
    with pytest.raises(Rejected, match="has passed"):
        rig.review.snooze(card.id, NOON - timedelta(days=1))
    rig.review.snooze(card.id, NOON + timedelta(days=1))
    with rig.store.reading() as tx:
        assert tx.proposals.due(NOON) == ()
        assert tx.proposals.due(NOON + timedelta(days=1)) == (card.id,)
    rig.review.wake(card.id)
    with rig.store.reading() as tx:
        assert tx.proposals.due(NOON + timedelta(days=1)) == ()


def test_undo_before_delivery_cancels_and_nothing_goes_out(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.review.undo(account.id)
    assert rig.now(account).state is SuggestionState.OPEN
    rig.deliver()
    assert rig.crm.writes == []


def test_accepting_again_after_undo_keeps_the_key_until_an_undo_was_delivered(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.review.undo(account.id)
    rig.review.accept(account.id)
    first, second = entries(rig, account.id)
    assert first.idempotency_key == second.idempotency_key
    rig.deliver()
    rig.review.undo(account.id)
    rig.deliver()
    rig.review.accept(account.id)
    assert entries(rig, account.id)[-1].idempotency_key != first.idempotency_key
    rig.deliver()
    assert len(rig.crm.all(RecordKind.ACCOUNT)) == 1


def test_undo_of_a_create_removes_the_record(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.deliver()
    assert len(rig.crm.all(RecordKind.ACCOUNT)) == 1
    rig.review.undo(account.id)
    rig.deliver()
    assert rig.crm.all(RecordKind.ACCOUNT) == []
    assert rig.now(account).state is SuggestionState.UNDONE


def test_undo_while_the_answer_was_lost_finds_and_removes_what_was_made(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.crm.fail_after = [Temporary("no answer")]
    rig.review.accept(account.id)
    rig.deliver()
    rig.review.undo(account.id)
    rig.deliver()
    assert rig.crm.all(RecordKind.ACCOUNT) == []
    assert [e.state for e in entries(rig, account.id)] == [DeliveryState.CANCELLED, DeliveryState.DELIVERED]


def test_undo_after_sending_again_still_finds_and_removes_what_was_made(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.crm.fail_after = [Temporary("no answer")]
    rig.review.accept(account.id)
    rig.deliver()
    rig.crm.fail_before = [UserActionNeeded("Sign in again.")]
    rig.deliver()
    rig.review.retry(account.id)
    rig.review.undo(account.id)
    rig.deliver()
    assert rig.crm.all(RecordKind.ACCOUNT) == []


def test_an_undo_that_is_refused_can_be_given_up_and_tried_later(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.deliver()
    rig.crm.fail_before = [Rejected("It is locked.")]
    rig.review.undo(account.id)
    rig.deliver()
    assert rig.now(account).state is SuggestionState.REJECTED
    assert "stays as it is" in rig.review.undo(account.id)
    assert rig.now(account).state is SuggestionState.DELIVERED
    rig.deliver()
    assert len(rig.crm.all(RecordKind.ACCOUNT)) == 1
    rig.review.undo(account.id)
    rig.deliver()
    assert rig.now(account).state is SuggestionState.UNDONE
    assert rig.crm.all(RecordKind.ACCOUNT) == []


def test_a_draft_sent_again_is_on_its_way_again(rig, card):
    rig.drafts.fail_after = [Rejected("It was not taken.")]
    rig.review.accept_draft(card.draft.id)
    rig.deliver()
    assert rig.draft_now(card.draft).state is DraftState.REJECTED
    rig.review.retry(card.draft.id)
    assert rig.draft_now(card.draft).state is DraftState.QUEUED


def test_undo_while_it_is_being_sent_is_refused(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    with rig.store.transaction() as tx:
        tx.outbox.begin_attempt(entries(rig, account.id)[0].id, NOON)
    with pytest.raises(Rejected, match="being sent at this moment"):
        rig.review.undo(account.id)


def test_the_draft_goes_to_drafts_as_the_rep_left_it_and_comes_out_again(rig, card):
    rig.review.save_draft(card.draft.id, subject="Re: Pumps", body="My own words, é\n")
    rig.review.accept_draft(card.draft.id)
    with pytest.raises(Rejected):
        rig.review.save_draft(card.draft.id, subject="x", body="too late")
    rig.deliver()
    ((message_id, raw),) = rig.drafts.kept
    assert message_id == card.draft.message_id
    assert b"In-Reply-To: <1@buyer.example>" in raw
    assert b"References: <1@buyer.example>" in raw
    assert "My own words, é".encode() in raw or b"=C3=A9" in raw
    rig.review.undo(card.draft.id)
    rig.deliver()
    assert rig.drafts.kept == []
    assert rig.draft_now(card.draft).state is DraftState.UNDONE


def test_what_is_gone_says_so(rig):
    with pytest.raises(Rejected, match="gone"):
        rig.review.accept(SuggestionId("nothing"))


def test_every_decision_is_in_the_audit_log(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.review.undo(account.id)
    with rig.store.reading() as tx:
        assert [d.verdict.value for d in tx.proposals.decisions(account.id)] == ["accept", "undo"]
        assert tx.audit.verify() is None
        assert tx.audit.head()[0] == 3


def test_what_did_not_go_through_is_not_put_away_with_a_snoozed_card(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.crm.fail_before = [Rejected("A duplicate exists.")]
    rig.review.accept(account.id)
    rig.review.snooze(card.id, NOON + timedelta(days=3))
    assert shelf_of(rig, card) == "snoozed"
    rig.deliver()
    assert shelf_of(rig, card) == "open"
    rig.review.undo(account.id)
    assert shelf_of(rig, card) == "snoozed"


def test_a_card_whose_change_needs_the_rep_is_not_done(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.crm.fail_before = [UserActionNeeded("Sign in again.")]
    rig.review.accept(account.id)
    rig.review.dismiss_all(card.id)
    assert shelf_of(rig, card) == "done"
    rig.deliver()
    assert shelf_of(rig, card) == "open"


def test_a_card_that_is_gone_cannot_be_snoozed_or_woken(rig):
    with pytest.raises(Rejected, match="gone"):
        rig.review.snooze(ProposalId("nothing"), NOON + timedelta(days=1))
    with pytest.raises(Rejected, match="gone"):
        rig.review.wake(ProposalId("nothing"))


def shelf_of(rig, card):
    with rig.store._database.reading() as sql:
        return sql.driver.execute("select shelf from proposal where id = ?", [card.id]).fetchone()[0]
