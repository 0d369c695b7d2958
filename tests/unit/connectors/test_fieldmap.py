"""Canonical values to a vendor's and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors import fieldmap
from desktop.connectors.fieldmap import Column, column, read_values, reference, write_value
from desktop.domain.errors import Defect, Rejected
from desktop.domain.records import RecordKind

K = RecordKind
AMOUNT = column(K.OPPORTUNITY, "amount", "Amount")
CLOSE = column(K.OPPORTUNITY, "close_date", "CloseDate")


@pytest.mark.parametrize(
    ("value", "vendor"),
    [("12500", 12500), ("12500.50", 12500.5), ("0.1", 0.1), ("-3", -3), ("9" * 20, int("9" * 20)), ("1e3", 1000)],
)
def test_money_is_written_as_an_exact_number(value: str, vendor: float) -> None:
    written = write_value(K.OPPORTUNITY, AMOUNT, value)
    assert written == vendor
    assert type(written) is type(vendor)


@pytest.mark.parametrize("value", ["12,50", "€5", "NaN", "inf", "1.00000000000000000001", "twelve"])
def test_money_that_would_change_on_its_way_is_refused(value: str) -> None:
    with pytest.raises(Rejected, match="Amount"):
        write_value(K.OPPORTUNITY, AMOUNT, value)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_money_survives_the_round_trip(amount: object) -> None:
    sent = write_value(K.OPPORTUNITY, AMOUNT, f"{amount:f}")
    back = read_values([AMOUNT], {"Amount": sent})["amount"]
    assert fieldmap.MONEY.write(back or "0") == sent


@pytest.mark.parametrize("value", [None, "", "   ", "\n"])
def test_nothing_clears(value: str | None) -> None:
    assert write_value(K.OPPORTUNITY, AMOUNT, value) is None
    assert write_value(K.OPPORTUNITY, column(K.OPPORTUNITY, "name", "Name"), value) is None


@pytest.mark.parametrize("value", ["tomorrow", "2026-02-30", "03/02/2026"])
def test_dates_are_dates(value: str) -> None:
    with pytest.raises(Rejected):
        write_value(K.OPPORTUNITY, CLOSE, value)


def test_a_day_is_the_one_of_the_values_own_zone() -> None:
    when = Column("happened_at", "ActivityDate", fieldmap.DAY)
    assert write_value(K.ACTIVITY, when, "2026-03-02T23:30:00-05:00") == "2026-03-02"
    assert read_values([when], {"ActivityDate": "2026-03-02"}) == {"happened_at": "2026-03-02T00:00:00+00:00"}


def test_what_the_row_lacks_is_absent_and_what_is_empty_is_none() -> None:
    name = column(K.OPPORTUNITY, "name", "Name")
    assert read_values([name, AMOUNT, CLOSE], {"Name": "", "Amount": None}) == {"name": None, "amount": None}


def test_what_cannot_be_read_is_absent_not_empty() -> None:
    assert read_values([AMOUNT, CLOSE], {"Amount": "n/a", "CloseDate": "soon"}) == {}


@pytest.mark.parametrize(
    ("raw", "domain"),
    [
        ("https://www.Acme.example/de?x=1", "acme.example"),
        ("acme.example", "acme.example"),
        ("HTTP://acme.example:8080", "acme.example"),
        ("acme.example?utm=1", "acme.example"),
        ("www.", "www."),
    ],
)
def test_domains(raw: str, domain: str) -> None:
    assert fieldmap.DOMAIN.read(raw) == domain


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("+49 (30) 12-34.56 7", "+491234567".replace("+4912", "+493012")),
        ("(415) 555-0100", "(415) 555-0100"),
        ("+1", "+1"),
    ],
)
def test_phones(raw: str, phone: str) -> None:
    assert fieldmap.PHONE.read(raw) == phone


def test_references() -> None:
    assert reference("account:001", [K.ACCOUNT]).id == "001"
    for bad in ("contact:003", "account:", "account", "nothing:1", ""):
        with pytest.raises(ValueError, match=r".*"):
            reference(bad, [K.ACCOUNT])
    with pytest.raises(Defect):
        reference("suggestion:1", [K.ACCOUNT])
