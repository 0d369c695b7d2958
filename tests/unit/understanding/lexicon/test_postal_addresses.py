import pytest

from desktop.understanding.lexicon.postal_addresses import address_strength, has_post_code, is_office_code, names_region


@pytest.mark.parametrize(
    "text",
    ["12 Orchard Lane", "P.O. Box 1384", "Suite 400", "Dayton, OH 45402", "33607 Bielefeld", "Industriestr. 12",
     "12 rue des Lilas", "1234 AB Zaandorp", "EM1 2AB", "60-101 Poznań", "Via Roma 12", "3rd Floor", "C.P. 64000"],
)  # fmt: skip
def test_parts_of_an_address(text: str):
    assert address_strength(text) >= 0.7


@pytest.mark.parametrize("text", ["Acme Corp.", "Jo Field", "Head of Sales", "Please call me", ""])
def test_what_is_no_address(text: str):
    assert address_strength(text) == 0.0


def test_codes_and_regions():
    assert has_post_code("Eastmoor, OH 45402")
    assert not has_post_code("Suite 400")
    assert is_office_code("EB 3801a")
    assert not is_office_code("Acme")
    assert names_region("Northern Ireland")
    assert names_region("EMEA")
    assert not names_region("Acme")
