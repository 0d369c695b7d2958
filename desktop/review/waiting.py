"""When what is on its way is tried next, and what giving it up means, in words that every front end says."""

from datetime import datetime

from desktop.domain.deliveries import DeliveryState, Operation
from desktop.review.views import OutboxRow

ASKED_FIRST = frozenset({DeliveryState.CONFLICT, DeliveryState.REJECTED})
MINUTE, HOUR, DAY = 60, 3600, 86_400


def next_try(row: OutboxRow, now: datetime) -> str:
    """Return `next try in 40 s`; empty where a person has to decide first."""
    if row.state in ASKED_FIRST:
        return ""
    if row.state is DeliveryState.SENDING:
        return "being sent"
    if row.due_at is None or row.due_at <= now:
        return "next in line"
    return f"next try in {span((row.due_at - now).total_seconds())}"


def span(seconds: float) -> str:
    """Return a length of time in one unit: 40 s, 3 min, 2 h, 5 d; rounded up, so that it is never too early."""
    whole = max(int(-(-seconds // 1)), 1)
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE)):
        if whole > size:
            return f"{-(-whole // size)} {unit}"
    return f"{whole} s"


def given_up_words(row: OutboxRow) -> str:
    """Return the sentence that says what is then not written, for the one question before it is given up."""
    what = f"“{row.title}”" if row.title else "This change"
    where = row.connection or "the other side"
    said = {
        Operation.CREATE: f"{what} is then not created in {where}.",
        Operation.UPDATE: f"{_count(row)} of {what} then {_stays(row)} in {where}.",
        Operation.RESTORE: f"The earlier values of {what} are then not put back in {where}.",
        Operation.REMOVE: f"{what} then stays in {where}.",
        Operation.APPEND_DRAFT: f"The reply {what} is then not put into your Drafts.",
        Operation.REMOVE_DRAFT: f"The reply {what} then stays in your Drafts.",
    }.get(row.entry.operation, f"{what} is then not changed in {where}.")
    if row.entry.attempts and row.entry.operation in {Operation.CREATE, Operation.UPDATE, Operation.APPEND_DRAFT}:
        said += " It was tried, so we look whether it arrived, and take it back if it did."
    return said


def _count(row: OutboxRow) -> str:
    count = len(row.fields)
    return "1 field" if count == 1 else f"{count} fields"


def _stays(row: OutboxRow) -> str:
    return "stays as it is" if len(row.fields) == 1 else "stay as they are"
