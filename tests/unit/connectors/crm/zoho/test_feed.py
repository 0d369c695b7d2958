"""The feed of changes: seconds that are shared, clocks that differ, pages, deletions, marks."""

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint
from desktop.domain.ids import RecordId
from tests.conformance.crm_samples import SAMPLES, drain
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_coql import SyntaxFault, parse
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import CONTACT, K, Setting

pytestmark = pytest.mark.server


def test_a_second_change_within_the_same_second_is_seen(crm: Zoho, org: Org) -> None:
    first, _ = (org.create("Contacts", {"Last_Name": name}) for name in ("A", "B"))
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    org.update("Contacts", first, {"Title": "changed in the very same second"})
    records, _, _ = drain(crm, checkpoint, 50)
    newest = {record.ref.id: record for record in records}
    assert newest[RecordId(first)].fields["title"] == "changed in the very same second"


def test_more_records_than_a_page_within_one_second_are_all_seen_once(crm: Zoho, org: Org) -> None:
    made = {org.create("Contacts", {"Last_Name": f"N{number}"}) for number in range(450)}
    org.advance(100)
    records, checkpoint, pulls = drain(crm, EMPTY_CHECKPOINT, 200)
    assert sorted(record.ref.id for record in records) == sorted(made)
    assert pulls == 3
    assert drain(crm, checkpoint, 200)[0] == []


def test_a_big_limit_is_cut_to_what_one_call_may_ask_for(crm: Zoho, org: Org) -> None:
    made = {org.create("Contacts", {"Last_Name": f"N{number}"}) for number in range(250)}
    org.advance(100)
    assert {record.ref.id for record in drain(crm, EMPTY_CHECKPOINT, 5000)[0]} == made


def test_a_run_that_was_broken_off_misses_nothing_either(crm: Zoho, org: Org) -> None:
    ids = [org.create("Contacts", {"Last_Name": f"N{number}"}) for number in range(4)]
    batch = crm.changes(EMPTY_CHECKPOINT, limit=3)
    assert batch.has_more
    org.update("Contacts", ids[0], {"Title": "same second, behind us"})
    org.delete("Contacts", ids[1])
    org.advance(86_400)
    records, checkpoint, _ = drain(crm, batch.checkpoint, 3)
    records += drain(crm, checkpoint, 3)[0]
    assert "same second, behind us" in {record.fields.get("title") for record in records}
    assert (ids[1], True) in {(record.ref.id, record.is_deleted) for record in records}


def test_a_record_that_shows_up_late_is_seen(crm: Zoho, org: Org) -> None:
    org.create("Contacts", {"Last_Name": "A"})
    org.query_lag = 30
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    late = org.create("Contacts", {"Last_Name": "B"})
    _, checkpoint, _ = drain(crm, checkpoint, 50)
    org.advance(40)
    assert late in {record.ref.id for record in drain(crm, checkpoint, 50)[0]}


def test_the_feed_follows_the_servers_clock_not_ours(crm: Zoho, org: Org, setting: Setting) -> None:
    setting.clock.advance(48 * 3600)
    org.create("Contacts", {"Last_Name": "A"})
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    late = org.create("Contacts", {"Last_Name": "B"})
    assert late in {record.ref.id for record in drain(crm, checkpoint, 50)[0]}


def test_a_checkpoint_from_the_future_comes_back_to_the_present(crm: Zoho, org: Org) -> None:
    org.create("Contacts", {"Last_Name": "A"})
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    future = Checkpoint(dict.fromkeys(checkpoint.marks, "2099-01-01T00:00:00+00:00"))
    _, checkpoint, _ = drain(crm, future, 50)
    org.advance(1)
    late = org.create("Contacts", {"Last_Name": "B"})
    assert late in {record.ref.id for record in drain(crm, checkpoint, 50)[0]}


def test_all_pages_of_deletions_are_read_and_they_settle(crm: Zoho, org: Org) -> None:
    made = [org.create("Contacts", {"Last_Name": f"N{number}"}) for number in range(450)]
    org.advance(100)
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 200)
    for row_id in made:
        org.delete("Contacts", row_id)
    org.advance(100)
    records, checkpoint, _ = drain(crm, checkpoint, 200)
    assert {record.ref.id for record in records if record.is_deleted} == set(made)
    org.advance(100)
    _, checkpoint, _ = drain(crm, checkpoint, 200)
    assert drain(crm, checkpoint, 200)[0] == []


def test_more_deletions_than_can_be_listed_do_not_stop_the_feed(crm: Zoho, org: Org, server: ZohoServer) -> None:
    org.deleted["Contacts"] = [{"id": f"57257670{number:05d}", "moment": org.now()} for number in range(2500)]
    records = crm.changes(Checkpoint({"contact": "nonsense"})).records
    assert len(records) == 2000
    assert sum(path.endswith("/Contacts/deleted") for _, path in server.requests) == 10


def test_a_deleted_task_may_have_been_an_activity(crm: Zoho, org: Org) -> None:
    task, activity = (crm.create(kind, SAMPLES[kind], "k") for kind in (K.TASK, K.ACTIVITY))
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    for made in (task, activity):
        crm.delete(made.ref)
    gone = {record.ref for record in drain(crm, checkpoint, 50)[0] if record.is_deleted}
    assert {task.ref, activity.ref} <= gone


def test_a_record_deleted_between_list_and_look_is_no_trouble(crm: Zoho, org: Org, server: ZohoServer) -> None:
    kept, lost = (crm.create(K.CONTACT, CONTACT, name) for name in ("kept", "lost"))
    server.fault("touch", act_on=lambda: org.delete("Contacts", lost.ref.id), method="GET", prefix="/crm/v8/Contacts")
    assert [record.ref for record in crm.changes(EMPTY_CHECKPOINT).records] == [kept.ref]


def test_stamps_of_an_odd_zone_are_one_moment(crm: Zoho, org: Org) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert made.modified_at == org.records["Contacts"][made.ref.id]["Modified_Time"]
    assert made.modified_at.utcoffset() is not None
    assert made.version.startswith("2026-03-02T09:30:00+00:00 ")


@pytest.mark.parametrize(
    "query",
    [
        "select id from Contacts",
        "select id from Contacts where id = '1' and id = '2' and id = '3'",
        "select id from Contacts where Last_Name = 'a",
        "select id Contacts where id is not null",
        "select id from Contacts where Modified_Time > '2026-03-02T09:30:00'",
        "select id from Contacts where id is not null limit",
        "delete from Contacts where id is not null",
    ],
)
def test_the_simulator_takes_no_query_that_zoho_would_not(query: str) -> None:
    with pytest.raises(SyntaxFault):
        parse(query)
