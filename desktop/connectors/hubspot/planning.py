"""What one create or one update takes in HubSpot, decided before anything is sent: the same for one and for many."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.connectors.fieldmap import read_values
from desktop.connectors.hubspot.account import Account, Found
from desktop.connectors.hubspot.shape import Shape, parts_of
from desktop.connectors.hubspot.writing import (
    Fields,
    Step,
    association,
    complain_of_missing,
    conflict,
    link_step,
    properties_of,
    table_for,
    targets_of,
)
from desktop.connectors.tables.hubspot import NOTES, OF_KIND, Table
from desktop.domain.errors import Conflict, Rejected, UserActionNeeded
from desktop.domain.ids import derive
from desktop.domain.records import RecordKind, RecordRef

_KEY = re.compile(r"[a-z0-9]{1,80}")  # unique values are not told apart by upper and lower case


@dataclass(frozen=True, slots=True)
class Change:
    """What is left to write to one record: properties, then links."""

    properties: Mapping[str, str]
    steps: Sequence[Step]
    shape: Shape


def safe_key(key: str) -> str:
    """Return a key that may stand in an address; whatever else is hashed, so it stays the same key each time."""
    return key if _KEY.fullmatch(key) else derive("hubspot key", key)


def keyed_tables(account: Account, kind: RecordKind) -> tuple[list[Table], list[str]]:
    """Return the object types in which a Record of `kind` is looked up by its key, and those without the property.

    Raises UserActionNeeded where the rep may see none of them.
    """
    keyed: list[Table] = []
    lacking: list[str] = []
    for table in OF_KIND[kind]:
        shape = account.needed(table) if len(OF_KIND[kind]) == 1 else account.shape(table)
        if shape is None:
            continue
        if shape.has_key:
            keyed.append(table)
        else:
            lacking.append(table.name)
    return keyed, lacking


def no_key_property(account: Account, objects: Sequence[str]) -> UserActionNeeded:
    """Return the error for object types in which nothing can be created exactly once."""
    account.forget()
    return UserActionNeeded(
        f"Ask your HubSpot admin to add the property {account.key_property} (single-line text, unique values "
        f"required) to: {', '.join(objects)}. Until then nothing can be created there without the risk of doubles.",
        detail="no key property",
    )


def learn(account: Account, tables: Sequence[Table]) -> None:
    """Ask what plans for these object types go by, so that no plan asks anything; raise what the account raises."""
    for table in tables:
        if account.shape(table) is not None:
            account.seen_links(table)


def plan_create(account: Account, kind: RecordKind, fields: Fields, key: str) -> tuple[Table, dict[str, Any]]:
    """Return the object type of a new record and its body, links and all. Raises what HubSpot would refuse it for."""
    given = {name: value for name, value in fields.items() if value is not None and value.strip()}
    table = table_for(kind, (given.pop("type", None) or "").strip() if kind is RecordKind.ACTIVITY else "")
    if table.name == NOTES and "subject" in given:  # a note has none, so it goes on top
        given["description"] = "\n\n".join(filter(None, [given.pop("subject"), given.get("description")]))
    complain_of_missing(table, given)
    shape = account.needed(table)
    properties, targets = _split(account, shape, given)
    defaults = {name: value for name, value in table.defaults.items() if name in shape.writable}
    return table, {
        "properties": {**defaults, **properties, account.key_property: safe_key(key)},
        "associations": [association(table, target) for target in targets.values() if target is not None],
    }


def plan_update(account: Account, found: Found, table: Table, fields: Fields, version: str) -> Change | None:
    """Return what is left to write, None when all of it is there: how a repeated update comes to its end.

    Raises Conflict when the record is no longer as `version` says, and what HubSpot would refuse the change for.
    """
    if fields.get("type", table.type) != table.type:
        raise Rejected("HubSpot does not let “Type” be changed later; leave it out.", detail=table.name)
    shape = account.needed(table)
    properties, targets = _split(account, shape, {name: value for name, value in fields.items() if name != "type"})
    seen = parts_of(version) if version else {}
    wanted = read_values(shape.columns, properties)
    is_done = all(found.snapshot.fields.get(name) == value for name, value in wanted.items())
    if not is_done and seen and seen.get("") != parts_of(found.snapshot.version).get(""):
        raise conflict(found)
    steps = [link_step(table, found, name, target, seen) for name, target in targets.items()]
    if is_done and not any(any(step) for step in steps):
        return None
    return Change({} if is_done else properties, steps, shape)


def may_be_mended(error: Exception) -> bool:
    """Return True for a refusal of ours that an admin can end: the next attempt looks at the account afresh."""
    return isinstance(error, UserActionNeeded | Rejected) and not isinstance(error, Conflict)


def _split(account: Account, shape: Shape, fields: Fields) -> tuple[dict[str, str], dict[str, RecordRef | None]]:
    """Return a change as properties and as records to link to."""
    table = shape.table
    own = properties_of(shape, {name: value for name, value in fields.items() if name not in table.links})
    linked = {name: value for name, value in fields.items() if name in table.links}
    return own, targets_of(table, linked, account.seen_links(table) if linked else {})
