"""Looking for Records, for owners, and at what is left of the day's credits."""

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.domain.errors import Temporary, UserActionNeeded
from desktop.domain.rights import Owner
from tests.conformance.crm_samples import HOSTILE, SAMPLES
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import CONTACT, K

pytestmark = pytest.mark.server


def test_many_addresses_in_few_calls(crm: Zoho, server: ZohoServer, org: Org) -> None:
    for number in range(150):
        org.create("Contacts", {"Last_Name": "N", "Email": f"N{number}@nordwind.example"})
    crm.describe(K.CONTACT)
    server.requests.clear()
    asked = [*(f"n{number}@Nordwind.example" for number in range(200)), "", "a" * 400 + "@b.example"]
    found = crm.find(K.CONTACT, "email", asked)
    assert list(found) == asked
    assert sum(len(records) for records in found.values()) == 150
    assert found["n7@Nordwind.example"][0].fields["email"] == "n7@nordwind.example"
    assert found["n170@Nordwind.example"] == found[""] == ()
    assert [path.split("/")[-1] for _, path in server.requests] == ["coql", "Contacts", "Contacts"]


def test_names_that_many_share_come_page_by_page(crm: Zoho, server: ZohoServer, org: Org) -> None:
    for _ in range(2001):
        org.create("Accounts", {"Account_Name": "Müller GmbH"})
    assert len(crm.find(K.ACCOUNT, "name", ["MÜLLER GmbH", "nobody"])["MÜLLER GmbH"]) == 2001
    assert [path for _, path in server.requests].count("/crm/v8/coql") == 2


@pytest.mark.parametrize("text", [*HOSTILE, "x' OR '1'='1", "''", "'", "*", "(", "a,b:c", "%", "\\"])
def test_hostile_values_are_only_values(crm: Zoho, text: str) -> None:
    made = crm.create(K.ACCOUNT, {"name": text}, "k")
    crm.create(K.ACCOUNT, {"name": "Other"}, "other")
    can_ask = text.isprintable() and "\\" not in text  # what a backslash means in a query is nowhere said
    assert crm.find(K.ACCOUNT, "name", [text]) == {text: (made,) if can_ask else ()}
    assert crm.find(K.CONTACT, "email", [text, f"{text}@x.example"]) == {text: (), f"{text}@x.example": ()}
    assert {each.ref for each in crm.search(K.ACCOUNT, text)} <= {made.ref}


def test_a_deal_by_its_name_a_phone_by_its_number_and_a_lead_by_its_address(crm: Zoho) -> None:
    deal = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "d")
    person = crm.create(K.CONTACT, CONTACT, "c")
    lead = crm.create(K.LEAD, SAMPLES[K.LEAD], "l")
    assert crm.find(K.OPPORTUNITY, "name", ["fleet TRACKING"]) == {"fleet TRACKING": (deal,)}
    assert crm.find(K.CONTACT, "phone", ["+493012345679"]) == {"+493012345679": (person,)}
    assert crm.find(K.LEAD, "email", ["Yusuf@kiesel.example"]) == {"Yusuf@kiesel.example": (lead,)}


def test_what_cannot_be_asked_for_finds_nothing(crm: Zoho, server: ZohoServer, org: Org) -> None:
    org.hidden |= {("Contacts", "Phone")}
    org.hidden_modules = {"Leads"}
    assert crm.find(K.CONTACT, "title", ["CEO"]) == {}
    assert crm.find(K.TASK, "name", ["x"]) == {}
    assert crm.find(K.CONTACT, "phone", ["+491"]) == {}
    assert crm.find(K.LEAD, "email", ["a@b.example"]) == {}
    assert crm.search(K.LEAD, "anything") == ()
    assert not [path for _, path in server.requests if path.endswith(("coql", "search"))]


def test_the_search_by_words(crm: Zoho, org: Org, server: ZohoServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "c")
    crm.create(K.CONTACT, {"last_name": "Other"}, "o")
    task, happened = (crm.create(kind, {**SAMPLES[kind], "subject": "Fleet"}, "k") for kind in (K.TASK, K.ACTIVITY))
    assert crm.search(K.CONTACT, "brien zoë") == (made,)
    assert crm.search(K.CONTACT, "(Email:equals:zoe@nordwind.example)") == ()
    assert crm.search(K.TASK, "fleet") == (task,)
    assert crm.search(K.ACTIVITY, "fleet") == (happened,)
    assert crm.search(K.CONTACT, "example", limit=1) == (made,)
    server.requests.clear()
    for words in ("", "  ", "x", "()", "a,"):
        assert crm.search(K.CONTACT, words) == ()
    assert server.requests == []
    server.fault("status", status=401, code="OAUTH_SCOPE_MISMATCH", method="GET")
    assert crm.search(K.CONTACT, "zoë") == ()  # searching has a scope of its own
    server.fault("status", status=401, code="INVALID_TOKEN", method="GET")
    with pytest.raises(UserActionNeeded, match="sign in"):
        crm.search(K.CONTACT, "zoë")
    assert crm.search(K.CONTACT, "zoë") == (made,)
    org.query_lag = 60
    assert crm.search(K.CONTACT, "zoë") == ()  # the index is behind


def test_owners(crm: Zoho, org: Org) -> None:
    ada, kim = crm.owners()
    assert ada == Owner(ada.id, "Ada Admin", "ada@org.example")
    assert (kim.name, kim.email, kim.is_active) == ("Kim Former", "", False)
    org.users = [{**org.users[0], "id": f"57257670000004{number:05d}"} for number in range(250)]
    assert len(crm.owners()) == 250
    org.hides_users = True
    assert crm.owners() == ()
    org.tokens = set()
    with pytest.raises(UserActionNeeded, match="sign in"):
        crm.owners()


def test_what_is_left_of_the_day_is_known_once_it_was_said(crm: Zoho, org: Org, server: ZohoServer) -> None:
    assert crm.quota() is None
    crm.check()
    assert crm.quota() is None  # it is said late in the day only
    org.credits = 901
    crm.create(K.CONTACT, CONTACT, "k")
    before = len(server.requests)
    quota = crm.quota()
    assert quota is not None
    assert (quota.left, quota.is_short) == (898, True)
    assert len(server.requests) == before
    org.credits = 0
    with pytest.raises(Temporary):
        crm.create(K.CONTACT, CONTACT, "other")
    org.credits = 100_000
    crm.check()
    ample = crm.quota()
    assert ample is not None
    assert not ample.is_short
