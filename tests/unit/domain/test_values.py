"""What a person types becomes a canonical value, or a sentence that says how to write it."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import Rejected
from desktop.domain.records import FieldType
from desktop.domain.values import MAX_TEXT, READERS, canonical


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12500", "12500.00"),
        ("12,500.50", "12500.50"),
        ("12.500,50", "12500.50"),
        ("12 500,5", "12500.50"),
        ("1'234'567.89", "1234567.89"),
        ("0.5", "0.50"),
        ("-300", "-300.00"),
        ("12.500", "12500.00"),
        (",5", "0.50"),
    ],
)
def test_amounts_of_all_countries(typed, value):
    assert canonical(FieldType.MONEY, typed) == value


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (FieldType.EMAIL, "Jane.Roe@Buyer.Example", "jane.roe@buyer.example"),
        (FieldType.PHONE, "0049 (30) 231-250", "+4930231250"),
        (FieldType.CURRENCY, "eur", "EUR"),
        (FieldType.DATE, "2026-12-31", "2026-12-31"),
        (FieldType.DATETIME, "2026-12-31T10:00+01:00", "2026-12-31T10:00:00+01:00"),
        (FieldType.TEXT, "  two words ", "two words"),
    ],
)
def test_other_kinds(kind, typed, value):
    assert canonical(kind, typed) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (FieldType.EMAIL, "jane"),
        (FieldType.EMAIL, "a@b"),
        (FieldType.EMAIL, "a@b.example, c@d.example"),
        (FieldType.PHONE, "call me"),
        (FieldType.PHONE, "12"),
        (FieldType.MONEY, "about 5"),
        (FieldType.MONEY, "."),
        (FieldType.MONEY, "--5"),
        (FieldType.CURRENCY, "euro"),
        (FieldType.DATE, "31.12.2026"),
        (FieldType.DATE, "2026-02-30"),
        (FieldType.DATETIME, "2026-12-31T10:00"),
        (FieldType.TEXT, "x" * (MAX_TEXT + 1)),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(kind, typed):
    with pytest.raises(Rejected) as caught:
        canonical(kind, typed)
    assert caught.value.sentence.endswith(".")


@pytest.mark.parametrize("kind", FieldType)
def test_emptied_means_cleared(kind):
    assert canonical(kind, "  ") is None
    assert canonical(kind, None) is None
    assert kind in READERS


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_canonical_amount_stays_what_it_is(amount):
    text = f"{amount:.2f}"
    assert canonical(FieldType.MONEY, text) == text
    assert Decimal(canonical(FieldType.MONEY, f"{amount:,.2f}") or "") == amount


@given(st.sampled_from(list(FieldType)), st.text(max_size=60))
def test_any_text_gives_a_value_or_a_sentence(kind, typed):
    with suppress(Rejected):
        value = canonical(kind, typed)
        assert value is None or canonical(kind, value) == value
