"""What a Zoho organisation lets the rep write of each kind of Record, from its own description of its fields."""

from desktop.connectors.fieldmap import Column
from desktop.connectors.tables.zoho import RELATED, RELATED_KINDS
from desktop.connectors.zoho.line import LIMITED, Right, Shape, may, offered
from desktop.connectors.zoho.org import Org, types
from desktop.domain.records import FIELDS, RecordKind
from desktop.domain.rights import FieldRule, Quota, RecordRules


def describe(org: Org, kind: RecordKind) -> RecordRules:
    """Return what the rep may write; nothing where the organisation does not show them the kind's module."""
    if not org.is_visible(kind):
        return RecordRules(kind, can_create=False, can_update=False)
    shape = org.shape(kind)
    rules = {column.field: _rule(org, kind, column, shape) for column in org.columns(kind) if column.name in shape}
    if kind is RecordKind.ACTIVITY:
        rules["type"] = FieldRule(can_update=False, choices=types())
    known = {name: rules[name] for name in FIELDS[kind] if name in rules}
    # Without the key nothing is created.
    return RecordRules(kind, org.has_key(shape), any(rule.can_update for rule in known.values()), known)


def _rule(org: Org, kind: RecordKind, column: Column, shape: Shape) -> FieldRule:
    spec = shape[column.name]
    length = spec.get("length") if spec.get("data_type") in LIMITED else None
    return FieldRule(
        can_create=may(spec, Right.CREATE),
        can_update=may(spec, Right.UPDATE),
        is_required=bool(spec.get("system_mandatory")),
        max_length=length if isinstance(length, int) and length > 0 else None,
        choices=_choices(org, kind, column, offered(spec)),
        targets=RELATED_KINDS if column.name == RELATED else frozenset(),
    )


def _choices(org: Org, kind: RecordKind, column: Column, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of a picklist as we call them: of a value map those that the organisation offers."""
    mapped = org.field_map.choices(kind, column.field)
    if not mapped:
        return values
    return tuple(value for value in mapped if not values or str(column.codec.write(value)) in values)


def quota(left: int | None) -> Quota | None:
    """Return what the credits that are left mean; None as long as nothing was said.

    Zoho says what is left, and that late in the day only, but not how much it allows.
    """
    return None if left is None else Quota(0, None, left=left)
