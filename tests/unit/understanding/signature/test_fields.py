import pytest

from desktop.understanding.signature.fields import SignatureFields, read_signature

FIELDS = ("name", "position", "organisation", "phone", "mobile", "fax", "mail", "address")


def read(text: str, **hints: str) -> dict[str, list[str]]:
    """Read a signature; return its fields that are not empty as texts."""
    found = read_signature(text.split("\n"), **hints)
    return {field: [part.text for part in getattr(found, field)] for field in FIELDS if getattr(found, field)}


def test_a_signature_from_top_to_bottom():
    signature = (
        "Paula K. Renner, CFA\nSenior Buyer\nOrchard Lane Foods, Inc.\n12 Orchard Lane, Suite 4\nDayton, OH 45402\n"
        "Phone: (937) 555-0142\nFax: (937) 555-0143\npaula.renner@orchardlane.example"
    )
    assert read(signature) == {
        "name": ["Paula K. Renner"],
        "position": ["Senior Buyer"],
        "organisation": ["Orchard Lane Foods, Inc."],
        "phone": ["(937) 555-0142"],
        "fax": ["(937) 555-0143"],
        "mail": ["paula.renner@orchardlane.example"],
        "address": ["12 Orchard Lane, Suite 4\nDayton, OH 45402"],
    }


@pytest.mark.parametrize(
    ("signature", "name", "position", "organisation"),
    [
        ("Jo Field | Head of Sales | Acme", "Jo Field", "Head of Sales", "Acme"),
        ("Jo Field\nCTO @ Brightwell", "Jo Field", "CTO", "Brightwell"),
        ("Jo Field\nSenior Counsel, Brightwell Energy", "Jo Field", "Senior Counsel", "Brightwell Energy"),
        ("Anja Kortüm\nLeitung Einkauf\nMöbelwerke Hartwig GmbH & Co. KG", "Anja Kortüm", "Leitung Einkauf",
         "Möbelwerke Hartwig GmbH & Co. KG"),
        ("Luc Ferrand\nResponsable achats et logistique\nBriqueterie du Nord", "Luc Ferrand",
         "Responsable achats et logistique", "Briqueterie du Nord"),
        ("Marta Olmo Rey\nJefa de Compras\nBodegas Valdehierro, S.L.", "Marta Olmo Rey", "Jefa de Compras",
         "Bodegas Valdehierro, S.L."),
        ("Giulia Renzi\nDirettrice Vendite\nOfficine Renzi S.r.l.", "Giulia Renzi", "Direttrice Vendite",
         "Officine Renzi S.r.l."),
        ("Sander de Groot\nHoofd Inkoop\nKwekerij De Linde B.V.", "Sander de Groot", "Hoofd Inkoop",
         "Kwekerij De Linde B.V."),
        ("Paula Nogueira\nGerente de Compras\nFrigorífico Serra Azul Ltda.", "Paula Nogueira", "Gerente de Compras",
         "Frigorífico Serra Azul Ltda."),
        ("Anna Zielińska\nKierownik Działu Zakupów\nDrewmax Sp. z o.o.", "Anna Zielińska", "Kierownik Działu Zakupów",
         "Drewmax Sp. z o.o."),
        ("Mehmet Aydın\nSatış Müdürü\nYıldız Makina San. Tic. Ltd. Şti.", "Mehmet Aydın", "Satış Müdürü",
         "Yıldız Makina San. Tic. Ltd. Şti."),
        ("Nordhaus AG\nUrs Meier-Locher, Leiter Betrieb", "Urs Meier-Locher", "Leiter Betrieb", "Nordhaus AG"),
        ("Dr. med. Eva Lorenz\nFachärztin für Chirurgie\nPraxis am Markt", "Eva Lorenz", "Fachärztin für Chirurgie",
         "Praxis am Markt"),
    ],
)  # fmt: skip
def test_who_as_what_for_whom(signature: str, name: str, position: str, organisation: str):
    found = read(signature)
    assert (found["name"], found["position"], found["organisation"]) == ([name], [position], [organisation])


def test_a_title_with_its_area_stays_whole():
    assert read("Jo Field\nDirector, Client Relations\nAcme Corp.")["position"] == ["Director, Client Relations"]
    assert read("Jo Field\nManager - Risk Services\nStone & Hale")["position"] == ["Manager - Risk Services"]
    assert read("Jo Field\nRegional Manager, Northern Ireland\nACME PLC")["position"] == [
        "Regional Manager, Northern Ireland"
    ]


def test_a_title_may_be_written_over_two_lines():
    found = read("Ann Lee\nMary and John Stone Professor of\n   Chemistry and\nDirector, Eastmoor Institute\nEastmoor")
    assert found["position"][0] == "Mary and John Stone Professor of\n   Chemistry"


def test_a_department_is_what_they_do_only_when_no_title_is_given():
    assert read("Jo Field\nCustomer Support\nAcme Corp.")["position"] == ["Customer Support"]
    found = read_signature(["Jo Field", "Senior Counsel", "Acme Corp.", "Legal Department"])
    assert [part.text for part in found.position] == ["Senior Counsel"]
    assert [part.text for part in found.organisation] == ["Acme Corp.\nLegal Department"]


def test_degrees_and_forms_of_address_are_no_titles():
    found = read("Professor Ann Lee, PhD\nUniversity of Eastmoor")
    assert found["name"] == ["Ann Lee"]
    assert "position" not in found


def test_labels_stand_before_or_behind_their_numbers():
    found = read("Ann Lee\nT: 01632 960118   M: 07700 900264\nFx 01632 960119")
    assert (found["phone"], found["mobile"], found["fax"]) == (["01632 960118"], ["07700 900264"], ["01632 960119"])
    found = read("Ann Lee\n614-555-0142 (office)\n614-555-0143 cell\n614-555-0144 fax")
    assert (found["phone"], found["mobile"], found["fax"]) == (["614-555-0142"], ["614-555-0143"], ["614-555-0144"])


def test_a_number_broken_over_two_lines_is_one():
    assert read("Ann Lee\nTel: (614) \n555-0142")["phone"] == ["(614) \n555-0142"]


@pytest.mark.parametrize(
    "address",
    [
        "P.O. Box 1384\nDayton, OH  45402",
        "Industriestr. 12\n33607 Bielefeld",
        "12 rue des Lilas\n59000 Lille",
        "ul. Leśna 4\n60-101 Poznań",
        "14 Mill Row, 3rd Floor\nEastmoor EM1 2AB",
        "Dorpsstraat 7\n1234 AB Zaandorp",
    ],
)
def test_addresses_of_several_countries(address: str):
    found = read(f"Jo Field\nAcme Corp.\n{address}\n+1 614 555 0142")
    assert found["address"] == [address]
    assert found["phone"] == ["+1 614 555 0142"]


def test_room_codes_alone_and_closings_and_slogans_are_nothing():
    found = read("Kind regards,\n\nJo Field\nEB 3889\nBuilding value, one carrot at a time!\n614-555-0142")
    assert found == {"name": ["Jo Field"], "phone": ["614-555-0142"]}


def test_hints_tell_a_wordmark_from_anything_else():
    signature = "jo field\nqrious"
    assert "organisation" not in read(signature)
    assert read(signature, mail_address="jo@qrious.example")["organisation"] == ["qrious"]


def test_every_field_is_verbatim():
    text = "> Jo Field, Buyer - Acme Corp.\n> Tel. 614-555-0142; jo@acme.example\n> 12 Mill Row\n> Dayton, OH 45402"
    found = read_signature(text.split("\n"))
    parts = [part for field in FIELDS for part in getattr(found, field)]
    assert len(parts) >= 6
    assert all(text[part.start : part.end] == part.text for part in parts)


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "A" * 300_000, "Aa - " * 50_000, "+1 " * 50_000, "a@" * 50_000, "(\n" * 50_000, "Jo Field\n" * 20_000],
)
def test_bad_input_is_read_within_bounds(text: str):
    found = read_signature(text.split("\n"))
    assert isinstance(found, SignatureFields)
    assert sum(len(getattr(found, field)) for field in FIELDS) <= 240
