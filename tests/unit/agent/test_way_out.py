"""The way out closes for a while where nothing goes through, and opens again by itself."""

import pytest

from desktop.agent.condition import Condition
from desktop.agent.surroundings import Surroundings
from desktop.agent.way_out import LONGEST_CLOSED, SETBACKS, WayOut
from desktop.domain.deliveries import Operation, OutboxEntry
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.events import EventName
from desktop.domain.ids import EntryId
from desktop.domain.records import RecordKind
from desktop.runtime.events import EventBus
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM, NOON

AWAY = "Cannot be reached."
ENTRIES = 8


class Office:
    """A Rig with a way out, and more accepted suggestions than are tried in vain."""

    def __init__(self, rig):
        self.rig = rig
        bus = EventBus()
        self.alerts = []
        bus.subscribe(lambda event: self.alerts.append(event) if event.name is EventName.ALERT_RAISED else None)
        around = Surroundings(rig.store, rig.clock, bus, Condition(rig.store, rig.clock, bus))
        with rig.store.reading() as tx:
            self.way = WayOut(tx.connections.get(CRM), around)

    def accept(self, number):
        """Queue a new Account that waits for nothing."""
        entry = OutboxEntry(
            id=EntryId(f"e{number}"),
            subject_id=f"s{number}",
            connection_id=CRM,
            operation=Operation.CREATE,
            kind=RecordKind.ACCOUNT,
            target=None,
            fields={"name": f"Buyer {number}"},
            before={},
            version="",
            idempotency_key=f"k{number}",
            created_at=NOON,
        )
        with self.rig.store.transaction() as tx:
            tx.outbox.add(entry)

    def turn(self):
        """Deliver until the way out says to stop; return how many writes were tried."""
        tried = 1
        while self.way.deliver(lambda _id: self.rig.crm, lambda _id: self.rig.drafts, at_once=1):
            tried += 1
        return tried

    def waiting(self):
        with self.rig.store.reading() as tx:
            return tx.outbox.unfinished(CRM)


@pytest.fixture
def office(tmp_path):
    rig = Rig(tmp_path)
    office = Office(rig)
    for number in range(1, ENTRIES + 1):
        office.accept(number)
    yield office
    rig.close()


def test_after_setbacks_in_a_row_the_rest_waits_with_them(office):
    office.rig.crm.fail_before = [Temporary(AWAY) for _ in range(100)]
    assert office.turn() == SETBACKS
    assert len(office.rig.crm.fail_before) == 100 - SETBACKS
    assert office.way.seconds_to_next() == office.way.seconds_closed() > 0
    assert office.turn() == 1, "while it is closed nothing is tried"
    assert len(office.rig.crm.fail_before) == 100 - SETBACKS


def test_it_stays_closed_longer_each_time_but_never_for_long(office):
    office.rig.crm.fail_before = [Temporary(AWAY) for _ in range(100)]
    office.turn()
    waits = []
    for _ in range(12):
        waits.append(office.way.seconds_closed())
        office.rig.clock.advance(3600)
        office.turn()
    assert waits == sorted(waits)
    assert waits[0] < 1
    assert waits[-1] == LONGEST_CLOSED


def test_when_the_other_side_is_back_everything_goes_out(office):
    office.rig.crm.fail_before = [Temporary(AWAY) for _ in range(SETBACKS + 1)]
    office.turn()
    for _ in range(5):
        office.rig.clock.advance(60)
        office.turn()
    assert office.waiting() == ()
    assert office.way.seconds_closed() == 0


def test_one_bad_record_closes_nothing(office):
    office.rig.crm.fail_before = [Temporary(AWAY), Rejected("No."), Temporary(AWAY), Rejected("No.")]
    before = len(office.waiting())
    assert office.turn() > SETBACKS
    assert len(office.waiting()) < before


@pytest.mark.parametrize("error", [Rejected("No."), UserActionNeeded("Sign in.")])
def test_what_waits_for_the_rep_is_an_alert(office, error):
    office.rig.crm.fail_before = [Temporary(AWAY), error]
    office.turn()
    assert [event.ids for event in office.alerts] == [("s2",)]
