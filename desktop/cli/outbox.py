"""`dealside outbox`: what is on its way or stuck, sent now, answered, or given up."""

from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from typing import Any

from desktop.cli.parser import EXIT_OK
from desktop.cli.printing import Printer
from desktop.domain.deliveries import DeliveryState, Operation
from desktop.domain.errors import Cancelled, Rejected
from desktop.domain.records import FIELDS
from desktop.review.views import FieldTriple, OutboxRow
from desktop.review.waiting import given_up_words, next_try
from desktop.services import Queries, Review

STATES = {
    DeliveryState.WAITING: "waiting to be sent",
    DeliveryState.SENDING: "being sent",
    DeliveryState.CONFLICT: "changed meanwhile: decide on each field",
    DeliveryState.REJECTED: "refused",
    DeliveryState.NEEDS_USER: "waiting for you",
}
VERBS = {
    Operation.CREATE: "Create",
    Operation.UPDATE: "Update",
    Operation.RESTORE: "Put back",
    Operation.REMOVE: "Remove again",
    Operation.MERGE: "Merge",
    Operation.APPEND_DRAFT: "Put into Drafts",
    Operation.REMOVE_DRAFT: "Take out of Drafts",
}
THEIRS, MINE = "theirs", "mine"
NOTHING = "Nothing is on its way, and nothing is stuck."
NO_SUCH = "That id names nothing in the outbox, or more than one thing: `dealside outbox list` shows the ids."


def outbox(
    args: Namespace,
    printer: Printer,
    queries: Queries,
    review: Review,
    *,
    now: datetime,
    confirm: Callable[[str], bool],
) -> int:
    """List, retry, resolve or give up. `confirm` is asked once before something is given up."""
    rows = queries.outbox()
    if args.action == "retry" and args.all:
        count = review.retry_all()
        _said(printer, f"{count} sent again now." if count else "There is nothing to send again.", count=count)
    elif args.action == "retry":
        row = _find(rows, args.id)
        review.retry(row.entry.subject_id)
        _said(printer, f"{_heading(row)}: it is sent now.", id=row.entry.id)
    elif args.action == "resolve":
        row = _find(rows, args.id)
        _said(printer, _resolve(args, row, review), id=row.entry.id)
    elif args.action == "give-up":
        row = _find(rows, args.id)
        if not confirm(given_up_words(row)):
            raise Cancelled("Nothing was changed.")
        _said(printer, review.give_up(row.entry.subject_id), id=row.entry.id)
    else:
        _list(printer, rows, now)
    return EXIT_OK


def _said(printer: Printer, words: str, **more: object) -> None:
    printer.line(words)
    printer.document({**more, "said": words})


def _find(rows: tuple[OutboxRow, ...], start: str | None) -> OutboxRow:
    found = [row for row in rows if start and row.entry.id.startswith(start)]
    if not start or len(start) < 4 or len(found) != 1:
        raise Rejected(NO_SUCH)
    return found[0]


def _resolve(args: Namespace, row: OutboxRow, review: Review) -> str:
    contested = {field.name: field for field in row.fields if field.is_contested}
    if row.state is not DeliveryState.CONFLICT or not contested:
        raise Rejected("There is no conflict to decide on: `dealside outbox retry` sends it.")
    values: dict[str, str | None] = {}
    for pair in args.values:
        name, equals, value = pair.partition("=")
        if not equals or name not in contested:
            raise Rejected(f"“{pair}” should be FIELD=VALUE; to decide on: {', '.join(contested)}.")
        field = contested[name]
        values[name] = {THEIRS: field.found, MINE: field.wanted}.get(value, value or None)
    return review.resolve(row.entry.subject_id, values, {name: field.found for name, field in contested.items()})


def _list(printer: Printer, rows: tuple[OutboxRow, ...], now: datetime) -> None:
    if not rows:
        printer.line(NOTHING)
    connection = None
    for row in rows:
        if row.entry.connection_id != connection:
            connection = row.entry.connection_id
            printer.line(f"━━ {row.connection or 'A connection that was removed'}")
        _print(printer, row, now)
    printer.document([_object(row) for row in rows])


def _print(printer: Printer, row: OutboxRow, now: datetime) -> None:
    entry = row.entry
    printer.line(f"   {_heading(row)}   [{entry.id[:12]}] {STATES[row.state]}")
    for field in row.fields:
        printer.line(f"      {_field_line(row, field)}")
    if entry.sentence:
        printer.line(f"      ! {entry.sentence}")
    tries = f"tried {entry.attempts} × · " if entry.attempts else ""
    when = next_try(row, now)
    printer.line(f"      {tries}{f'{when} · ' if when else ''}since {entry.created_at.astimezone():%Y-%m-%d %H:%M}")


def _heading(row: OutboxRow) -> str:
    kind = f" {row.entry.kind.value}" if row.entry.kind else ""
    return f"{VERBS.get(row.entry.operation, row.entry.operation.value)}{kind} {row.title}".rstrip()


def _field_line(row: OutboxRow, field: FieldTriple) -> str:
    known = FIELDS[row.entry.kind].get(field.name) if row.entry.kind else None
    label = known.label if known else field.name
    seen, wanted = (_shown(row, value) for value in (field.seen, field.wanted))
    line = f"{label:<12} {seen} → {wanted}"
    if not field.is_contested:
        return line
    when = f" (changed {row.changed_at.astimezone():%Y-%m-%d %H:%M})" if row.changed_at else ""
    return f"{line}   ≠ there now: {_shown(row, field.found)}{when}"


def _shown(row: OutboxRow, value: str | None) -> str:
    text = " ".join((row.names.get(value, value) if value else "empty").split())
    return text if len(text) <= 90 else text[:89] + "…"


def _object(row: OutboxRow) -> dict[str, Any]:
    entry = row.entry
    return {
        "id": entry.id,
        "subject": entry.subject_id,
        "connection": entry.connection_id,
        "operation": entry.operation.value,
        "kind": entry.kind.value if entry.kind else None,
        "title": row.title,
        "state": row.state.value,
        "sentence": entry.sentence,
        "attempts": entry.attempts,
        "next_try": row.due_at.isoformat() if row.due_at else None,
        "since": entry.created_at.isoformat(),
        "changed_at": row.changed_at.isoformat() if row.changed_at else None,
        "fields": [
            {
                "field": field.name,
                "seen": field.seen,
                "found": field.found,
                "wanted": field.wanted,
                "is_contested": field.is_contested,
            }
            for field in row.fields
        ],
    }
