"""Looking for Records, for owners, and at what is left of the day's calls."""

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.hubspot.account import quota_of
from desktop.connectors.hubspot.pace import Pace
from desktop.domain.errors import Temporary
from desktop.domain.rights import Owner, Quota
from tests.conformance.crm_samples import HOSTILE
from tests.servers.hubspot import HubSpotWorld
from tests.servers.hubspot_portal import Portal
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import CONTACT, OBJECTS, K

pytestmark = pytest.mark.server


def test_many_addresses_in_few_calls_without_a_search(crm: HubSpot, server: VendorServer, portal: Portal) -> None:
    for number in range(150):
        portal.create("contacts", {"email": f"N{number}@nordwind.example"})
    crm.describe(K.CONTACT)
    server.requests.clear()
    asked = [*(f"n{number}@Nordwind.example" for number in range(200)), "no address", "a" * 400 + "@b.example"]
    found = crm.find(K.CONTACT, "email", asked)
    assert list(found) == asked
    assert sum(len(records) for records in found.values()) == 150
    assert found["n7@Nordwind.example"][0].fields["email"] == "n7@nordwind.example"
    assert found["n170@Nordwind.example"] == found["no address"] == ()
    assert [path.split("/")[-1] for _, path in server.requests] == ["read"] * 3  # two of contacts, one of their links


def test_names_that_many_share_come_page_by_page(crm: HubSpot, server: VendorServer, portal: Portal) -> None:
    for number in range(450):
        portal.create("companies", {"name": "Müller GmbH" if number else "Other"})
    for number in range(60):
        portal.create("companies", {"name": f"Firm {number}"})
    found = crm.find(K.ACCOUNT, "name", ["MÜLLER GmbH", "nobody", *(f"firm {number}" for number in range(60))])
    assert len(found["MÜLLER GmbH"]) == 449
    assert found["nobody"] == ()
    assert all(len(found[f"firm {number}"]) == 1 for number in range(60))
    assert len([path for _, path in server.requests if path.endswith("search")]) == 4  # 3 pages, and one for the rest


@pytest.mark.parametrize("text", [*HOSTILE, "x' OR '1'='1", '"', "*", "(", "a" * 5000, "ẞtraße", "İ"])
def test_hostile_values_are_only_values(crm: HubSpot, text: str) -> None:
    made = crm.create(K.ACCOUNT, {"name": text}, "k")
    crm.create(K.ACCOUNT, {"name": "Other"}, "other")
    found = crm.find(K.ACCOUNT, "name", [text])
    assert found == ({text: (made,)} if len(text) <= 1000 else {text: ()})
    assert crm.find(K.CONTACT, "email", [text, f"{text}@x.example"]) == {text: (), f"{text}@x.example": ()}
    assert {each.ref for each in crm.search(K.ACCOUNT, text)} <= {made.ref}


def test_a_deal_is_found_by_its_name_and_a_phone_by_its_number(crm: HubSpot) -> None:
    deal = crm.create(K.OPPORTUNITY, {"name": "Fleet", "stage": "Won"}, "d")
    person = crm.create(K.CONTACT, CONTACT, "c")
    assert crm.find(K.OPPORTUNITY, "name", ["fleet"]) == {"fleet": (deal,)}
    assert crm.find(K.CONTACT, "phone", ["+49 30 12345679", "+493012345679"])["+493012345679"] == (person,)


def test_what_cannot_be_looked_for_is_not(crm: HubSpot, portal: Portal) -> None:
    assert crm.find(K.CONTACT, "title", ["CEO"]) == {}
    assert crm.find(K.LEAD, "email", ["a@b.example"]) == {}
    assert crm.search(K.LEAD, "anything") == ()
    assert crm.search(K.CONTACT, "   ") == ()
    portal.objects["contacts"]["email"].is_hidden = True
    assert crm.find(K.CONTACT, "email", ["a@b.example"]) == {}


def test_search_is_the_vendors_own(crm: HubSpot) -> None:
    account = crm.create(K.ACCOUNT, {"name": "Nordwind Logistik GmbH"}, "a")
    made = [crm.create(K.CONTACT, {"last_name": f"Zoller {n}", "account": str(account.ref)}, f"k{n}") for n in range(5)]
    assert crm.search(K.ACCOUNT, "nordw") == (account,)
    assert {each.ref for each in crm.search(K.CONTACT, "zol")} == {each.ref for each in made}
    assert crm.search(K.CONTACT, "zoller 3") == (made[3],)
    assert len(crm.search(K.CONTACT, "zoller", limit=2)) == 2


def test_a_search_that_fails_is_temporary(crm: HubSpot, server: VendorServer) -> None:
    server.fault("garbage", prefix=f"{OBJECTS}/companies/search")
    with pytest.raises(Temporary):
        crm.search(K.ACCOUNT, "x")


def test_owners_are_listed_page_by_page(crm: HubSpot, portal: Portal) -> None:
    first, second = crm.owners()
    assert first == Owner("7", "Ana Ruiz", "ana@kiesel.example")
    assert second == Owner("8", "desk@kiesel.example", "desk@kiesel.example")
    portal.owners = [{"id": str(number), "archived": False} for number in range(250)]
    assert len(crm.owners()) == 250
    portal.missing_scopes = {"crm.objects.owners.read"}
    assert crm.owners() == ()


def test_quota_is_what_the_last_answers_said(crm: HubSpot, world: HubSpotWorld, server: VendorServer) -> None:
    assert crm.quota() is None
    crm.check()
    assert crm.quota() is None
    world.daily = 1001
    crm.describe(K.ACCOUNT)
    crm.create(K.ACCOUNT, {"name": "A"}, "a")
    crm.search(K.ACCOUNT, "a")
    asked = len(server.requests)
    assert crm.quota() == Quota(250_000 - (world.daily + 1), 250_000)  # a search is counted, but does not say so
    assert len(server.requests) == asked


@pytest.mark.parametrize("odd", ["", "-1", "x", "9" * 40, "٣", "1.5"])
def test_odd_headers_say_nothing(odd: str) -> None:
    headers = {"x-hubspot-ratelimit-daily": odd, "x-hubspot-ratelimit-daily-remaining": "5"}
    assert quota_of(headers) is None


def test_searches_are_kept_apart() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    pace = Pace(0.25, sleep=sleep, ticks=lambda: now[0])
    pace.wait()
    pace.wait()
    now[0] += 0.125
    pace.wait()
    now[0] += 5
    pace.wait()
    assert slept == [0.25, 0.125]
