"""What front ends are told: complete cards, exact counts, and how everything is doing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.domain.errors import Temporary
from desktop.domain.evidence import FactKind, Intent, WrittenBy
from desktop.domain.ids import ProposalId, RecordId, SuggestionId
from desktop.domain.interactions import InteractionState
from desktop.domain.ports import ModelState
from desktop.domain.proposals import Action, DraftState, FieldChange, Suggestion, SuggestionState
from desktop.domain.records import RecordKind, RecordRef
from desktop.review.queries import StoredQueries
from desktop.review.views import Shelf
from desktop.store.reader import Reader
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, KEY, NOON, fact, interaction, message, reading, record
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts


class Desk(Rig):
    def __init__(self, folder):
        super().__init__(folder)
        self.queries = StoredQueries(Reader(folder / "store.db", KEY))

    def inquiry(self, number=1):
        return self.propose(message(INQUIRY, number=number), reading(inquiry_facts(), intent=Intent.INQUIRY))


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.queries.close()
    desk.close()


def test_a_line_of_the_list_says_what_waits_and_how_sure_it_is(desk):
    proposal = desk.inquiry()
    (row,) = desk.queries.cards(Shelf.OPEN)
    assert (row.id, row.title, row.subject, row.sender) == (proposal.id, proposal.title, "Pumps", "Jane Roe")
    assert row.waiting == len(proposal.suggestions) + 1
    assert row.sent_at == NOON - timedelta(hours=1)
    desk.review.dismiss_all(proposal.id)
    assert desk.queries.cards(Shelf.OPEN) == ()
    assert [r.id for r in desk.queries.cards(Shelf.DONE)] == [proposal.id]


def test_lists_are_newest_first_and_come_in_pages(desk):
    made = [desk.propose(message("ok", number=n), reading()) for n in (3, 1, 2)]
    assert None not in made
    ids = [row.subject + str(row.sent_at) for row in desk.queries.cards(Shelf.OPEN)]
    assert ids == sorted(ids, reverse=True)
    paged = [r.id for n in range(3) for r in desk.queries.cards(Shelf.OPEN, offset=n, limit=1)]
    assert paged == [r.id for r in desk.queries.cards(Shelf.OPEN)]


def test_a_card_is_complete(desk):
    jane = record(RecordKind.CONTACT, 1, last_name="Roe", email="jane.roe@buyer.example", account="account:account-1")
    with desk.store.transaction() as tx:
        tx.mirror.save(CRM, jane)
        tx.mirror.save(CRM, record(RecordKind.ACCOUNT, 1, name="Buyer Industries"))
    proposal = desk.inquiry()
    card = desk.queries.card(proposal.id)
    assert card.proposal == proposal
    assert card.source.text == INQUIRY
    assert card.source.sender_address == "jane.roe@buyer.example"
    for evidence in card.source.evidence:
        assert INQUIRY[evidence.span.start : evidence.span.end] == evidence.text
    assert card.names["account:account-1"] == "Buyer Industries"
    deal = of_kind(proposal, RecordKind.OPPORTUNITY)
    assert card.names[f"suggestion:{deal.id}"] == deal.title


def test_a_conflict_shows_what_was_found(desk):
    jane = desk.crm.create(
        RecordKind.CONTACT, {"last_name": "Roe", "email": "jane.roe@buyer.example", "title": "A"}, "k"
    )
    with desk.store.transaction() as tx:
        tx.mirror.save(CRM, jane)
    text = "I am B now.\nJane Roe, jane.roe@buyer.example, B"
    facts = [fact(text, FactKind.EMAIL, "jane.roe@buyer.example"), fact(text, FactKind.TITLE, "B")]
    proposal = desk.propose(message(text), reading(facts))
    item = of_kind(proposal, RecordKind.CONTACT)
    desk.crm.update(jane.ref, {"title": "C"})
    desk.review.accept(item.id)
    desk.deliver()
    card = desk.queries.card(proposal.id)
    assert card.live[item.id] == {"title": "C"}
    assert card.entries[item.id].sentence
    assert desk.queries.counts().needs_user == 1
    assert SuggestionState.CONFLICT in desk.queries.cards(Shelf.OPEN)[0].marks


def test_counts_follow_every_step(desk):
    proposal = desk.inquiry()
    assert (desk.queries.counts().open, desk.queries.counts().on_its_way) == (1, 0)
    desk.review.accept(of_kind(proposal, RecordKind.ACCOUNT).id)
    assert desk.queries.counts().on_its_way == 1
    desk.deliver()
    assert desk.queries.counts().on_its_way == 0
    desk.review.snooze(proposal.id, desk.clock.now() + timedelta(days=1))
    assert (desk.queries.counts().open, desk.queries.counts().snoozed) == (0, 1)


def test_mails_that_led_to_nothing_say_why(desk):
    item = interaction(message("x", subject="News"), number=5)
    with desk.store.transaction() as tx:
        tx.interactions.add(item, b"raw")
        tx.interactions.move(item.id, InteractionState.IGNORED, reason="A newsletter.")
    (row,) = desk.queries.ignored()
    assert (row.subject, row.reason) == ("News", "A newsletter.")
    assert desk.queries.counts().ignored == 1


def test_deliveries_have_names(desk):
    proposal = desk.inquiry()
    desk.review.accept(of_kind(proposal, RecordKind.ACCOUNT).id)
    desk.review.accept_draft(proposal.draft.id)
    assert [row.title for row in desk.queries.deliveries()] == ["Re: Pumps", "Buyer Industries Ltd"]


def test_health_before_and_after_anybody_looked(desk):
    health = desk.queries.health()
    assert health.agent_seen_at is None
    assert health.model_state is ModelState.ABSENT
    assert [c.sentence for c in health.connections] == ["Not looked at yet."] * 2
    with desk.store.transaction() as tx:
        tx.connections.save_health(CRM, NOON, sentence="Sign in again.", is_ok=False)
        tx.connections.save_health("model", NOON, sentence="loading: One moment.", is_ok=False)
    health = desk.queries.health()
    assert (health.model_state, health.model_sentence) == (ModelState.LOADING, "One moment.")
    crm = next(c for c in health.connections if c.connection_id == CRM)
    assert (crm.is_ok, crm.sentence, crm.checked_at) == (False, "Sign in again.", NOON)


def test_the_reps_text_of_a_draft_is_what_the_card_shows(desk):
    proposal = desk.inquiry()
    desk.review.save_draft(proposal.draft.id, subject="S", body="B")
    draft = desk.queries.card(proposal.id).proposal.draft
    assert (draft.subject, draft.body, draft.state) == ("S", "B", DraftState.OPEN)


def test_a_card_that_is_gone_is_none(desk):
    assert desk.queries.card(ProposalId("nothing")) is None


def test_a_card_shows_the_summary_and_who_wrote_it(desk):
    told = reading(inquiry_facts(), intent=Intent.INQUIRY)
    own = desk.propose(message(INQUIRY, number=1), replace(told, summary="They want pumps."))
    source = desk.queries.card(own.id).source
    assert (source.summary, source.summary_by) == ("They want pumps.", "")
    by = WrittenBy("Some Model 3B", "ab" * 32)
    written = desk.propose(message(INQUIRY, number=2), replace(told, summary="Pumps are wanted.", summary_by=by))
    source = desk.queries.card(written.id).source
    assert (source.summary, source.summary_by) == ("Pumps are wanted.", "Some Model 3B")


def test_the_outbox_says_what_why_and_when(desk):
    proposal = desk.inquiry()
    account = of_kind(proposal, RecordKind.ACCOUNT)
    desk.crm.fail_before = [Temporary("It is down.", retry_after=40)]
    desk.review.accept(account.id)
    desk.deliver_next(CRM)
    desk.review.accept_draft(proposal.draft.id)
    row, draft = desk.queries.outbox()
    assert (row.connection, draft.connection) == ("Book", "Mailbox")
    assert (row.title, row.entry.sentence, row.entry.attempts) == ("Buyer Industries Ltd", "It is down.", 1)
    assert row.proposal_id == proposal.id
    assert row.due_at == NOON + timedelta(seconds=40)
    assert row.tried_at == NOON
    assert {field.name: field.wanted for field in row.fields} == account.after()
    desk.deliver(rounds=2)
    assert desk.queries.outbox() == ()


def test_a_conflict_in_the_outbox_has_three_values_and_when_it_came_about(desk):
    jane = desk.crm.memory.put(
        RecordRef(RecordKind.CONTACT, RecordId("c1")), {"last_name": "Roe", "title": "Buyer"}, key=None, expected=""
    )
    card = desk.propose(message("Hello"), reading())
    change = FieldChange("title", "Buyer", "Head of Procurement", 0.9, "")
    item = Suggestion(
        SuggestionId("s"), card.id, CRM, Action.UPDATE, RecordKind.CONTACT, "Jane", (change,), "", target=jane.ref
    )
    with desk.store.transaction() as tx:
        tx.proposals.append(card.id, item, "s")
    later = desk.clock.advance(60)
    edited = desk.crm.update(jane.ref, {"title": "Director"})
    desk.review.accept(item.id)
    desk.deliver_next(CRM)
    (row,) = desk.queries.outbox()
    (field,) = row.fields
    assert (field.seen, field.found, field.wanted, field.is_contested) == (
        "Buyer",
        "Director",
        "Head of Procurement",
        True,
    )
    assert row.changed_at is None, "the mirror has not seen it yet"
    with desk.store.transaction() as tx:
        tx.mirror.save(CRM, edited)
    assert desk.queries.outbox()[0].changed_at == later
    assert desk.queries.card(card.id).changed_at == {"s": later}


def test_a_card_is_found_on_its_shelf(desk):
    made = [desk.inquiry(number) for number in (1, 2, 3)]
    desk.review.dismiss_all(made[1].id)
    assert desk.queries.place(made[2].id) == (Shelf.OPEN, 1)
    assert desk.queries.place(made[1].id) == (Shelf.DONE, 0)
    assert desk.queries.place(ProposalId("gone")) is None


def test_health_says_since_when_and_how_many_wait(desk):
    proposal = desk.inquiry()
    with desk.store.transaction() as tx:
        tx.connections.save_health(CRM, NOON, sentence="It is down.", is_ok=False)
        tx.connections.save_health(CRM, NOON + timedelta(minutes=9), sentence="It is still down.", is_ok=False)
    desk.review.accept(of_kind(proposal, RecordKind.ACCOUNT).id)
    found = next(one for one in desk.queries.health().connections if one.connection_id == CRM)
    assert (found.since, found.waiting, found.sentence) == (NOON, 1, "It is still down.")
    with desk.store.transaction() as tx:
        tx.connections.save_health(CRM, NOON, sentence="", is_ok=True)
    assert next(one for one in desk.queries.health().connections if one.connection_id == CRM).since is None
