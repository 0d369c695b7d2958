"""What is special about merging in HubSpot: either id answers afterwards, and the one left may have a new one."""

import json
from pathlib import Path

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.domain.errors import Conflict, Temporary, UserActionNeeded
from tests.conformance.crm_merging import FAULTS, Faults, pair
from tests.servers.hubspot import HubSpotWorld, numbered
from tests.servers.hubspot_portal import Portal
from tests.servers.openapi import Contract, Watched
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import HubSpotSide, K, Setting, connect

pytestmark = pytest.mark.server


def test_the_record_left_may_have_an_id_of_its_own(crm: HubSpot, portal: Portal) -> None:
    portal.renames_merged = True
    kept, gone = pair(crm)
    left = crm.merge(kept.ref, gone.ref)
    assert left.ref not in {kept.ref, gone.ref}
    assert crm.read(kept.ref) is None
    assert crm.read(left.ref) == left
    assert crm.merge(kept.ref, gone.ref).ref == left.ref


def test_a_lost_answer_about_a_record_with_a_new_id(crm: HubSpot, portal: Portal, server: VendorServer) -> None:
    portal.renames_merged = True
    kept, gone = pair(crm)
    server.fault("drop_after", method="POST")
    with pytest.raises(Temporary):
        crm.merge(kept.ref, gone.ref)
    assert crm.merge(kept.ref, gone.ref).fields["email"] == kept.fields["email"]
    assert len(portal.live("contacts")) == 1


def test_both_gone_is_a_conflict(crm: HubSpot, other_side: HubSpotSide) -> None:
    kept, gone = pair(crm)
    other_side.remove(kept.ref)
    other_side.remove(gone.ref)
    with pytest.raises(Conflict):
        crm.merge(kept.ref, gone.ref)


def test_a_token_that_may_not_write_merges_nothing(crm: HubSpot, portal: Portal) -> None:
    kept, gone = pair(crm)
    portal.missing_scopes = {"crm.objects.contacts.write"}
    with pytest.raises(UserActionNeeded):
        crm.merge(kept.ref, gone.ref)
    assert crm.read(gone.ref) is not None


@pytest.mark.parametrize("faults", FAULTS, ids=str)
def test_whatever_the_line_does_there_is_one_record_in_the_end(
    crm: HubSpot, server: VendorServer, portal: Portal, faults: Faults
) -> None:
    kept, gone = pair(crm)
    for about in faults:
        server.fault(**{"method": "POST", **about})
    for _ in range(len(faults) + 1):
        try:
            left = crm.merge(kept.ref, gone.ref, version=kept.version, gone_version=gone.version)
        except Temporary:
            continue
        assert left.fields["email"] == kept.fields["email"]
        assert len(portal.live("contacts")) == 1
        return
    raise AssertionError("the merge never came to its end")


def test_it_is_as_the_vendor_describes_it(shared: Path, setting: Setting, world: HubSpotWorld) -> None:
    file = shared / "specs/hubspot/hubspot-crm.openapi.json"
    if not file.exists():
        pytest.skip("needs the description of HubSpot's interface in `shared`, which is not here")
    watched = Watched(world, Contract(json.loads(file.read_text(encoding="utf-8"))), path_of=numbered)
    with VendorServer(watched) as server:
        crm = connect(server, setting)
        kept, gone = pair(crm)
        crm.merge(kept.ref, gone.ref)
        one, two = (crm.create(K.ACCOUNT, {"name": name}, name) for name in ("Nordwind", "Nordwind GmbH"))
        crm.merge(one.ref, two.ref)
    assert [line for line in watched.seen if "merge" in line]
    assert [fault for fault in watched.faults if "merge" in fault] == []
