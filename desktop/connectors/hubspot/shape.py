"""What a HubSpot account lets the rep see and write of one object type, read from the account's own description."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from desktop.connectors.fieldmap import Codec, Column, read_values
from desktop.connectors.overrides import FieldMap
from desktop.connectors.tables.hubspot import DAY, TEXT_LIMIT, Table, day_in, moment_of, ref_of
from desktop.domain.errors import Temporary
from desktop.domain.ids import derive
from desktop.domain.records import FIELDS, FieldType, RecordRef, RecordSnapshot, title_of

Links = Mapping[str, Sequence[RecordRef]]
"""The records that each REFERENCE of a record points to, the one we show first."""

_NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Shape:
    """`columns` are those the rep may see, `read_only` their properties the rep may not write.

    `choices` are the labels offered for PICKLIST fields, `pipeline_of` tells a stage's pipeline by the stage's id.
    """

    table: Table
    columns: tuple[Column, ...]
    read_only: frozenset[str]
    writable: frozenset[str]
    choices: Mapping[str, tuple[str, ...]]
    pipeline_of: Mapping[str, str]
    has_key: bool


def mapped(table: Table, field_map: FieldMap) -> Table:
    """Return an object type with the columns of a field map; a link that it names is a column, or is not there."""
    columns = field_map.columns(table.kind, table.columns)
    named = field_map.overrides.get(table.kind, {})
    links = {name: names for name, names in table.links.items() if name not in named}
    return replace(table, columns=columns, links=links)


def read_shape(
    table: Table,
    properties: Iterable[Mapping[str, Any]],
    pipelines: Iterable[Mapping[str, Any]],
    zone: Callable[[], tzinfo],
    key_property: str,
    field_map: FieldMap,
) -> Shape:
    """Read the answers of /properties and /pipelines; raise LookupError, TypeError or ValueError for others."""
    described = {str(about["name"]): about for about in properties}
    read_only = frozenset(name for name, about in described.items() if _is_read_only(about))
    stages, pipeline_of = _stages(pipelines)
    columns: list[Column] = []
    choices: dict[str, tuple[str, ...]] = {}
    for known in table.columns:
        about = described.get(known.name)
        if about is None:
            continue
        values = field_map.choices(table.kind, known.field)
        if values:
            choices[known.field] = values
            columns.append(known)
            continue
        options = _options(about) if FIELDS[table.kind][known.field].type is FieldType.PICKLIST else []
        if stages and known.name in {"dealstage", "hs_pipeline_stage"}:
            options = stages
        if options:
            choices[known.field] = tuple(label for label, _, is_offered in options if is_offered)
            columns.append(replace(known, codec=_choice(options)))
        else:
            columns.append(replace(known, codec=day_in(zone())) if known.codec is DAY else known)
    key = described.get(key_property, {})
    has_key = bool(key.get("hasUniqueValue")) and key_property not in read_only
    writable = frozenset(described) - read_only
    return Shape(table, tuple(columns), read_only, writable, choices, pipeline_of, has_key)


def read_lengths(properties: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Read the answer of /property-validations: how many characters properties may hold."""
    lengths: dict[str, int] = {}
    for about in properties:
        for rule in about["propertyValidationRules"]:
            if rule.get("ruleType") == "MAX_LENGTH":
                lengths[str(about["propertyName"])] = min(int(rule["ruleArguments"][0]), TEXT_LIMIT)
    return lengths


def _is_read_only(about: Mapping[str, Any]) -> bool:
    rules = about.get("modificationMetadata")
    return bool(about.get("calculated")) or (isinstance(rules, Mapping) and bool(rules.get("readOnlyValue")))


_Option = tuple[str, str, bool]  # label, value, whether it is offered


def _options(about: Mapping[str, Any]) -> list[_Option]:
    ordered = sorted(about.get("options") or (), key=_order)
    return [(str(each["label"]), str(each["value"]), not each.get("hidden")) for each in ordered]


def _stages(pipelines: Iterable[Mapping[str, Any]]) -> tuple[list[_Option], dict[str, str]]:
    """Return the stages of all pipelines. A label that an earlier pipeline has already gets its pipeline's name."""
    found: list[_Option] = []
    pipeline_of: dict[str, str] = {}
    taken: set[str] = set()
    for pipeline in sorted(pipelines, key=_order):
        for stage in sorted(pipeline["stages"], key=_order):
            label = str(stage["label"])
            if label.casefold() in taken:
                label = f"{label} ({pipeline['label']})"
            taken.add(label.casefold())
            found.append((label, str(stage["id"]), not stage.get("archived")))
            pipeline_of[str(stage["id"])] = str(pipeline["id"])
    return found, pipeline_of


def _order(each: Mapping[str, Any]) -> tuple[bool, int]:
    place = each.get("displayOrder")
    number = place if isinstance(place, int) else -1
    return number < 0, number  # -1 means: after all that have a place


def _choice(options: Sequence[_Option]) -> Codec:
    labels = {value: label for label, value, _ in options}
    values = {value.casefold(): value for _, value, _ in options}
    values.update({label.casefold(): value for label, value, _ in reversed(options)})

    def write(label: str) -> str:
        if label.casefold() not in values:
            raise ValueError(label)
        return values[label.casefold()]

    return Codec(write, lambda raw: labels.get(str(raw), str(raw)))


def zone_of(details: Any) -> tzinfo:
    """Return the zone an account lives in, from its details; UTC when they do not tell."""
    about = details if isinstance(details, Mapping) else {}
    try:
        return ZoneInfo(str(about["timeZone"]))
    except (LookupError, ValueError, OSError):  # no such zone, or a machine without the table of zones
        offset = about.get("utcOffsetMilliseconds")
        if isinstance(offset, int) and abs(offset) < 24 * 3600_000:
            return timezone(timedelta(milliseconds=offset))
        return UTC


# --- rows -------------------------------------------------------------------------------------------------------------


def snapshot(shape: Shape, row: Mapping[str, Any], links: Links) -> RecordSnapshot:
    """Read one record; raise Temporary when it is none."""
    table = shape.table
    try:
        ref, modified_at = ref_of(table, str(row["id"])), moment_of(row["updatedAt"])
        fields = read_values(shape.columns, row["properties"])
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise Temporary("HubSpot's answer was garbled; trying again later.", detail=type(error).__name__) from None
    if table.type:
        fields["type"] = table.type
    version = version_of(fields, links)
    fields.update({name: str(refs[0]) if refs else None for name, refs in links.items()})
    return RecordSnapshot(ref, fields, version, modified_at, title=title_of(table.kind, fields))


def with_written(
    shape: Shape, before: RecordSnapshot, row: Mapping[str, Any], properties: Mapping[str, str]
) -> RecordSnapshot | None:
    """Return `before` after `properties` were written, as the answer `row` says; None when it does not say it all.

    A new stage may move other properties (a deal that is won gets its day), so that one is for reading.
    """
    table = shape.table
    own = {column.name for column in shape.columns} & properties.keys()
    if table.pipeline in properties or not own <= row["properties"].keys():
        return None
    try:
        modified_at = moment_of(row["updatedAt"])
        written = read_values(shape.columns, {name: row["properties"][name] for name in own})
    except (LookupError, TypeError, ValueError, OverflowError):
        return None
    if len(written) < len(own):
        return None
    fields = {**before.fields, **written}
    _, *links = before.version.split("-")
    mark = version_of({name: value for name, value in fields.items() if name not in table.links}, {})
    version = "-".join([mark, *links])
    return RecordSnapshot(before.ref, fields, version, modified_at, title=title_of(table.kind, fields))


def version_of(fields: Mapping[str, str | None], links: Links) -> str:
    """Return the mark of a record's state: one part for its own fields, one for each reference.

    The vendor's own stamp will not do: an edit of a pipeline moves that of every deal in it, a computed property moves
    a contact's, and a new link moves none. The parts are apart because each is written by a call of its own.
    """
    own = [f"{name}={value!r}" for name, value in sorted(fields.items())]
    parts = [derive("hubspot fields", *own)[:16]]
    return "-".join([*parts, *(f"{name}:{link_mark(refs[0] if refs else None)}" for name, refs in links.items())])


def link_mark(ref: RecordRef | None) -> str:
    """Return what stands in a version for a reference."""
    return derive("hubspot link", str(ref))[:8] if ref else _NOBODY


def parts_of(version: str) -> dict[str, str]:
    """Take a version apart: its fields' part is under "", a reference's under its name."""
    parts: dict[str, str] = {}
    for part in version.split("-"):
        name, colon, mark = part.partition(":")
        parts[name if colon else ""] = mark if colon else name
    return parts
