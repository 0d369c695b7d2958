"""What Dataverse says of a table, and rows as its answers hold them, read with care."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.connectors.json_line import rows_of
from desktop.connectors.tables.dynamics import VENDOR, Table
from desktop.domain.errors import Temporary

_WITH_OPTIONS = frozenset({"Picklist", "Status"})


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a picklist; `state` is the state a status belongs to."""

    value: int
    label: str
    state: int | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as the rep may see it. `tracks` changes; `guards` an If-Match.

    `privileges` are the ids of what a role may allow, by its type (Create, Write).
    """

    attributes: Mapping[str, Mapping[str, Any]]
    tracks: bool
    guards: bool
    privileges: Mapping[str, str] = field(default_factory=dict)

    def may(self, right: str, name: str) -> bool:
        """Tell whether a column is there and has a right (`IsValidFor…`)."""
        return bool(self.attributes.get(name, {}).get(right))

    def level(self, name: str) -> str:
        """Return how much a column is required; the server itself insists on SystemRequired."""
        found = self.attributes.get(name, {}).get("RequiredLevel")
        return str(found.get("Value")) if isinstance(found, Mapping) else ""

    def is_secured(self, name: str) -> bool:
        """Tell whether a column may read as empty although it is not: the rep may have no right to see it."""
        return bool(self.attributes.get(name, {}).get("IsSecured"))


def row_of(table: Table, body: Any) -> Mapping[str, Any]:
    """Return the row an answer holds; raise Temporary when it holds none."""
    if not isinstance(body, Mapping) or table.id_name not in body:
        raise garbled("no row")
    return body


def rows_in(body: Any) -> list[Mapping[str, Any]]:
    """Return the rows an answer holds; raise Temporary when it holds none."""
    try:
        return list(rows_of(body, "value"))
    except ValueError:
        raise garbled("no rows") from None


def garbled(detail: str) -> Temporary:
    """Return the error for an answer that makes no sense."""
    return Temporary(f"{VENDOR}'s answer was cut off or garbled; trying again later.", detail=detail)


def has_options(shape: Shape, name: str) -> bool:
    """Tell whether a column's values are chosen from options."""
    return shape.attributes.get(name, {}).get("AttributeType") in _WITH_OPTIONS


def shape_of(body: Any) -> Shape:
    """Read EntityDefinitions of one table; raise Temporary when it is none."""
    try:
        attributes = {str(row["LogicalName"]): dict(row) for row in rows_of(body, "Attributes")}
        rights = rows_of(body, "Privileges") if body.get("Privileges") else ()
    except (LookupError, ValueError) as error:
        raise garbled(type(error).__name__) from None
    return Shape(
        attributes,
        bool(body.get("ChangeTrackingEnabled")),
        body.get("IsOptimisticConcurrencyEnabled") is not False,
        {str(row.get("PrivilegeType")): str(row.get("PrivilegeId")) for row in rights},
    )


def lengths_of(body: Any) -> dict[str, int]:
    """Read the lengths of text columns; raise Temporary when they are none."""
    try:
        return {str(row["LogicalName"]): int(row["MaxLength"]) for row in rows_of(body, "value")}
    except (LookupError, TypeError, ValueError) as error:
        raise garbled(type(error).__name__) from None


def options_of(body: Any) -> dict[str, tuple[Option, ...]]:
    """Read the options of picklists, each one's default first; raise Temporary when they are none."""
    found: dict[str, tuple[Option, ...]] = {}
    try:
        for spec in rows_of(body, "value"):
            where = "OptionSet" if spec.get("OptionSet") else "GlobalOptionSet"  # options that several columns share
            options = [
                Option(int(row["Value"]), str(row["Label"]["UserLocalizedLabel"]["Label"]).strip(), row.get("State"))
                for row in (rows_of(spec, where, "Options") if spec.get(where) else ())
                if (row.get("Label") or {}).get("UserLocalizedLabel")
            ]
            default = spec.get("DefaultFormValue")
            found[str(spec["LogicalName"])] = tuple(sorted(options, key=lambda row: row.value != default))
    except (LookupError, TypeError, ValueError) as error:
        raise garbled(type(error).__name__) from None
    return found
