"""No sum of money and no quantity lies inside a telephone number. All numbers are kept free for stories."""

import pytest

from desktop.domain.evidence import FactKind
from tests.unit.understanding.candidates.finding import found

SIGNED = "\n\nRegards\nIna Poe"


def values(kind: FactKind, text: str) -> list[str]:
    return [candidate.value for candidate in found(kind, text + SIGNED)]


@pytest.mark.parametrize(
    "text",
    [
        "Our budget is set. My mobile number is +44 7700 900123.",
        "My number is 0044 7700 900123, call me about the price.",
        "About the price: my number's +1 (415) 555-0134.",
        "Budget: call +44 7700 900 123 GBP",
        "The price is fine, call 0170 1234567 €.",
        "Das Budget steht. Handy 0151 99900123",
        "presupuesto, móvil 600 000 123",
        "le prix au 01.99.00.45.67",
        "budget 7700 900123 mobile",
        "the fee, dial +31 20 555 0134",
    ],
)
def test_a_number_to_call_holds_no_sum(text: str):
    assert values(FactKind.AMOUNT, text) == []


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("The offer is fine. Mobile: +44 7700 900123 EUR 500 is okay", ["500.00 EUR"]),
        ("Quote as agreed, tel 020 7946 0123. Total 12 000 000 EUR", ["12000000.00 EUR"]),
        ("Invoice total due, phone 07700 900123 or 1.200.000 EUR", ["1200000.00 EUR"]),
        ("pos 030 1200000 EUR", ["1200000.00 EUR"]),
        ("The total is 12 400 zł, call +44 7700 900123", ["12400.00 PLN"]),
    ],
)
def test_a_sum_beside_a_number_stays(text: str, amounts: list[str]):
    assert values(FactKind.AMOUNT, text) == amounts


def test_a_number_to_call_holds_no_quantity():
    assert values(FactKind.QUANTITY, "We need 20 trackers, ring +44 7700 900123 users can call") == ["20 trackers"]


def test_a_line_of_numbers_without_end_is_read():
    assert values(FactKind.AMOUNT, "+44 7700 900123 GBP " * 400) == []
    assert values(FactKind.AMOUNT, "call +" + "4" * 30_000 + " GBP") == []
