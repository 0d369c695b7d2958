"""The feed: delta links, pages, rights, and polling where change tracking is not to be had."""

import pytest

from desktop.connectors.crm.dynamics import Dynamics
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint
from desktop.domain.errors import Temporary
from desktop.domain.records import RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, drain
from tests.servers.dynamics import PATH, Dataverse
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.dynamics.side import CONTACT, DynamicsSide, K

pytestmark = pytest.mark.server

ORG_READ = {("contact", "OrgRead")}


def contacts(world: Dataverse, number: int) -> list[str]:
    return [world.create("contact", {"lastname": f"N{index}"}) for index in range(number)]


def ids(records: list[RecordSnapshot]) -> list[str]:
    return [record.ref.id for record in records]


def test_an_idle_round_asks_once_per_table(crm: Dynamics, server: VendorServer, world: Dataverse) -> None:
    contacts(world, 3)
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    server.requests.clear()
    records, _, pulls = drain(crm, checkpoint, 50)
    assert (records, pulls) == ([], 1)
    assert len(server.requests) == 8


@pytest.mark.parametrize("denied", [set(), ORG_READ])
def test_pages_are_followed_and_never_longer_than_asked(crm: Dynamics, world: Dataverse, denied) -> None:
    world.denied = denied
    made = contacts(world, 10)
    checkpoint, seen = EMPTY_CHECKPOINT, []
    for _ in range(20):
        batch = crm.changes(checkpoint, limit=3)
        assert len(batch.records) <= 3
        seen += ids(list(batch.records))
        checkpoint = batch.checkpoint
        if not batch.has_more:
            break
    assert sorted(seen) == sorted(made)


def test_a_second_change_within_the_same_second_is_seen(crm: Dynamics, world: Dataverse) -> None:
    first, _ = contacts(world, 2)
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    world.update("contact", first, {"jobtitle": "in the very same second"})
    records, _, _ = drain(crm, checkpoint, 50)
    assert [record.fields["title"] for record in records] == ["in the very same second"]


@pytest.mark.parametrize("denied", [set(), ORG_READ])
def test_what_changes_while_pages_are_read_is_not_missed(crm: Dynamics, world: Dataverse, denied) -> None:
    world.denied = denied
    made = contacts(world, 6)
    batch = crm.changes(EMPTY_CHECKPOINT, limit=2)
    assert batch.has_more
    for guid in (made[0], made[5]):
        world.update("contact", guid, {"jobtitle": "meanwhile"})
    first, checkpoint, _ = drain(crm, batch.checkpoint, 2)
    second, _, _ = drain(crm, checkpoint, 2)
    changed = {record.ref.id for record in (*first, *second) if record.fields.get("title") == "meanwhile"}
    assert changed == {made[0], made[5]}


def test_created_and_deleted_between_two_rounds(crm: Dynamics, world: Dataverse) -> None:
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    (guid,) = contacts(world, 1)
    world.remove("contact", guid)
    records, _, _ = drain(crm, checkpoint, 50)
    assert [(record.ref.id, record.is_deleted) for record in records] == [(guid, True)]


def test_an_expired_link_starts_the_table_over(crm: Dynamics, world: Dataverse) -> None:
    made = contacts(world, 3)
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    world.oldest_token = world.version + 1
    records, checkpoint, _ = drain(crm, checkpoint, 50)
    assert sorted(ids(records)) == sorted(made)
    world.oldest_token = 0
    assert drain(crm, checkpoint, 50)[0] == []


def test_a_lost_page_starts_the_table_over(crm: Dynamics, world: Dataverse) -> None:
    made = contacts(world, 5)
    batch = crm.changes(EMPTY_CHECKPOINT, limit=2)
    world._pages.clear()
    assert set(ids(drain(crm, batch.checkpoint, 2)[0])) == set(made)


def test_without_the_right_to_track_changes_are_polled(
    crm: Dynamics, world: Dataverse, other_side: DynamicsSide
) -> None:
    world.denied = ORG_READ
    made = crm.create(K.CONTACT, CONTACT, "k")
    other_side.later()
    records, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    assert ids(records) == [made.ref.id]
    other_side.later()
    assert drain(crm, checkpoint, 50)[0] == []
    other_side.edit(made.ref, "title", "Typed by a person")
    records, checkpoint, _ = drain(crm, checkpoint, 50)
    assert [record.fields["title"] for record in records] == ["Typed by a person"]
    other_side.later()
    assert drain(crm, drain(crm, checkpoint, 50)[1], 50)[0] == []


def test_the_right_may_be_taken_later(crm: Dynamics, world: Dataverse, other_side: DynamicsSide) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    world.denied = ORG_READ
    other_side.edit(made.ref, "title", "Typed by a person")
    records, _, _ = drain(crm, checkpoint, 50)
    assert ids(records) == [made.ref.id]


def test_a_table_that_is_not_tracked_is_polled(crm: Dynamics, world: Dataverse) -> None:
    world.untracked = {"contact"}
    made = contacts(world, 3)
    assert sorted(ids(drain(crm, EMPTY_CHECKPOINT, 50)[0])) == sorted(made)


def test_a_table_the_rep_may_not_see_stops_nothing(crm: Dynamics, world: Dataverse) -> None:
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    contacts(world, 2)
    world.denied = {("contact", "Read")}
    world.absent = {"incident", "opportunity"}
    assert [record.ref for record in drain(crm, EMPTY_CHECKPOINT, 50)[0]] == [account.ref]


@pytest.mark.parametrize(
    "mark",
    [
        "delta|/api/data/v9.2/accounts?$deltatoken=1",
        "delta|https://evil.example/api/data/v9.2/contacts?$deltatoken=1",
        "next|//evil.example/contacts?x=1",
        "delta|/api/data/v9.2/contacts?$deltatoken=nonsense",
        "next|/api/data/v9.2/contacts?$skiptoken=999",
        "poll|yesterday",
        "poll|2026-01-01T00:00:00Z|x|y",
        "poll||2026-01-01T00:00:00Z|/api/data/v9.2/contacts?$skiptoken=999",
        "delta|",
    ],
)
def test_marks_that_lead_nowhere_start_over(crm: Dynamics, server: VendorServer, world: Dataverse, mark: str) -> None:
    made = contacts(world, 2)
    records, _, _ = drain(crm, Checkpoint({"contact": mark, "table": "nonsense"}), 50)
    assert set(ids(records)) == set(made)
    assert all(path.startswith(PATH) for _, path in server.requests)


def test_a_link_to_another_server_is_followed_on_ours_only(
    crm: Dynamics, server: VendorServer, world: Dataverse
) -> None:
    world.link_host = "https://evil.example"
    made = contacts(world, 5)
    assert sorted(ids(drain(crm, EMPTY_CHECKPOINT, 2)[0])) == sorted(made)


@pytest.mark.parametrize("link", ["https://evil.example/elsewhere?x=1#", "javascript:0#"])
def test_a_link_that_is_none_of_the_table_is_no_answer(crm: Dynamics, world: Dataverse, link: str) -> None:
    world.link_host = link
    contacts(world, 5)
    with pytest.raises(Temporary, match="garbled"):
        drain(crm, EMPTY_CHECKPOINT, 2)
