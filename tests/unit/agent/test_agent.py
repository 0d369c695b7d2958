"""The agent's turns and lanes, with a real store and connectors that do as told."""

import threading
from pathlib import Path

import pytest

from desktop.agent.agent import Agent
from desktop.agent.condition import (
    AFTER_TROUBLE,
    AFTER_USER,
    LONGEST_AFTER_TROUBLE,
    LONGEST_AFTER_USER,
    UNEXPECTED,
    Condition,
)
from desktop.agent.desks import Connectors
from desktop.connectors.mail.maildir import MaildirSource
from desktop.domain.connections import Connection, Family
from desktop.domain.errors import Temporary, UserActionNeeded
from desktop.domain.ids import ConnectionId
from desktop.domain.interactions import InteractionState
from desktop.domain.records import RecordKind
from desktop.review.queries import StoredQueries
from desktop.review.service import StoredReview
from desktop.review.views import Shelf
from desktop.runtime.events import EventBus
from desktop.store.reader import Reader
from desktop.system.clock import SystemClock
from desktop.understanding.confidence.refit import is_due
from tests.fakes.crm import MoodyCrm
from tests.fakes.model import ScriptedModel
from tests.fakes.situations import CRM, KEY, MAILBOX, NOON, new_store
from tests.fakes.waiting import wait_until

MAIL = (
    b"From: Jane Roe <jane.roe@buyer.example>\r\nTo: alex@seller.example\r\nSubject: Pumps %d\r\n"
    b"Date: Mon, 16 Nov 2026 09:00:00 +0000\r\nMessage-ID: <%d@buyer.example>\r\n\r\n"
    b"Hello Alex,\r\n\r\nwe are interested in twelve P200 pumps. Could you send a quote?\r\n\r\n"
    b"Kind regards\r\nJane Roe\r\nBuyer Industries Ltd\r\n"
)


class Office:
    """One profile with a Maildir, a moody CRM and an agent."""

    def __init__(self, folder: Path) -> None:
        self.clock = SystemClock()
        self.store = new_store(folder, clock=self.clock)
        self.path = folder / "store.db"
        self.maildir = folder / "maildir"
        for name in ("tmp", "new", "cur"):
            (self.maildir / name).mkdir(parents=True)
        self.crm = MoodyCrm(self.clock)
        self.bus = EventBus()
        self.heard: list[str] = []
        self.bus.subscribe(lambda event: self.heard.append(event.name.value))
        self.model = ScriptedModel()
        self.opened: list[str] = []
        self.review = StoredReview(lambda: self.store, self.clock, actor="rep")
        self.agent = Agent(
            self.store,
            self.clock,
            self.model,
            connectors=Connectors(mail=self.open_mail, drafts=self.open_mail, crm=self.open_crm),
            bus=self.bus,
        )

    def open_mail(self, connection: Connection) -> MaildirSource:
        self.opened.append(connection.id)
        if connection.settings.get("broken"):
            raise UserActionNeeded("Type the password again.")
        return MaildirSource(self.maildir, clock=self.clock, poll_seconds=0.05)

    def open_crm(self, connection: Connection) -> MoodyCrm:
        self.opened.append(connection.id)
        return self.crm

    def deliver(self, number: int) -> None:
        (self.maildir / "new" / f"{number}.test").write_bytes(MAIL % (number, number))

    def cards(self):
        queries = StoredQueries(Reader(self.path, KEY))
        try:
            return [queries.card(row.id) for row in queries.cards(Shelf.OPEN)]
        finally:
            queries.close()

    def health(self):
        queries = StoredQueries(Reader(self.path, KEY))
        try:
            return {c.connection_id: c for c in queries.health().connections}
        finally:
            queries.close()


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    office.store.close()


def test_one_run_does_the_whole_job_and_a_second_finds_nothing_to_do(office):
    office.deliver(1)
    office.agent.run_once()
    (card,) = office.cards()
    office.review.accept_all(card.proposal.id)
    office.agent.run_once()
    assert [r.title for r in office.crm.all(RecordKind.CONTACT)] == ["Jane Roe"]
    writes = list(office.crm.writes)
    office.agent.run_once()
    assert office.crm.writes == writes


def test_a_mailbox_in_trouble_stops_nobody_else(office):
    with office.store.transaction() as tx:
        broken = Connection(ConnectionId("broken"), "imap", Family.MAIL, "Broken", {"broken": "yes"})
        tx.connections.save(broken, NOON)
    office.deliver(1)
    office.agent.start()
    wait_until(lambda: len(office.cards()) == 1)
    wait_until(lambda: "broken" in office.health() and not office.health()["broken"].is_ok)
    assert office.health()["broken"].sentence == "Type the password again."
    assert office.health()[MAILBOX].is_ok
    assert office.agent.stop()


def test_lanes_do_it_by_themselves_and_a_poke_delivers_at_once(office):
    office.agent.start()
    office.deliver(1)
    wait_until(lambda: len(office.cards()) == 1)
    (card,) = office.cards()
    office.review.accept_all(card.proposal.id)
    office.review.accept_draft(card.proposal.draft.id)
    office.agent.poke()
    wait_until(lambda: office.crm.all(RecordKind.CONTACT) and list(office.maildir.glob(".Drafts/*/*")))
    assert {"interaction_received", "proposal_ready", "delivery_changed"} <= set(office.heard)
    assert office.agent.stop()
    assert office.model.is_closed


def test_a_new_connection_is_served_and_a_removed_one_let_go(office):
    office.agent.start()
    wait_until(lambda: CRM in office.opened)
    with office.store.transaction() as tx:
        tx.connections.save(Connection(ConnectionId("second"), "maildir", Family.MAIL, "Second", {}), NOON)
    office.agent.poke()
    wait_until(lambda: "second" in office.opened)
    with office.store.transaction() as tx:
        tx.connections.remove(ConnectionId("second"))
    office.agent.poke()
    wait_until(lambda: not any("second" in thread.name for thread in threading.enumerate()))
    assert office.agent.stop()


def test_a_snoozed_card_comes_back_by_itself(office):
    office.deliver(1)
    office.agent.run_once()
    (card,) = office.cards()
    with office.store.transaction() as tx:
        tx.proposals.snooze(card.proposal.id, NOON.replace(year=2020))
    assert office.cards() == []
    office.agent.run_once()
    assert len(office.cards()) == 1


@pytest.mark.expects_log("failed unexpectedly")
def test_the_condition_says_what_is_wrong_once_and_how_long_to_wait(office):
    condition = Condition(office.store, office.clock, office.bus)
    office.heard.clear()
    waits = [condition.trouble(CRM, UserActionNeeded("Sign in again.")) for _ in range(12)]
    assert waits[:3] == [AFTER_USER, 2 * AFTER_USER, 4 * AFTER_USER]
    assert waits[-1] == LONGEST_AFTER_USER
    assert office.heard == ["health_changed", "alert_raised"]
    assert condition.trouble(CRM, Temporary("Busy.", retry_after=7)) == 7
    waits = [condition.trouble(CRM, RuntimeError("boom")) for _ in range(8)]
    assert waits[:3] == [AFTER_TROUBLE, 2 * AFTER_TROUBLE, 4 * AFTER_TROUBLE]
    assert waits[-1] == LONGEST_AFTER_TROUBLE
    assert office.health()[CRM].sentence == UNEXPECTED
    condition.well(CRM)
    assert office.health()[CRM].is_ok
    assert condition.trouble(CRM, Temporary("Busy.")) == AFTER_TROUBLE


def test_mails_that_lead_to_nothing_are_counted_and_explained(office):
    raw = MAIL.replace(b"Subject:", b"List-Unsubscribe: <mailto:x@y.example>\r\nSubject:") % (1, 1)
    (office.maildir / "new" / "1.test").write_bytes(raw)
    office.agent.run_once()
    with office.store.reading() as tx:
        assert tx.interactions.count_by_state() == {InteractionState.IGNORED: 1}
    queries = StoredQueries(Reader(office.path, KEY))
    (row,) = queries.ignored()
    assert row.reason
    queries.close()


def test_what_the_rep_decided_is_learned_from_when_there_is_nothing_to_read(office):
    assert is_due(office.store, office.clock)
    office.agent.start()
    try:
        wait_until(lambda: not is_due(office.store, office.clock))
    finally:
        office.agent.stop()
