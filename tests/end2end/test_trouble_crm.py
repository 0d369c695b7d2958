"""The CRM is in trouble: what becomes of a decision, what the rep reads, and that it is carried out exactly once."""

from datetime import timedelta

import pytest

from desktop.domain.deliveries import DeliveryState
from desktop.domain.proposals import SuggestionState
from desktop.domain.records import RecordKind
from desktop.review.views import Shelf
from tests.end2end.rep import CRM, MAILBOX, TOKEN, mail, small_talk

pytestmark = [pytest.mark.server, pytest.mark.end2end]

WAITING, NEEDS_USER = DeliveryState.WAITING, DeliveryState.NEEDS_USER
REJECTED, CONFLICT = DeliveryState.REJECTED, DeliveryState.CONFLICT
OF_SUGGESTION = {
    WAITING: SuggestionState.QUEUED,
    NEEDS_USER: SuggestionState.QUEUED,
    REJECTED: SuggestionState.REJECTED,
    CONFLICT: SuggestionState.CONFLICT,
}


def status(number, code="", **more):
    return {"act": "status", "status": number, "code": code, **more}


LOOKING = {"method": "GET", "prefix": "/sobjects/Account/Dealside_Key__c/"}
TROUBLES = {
    "401": (status(401, "INVALID_SESSION_ID"), NEEDS_USER, "sign in to it again"),
    "403 permission": (status(403, "INSUFFICIENT_ACCESS"), NEEDS_USER, "ask your administrator"),
    "403 quota": (status(403, "REQUEST_LIMIT_EXCEEDED", message="TotalRequests Limit exceeded."), WAITING, "few hours"),
    "409": (status(409), REJECTED, "in the way"),
    "412": (status(412), CONFLICT, "Somebody changed the record"),
    "429": (status(429, headers={"Retry-After": "7"}), WAITING, "slow down"),
    "500": (status(500, "UNKNOWN_EXCEPTION"), WAITING, "trouble at the moment"),
    "half an answer": ({"act": "cut"}, WAITING, "broke off"),
    "garbage": ({"act": "garbage", **LOOKING}, WAITING, "garbled"),
    "no answer": ({"act": "hang"}, WAITING, "did not answer in time"),
    "hung up": ({"act": "drop"}, WAITING, "broke off"),
    "answer lost": ({"act": "drop_after"}, WAITING, "broke off"),
}


@pytest.fixture
def rep(rep):
    """A rep with one card."""
    rep.deliver(mail())
    rep.run()
    return rep


def try_account(rep):
    """Accept the Account, let the agent try, and return what the card shows then."""
    account = rep.item(RecordKind.ACCOUNT)
    rep.review.accept(account.id)
    rep.run()
    return rep.item(RecordKind.ACCOUNT), rep.entry(account.id)


def is_written_once(rep):
    assert rep.item(RecordKind.ACCOUNT).state is SuggestionState.DELIVERED
    assert rep.org.org.created["Account"] == 1
    assert [row["Name"] for row in rep.alive("Account")] == ["Buyer Industries Ltd"]
    before = len(rep.writes()), rep.org.org.writes
    rep.due_now()
    rep.run()
    assert (len(rep.writes()), rep.org.org.writes) == before
    assert rep.sql("select count(*) from receipt") == [(1,)]


@pytest.mark.parametrize("what", TROUBLES)
def test_what_the_rep_sees_and_that_it_goes_through_once_afterwards(rep, what):
    given, state, words = TROUBLES[what]
    rep.fault(given)
    account, entry = try_account(rep)
    assert (entry.state, account.state) == (state, OF_SUGGESTION[state])
    assert words in entry.sentence
    assert entry.sentence.endswith(".")
    assert "\n" not in entry.sentence
    if state in (REJECTED, CONFLICT):
        assert rep.cards(Shelf.OPEN), "the card has to stay where the rep looks"
    if state is not WAITING:
        with rep.queries() as queries:
            assert queries.counts().needs_user == 1
        rep.review.retry(account.id)
    else:
        rep.due_now()
    rep.run()
    is_written_once(rep)


@pytest.mark.parametrize("what", ["401", "403 permission"])
def test_what_waits_for_the_rep_goes_by_itself_once_they_have_mended_it(rep, what):
    rep.fault(TROUBLES[what][0])
    try_account(rep)
    rep.due_now()
    rep.run()
    is_written_once(rep)


@pytest.mark.parametrize("what", TROUBLES)
def test_what_is_taken_back_in_trouble_leaves_nothing_behind(rep, what):
    rep.fault(TROUBLES[what][0])
    account, _ = try_account(rep)
    rep.review.undo(account.id)
    rep.due_now()
    rep.run()
    assert rep.alive("Account") == []
    assert rep.item(RecordKind.ACCOUNT).state in (SuggestionState.OPEN, SuggestionState.UNDONE)


@pytest.mark.parametrize("seconds", ["0", "Wed, 01 Jan 2020 00:00:00 GMT"])
def test_a_server_that_says_try_again_at_once_is_not_hammered(rep, seconds):
    rep.fault(status(429, headers={"Retry-After": seconds}), times=1000)
    _, entry = try_account(rep)
    assert entry.state is WAITING
    assert len(rep.writes()) == 1


def test_the_wait_the_server_asked_for_is_kept(rep):
    rep.fault(status(429, headers={"Retry-After": "7200"}))
    before = rep.parts.clock.now()
    account, _ = try_account(rep)
    rep.run()
    assert rep.item(RecordKind.ACCOUNT).state is SuggestionState.QUEUED
    assert len(rep.writes()) == 1
    ((until,),) = rep.sql(f"select not_before from outbox_entry where subject_id = '{account.id}'")
    assert until >= (before + timedelta(seconds=7190)).isoformat()


def test_the_others_go_on_while_one_is_refused_and_what_hangs_on_it_says_so(rep):
    rep.fault(status(409))
    rep.accept_everything()
    rep.run()
    assert rep.item(RecordKind.ACCOUNT).state is SuggestionState.REJECTED
    contact = rep.entry(rep.item(RecordKind.CONTACT).id)
    assert contact.state is WAITING
    assert "Buyer Industries Ltd" in contact.sentence
    assert "accept or dismiss" not in contact.sentence, "neither can be done to what was refused"
    assert len(rep.drafts()) == 1
    rep.review.undo(rep.item(RecordKind.ACCOUNT).id)
    rep.review.dismiss(rep.item(RecordKind.ACCOUNT).id)
    rep.due_now()
    rep.run()
    states = {s.state for s in rep.card().proposal.suggestions if s.kind is not RecordKind.ACCOUNT}
    assert states == {SuggestionState.DELIVERED}
    assert rep.alive("Contact")[0]["AccountId"] is None


# --- the sign-in ends -------------------------------------------------------------------------------------------------


def test_a_sign_in_that_ended_is_said_and_the_mail_goes_on(rep):
    rep.org.org.tokens = {"another"}
    rep.review.accept(rep.item(RecordKind.ACCOUNT).id)
    rep.deliver(small_talk(2))
    rep.run()
    row = rep.connection(CRM)
    assert not row.is_ok
    assert "sign in to it again" in row.sentence
    assert rep.connection(MAILBOX).is_ok
    assert len(rep.cards()) == 2
    rep.org.org.tokens = {TOKEN}
    rep.due_now()
    rep.run()
    assert rep.connection(CRM).is_ok
    assert rep.org.org.created["Account"] == 1


def test_what_may_have_arrived_is_looked_for_when_it_is_taken_back_after_a_retry(rep):
    """Answer lost, then signed out, then sent again by the rep and taken back before it went."""
    rep.fault({"act": "drop_after"})
    account, _ = try_account(rep)
    rep.org.org.tokens = {"another"}
    rep.due_now()
    rep.run()
    assert rep.entry(account.id).state is NEEDS_USER
    rep.org.org.tokens = {TOKEN}
    rep.review.retry(account.id)
    rep.review.undo(account.id)
    rep.run()
    assert rep.alive("Account") == []
