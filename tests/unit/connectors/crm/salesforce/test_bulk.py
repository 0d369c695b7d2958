"""Bulk 2.0: more than two thousand records of one object go as a job."""

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.connectors.salesforce import bulk
from desktop.connectors.salesforce.items import Item
from desktop.domain.crm_port import NewRecord, RecordChange
from desktop.domain.errors import Conflict, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import HOSTILE
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import K

pytestmark = pytest.mark.server

MANY = bulk.MORE_THAN + 50


def people(org: Org, count: int) -> list[RecordRef]:
    ids = [org.create("Contact", {"LastName": f"N{number}", "MobilePhone": "+491"}) for number in range(count)]
    return [RecordRef(K.CONTACT, RecordId(made)) for made in ids]


def changes(crm: Salesforce, refs: list[RecordRef]) -> list[RecordChange]:
    found = crm.read_many(refs)
    return [
        RecordChange(ref, {"title": HOSTILE[n % len(HOSTILE)][:100], "mobile": None}, found[ref].version, found[ref])
        for n, ref in enumerate(refs)
    ]


def test_many_changes_are_one_job_and_each_is_told_of(crm: Salesforce, server: SalesforceServer, org: Org) -> None:
    refs = people(org, MANY)
    org.advance(60)
    wanted = changes(crm, refs)
    org.locked = {refs[7].id}
    org.delete("Contact", refs[8].id)
    wanted[9] = RecordChange(refs[9], {"title": "#N/A"}, wanted[9].version, wanted[9].live)
    wanted[10] = RecordChange(refs[10], {"last_name": "=1+1"}, wanted[10].version, wanted[10].live)
    server.requests.clear()
    outcomes = crm.update_many(wanted)
    assert len(server.jobs.jobs) == 1
    assert len(server.requests) < 12
    assert isinstance(outcomes[7], Temporary)
    assert isinstance(outcomes[8], Conflict)
    for at, outcome in enumerate(outcomes):
        if at in {7, 8}:
            continue
        assert isinstance(outcome, RecordSnapshot), outcome
        assert {name: outcome.fields[name] for name in wanted[at].fields} == dict(wanted[at].fields)
    row = org.records["Contact"][refs[10].id]
    assert (row["LastName"], row["MobilePhone"]) == ("=1+1", "+491")  # an empty cell leaves a field alone


def test_many_new_records_are_one_job(crm: Salesforce, server: SalesforceServer, org: Org) -> None:
    records = [NewRecord(K.CONTACT, {"last_name": f"N{n}", "title": HOSTILE[5]}, f"key-{n}") for n in range(MANY)]
    records[3] = NewRecord(K.CONTACT, {"last_name": "x" * 200}, "key-3")
    known = crm.create(K.CONTACT, {"last_name": "earlier"}, "key-5")
    outcomes = crm.create_many(records)
    assert len(server.jobs.jobs) == 1
    assert isinstance(outcomes[3], Rejected)
    assert outcomes[5] == known
    assert org.created["Contact"] == MANY - 1
    assert crm.create_many(records)[:3] == outcomes[:3]
    assert org.created["Contact"] == MANY - 1


def test_where_no_job_is_taken_collections_do_it(crm: Salesforce, server: SalesforceServer, org: Org) -> None:
    server.jobs.is_open = False
    refs = people(org, MANY)
    assert all(isinstance(outcome, RecordSnapshot) for outcome in crm.update_many(changes(crm, refs)))


def test_what_a_job_did_not_get_to_is_tried_again(crm: Salesforce, server: SalesforceServer, org: Org) -> None:
    server.jobs.stops_after = 100
    refs = people(org, MANY)
    outcomes = crm.update_many(changes(crm, refs))
    assert all(isinstance(outcome, RecordSnapshot) for outcome in outcomes[:100])
    assert all(isinstance(outcome, Temporary) for outcome in outcomes[100:])


@pytest.mark.parametrize("act", ["drop", "drop_after", "cut", "garbage"])
@pytest.mark.parametrize(
    ("method", "prefix"),
    [
        ("POST", "/jobs/ingest"),
        ("PUT", "/jobs/ingest"),
        ("PATCH", "/jobs/ingest"),
        ("GET", "/jobs/ingest"),
        ("GET", "/jobs/ingest/750000000000000AAA/failedResults"),
    ],
)
def test_a_broken_call_of_a_job_loses_and_doubles_nothing(
    crm: Salesforce, server: SalesforceServer, org: Org, act: str, method: str, prefix: str
) -> None:
    records = [NewRecord(K.CONTACT, {"last_name": f"N{n}"}, f"key-{n}") for n in range(MANY - 1)]
    records.append(NewRecord(K.CONTACT, {"last_name": "x" * 200}, "bad"))
    server.fault(act, method=method, prefix=prefix)
    crm.create_many(records)
    server.faults.clear()
    outcomes = crm.create_many(records)
    assert all(isinstance(outcome, RecordSnapshot) for outcome in outcomes[:-1])
    assert isinstance(outcomes[-1], Rejected)
    assert org.created["Contact"] == MANY - 1


def test_a_job_that_takes_too_long_is_aborted(crm: Salesforce, server: SalesforceServer, org: Org) -> None:
    crm.check()
    server.jobs.looks = 10**9
    slept: list[float] = []
    items = [Item(at, K.CONTACT, {"LastName": f"N{at}"}, key=f"k{at}") for at in range(3)]
    errors = bulk.write(crm._org, items, sleep=slept.append)
    assert errors is not None
    assert {type(error) for error in errors.values()} == {Temporary}
    assert len(errors) == 3
    assert sum(slept) == pytest.approx(600, abs=15)
    assert [job.state for job in server.jobs.jobs.values()] == ["Aborted"]
    assert org.writes == 0


def test_a_token_that_dies_in_the_middle_asks_to_sign_in(crm: Salesforce, server: SalesforceServer, org: Org) -> None:
    refs = people(org, MANY)
    wanted = changes(crm, refs)
    server.fault("status", status=401, code="INVALID_SESSION_ID", method="PATCH", prefix="/jobs")
    assert all(isinstance(outcome, UserActionNeeded) for outcome in crm.update_many(wanted))
    assert [job.state for job in server.jobs.jobs.values()] == ["Aborted"]
    assert all(isinstance(outcome, RecordSnapshot) for outcome in crm.update_many(wanted))
