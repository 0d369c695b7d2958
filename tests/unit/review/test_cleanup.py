"""The clean-up with a real store, outbox and local book: found, approved, merged once, and what cannot be undone."""

import pytest

from desktop.domain.cleanup import MergePlan, Strategy
from desktop.domain.deliveries import DeliveryState, Operation
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import ClusterId, RecordId
from desktop.domain.records import RecordKind
from desktop.domain.rights import FieldRule, RecordRules
from desktop.review.cleanup_views import CleanupShelf, CleanupState, state_sentence, what_happens
from desktop.review.merge_entries import NOTE_SUBJECT, subject_of
from desktop.review.twins import look
from tests.fakes.duplicates import ANN, ANNE, DuplicatesRig
from tests.fakes.situations import CRM


@pytest.fixture(params=[1, 50], ids=["one by one", "in batches"])
def rig(tmp_path, request):
    rig = DuplicatesRig(tmp_path, at_once=request.param)
    yield rig
    rig.close()


@pytest.fixture
def by_hand(tmp_path):
    rig = DuplicatesRig(tmp_path, can_merge=False)
    yield rig
    rig.close()


def entries(rig, view):
    with rig.store.reading() as tx:
        return tx.outbox.of_subject(subject_of(view.cluster))


def states(rig, view):
    return [(entry.operation, entry.state) for entry in entries(rig, view)]


def test_a_cluster_is_found_with_what_speaks_for_it_and_what_points_to_each(rig):
    view = rig.two()
    assert [m.links for m in view.cluster.members] == [1, 0]
    assert "same e-mail address" in view.cluster.members[1].reasons
    assert view.plan.kept == "1"
    assert rig.cleanup.counts().open == 1
    assert "cannot be undone" in what_happens(view)


def test_an_approved_merge_writes_the_values_then_merges(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id, MergePlan(RecordId("1"), {"phone": Strategy.OTHER}), seen=view.cluster)
    assert [e.operation for e in entries(rig, view)] == [Operation.UPDATE, Operation.MERGE]
    assert rig.now(view).state is CleanupState.ON_ITS_WAY
    rig.deliver(rounds=2)
    assert rig.contact("1").fields == {**ANN, "title": "Buyer", "phone": ANNE["phone"]}
    assert rig.contact("2") is None
    assert rig.crm.writes == ["update", "merge"]
    assert rig.now(view).state is CleanupState.DONE
    with rig.store.reading() as tx:
        (left,) = tx.mirror.all(CRM, RecordKind.CONTACT)
        assert left.fields["title"] == "Buyer"
    rig.cleanup.look()
    assert rig.cleanup.clusters() == ()


def test_links_of_the_one_that_goes_move(rig):
    rig.keep("1", **ANN)
    rig.keep("2", **ANNE)
    deals = [rig.keep(f"d{n}", RecordKind.OPPORTUNITY, name="Pumps", contact="contact:1") for n in range(2)]
    other = rig.keep("d9", RecordKind.OPPORTUNITY, name="Valves", contact="contact:2")
    view = rig.found()
    rig.cleanup.merge(view.cluster.id)
    rig.deliver(rounds=2)
    assert {rig.crm.read(deal.ref).fields["contact"] for deal in (*deals, other)} == {"contact:1"}


def test_three_become_one_and_one_set_apart_stays(rig):
    rig.keep("1", **ANN)
    rig.keep("2", **ANNE)
    rig.keep("3", **{**ANN, "title": "CEO"})
    view = rig.found()
    plan = MergePlan(RecordId("1"), apart=(RecordId("3"),))
    rig.cleanup.merge(view.cluster.id, plan)
    rig.deliver(rounds=3)
    assert rig.contact("2") is None
    assert rig.contact("3").fields["title"] == "CEO"
    rig.mirror()
    rig.cleanup.look()
    assert rig.cleanup.clusters() == ()
    rig.edit("3", title="Owner")
    rig.mirror()
    rig.cleanup.look()
    assert len(rig.cleanup.clusters()) == 1


def test_three_are_merged_one_after_the_other(rig):
    for number, one in enumerate((ANN, ANNE, {**ANN, "mobile": "+491701234567"}), 1):
        rig.keep(str(number), **one)
    view = rig.found()
    rig.cleanup.merge(view.cluster.id)
    rig.deliver(rounds=4)
    assert rig.crm.writes.count("merge") == 2
    assert len(rig.crm.all(RecordKind.CONTACT)) == 1
    assert rig.now(view).state is CleanupState.DONE


def test_what_is_merged_stays_so_and_the_rest_is_found_again(rig):
    for number, one in enumerate((ANN, ANNE, {**ANN, "mobile": "+491701234567"}), 1):
        rig.keep(str(number), **one)
    view = rig.found()
    rig.cleanup.merge(view.cluster.id, MergePlan(RecordId("1")))
    last = view.cluster.members[2].record.ref.id
    rig.edit(last, title="Owner")
    rig.deliver(rounds=3)
    assert rig.now(view).state is CleanupState.STUCK
    assert "stays merged" in rig.cleanup.take_back(view.cluster.id)
    assert rig.now(view).state is CleanupState.DONE
    rig.mirror()
    again = rig.found()
    assert {m.record.ref.id for m in again.cluster.members} == {"1", last}
    rig.cleanup.merge(again.cluster.id, MergePlan(RecordId("1")))
    rig.deliver(rounds=3)
    assert len(rig.crm.all(RecordKind.CONTACT)) == 1


def test_a_last_value_that_met_another_is_sent_over_it(rig):
    rig.keep("1", **{**ANN, "email": None})
    rig.keep("2", **ANN)
    rig.keep("d", RecordKind.OPPORTUNITY, name="Pumps", contact="contact:1")
    view = rig.found()
    rig.cleanup.merge(view.cluster.id)
    rig.deliver_next(CRM)
    rig.edit("1", email="other@a.example")
    rig.deliver(rounds=2)
    assert rig.now(view).state is CleanupState.STUCK
    rig.cleanup.retry(view.cluster.id)
    rig.deliver()
    assert rig.contact("1").fields["email"] == "ann@a.example"


def test_a_cluster_that_was_forgotten_and_found_again_can_be_decided_again(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    rig.cleanup.take_back(view.cluster.id)
    rig.keep("3", **ANN)
    rig.cleanup.look()
    assert rig.cleanup.cluster(view.cluster.id) is None
    rig.crm.memory.remove(rig.contact("3").ref)
    rig.mirror()
    again = rig.found()
    assert again.cluster.id == view.cluster.id
    rig.cleanup.merge(again.cluster.id)
    rig.deliver(rounds=2)
    assert rig.contact("2") is None


def test_an_address_is_written_when_the_other_record_has_let_go_of_it(rig):
    rig.keep("1", **{**ANN, "email": None})
    rig.keep("2", **ANN)
    rig.keep("d", RecordKind.OPPORTUNITY, name="Pumps", contact="contact:1")
    view = rig.found()
    rig.cleanup.merge(view.cluster.id)
    assert [e.operation for e in entries(rig, view)] == [Operation.MERGE, Operation.UPDATE]
    rig.deliver(rounds=2)
    assert rig.contact("1").fields["email"] == "ann@a.example"


def test_values_that_would_vanish_go_into_a_note_only_when_the_rep_says_so(rig):
    view = rig.two()
    assert view.can_note
    rig.cleanup.merge(view.cluster.id, MergePlan(RecordId("1"), with_note=True))
    rig.deliver(rounds=3)
    (note,) = rig.crm.all(RecordKind.ACTIVITY)
    assert note.fields["subject"] == NOTE_SUBJECT
    assert note.fields["description"].splitlines() == ["First name: Anne", "Last name: Mueller", "Phone: +49307654321"]
    assert note.fields["contact"] == "contact:1"
    assert rig.contact("2") is None


def test_a_note_that_is_refused_keeps_the_merge_back(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id, MergePlan(RecordId("1"), {"title": Strategy.KEEP}, with_note=True))
    rig.crm.fail_before = [Rejected("No notes today.")]
    rig.deliver(rounds=3)
    assert rig.contact("2") is not None
    assert rig.now(view).state is CleanupState.STUCK
    assert rig.cleanup.counts().needs_user == 1
    rig.cleanup.retry(view.cluster.id)
    rig.deliver(rounds=3)
    assert rig.contact("2") is None
    assert len(rig.crm.all(RecordKind.ACTIVITY)) == 1


@pytest.mark.parametrize("losses", [1, 3])
def test_a_merge_whose_answer_was_lost_is_not_made_twice(rig, losses):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    rig.crm.fail_after = [Temporary("no answer") for _ in range(losses)]
    rig.deliver(rounds=losses + 3)
    assert rig.now(view).state is CleanupState.DONE
    assert rig.contact("1").fields["title"] == "Buyer"


@pytest.mark.parametrize("number", ["1", "2"])
def test_what_somebody_changed_meanwhile_is_not_merged_away(rig, number):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id, MergePlan(RecordId("1"), {"title": Strategy.KEEP}))
    rig.edit(number, mobile="+491701234567")
    rig.deliver(rounds=2)
    assert len(rig.crm.all(RecordKind.CONTACT)) == 2
    assert rig.now(view).state is CleanupState.STUCK
    assert "compare again" in rig.now(view).sentence
    with pytest.raises(Rejected, match="compare"):
        rig.cleanup.retry(view.cluster.id)
    rig.cleanup.take_back(view.cluster.id)
    rig.mirror()
    again = rig.found()
    rig.cleanup.merge(again.cluster.id)
    rig.deliver(rounds=3)
    assert rig.contact("1").fields["mobile"] == "+491701234567"


def test_what_changed_since_it_was_shown_is_refused(rig):
    view = rig.two()
    rig.edit("2", title="CEO")
    rig.mirror()
    with pytest.raises(Rejected, match="changed meanwhile"):
        rig.cleanup.merge(view.cluster.id)
    rig.cleanup.look()
    with pytest.raises(Rejected, match="changed meanwhile"):
        rig.cleanup.merge(view.cluster.id, seen=view.cluster)
    assert entries(rig, view) == ()
    rig.cleanup.merge(view.cluster.id, seen=rig.found().cluster)


def test_what_the_crm_would_refuse_is_said_before(rig):
    view = rig.two()
    names = dict.fromkeys(ANN, FieldRule())
    rules = RecordRules(RecordKind.CONTACT, fields={**names, "title": FieldRule(can_update=False)})
    with rig.store.transaction() as tx:
        tx.mirror.save_rules(CRM, rules)
    with pytest.raises(Rejected, match="Job title"):
        rig.cleanup.merge(view.cluster.id)
    assert entries(rig, view) == ()


def test_taken_back_before_it_is_sent_nothing_happens(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    rig.cleanup.take_back(view.cluster.id)
    rig.deliver(rounds=2)
    assert rig.crm.writes == []
    assert rig.now(view).state is CleanupState.OPEN
    with pytest.raises(Rejected, match="nothing to undo"):
        rig.cleanup.take_back(view.cluster.id)


def test_a_merge_that_was_made_cannot_be_taken_back(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    rig.deliver(rounds=2)
    with pytest.raises(Rejected, match="cannot be undone"):
        rig.cleanup.take_back(view.cluster.id)


def test_a_merge_that_may_have_been_made_cannot_be_taken_back(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id, MergePlan(RecordId("1"), {"title": Strategy.KEEP}))
    rig.crm.fail_after = [Temporary("no answer")]
    rig.deliver()
    with pytest.raises(Rejected, match="has not answered yet"):
        rig.cleanup.take_back(view.cluster.id)


def test_values_written_before_a_refused_merge_can_be_put_back(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    rig.crm.fail_before = []
    rig.deliver_next(CRM)
    assert rig.contact("1").fields["title"] == "Buyer"
    rig.crm.fail_before = [UserActionNeeded("You may not merge: ask your administrator.")]
    rig.deliver()
    assert "may not merge" in rig.now(view).sentence
    with pytest.raises(Rejected, match="has not answered yet"):
        rig.cleanup.take_back(view.cluster.id)
    rig.crm.fail_before = [Rejected("No.")]
    rig.deliver(rounds=2)
    rig.cleanup.take_back(view.cluster.id)
    rig.deliver(rounds=2)
    assert rig.contact("1").fields["title"] is None
    assert rig.contact("2") is not None
    assert states(rig, view)[-1] == (Operation.RESTORE, DeliveryState.DELIVERED)


def test_not_the_same_never_comes_back_unless_a_record_changes(rig):
    view = rig.two()
    rig.cleanup.dismiss(view.cluster.id)
    assert rig.cleanup.look() == 0
    assert len(rig.cleanup.clusters(CleanupShelf.APART)) == 1
    rig.keep("9", first_name="Zoe", last_name="Quill", email="zoe@b.example")
    assert rig.cleanup.look() == 0
    rig.edit("2", first_name="Ann")
    rig.mirror()
    assert rig.cleanup.look() == 1
    assert rig.cleanup.clusters(CleanupShelf.APART) == ()


def test_what_is_dismissed_while_all_are_compared_stays_dismissed(rig):
    view = rig.two()

    def decide_meanwhile(_connector):
        rig.cleanup.dismiss(view.cluster.id)
        return True

    assert look(rig.store, decide_meanwhile) == 0
    assert rig.now(view).state is CleanupState.DISMISSED


def test_what_is_approved_while_all_are_compared_stays_approved(rig):
    view = rig.two()

    def decide_meanwhile(_connector):
        rig.cleanup.merge(view.cluster.id)
        return True

    assert look(rig.store, decide_meanwhile) == 0
    assert rig.now(view).state is CleanupState.ON_ITS_WAY


def test_a_third_record_does_not_bring_a_dismissed_pair_together_again(rig):
    view = rig.two()
    rig.cleanup.dismiss(view.cluster.id)
    rig.keep("3", **ANN)
    rig.cleanup.look()
    pairs = [{m.record.ref.id for m in v.cluster.members} for v in rig.cleanup.clusters()]
    assert pairs == [{"1", "3"}]


def test_dismissing_can_be_taken_back(rig):
    view = rig.two()
    rig.cleanup.dismiss(view.cluster.id)
    with pytest.raises(Rejected, match="decided already"):
        rig.cleanup.merge(view.cluster.id)
    rig.cleanup.take_back(view.cluster.id)
    assert rig.now(view).state is CleanupState.OPEN


def test_what_is_on_its_way_is_not_found_again(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    rig.keep("3", **ANN)
    assert rig.cleanup.look() == 0
    rig.deliver(rounds=2)
    rig.mirror()
    assert rig.cleanup.look() == 1


def test_a_choice_is_kept_through_a_new_look(rig):
    view = rig.two()
    plan = MergePlan(RecordId("2"), {"title": Strategy.LONGEST})
    rig.cleanup.choose(view.cluster.id, plan)
    assert rig.found().plan == plan


def test_where_the_crm_cannot_merge_nothing_is_deleted_and_it_is_done_when_the_feed_shows_it(by_hand):
    view = by_hand.two()
    assert "cannot merge through its interface" in what_happens(view)
    by_hand.cleanup.merge(view.cluster.id)
    by_hand.deliver(rounds=2)
    assert by_hand.crm.writes == ["update"]
    now = by_hand.now(view)
    assert now.state is CleanupState.BY_HAND
    assert "Anne Mueller (2)" in state_sentence(now)
    assert by_hand.cleanup.counts().needs_user == 1
    by_hand.crm.memory.remove(view.cluster.members[1].record.ref)
    by_hand.mirror()
    assert by_hand.now(view).state is CleanupState.DONE
    assert by_hand.cleanup.counts().needs_user == 0


def test_one_that_cannot_merge_can_be_put_back(by_hand):
    view = by_hand.two()
    by_hand.cleanup.merge(view.cluster.id)
    by_hand.deliver()
    by_hand.cleanup.take_back(view.cluster.id)
    by_hand.deliver()
    assert by_hand.contact("1").fields == ANN


@pytest.mark.parametrize("apart", [("2",), ("1",), ("1", "2")])
def test_a_merge_of_one_is_refused(rig, apart):
    view = rig.two()
    with pytest.raises(Rejected, match="two records"):
        rig.cleanup.merge(view.cluster.id, MergePlan(RecordId("1"), apart=tuple(map(RecordId, apart))))


def test_what_is_gone_is_refused(rig):
    with pytest.raises(Rejected, match="look again"):
        rig.cleanup.dismiss(ClusterId("none"))
    assert rig.cleanup.cluster(ClusterId("none")) is None


def test_every_decision_is_in_the_audit_log(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    with rig.store.reading() as tx:
        count = tx.audit.head()[0]
    rig.cleanup.take_back(view.cluster.id)
    rig.cleanup.dismiss(view.cluster.id)
    with rig.store.reading() as tx:
        assert tx.audit.head()[0] == count + 2
        assert tx.audit.verify() is None


def test_sending_again_from_the_outbox_sends_what_is_stuck(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    rig.crm.fail_before = [Rejected("Not today.")]
    rig.deliver()
    subject = subject_of(view.cluster)
    rig.review.retry(subject)
    rig.deliver(rounds=2)
    assert rig.now(view).state is CleanupState.DONE
    with pytest.raises(Rejected, match="nothing to send again"):
        rig.review.retry(subject)


def test_a_conflict_of_a_merge_is_answered_in_the_clean_up(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    rig.edit("1", title="CEO")
    rig.deliver(rounds=2)
    with pytest.raises(Rejected, match="clean-up"):
        rig.review.resolve(subject_of(view.cluster), {"title": "CEO"})


def test_a_merge_that_somebody_stopped_is_not_called_done(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id, MergePlan(RecordId("1"), {"title": Strategy.KEEP}))
    with rig.store.transaction() as tx:
        tx.outbox.settle(entries(rig, view)[0].id, DeliveryState.CANCELLED)
    assert rig.now(view).state is CleanupState.STUCK
    rig.cleanup.take_back(view.cluster.id)
    assert rig.now(view).state is CleanupState.OPEN


def test_giving_up_in_the_outbox_takes_the_whole_merge_back(rig):
    view = rig.two()
    rig.cleanup.merge(view.cluster.id)
    (first, *_) = entries(rig, view)
    assert "open again" in rig.review.give_up(first.subject_id)
    assert {state for _, state in states(rig, view)} == {DeliveryState.CANCELLED}
    assert rig.now(view).state is CleanupState.OPEN
