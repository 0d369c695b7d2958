"""A CRM's allowance of calls: the rep is told before it is used up, and what is left is kept for writing."""

from dataclasses import replace

import pytest

from desktop.agent.condition import Condition
from desktop.agent.desks import MIRROR_EVERY, SPARINGLY, CrmDesk
from desktop.agent.surroundings import Surroundings
from desktop.domain.rights import Quota
from desktop.review.queries import StoredQueries
from desktop.runtime.events import EventBus
from desktop.store.reader import Reader
from tests.fakes.crm import MoodyCrm
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM


class Counting(MoodyCrm):
    """A CRM that counts the calls it allows."""

    info = replace(MoodyCrm.info, title="Counting CRM")

    def __init__(self, clock):
        super().__init__(clock)
        self.used = 0
        self.pulls = 0

    def quota(self):
        return Quota(self.used, 100)

    def changes(self, checkpoint, *, limit=200):
        self.pulls += 1
        return super().changes(checkpoint, limit=limit)


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    rig.crm = Counting(rig.clock)
    yield rig
    rig.close()


@pytest.fixture
def desk(rig):
    bus = EventBus()
    with rig.store.reading() as tx:
        connection = tx.connections.get(CRM)
    around = Surroundings(rig.store, rig.clock, bus, Condition(rig.store, rig.clock, bus))
    return CrmDesk(connection, rig.crm, around, lambda: None)


def remark(rig):
    queries = StoredQueries(Reader(rig.store.path, bytes(range(32))))
    try:
        return next((c.is_ok, c.sentence) for c in queries.health().connections if c.connection_id == CRM)
    finally:
        queries.close()


def test_while_there_is_plenty_nothing_is_said(rig, desk):
    rig.crm.used = 79
    desk.turn()
    assert remark(rig) == (True, "")


def test_when_it_runs_short_the_rep_is_told_and_nothing_counts_as_broken(rig, desk):
    rig.crm.used = 85
    desk.turn()
    assert remark(rig) == (True, "85 % of the calls it allows are used (85 of 100).")


def test_when_it_runs_short_we_look_less_often(rig, desk):
    rig.crm.used = 85
    desk.turn()
    rig.clock.advance(MIRROR_EVERY.total_seconds() + 1)
    before = rig.crm.pulls
    desk.turn()
    assert rig.crm.pulls == before
    rig.clock.advance(SPARINGLY.total_seconds())
    rig.crm.used = 0  # a new day
    desk.turn()
    assert rig.crm.pulls > before
    assert remark(rig) == (True, "")
