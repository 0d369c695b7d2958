"""Reading what a person typed as a canonical value, one small function per FieldType."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from desktop.domain.errors import Rejected
from desktop.domain.records import FieldType

MAX_TEXT = 32_000
_EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]{2,}")


def _text(typed: str) -> str:
    if len(typed) > MAX_TEXT:
        raise Rejected(f"That text is longer than {MAX_TEXT:,} characters: shorten it.")
    return typed


def _email(typed: str) -> str:
    if not _EMAIL.fullmatch(typed):
        raise Rejected("That is not an e-mail address: write it like name@company.com.")
    return typed.lower()


def _phone(typed: str) -> str:
    digits = re.sub(r"[\s().\-/]", "", typed)
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    if not re.fullmatch(r"\+?\d{5,15}", digits):
        raise Rejected("That is not a phone number: write it like +49 30 1234567.")
    return digits


def _money(typed: str) -> str:
    plain = re.sub(r"[\s'\u00a0\u202f]", "", typed)
    # The last of comma and dot is the decimal mark when one or two digits follow it; every other one groups.
    match = re.fullmatch(r"(-?[\d.,]*?)(?:[.,](\d{1,2}))?", plain)
    if match is None:
        raise Rejected("That is not an amount: write it like 12500 or 12500.50.")
    whole, cents = re.sub(r"[.,]", "", match[1]), match[2]
    try:
        value = Decimal(f"{whole or '0'}.{cents}" if cents else whole)
    except InvalidOperation:
        raise Rejected("That is not an amount: write it like 12500 or 12500.50.") from None
    return f"{value:.2f}"


def _currency(typed: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", typed):
        raise Rejected("That is not a currency: write its three letters, like EUR.")
    return typed.upper()


def _date(typed: str) -> str:
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise Rejected("That is not a date: write it like 2026-11-30.") from None


def _datetime(typed: str) -> str:
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise Rejected("That is not a moment: write it like 2026-11-30T14:00+01:00.") from None
    if moment.tzinfo is None:
        raise Rejected("Say in which time zone: write it like 2026-11-30T14:00+01:00.")
    return moment.isoformat()


READERS: Mapping[FieldType, Callable[[str], str]] = {
    FieldType.TEXT: _text,
    FieldType.EMAIL: _email,
    FieldType.PHONE: _phone,
    FieldType.MONEY: _money,
    FieldType.CURRENCY: _currency,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.PICKLIST: _text,
    FieldType.REFERENCE: _text,
}


def canonical(field_type: FieldType, typed: str | None) -> str | None:
    """Return what was typed in canonical form, None when it was emptied; Rejected says how to write it."""
    stripped = (typed or "").strip()
    return READERS[field_type](stripped) if stripped else None
