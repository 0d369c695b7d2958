"""Giving up what a merge put into the outbox, wherever it stands, with a real store, outbox and local book."""

import pytest

from desktop.domain.cleanup import MergePlan, Strategy
from desktop.domain.deliveries import DeliveryState, Operation
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordKind
from desktop.review.cleanup_views import CleanupState
from desktop.review.merge_entries import subject_of
from tests.fakes.duplicates import DuplicatesRig
from tests.fakes.situations import CRM

KEEP = MergePlan(RecordId("1"), {"title": Strategy.KEEP})
WITH_NOTE = MergePlan(RecordId("1"), {"title": Strategy.KEEP}, with_note=True)


@pytest.fixture
def rig(tmp_path):
    rig = DuplicatesRig(tmp_path)
    yield rig
    rig.close()


def approved(rig, plan=None):
    """Approve the merge of Ann and Anne; return the cluster and the subject of its entries."""
    view = rig.two()
    rig.cleanup.merge(view.cluster.id, plan)
    return view, subject_of(view.cluster)


def entries(rig, subject):
    with rig.store.reading() as tx:
        return tx.outbox.of_subject(subject)


def both_are_there(rig):
    return rig.contact("1") is not None and rig.contact("2") is not None


def test_one_that_waits_is_open_again_and_nothing_is_written(rig):
    view, subject = approved(rig, WITH_NOTE)
    assert "open again" in rig.review.give_up(subject)
    rig.deliver(rounds=3)
    assert rig.crm.writes == []
    assert rig.now(view).state is CleanupState.OPEN
    assert {entry.state for entry in entries(rig, subject)} == {DeliveryState.CANCELLED}


def test_one_that_was_refused_is_open_again_and_can_be_approved_anew(rig):
    view, subject = approved(rig, KEEP)
    rig.crm.fail_before = [Rejected("No.")]
    rig.deliver()
    rig.review.give_up(subject)
    assert both_are_there(rig)
    rig.cleanup.merge(view.cluster.id, KEEP)
    rig.deliver(rounds=2)
    assert rig.contact("2") is None
    assert rig.now(view).state is CleanupState.DONE


def test_one_that_met_a_change_is_open_again_and_the_change_stays(rig):
    view, subject = approved(rig, KEEP)
    rig.edit("2", mobile="+491701234567")
    rig.deliver()
    assert entries(rig, subject)[-1].state is DeliveryState.CONFLICT
    rig.review.give_up(subject)
    rig.deliver(rounds=2)
    assert rig.contact("2").fields["mobile"] == "+491701234567"
    assert rig.now(view).state is CleanupState.OPEN


@pytest.mark.parametrize("error", [Temporary("No answer."), UserActionNeeded("Sign in.")])
def test_one_that_the_crm_may_have_made_is_not_let_go(rig, error):
    view, subject = approved(rig, KEEP)
    rig.crm.fail_after = [error]
    rig.deliver_next(CRM)
    with pytest.raises(Rejected, match="has not answered yet"):
        rig.review.give_up(subject)
    rig.deliver(rounds=2)
    assert rig.now(view).state is CleanupState.DONE


def test_one_that_is_being_sent_is_not_let_go(rig):
    _, subject = approved(rig, KEEP)
    with rig.store.transaction() as tx:
        tx.outbox.begin_attempt(entries(rig, subject)[0].id, rig.clock.now())
    with pytest.raises(Rejected, match="being sent at this moment"):
        rig.review.give_up(subject)


def test_one_that_was_made_cannot_be_given_up(rig):
    _, subject = approved(rig, KEEP)
    rig.deliver(rounds=2)
    with pytest.raises(Rejected, match="cannot be undone"):
        rig.review.give_up(subject)


def test_a_value_whose_answer_was_lost_is_put_back_although_another_field_was_changed(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id, MergePlan(RecordId("1"), {"phone": Strategy.OTHER}))
    rig.crm.fail_after = [Temporary("No answer.")]
    rig.deliver_next(CRM)
    assert rig.contact("1").fields["title"] == "Buyer"
    rig.edit("1", phone="+49301112223")
    rig.deliver(rounds=2)
    assert entries(rig, subject_of(view.cluster))[0].state is DeliveryState.CONFLICT
    rig.review.give_up(subject_of(view.cluster))
    rig.deliver(rounds=2)
    assert (rig.contact("1").fields["title"], rig.contact("1").fields["phone"]) == (None, "+49301112223")
    assert both_are_there(rig)


@pytest.mark.parametrize("is_found_again", [False, True])
def test_a_note_that_others_wrote_in_is_not_removed(rig, is_found_again):
    _, subject = approved(rig, WITH_NOTE)
    rig.crm.fail_after = [Temporary("No answer.")]
    rig.deliver_next(CRM)
    (note,) = rig.crm.all(RecordKind.ACTIVITY)
    rig.crm.update(note.ref, {"description": "Theirs"})
    if is_found_again:
        rig.clock.advance(3600)
        rig.deliver_next(CRM)
        assert [entry.state for entry in entries(rig, subject)] == [DeliveryState.DELIVERED, DeliveryState.WAITING]
    rig.review.give_up(subject)
    rig.deliver(rounds=2)
    (left,) = rig.crm.all(RecordKind.ACTIVITY)
    assert left.fields["description"] == "Theirs"
    assert entries(rig, subject)[-1].operation is Operation.REMOVE
    assert entries(rig, subject)[-1].state is DeliveryState.CONFLICT


def test_what_puts_values_back_can_be_given_up_and_the_new_approval_goes_on(rig):
    view, subject = approved(rig)
    rig.deliver_next(CRM)
    rig.review.give_up(subject)
    rig.edit("1", title="Director")
    rig.deliver()
    assert [entry.state for entry in entries(rig, subject)][-1] is DeliveryState.CONFLICT
    rig.mirror()
    again = rig.found()
    rig.cleanup.merge(again.cluster.id, KEEP)
    assert "stays as it is" in rig.review.give_up(subject)
    assert rig.now(again).state is CleanupState.ON_ITS_WAY
    with pytest.raises(Rejected, match="nothing to undo"):
        rig.review.give_up(subject)
    rig.deliver(rounds=2)
    assert rig.contact("1").fields["title"] == "Director"
    assert rig.contact("2") is None
    assert view.cluster.id == again.cluster.id
