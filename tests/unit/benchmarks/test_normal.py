from datetime import date
from decimal import Decimal

import pytest

from tests.benchmarks.understanding import normal


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("  Ostermoor   Pumps,  Inc. ", "ostermoor pumps inc"),
        ("S.A. de C.V.", "sa de cv"),
        ("Björk & Søn A/S", "björk søn a s"),
        ("O’Neill", "oneill"),
    ],
)
def test_case_blanks_and_punctuation_do_not_count(text: str, form: str) -> None:
    assert normal.plain(text) == form


def test_a_name_may_stand_last_name_first() -> None:
    assert normal.name_forms("Lindqvist, Petra") & normal.name_forms("Petra Lindqvist")
    assert not normal.name_forms("Petra Lindqvist") & normal.name_forms("Lindqvist Petra")
    assert not normal.name_forms("Petra Lind") & normal.name_forms("Petra Lindqvist")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(303) 555-0142 x24", "303555014224"),
        ("+44 (0)20 7946 0018", "442079460018"),
        ("020 7946 0018", "02079460018"),
        ("+13035550142;ext=24", "13035550142"),
    ],
)
def test_digits_of_a_number(text: str, found: str) -> None:
    assert normal.digits(text) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("€ 2.760,-", "2760"),
        ("1,200.00", "1200"),
        ("1.475,00 EUR", "1475"),
        ("CHF 7'300.-", "7300"),
        ("17 300 kr", "17300"),
        ("$3.4MM", "3400000"),
        ("40k", "40000"),
        ("2,5 Mio. €", "2500000"),
        ("3 lakh", "300000"),
    ],
)
def test_an_amount_is_read_in_either_habit(text: str, value: str) -> None:
    assert Decimal(value) in normal.numbers_in(text)


def test_a_scale_counts_for_its_number_and_for_one_without() -> None:
    assert normal.numbers_in("30k-60k") == {Decimal(30000), Decimal(60000)}
    assert normal.numbers_in("10-12k") == {Decimal(10), Decimal(10000), Decimal(12000)}


def test_an_amount_does_not_become_another() -> None:
    assert Decimal(276) not in normal.numbers_in("€ 2.760,-")
    assert Decimal(40) not in normal.numbers_in("40k")


def test_currencies_of_a_sign() -> None:
    assert normal.currencies_in("£ 20") >= {"GBP"}
    assert normal.currencies_in("$ 20") >= {"USD", "AUD"}
    assert normal.currencies_in("20") is None


def test_canonical_amounts_and_days() -> None:
    assert normal.amount_of("1200.00 EUR") == ((Decimal("1200.00"),), "EUR")
    assert normal.amount_of("30000.00-60000.00 USD") == ((Decimal(30000), Decimal(60000)), "USD")
    assert normal.days_of("2026-11-13") == (date(2026, 11, 13),)
    assert normal.days_of("2026-11-13/2026-11-14") == (date(2026, 11, 13), date(2026, 11, 14))
    assert normal.days_of("Friday") == ()
