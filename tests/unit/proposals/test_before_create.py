"""Before something new is proposed the CRM is searched: by e-mail, phone, name and company, in whatever spelling."""

import pytest

from desktop.domain.evidence import FactKind, Intent
from desktop.domain.ids import RecordId
from desktop.domain.proposals import Action
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM, NOON, fact, message, reading

PHONE = "+49 30 5550 1004"


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


def proposed(rig, kind, *, person="Jane Roe", firm="Buyer Works GmbH", email="jane.roe@buyer.example", phone=PHONE):
    """Return what a mail with this signature leads to for a kind of Record, None for nothing."""
    text = f"We need four pumps.\n{person}\n{firm}\nTel. {phone}\n{email}"
    facts = [
        fact(text, FactKind.PERSON, person),
        fact(text, FactKind.EMAIL, email),
        fact(text, FactKind.PHONE, phone),
        fact(text, FactKind.COMPANY, firm),
    ]
    card = rig.propose(message(text), reading(facts, intent=Intent.INQUIRY))
    return next((item for item in card.suggestions if item.kind is kind), None)


def contact(first, last, **more):
    return {
        "first_name": first,
        "last_name": last,
        "email": None,
        "phone": PHONE,
        "title": None,
        "account": None,
        **more,
    }


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["jane.roe@buyer.example", "Jane.Roe@Buyer.Example", " JANE.ROE@buyer.example "])
def test_the_address_finds_a_contact_whatever_they_are_called(rig, email):
    ref = known(rig, RecordKind.CONTACT, 1, **contact("J.", "Smith", email=email, phone=None))
    assert proposed(rig, RecordKind.CONTACT).target == ref


@pytest.mark.parametrize(
    ("first", "last", "person"),
    [
        ("Jane", "Roe", "Jane Roe"),
        ("JANE", "ROE", "Jane Roe"),
        ("Roe", "Jane", "Jane Roe"),
        ("Bob", "Carter", "Robert Carter"),
        ("William", "Carter", "Bill Carter"),
        ("Katharina", "Vogt", "Käthe Vogt"),
        ("Jürgen", "Müller", "Juergen Mueller"),
        ("Jurgen", "Muller", "Jürgen Müller"),
        ("José", "Núñez", "Jose Nunez"),
        ("Łukasz", "Żak", "Lukasz Zak"),
        ("Юлия", "Иванова", "Yuliya Ivanova"),
        ("Dr. Jane", "Roe", "Jane Roe"),
        ("Jane", "Roe-Smith", "Jane Roe Smith"),
        ("Jane", "O'Hara", "Jane OHara"),
        ("Phillip", "Thompson", "Philip Thompson"),
        ("Jonh", "Carpenter", "John Carpenter"),
        ("Anna Maria", "Vogt", "Anna-Maria Vogt"),
    ],
)
def test_name_and_number_find_a_contact_in_another_spelling(rig, first, last, person):
    ref = known(rig, RecordKind.CONTACT, 1, **contact(first, last))
    change = proposed(rig, RecordKind.CONTACT, person=person)
    assert (change.action, change.target) == (Action.UPDATE, ref)


@pytest.mark.parametrize("number", ["+49 30 5550 1004", "030 55501004", "0049-30-5550-1004", "(030) 5550 1004"])
def test_a_number_is_known_in_any_manner_of_writing(rig, number):
    ref = known(rig, RecordKind.CONTACT, 1, **contact("Jane", "Roe", phone=number))
    assert proposed(rig, RecordKind.CONTACT).target == ref


def test_a_mobile_number_counts_as_well(rig):
    ref = known(rig, RecordKind.CONTACT, 1, **contact("Jane", "Roe", phone=None, mobile=PHONE))
    assert proposed(rig, RecordKind.CONTACT).target == ref


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("Buyer Works", "Buyer Works GmbH"),
        ("Buyer Works Inc.", "Buyer Works"),
        ("BUYER-WORKS GmbH & Co. KG", "Buyer Works"),
        ("Buyer Works S.A.R.L.", "Buyer Works"),
    ],
)
def test_name_and_company_find_a_contact_without_a_number(rig, there, said):
    firm = known(rig, RecordKind.ACCOUNT, 7, name=there, domain=None, phone=None)
    ref = known(rig, RecordKind.CONTACT, 1, **contact("Janie", "Roe", phone=None, account=str(firm)))
    assert proposed(rig, RecordKind.CONTACT, firm=said, person="Jane Roe").target == ref


@pytest.mark.parametrize(
    ("first", "last"), [("John", "Roe"), ("Bob", "Carter"), ("Jane", "Rowland"), ("Roberta", "Roe"), ("Janet", "Ray")]
)
def test_a_colleague_at_the_same_switchboard_is_somebody_else(rig, first, last):
    known(rig, RecordKind.CONTACT, 1, **contact(first, last))
    assert proposed(rig, RecordKind.CONTACT).action is Action.CREATE


# --- firms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("Buyer Works", "Buyer Works GmbH"),
        ("Buyer Works AG", "Buyer Works, Inc."),
        ("Buyer Works B.V.", "BUYER WORKS LTD"),
        ("Buyer Works S.p.A.", "Buyer Works"),
        ("Buyer Works Pty. Ltd.", "Buyer Works"),
        ("Buyer Works S.A. de C.V.", "Buyer Works"),
        ("Buyer Works Sp. z o.o.", "Buyer Works"),
        ("Buyer Works s.r.o.", "Buyer Works"),
        ("Buyer Works Kft.", "Buyer Works"),
        ("Buyer Works ApS", "Buyer Works A/S"),
        ("Buyer Works GmbH & Co. KG", "Buyer Works"),
        ("Buyer Works e.K.", "Buyer Works"),
        ("Buyer Works K.K.", "Buyer Works"),
        ("Buyer Works Pvt. Ltd.", "Buyer Works"),
        ("Buyer Works Holding GmbH", "Buyer Works Holding"),
        ("The Buyer Works Company", "Buyer Works"),
        ("Buyer and Works", "Buyer & Works"),
        ("Bayer Wörks", "Bayer Woerks GmbH"),
        ("Байер", "Bayer"),
    ],
)
def test_a_firm_is_known_whatever_stands_behind_its_name(rig, there, said):
    ref = known(rig, RecordKind.ACCOUNT, 7, name=there, domain=None, phone=None)
    found = proposed(rig, RecordKind.ACCOUNT, firm=said)
    assert found is None or (found.action, found.target) == (Action.UPDATE, ref)


@pytest.mark.parametrize(
    "site", ["buyer.example", "www.buyer.example", "https://www.buyer.example/en/", "HTTP://Buyer.Example:8080"]
)
def test_a_firm_is_known_by_the_domain_of_the_address(rig, site):
    known(rig, RecordKind.ACCOUNT, 7, name="Something Else Entirely", domain=site, phone=None)
    assert proposed(rig, RecordKind.ACCOUNT) is None


@pytest.mark.parametrize("email", ["jane.roe@mail.buyer.example", "jane.roe@de.buyer.example"])
def test_a_mail_host_below_the_domain_is_the_same_firm(rig, email):
    ref = known(rig, RecordKind.ACCOUNT, 7, name="Buyer Works", domain="buyer.example", phone=None)
    found = proposed(rig, RecordKind.ACCOUNT, email=email)
    assert found is None or found.target == ref


def test_a_free_mail_address_is_no_firm(rig):
    known(rig, RecordKind.ACCOUNT, 7, name="Gmail", domain="gmail.com", phone=None)
    found = proposed(rig, RecordKind.ACCOUNT, email="jane.roe@gmail.com")
    assert found.action is Action.CREATE


@pytest.mark.parametrize("name", ["Buyer Hotels", "Works", "Seller Works GmbH", "Buyer"])
def test_another_firm_is_another_firm(rig, name):
    known(rig, RecordKind.ACCOUNT, 7, name=name, domain=None, phone=None)
    assert proposed(rig, RecordKind.ACCOUNT).action is Action.CREATE
