"""The feed of changes: seconds that are shared, clocks that differ, pages, marks."""

from datetime import UTC, datetime

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.connectors.tables.salesforce import soql_text
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from tests.conformance.crm_samples import HOSTILE, SAMPLES, drain
from tests.servers import soql
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import CONTACT, K, Setting

pytestmark = pytest.mark.server


def test_a_second_change_within_the_same_second_is_seen(crm: Salesforce, org: Org) -> None:
    first, second = (org.create("Contact", {"LastName": name}) for name in ("A", "B"))
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    org.update("Contact", first, {"Title": "changed in the very same second"}, None)
    records, checkpoint, _ = drain(crm, checkpoint, 50)
    newest = {record.ref.id: record for record in records}
    assert newest[RecordId(first)].fields["title"] == "changed in the very same second"
    org.advance(300)
    drain(crm, checkpoint, 50)
    assert second


def test_a_run_that_was_broken_off_misses_nothing_either(crm: Salesforce, org: Org) -> None:
    ids = [org.create("Contact", {"LastName": f"N{number}"}) for number in range(4)]
    batch = crm.changes(EMPTY_CHECKPOINT, limit=3)
    assert batch.has_more
    org.update("Contact", ids[0], {"Title": "same second, behind us"}, None)
    org.advance(86_400)
    _, checkpoint, _ = drain(crm, batch.checkpoint, 3)
    records, _, _ = drain(crm, checkpoint, 3)
    assert "same second, behind us" in {record.fields.get("title") for record in records}


def test_the_feed_follows_the_servers_clock_not_ours(crm: Salesforce, org: Org, setting: Setting) -> None:
    setting.clock.advance(48 * 3600)
    org.create("Contact", {"LastName": "A"})
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    late = org.create("Contact", {"LastName": "B"})
    assert late in {record.ref.id for record in drain(crm, checkpoint, 50)[0]}


def test_a_checkpoint_from_the_future_comes_back_to_the_present(crm: Salesforce, org: Org) -> None:
    org.create("Contact", {"LastName": "A"})
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    future = dict.fromkeys(checkpoint.marks, "2099-01-01T00:00:00.000Z")
    _, checkpoint, _ = drain(crm, type(checkpoint)(future), 50)
    org.advance(1)
    late = org.create("Contact", {"LastName": "B"})
    assert late in {record.ref.id for record in drain(crm, checkpoint, 50)[0]}


def test_pages_of_the_server_are_followed(crm: Salesforce, org: Org, server: SalesforceServer) -> None:
    org.page_size = 3
    made = {org.create("Contact", {"LastName": f"N{number}"}) for number in range(10)}
    records = crm.changes(EMPTY_CHECKPOINT, limit=50).records
    assert {record.ref.id for record in records} == made
    assert sum(1 for method, path in server.requests if path.startswith("/queryAll/")) == 3


@pytest.mark.parametrize("where", ["@evil.example/x", ".evil.example/x", ":1/x"])
def test_a_next_page_on_another_server_is_not_followed(
    crm: Salesforce, org: Org, server: SalesforceServer, where: str
) -> None:
    org.page_size = 1
    org.next_page = where
    for number in range(3):
        org.create("Contact", {"LastName": f"N{number}"})
    with pytest.raises((Rejected, Temporary, UserActionNeeded)):
        crm.changes(EMPTY_CHECKPOINT)
    assert len([1 for _, path in server.requests if path.startswith("/queryAll")]) == 2  # accounts, first contacts


@pytest.mark.parametrize("text", [*HOSTILE, "'", "\\", "\\'", "''", "a\b\f\r"])
def test_soql_text_is_one_literal_whatever_it_holds(text: str) -> None:
    query = soql.parse(f"SELECT Id FROM Contact WHERE Name = {soql_text(text)}")
    assert query.test({"Name": text})
    assert not query.test({"Name": text + "x"})


def test_stamps_are_read_with_their_zone(crm: Salesforce) -> None:
    assert crm.create(K.CONTACT, CONTACT, "k").modified_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_pull_with_nothing_new_asks_all_objects_at_once(crm: Salesforce, org: Org, server: SalesforceServer) -> None:
    for kind in (K.ACCOUNT, K.CONTACT, K.LEAD, K.TASK):  # and no deals, no cases
        crm.create(kind, SAMPLES[kind], "k")
    org.advance(300)
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    org.advance(300)
    server.requests.clear()
    batch = crm.changes(checkpoint)
    assert batch.records == ()
    assert not batch.has_more
    assert server.requests == [("POST", "/composite")] * 2  # six objects, five to a call
    made = crm.create(K.CONTACT, CONTACT, "new")
    server.requests.clear()
    assert [record.ref for record in crm.changes(batch.checkpoint).records] == [made.ref]
    assert len(server.requests) == 3


@pytest.mark.parametrize("act", ["cut", "garbage", "drop", "status"])
def test_half_an_answer_is_not_quiet(crm: Salesforce, org: Org, server: SalesforceServer, act: str) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    org.advance(300)
    late = crm.create(K.CONTACT, CONTACT, "late")
    server.fault(act, prefix="/composite", status=503)
    with pytest.raises(Temporary):
        crm.changes(checkpoint)
    assert late.ref in {record.ref for record in drain(crm, checkpoint, 50)[0]}
