"""Fields that a field map puts elsewhere in Pipedrive: into a field of the company's own, or another of Pipedrive's.

A field of the company's own is called by its code of 40 hex digits, and one of the type `enum` holds the number of an
option: `{"opportunity": {"stage": {"column": "<code>", "values": {"New": 31, "Won": 32}}}}`.
"""

import re
from collections.abc import Mapping
from typing import Any

from desktop.connectors.fieldmap import read_values, write_value
from desktop.connectors.tables.pipedrive import Words
from desktop.domain.errors import UserActionNeeded
from desktop.domain.records import FIELDS, RecordKind

Row = Mapping[str, Any]
Body = dict[str, Any]
_OWN_CODE = re.compile(r"[0-9a-f]{40}")


def read_mapped(row: Row, words: Words) -> dict[str, str | None]:
    """Return the canonical fields of a row that the field map places; those that the row lacks are absent."""
    own = row.get("custom_fields") or {}
    every = {**row, **own}
    values = {
        name: raw.get("value") if isinstance(raw, Mapping) else raw
        for name in (column.name for column in words.mapped.values())
        if name in every
        for raw in (every[name],)
    }
    return read_values(tuple(words.mapped.values()), values)


def write_mapped(kind: RecordKind, field: str, value: str | None, words: Words, bodies: tuple[Body, Body]) -> None:
    """Put a value where the field map says, in the body or among the fields of the company's own."""
    column = words.mapped.get(field)
    if column is None:
        label = FIELDS[kind][field].label
        raise UserActionNeeded(
            f"The field map says that Pipedrive has no field “{label}”: leave it out, or mend the field map.",
            detail=f"{kind.value}.{field}",
        )
    body, own = bodies
    target = own if _OWN_CODE.fullmatch(column.name) else body
    target[column.name] = write_value(kind, column, value)
