import pytest

from desktop.understanding.lexicon.function_words import area_strength, names_unit, title_strength, without_accents


@pytest.mark.parametrize(
    "title",
    [
        "VP Operations", "Head of People", "Senior Counsel", "Executive Assistant", "Information Security Analyst II",
        "Einkaufsleiterin", "Geschaeftsfuehrer", "Fachärztin für Chirurgie", "Prokuristin", "Sachbearbeiter Einkauf",
        "resp. exploitation", "Chargée de clientèle", "Acheteuse", "Jefe de mantenimiento", "Coordinadora de Calidad",
        "Direttore vendite", "Hoofd Inkoop", "secretaresse", "Gerente de Compras", "Kierownik Działu Zakupów",
        "Satın Alma Uzmanı", "Inköpschef", "Daglig leder", "Co-Founder", "Plant Mgr.",
        "Section Chief, Equipment Section",
        "Kuratoriumsvorsitzende", "eigenaren", "Zarządca nieruchomości", "Ředitelka", "Ügyvezető igazgató",
        "Генеральный директор", "Διευθυντής πωλήσεων", "購買部 課長", "Encarregado de obras", "Responsabile acquisti",
    ],
)  # fmt: skip
def test_titles_in_many_languages(title: str):
    assert title_strength(title) >= 0.55


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Stone Consultants",
        "Hale Partners, LLC",
        "Customer Support",
        "Dayton",
        "Acme",
        "Jo Field",
        "Legal Department",
    ],
)
def test_what_is_no_title(text: str):
    assert title_strength(text) == 0.0


def test_areas_and_parts_of_an_organisation():
    assert area_strength("Customer Support") > 0.6
    assert area_strength("Satın Alma") > 0.6
    assert area_strength("Orchard Lane Foods") == 0.0
    assert names_unit("Legal Department")
    assert names_unit("Abteilung Einkauf")
    assert not names_unit("Acme Corp.")


def test_letters_without_accents():
    assert without_accents("Größe Łódź Işık") == "grosse lodz isik"
