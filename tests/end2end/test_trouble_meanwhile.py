"""Meanwhile: somebody else edits in the CRM, our own store fails, both servers are away; all of it ends well."""

import pytest

from desktop.domain.deliveries import DeliveryState
from desktop.domain.proposals import SuggestionState
from desktop.domain.records import RecordKind
from desktop.review.views import Shelf
from tests.end2end.rep import CRM, MAILBOX, TOKEN, mail, small_talk
from tests.fakes.waiting import wait_until
from tests.servers.salesforce import SalesforceServer

pytestmark = [pytest.mark.server, pytest.mark.end2end]

CONFLICT = DeliveryState.CONFLICT
JANE = {
    "FirstName": "Jane",
    "LastName": "Roe",
    "Email": "jane.roe@buyer.example",
    "Title": "Buyer",
    "Phone": "+442079460123",
}


# --- somebody else in the CRM -----------------------------------------------------------------------------------------


@pytest.fixture
def known(rep):
    """A rep whose CRM knows Jane as a buyer, and whose mail says that she is head of procurement."""
    rep.jane = rep.org.org.create("Contact", JANE)
    rep.deliver(mail())
    rep.run()
    assert rep.item(RecordKind.CONTACT).target is not None
    return rep


def title(rep):
    return rep.org.org.records["Contact"][rep.jane]["Title"]


def test_an_edit_by_somebody_else_is_shown_and_not_overwritten(known):
    contact = known.item(RecordKind.CONTACT)
    known.org.org.advance(5)
    known.org.org.update("Contact", known.jane, {"Title": "Director"}, None)
    known.review.dismiss(known.item(RecordKind.ACCOUNT).id)
    known.review.accept(contact.id)
    known.run()
    assert title(known) == "Director"
    assert known.entry(contact.id).state is CONFLICT
    assert known.card().live[contact.id]["title"] == "Director"
    known.review.undo(contact.id)
    again = known.item(RecordKind.CONTACT)
    assert again.state is SuggestionState.OPEN
    assert next(c.before for c in again.changes if c.field == "title") == "Director", "the rep decides on what is there"
    known.review.accept(contact.id)
    known.run()
    assert title(known) == "Head of Procurement"
    assert known.item(RecordKind.CONTACT).state is SuggestionState.DELIVERED


def test_an_edit_in_the_very_moment_of_writing(known):
    contact = known.item(RecordKind.CONTACT)
    known.review.dismiss(known.item(RecordKind.ACCOUNT).id)
    known.review.accept(contact.id)
    touch = {"act": "touch", "object": "Contact", "id": known.jane, "fields": {"Title": "Director"}, "after": 5}
    known.fault(touch, prefix="/sobjects/Contact")
    known.run()
    assert title(known) == "Director"
    assert known.item(RecordKind.CONTACT).state is SuggestionState.CONFLICT


def test_an_undo_that_somebody_else_is_in_the_way_of_can_be_given_up(known):
    contact = known.item(RecordKind.CONTACT)
    known.review.dismiss(known.item(RecordKind.ACCOUNT).id)
    known.review.accept(contact.id)
    known.run()
    known.org.org.advance(5)
    known.org.org.update("Contact", known.jane, {"Title": "Director"}, None)
    known.review.undo(contact.id)
    known.run()
    assert (title(known), known.item(RecordKind.CONTACT).state) == ("Director", SuggestionState.CONFLICT)
    known.review.undo(contact.id)
    assert known.item(RecordKind.CONTACT).state is SuggestionState.DELIVERED
    known.due_now()
    known.run()
    assert title(known) == "Director"
    known.org.org.advance(5)
    known.org.org.update("Contact", known.jane, {"Title": "Head of Procurement"}, None)
    known.review.undo(contact.id)
    known.run()
    assert (title(known), known.item(RecordKind.CONTACT).state) == ("Buyer", SuggestionState.UNDONE)


# --- our own store ----------------------------------------------------------------------------------------------------


@pytest.mark.expects_log("failed unexpectedly")
def test_an_answer_that_cannot_be_kept_is_got_again_and_nothing_of_it_is_logged(rep):
    """The write reached the CRM and the mailbox, and the store fails before the receipts are kept."""
    rep.deliver(mail())
    rep.run()
    rep.review.accept(rep.item(RecordKind.ACCOUNT).id)
    rep.review.accept_draft(rep.card().proposal.draft.id)
    rep.sql("create trigger no_room before insert on receipt begin select raise(fail, 'disk is full'); end")
    with rep.working():
        wait_until(lambda: rep.alive("Account") and rep.drafts() and not rep.connection(CRM).is_ok)
    assert rep.sql("select distinct state from outbox_entry") == [("sending",)]
    rep.sql("drop trigger no_room")
    rep.run()
    assert rep.item(RecordKind.ACCOUNT).state is SuggestionState.DELIVERED
    assert rep.org.org.created["Account"] == 1
    assert len(rep.drafts()) == 1
    assert rep.sql("select count(*) from receipt") == [(2,)]


# --- offline ----------------------------------------------------------------------------------------------------------


def test_offline_review_goes_on_and_all_of_it_is_delivered_once_and_in_order_afterwards(new_rep, shared_dovecot):
    server = SalesforceServer()
    port = server.port
    with server:
        rep = new_rep()
        settings = {"instance_url": f"http://127.0.0.1:{port}", "external_id_field": "Dealside_Key__c"}
        server.org.tokens = {TOKEN}
        rep.connect_crm(settings)
        rep.org = server
        rep.deliver(mail())
        rep.deliver(small_talk(2))
        rep.run()
    shared_dovecot.stop()
    try:
        with rep.working() as agent:
            decide_offline(rep, agent)
            waiting = rep.sql("select count(*) from outbox_entry where state in ('waiting', 'sending')")[0][0]
            assert waiting > 4
            shared_dovecot.start()
            with SalesforceServer(server.org, port=port) as back:
                rep.org = back
                rep.due_now()
                agent.poke()
                wait_until(lambda: not rep.sql("select id from outbox_entry where state in ('waiting', 'sending')"))
                check_what_arrived(rep)
    finally:
        if shared_dovecot._process is None:
            shared_dovecot.start()


def decide_offline(rep, agent):
    """Use every verb; the queue fills and says why."""
    first, second = sorted(rep.cards(Shelf.OPEN), key=lambda card: len(card.proposal.suggestions), reverse=True)
    of_kind = {s.kind: s for s in first.proposal.suggestions}
    rep.review.accept(of_kind[RecordKind.ACCOUNT].id, {"name": "Buyer Group"})
    agent.poke()
    wait_until(lambda: "reached" in rep.entry(of_kind[RecordKind.ACCOUNT].id).sentence)
    rep.review.accept(of_kind[RecordKind.CONTACT].id)
    rep.review.undo(of_kind[RecordKind.CONTACT].id)
    rep.review.accept(of_kind[RecordKind.CONTACT].id)
    rep.review.accept(of_kind[RecordKind.OPPORTUNITY].id, {"close_date": "2026-12-31"})
    rep.review.accept(of_kind[RecordKind.ACTIVITY].id)
    rep.review.dismiss(of_kind[RecordKind.TASK].id)
    rep.review.accept_draft(first.proposal.draft.id)
    rep.review.dismiss_all(second.proposal.id)
    agent.poke()
    wait_until(lambda: not rep.connection(CRM).is_ok and not rep.connection(MAILBOX).is_ok)


def check_what_arrived(rep):
    created = [path.split("/")[2] for method, path in rep.org.requests if method == "PATCH"]
    assert created == ["Account", "Contact", "Opportunity", "Task"]  # a logged mail is a finished Task of Salesforce
    assert dict(rep.org.org.created) == {"Account": 1, "Contact": 1, "Opportunity": 1, "Task": 1}
    (account,), (contact,), (deal,) = (rep.alive(name) for name in ("Account", "Contact", "Opportunity"))
    assert account["Name"] == "Buyer Group"
    assert contact["AccountId"] == deal["AccountId"] == account["Id"]
    assert len(rep.drafts()) == 1
    states = {s.state for card in rep.cards() for s in card.proposal.suggestions}
    assert states == {SuggestionState.DELIVERED, SuggestionState.DISMISSED}
