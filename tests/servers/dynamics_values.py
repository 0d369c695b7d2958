"""What the loopback Dataverse takes as values: types, lengths, options, links, rights; and how it says no."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tests.servers.dynamics_tables import BY_SET, Attribute, Table

GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BOUND = re.compile(r"/?(\w+)\(([^()]*)\)")


class DataverseError(Exception):
    """A refusal as the vendor words it."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


def payload_error(table: Table, why: str) -> DataverseError:
    start = f"Error identified in Payload provided by the user for Entity :'{table.entity_set}'"
    return DataverseError(400, "0x80048d19", f"{start}, For more information on this error please follow: {why}")


def missing(name: str, guid: str) -> DataverseError:
    return DataverseError(404, "0x80040217", f"{name} With Id = {guid} Does Not Exist")


def bound(table: Table, nav: str, value: Any) -> tuple[str, tuple[str, str] | None]:
    """Return the attribute of `nav` and what it is bound to; raise for what is no link."""
    if nav not in table.navs:
        raise payload_error(table, f"The property '{nav}' does not exist on type 'Microsoft.Dynamics.CRM.{table.name}'")
    attribute, target = table.navs[nav]
    if value is None:
        return attribute, None
    found = _BOUND.fullmatch(value) if isinstance(value, str) else None
    if found is None or not GUID.fullmatch(found.group(2)) or found.group(1) not in BY_SET:
        raise DataverseError(400, "0x80060888", f"Resource not found for the segment '{value}'.")
    if BY_SET[found.group(1)].name != target:
        raise payload_error(table, f"The property '{nav}' cannot lead to '{found.group(1)}'")
    return attribute, (target, found.group(2).lower())


def checked(table: Table, spec: Attribute, value: Any) -> Any:
    """Return `value` as it is kept."""
    check = _CHECKS.get(spec.type)
    if check is None:  # a link, which has to be bound
        raise payload_error(table, f"The property '{spec.name}' does not exist on type '{table.name}'")
    return None if value is None else check(table, spec, value)


def _text(table: Table, spec: Attribute, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _wrong_type(table, spec, "Edm.String")
    if len(value) > spec.length:
        message = f"A validation error occurred. The length of the '{spec.name}' attribute of the '{table.name}'"
        tail = f"entity exceeded the maximum allowed length of '{spec.length}'."
        raise DataverseError(400, "0x80044331", f"{message} {tail}")
    return value or None


def _money(table: Table, spec: Attribute, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(table, spec, "Edm.Decimal")
    return value


def _option(table: Table, spec: Attribute, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(table, spec, "Edm.Int32")
    if value not in {option[0] for option in spec.options}:
        message = f"A validation error occurred. The value {value} of '{spec.name}' is outside the valid range."
        raise DataverseError(400, "0x80040203", message)
    return value


def _guid(table: Table, spec: Attribute, value: Any) -> str:
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise _wrong_type(table, spec, "Edm.Guid")
    return value.lower()


def _moment(table: Table, spec: Attribute, value: Any) -> str:
    try:
        if spec.is_date:
            return date.fromisoformat(value).isoformat()
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _wrong_type(table, spec, "Edm.Date" if spec.is_date else "Edm.DateTimeOffset") from None
    if moment.tzinfo is None:
        raise _wrong_type(table, spec, "Edm.DateTimeOffset")
    return str(value)


def _wrong_type(table: Table, spec: Attribute, kind: str) -> DataverseError:
    return payload_error(table, f"Cannot convert the literal of property '{spec.name}' to the expected type '{kind}'")


_CHECKS = {
    "String": _text,
    "Memo": _text,
    "Money": _money,
    "Picklist": _option,
    "Status": _option,
    "State": _option,
    "DateTime": _moment,
    "Uniqueidentifier": _guid,
}
