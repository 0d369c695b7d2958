"""What is special about merging in Pipedrive: it is v1's, and the one that goes is the one asked."""

import json
from pathlib import Path

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.domain.errors import Temporary, UserActionNeeded
from tests.conformance.crm_merging import FAULTS, Faults, pair
from tests.servers.openapi import Contract, Watched
from tests.servers.pipedrive import PipedriveWorld
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import K, Setting, connect

pytestmark = pytest.mark.server


def test_the_values_of_the_one_that_stays_win_and_empty_ones_are_filled(crm: Pipedrive) -> None:
    kept = crm.create(K.CONTACT, {"first_name": "Ann", "last_name": "Roe"}, "kept")
    gone = crm.create(K.CONTACT, {"first_name": "Anne", "last_name": "Roe", "email": "ann@a.example"}, "gone")
    left = crm.merge(kept.ref, gone.ref)
    assert (left.ref, left.fields["first_name"], left.fields["email"]) == (kept.ref, "Ann", "ann@a.example")


def test_a_lost_answer(crm: Pipedrive, server: VendorServer, company: Company) -> None:
    kept, gone = pair(crm)
    server.fault("drop_after", method="PUT")
    with pytest.raises(Temporary):
        crm.merge(kept.ref, gone.ref)
    assert crm.merge(kept.ref, gone.ref).ref == kept.ref
    assert [row["id"] for row in company.live("persons")] == [int(kept.ref.id)]


@pytest.mark.parametrize("status", [200, 404, 410])
def test_however_a_deleted_record_is_shown_a_merge_is_done_once(crm: Pipedrive, company: Company, status: int) -> None:
    company.deleted_answer = status
    kept, gone = pair(crm)
    crm.merge(kept.ref, gone.ref)
    assert crm.merge(kept.ref, gone.ref).ref == kept.ref


def test_a_token_that_is_no_longer_good_merges_nothing(crm: Pipedrive, company: Company) -> None:
    kept, gone = pair(crm)
    company.tokens.clear()
    with pytest.raises(UserActionNeeded):
        crm.merge(kept.ref, gone.ref)
    assert len(list(company.live("persons"))) == 2


@pytest.mark.parametrize("faults", FAULTS, ids=str)
def test_whatever_the_line_does_there_is_one_record_in_the_end(
    crm: Pipedrive, server: VendorServer, company: Company, faults: Faults
) -> None:
    kept, gone = pair(crm)
    for about in faults:
        server.fault(**{"method": "PUT", **about})
    for _ in range(len(faults) + 1):
        try:
            left = crm.merge(kept.ref, gone.ref, version=kept.version, gone_version=gone.version)
        except Temporary:
            continue
        assert left.fields["email"] == kept.fields["email"]
        assert len(list(company.live("persons"))) == 1
        return
    raise AssertionError("the merge never came to its end")


def test_it_is_as_the_vendor_describes_it(shared: Path, setting: Setting, company: Company) -> None:
    file = shared / "specs/pipedrive/pipedrive-v1.openapi.json"
    if not file.exists():
        pytest.skip("needs the description of Pipedrive's v1 in `shared`, which is not here")
    contract = Contract(json.loads(file.read_text(encoding="utf-8")))
    watched = Watched(
        PipedriveWorld(company), contract, path_of=lambda path: path.removeprefix("/api").removeprefix("/v1")
    )
    with VendorServer(watched) as server:
        crm = connect(server, setting)
        kept, gone = pair(crm)
        crm.merge(kept.ref, gone.ref)
    assert [line for line in watched.seen if "/merge" in line]
    assert [fault for fault in watched.faults if "/merge" in fault] == []
