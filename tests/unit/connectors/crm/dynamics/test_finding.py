"""Finding by what Records hold, the environment's own search, and owners."""

import pytest

from desktop.connectors.crm.dynamics import Dynamics
from desktop.domain.errors import Temporary, UserActionNeeded
from tests.conformance.crm_many import new, refs_of
from tests.conformance.crm_samples import HOSTILE, SAMPLES
from tests.servers.dynamics import PATH, Dataverse
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.dynamics.side import CONTACT, DynamicsSide, K

pytestmark = pytest.mark.server


def test_many_values_take_one_call(crm: Dynamics, server: VendorServer) -> None:
    made = refs_of(crm.create_many([new(K.CONTACT, str(number)) for number in range(300)]))
    server.requests.clear()
    wanted = [f"zoe{number}@nordwind.example" for number in range(600)]
    found = crm.find(K.CONTACT, "email", wanted)
    assert [found[value][0].ref for value in wanted[:300]] == made
    assert set(found) == set(wanted[:300])
    assert server.requests == [("POST", f"{PATH}/$batch")]


def test_case_and_spaces_make_no_difference_and_doubles_are_all_found(crm: Dynamics) -> None:
    one, other = (crm.create(K.CONTACT, CONTACT, key) for key in "ab")
    found = crm.find(K.CONTACT, "email", [" ZOE@Nordwind.example"])
    assert set(refs_of(found[" ZOE@Nordwind.example"])) == {one.ref, other.ref}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_are_just_values(crm: Dynamics, text: str) -> None:
    crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "other")
    assert crm.find(K.ACCOUNT, "name", [text]) == {}
    assert crm.search(K.ACCOUNT, text) == ()
    clean = " ".join(text.split())
    made = crm.create(K.ACCOUNT, {"name": clean}, "k")
    assert refs_of(crm.find(K.ACCOUNT, "name", [clean])[clean]) == [made.ref]


def test_leads_and_opportunities_and_phones(crm: Dynamics) -> None:
    lead = crm.create(K.LEAD, SAMPLES[K.LEAD], "l")
    deal = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "o")
    assert refs_of(crm.find(K.LEAD, "phone", ["+493012345670"])["+493012345670"]) == [lead.ref]
    assert refs_of(crm.find(K.OPPORTUNITY, "name", ["Fleet tracking"])["Fleet tracking"]) == [deal.ref]


def test_what_cannot_be_asked_for_finds_nothing(crm: Dynamics, server: VendorServer, world: Dataverse) -> None:
    world.absent = {"lead"}
    assert crm.find(K.CONTACT, "title", ["CEO"]) == crm.find(K.CONTACT, "email", ["", " "]) == {}
    assert crm.find(K.LEAD, "email", ["a@b.example"]) == {}
    assert crm.find(K.CASE, "email", ["a@b.example"]) == {}
    assert not [path for _, path in server.requests if "EntityDefinitions" not in path]


def test_search_by_parts_of_names_newest_first(crm: Dynamics, other_side: DynamicsSide) -> None:
    old = crm.create(K.CONTACT, CONTACT, "old")
    other_side.later()
    young = crm.create(K.CONTACT, {**CONTACT, "first_name": "Zoé-Marie"}, "young")
    crm.create(K.CONTACT, {"last_name": "Somebody else"}, "else")
    assert refs_of(crm.search(K.CONTACT, "o'brien ZO")) == [young.ref, old.ref]
    assert refs_of(crm.search(K.CONTACT, "o'brien zo", limit=1)) == [young.ref]
    assert refs_of(crm.search(K.CONTACT, "nordwind marie")) == [young.ref]
    assert crm.search(K.CONTACT, "  ") == crm.search(K.CONTACT, "zo", limit=0) == ()


def test_a_draft_is_not_found(crm: Dynamics, world: Dataverse) -> None:
    world.create("email", {"subject": "Half written"})
    assert crm.search(K.ACTIVITY, "half") == ()


def test_trouble_is_raised(crm: Dynamics, server: VendorServer, world: Dataverse) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    server.fault("drop_after")
    with pytest.raises(Temporary):
        crm.find(K.CONTACT, "email", ["zoe@nordwind.example"])
    world.denied = {("contact", "Read")}
    with pytest.raises(UserActionNeeded):
        crm.search(K.CONTACT, "zoe")


def test_owners_are_people(crm: Dynamics, world: Dataverse) -> None:
    assert [(one.name, one.email, one.is_active) for one in crm.owners()] == [
        ("Dana Ólafsdóttir", "dana@seller.example", True),
        ("Left Long Ago", "left@seller.example", False),
    ]
    world.denied = {("systemuser", "Read")}
    with pytest.raises(UserActionNeeded):
        crm.owners()
