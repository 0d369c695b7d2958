"""Whatever others do between two pulls, and however the lists are cut, the mirror ends up as the CRM is."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.connectors.crm.custom import Custom
from desktop.connectors.http import HttpBoundary
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint
from desktop.domain.records import FIELDS
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.custom_office import Office
from tests.servers.harbour import HarbourWorld
from tests.servers.old_ledger import LedgerWorld
from tests.servers.reef_graph import ReefWorld
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.custom.side import MAPPINGS, K, Setting, connect, number_of

pytestmark = pytest.mark.server
WORLDS = {
    "harbour.json": (HarbourWorld, "/api"),
    "old-ledger.json": (LedgerWorld, "/api"),
    "reef-graphql.json": (ReefWorld, ""),
}
ACTS = st.sampled_from(["create", "create", "edit", "edit", "remove", "later", "pull", "pull"])


class Mirror:
    """What was pulled so far."""

    def __init__(self, crm: Custom) -> None:
        self.crm = crm
        self.checkpoint: Checkpoint = EMPTY_CHECKPOINT
        self.names: dict[int, str | None] = {}

    def pull(self, limit: int) -> bool:
        batch = self.crm.changes(self.checkpoint, limit=limit)
        self.checkpoint = batch.checkpoint
        for record in batch.records:
            if record.is_deleted:
                self.names.pop(number_of(record.ref), None)
            else:
                self.names[number_of(record.ref)] = record.fields["name"]
        return batch.has_more


@pytest.fixture(scope="module")
def http() -> Iterator[HttpBoundary]:
    boundary = HttpBoundary(ledger=ListLedger(), clock=ManualClock())
    yield boundary
    boundary.close()


@pytest.mark.parametrize("mapping", list(WORLDS))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.tuples(ACTS, st.integers(0, 30)), max_size=60), limit=st.integers(1, 5))
def test_the_mirror_ends_up_as_the_crm_is(
    mapping: str, http: HttpBoundary, acts: list[tuple[str, int]], limit: int
) -> None:
    clock = ManualClock()
    office = Office(now=clock.now)
    world, path = WORLDS[mapping]
    with VendorServer(world(office)) as server:
        mirror = Mirror(connect(server, Setting(http, ListLedger(), clock), MAPPINGS / mapping, path))
        for number, (act, pick) in enumerate(acts):
            live = list(office.live(K.ACCOUNT))
            if act == "create":
                office.create(K.ACCOUNT, {"name": f"n{number}"}, "")
            elif act == "later":
                office.later()
            elif act == "pull":
                mirror.pull(limit)
            elif live and act == "edit":
                office.update(K.ACCOUNT, live[pick % len(live)].number, {"name": f"n{number}"})
            elif live:
                office.delete(K.ACCOUNT, live[pick % len(live)].number)
        pulls = 0
        while mirror.pull(limit):
            pulls += 1
            assert pulls < 200
        assert mirror.names == {entry.number: entry.fields["name"] for entry in office.live(K.ACCOUNT)}
        http.close()


@pytest.mark.parametrize("mapping", list(WORLDS))
def test_many_rows_of_one_second_are_all_read(mapping: str, http: HttpBoundary) -> None:
    clock = ManualClock()
    office = Office(now=clock.now)
    world, path = WORLDS[mapping]
    for number in range(730):
        office.create(K.ACCOUNT, {"name": f"n{number}"}, "")
    with VendorServer(world(office)) as server:
        mirror = Mirror(connect(server, Setting(http, ListLedger(), clock), MAPPINGS / mapping, path))
        while mirror.pull(200):
            pass
        http.close()
    assert len(mirror.names) == 730


def test_a_record_that_becomes_one_of_another_kind_leaves_the_first(http: HttpBoundary) -> None:
    clock = ManualClock()
    office = Office(now=clock.now)
    office.create(K.TASK, {"subject": "Call"}, "")
    with VendorServer(LedgerWorld(office)) as server:
        crm = connect(server, Setting(http, ListLedger(), clock), MAPPINGS / "old-ledger.json", "/api")
        first = crm.changes(EMPTY_CHECKPOINT)
        assert [(record.ref.kind, record.is_deleted) for record in first.records] == [(K.TASK, False)]
        office.later()
        entry = office.entries[1]
        entry.kind, entry.fields = K.ACTIVITY, {**dict.fromkeys(FIELDS[K.ACTIVITY]), "type": "Call", "subject": "Call"}
        entry.modified = office.time()
        second = crm.changes(first.checkpoint)
        http.close()
    found = {record.ref.kind: record.is_deleted for record in second.records}
    assert found == {K.TASK: True, K.ACTIVITY: False}
