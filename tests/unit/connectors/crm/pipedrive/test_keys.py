"""Exactly once without a vendor's help: what is looked for, where, and how long a lost answer is waited for."""

from typing import Any

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.pipedrive.keys import SETTLES
from desktop.connectors.tables.pipedrive import marker_of
from desktop.domain.errors import Temporary
from desktop.domain.records import RecordKind
from tests.conformance.crm_samples import SAMPLES
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import ACTIVITY, CONTACT, K, PipedriveSide, Setting, connect, own

pytestmark = pytest.mark.server

KINDS = (K.ACCOUNT, K.CONTACT, K.OPPORTUNITY, K.TASK, K.ACTIVITY)
SETTLED = SETTLES.total_seconds() + 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", ["drop_after", "cut", "garbage"])
def test_a_write_that_was_done_is_found_by_a_new_program_too(
    crm: Pipedrive, server: VendorServer, setting: Setting, other_side: PipedriveSide, kind: RecordKind, act: str
) -> None:
    server.fault(act, method="POST")
    with pytest.raises(Temporary):
        crm.create(kind, SAMPLES[kind], "k")
    for again in (crm, connect(server, setting)):
        made = again.create(kind, SAMPLES[kind], "k")
        assert {name: made.fields[name] for name in SAMPLES[kind]} == SAMPLES[kind]
    assert other_side.count(kind) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", [{"act": "drop"}, {"act": "status", "status": 502}])
def test_a_write_that_seems_not_done_is_repeated_only_when_it_cannot_be_under_way(
    crm: Pipedrive,
    server: VendorServer,
    setting: Setting,
    other_side: PipedriveSide,
    kind: RecordKind,
    fault: dict[str, Any],
) -> None:
    server.fault(**fault, method="POST")
    with pytest.raises(Temporary):
        crm.create(kind, SAMPLES[kind], "k")
    with pytest.raises(Temporary, match="still be making") as caught:
        crm.create(kind, SAMPLES[kind], "k")
    assert caught.value.retry_after == SETTLES.total_seconds()
    crm.close()
    assert other_side.count(kind) == 0
    setting.clock.advance(SETTLED)
    crm.create(kind, SAMPLES[kind], "k")
    assert other_side.count(kind) == 1


def test_a_request_that_was_done_late_is_found_after_the_wait(
    crm: Pipedrive, server: VendorServer, setting: Setting, company: Company
) -> None:
    server.fault("drop", method="POST")
    with pytest.raises(Temporary):
        crm.create(K.CONTACT, CONTACT, "k")
    with pytest.raises(Temporary, match="still"):
        crm.create(K.CONTACT, CONTACT, "k")
    late = company.create(
        "persons", {"name": "Z", "custom_fields": {own(company, "persons", "Dealside key"): marker_of("k")}}
    )
    setting.clock.advance(SETTLED)
    assert crm.create(K.CONTACT, CONTACT, "k").ref.id == str(late["id"])
    assert company.created["persons"] == 1


@pytest.mark.parametrize("kind", [K.ACCOUNT, K.CONTACT, K.OPPORTUNITY])
def test_a_search_that_lags_behind_is_made_up_for_by_the_newest_records(
    crm: Pipedrive, server: VendorServer, setting: Setting, other_side: PipedriveSide, kind: RecordKind
) -> None:
    other_side.company.search_lag = 600
    server.fault("drop_after", method="POST")
    with pytest.raises(Temporary):
        crm.create(kind, SAMPLES[kind], "k")
    assert connect(server, setting).create(kind, SAMPLES[kind], "k")
    assert other_side.count(kind) == 1


def test_a_429_is_no_doubt_it_is_repeated_as_soon_as_allowed(
    crm: Pipedrive, server: VendorServer, setting: Setting, company: Company
) -> None:
    server.fault("status", status=429, code="X", method="POST", headers={"x-ratelimit-reset": "2"})
    with pytest.raises(Temporary):
        crm.create(K.CONTACT, CONTACT, "k")
    setting.clock.advance(2)
    crm.create(K.CONTACT, CONTACT, "k")
    assert company.created["persons"] == 1


def test_of_two_records_with_one_key_the_older_is_taken_always(crm: Pipedrive, company: Company) -> None:
    first = crm.create(K.CONTACT, CONTACT, "k")
    code = own(company, "persons", "Dealside key")
    marker = company.records["persons"][int(first.ref.id)]["custom_fields"][code]
    company.create("persons", {"name": "Twin", "custom_fields": {code: marker}})
    assert crm.find_created(K.CONTACT, "k") == first
    assert crm.create(K.CONTACT, CONTACT, "k") == first


def test_somebody_elses_record_that_only_mentions_the_key_is_not_ours(crm: Pipedrive, company: Company) -> None:
    made = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "k")
    row = company.records["deals"].pop(int(made.ref.id))
    marker = row["custom_fields"][own(company, "deals", "Dealside key")]
    company.create("deals", {"title": "T", "custom_fields": {own(company, "deals", "Next step"): marker}})
    assert crm.find_created(K.OPPORTUNITY, "k") is None


def test_the_key_of_an_activity_is_kept_by_our_updates_and_not_shown(
    crm: Pipedrive, server: VendorServer, setting: Setting, company: Company
) -> None:
    made = crm.create(K.ACTIVITY, ACTIVITY, "k")
    assert made.fields["description"] == ACTIVITY["description"]
    crm.update(made.ref, {"description": "Other\nwords <b>&amp;"})
    crm.update(made.ref, {"description": None})
    note = company.records["activities"][int(made.ref.id)]["note"]
    assert note.startswith("[dealside:")
    assert connect(server, setting).create(K.ACTIVITY, ACTIVITY, "k").ref == made.ref


def test_an_activity_whose_key_was_removed_is_known_to_the_program_that_made_it(
    crm: Pipedrive, company: Company
) -> None:
    made = crm.create(K.ACTIVITY, ACTIVITY, "k")
    company.update("activities", int(made.ref.id), {"note": "only this"})
    assert crm.create(K.ACTIVITY, ACTIVITY, "k").fields["description"] == "only this"
    assert company.created["activities"] == 1


def test_activities_are_listed_whole_once_and_then_followed(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    for number in range(1200):
        company.create("activities", {"subject": f"S{number}"})
    company.advance(300)
    crm.create(K.TASK, SAMPLES[K.TASK], "one")
    assert sum(1 for call in server.requests if call == ("GET", "/api/v2/activities")) == 3
    company.advance(300)
    server.requests.clear()
    crm.create(K.TASK, SAMPLES[K.TASK], "two")
    assert server.requests == [("GET", "/api/v2/activities"), ("POST", "/api/v2/activities")]


def test_calls_of_a_create_and_of_an_update(crm: Pipedrive, server: VendorServer, company: Company) -> None:
    crm.create(K.CONTACT, CONTACT, "one")
    server.requests.clear()
    company.spent = 0
    made = crm.create(K.CONTACT, CONTACT, "two")
    assert [path for _, path in server.requests] == ["/api/v2/persons/search", "/api/v2/persons", "/api/v2/persons"]
    assert company.spent == 35
    company.spent = 0
    crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert company.spent == 6
    crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert company.spent == 7
