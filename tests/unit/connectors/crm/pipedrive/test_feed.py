"""The feed of changes: seconds that are shared, clocks that differ, pages, deletions, marks, and what a pull costs."""

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.tables.pipedrive import clean_stamp, round_of
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint
from desktop.domain.crm_port import RecordBatch
from desktop.domain.errors import Temporary
from desktop.domain.ids import RecordId
from tests.conformance.crm_samples import SAMPLES, drain
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import CONTACT, K, PipedriveSide, Setting

pytestmark = pytest.mark.server


def settled(crm: Pipedrive, company: Company) -> Checkpoint:
    """Return a checkpoint at which nothing is waiting."""
    company.advance(120)
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 200)
    company.advance(120)
    _, checkpoint, _ = drain(crm, checkpoint, 200)
    return checkpoint


def test_an_idle_pull_is_one_call(crm: Pipedrive, server: VendorServer, company: Company) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    checkpoint = settled(crm, company)
    server.requests.clear()
    company.spent = 0
    records, _, _ = drain(crm, checkpoint, 200)
    assert records == []
    assert server.requests == [("GET", "/api/v1/recents")]
    assert company.spent == 20


def test_where_tokens_are_counted_a_feed_rests_and_leaves_the_last_of_them_to_writing(
    crm: Pipedrive, server: VendorServer, company: Company, setting: Setting
) -> None:
    company.daily_limit = 1000
    checkpoint = settled(crm, company)
    company.create("persons", {"name": "A"})
    server.requests.clear()
    assert crm.changes(checkpoint) == RecordBatch((), checkpoint)
    assert server.requests == []
    setting.clock.advance(301)
    batch = crm.changes(checkpoint)
    assert len(batch.records) == 1
    company.spent = 885
    setting.clock.advance(301)
    checkpoint = crm.changes(batch.checkpoint).checkpoint
    company.create("persons", {"name": "B"})
    setting.clock.advance(3000)
    assert crm.changes(checkpoint).records == ()
    setting.clock.advance(700)
    assert len(crm.changes(checkpoint).records) == 1


def test_another_checkpoint_than_the_last_is_read_at_once(crm: Pipedrive, company: Company) -> None:
    company.daily_limit = 1000
    company.create("persons", {"name": "A"})
    settled(crm, company)
    assert len(crm.changes(EMPTY_CHECKPOINT).records) == 1


def test_a_day_of_imports_is_read_in_several_rounds(crm: Pipedrive, company: Company) -> None:
    checkpoint = settled(crm, company)
    rows = [company.create("organizations", {"name": "A"}) for _ in range(400)]
    for number in range(11_000):  # one second each, so that the news can be read on from any of them
        row = rows[number % 400]
        company.records["organizations"][100_000 + number] = {**row, "id": 100_000 + number, "is_deleted": True}
        company.advance(1)
        row = company.records["organizations"][100_000 + number]
        row["update_time"] = company.stamp()
    records, _, _ = drain(crm, checkpoint, 500)
    gone = {record.ref.id for record in records if record.is_deleted}
    assert len(gone) == 11_000


def test_lists_are_read_once_an_hour_whatever_recents_says(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    checkpoint = settled(crm, company)
    company.advance(3700)
    server.requests.clear()
    drain(crm, checkpoint, 200)
    assert len(server.requests) == 5


def test_only_the_lists_of_kinds_that_changed_are_read(crm: Pipedrive, server: VendorServer, company: Company) -> None:
    checkpoint = settled(crm, company)
    company.create("deals", {"title": "T"})
    server.requests.clear()
    records, _, _ = drain(crm, checkpoint, 200)
    assert [record.ref.kind for record in records] == [K.OPPORTUNITY]
    assert ("GET", "/api/v2/deals") in server.requests
    assert ("GET", "/api/v2/persons") not in server.requests


def test_a_second_change_within_the_same_second_is_seen(crm: Pipedrive, company: Company) -> None:
    first = company.create("persons", {"name": "A"})
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    company.update("persons", first["id"], {"job_title": "in the very same second"})
    records, _, _ = drain(crm, checkpoint, 50)
    assert {record.fields["title"] for record in records} == {"in the very same second"}


def test_a_run_that_was_broken_off_misses_nothing_either(crm: Pipedrive, company: Company) -> None:
    rows = [company.create("persons", {"name": f"N{number}"}) for number in range(7)]
    batch = crm.changes(EMPTY_CHECKPOINT, limit=3)
    assert batch.has_more
    company.update("persons", rows[0]["id"], {"job_title": "same second, behind us"})
    company.advance(86_400)
    records, checkpoint, _ = drain(crm, batch.checkpoint, 3)
    more, _, _ = drain(crm, checkpoint, 3)
    assert "same second, behind us" in {record.fields.get("title") for record in (*records, *more)}
    assert {record.ref.id for record in (*batch.records, *records)} >= {str(row["id"]) for row in rows}


def test_many_records_of_one_second_are_paged_through(crm: Pipedrive, company: Company) -> None:
    made = {str(company.create("persons", {"name": f"N{number}"})["id"]) for number in range(23)}
    records, _, pulls = drain(crm, EMPTY_CHECKPOINT, 4)
    assert [record.ref.id for record in records] == sorted(made, key=int)
    assert pulls == 6


def test_a_cursor_that_is_too_old_is_replaced_by_the_time_it_stood_at(crm: Pipedrive, company: Company) -> None:
    ids = []
    for number in range(9):
        ids.append(str(company.create("persons", {"name": f"N{number}"})["id"]))
        company.advance(1)
    batch = crm.changes(EMPTY_CHECKPOINT, limit=4)
    before, _, _ = batch.checkpoint.marks["round"].rpartition("|")
    stale = Checkpoint({**batch.checkpoint.marks, "round": f"{before}|bm90IGEgY3Vyc29y"})
    records, _, _ = drain(crm, stale, 4)
    assert [record.ref.id for record in records] == ids[3:]


def test_the_feed_follows_the_servers_clock_not_ours(crm: Pipedrive, company: Company, setting: Setting) -> None:
    setting.clock.advance(48 * 3600)
    company.advance(-48 * 3600)
    company.create("persons", {"name": "A"})
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    late = company.create("persons", {"name": "B"})
    assert str(late["id"]) in {record.ref.id for record in drain(crm, checkpoint, 50)[0]}


def test_a_checkpoint_from_the_future_comes_back_to_the_present(crm: Pipedrive, company: Company) -> None:
    company.create("persons", {"name": "A"})
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    future = dict.fromkeys(checkpoint.marks, "2099-01-01T00:00:00Z")
    _, checkpoint, _ = drain(crm, Checkpoint(future), 50)
    company.advance(1)
    late = company.create("persons", {"name": "B"})
    assert str(late["id"]) in {record.ref.id for record in drain(crm, checkpoint, 50)[0]}


# --- what leaves the lists --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("are_null", [False, True])
@pytest.mark.parametrize("status", [200, 404, 410])
@pytest.mark.parametrize("kind", [K.ACCOUNT, K.CONTACT, K.OPPORTUNITY, K.TASK, K.ACTIVITY])
def test_deletions_are_seen(
    crm: Pipedrive, company: Company, other_side: PipedriveSide, kind: K, status: int, are_null: bool
) -> None:
    company.deleted_answer, company.recents_are_null = status, are_null
    made = crm.create(kind, SAMPLES[kind], "k")
    kept = crm.create(kind, {**SAMPLES[kind]}, "kept")
    checkpoint = settled(crm, company)
    other_side.remove(made.ref)
    records, checkpoint, _ = drain(crm, checkpoint, 50)
    assert {str(record.ref): record.is_deleted for record in records}[str(made.ref)]
    assert kept.ref not in {record.ref for record in records if record.is_deleted}
    company.advance(120)
    _, checkpoint, _ = drain(crm, checkpoint, 50)
    company.advance(120)
    assert drain(crm, checkpoint, 50)[0] == []


def test_hundreds_of_deletions_cost_few_calls(crm: Pipedrive, server: VendorServer, company: Company) -> None:
    ids = [company.create("persons", {"name": f"N{number}"})["id"] for number in range(700)]
    checkpoint = settled(crm, company)
    for record_id in ids:
        company.delete("persons", record_id)
    server.requests.clear()
    records, _, _ = drain(crm, checkpoint, 50)
    assert {record.ref.id for record in records if record.is_deleted} == {str(one) for one in ids}
    assert len(server.requests) <= 2 + 7


def test_an_archived_deal_is_in_no_list_but_not_gone(crm: Pipedrive, company: Company) -> None:
    deal = company.create("deals", {"title": "T"})
    checkpoint = settled(crm, company)
    company.update("deals", deal["id"], {"is_archived": True, "title": "Renamed"})
    records, _, _ = drain(crm, checkpoint, 50)
    assert [(record.fields["name"], record.is_deleted) for record in records] == [("Renamed", False)]


def test_without_recents_changes_are_still_seen(crm: Pipedrive, server: VendorServer, company: Company) -> None:
    checkpoint = settled(crm, company)
    company.create("persons", {"name": "A"})
    server.fault("status", status=410, code="X", prefix="/api/v1/recents")
    records, _, _ = drain(crm, checkpoint, 50)
    assert len(records) == 1


def test_a_feed_that_breaks_off_goes_on_from_the_same_checkpoint(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    company.create("persons", {"name": "A"})
    server.fault("cut", prefix="/api/v2/persons")
    with pytest.raises(Temporary):
        crm.changes(EMPTY_CHECKPOINT)
    assert len(crm.changes(EMPTY_CHECKPOINT).records) == 1


def test_a_planned_call_that_was_made_turns_from_task_to_activity(crm: Pipedrive, company: Company) -> None:
    call = company.create("activities", {"subject": "Call", "type": "call"})
    todo = company.create("activities", {"subject": "Write", "type": "task", "done": True})
    first = {str(record.ref): record.is_deleted for record in crm.changes(EMPTY_CHECKPOINT).records}
    assert first == {f"task:{call['id']}": False, f"task:{todo['id']}": False}
    company.advance(200)
    company.update("activities", call["id"], {"done": True})
    second = {str(record.ref): record.is_deleted for record in crm.changes(EMPTY_CHECKPOINT).records}
    assert second == {f"task:{call['id']}": True, f"activity:{call['id']}": False, f"task:{todo['id']}": False}


@pytest.mark.parametrize(
    "mark", ["", "x", "|||", "2026-01-01|person||", "2026-01-01T00:00:00Z|nothing||c", "|person||c"]
)
def test_marks_of_a_round_that_are_none(mark: str) -> None:
    found = round_of(mark)
    assert found is None or (found.since and found.left)


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2026-03-02T09:30:00.123Z", "2026-03-02T09:30:00Z"),
        ("2026-03-02T09:30:00+05:45", "2026-03-02T03:45:00Z"),
        ("2026-03-02 09:30:00", "2026-03-02T09:30:00Z"),
        ("9999-12-31T23:59:59-14:00", ""),
        ("0001-01-01T00:00:00+14:00", ""),
        ("9999-99-99", ""),
    ],
)
def test_stamps_are_whole_seconds_of_utc(text: str, stamp: str) -> None:
    assert clean_stamp(text) == stamp


def test_the_id_of_a_deal_is_not_that_of_a_person(crm: Pipedrive, company: Company) -> None:
    deal = company.create("deals", {"title": "T"})
    company.create("persons", {"name": "P"})
    kinds = {record.ref.id: record.ref.kind for record in crm.changes(EMPTY_CHECKPOINT).records}
    assert kinds[RecordId(str(deal["id"]))] is K.OPPORTUNITY
