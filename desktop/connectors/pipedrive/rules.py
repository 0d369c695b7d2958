"""What a Pipedrive company lets the rep write of each kind of Record, from its own description of its fields.

The lists of fields hold those that the rep may see. They say nothing of which of them are read-only, and the fields
they call required are so in Pipedrive's own pages only; what its interface itself insists on is in REQUIRED. Persons,
organisations and deals cannot be made without the company's field for our key.
"""

from collections.abc import Mapping

from desktop.connectors.tables.pipedrive import KEY, NAMES, Words
from desktop.connectors.tables.pipedrive_rows import CUSTOM, DONE, OPEN, REQUIRED, stages_offered, types_offered
from desktop.domain.records import FIELDS, FieldType, RecordKind
from desktop.domain.rights import FieldRule, RecordRules

_K = RecordKind
TEXT_LIMIT = 255
_LONG = "text"
_TEXTS = frozenset({FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE})
_UNLIMITED = frozenset({(_K.ACTIVITY, "description")})
_OTHER_CODES: Mapping[str, tuple[str, ...]] = {
    "emails": ("email",),
    "phones": ("phone",),
    "currency": ("value",),  # of which it is the other half
}
"""Codes that a list may give a field by besides the one that a record has it under."""


def describe(kind: RecordKind, words: Words) -> RecordRules:
    """Return what the rep may write."""
    rules = {name: _rule(kind, name, words) for name in FIELDS[kind] if _is_seen(kind, name, words)}
    can_create = words.codes is None or KEY in words.custom
    return RecordRules(kind, can_create=can_create, fields=rules)


def _is_seen(kind: RecordKind, name: str, words: Words) -> bool:
    if name in words.absent:
        return False
    if name in words.mapped or words.codes is None:
        return True
    if name in CUSTOM.get(kind, ()):
        return name in words.custom or (name == "title" and words.has_job_title)
    column = NAMES[kind].get(name, "")
    return column in words.codes or any(code in words.codes for code in _OTHER_CODES.get(column, ()))


def _rule(kind: RecordKind, name: str, words: Words) -> FieldRule:
    column = words.mapped.get(name)
    code = column.name if column is not None else words.custom.get(name) or NAMES[kind].get(name, "")
    is_text = FIELDS[kind][name].type in _TEXTS and (kind, name) not in _UNLIMITED
    is_long = (words.codes or {}).get(code) == _LONG
    return FieldRule(
        is_required=name in REQUIRED.get(kind, ()),
        max_length=TEXT_LIMIT if is_text and not is_long else None,
        choices=_choices(kind, name, words),
    )


def _choices(kind: RecordKind, name: str, words: Words) -> tuple[str, ...]:
    if name in words.mapped:
        return words.choices.get(name, ())
    if kind is _K.OPPORTUNITY and name == "stage":
        return stages_offered(words)
    if kind is _K.ACTIVITY and name == "type":
        return types_offered(words)
    return (OPEN, DONE) if kind is _K.TASK and name == "status" else ()
