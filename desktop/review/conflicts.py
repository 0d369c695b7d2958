"""A record changed under an entry: what was seen, what is there now, what is wanted, and what is sent after that.

Everything is decided per field. The answer to a conflict is the value each field is to hold: theirs again means that
the field is left alone. What is sent names the found value as its Precondition, so that a second change between
showing and sending is a conflict again and never overwritten.
"""

from collections.abc import Mapping
from dataclasses import replace

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.errors import Rejected
from desktop.domain.proposals import FieldChange, Suggestion
from desktop.review.views import FieldTriple

Fields = Mapping[str, str | None]

UNDECIDED = "Decide each field that somebody changed first: theirs, yours, or a value of your own."
CHANGED_AGAIN = "It was changed once more in the CRM: look at the values again and decide on those."
NOT_IN_CONFLICT = "This field was not changed meanwhile, so there is nothing to choose."
OWN_VALUE = "your own value"


def same(one: str | None, other: str | None) -> bool:
    """Whether two values say the same; a CRM's empty text and its absent field are both empty."""
    return (one or None) == (other or None)


def contested(entry: OutboxEntry, live: Fields) -> dict[str, str | None]:
    """Return field → the value there now, for each field that is neither as it was seen nor as it is wanted.

    An undone create wants the whole Record gone, so every field that differs from what was seen is contested.
    """
    if entry.operation is Operation.REMOVE:
        return {name: live[name] for name, seen in entry.before.items() if name in live and not same(live[name], seen)}
    return {
        name: live[name]
        for name, wanted in entry.fields.items()
        if name in live and not same(live[name], entry.before.get(name)) and not same(live[name], wanted)
    }


def field_triples(entry: OutboxEntry, live: Fields) -> tuple[FieldTriple, ...]:
    """Return the fields of an entry as they were seen, are there now, and are wanted. A removal wants none of them."""
    is_conflict = entry.state is DeliveryState.CONFLICT
    found = contested(entry, live) if is_conflict else {}
    if entry.operation is Operation.REMOVE:
        names = [name for name, seen in entry.before.items() if seen or name in found]
        return tuple(_triple(entry, name, live, found) for name in names)
    if entry.kind is None:
        return ()
    return tuple(_triple(entry, name, live, found) for name in entry.fields)


def _triple(entry: OutboxEntry, name: str, live: Fields, found: Fields) -> FieldTriple:
    return FieldTriple(name, entry.before.get(name), entry.fields.get(name), live.get(name), name in found)


def arrived(entry: OutboxEntry, live: Fields, suggestion: Suggestion) -> dict[str, str | None]:
    """Return field → before, for each field that holds what we wanted although no answer said so.

    That is our doing only where an attempt may have arrived; otherwise somebody else wrote the same.
    """
    return {
        change.field: change.before
        for change in suggestion.changes
        if change.field in entry.fields
        and change.field in live
        and same(live[change.field], entry.fields[change.field])
        and not same(live[change.field], change.before)
    }


def resolved(entry: OutboxEntry, live: Fields, values: Fields) -> OutboxEntry | None:
    """Return what is sent when each contested field is to hold its value of `values`; None when nothing is left.

    Raises Rejected when a contested field is not in `values`, or one is that nobody else changed.
    """
    open_fields = contested(entry, live)
    if any(name not in values for name in open_fields):
        raise Rejected(UNDECIDED, detail=entry.id)
    if any(name not in open_fields for name in values):
        raise Rejected(NOT_IN_CONFLICT, detail=entry.id)
    fields = dict(entry.fields)
    for name, value in values.items():
        if same(value, open_fields[name]):
            fields.pop(name, None)
        else:
            fields[name] = value
    if not fields:
        return None
    # All of it is what the next look at the Record has to find, as far as that is known.
    before = {name: live.get(name, entry.before.get(name)) for name in fields}
    return replace(entry, fields=fields, before=before, version="")


def insisting(entry: OutboxEntry, live: Fields) -> OutboxEntry:
    """Return what is sent when all of it goes out over what was found."""
    if entry.operation is Operation.REMOVE:
        # The version stays the old one, so that the Record is compared with what was shown before it is removed.
        return replace(entry, before={**entry.before, **live})
    wanted = {name: entry.fields[name] for name in contested(entry, live)}
    return resolved(entry, live, wanted) or entry


def renewed(suggestion: Suggestion, entry: OutboxEntry | None, live: Fields, *, keeps_ours: bool) -> Suggestion:
    """Return the Suggestion with what was found as its before-values and, if it goes on, with what `entry` sends.

    With `keeps_ours` a field that already holds our value keeps the before-value it had: an undo puts that back.
    """
    changes = []
    for change in suggestion.changes:
        if entry is not None and change.field not in entry.fields:
            continue
        after = entry.fields[change.field] if entry is not None else change.after
        found = live.get(change.field, change.before)
        before = change.before if keeps_ours and same(found, change.after) else found
        if same(after, change.after):
            changes.append(replace(change, before=before))
        else:
            changes.append(FieldChange(change.field, before, after, 1.0, OWN_VALUE))
    return replace(suggestion, changes=tuple(changes))
