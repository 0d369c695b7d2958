"""Zoho's writes of up to a hundred records a call, and what became of each.

Results come in the order of the records, one for each, whatever the status of the answer. A refusal of a whole call for
one record's sake ends in halves of it, at last in one by one.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from desktop.connectors.json_line import JsonAnswer, JsonCall
from desktop.connectors.patience import Patience
from desktop.connectors.tables.zoho import MODULES, fault_in, refusal_of
from desktop.connectors.zoho.line import BASE, garbled, refused, sent
from desktop.connectors.zoho.org import IDS_AT_ONCE, Org, Row
from desktop.domain.errors import DealsideError, Rejected
from desktop.domain.records import RecordKind, RecordSnapshot

AT_MOST = 100
_CHANGED = 412
_ALSO = frozenset({400, 409, _CHANGED, 413})
_T = TypeVar("_T")
Item = tuple[int, Row]
"""The place of a record among those to be written, and how it is to be written."""


def read(
    org: Org, kind: RecordKind, ids: Sequence[str], patience: Patience
) -> dict[str, RecordSnapshot | DealsideError]:
    """Return those of `ids` that are there in a kind's module, or why nobody could look; one that is gone is absent."""
    found: dict[str, RecordSnapshot | DealsideError] = {}
    for part in parts(list(dict.fromkeys(ids)), IDS_AT_ONCE):
        try:
            found.update((record.ref.id, record) for record in patience.send(partial(org.listed, kind, part)))
        except DealsideError as error:
            found.update(dict.fromkeys(part, error))
    return found


def write(
    org: Org,
    method: str,
    kind: RecordKind,
    items: Sequence[Item],
    patience: Patience,
    headers: Callable[[Sequence[Item]], Mapping[str, str]] = lambda _: {},
) -> dict[int, Row | DealsideError]:
    """Write records; return for each its row of the answer, a fault included, or why there is none.

    `headers` are those of one call, by what it writes.
    """
    outcomes: dict[int, Row | DealsideError] = {}
    waiting = deque(parts(items, AT_MOST))
    while waiting:
        part = waiting.popleft()
        body = sent(*(row for _, row in part))
        call = JsonCall(method, f"{BASE}/{MODULES[kind]}", body, headers=headers(part), also=_ALSO)
        try:
            rows = _rows(patience.send(partial(org.line.ask, call)), len(part))
        except Rejected as error:
            if len(part) == 1:
                outcomes[part[0][0]] = error
            else:
                waiting.extendleft(reversed(parts(part, (len(part) + 1) // 2)))
        except DealsideError as error:
            outcomes.update(dict.fromkeys((place for place, _ in part), error))
        else:
            outcomes.update((place, row) for (place, _), row in zip(part, rows, strict=True))
    return outcomes


def fault_of(row: Row | DealsideError) -> DealsideError | None:
    """Return the error that a row of an answer asks for, None for a success."""
    if isinstance(row, DealsideError):
        return row
    if row.get("status") == "success":
        return None
    if row.get("status") != "error":
        return garbled(ValueError())
    return refused(*refusal_of(400, {"data": [row]}))


def parts(items: Sequence[_T], size: int) -> list[Sequence[_T]]:
    """Cut a sequence into pieces."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _rows(answer: JsonAnswer, count: int) -> list[Row]:
    """Return the results of one call; raise why it was refused as a whole, or Temporary when nobody can tell."""
    rows: Any = answer.body.get("data") if isinstance(answer.body, Mapping) else None
    if isinstance(rows, list) and len(rows) == count and all(isinstance(row, Mapping) for row in rows):
        return rows
    if fault_in(answer.body) is None and answer.status != _CHANGED:  # cut off, or somebody else's page in between
        raise garbled(ValueError())
    raise refused(*refusal_of(answer.status, answer.body))
