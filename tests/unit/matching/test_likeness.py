import pytest

from desktop.domain.records import RecordKind
from desktop.matching.likeness import likeness
from desktop.matching.profile import Profile, keys_of, profile_of

ANN = {
    "first_name": "Ann",
    "last_name": "Mueller",
    "email": "ann.mueller@nordglas.example",
    "phone": "+49 30 5550 1004",
    "mobile": None,
}


def contact(firm: str = "", **changes: str | None) -> Profile:
    return profile_of(RecordKind.CONTACT, {**ANN, **changes}, firm=firm)


def account(**fields: str) -> Profile:
    return profile_of(RecordKind.ACCOUNT, fields)


@pytest.mark.parametrize(
    "other",
    [
        contact(),
        contact(last_name="Müller", email=None),
        contact(first_name="Anne", phone="030 5550 1004", email="a.m@gmail.com"),
        contact(first_name="Mueller", last_name="Ann", email=None),
        contact(first_name="A.", email=None),
        contact(last_name="Muler", email=None),
        contact(first_name="", last_name="", phone=None),
    ],
)
def test_the_same_person_written_otherwise(other: Profile):
    found = likeness(contact(), other)
    assert found.chance > 0.75
    assert found.reasons
    assert keys_of(contact(), "crm") & keys_of(other, "crm")


@pytest.mark.parametrize(
    "other",
    [
        contact(first_name="Bob", email="bob.mueller@nordglas.example"),
        contact(first_name="Bob", last_name="Carter", email="bob.carter@nordglas.example"),
        contact(email="ann.mueller@other.example", phone=None),
        contact(last_name="Kowalski", email=None),
    ],
)
def test_relatives_colleagues_and_namesakes_are_others(other: Profile):
    assert likeness(contact(), other).chance < 0.5


def test_likeness_is_the_same_both_ways():
    one, other = contact(), contact(first_name="Anne", email=None)
    assert likeness(one, other) == likeness(other, one)


def test_a_namesake_of_the_same_firm_is_likely_the_same():
    one = contact("Nordglas GmbH", email=None, phone=None)
    assert likeness(one, contact("Nord Glas", email=None, phone=None)).chance > 0.9
    assert likeness(one, contact("Ostholz AG", email=None, phone=None)).chance < 0.5
    assert likeness(one, contact(email=None, phone=None)).chance < 0.9


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"name": "Nordglas GmbH"}, {"name": "NORDGLAS"}, True),
        ({"name": "Nord Glas GmbH & Co. KG"}, {"name": "Nordglas"}, True),
        (
            {"name": "Nordglas", "domain": "nordglas.example"},
            {"name": "Nordglass Ltd", "domain": "www.nordglas.example"},
            True,
        ),
        ({"name": "Nordglas"}, {"name": "Ostholz"}, False),
        ({"name": "Nordglas", "domain": "nordglas.example"}, {"name": "Norgips", "domain": "norgips.example"}, False),
    ],
)
def test_firms(one: dict[str, str], other: dict[str, str], is_same: bool):
    here, there = account(**one), account(**other)
    assert (likeness(here, there).chance > 0.75) is is_same
    if is_same:
        assert keys_of(here, "crm") & keys_of(there, "crm")


@pytest.mark.parametrize(
    ("changes", "company", "is_same"),
    [
        ({"phone": None, "email": None}, "Nord Glas GmbH", True),
        ({"phone": None, "email": None}, "Ostholz", False),
        ({"first_name": "Bob"}, "Nord Glas GmbH", False),
    ],
)
def test_leads_are_compared_by_their_company(changes: dict[str, str | None], company: str, is_same: bool):
    here = profile_of(RecordKind.LEAD, {**ANN, "email": None, "company": "Nord Glas"})
    there = profile_of(RecordKind.LEAD, {**ANN, **changes, "company": company})
    assert (likeness(here, there).chance > 0.75) is is_same
    assert not keys_of(here, "crm") & keys_of(contact(firm="Nord Glas"), "crm")


def test_nobody_meets_across_connections_or_kinds():
    assert not keys_of(contact(), "one") & keys_of(contact(), "other")
    assert not keys_of(account(name="Ann Mueller"), "one") & keys_of(contact(), "one")


def test_keys_fit_the_store_and_stay_the_same():
    keys = keys_of(contact(), "crm")
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert keys == keys_of(contact(), "crm")
    assert not keys_of(profile_of(RecordKind.CONTACT, {}), "crm")
