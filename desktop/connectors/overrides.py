"""A field map: which columns of one company's CRM hold our Fields, where that differs from what is usual.

It is a JSON file that an admin writes, named by the setting `field_map` of a Connection:

    {
      "contact": {"title": {"column": "Position__c"}, "mobile": null},
      "case": {"status": {"column": "status_code_9", "values": {"New": 0, "Closed": 9}}}
    }

`column` is the CRM's own name, `values` maps what we call a value to what the CRM stores, and null says that the CRM
has no such field: it is neither read nor written. Whatever is not named stays as usual.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from desktop.connectors.fieldmap import CODECS, TEXT, Codec, Column
from desktop.domain.connections import FieldSpec
from desktop.domain.errors import UserActionNeeded
from desktop.domain.records import FIELDS, RecordKind

Stored = str | int | bool
"""What a CRM may store for a value."""

SETTING = FieldSpec(
    "field_map",
    "Field map",
    required=False,
    help="A file that says which columns hold what, if your CRM keeps some of it in columns of its own",
)
_COLUMN = re.compile(r"[A-Za-z0-9_$][A-Za-z0-9_$.:@-]{0,199}")
_MOST_BYTES = 1_000_000


class _Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    column: str
    values: dict[str, Stored] = {}


@dataclass(frozen=True, slots=True)
class FieldMap:
    """What a field map says: for a kind and a Field its column and values, None for a Field that the CRM lacks."""

    overrides: Mapping[RecordKind, Mapping[str, _Override | None]] = field(default_factory=dict)

    def columns(self, kind: RecordKind, usual: Sequence[Column]) -> tuple[Column, ...]:
        """Return the columns of a kind, those of the field map instead of the usual ones."""
        wanted = dict(self.overrides.get(kind, {}))
        kept = [_changed(column, wanted.pop(column.field)) if column.field in wanted else column for column in usual]
        added = [_added(kind, name, override) for name, override in wanted.items()]
        return tuple(column for column in (*kept, *added) if column is not None)

    def choices(self, kind: RecordKind, name: str) -> tuple[str, ...]:
        """Return the values that a Field's value map knows; empty where it has none."""
        override = self.overrides.get(kind, {}).get(name)
        return tuple(override.values) if override else ()


def load(path: str) -> FieldMap:
    """Read a field map; "" is the empty one. Raise UserActionNeeded, naming the place, for one that cannot be used."""
    if not path.strip():
        return FieldMap()
    raw = _read(Path(path.strip()).expanduser())
    try:
        given = msgspec.json.decode(raw, type=dict[str, dict[str, _Override | None]])
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        raise _unusable(path, str(error)) from error
    overrides = {_kind(path, name): fields for name, fields in given.items()}
    for kind, fields in overrides.items():
        _check(path, kind, fields)
    return FieldMap(overrides)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _unusable(str(path), "it is larger than any field map")
        return path.read_bytes()
    except OSError as error:
        raise _unusable(str(path), f"it cannot be read: {error.strerror or error}") from error


def _kind(path: str, name: str) -> RecordKind:
    try:
        return RecordKind(name)
    except ValueError:
        raise _unusable(path, f"“{name}” is no kind of record; there are: {', '.join(RecordKind)}") from None


def _check(path: str, kind: RecordKind, fields: Mapping[str, _Override | None]) -> None:
    taken: dict[str, str] = {}
    for name, override in fields.items():
        place = f"{kind.value}.{name}"
        if name not in FIELDS[kind]:
            raise _unusable(path, f"{place} is no field; {kind.value} has: {', '.join(FIELDS[kind])}")
        if override is None:
            continue
        if not _COLUMN.fullmatch(override.column):
            raise _unusable(path, f"{place}: “{override.column[:50]}” is no name of a column")
        if override.column in taken:
            raise _unusable(path, f"{place} and {kind.value}.{taken[override.column]} name the same column")
        taken[override.column] = name
        stored = [_as_read(value) for value in override.values.values()]
        if len(set(stored)) < len(stored):
            raise _unusable(path, f"{place}: two values are stored alike, so one could not be read back")


def _changed(usual: Column, override: _Override | None) -> Column | None:
    if override is None:
        return None
    codec = _mapped(override.values) if override.values else usual.codec
    return replace(usual, name=override.column, codec=codec)


def _added(kind: RecordKind, name: str, override: _Override | None) -> Column | None:
    if override is None:
        return None
    codec = _mapped(override.values) if override.values else CODECS.get(FIELDS[kind][name].type, TEXT)
    return Column(name, override.column, codec)


def _mapped(values: Mapping[str, Stored]) -> Codec:
    """Return the codec of a value map. What the map does not know is shown as it stands, lest it look empty.

    Such a value can be written back (an undo does) where the column holds text; a number's type is not known.
    """
    shown = {_as_read(stored): value for value, stored in values.items()}
    is_text = all(isinstance(stored, str) for stored in values.values())

    def write(value: str) -> Any:
        if value in values:
            return values[value]
        if is_text:
            return value
        raise ValueError(value)

    return Codec(write, lambda raw: shown.get(_as_read(raw), str(raw)))


def _as_read(raw: Any) -> str:
    """Return a stored value as text: vendors give a number as 9, 9.0 or "9"."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw)


def _unusable(path: str, why: str) -> UserActionNeeded:
    return UserActionNeeded(f"The field map {Path(path).name} cannot be used: {why}. Mend the file, or take it out.")
