"""The mailbox is in trouble: the rep reads one sentence, nothing is lost or doubled, and everybody else goes on."""

import threading

import pytest

from desktop.domain.proposals import SuggestionState
from desktop.domain.records import RecordKind
from desktop.review.views import Shelf
from desktop.system.clock import SystemClock
from tests.end2end.rep import MAILBOX, kill, mail, small_talk
from tests.fakes.waiting import wait_until

pytestmark = [pytest.mark.server, pytest.mark.end2end]

SECOND = "second"
MANY = 300


@pytest.fixture
def dovecot(shared_dovecot):
    """The Dovecot, which the test may stop: it runs again afterwards."""
    yield shared_dovecot
    shared_dovecot.stop()
    shared_dovecot.start()


def is_a_sentence(words):
    return words.endswith(".") and len(words) < 220 and "\n" not in words and "Error" not in words


# --- the server is gone -----------------------------------------------------------------------------------------------


def test_a_server_that_is_gone_is_said_and_its_mail_arrives_when_it_is_back(rep, dovecot):
    rep.deliver(small_talk(1))
    rep.run()
    before = rep.cards()
    dovecot.stop()
    rep.deliver(small_talk(2))
    rep.run()
    row = rep.connection(MAILBOX)
    assert not row.is_ok
    assert "localhost" in row.sentence
    assert "try again" in row.sentence
    assert is_a_sentence(row.sentence)
    assert rep.connection("crm").is_ok
    assert rep.cards() == before
    dovecot.start()
    rep.run()
    assert rep.connection(MAILBOX).is_ok
    assert rep.connection(MAILBOX).sentence == ""
    assert len(rep.cards(Shelf.OPEN)) == 2


def test_a_server_that_goes_while_the_agent_watches_it(rep, dovecot):
    rep.deliver(small_talk(1))
    with rep.working() as agent:
        wait_until(lambda: len(rep.cards()) == 1)
        dovecot.stop()
        wait_until(lambda: not rep.connection(MAILBOX).is_ok)
        assert is_a_sentence(rep.connection(MAILBOX).sentence)
        rep.deliver(small_talk(2))
        dovecot.start()
        agent.poke()
        wait_until(lambda: len(rep.cards()) == 2)
        wait_until(lambda: rep.connection(MAILBOX).is_ok)


def test_a_server_killed_in_the_middle_of_many_mails(rep, dovecot):
    for number in range(MANY):
        rep.deliver(small_talk(number))
    killers, turn = [], threading.Lock()

    def kill_during_a_later_pull(name):
        """Kill it once: several lanes come by here."""
        with turn:
            if name == "send" and not killers and rep.mails():
                killers.append(threading.Thread(target=kill, args=(dovecot,)))
                killers[0].start()

    rep.parts.boundary = kill_during_a_later_pull
    with rep.working() as agent:
        wait_until(lambda: not rep.connection(MAILBOX).is_ok)
        killers[0].join()
        assert 0 < len(rep.mails()) < MANY, "killed too late to show anything"
        dovecot.start()
        agent.poke()
        wait_until(lambda: {state for _, state in rep.mails()} == {"proposed"} and len(rep.mails()) == MANY)
    rep.run()
    assert len({number for number, _ in rep.mails()}) == len(rep.mails()) == MANY
    assert len(rep.cards()) == MANY
    assert rep.sql("select count(*) from raw_item") == [(MANY,)]


# --- only the rep can mend it -----------------------------------------------------------------------------------------

SPOILT = {
    "password": ("the password again", lambda rep, name: rep.give_password("hunter2", name)),
    "no password": ("password for localhost is missing", lambda rep, name: rep.give_password("", name)),
    "certificate": ("certificate of localhost is not trusted", lambda rep, name: spoil(rep, name, ca_file="")),
    "folder": ("Check the folder in the settings", lambda rep, name: spoil(rep, name, folder="Nope")),
    "CA file": ("CA file", lambda rep, name: spoil(rep, name, ca_file="/nowhere.pem")),
    "port": ("port", lambda rep, name: spoil(rep, name, port="many")),
    "no host": ("Server", lambda rep, name: spoil(rep, name, host=" ")),
}


def spoil(rep, name, **settings):
    rep.connect_mailbox({**rep.settings(name), **settings}, name)


@pytest.mark.parametrize("what", SPOILT)
def test_what_only_the_rep_can_mend_is_said_and_stops_nobody_else(rep, what):
    words, break_it = SPOILT[what]
    rep.give_password(rep.dovecot.password, SECOND)
    rep.connect_mailbox({**rep.settings(), "username": f"other-{rep.user}"}, SECOND)
    rep.deliver(small_talk(1))
    break_it(rep, MAILBOX)
    rep.dovecot.deliver(small_talk(2), f"other-{rep.user}")
    rep.run()
    row = rep.connection(MAILBOX)
    assert not row.is_ok
    assert words in row.sentence
    assert is_a_sentence(row.sentence)
    assert rep.connection("crm").is_ok
    assert rep.connection(SECOND).is_ok
    assert len(rep.cards()) == 1, "the other mailbox's mail"
    mend = {**rep.settings(SECOND), "username": rep.user}
    rep.give_password(rep.dovecot.password)
    rep.connect_mailbox(mend)
    rep.run()
    assert rep.connection(MAILBOX).is_ok
    assert len(rep.cards()) == 2


def test_a_password_given_later_is_used_without_a_restart(rep):
    rep.give_password("hunter2")
    rep.deliver(small_talk(1))
    with rep.working() as agent:
        wait_until(lambda: "password" in rep.connection(MAILBOX).sentence)
        rep.give_password(rep.dovecot.password)
        agent.poke()
        wait_until(lambda: rep.connection(MAILBOX).is_ok and len(rep.cards()) == 1)


# --- UIDVALIDITY ------------------------------------------------------------------------------------------------------


def decide(rep):
    """Accept one Suggestion, dismiss another, put away the rest; return what must still hold."""
    rep.review.accept(rep.item(RecordKind.ACCOUNT).id)
    rep.review.dismiss(rep.item(RecordKind.TASK).id)
    rep.review.snooze(rep.card().proposal.id, SystemClock().now().replace(year=2099))
    return states(rep)


def states(rep):
    return {s.id: s.state for card in rep.cards() for s in card.proposal.suggestions}


@pytest.mark.expects_log("UIDVALIDITY .* became")
def test_a_uidvalidity_reset_loses_and_doubles_nothing_and_forgets_no_decision(rep):
    rep.deliver(mail())
    rep.run()
    decided = decide(rep)
    rep.dovecot.reset_uidvalidity(rep.user)
    rep.deliver(small_talk(2))
    rep.run()
    assert len(rep.mails()) == 2
    assert len(rep.cards(Shelf.OPEN)) == 1
    assert len(rep.cards(Shelf.SNOOZED)) == 1
    now = states(rep)
    assert {key: now[key] for key in decided} == {
        key: SuggestionState.DELIVERED if state is SuggestionState.QUEUED else state for key, state in decided.items()
    }
    assert rep.org.org.created["Account"] == 1


@pytest.mark.expects_log("UIDVALIDITY .* became")
def test_a_uidvalidity_reset_in_the_middle_of_a_session(rep):
    for number in range(1, 6):
        rep.deliver(small_talk(number))
    with rep.working():
        wait_until(lambda: len(rep.cards()) == 5)
        for round_ in range(6, 9):
            rep.dovecot.reset_uidvalidity(rep.user)
            rep.deliver(small_talk(round_))
            wait_until(lambda count=round_: len(rep.cards()) == count)
    assert [state for _, state in rep.mails()] == ["proposed"] * 8
    assert rep.sql("select count(*) from raw_item") == [(8,)]
