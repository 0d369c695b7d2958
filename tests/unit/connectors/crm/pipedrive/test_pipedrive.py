"""Pipedrive keeps every promise of a CRM; signing in, and the field that exactly-once rests on."""

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.supplies import Supplies
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef
from tests.conformance.crm import CrmConformance
from tests.conformance.crm_samples import SAMPLES
from tests.fakes.book import MemoryBook
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server


class TestPipedrive(CrmConformance):
    """The suite."""


def test_it_claims_neither_a_key_nor_a_precondition_nor_cases(crm: Pipedrive) -> None:
    assert crm.info.can == {"delete", "merge", "find"}
    assert K.CASE not in crm.info.kinds
    assert crm.required(K.OPPORTUNITY) == ("name",)
    assert crm.required(K.CASE) == ()
    assert crm.picklist(K.CASE, "status") == ()
    assert crm.find_created(K.CASE, "k") is None
    assert crm.read(RecordRef(K.CASE, RecordId("1"))) is None
    with pytest.raises(Rejected, match="case"):
        crm.create(K.CASE, SAMPLES[K.CASE], "k")


# --- signing in -------------------------------------------------------------------------------------------------------


def test_a_dead_token_asks_to_sign_in_again(crm: Pipedrive, company: Company) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    company.tokens.clear()
    for call in (crm.check, lambda: crm.read(made.ref), lambda: crm.changes(EMPTY_CHECKPOINT)):
        with pytest.raises(UserActionNeeded, match="sign in"):
            call()
    company.tokens["token"] = 7
    assert crm.read(made.ref) == made


@pytest.mark.parametrize("token", ["", "  ", "töken", "to\nken", "to ken"])
def test_a_token_that_cannot_be_sent_is_refused_before_anything_leaves(
    server: VendorServer, setting: Setting, token: str
) -> None:
    with pytest.raises(UserActionNeeded, match="sign in"):
        connect(server, setting, token=token).check()
    assert server.requests == []


@pytest.mark.parametrize(
    "address",
    ["", "   ", "not an address", "ftp://x.pipedrive.com", "https://u:p@x.pipedrive.com", "http://[::1", "x:0"],
)
def test_an_unusable_address_says_what_to_enter(server: VendorServer, setting: Setting, address: str) -> None:
    with pytest.raises(UserActionNeeded, match=r"pipedrive\.com"):
        connect(server, setting, address=address).check()
    assert server.requests == []


def test_plain_http_is_for_loopback_only(server: VendorServer, setting: Setting) -> None:
    with pytest.raises(UserActionNeeded, match="https"):
        connect(server, setting, address="http://acme.pipedrive.com").check()


def test_everything_goes_through_the_one_door(crm: Pipedrive, setting: Setting, server: VendorServer) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    assert len(setting.ledger.rows) == len(server.requests)
    assert {row.purpose for row in setting.ledger.rows} == {"pipedrive"}


def test_connects_with_what_bootstrap_supplies(server: VendorServer, setting: Setting) -> None:
    crossed: list[str] = []
    supplies = Supplies(
        settings={"address": server.url},
        secret={"api_token": " token\n"}.get,
        ledger=setting.ledger,
        clock=setting.clock,
        boundary=crossed.append,
        book=MemoryBook(setting.clock),
        new_id=lambda: "1",
    )
    crm = Pipedrive.connect(supplies)
    crm.check()
    crm.close()
    assert crossed == ["send", "sent"] * len(server.requests)


def test_a_redirect_to_another_host_is_refused(crm: Pipedrive, server: VendorServer) -> None:
    server.fault("status", status=302, code="X", headers={"Location": "https://elsewhere.example/api"})
    with pytest.raises(UserActionNeeded, match="another address"):
        crm.check()
    server.fault("status", status=307, code="X", method="POST", headers={"Location": "https://elsewhere.example/api"})
    with pytest.raises(UserActionNeeded, match="another address"):
        crm.create(K.TASK, SAMPLES[K.TASK], "k")


# --- the key field ----------------------------------------------------------------------------------------------------


def test_a_missing_key_field_is_named_with_what_lacks_it(crm: Pipedrive, company: Company) -> None:
    company.hidden = {("persons", "Dealside key"), ("deals", "Dealside key")}
    with pytest.raises(UserActionNeeded, match=r"Dealside key.*people, deals") as caught:
        crm.check()
    assert "organizations" not in caught.value.sentence
    with pytest.raises(UserActionNeeded, match="Dealside key"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert company.writes == 0


def test_once_the_admin_has_added_it_the_same_connector_goes_on(crm: Pipedrive, company: Company) -> None:
    company.hidden = {("persons", "Dealside key")}
    with pytest.raises(UserActionNeeded):
        crm.create(K.CONTACT, CONTACT, "k")
    company.hidden = set()
    crm.create(K.CONTACT, CONTACT, "k")
    assert company.created["persons"] == 1


def test_the_key_field_may_have_another_name_but_must_be_searchable(
    server: VendorServer, setting: Setting, company: Company
) -> None:
    crm = connect(server, setting, key_field="  REGION ")
    with pytest.raises(UserActionNeeded, match="REGION"):
        crm.check()
    assert connect(server, setting, key_field="dealside KEY").check() is None
    assert company.writes == 0
