"""What a change becomes in HubSpot's words: properties, and links to put and to remove. Nothing is sent from here."""

from collections.abc import Mapping
from typing import Any

from desktop.connectors.fieldmap import Column, reference, write_value
from desktop.connectors.hubspot.account import Found
from desktop.connectors.hubspot.shape import Shape, link_mark
from desktop.connectors.tables.hubspot import (
    COMPANIES,
    LINK_TYPES,
    OF_KIND,
    PRIMARY,
    TABLES,
    TEXT_LIMIT,
    Table,
    place_of,
)
from desktop.domain.errors import Conflict, Defect, Rejected, Temporary, UserActionNeeded
from desktop.domain.records import FIELDS, RecordKind, RecordRef

Fields = Mapping[str, str | None]
Step = tuple[RecordRef | None, RecordRef | None]
"""The record to link to and the one to unlink, each None for nothing to do."""

_SHOWN = 12


def table_for(kind: RecordKind, type_name: str) -> Table:
    """Return the object type a new Record becomes; raise Rejected for a `type` of ACTIVITY that HubSpot has not."""
    tables = OF_KIND[kind]
    for table in tables:
        if not type_name or type_name.casefold() == table.type.casefold():
            return table
    if not tables:
        raise Rejected(f"HubSpot keeps no {kind.value}s; make it a contact instead.", detail=kind.value)
    raise Rejected(f"HubSpot logs these here: {', '.join(table.type for table in tables)}; choose one.", detail="type")


def complain_of_missing(table: Table, given: Fields) -> None:
    """Raise Rejected when a new Record lacks what HubSpot requires."""
    labels = [f"“{FIELDS[table.kind][name].label}”" for name in table.required if name not in given]
    if labels:
        raise Rejected(f"HubSpot needs {', '.join(labels)} filled in; add it and try again.", detail=table.name)


def properties_of(shape: Shape, fields: Fields) -> dict[str, str]:
    """Return the vendor's properties for `fields`, "" where they clear.

    Raises UserActionNeeded for what the rep may not write, Rejected for values HubSpot would refuse.
    """
    table = shape.table
    body: dict[str, str] = {}
    for name, value in fields.items():
        known = _column(table, name)
        label = FIELDS[table.kind][name].label
        column = next((each for each in shape.columns if each.field == name), None)
        if column is None and name == "currency":  # an account with one currency need not have the property
            continue
        if column is None or known.name in shape.read_only:
            raise may_not_write(label, known.name)
        _refuse_unknown_choice(shape, column, value)
        written = _text(write_value(table.kind, column, value))
        if len(written) > TEXT_LIMIT:
            raise Rejected(f"The text for “{label}” is too long for HubSpot; shorten it.", detail=known.name)
        body[known.name] = written
        if written in shape.pipeline_of and table.pipeline in shape.writable:
            body[table.pipeline] = shape.pipeline_of[written]
    return body


def _text(raw: Any) -> str:
    """Return a value as HubSpot takes all values: a field map's may be numbers, or true and false."""
    if isinstance(raw, bool):
        return str(raw).lower()
    return "" if raw is None else str(raw)


def may_not_write(label: str, detail: str) -> UserActionNeeded:
    """Return the error for a field that is hidden from the rep or read-only to them."""
    sentence = f"HubSpot does not let you write “{label}”; ask your administrator, or leave it out."
    return UserActionNeeded(sentence, detail=detail)


def _column(table: Table, name: str) -> Column:
    for column in table.columns:
        if column.field == name:
            return column
    if name in FIELDS[table.kind]:  # a note has no subject
        raise Rejected(f"HubSpot keeps no “{FIELDS[table.kind][name].label}” here; leave it out.", detail=table.name)
    raise Defect("A change names a field that does not exist.", detail=f"{table.name}.{name}")


def _refuse_unknown_choice(shape: Shape, column: Column, value: str | None) -> None:
    offered = shape.choices.get(column.field, ())
    if not offered or value is None or not value.strip():
        return
    try:
        column.codec.write(value.strip())
    except ValueError:
        label = FIELDS[shape.table.kind][column.field].label
        listed = ", ".join(offered[:_SHOWN]) + (" …" if len(offered) > _SHOWN else "")
        sentence = f"HubSpot does not know this value of “{label}”; choose one of: {listed}."
        raise Rejected(sentence, detail=column.name) from None


# --- links ------------------------------------------------------------------------------------------------------------


def targets_of(table: Table, fields: Fields, seen: Mapping[str, tuple[str, ...]]) -> dict[str, RecordRef | None]:
    """Return what each REFERENCE is to point to; `seen` names the object types the rep may see, per field.

    Raises UserActionNeeded where that is none, Rejected for what is no record of an allowed kind.
    """
    targets: dict[str, RecordRef | None] = {}
    for name, value in fields.items():
        label = FIELDS[table.kind][name].label
        if name not in seen:
            raise may_not_write(label, f"{table.name}.{name}")
        if value is None or not value.strip():
            targets[name] = None
            continue
        try:
            target = reference(value.strip(), [TABLES[to].kind for to in seen[name]])
        except ValueError:
            target = None
        if target is None or place_of(target) is None:
            raise Rejected(f"“{label}” does not hold a usable value; edit it and try again.", detail=name)
        targets[name] = target
    return targets


def association(table: Table, target: RecordRef) -> dict[str, Any]:
    """Return a link as it goes along with a new record."""
    number = LINK_TYPES[table.name, OF_KIND[target.kind][0].name]
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number}
    return {"to": {"id": str(target.id)}, "types": [kind]}


def is_own_company(table: Table, target: RecordRef) -> bool:
    """Return True for a link of which a record has one: a new one takes the old one's place by itself."""
    return table.name in PRIMARY and target.kind is TABLES[COMPANIES].kind


def link_step(table: Table, found: Found, name: str, target: RecordRef | None, seen: Mapping[str, str]) -> Step:
    """Return what is left to do for a REFERENCE; raise Conflict when it is no longer as `seen` (a version's parts).

    A record may be linked to many, of which we show one. Only the one we showed is ever unlinked: by being replaced,
    where it would go on being shown, or by being cleared. Half of a step, done before, is taken up where it stopped.
    """
    refs = found.links.get(name, ())
    shown = refs[0] if refs else None
    mark = seen.get(name)
    before = next((ref for ref in refs if link_mark(ref) == mark), None) if seen else shown
    is_stale = bool(seen) and mark != link_mark(shown)
    if target is None:
        is_cleared = shown is None or (before is None and mark != link_mark(None))
        if is_stale and not is_cleared:
            raise conflict(found)
        return None, None if is_cleared else before
    own = is_own_company(table, target)
    is_there = shown == target if own else target in refs
    if is_stale and not is_there:
        raise conflict(found)
    is_in_the_way = (
        before not in {None, target} and not own and _rank(table, name, before) <= _rank(table, name, target)
    )
    return None if is_there else target, before if is_in_the_way else None


def _rank(table: Table, name: str, ref: RecordRef | None) -> int:
    kinds = [TABLES[to].kind for to in table.links[name]]
    return kinds.index(ref.kind) if ref else len(kinds)


def conflict(live: Found | None) -> Conflict:
    """Return the error for a record that moved on; None is one that is gone."""
    if live is None:
        return Conflict("The record was deleted in HubSpot meanwhile.")
    return Conflict("Somebody changed the record in HubSpot meanwhile.", live=dict(live.snapshot.fields))


def gone_target(target: RecordRef) -> Rejected:
    """Return the error for a link to a record that is not there any more."""
    return Rejected("The record this one should point to is no longer in HubSpot.", detail=target.kind.value)


def not_shown_yet(table: Table) -> Temporary:
    """Return the error for a record that was made, and that HubSpot does not find a moment later."""
    return Temporary("HubSpot does not show the new record yet; looking again later.", detail=table.name)
