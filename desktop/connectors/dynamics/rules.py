"""What an environment lets the rep do with each kind of Record, from its own description of tables and of the rep.

Rights to tables come from the rep's roles, rights to secured columns from the field security profiles they are in.
An environment that does not tell the rep of these is taken at the word of its columns; a refusal then says the rest.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from desktop.connectors.dynamics.org import Org
from desktop.connectors.dynamics.shape import Shape, garbled
from desktop.connectors.json_line import rows_of
from desktop.connectors.tables.dynamics import Table, tables_of
from desktop.domain.records import FIELDS, FieldType, RecordKind
from desktop.domain.rights import FieldRule, RecordRules

_K = RecordKind
_CREATE, _UPDATE, _READ = "IsValidForCreate", "IsValidForUpdate", "IsValidForRead"
_SECURED = {_CREATE: "CanCreate", _UPDATE: "CanUpdate", _READ: "CanRead"}
_ALLOWED = 4
_DYNAMICS = "Microsoft.Dynamics.CRM"
_NOT_TOLD = frozenset({400, 403, 404, 501})
_CURRENCY = "transactioncurrencyid"


class Rules:
    """What the rep may do in one environment; asked once, and again whenever the environment is looked at afresh."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._age = -1
        self._known: dict[RecordKind, RecordRules] = {}
        self._rep: Mapping[str, Any] = {}

    def of(self, kind: RecordKind) -> RecordRules:
        """Return what the rep may do with a kind of Record; nothing where this environment has no such table."""
        self._look_afresh()
        if kind not in self._known:
            told = [self._table(table, shape) for table in tables_of(kind) if (shape := self._org.shape(table))]
            self._known[kind] = _both(kind, told)
        return self._known[kind]

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        """Return the Fields that the server insists on."""
        return self.of(kind).required

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        """Return the values that may be written, the default first."""
        tables = [table for table in tables_of(kind) if self._org.shape(table) is not None]
        if kind is _K.ACTIVITY and field == "type":
            return tuple(table.type for table in tables)
        if kind is _K.OPPORTUNITY and field == "currency" and tables:
            return tuple(self._org.currencies())
        for table in tables:
            own = self._org.mapped(table, field)
            if own:
                return own
            for known, name in self._org.choices(table):
                if known == field:
                    return tuple(dict.fromkeys(option.label for option in self._org.writable(table, name)))
        return ()

    def _look_afresh(self) -> None:
        if self._age != self._org.age:
            self._age = self._org.age
            self._known, self._rep = {}, {}

    # --- one table --------------------------------------------------------------------------------------------------

    def _table(self, table: Table, shape: Shape) -> RecordRules:
        lengths = self._org.lengths(table)
        places = {column.field: column.name for column in self._org.columns(table)}
        places |= {link.field: link.name for link in table.links}
        targets = {link.field: frozenset(link.targets) for link in table.links}
        if table.kind is _K.OPPORTUNITY:
            places["currency"] = _CURRENCY
        rules = {"type": FieldRule(can_update=False, choices=self.picklist(table.kind, "type"))} if table.type else {}
        for field, name in places.items():
            if name in shape.attributes and self._may(shape, _READ, name):
                is_chosen = FIELDS[table.kind][field].type in {FieldType.PICKLIST, FieldType.CURRENCY}
                rules[field] = FieldRule(
                    can_create=self._may(shape, _CREATE, name),
                    can_update=self._may(shape, _UPDATE, name),
                    is_required=shape.level(name) == "SystemRequired",
                    max_length=lengths.get(name),
                    choices=self.picklist(table.kind, field) if is_chosen else (),
                    targets=targets.get(field, frozenset()),
                )
        return RecordRules(
            table.kind,
            can_create=self._may_all(shape, "Create"),
            can_update=self._may_all(shape, "Write"),
            fields={name: rules[name] for name in FIELDS[table.kind] if name in rules},
        )

    def _may(self, shape: Shape, right: str, name: str) -> bool:
        if not shape.may(right, name):
            return False
        profiles = self._told("RetrievePrincipalAttributePrivileges", "AttributePrivileges")
        if not shape.is_secured(name) or profiles is None:
            return True
        own = str(shape.attributes[name].get("MetadataId"))
        return any(str(row.get("AttributeId")) == own and row.get(_SECURED[right]) == _ALLOWED for row in profiles)

    def _may_all(self, shape: Shape, right: str) -> bool:
        needed = shape.privileges.get(right)
        roles = self._told("RetrieveUserPrivileges", "RolePrivileges")
        if needed is None or roles is None:
            return True
        return any(str(row.get("PrivilegeId")) == needed for row in roles)

    def _told(self, question: str, answer: str) -> list[Mapping[str, Any]] | None:
        """Return what the environment says of the rep, or None when it does not."""
        if question not in self._rep:
            path = f"systemusers({self._org.who_am_i()})/{_DYNAMICS}.{question}()"
            found = self._org.get(path, {}, also=_NOT_TOLD)
            try:
                told = None if found.status in _NOT_TOLD else list(rows_of(found.body, answer))
            except ValueError:
                raise garbled(question) from None
            self._rep = {**self._rep, question: told}
        known: list[Mapping[str, Any]] | None = self._rep[question]
        return known


def _both(kind: RecordKind, told: list[RecordRules]) -> RecordRules:
    """Return what holds for every table of a kind: which of them a Record goes to is chosen by the rep."""
    if not told:
        return RecordRules(kind, can_create=False, can_update=False)
    first, *others = told
    fields = dict(first.fields)
    for other in others:
        fields = {name: _stricter(rule, other.fields[name]) for name, rule in fields.items() if name in other.fields}
    return RecordRules(
        kind,
        can_create=all(rules.can_create for rules in told),
        can_update=all(rules.can_update for rules in told),
        fields=fields,
    )


def _stricter(one: FieldRule, other: FieldRule) -> FieldRule:
    lengths = [length for length in (one.max_length, other.max_length) if length is not None]
    return replace(
        one,
        can_create=one.can_create and other.can_create,
        can_update=one.can_update and other.can_update,
        is_required=one.is_required or other.is_required,
        max_length=min(lengths) if lengths else None,
    )
