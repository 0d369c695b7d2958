"""What is special about merging in Zoho: it may be scheduled, and a record under merge is locked meanwhile."""

import json
from pathlib import Path

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.domain.errors import Rejected, Temporary
from tests.conformance.crm_merging import FAULTS, Faults, pair
from tests.fakes.clock import START
from tests.servers.openapi import Contract
from tests.servers.vendor import Answer, Request, VendorServer
from tests.servers.zoho import ZohoWorld
from tests.servers.zoho_org import Fault, Org
from tests.unit.connectors.crm.zoho.side import K, Setting, connect

pytestmark = pytest.mark.server


def test_a_scheduled_merge_is_looked_for_until_it_is_done(crm: Zoho, org: Org) -> None:
    kept, gone = pair(crm)
    org.schedules_merges = True
    for _ in range(2):  # the second meets the lock of the first
        with pytest.raises(Temporary) as caught:
            crm.merge(kept.ref, gone.ref)
        assert caught.value.retry_after
    assert len(org.scheduled) == 1
    org.do_scheduled()
    assert crm.merge(kept.ref, gone.ref).ref == kept.ref
    assert crm.read(gone.ref) is None


def test_a_refusal_names_no_success(crm: Zoho, server: VendorServer, org: Org) -> None:
    kept, gone = pair(crm)

    def refuse(*_args: object) -> bool:
        raise Fault("NOT_ALLOWED", "the records cannot be merged")

    org.merge = refuse  # type: ignore[method-assign]  # an organisation of its own rules
    with pytest.raises(Rejected):
        crm.merge(kept.ref, gone.ref)
    assert crm.read(gone.ref) is not None


@pytest.mark.parametrize("faults", FAULTS, ids=str)
def test_whatever_the_line_does_there_is_one_record_in_the_end(
    crm: Zoho, server: VendorServer, org: Org, faults: Faults
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
        assert len(org.records["Contacts"]) == 1
        return
    raise AssertionError("the merge never came to its end")


class Held(ZohoWorld):
    """A world whose merges are held against the description."""

    def __init__(self, org: Org, contract: Contract) -> None:
        super().__init__(org)
        self.contract = contract
        self.faults: list[str] = []
        self.merges = 0

    def answer(self, request: Request) -> Answer:
        answer = super().answer(request)
        if request.path.endswith("/actions/merge"):
            self.merges += 1
            try:
                self.contract.check_request(request.method, request.path, request.query, request.body)
                self.contract.check_answer(request.method, request.path, answer.status, answer.body)
            except AssertionError as fault:  # raised here it would end in the server's thread, unheard
                self.faults.append(str(fault))
        return answer


def test_it_is_as_the_vendor_describes_it(shared: Path, setting: Setting) -> None:
    file = shared / "specs/zoho/zoho-crm-v8.openapi.json"
    if not file.exists():
        pytest.skip("needs Zoho's description in `shared`, which is not here")
    world = Held(Org(now=lambda: START), Contract(json.loads(file.read_text(encoding="utf-8"))))
    with VendorServer(world) as server:
        crm = connect(server, setting)
        kept, gone = pair(crm)
        world.org.schedules_merges = True
        with pytest.raises(Temporary):
            crm.merge(kept.ref, gone.ref)
        world.org.schedules_merges = False
        world.org.do_scheduled()
        one, two = (crm.create(K.ACCOUNT, {"name": name}, name) for name in ("Nordwind", "Nordwind GmbH"))
        crm.merge(one.ref, two.ref)
    assert world.merges == 2
    assert world.faults == []
