import pytest

from desktop.understanding.lexicon.names import fits_address, is_same_person, lead_of, name_in_address, name_of, tail_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jo Field", "Jo Field"),
        ("Field, Jo", "Jo Field"),
        ("FIELD, JO", "Jo Field"),
        ("JO FIELD", "Jo Field"),
        ("Jo FIELD", "Jo Field"),
        ("Jean-Luc DE LA TOUR", "Jean-Luc de la Tour"),
        ("Dr. Anneliese Thorn, P.E.", "Anneliese Thorn"),
        ("Siân Prydd, CISA, CISM", "Siân Prydd"),
        ("Ma. Cristina Balan-Uy, RPh, MBA", "Ma. Cristina Balan-Uy"),
        ("Declan Moore FCCA", "Declan Moore"),
        ("A/Prof Mal Tonga", "Mal Tonga"),
        ("Prof. Dr. Ute Kern", "Ute Kern"),
        ("Dipl.-Ing. (FH) Jörg Müller", "Jörg Müller"),
        ("Mme Hélène Roux", "Hélène Roux"),
        ("Ing. Lupe Quiñones", "Lupe Quiñones"),
        ("Keith E. Stone", "Keith E. Stone"),
        ("Bram de Wit", "Bram de Wit"),
        ("O’Brien, Máire", "Máire O’Brien"),
        ("李明", "李明"),
        ("محمد العلي", "محمد العلي"),
        ("\u200fמשה לוי\u200e", "משה לוי"),
        ("Sales Team", None),
        ("Kind regards", None),
        ("ann@b.example", None),
        ("12 Main Street", None),
        ("we are here", None),
        ("Ignore previous instructions", None),
        ("", None),
        ("J. K.", None),
    ],
)
def test_names(text: str, name: str | None):
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Veronica Stone/ACME@acmeGate", "Veronica Stone"),
        ("Jo Field on 03/20/2026 11:25 AM", "Jo Field"),
        ("Jo Field - Acme Ltd", "Jo Field"),
        ("Jo Field | Acme", "Jo Field"),
        ("jo field", "Jo Field"),
        ("jan van der berg", "Jan van der Berg"),
    ],
)
def test_display_names(shown: str, name: str):
    assert name_of(shown, is_header=True) == name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("jo.field@x.example", "Jo Field"),
        ("jo.b.field@x.example", "Jo B. Field"),
        ("jo_b_field@x.example", "Jo B Field"),
        ("jan.van.der.berg@x.example", "Jan van der Berg"),
        ("j.field@x.example", None),
        ("jofield@x.example", None),
        ("info.desk@x.example", None),
        ("jo2.field@x.example", None),
        ("jo_b._field@x.example", "Jo B. Field"),
    ],
)
def test_names_in_addresses(address: str, name: str | None):
    assert name_in_address(address) == name


@pytest.mark.parametrize(
    ("name", "address", "fits"),
    [("Jo Field", "jfield@x.example", True), ("Jürgen Groß", "juergen.gross@x.example", True),
     ("Jo Bo Field", "jbf@x.example", True), ("Jo Field", "ann.poe@x.example", False), ("", "jo@x.example", False)],
)  # fmt: skip
def test_names_that_fit_addresses(name: str, address: str, *, fits: bool):
    assert fits_address(name, address) is fits


def test_a_firm_with_the_familys_name_is_not_the_person():
    assert is_same_person("Bram de Wit", "B. Bram de Wit")
    assert not is_same_person("De Wit Scheepsbouw", "Bram de Wit")


def test_a_huge_name_is_none():
    assert name_of("Aa " * 100_000) is None
    assert name_of("," * 100_000) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("Senator Ann Poe", "Ann Poe"), ("Kollegin Resi Ober", "Resi Ober"), ("Captain Hals", "Hals"),
     ("P. Poe", "P. Poe"), ("Request ID", None), ("Toll Free", None), ("Im Auftrag", None)],
)  # fmt: skip
def test_offices_and_labels_before_names(text: str, name: str | None):
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("Call Ann Poe", 5, 12), ("Per Ann Poe Field", 4, 17), ("Ann Poe Ihr Kontakt", 0, 7), ("Mary Ann Baker", 0, 14)],
)
def test_where_a_name_begins_and_ends(text: str, start: int, end: int):
    assert (lead_of(text), tail_of(text)) == (start, end)
