"""What a HubSpot account lets the rep write of each kind of Record, from its own description of its properties."""

from desktop.connectors.hubspot.account import Account
from desktop.connectors.hubspot.shape import Shape
from desktop.connectors.tables.hubspot import OF_KIND, TEXT_LIMIT
from desktop.domain.records import FIELDS, FieldType, RecordKind
from desktop.domain.rights import FieldRule, RecordRules

_TEXTS = frozenset({FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE})


def describe(account: Account, kind: RecordKind) -> RecordRules:
    """Return what the rep may write; nothing where the account shows none of the kind's object types.

    E-mails, calls and notes are one kind: a Field has the rule of the first of them that has it.
    """
    shapes = [shape for table in OF_KIND[kind] if (shape := account.shape(table)) is not None]
    if not shapes:
        return RecordRules(kind, can_create=False, can_update=False)
    rules: dict[str, FieldRule] = {}
    types = tuple(shape.table.type for shape in shapes if shape.table.type)
    if types:
        rules["type"] = FieldRule(can_update=False, choices=types)
    for shape in shapes:
        rules = {**_rules(account, shape), **rules}
    # Without the key nothing is created, and an activity is looked for among all its types.
    can_create = all(shape.has_key for shape in shapes)
    return RecordRules(kind, can_create, fields={name: rules[name] for name in FIELDS[kind] if name in rules})


def _rules(account: Account, shape: Shape) -> dict[str, FieldRule]:
    table = shape.table
    rules = dict.fromkeys(account.seen_links(table), FieldRule())
    longest = account.longest(table)
    for column in shape.columns:
        may_write = column.name not in shape.read_only
        is_text = FIELDS[table.kind][column.field].type in _TEXTS
        rules[column.field] = FieldRule(
            can_create=may_write,
            can_update=may_write,
            is_required=column.field in table.required,
            max_length=longest.get(column.name, TEXT_LIMIT) if is_text else None,
            choices=shape.choices.get(column.field, ()),
        )
    return rules
