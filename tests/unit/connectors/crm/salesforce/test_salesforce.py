"""Salesforce keeps every promise of a CRM; signing in, and the field that exactly-once rests on."""

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.connectors.supplies import Supplies
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Rejected, UserActionNeeded
from tests.conformance.crm import CrmConformance
from tests.conformance.crm_samples import SAMPLES
from tests.fakes.book import MemoryBook
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server


class TestSalesforce(CrmConformance):
    """The suite."""


# --- signing in -------------------------------------------------------------------------------------------------------


def test_a_dead_token_asks_to_sign_in_again(crm: Salesforce, org: Org) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    org.tokens.clear()
    for call in (crm.check, lambda: crm.read(made.ref), lambda: crm.changes(EMPTY_CHECKPOINT)):
        with pytest.raises(UserActionNeeded, match="sign in"):
            call()


@pytest.mark.parametrize("token", ["", "  ", "töken", "to\nken"])
def test_a_token_that_cannot_be_sent_is_refused_before_anything_leaves(
    server: SalesforceServer, setting: Setting, token: str
) -> None:
    with pytest.raises(UserActionNeeded, match="sign in"):
        connect(server, setting, token=token).check()
    assert server.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "not an address",
        "ftp://x.my.salesforce.com",
        "https://u:p@x.my.salesforce.com",
        "http://[::1",
        "x:99999",
    ],
)
def test_an_unusable_address_says_what_to_enter(server: SalesforceServer, setting: Setting, address: str) -> None:
    with pytest.raises(UserActionNeeded, match=r"address|certificate"):
        connect(server, setting, instance_url=address).check()
    assert server.requests == []


def test_the_lightning_address_is_explained(server: SalesforceServer, setting: Setting) -> None:
    with pytest.raises(UserActionNeeded, match=r"my\.salesforce\.com"):
        connect(server, setting, instance_url="https://acme.lightning.force.com").check()


def test_plain_http_is_for_loopback_only(server: SalesforceServer, setting: Setting) -> None:
    with pytest.raises(UserActionNeeded, match="https"):
        connect(server, setting, instance_url="http://acme.my.salesforce.com").check()


def test_everything_goes_through_the_one_door(crm: Salesforce, setting: Setting, server: SalesforceServer) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    assert len(setting.ledger.rows) == len(server.requests)
    assert {(row.destination, row.purpose) for row in setting.ledger.rows} == {
        (f"127.0.0.1:{server.port}", "salesforce")
    }


# --- the key field ----------------------------------------------------------------------------------------------------


def test_a_missing_key_field_is_named_with_the_objects_that_lack_it(crm: Salesforce, org: Org) -> None:
    org.without_key = {"Contact", "Task"}
    with pytest.raises(UserActionNeeded, match=r"Dealside_Key__c.*Contact, Task") as caught:
        crm.check()
    assert "Account" not in caught.value.sentence
    with pytest.raises(UserActionNeeded, match="Dealside_Key__c"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert org.writes == 0


def test_once_the_admin_has_added_it_the_same_connector_goes_on(crm: Salesforce, org: Org) -> None:
    org.without_key = {"Contact"}
    with pytest.raises(UserActionNeeded):
        crm.create(K.CONTACT, CONTACT, "k")
    org.without_key = set()
    crm.create(K.CONTACT, CONTACT, "k")
    assert org.created["Contact"] == 1


def test_several_records_with_one_key_are_left_alone(crm: Salesforce, org: Org) -> None:
    for name in ("A", "B"):
        org.records["Contact"][org.create("Contact", {"LastName": name})]["Dealside_Key__c"] = "k"
    before = org.writes
    with pytest.raises(Rejected):
        crm.create(K.CONTACT, CONTACT, "k")
    assert org.writes == before


def test_an_object_the_rep_may_not_see_stops_neither_check_nor_changes(crm: Salesforce, org: Org) -> None:
    org.hidden_objects = {"Case"}
    made = crm.create(K.CONTACT, CONTACT, "k")
    crm.check()
    assert [record.ref for record in crm.changes(EMPTY_CHECKPOINT).records] == [made.ref]
    with pytest.raises(UserActionNeeded, match="case"):
        crm.create(K.CASE, SAMPLES[K.CASE], "k")


def test_connects_with_what_bootstrap_supplies(server: SalesforceServer, setting: Setting) -> None:
    crossed: list[str] = []
    book = MemoryBook(setting.clock)
    supplies = Supplies(
        settings={"instance_url": server.url},
        secret={"access_token": " token\n"}.get,
        ledger=setting.ledger,
        clock=setting.clock,
        boundary=crossed.append,
        book=book,
        new_id=lambda: "1",
    )
    crm = Salesforce.connect(supplies)
    crm.check()
    crm.close()
    assert crossed == ["send", "sent"] * len(server.requests)
