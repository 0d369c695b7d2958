"""Looking up by what a record holds, and the org's own search."""

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.domain.errors import Temporary
from tests.conformance.crm_samples import HOSTILE, SAMPLES
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import CONTACT, K

pytestmark = pytest.mark.server


def test_five_hundred_values_take_one_call(crm: Salesforce, server: SalesforceServer, org: Org) -> None:
    wanted = [f"person{number}@nordwind.example" for number in range(500)]
    for email in wanted[::2]:
        org.create("Contact", {"LastName": "A", "Email": email.upper()})
    crm.describe(K.CONTACT)
    server.requests.clear()
    found = crm.find(K.CONTACT, "email", wanted)
    assert set(found) == set(wanted[::2])
    assert all(len(records) == 1 for records in found.values())
    assert server.requests == [("POST", "/composite")]


def test_several_records_may_hold_the_same(crm: Salesforce, org: Org) -> None:
    for name in ("A", "B"):
        org.create("Contact", {"LastName": name, "Email": "info@nordwind.example"})
    (records,) = crm.find(K.CONTACT, "email", ["Info@Nordwind.example"]).values()
    assert [record.fields["last_name"] for record in records] == ["A", "B"]


@pytest.mark.parametrize("typed", ["+493012345679", "00493012345679"])
def test_numbers_are_found_in_the_ways_they_are_often_typed(crm: Salesforce, org: Org, typed: str) -> None:
    org.create("Contact", {"LastName": "A", "Phone": typed})
    org.create("Contact", {"LastName": "B", "Phone": "+493012345670"})
    (records,) = crm.find(K.CONTACT, "phone", ["+493012345679"]).values()
    assert [record.fields["last_name"] for record in records] == ["A"]


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\n" not in text])
def test_hostile_names_are_only_names(crm: Salesforce, text: str) -> None:
    made = crm.create(K.ACCOUNT, {"name": text}, "k")
    crm.create(K.ACCOUNT, {"name": "another"}, "other")
    assert crm.find(K.ACCOUNT, "name", [text, "nobody", "x" * 5000, " "]) == {text: (made,)}


def test_fields_that_cannot_be_asked_for_find_nothing(crm: Salesforce, org: Org) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    assert crm.find(K.CONTACT, "title", [CONTACT["title"]]) == {}
    assert crm.find(K.CASE, "email", ["a@b.example"]) == {}
    org.hidden |= {("Contact", "Email")}
    crm.close()
    assert crm.find(K.CONTACT, "email", [CONTACT["email"]]) == {}


def test_half_an_answer_is_not_an_empty_one(crm: Salesforce, server: SalesforceServer) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    server.fault("cut", method="POST", prefix="/composite")
    with pytest.raises(Temporary):
        crm.find(K.CONTACT, "email", [CONTACT["email"]])


def test_search_finds_by_the_beginnings_of_words(crm: Salesforce) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    crm.create(K.CONTACT, {"last_name": "Other"}, "o")
    assert crm.search(K.CONTACT, "zoë o'brien") == (made,)
    assert crm.search(K.CONTACT, "Procure") == (made,)
    assert crm.search(K.CONTACT, "nothing of that") == ()
    assert crm.search(K.CONTACT, "x") == ()
    assert crm.search(K.CONTACT, "zoë", limit=0) == ()


@pytest.mark.parametrize("text", [*HOSTILE, "()", "{a OR b}", "find {x} in all fields", "*" * 500, "\x00\x01ab"])
def test_hostile_words_are_only_words(crm: Salesforce, text: str) -> None:
    crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "k")
    assert crm.search(K.ACCOUNT, text) == ()


def test_tasks_and_activities_are_told_apart(crm: Salesforce) -> None:
    todo, done = (crm.create(kind, {**SAMPLES[kind], "subject": "Fleet"}, kind.value) for kind in (K.TASK, K.ACTIVITY))
    assert crm.search(K.TASK, "fleet") == (todo,)
    assert crm.search(K.ACTIVITY, "fleet") == (done,)
