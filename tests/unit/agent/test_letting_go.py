"""What the agent opens it closes, one lane at a time serves a connection, and nothing that cannot go keeps it busy."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.agent.agent import Agent
from desktop.agent.condition import Condition
from desktop.agent.desks import Connectors
from desktop.agent.surroundings import Surroundings
from desktop.agent.way_out import LOOK_EVERY, WayOut
from desktop.connectors.mail.maildir import MaildirSource
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint, Connection, Family
from desktop.domain.crm_port import RecordBatch
from desktop.domain.deliveries import Operation, OutboxEntry
from desktop.domain.errors import UserActionNeeded
from desktop.domain.ids import ConnectionId, EntryId
from desktop.runtime.events import EventBus
from tests.fakes.clock import ManualClock
from tests.fakes.crm import MoodyCrm
from tests.fakes.model import ScriptedModel
from tests.fakes.situations import CRM, MAILBOX, NOON, new_store
from tests.fakes.waiting import wait_until


class SlowCrm(MoodyCrm):
    """Says when it was opened and closed, and answers no sooner than `may_answer`."""

    def __init__(self, diary: list[str], may_answer: threading.Event) -> None:
        super().__init__(ManualClock(NOON))
        self._diary = diary
        self._may_answer = may_answer
        diary.append("open")

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        self._may_answer.wait(60)
        return RecordBatch((), EMPTY_CHECKPOINT)

    def close(self) -> None:
        self._diary.append("close")


class Mailbox(MaildirSource):
    """Says when it was closed."""

    def __init__(self, folder: Path, diary: list[str]) -> None:
        super().__init__(folder, clock=ManualClock(NOON), poll_seconds=0.05)
        self._diary = diary
        diary.append("open")

    def close(self) -> None:
        super().close()
        self._diary.append("close")


class Office:
    """An agent whose connectors keep a diary."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(NOON)
        self.store = new_store(folder, clock=self.clock)
        for name in ("tmp", "new", "cur"):
            (folder / "mail" / name).mkdir(parents=True)
        self.crm_diary: list[str] = []
        self.mail_diary: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.bus = EventBus()
        self._folder = folder / "mail"
        connectors = Connectors(mail=self.open_mail, drafts=self.open_mail, crm=self.open_crm)
        self.agent = Agent(self.store, self.clock, ScriptedModel(), connectors=connectors, bus=self.bus)

    def open_mail(self, connection: Connection) -> Mailbox:
        if connection.settings.get("broken"):
            raise UserActionNeeded("Type the password again.")
        return Mailbox(self._folder, self.mail_diary)

    def open_crm(self, _connection: Connection) -> SlowCrm:
        return SlowCrm(self.crm_diary, self.may_answer)

    def save(self, connection: Connection) -> None:
        with self.store.transaction() as tx:
            tx.connections.save(connection, NOON)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.may_answer.set()
    office.store.close()


def test_one_run_closes_what_it_opened(office):
    office.agent.run_once()
    assert office.crm_diary == ["open", "close"]
    assert sorted(office.mail_diary) == ["close", "close", "open", "open"]


def test_one_run_goes_on_past_a_connection_that_cannot_be_opened_and_leaves_paused_ones_alone(office):
    office.save(Connection(MAILBOX, "imap", Family.MAIL, "Broken", {"broken": "yes"}))
    office.save(Connection(CRM, "book", Family.CRM, "Book", {}, is_paused=True))
    office.save(Connection(ConnectionId("second"), "maildir", Family.MAIL, "Second", {}))
    office.agent.run_once()
    assert office.mail_diary.count("open") == office.mail_diary.count("close") == 2
    assert office.crm_diary == []


def test_lanes_close_what_they_worked_with(office):
    office.agent.start()
    wait_until(lambda: office.crm_diary == ["open"] and office.mail_diary == ["open", "open"])
    assert office.agent.stop()
    assert office.crm_diary == ["open", "close"]
    assert sorted(office.mail_diary) == ["close", "close", "open", "open"]


def test_a_changed_connection_is_served_anew_only_when_nobody_serves_it_any_more(office):
    """Two lanes at once could both find that a draft is not there yet, and both put it there."""
    office.may_answer.clear()
    office.agent.start()
    wait_until(lambda: office.crm_diary == ["open"])
    office.save(Connection(CRM, "book", Family.CRM, "Another name", {}))
    office.save(Connection(ConnectionId("second"), "maildir", Family.MAIL, "Second", {}))
    office.agent.poke()
    wait_until(lambda: office.mail_diary.count("open") == 4)  # so the agent has looked at its connections
    assert office.crm_diary == ["open"]
    office.may_answer.set()
    office.agent.poke()
    wait_until(lambda: office.crm_diary == ["open", "close", "open"])
    assert office.agent.stop()
    assert office.crm_diary == ["open", "close", "open", "close"]


def waiting_entry(office, due):
    entry = OutboxEntry(
        id=EntryId("e1"),
        subject_id="s1",
        connection_id=CRM,
        operation=Operation.APPEND_DRAFT,
        kind=None,
        target=None,
        fields={},
        before={},
        version="",
        idempotency_key="k",
        created_at=NOON,
    )
    with office.store.transaction() as tx:
        tx.outbox.add(entry)
        if due is not None:
            tx.outbox.postpone(entry.id, due, sentence="later")


@pytest.mark.parametrize(
    ("due", "seconds"),
    [(None, LOOK_EVERY), (NOON + timedelta(seconds=7), 7.0), (NOON - timedelta(hours=1), LOOK_EVERY)],
)
def test_an_entry_that_cannot_go_does_not_keep_the_lanes_busy(office, due, seconds):
    waiting_entry(office, due)
    around = Surroundings(office.store, office.clock, office.bus, Condition(office.store, office.clock, office.bus))
    with office.store.reading() as tx:
        crm = tx.connections.get(CRM)
    assert WayOut(crm, around).seconds_to_next() == seconds
