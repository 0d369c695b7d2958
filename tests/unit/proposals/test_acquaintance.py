"""Before somebody new is proposed, the CRM is searched for them under other spellings."""

import pytest

from desktop.domain.evidence import FactKind, Intent
from desktop.domain.ids import RecordId
from desktop.domain.proposals import Action
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, NOON, fact, message, reading

TEXT = "We need four pumps.\nJane Roe, Purchasing\nBuyer Works GmbH\nTel. +49 30 5550 1004\njane.roe@buyer.example"
JANE = {
    "first_name": "Jane",
    "last_name": "Roe",
    "email": None,
    "phone": "+49 30 5550 1004",
    "title": None,
    "account": None,
}


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def known(rig, kind, number, **fields):
    ref = RecordRef(kind, RecordId(str(number)))
    with rig.store.transaction() as tx:
        tx.mirror.save(CRM, RecordSnapshot(ref, fields, "1", NOON, title=title_of(kind, fields)))
    return ref


def inquiry(rig):
    facts = [
        fact(TEXT, FactKind.PERSON, "Jane Roe"),
        fact(TEXT, FactKind.EMAIL, "jane.roe@buyer.example"),
        fact(TEXT, FactKind.PHONE, "+49 30 5550 1004"),
        fact(TEXT, FactKind.COMPANY, "Buyer Works GmbH"),
    ]
    return rig.propose(message(TEXT), reading(facts, intent=Intent.INQUIRY))


@pytest.mark.parametrize("spelling", [("Jane", "Roe"), ("Janie", "Roe"), ("Roe", "Jane")])
def test_a_contact_without_an_address_gets_it_instead_of_a_twin(rig, spelling):
    ref = known(rig, RecordKind.CONTACT, 1, **JANE | dict(zip(("first_name", "last_name"), spelling, strict=True)))
    change = of_kind(inquiry(rig), RecordKind.CONTACT)
    assert (change.action, change.target) == (Action.UPDATE, ref)
    assert [(c.field, c.before, c.after) for c in change.changes if c.field == "email"] == [
        ("email", None, "jane.roe@buyer.example")
    ]


def test_a_namesake_with_another_address_is_named_and_left_alone(rig):
    known(rig, RecordKind.CONTACT, 1, **JANE | {"email": "j.roe@buyer.example"})
    new = of_kind(inquiry(rig), RecordKind.CONTACT)
    assert new.action is Action.CREATE
    assert new.reason.startswith("Your CRM has Jane Roe (same name, same number")


def test_whoever_may_be_the_same_is_named(rig):
    known(rig, RecordKind.CONTACT, 1, **JANE | {"first_name": "J."})
    new = of_kind(inquiry(rig), RecordKind.CONTACT)
    assert new.action is Action.CREATE
    assert new.reason == "Your CRM has J. Roe (same surname and initial, same number): perhaps the same person"


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": "Bob", "last_name": "Carter"},  # shares only the switchboard
        {"first_name": "John", "last_name": "Roe"},
    ],
)
def test_who_is_only_somewhat_alike_stays_somebody_else(rig, other):
    known(rig, RecordKind.CONTACT, 1, **JANE | other)
    new = of_kind(inquiry(rig), RecordKind.CONTACT)
    assert new.action is Action.CREATE
    assert new.reason == "Somebody your CRM does not know"


def test_a_mere_namesake_is_named(rig):
    known(rig, RecordKind.CONTACT, 1, **JANE | {"phone": None})
    new = of_kind(inquiry(rig), RecordKind.CONTACT)
    assert new.action is Action.CREATE
    assert new.reason == "Your CRM has Jane Roe (same name): perhaps the same person"


def test_two_who_may_be_meant_are_none(rig):
    known(rig, RecordKind.CONTACT, 1, **JANE)
    known(rig, RecordKind.CONTACT, 2, **JANE)
    assert of_kind(inquiry(rig), RecordKind.CONTACT).action is Action.CREATE


def test_a_crm_that_hides_addresses_gets_no_address(rig):
    known(rig, RecordKind.CONTACT, 1, **{name: value for name, value in JANE.items() if name != "email"})
    assert of_kind(inquiry(rig), RecordKind.CONTACT).action is Action.CREATE


def test_a_contact_is_recognised_by_name_and_firm(rig):
    account = known(rig, RecordKind.ACCOUNT, 7, name="BUYER WORKS", domain=None)
    ref = known(rig, RecordKind.CONTACT, 1, **JANE | {"phone": None, "account": str(account)})
    assert of_kind(inquiry(rig), RecordKind.CONTACT).target == ref


@pytest.mark.parametrize("name", ["Buyerworks Gmbh & Co. KG", "BUYER-WORKS", "Buyer Works"])
def test_a_firm_under_another_spelling_is_the_same_firm(rig, name):
    ref = known(rig, RecordKind.ACCOUNT, 7, name=name, domain=None)
    proposal = inquiry(rig)
    accounts = [item for item in proposal.suggestions if item.kind is RecordKind.ACCOUNT]
    assert all(item.action is Action.UPDATE and item.target == ref for item in accounts)
    contact = of_kind(proposal, RecordKind.CONTACT)
    assert {c.field: c.after for c in contact.changes}["account"] == str(ref)


def test_another_firm_is_another_firm(rig):
    known(rig, RecordKind.ACCOUNT, 7, name="Buyer Hotels", domain="buyerhotels.example")
    assert of_kind(inquiry(rig), RecordKind.ACCOUNT).action is Action.CREATE
