"""While a CRM is away everything queues; once it is back, all of it goes out in the order it was decided."""

import pytest

from desktop.agent.condition import Condition
from desktop.agent.desks import CrmDesk
from desktop.agent.surroundings import Surroundings
from desktop.domain.deliveries import DeliveryState
from desktop.domain.errors import Temporary
from desktop.domain.ids import RecordId, SuggestionId
from desktop.domain.proposals import Action, FieldChange, Suggestion, SuggestionState
from desktop.domain.records import RecordKind, RecordRef
from desktop.review.queries import StoredQueries
from desktop.runtime.events import EventBus
from desktop.store.reader import Reader
from tests.fakes.crm import MoodyCrm
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM, KEY, message, reading

AWAY = "The CRM does not answer."


class FarCrm(MoodyCrm):
    """A CRM that can be away altogether. It notes whose title it was asked to write."""

    def __init__(self, clock):
        super().__init__(clock)
        self.is_away = False
        self.written = []

    def changes(self, checkpoint, *, limit=200):
        self._need()
        return super().changes(checkpoint, limit=limit)

    def read(self, ref):
        self._need()
        return super().read(ref)

    def update(self, ref, fields, *, version=""):
        self.written.append(ref.id)
        return super().update(ref, fields, version=version)

    def _need(self):
        if self.is_away:
            raise Temporary(AWAY)


class Office:
    """A CRM's desk, and contacts whose titles change."""

    def __init__(self, folder):
        self.rig = Rig(folder)
        self.rig.crm = self.crm = FarCrm(self.rig.clock)
        store, clock, bus = self.rig.store, self.rig.clock, EventBus()
        with store.reading() as tx:
            connection = tx.connections.get(CRM)
        around = Surroundings(store, clock, bus, Condition(store, clock, bus))
        self.desk = CrmDesk(connection, self.crm, around, lambda: None)
        self.queries = StoredQueries(Reader(folder / "store.db", KEY))
        self.card = self.rig.propose(message("Hello"), reading())

    def accept(self, number):
        ref = RecordRef(RecordKind.CONTACT, RecordId(f"c{number}"))
        self.crm.memory.put(ref, {"last_name": "Roe", "title": "Buyer"}, key=None, expected="")
        item = Suggestion(
            id=SuggestionId(f"s{number}"),
            proposal_id=self.card.id,
            connection_id=CRM,
            action=Action.UPDATE,
            kind=RecordKind.CONTACT,
            title=f"Contact {number}",
            changes=(FieldChange("title", "Buyer", f"Head {number}", 0.9, ""),),
            reason="",
            target=ref,
        )
        with self.rig.store.transaction() as tx:
            tx.proposals.append(self.card.id, item, item.id)
        self.rig.review.accept(item.id)
        return item

    def edit(self, number, title):
        ref = RecordRef(RecordKind.CONTACT, RecordId(f"c{number}"))
        self.crm.memory.put(ref, {"last_name": "Roe", "title": title}, key=None, expected="")

    def crm_health(self):
        return next(one for one in self.queries.health().connections if one.connection_id == CRM)


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    office.desk.turn()
    office.crm.is_away = True
    office.rig.clock.advance(61)
    yield office
    office.queries.close()
    office.rig.close()


def stay_away(office, numbers):
    """Decide on one after the other while the CRM is away, so that each was tried another number of times."""
    items = []
    for number in numbers:
        items.append(office.accept(number))
        for _ in range(3):
            office.rig.clock.advance(61)
            office.desk.turn()
    return items


def test_while_it_is_away_everything_queues_and_says_since_when(office):
    office.desk.turn()
    began = office.rig.clock.now()
    stay_away(office, range(1, 5))
    health = office.crm_health()
    assert (health.since, health.waiting, health.sentence) == (began, 4, AWAY)
    rows = office.queries.outbox()
    assert [row.title for row in rows] == [f"Contact {n}" for n in range(1, 5)]
    assert {row.state for row in rows} == {DeliveryState.WAITING}
    assert rows[0].entry.attempts > rows[-1].entry.attempts


def test_when_it_is_back_it_drains_in_order_and_conflicts_are_in_one_list(office):
    items = stay_away(office, range(1, 6))
    office.edit(2, "Director")
    office.edit(4, "President")
    office.crm.is_away = False
    office.rig.clock.advance(61)
    for _ in range(3):
        office.desk.turn()
        office.rig.clock.advance(31)
    assert office.crm.written == ["c1", "c3", "c5"]
    rows = office.queries.outbox()
    assert [(row.title, row.state) for row in rows] == [
        ("Contact 2", DeliveryState.CONFLICT),
        ("Contact 4", DeliveryState.CONFLICT),
    ]
    states = [office.rig.now(item).state for item in items]
    assert states.count(SuggestionState.DELIVERED) == 3
    assert office.crm_health().since is None
