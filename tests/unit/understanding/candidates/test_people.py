"""The contact's name and address, from wherever the mail gives them."""

import pytest

from desktop.domain.evidence import FactKind
from desktop.understanding.candidates import addresses, people
from tests.unit.understanding.candidates.finding import best, found

K = FactKind


@pytest.mark.parametrize(
    ("shown", "address", "closing", "name"),
    [
        ("Field, Jo", "jo.field@acme.example", "Jo", "Jo Field"),
        ("Field, Jo (Purchasing)", "jo.field@acme.example", "Jo", "Jo Field"),
        ("Field, Jo </O=ACME/OU=EU/CN=RECIPIENTS/CN=JFIELD>", "jo.field@acme.example", "Jo", "Jo Field"),
        ("jo field", "jo@acme.example", "", "Jo Field"),
        ("Jo Field via Signing Service", "jo@acme.example", "", "Jo Field"),
        ("", "jo.field@acme.example", "", "Jo Field"),
        ("", "jo_b_field@acme.example", "", "Jo B Field"),
        ("jo.field@acme.example", "jo.field@acme.example", "", "Jo Field"),
        ("", "jf@acme.example", "JF\n\nJo Field\nBuyer", "Jo Field"),
        ("Acme Purchasing", "purchasing@acme.example", "Dr. Jo Field, P.E.\nBuyer", "Jo Field"),
        ("Praxis am Park", "praxis@park.example", "Dr. med. Wiebke Kern\nPraxis am Park", "Wiebke Kern"),
        ("Saigon Pumps Export", "export@saigonpumps.example", "Ms. Nguyen Thi Lan\nExport Dept.", "Nguyen Thi Lan"),
        ("Bram de Wit", "bram@dewit.example", "Bram de Wit\nDe Wit Scheepsbouw B.V.", "Bram de Wit"),
        ("ליאור כהן", "lior@noa.example", "ליאור כהן", "ליאור כהן"),
        ("Ирина Соколова", "sokolova@volna.example", "С уважением,\nИрина Соколова", "Ирина Соколова"),
        ("Jingming 'Marshall' Yan", "jmyan@acme.example", "", "Jingming Yan"),
        ("POE Ann", "a.poe@acme.example", "A. POE\nGérante", "Ann Poe"),
        ("Gwen ap Rhys", "gwen@acme.example", "Gwen", "Gwen ap Rhys"),
        ("Service Travaux", "sec.travaux@town.example", "Ann Poe\nCheffe de service", "Ann Poe"),
        ("Jan Poe", "j.poe@elektro-poe.example", "Jan\n\nElektro Poe - Mobil 0171 5550123", "Jan Poe"),
        ("", "accounts@acme.example", "Ann\nAccounts, Acme Dairy\n020 7946 0123", "Ann"),
        ("van der Berg, Jan", "jan@berg.example", "Jan", "Jan van der Berg"),
    ],
)
def test_the_senders_name(shown: str, address: str, closing: str, name: str):
    text = f"Hello Alex,\n\nplease send us a quote for three pumps.\n\nRegards\n\n{closing}"
    assert best(K.PERSON, text, sender=address, name=shown).value == name


@pytest.mark.parametrize(
    "words",
    ["mein Name ist Ole Petersen", "my name is Ole Petersen", "je m'appelle Ole Petersen", "me llamo Ole Petersen",
     "mi chiamo Ole Petersen", "mijn naam is Ole Petersen", "this is Ole Petersen from Acme"],
)  # fmt: skip
def test_people_who_introduce_themselves(words: str):
    found_name = best(K.PERSON, f"Hello,\n\n{words}.\n\nRegards", sender="info@acme.example", name="Acme Info")
    assert (found_name.value, found_name.why) == ("Ole Petersen", people.INTRODUCES)


@pytest.mark.parametrize("shown", ["Warehouse News", "Sales Team", "Purchasing", "No Reply", "Acme GmbH"])
def test_desks_and_programs_are_hardly_people(shown: str):
    names = found(K.PERSON, "Hello Alex,\n\nnews of the week.", sender="news@acme.example", name=shown)
    assert all(candidate.rule_score < 0.5 for candidate in names)


def test_the_reps_own_name_is_never_offered():
    assert found(K.PERSON, "Hello,\n\nI talked to Alex.\n\nAlex Morgan", sender="", name="") == []


@pytest.mark.parametrize(
    ("sender", "text", "value", "why"),
    [
        ("jo.field@acme.example", "Regards\nJo Field\ninfo@acme.example", "jo.field@acme.example", addresses.FROM),
        ("purchasing@acme.example", "Regards\n\nBeth Marlow\nBuyer\nbeth.marlow@acme.example",
         "beth.marlow@acme.example", None),
        ("purchasing@acme.example", "Regards\n\nBeth Marlow\nBuyer", "purchasing@acme.example", addresses.FROM),
        ("no-reply@acme.example", "Regards\n\nBeth Marlow\nbeth.marlow@acme.example", "beth.marlow@acme.example", None),
        ("jo.field@acme.example", "From now on please write to jo.field@acme-group.example.\n\nJo Field",
         "jo.field@acme-group.example", addresses.NEW),
    ],
)  # fmt: skip
def test_which_address_counts(sender: str, text: str, value: str, why: str | None):
    name = "Jo Field" if sender.startswith("jo") else ""
    candidate = best(K.EMAIL, f"Hello Alex,\n\nplease quote.\n\n{text}", sender=sender, name=name)
    assert candidate.value == value
    assert why in (None, candidate.why)


def test_addresses_of_colleagues_and_other_recipients_are_none_of_the_contacts():
    text = "Hello Alex,\n\nask till.braun@northbeam.example, or Ian Frost at ian.frost@acme.example.\n\nJo Field"
    scores = {candidate.value: candidate.rule_score for candidate in found(K.EMAIL, text)}
    assert "till.braun@northbeam.example" not in scores
    assert scores["ian.frost@acme.example"] < 0.15 < scores["jo.field@acme.example"]


def test_wrapped_addresses_of_notes_are_no_value():
    text = "Hello,\n\n[mailto:IMCEANOTES-+22Field+2C+20Jo+22+40acme+2Eexample@CORP.example]\n\nJo"
    assert [candidate.value for candidate in found(K.EMAIL, text)] == ["jo.field@acme.example"]


@pytest.mark.parametrize(
    ("shown", "address", "closing", "name"),
    [
        ("Weingut Holler", "keller@weingut-holler.example", "Anna Holler\nWeingut Holler, Tal", "Anna Holler"),
        ("Bauamt Talheim", "bauamt@talheim.example", "Im Auftrag\nGreta Mai\nStadt Talheim, Bauamt", "Greta Mai"),
        ("Baker Farms", "tom@bakerfarms.example", "Tom Baker\nBaker Farms", "Tom Baker"),
        ("Procurement", "procurement@acme.example", "P. Threlford\nSenior Procurement Officer", "P. Threlford"),
        ("Werk 2", "werk2@guss.example", "Knöpke\nWerkleitung\nHohl Guss GmbH", "Knöpke"),
        ("", "vdunn@acme.example", "vern dunn\nfield supervisor\nacme compression", "Vern Dunn"),
        ("", "ann_b._poe@acme.example", "Lisa Reed\nManaging Attorney\nAcme", "Ann B. Poe"),
    ],
)  # fmt: skip
def test_who_signs_where_the_display_name_is_no_persons(shown: str, address: str, closing: str, name: str):
    text = f"Hello Alex,\n\nplease send us a quote for three pumps.\n\n{closing}"
    assert best(K.PERSON, text, sender=address, name=shown).value == name


@pytest.mark.parametrize(
    ("shown", "address", "text"),
    [
        ("", "purchasing@acme.example", "Item   Descr    Qty (cs)   Unit   Ext\nN-2    glove    60    $41\n\nBye"),
        ("", "access@mailman.example", "Please approve.\n\nRequest ID          : 000083\nCreate Date : 11/28/00"),
        ("Admin Puerto Sol", "admin@puertosol.example", "Rogamos abono.\n\nAdministración\nPuerto Sol, S.L."),
    ],
)  # fmt: skip
def test_headings_labels_and_firms_sign_nothing(shown: str, address: str, text: str):
    assert not [one for one in found(K.PERSON, text, sender=address, name=shown) if one.rule_score >= 0.35]
