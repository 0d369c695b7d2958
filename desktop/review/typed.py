"""What a rep typed for a field, held to the field's type and to what the CRM takes there."""

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.domain.errors import Rejected
from desktop.domain.ids import ConnectionId
from desktop.domain.proposals import Action, Suggestion
from desktop.domain.records import FIELDS, FieldType, RecordKind
from desktop.domain.values import canonical

if TYPE_CHECKING:  # SQLAlchemy takes 0.3 s to import, and the window paints before its first write
    from desktop.store.store import Transaction


def typed_value(
    tx: "Transaction", connection_id: ConnectionId, kind: RecordKind, name: str, typed: str | None
) -> str | None:
    """Return the canonical value; Rejected when there is no such field or it cannot hold this."""
    known = FIELDS[kind]
    if name not in known:
        raise Rejected(f"There is no field {name} here.", detail=kind.value)
    value = canonical(known[name].type, typed)
    options = tx.mirror.rules(connection_id, kind).choices(name)
    if known[name].type is FieldType.PICKLIST and value is not None and options and value not in options:
        raise Rejected(f"{known[name].label} takes one of: {', '.join(options)}.")
    return value


def writable(tx: "Transaction", suggestion: Suggestion) -> Suggestion:
    """Return the Suggestion without the fields that its CRM does not let the rep write; the card says which they are.

    Raise Rejected with what to do when that leaves nothing.
    """
    rules = tx.mirror.rules(suggestion.connection_id, suggestion.kind)
    is_new = suggestion.action is Action.CREATE
    closed = {change.field: rules.closed(change.field, is_new=is_new) for change in suggestion.changes}
    kept = tuple(change for change in suggestion.changes if not closed[change.field])
    if not kept:
        sentence = next(iter(closed.values()), "Nothing is left to change here.")
        raise Rejected(f"{sentence} Nothing else would change: dismiss this, or ask your administrator.")
    return replace(suggestion, changes=kept)


def check_allowed(tx: "Transaction", suggestion: Suggestion) -> None:
    """Raise Rejected with what to do when the CRM would refuse the Suggestion as it stands."""
    rules = tx.mirror.rules(suggestion.connection_id, suggestion.kind)
    is_new = suggestion.action is Action.CREATE
    problems = [rules.problem(change.field, change.after, is_new=is_new) for change in suggestion.changes]
    for problem in (rules.refusal(is_new=is_new), *problems):
        if problem:
            raise Rejected(problem, detail=suggestion.id)
    missing = _missing_labels(tx, suggestion)
    if missing:
        raise Rejected(f"Your CRM wants a {missing[0]} here: fill it in first.", detail=f"missing {missing}")


def is_allowed(tx: "Transaction", suggestion: Suggestion) -> bool:
    """Whether the CRM would take the Suggestion as it stands."""
    try:
        check_allowed(tx, writable(tx, suggestion))
    except Rejected:
        return False
    return True


def _missing_labels(tx: "Transaction", suggestion: Suggestion) -> list[str]:
    """Return the labels of fields that the CRM requires of a new Record and the Suggestion leaves empty."""
    if suggestion.action is not Action.CREATE:
        return []
    required = tx.mirror.rules(suggestion.connection_id, suggestion.kind).required
    after = suggestion.after()
    return [FIELDS[suggestion.kind][name].label.lower() for name in required if not after.get(name)]
