"""What one org lets the rep see and write, as its `describe` says it; learned once and kept until `forget`.

Everything is sent through simple-salesforce: REST, Composite and Bulk 2.0 then share one session, one sign-in and one
place where refusals are read. The library itself is known to the connector alone, which hands in `ask` and `find`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from desktop.connectors import overrides
from desktop.connectors.fieldmap import Column, write_value
from desktop.connectors.overrides import FieldMap
from desktop.connectors.refusals import to_error
from desktop.connectors.tables.salesforce import COLUMNS, CONVERTED, HAPPENED, OBJECTS, TARGETS, refusal_of, snapshot
from desktop.domain.errors import Conflict, DealsideError, Defect, Rejected, UserActionNeeded
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordSnapshot
from desktop.domain.rights import FieldRule, RecordRules

_T = TypeVar("_T")
Spec = Mapping[str, Any]
"""What `describe` says of one field."""

_SYSTEM = ("Id", "SystemModstamp", "IsDeleted", "CreatedDate")
_WORDS = frozenset({"string", "textarea", "email", "phone", "url", "combobox", "encryptedstring"})
_PICKLISTS = frozenset({"picklist", "multipicklist"})


class Right(StrEnum):
    """What `describe` calls the right to write a field."""

    CREATE = "createable"
    UPDATE = "updateable"


class Ask(Protocol):
    """Lets the library do something; raises our errors only."""

    def __call__(self, act: Callable[[Any], _T]) -> _T: ...


class Find(Protocol):
    """The same, for what may not be there: None for a 404."""

    def __call__(self, act: Callable[[Any], _T]) -> _T | None: ...


@dataclass(frozen=True, slots=True)
class Shape:
    """One object as this rep may use it. Fields that are hidden from them are missing."""

    fields: Mapping[str, Spec]
    can_create: bool
    can_update: bool


class Org:
    """One org, with the rights of one rep. `field_map` names the file of the company's own columns, "" for none."""

    def __init__(self, ask: Ask, find: Find, *, key_field: str, field_map: str = "") -> None:
        self.ask = ask
        self.find = find
        self.key_field = key_field
        self._field_map = field_map
        self._overrides: FieldMap | None = None
        self._shapes: dict[str, Shape | None] = {}

    def forget(self) -> None:
        """Look afresh next time: somebody may have mended what stood in the way."""
        self._shapes.clear()
        self._overrides = None

    # --- columns ----------------------------------------------------------------------------------------------------

    def columns(self, kind: RecordKind) -> tuple[Column, ...]:
        """Return the columns of a kind; raise UserActionNeeded when the field map cannot be used."""
        return self._map().columns(kind, COLUMNS[kind])

    def column(self, kind: RecordKind, field: str) -> Column:
        """Return the column of a Field; raise Rejected where the field map says that there is none."""
        for column in self.columns(kind):
            if column.field == field:
                return column
        if field not in FIELDS[kind]:
            raise Defect("A change names a field that does not exist.", detail=f"{kind.value}.{field}")
        label = FIELDS[kind][field].label
        raise Rejected(f"Your field map says that Salesforce has no “{label}”; leave it out.", detail=field)

    def names(self, kind: RecordKind) -> list[str]:
        """Return the columns to ask for, as far as the rep may see them."""
        shape = self.shape(kind)
        own = [column.name for column in self.columns(kind) if column.name in shape.fields]
        more = [CONVERTED] if kind is RecordKind.LEAD and CONVERTED in shape.fields else []
        return list(dict.fromkeys([*_SYSTEM, *own, *more]))

    def snapshot(self, kind: RecordKind, row: Mapping[str, Any]) -> RecordSnapshot:
        """Read one row; raise Temporary when it is not one."""
        return snapshot(kind, row, self.columns(kind))

    def _map(self) -> FieldMap:
        if self._overrides is None:
            self._overrides = overrides.load(self._field_map)
        return self._overrides

    # --- objects ----------------------------------------------------------------------------------------------------

    def shape(self, kind: RecordKind) -> Shape:
        """Return the object of a kind; raise UserActionNeeded where the rep may not see it."""
        shape = self.shape_of(OBJECTS[kind])
        if shape is None:
            self.forget()
            raise UserActionNeeded(
                f"Salesforce does not show you any {kind.value}; ask your administrator, or check the address.",
                detail=f"no {OBJECTS[kind]}",
            )
        return shape

    def shape_of(self, name: str) -> Shape | None:
        """Return an object by its own name, None where the rep may not see it."""
        if name not in self._shapes:
            self._shapes[name] = self.find(lambda client: _as_shape(getattr(client, name).describe()))
        return self._shapes[name]

    def has_key(self, shape: Shape) -> bool:
        """Whether exactly-once has the field that it rests on."""
        spec = shape.fields.get(self.key_field, {})
        return bool(spec.get("externalId") and spec.get("unique"))

    def no_key_field(self, objects: Sequence[str]) -> UserActionNeeded:
        """Return the error for objects in which nothing can be created exactly once."""
        self.forget()
        return UserActionNeeded(
            f"Ask your Salesforce admin to add the text field {self.key_field}, marked External ID and Unique, "
            f"to: {', '.join(objects)}. Until then nothing can be created there without the risk of doubles.",
            detail="no key field",
        )

    def keyed_names(self, kind: RecordKind) -> list[str]:
        """Return the columns to ask for, the key among them; raise UserActionNeeded where there is no key."""
        if not self.has_key(self.shape(kind)):
            raise self.no_key_field([OBJECTS[kind]])
        return [*self.names(kind), self.key_field]

    # --- what may be written ----------------------------------------------------------------------------------------

    def body(self, kind: RecordKind, fields: Mapping[str, str | None], right: Right) -> dict[str, Any]:
        """Return a change in Salesforce's words; raise what it would be refused for, as far as that is known."""
        known = self.shape(kind).fields
        body: dict[str, Any] = {}
        for name, value in fields.items():
            column = self.column(kind, name)
            spec = known.get(column.name)
            if spec is None and name == "currency":  # an org with one currency has no such field
                continue
            label = FIELDS[kind][name].label
            if column.is_fixed and right is Right.UPDATE:
                raise Rejected(f"Salesforce does not let “{label}” be changed later; leave it out.", detail=column.name)
            if spec is None or not spec.get(right.value):
                raise UserActionNeeded(
                    f"Salesforce does not let you write “{label}”; ask your administrator, or leave it out.",
                    detail=column.name,
                )
            body[column.name] = write_value(kind, column, value)
        return body

    def new_body(self, kind: RecordKind, fields: Mapping[str, str | None]) -> dict[str, Any]:
        """Return a new record in Salesforce's words, without what is empty."""
        given = {name: value for name, value in fields.items() if value is not None and value.strip()}
        body = self.body(kind, given, Right.CREATE)
        if kind is RecordKind.ACTIVITY:
            body = {"TaskSubtype": "Email", "Status": "Completed", **body}
            if body["TaskSubtype"] not in HAPPENED:
                raise Rejected("Salesforce logs e-mails and calls here; choose one of the two.", detail="TaskSubtype")
        return body

    def rules(self, kind: RecordKind) -> RecordRules:
        """Return what the rep may write; nothing of an object that they may not see."""
        shape = self.shape_of(OBJECTS[kind])
        if shape is None:
            return RecordRules(kind, can_create=False, can_update=False)
        fields = {
            column.field: self._rule(kind, column, shape.fields[column.name])
            for column in self.columns(kind)
            if column.name in shape.fields
        }
        return RecordRules(kind, can_create=shape.can_create, can_update=shape.can_update, fields=fields)

    def _rule(self, kind: RecordKind, column: Column, spec: Spec) -> FieldRule:
        can_create = bool(spec.get(Right.CREATE.value))
        length = spec.get("length")
        is_picklist = FIELDS[kind][column.field].type in {FieldType.PICKLIST, FieldType.CURRENCY}
        return FieldRule(
            can_create=can_create,
            can_update=bool(spec.get(Right.UPDATE.value)) and not column.is_fixed,
            is_required=can_create and not spec.get("nillable", True) and not spec.get("defaultedOnCreate"),
            max_length=int(length) if length and spec.get("type") in _WORDS else None,
            choices=self._map().choices(kind, column.field) or (_choices(kind, column, spec) if is_picklist else ()),
            targets=TARGETS.get((kind, column.field), frozenset()),
        )

    # --- refusals ---------------------------------------------------------------------------------------------------

    def refused(self, status: int, content: object, retry_after: float | None = None) -> DealsideError:
        """Return the error that a refusal asks for: of a call, of a part of it, or of one record in it."""
        refusal, fields, detail = refusal_of(status, content, self.key_field)
        return to_error(refusal, vendor="Salesforce", fields=", ".join(fields), detail=detail, retry_after=retry_after)


def conflict(live: RecordSnapshot | None) -> Conflict:
    """Return the error for a record that has moved on, or is gone."""
    if live is None:
        return Conflict("The record was deleted in Salesforce meanwhile.")
    return Conflict("Somebody changed the record in Salesforce meanwhile.", live=dict(live.fields))


def _as_shape(answer: Mapping[str, Any]) -> Shape:
    return Shape(
        {str(spec["name"]): dict(spec) for spec in answer["fields"]},
        can_create=bool(answer.get("createable", True)),
        can_update=bool(answer.get("updateable", True)),
    )


def _choices(kind: RecordKind, column: Column, spec: Spec) -> tuple[str, ...]:
    if spec.get("type") not in _PICKLISTS:
        return ()
    offered = [value for value in spec.get("picklistValues") or () if value.get("active", True)]
    ordered = [str(value["value"]) for value in sorted(offered, key=lambda value: not value.get("defaultValue"))]
    is_happened = kind is RecordKind.ACTIVITY and column.field == "type"
    return tuple(name for name in ordered if not is_happened or name in HAPPENED)
