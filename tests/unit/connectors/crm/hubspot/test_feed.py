"""The feed of changes: moments that many share, an index that is behind, pages, marks, deletions."""

import json
from datetime import timedelta

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint
from desktop.domain.errors import Temporary
from tests.conformance.crm_samples import SAMPLES, drain
from tests.servers.hubspot_portal import Portal
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import OBJECTS, HubSpotSide, K, Setting, StaticServer, connect

pytestmark = pytest.mark.server


def test_a_thousand_records_of_one_moment_come_page_by_page(crm: HubSpot, portal: Portal) -> None:
    """As after an edit of a pipeline, which touches all its deals at once."""
    ids = {portal.create("companies", {"name": f"N{number}"}).id for number in range(450)}
    portal.advance(7)
    late = portal.create("companies", {"name": "late"}).id
    records, _, pulls = drain(crm, EMPTY_CHECKPOINT, 100)
    assert {str(record.ref.id) for record in records} == {*ids, late}
    assert len(records) == 451
    assert pulls == 5


def test_no_search_is_paged_and_none_comes_near_the_cap(crm: HubSpot, portal: Portal, server: VendorServer) -> None:
    for number in range(30):
        portal.create("companies", {"name": f"N{number}"})
        portal.advance(number % 3)
    records, _, _ = drain(crm, EMPTY_CHECKPOINT, 7)
    assert len({record.ref for record in records}) == 30


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_any_limit_ends_with_everything(crm: HubSpot, portal: Portal, limit: int) -> None:
    for number in range(9):
        portal.create("contacts", {"lastname": f"N{number}"})
        portal.advance(number // 3)
    records, _, _ = drain(crm, EMPTY_CHECKPOINT, limit)
    assert len({record.ref for record in records}) == 9
    assert [record.modified_at for record in records] == sorted(record.modified_at for record in records)


def test_what_the_index_shows_late_is_not_missed(crm: HubSpot, portal: Portal) -> None:
    portal.index_lag = timedelta(seconds=90)
    rows = [portal.create("companies", {"name": f"N{number}"}) for number in range(6)]
    portal.advance(10)
    seen, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    assert 0 < len(seen) < 6
    portal.advance(170)
    late, _, _ = drain(crm, checkpoint, 50)
    assert {str(record.ref.id) for record in (*seen, *late)} == {row.id for row in rows}


def test_the_feed_follows_the_servers_clock_not_ours(crm: HubSpot, portal: Portal, setting: Setting) -> None:
    setting.clock.advance(48 * 3600)
    portal.create("companies", {"name": "A"})
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    late = portal.create("companies", {"name": "B"})
    assert late.id in {record.ref.id for record in drain(crm, checkpoint, 50)[0]}


def test_a_run_that_was_broken_off_misses_nothing(crm: HubSpot, portal: Portal) -> None:
    rows = [portal.create("companies", {"name": f"N{number}"}) for number in range(4)]
    batch = crm.changes(EMPTY_CHECKPOINT, limit=3)
    assert batch.has_more
    portal.update("companies", rows[0], {"phone": "behind us"})
    portal.advance(86_400)
    _, checkpoint, _ = drain(crm, batch.checkpoint, 3)
    records, _, _ = drain(crm, checkpoint, 3)
    assert "behind us" in {record.fields.get("phone") for record in records}


def test_a_checkpoint_from_the_future_comes_back_to_the_present(crm: HubSpot, portal: Portal) -> None:
    future = dict.fromkeys(("companies", "contacts", "since", "swept"), str(4_000_000_000_000))
    _, checkpoint, _ = drain(crm, Checkpoint(future), 50)
    portal.advance(1)
    late = portal.create("companies", {"name": "B"})
    assert late.id in {record.ref.id for record in drain(crm, checkpoint, 50)[0]}


@pytest.mark.parametrize("mark", ["", "x", "-5", "1e9", "9" * 40, "٣", "5|../..", "|", "5|5|5"])
def test_marks_that_are_none_of_ours_start_over(crm: HubSpot, portal: Portal, mark: str) -> None:
    made = portal.create("companies", {"name": "A"})
    portal.advance(3600)
    marks = dict.fromkeys(("companies", "step", "since", "swept"), mark) | {"after": "x" * 9999}
    assert made.id in {record.ref.id for record in drain(crm, Checkpoint(marks), 50)[0]}


def test_links_come_with_the_feed_as_they_come_with_the_record(crm: HubSpot, other_side: HubSpotSide) -> None:
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    contact = crm.create(K.CONTACT, {**SAMPLES[K.CONTACT], "account": str(account.ref)}, "c")
    deal = {**SAMPLES[K.OPPORTUNITY], "account": str(account.ref), "contact": str(contact.ref)}
    made = [account, contact]
    made.append(crm.create(K.OPPORTUNITY, deal, "d"))
    made.append(crm.create(K.TASK, {**SAMPLES[K.TASK], "related": str(made[-1].ref)}, "t"))
    seen = {record.ref: record for record in drain(crm, EMPTY_CHECKPOINT, 50)[0]}
    assert [seen[record.ref] for record in made] == made


def test_deletions_are_looked_for_every_ten_minutes(crm: HubSpot, portal: Portal, server: VendorServer) -> None:
    rows = [portal.create("notes", {"hs_timestamp": "2026-03-02T09:00:00Z"}) for _ in range(3)]
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    portal.advance(60)
    portal.archive("notes", rows[0].id)
    server.requests.clear()
    records, checkpoint, _ = drain(crm, checkpoint, 50)
    assert not any(record.is_deleted for record in records)
    assert ("GET", f"{OBJECTS}/notes") not in server.requests
    portal.advance(700)
    records, checkpoint, _ = drain(crm, checkpoint, 50)
    assert [str(record.ref) for record in records if record.is_deleted] == [f"activity:notes-{rows[0].id}"]
    portal.advance(1400)
    assert drain(crm, checkpoint, 50)[0] == []


def test_a_pull_with_nothing_new_costs_one_search_per_object_and_one_list_when_it_looks_for_deletions(
    crm: HubSpot, portal: Portal, server: VendorServer
) -> None:
    for name in ("companies", "contacts"):
        for number in range(150):
            portal.create(name, {"phone": str(number)})
    portal.advance(900)
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 200)
    portal.advance(900)
    _, checkpoint, _ = drain(crm, checkpoint, 200)
    for seconds, lists in ((60, 0), (700, 8), (60, 0)):
        portal.advance(seconds)
        server.requests.clear()
        batch = crm.changes(checkpoint)
        checkpoint = batch.checkpoint
        assert (batch.records, batch.has_more) == ((), False)
        assert len([path for method, path in server.requests if path.endswith("/search")]) == 8
        assert len([path for method, path in server.requests if method == "GET"]) == lists
        assert len(server.requests) == 8 + lists


def test_many_deletions_come_page_by_page(crm: HubSpot, portal: Portal) -> None:
    for number in range(250):
        portal.archive("companies", portal.create("companies", {"name": f"N{number}"}).id)
    portal.advance(600)
    records, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 40)
    assert sum(record.is_deleted for record in records) == 250
    portal.advance(3600)
    assert drain(crm, checkpoint, 40)[0] == []


def test_a_merged_record_is_gone_under_its_old_id(crm: HubSpot, portal: Portal) -> None:
    winner, loser = (crm.create(K.ACCOUNT, {"name": name}, name) for name in ("A", "B"))
    portal.merge("companies", winner.ref.id, loser.ref.id)
    assert crm.read(loser.ref) is None
    assert crm.read(winner.ref) is not None


def test_a_pull_that_breaks_off_is_asked_for_again(crm: HubSpot, portal: Portal, server: VendorServer) -> None:
    made = portal.create("contacts", {"lastname": "A"})
    server.fault("cut", method="POST", prefix=f"{OBJECTS}/contacts")
    with pytest.raises(Temporary):
        crm.changes(EMPTY_CHECKPOINT)
    assert made.id in {record.ref.id for record in crm.changes(EMPTY_CHECKPOINT).records}


def test_a_search_that_ignores_its_filter_does_not_go_round_in_circles(setting: Setting) -> None:
    row = {
        "id": "1",
        "properties": {"hs_lastmodifieddate": "2026-03-02T09:00:00Z"},
        "updatedAt": "2026-03-02T09:00:00Z",
    }
    body = json.dumps({"total": 1, "results": [row]}).encode()
    marks = {"companies": "1900000000000", "since": "1900000000000"}
    with StaticServer(200, body) as server, pytest.raises(Temporary, match="garbled"):
        connect(server, setting).changes(Checkpoint(marks), limit=1)
