"""Sending again, answering a conflict field by field, and giving up: nothing is lost and nothing overwritten unseen."""

import pytest

from desktop.domain.deliveries import DeliveryState, Operation
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.evidence import Intent
from desktop.domain.ids import RecordId, SuggestionId
from desktop.domain.proposals import Action, DraftState, FieldChange, Suggestion, SuggestionState
from desktop.domain.records import RecordKind, RecordRef
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, MAILBOX, message, reading
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts

JANE = RecordRef(RecordKind.CONTACT, RecordId("c1"))
FIRST = {"title": "Buyer", "first_name": "Jane", "last_name": "Roe", "email": "jane.roe@buyer.example"}
MINE = {"title": "Head of Procurement", "first_name": "Janet", "last_name": "Roe-Smith"}
S = SuggestionId("s")


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def item(rig):
    """A change of three fields of a Contact, accepted."""
    rig.crm.memory.put(JANE, dict(FIRST), key=None, expected="")
    card = rig.propose(message("Hello", number=9), reading())
    changes = tuple(FieldChange(name, FIRST[name], after, 0.9, "") for name, after in MINE.items())
    made = Suggestion(S, card.id, CRM, Action.UPDATE, RecordKind.CONTACT, "Jane Roe", changes, "", target=JANE)
    with rig.store.transaction() as tx:
        tx.proposals.append(card.id, made, "s")
    rig.review.accept(S)
    return made


@pytest.fixture
def card(rig):
    return rig.propose(message(INQUIRY), reading(inquiry_facts(), intent=Intent.INQUIRY))


def live(rig):
    return rig.crm.read(JANE).fields


def entry(rig, subject=S):
    with rig.store.reading() as tx:
        return tx.outbox.of_subject(subject)[-1]


def edited_there(rig, **fields):
    """Somebody edits the Record, and the delivery finds that."""
    rig.crm.memory.put(JANE, {**live(rig), **fields}, key=None, expected="")
    rig.deliver()


# --- conflicts -------------------------------------------------------------------------------------------------------


def test_theirs_on_one_field_does_not_hold_up_the_others(rig, item):
    edited_there(rig, title="Director")
    assert rig.now(item).state is SuggestionState.CONFLICT
    rig.review.resolve(S, {"title": "Director"}, {"title": "Director"})
    rig.deliver()
    assert (live(rig)["title"], live(rig)["first_name"], live(rig)["last_name"]) == ("Director", "Janet", "Roe-Smith")
    assert rig.now(item).state is SuggestionState.DELIVERED
    assert "title" not in rig.now(item).after()


def test_mine_here_and_a_value_of_my_own_there(rig, item):
    edited_there(rig, title="Director", first_name="Joan")
    rig.review.resolve(S, {"title": MINE["title"], "first_name": "  Jenny "})
    rig.deliver()
    assert (live(rig)["title"], live(rig)["first_name"]) == (MINE["title"], "Jenny")
    rig.review.undo(S)
    rig.deliver()
    assert {name: live(rig)[name] for name in MINE} == {"title": "Director", "first_name": "Joan", "last_name": "Roe"}


def test_theirs_everywhere_writes_nothing_and_can_be_decided_again(rig, item):
    theirs = {"title": "Director", "first_name": "Joan", "last_name": "Doe"}
    edited_there(rig, **theirs)
    assert "stays" in rig.review.resolve(S, theirs)
    rig.deliver()
    assert {name: live(rig)[name] for name in MINE} == theirs
    assert rig.now(item).state is SuggestionState.DISMISSED
    rig.review.undo(S)
    assert {c.field: c.before for c in rig.now(item).changes} == theirs
    rig.review.accept(S)
    rig.deliver()
    assert {name: live(rig)[name] for name in MINE} == MINE


def test_a_second_change_after_the_answer_is_a_conflict_again(rig, item):
    edited_there(rig, title="Director")
    rig.review.resolve(S, {"title": MINE["title"]})
    edited_there(rig, title="President")
    assert live(rig)["title"] == "President"
    assert rig.now(item).state is SuggestionState.CONFLICT


def test_an_answer_to_values_that_are_no_longer_the_ones_is_refused(rig, item):
    edited_there(rig, title="Director")
    rig.review.retry(S)
    edited_there(rig, title="President")
    with pytest.raises(Rejected, match="once more"):
        rig.review.resolve(S, {"title": MINE["title"]}, {"title": "Director"})
    assert live(rig)["title"] == "President"


@pytest.mark.parametrize(
    ("values", "words"),
    [({}, "Decide each field"), ({"title": "x", "email": "a@b.example"}, "not changed meanwhile")],
)
def test_an_answer_has_to_fit_the_conflict(rig, item, values, words):
    edited_there(rig, title="Director")
    with pytest.raises(Rejected, match=words):
        rig.review.resolve(S, values)
    assert entry(rig).state is DeliveryState.CONFLICT


def test_there_is_nothing_to_answer_without_a_conflict(rig, item):
    with pytest.raises(Rejected, match="no conflict here"):
        rig.review.resolve(S, {"title": "x"})
    rig.deliver()
    with pytest.raises(Rejected, match="Nothing of this is on its way"):
        rig.review.resolve(S, {"title": "x"})


def test_an_undo_in_conflict_is_answered_field_by_field_too(rig, item):
    rig.deliver()
    rig.review.undo(S)
    edited_there(rig, title="Director")
    assert rig.now(item).state is SuggestionState.CONFLICT
    rig.review.resolve(S, {"title": "Director"}, {"title": "Director"})
    rig.deliver()
    assert {name: live(rig)[name] for name in MINE} == {"title": "Director", "first_name": "Jane", "last_name": "Roe"}
    assert rig.now(item).state is SuggestionState.UNDONE


def test_what_a_lost_answer_left_there_is_put_back_when_a_conflict_is_taken_back(rig, item):
    rig.crm.fail_after = [Temporary("No answer.")]
    rig.deliver()
    edited_there(rig, title="Director")
    assert entry(rig).state is DeliveryState.CONFLICT
    rig.review.undo(S)
    rig.deliver()
    assert {name: live(rig)[name] for name in MINE} == {"title": "Director", "first_name": "Jane", "last_name": "Roe"}


def test_a_field_added_to_a_record_we_made_keeps_it_from_being_removed(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.deliver()
    (made,) = rig.crm.all(RecordKind.ACCOUNT)
    rig.crm.update(made.ref, {"phone": "+44 20 7946 0001"})
    rig.review.undo(account.id)
    rig.deliver()
    assert rig.now(account).state is SuggestionState.CONFLICT
    rig.crm.update(made.ref, {"phone": "+44 20 7946 0002"})
    rig.review.retry(account.id)
    rig.deliver()
    assert len(rig.crm.all(RecordKind.ACCOUNT)) == 1, "changed once more after it was shown"
    rig.review.retry(account.id)
    rig.deliver()
    assert rig.crm.all(RecordKind.ACCOUNT) == []


# --- sending now -----------------------------------------------------------------------------------------------------


def test_what_was_postponed_is_due_at_once(rig, item):
    rig.crm.fail_before = [Temporary("It is down.", retry_after=3000)]
    rig.deliver_next(CRM)
    assert rig.deliver_next(CRM) == () or rig.crm.writes == []
    rig.review.retry(S)
    rig.deliver_next(CRM)
    assert rig.crm.writes == ["update"]


def test_all_but_conflicts_is_sent_again_in_order(rig, item, card):
    edited_there(rig, title="Director")
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.crm.fail_before = [Rejected("No.")]
    rig.drafts.fail_after = [UserActionNeeded("Sign in.")]
    rig.review.accept(account.id)
    rig.review.accept_draft(card.draft.id)
    rig.deliver_next(CRM)
    rig.deliver_next(MAILBOX)
    stuck = [entry(rig, subject).state for subject in (account.id, card.draft.id)]
    assert stuck == [DeliveryState.REJECTED, DeliveryState.NEEDS_USER]
    assert rig.review.retry_all() == 2
    rig.deliver_next(CRM)
    rig.deliver_next(MAILBOX)
    assert rig.now(account).state is SuggestionState.DELIVERED
    assert rig.draft_now(card.draft).state is DraftState.DELIVERED
    assert entry(rig).state is DeliveryState.CONFLICT
    assert rig.review.retry_all() == 0
    with rig.store.reading() as tx:
        assert tx.audit.verify() is None
        assert "sent again" in [d.reason for d in tx.proposals.decisions(account.id)]


def test_what_is_being_sent_is_left_alone(rig, item):
    with rig.store.transaction() as tx:
        tx.outbox.begin_attempt(entry(rig).id, rig.clock.now())
    for act in (lambda: rig.review.retry(S), lambda: rig.review.give_up(S)):
        with pytest.raises(Rejected, match="being sent at this moment"):
            act()


# --- giving up -------------------------------------------------------------------------------------------------------


def test_given_up_it_is_open_again_and_nothing_goes_out(rig, item):
    rig.crm.fail_before = [UserActionNeeded("Sign in.")]
    with rig.store.transaction() as tx:
        tx.outbox.settle(entry(rig).id, DeliveryState.REJECTED, sentence="No.")
        tx.proposals.save_suggestion(rig.now(item))
    assert "open again" in rig.review.give_up(S)
    rig.deliver()
    assert rig.crm.writes == []
    assert rig.now(item).state is SuggestionState.OPEN
    with rig.store.reading() as tx:
        assert [d.verdict.value for d in tx.proposals.decisions(S)] == ["accept", "undo"]


def test_given_up_after_a_lost_answer_it_is_looked_for_and_taken_back(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.crm.fail_after = [Temporary("No answer.")]
    rig.review.accept(account.id)
    rig.deliver_next(CRM)
    rig.review.give_up(account.id)
    assert entry(rig, account.id).operation is Operation.REMOVE
    rig.deliver()
    assert rig.crm.all(RecordKind.ACCOUNT) == []
    assert rig.now(account).state is SuggestionState.UNDONE
    rig.review.accept(account.id)
    rig.deliver()
    assert len(rig.crm.all(RecordKind.ACCOUNT)) == 1


def test_an_undo_on_its_way_can_be_given_up(rig, item):
    rig.deliver()
    rig.review.undo(S)
    with pytest.raises(Rejected, match="being put back already"):
        rig.review.undo(S)
    rig.review.give_up(S)
    rig.deliver()
    assert live(rig)["title"] == MINE["title"]
    assert rig.now(item).state is SuggestionState.DELIVERED


def test_a_reply_can_be_given_up(rig, card):
    rig.review.accept_draft(card.draft.id)
    rig.review.give_up(card.draft.id)
    while rig.deliver_next(MAILBOX):
        pass
    assert rig.drafts.kept == []
    assert rig.draft_now(card.draft).state is DraftState.OPEN


def test_what_is_settled_cannot_be_given_up(rig, item):
    rig.deliver()
    with pytest.raises(Rejected, match="Nothing of this is on its way"):
        rig.review.give_up(S)


def test_an_undo_that_may_have_been_carried_out_leaves_it_open_when_it_is_given_up(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.deliver()
    rig.review.undo(account.id)
    rig.crm.fail_after = [Temporary("No answer.")]
    rig.deliver_next(CRM)
    assert rig.crm.all(RecordKind.ACCOUNT) == []
    rig.review.give_up(account.id)
    assert rig.now(account).state is SuggestionState.OPEN
    rig.review.accept(account.id)
    rig.deliver()
    assert len(rig.crm.all(RecordKind.ACCOUNT)) == 1


@pytest.mark.parametrize("name", ["name", "phone"])
@pytest.mark.parametrize("is_refused_next", [False, True])
def test_what_others_wrote_before_a_lost_create_was_found_again_is_not_removed(rig, card, name, is_refused_next):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    if is_refused_next:
        with rig.store.transaction() as tx:  # the program ends in the middle of it
            (waiting,) = tx.outbox.of_subject(account.id)
            tx.outbox.begin_attempt(waiting.id, rig.clock.now())
        rig.crm.create(waiting.kind, waiting.fields, waiting.idempotency_key)
        rig.crm.fail_before = [Rejected("No.")]
    else:
        rig.crm.fail_after = [Temporary("No answer.")]
    rig.deliver_next(CRM)
    (made,) = rig.crm.all(RecordKind.ACCOUNT)
    rig.crm.update(made.ref, {name: "Theirs"})
    rig.review.retry(account.id)
    rig.deliver()
    assert rig.now(account).state is SuggestionState.DELIVERED
    rig.review.undo(account.id)
    rig.deliver()
    assert rig.now(account).state is SuggestionState.CONFLICT
    (left,) = rig.crm.all(RecordKind.ACCOUNT)
    assert left.fields[name] == "Theirs"


def test_an_answered_undo_that_is_given_up_looks_for_our_values_and_not_for_theirs(rig, item):
    rig.crm.fail_before = [UserActionNeeded("Sign in.")]
    rig.deliver_next(CRM)
    rig.review.undo(S)
    edited_there(rig, title="Director")
    rig.review.retry(S)
    edited_there(rig, title="President")
    assert entry(rig).state is DeliveryState.CONFLICT
    rig.review.give_up(S)
    assert rig.now(item).state is SuggestionState.OPEN
    assert live(rig)["title"] == "President"


def test_what_others_wrote_in_a_record_that_a_new_decision_finds_again_is_not_removed(rig, card):
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    rig.deliver()
    (made,) = rig.crm.all(RecordKind.ACCOUNT)
    rig.review.undo(account.id)
    rig.crm.fail_before = [UserActionNeeded("Sign in.")]
    rig.deliver_next(CRM)
    rig.review.give_up(account.id)
    rig.crm.update(made.ref, {"phone": "+44 20 7946 0001"})
    rig.review.accept(account.id)
    rig.deliver()
    rig.review.undo(account.id)
    rig.deliver()
    assert rig.now(account).state is SuggestionState.CONFLICT
    assert len(rig.crm.all(RecordKind.ACCOUNT)) == 1
