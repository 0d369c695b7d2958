"""HubSpot keeps every promise of a CRM; signing in, settings, and the property that exactly-once rests on."""

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.supplies import Supplies
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import CrmConnector
from desktop.domain.errors import UserActionNeeded
from desktop.domain.records import RecordKind, RecordSnapshot
from tests.conformance.crm import CrmConformance
from tests.conformance.crm_samples import SAMPLES, drain
from tests.fakes.book import MemoryBook
from tests.servers.hubspot_objects import Prop
from tests.servers.hubspot_portal import Portal
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import CONTACT, HubSpotSide, K, Setting, connect

pytestmark = pytest.mark.server


class TestHubSpot(CrmConformance):
    """The suite. HubSpot takes an e-mail address only once, so every further contact has its own."""

    first_contact = ""

    def make(self, crm: CrmConnector, kind: RecordKind, name: str = "one", /, **more: str | None) -> RecordSnapshot:
        if kind is K.CONTACT and name != (self.first_contact or name):
            more = {"email": f"{name}@nordwind.example", **more}
        elif kind is K.CONTACT:
            self.first_contact = name
        return super().make(crm, kind, name, **more)


# --- signing in and settings ------------------------------------------------------------------------------------------


def test_a_dead_token_asks_to_sign_in_again(crm: HubSpot, portal: Portal) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    portal.tokens.clear()
    for call in (crm.check, lambda: crm.read(made.ref), lambda: crm.changes(EMPTY_CHECKPOINT)):
        with pytest.raises(UserActionNeeded, match="sign in"):
            call()


@pytest.mark.parametrize("token", ["", "  ", "töken", "to\nken", "two words"])
def test_a_token_that_cannot_be_sent_is_refused_before_anything_leaves(
    server: VendorServer, setting: Setting, token: str
) -> None:
    with pytest.raises(UserActionNeeded, match="sign in"):
        connect(server, setting, token=token).check()
    assert server.requests == []


def test_a_new_token_counts_at_once(server: VendorServer, setting: Setting, portal: Portal) -> None:
    tokens = ["token", "fresh"]
    portal.tokens = {"fresh"}
    crm = HubSpot({"address": server.url}, token=lambda: tokens[0], http=setting.http, clock=setting.clock)
    with pytest.raises(UserActionNeeded):
        crm.check()
    del tokens[0]
    crm.check()


@pytest.mark.parametrize("address", ["ftp://x.example", "https://u:p@x.example", "http://[::1", "x:99999", "a b"])
def test_an_unusable_address_says_what_to_enter(server: VendorServer, setting: Setting, address: str) -> None:
    with pytest.raises(UserActionNeeded, match=r"api\.hubapi\.com"):
        connect(server, setting, address=address).check()
    assert server.requests == []


def test_plain_http_is_for_loopback_only(server: VendorServer, setting: Setting) -> None:
    with pytest.raises(UserActionNeeded, match="https"):
        connect(server, setting, address="http://crm.example").check()


@pytest.mark.parametrize("version", ["4", "2026", "../v1", "2026-03/x"])
def test_an_unusable_version_is_explained(server: VendorServer, setting: Setting, version: str) -> None:
    with pytest.raises(UserActionNeeded, match="2026-03"):
        connect(server, setting, api_version=version).check()
    assert server.requests == []


@pytest.mark.parametrize(("version", "path"), [("v3", "/crm/v3/objects/"), ("2026-09", "/crm/objects/2026-09/")])
def test_other_versions_are_the_same_under_another_path(
    server: VendorServer, setting: Setting, version: str, path: str
) -> None:
    crm = connect(server, setting, api_version=version)
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    made = crm.create(K.CONTACT, {**CONTACT, "account": str(account.ref)}, "k")
    assert crm.update(made.ref, {"account": None}, version=made.version).fields["account"] is None
    assert len(crm.changes(EMPTY_CHECKPOINT).records) == 2
    assert any(asked.startswith(path) for _, asked in server.requests)


def test_everything_goes_through_the_one_door(crm: HubSpot, setting: Setting, server: VendorServer) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    assert len(setting.ledger.rows) == len(server.requests)
    assert {(row.destination, row.purpose) for row in setting.ledger.rows} == {
        (server.url.removeprefix("http://"), "hubspot")
    }


def test_connects_with_what_bootstrap_supplies(server: VendorServer, setting: Setting) -> None:
    crossed: list[str] = []
    supplies = Supplies(
        settings={"address": server.url},
        secret={"access_token": " token\n"}.get,
        ledger=setting.ledger,
        clock=setting.clock,
        boundary=crossed.append,
        book=MemoryBook(setting.clock),
        new_id=lambda: "1",
    )
    crm = HubSpot.connect(supplies)
    crm.picklist(K.ACCOUNT, "name")
    crm.close()
    assert crossed == ["send", "sent"] * len(server.requests)


# --- the key property -------------------------------------------------------------------------------------------------


def test_a_missing_key_property_is_named_with_the_objects_that_lack_it(crm: HubSpot, portal: Portal) -> None:
    del portal.objects["contacts"]["dealside_key"]
    portal.objects["tasks"]["dealside_key"].unique = False
    with pytest.raises(UserActionNeeded, match=r"dealside_key.*contacts, tasks") as caught:
        crm.check()
    assert "companies" not in caught.value.sentence
    with pytest.raises(UserActionNeeded, match="dealside_key"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert portal.writes == 0


def test_once_the_admin_has_added_it_the_same_connector_goes_on(crm: HubSpot, portal: Portal) -> None:
    portal.objects["contacts"]["dealside_key"].unique = False
    with pytest.raises(UserActionNeeded):
        crm.create(K.CONTACT, CONTACT, "k")
    portal.objects["contacts"]["dealside_key"].unique = True
    crm.create(K.CONTACT, CONTACT, "k")
    assert portal.created["contacts"] == 1


def test_the_key_property_may_have_another_name(server: VendorServer, setting: Setting, portal: Portal) -> None:
    portal.objects["contacts"]["our_key"] = Prop("our_key", "Our key", unique=True)
    made = connect(server, setting, key_property="our_key").create(K.CONTACT, CONTACT, "k")
    assert portal.rows["contacts"][made.ref.id].properties["our_key"] == "k"


def test_keys_that_differ_in_case_only_are_two(crm: HubSpot, portal: Portal) -> None:
    crm.create(K.CASE, SAMPLES[K.CASE], "Key")
    crm.create(K.CASE, SAMPLES[K.CASE], "key")
    assert portal.created["tickets"] == 2


def test_an_object_the_token_may_not_see_stops_neither_check_nor_changes(crm: HubSpot, portal: Portal) -> None:
    portal.missing_scopes = {"crm.schemas.tickets.read", "crm.schemas.notes.read"}
    made = crm.create(K.CONTACT, CONTACT, "k")
    logged = crm.create(K.ACTIVITY, SAMPLES[K.ACTIVITY], "k")
    crm.check()
    assert {record.ref for record in crm.changes(EMPTY_CHECKPOINT).records} == {made.ref, logged.ref}
    assert crm.picklist(K.ACTIVITY, "type") == ("Email", "Call")
    with pytest.raises(UserActionNeeded, match="tickets"):
        crm.create(K.CASE, SAMPLES[K.CASE], "k")


def test_an_account_without_visible_contacts_is_of_no_use(crm: HubSpot, portal: Portal) -> None:
    portal.missing_scopes = {"crm.schemas.contacts.read"}
    with pytest.raises(UserActionNeeded, match=r"crm\.objects\.contacts\.read"):
        crm.check()


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_few_calls(crm: HubSpot, server: VendorServer, other_side: HubSpotSide) -> None:
    def calls() -> int:
        count = len(server.requests)
        server.requests.clear()
        return count

    crm.check()
    calls()
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert calls() == 3  # look, make, read
    crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert calls() == 2  # look, write: the answer says how it stands
    crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert calls() == 1
    crm.create(K.ACTIVITY, SAMPLES[K.ACTIVITY], "k")
    assert calls() == 5  # it may have been made as e-mail, call or note
    other_side.later()
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    other_side.later()
    _, checkpoint, _ = drain(crm, checkpoint, 50)
    calls()
    assert drain(crm, checkpoint, 50)[0] == []
    assert calls() == 8  # one search for each kind of object
