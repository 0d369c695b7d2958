"""Finding by what a Record holds, by words, and whom Records can belong to."""

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.pipedrive.line import AT_ONCE
from desktop.domain.errors import Temporary
from tests.conformance.crm_many import new, refs_of
from tests.conformance.crm_samples import HOSTILE, SAMPLES
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import CONTACT, K, PipedriveSide

pytestmark = pytest.mark.server


def test_each_value_is_one_search_and_all_that_was_found_one_list(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    made = refs_of(crm.create_many([new(K.CONTACT, str(number)) for number in range(12)]))
    company.advance(120)
    server.requests.clear()
    wanted = [f" ZOE{number}@Nordwind.example" for number in range(12)]
    found = crm.find(K.CONTACT, "email", [*wanted, "nobody@nordwind.example", "", "  ", "x" * 5000])
    assert [found[value][0].ref for value in wanted] == made
    assert found["nobody@nordwind.example"] == found[""] == found["  "] == found["x" * 5000] == ()
    assert sum(path.endswith("/search") for _, path in server.requests) == 13
    assert len(server.requests) == 14


def test_phones_names_and_what_cannot_be_asked_for(crm: Pipedrive, company: Company) -> None:
    person = crm.create(K.CONTACT, CONTACT, "p")
    firm = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    deal = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "d")
    company.advance(120)
    assert refs_of(crm.find(K.CONTACT, "phone", ["+493012345679"])["+493012345679"]) == [person.ref]
    assert crm.find(K.CONTACT, "phone", [CONTACT["mobile"]])[CONTACT["mobile"]] == ()  # another field
    assert refs_of(crm.find(K.ACCOUNT, "phone", ["+493012345678"])["+493012345678"]) == [firm.ref]
    assert refs_of(crm.find(K.OPPORTUNITY, "name", ["fleet  TRACKING"])["fleet  TRACKING"]) == [deal.ref]
    assert crm.find(K.ACCOUNT, "email", ["a@b.example"]) == {}
    assert crm.find(K.TASK, "name", ["x"]) == {}
    assert crm.find(K.CASE, "name", ["x"]) == {}


@pytest.mark.parametrize("odd", [*HOSTILE, "a,b", "%", "*"])
def test_hostile_names_find_what_holds_them(crm: Pipedrive, company: Company, odd: str) -> None:
    made = crm.create(K.ACCOUNT, {"name": odd}, "a")
    crm.create(K.ACCOUNT, {"name": "Another"}, "b")
    company.advance(120)
    assert [one.ref for one in crm.find(K.ACCOUNT, "name", [odd])[odd]] in ([made.ref], [])
    if "\n" not in odd:
        assert [one.ref for one in crm.find(K.ACCOUNT, "name", [odd])[odd]] == [made.ref]


def test_search_goes_by_words(crm: Pipedrive, company: Company, server: VendorServer) -> None:
    made = tuple(crm.create(K.CONTACT, CONTACT, str(number)) for number in range(4))
    crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "d")
    company.advance(120)
    server.requests.clear()
    assert crm.search(K.CONTACT, "  o'brien ") == made
    assert len(server.requests) == 2
    assert crm.search(K.CONTACT, "o'brien", limit=2) == made[:2]
    assert [one.title for one in crm.search(K.OPPORTUNITY, "fleet")] == ["Fleet tracking"]
    assert crm.search(K.CONTACT, "nobody at all") == ()
    assert crm.search(K.CONTACT, "x") == crm.search(K.TASK, "call") == crm.search(K.CONTACT, "zoe", limit=0) == ()


def test_a_search_that_fails_says_so(crm: Pipedrive, server: VendorServer) -> None:
    server.fault("status", status=500, times=9)
    with pytest.raises(Temporary):
        crm.find(K.CONTACT, "email", ["zoe@nordwind.example"])


def test_many_are_read_a_hundred_a_call(crm: Pipedrive, server: VendorServer, other_side: PipedriveSide) -> None:
    made = [
        ref
        for first in (0, 1)
        for ref in refs_of(crm.create_many([new(K.CONTACT, f"{first}-{at}") for at in range(AT_ONCE)]))
    ]
    other_side.remove(made[3])
    server.requests.clear()
    assert set(crm.read_many([*made, *made])) == set(made) - {made[3]}
    assert len(server.requests) == 2


def test_owners_are_the_companys_users(crm: Pipedrive) -> None:
    ada, bo, cem = crm.owners()
    assert (ada.id, ada.name, ada.email, ada.is_active) == ("7", "Ada Nowak", "ada@company.example", True)
    assert (bo.name, cem.is_active) == ("Bo Lind", False)
