"""Canonical ↔ vendor field tables: what a CRM connector puts on top of its file, and the values' two directions.

Canonical values are strings (see `FieldType`); vendors want JSON numbers, their own date forms and bare ids. Reading
is lenient, because what stands in a CRM was typed by people; writing is strict.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from desktop.domain.errors import Defect, Rejected
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, parse_ref

_PHONE_DRESSING = re.compile(r"[\s().\-/]")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class Unreadable(ValueError):
    """The vendor's value has no canonical form; the field is left out rather than called empty."""


@dataclass(frozen=True, slots=True)
class Codec:
    """Two directions of one value. `write` raises ValueError, `read` raises Unreadable; neither sees None."""

    write: Callable[[str], Any]
    read: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical Field under its vendor's name. `is_fixed`: it can be set on create only."""

    field: str
    name: str
    codec: Codec
    is_fixed: bool = False


def write_value(kind: RecordKind, column: Column, value: str | None) -> Any:
    """Return the vendor's form of a canonical value; None and blank text clear. Raise Rejected when malformed."""
    if value is None or not value.strip():
        return None
    try:
        return column.codec.write(value.strip())
    except (ValueError, ArithmeticError) as error:
        label = FIELDS[kind][column.field].label
        raise Rejected(f"“{label}” does not hold a usable value; edit it and try again.", detail=column.name) from error


def read_values(columns: Sequence[Column], row: Mapping[str, Any]) -> dict[str, str | None]:
    """Return canonical fields of a vendor's row; fields that `row` lacks or that have no canonical form are absent."""
    fields: dict[str, str | None] = {}
    for column in columns:
        if column.name not in row:
            continue
        raw = row[column.name]
        try:
            fields[column.field] = None if raw is None or raw == "" else column.codec.read(raw)
        except Unreadable:
            continue
    return fields


def reference(value: str, allowed: Sequence[RecordKind]) -> RecordRef:
    """Read a REFERENCE that must name an existing Record of an allowed kind; raise ValueError otherwise."""
    if value.startswith("suggestion:"):
        raise Defect("A link between two new records was not resolved before delivery.", detail="suggestion reference")
    ref = parse_ref(value)
    if ref.kind not in allowed:
        raise ValueError(f"{ref.kind.value} cannot stand here")
    return ref


def _read_text(raw: Any) -> str:
    return str(raw)


def _read_phone(raw: Any) -> str:
    text = str(raw).strip()
    bare = _PHONE_DRESSING.sub("", text)
    return bare if re.fullmatch(r"\+\d{6,15}", bare) else text


def _write_money(value: str) -> int | float:
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(value) from error
    if not amount.is_finite():
        raise ValueError(value)
    if amount == amount.to_integral_value():
        return int(amount)
    number = float(amount)
    if Decimal(repr(number)) != amount:  # more digits than a JSON number carries
        raise ValueError(value)
    return number


def _read_money(raw: Any) -> str:
    try:
        amount = Decimal(str(raw))
    except InvalidOperation as error:
        raise Unreadable(raw) from error
    if not amount.is_finite():
        raise Unreadable(raw)
    whole = amount.to_integral_value()
    return format(whole if amount == whole else amount.normalize(), "f")


def _write_date(value: str) -> str:
    return date.fromisoformat(value).isoformat()


def _read_date(raw: Any) -> str:
    try:
        return date.fromisoformat(str(raw)[:10]).isoformat()
    except ValueError as error:
        raise Unreadable(raw) from error


def _write_day(value: str) -> str:
    return datetime.fromisoformat(value).date().isoformat()


def _read_domain(raw: Any) -> str:
    host = _SCHEME.sub("", str(raw).strip()).split("/")[0].split("?")[0].split(":")[0].lower()
    return host.removeprefix("www.") or str(raw)


TEXT = Codec(str, _read_text)
EMAIL = Codec(str.lower, lambda raw: str(raw).strip().lower())
PHONE = Codec(str, _read_phone)
MONEY = Codec(_write_money, _read_money)
DATE = Codec(_write_date, _read_date)
DOMAIN = Codec(str, _read_domain)
DAY = Codec(_write_day, lambda raw: f"{_read_date(raw)}T00:00:00+00:00")
"""A DATETIME that the vendor keeps as a date: the hour is lost, the day is the one of the value's own zone."""

CODECS: Mapping[FieldType, Codec] = {
    FieldType.TEXT: TEXT,
    FieldType.EMAIL: EMAIL,
    FieldType.PHONE: PHONE,
    FieldType.MONEY: MONEY,
    FieldType.CURRENCY: Codec(str.upper, lambda raw: str(raw).upper()),
    FieldType.DATE: DATE,
    FieldType.PICKLIST: TEXT,
}


def column(kind: RecordKind, field: str, name: str) -> Column:
    """Return the usual Column of a canonical Field, with the codec of its type."""
    return Column(field, name, CODECS[FIELDS[kind][field].type])
