import pytest

from desktop.understanding.lexicon.company_names import (
    domain_label,
    ends_with_legal_form,
    likeness,
    organisation_words,
    without_legal_form,
)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Acme GmbH & Co. KG", "Acme"),
        ("Hartwig Ges.m.b.H.", "Hartwig"),
        ("Orchard Lane Foods, Inc.", "Orchard Lane Foods"),
        ("Sanatorio El Roble, S.A. de C.V.", "Sanatorio El Roble"),
        ("Drewmax Sp. z o.o.", "Drewmax"),
        ("Yıldız Makina A.Ş.", "Yıldız Makina"),
        ("Kwekerij De Linde B.V.", "Kwekerij De Linde"),
        ("Bakkerij Smits V.O.F.", "Bakkerij Smits"),
        ("Karoo Foods (Pty) Ltd", "Karoo Foods"),
        ("CANTINA COLLI SOC. AGR.", "CANTINA COLLI"),
        ("Zimmerei Au e.U.", "Zimmerei Au"),
        ("Straits Foods Berhad", "Straits Foods"),
    ],
)
def test_legal_forms_of_many_countries(name: str, bare: str):
    assert ends_with_legal_form(name)
    assert without_legal_form(name) == bare


@pytest.mark.parametrize("name", ["Acme", "Coinc", "Jo Field", "Plaza", "Gas"])
def test_what_is_no_legal_form(name: str):
    assert not ends_with_legal_form(name)


@pytest.mark.parametrize(
    ("name", "domain", "least"),
    [
        ("Acme", "acme", 1.0),
        ("Orchard Lane Foods, Inc.", "orchardlane", 0.9),
        ("University of Eastmoor Medical", "uem", 0.85),
        ("Praxis am Kanal", "zahnarzt-am-kanal", 0.7),
        ("Northern Filter Works", "norfilter", 0.6),
        ("Müller Bau", "muellerbau", 1.0),
    ],
)
def test_names_like_a_domain(name: str, domain: str, least: float):
    assert likeness(name, domain) >= least


@pytest.mark.parametrize(
    ("name", "domain"), [("Acme", "hartwig"), ("Acme", ""), ("", "acme"), ("Energy", "pandaenergy")]
)
def test_names_unlike_a_domain(name: str, domain: str):
    assert likeness(name, domain) < 0.6


def test_the_label_a_company_chose():
    assert domain_label("jo@mail.acme.co.uk") == "acme"
    assert domain_label("jo@acme.example") == "acme"
    assert domain_label("jo@gmail.com") == ""
    assert domain_label("nobody") == ""


def test_words_that_organisations_call_themselves_by():
    assert organisation_words("Stadtwerke Hartwig") == 1
    assert organisation_words("Jo Field") == 0


@pytest.mark.parametrize(
    ("name", "label", "least"),
    [("JPM", "jpmorgan", 0.6), ("California Power Exchange", "calpx", 0.6), ("U.C.Marsh Hill", "marshhill", 0.6)],
)
def test_names_that_a_label_shortens(name: str, label: str, least: float):
    assert likeness(name, label) >= least


@pytest.mark.parametrize(
    ("name", "label", "is_short"),
    [("Emersen", "emrsn", True), ("Nortvale", "nrtvl", True), ("Marsden", "emrsn", False), ("Ostrava", "ostr", False)],
)
def test_labels_without_vowels(name: str, label: str, *, is_short: bool):
    assert (likeness(name, label) == 0.8) is is_short
