"""HubSpot's batch endpoints: a hundred records a call, and what became of each.

Answers name nobody reliably: rows come in any order, a record that is not there may be left out without a word, and an
error names its record only by the mark it was sent with (`objectWriteTraceId`, on creates alone). So rows are known by
their ids or keys, and whatever an answer does not speak of stays unknown, for the caller to look after.

A refusal of a whole batch for the sake of one record (the rule for updates) ends in tenths of it, at last in one by
one: twenty calls more for one bad record among a hundred, a hundred and ten at the very worst.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeVar

from desktop.connectors.hubspot.account import Account, Found, as_row, garbled, read_answer, table_of
from desktop.connectors.hubspot.writing import association
from desktop.connectors.json_line import MISSING, JsonAnswer, JsonCall, rows_of
from desktop.connectors.patience import Patience
from desktop.connectors.refusals import to_error
from desktop.connectors.tables.hubspot import Table
from desktop.connectors.tables.hubspot_errors import judge
from desktop.domain.errors import DealsideError, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef

AT_MOST = 100
_LINKS_AT_MOST = 1000
_TRACE = "objectWriteTraceId"
_REFUSED = frozenset({400, MISSING, 409})
_NOT_THERE = "OBJECT_NOT_FOUND"

_T = TypeVar("_T")
Row = Mapping[str, Any]
Input = tuple[str, Mapping[str, Any]]
"""The id (or, for a new record, the mark) of a record, and its part of the body."""
Told: TypeAlias = _T | DealsideError | None
"""What an answer says of one record; None when it says nothing."""
Pair = tuple[str, RecordRef]


@dataclass(frozen=True, slots=True)
class Read:
    """What a look at many records found, by id or key, and the errors of those that could not be looked at."""

    found: Mapping[str, Found]
    errors: Mapping[str, DealsideError]

    def all(self) -> Mapping[str, Found]:
        """Return what was found; raise where something could not be looked at."""
        for error in self.errors.values():
            raise error
        return self.found


def read(account: Account, table: Table, ids: Sequence[str], patience: Patience, *, by: str = "") -> Read:
    """Look which of `ids` are there; with `by`, which of the values of a unique property, given in lower case."""
    rows: dict[str, Row] = {}
    errors: dict[str, DealsideError] = {}
    for part in _parts(list(dict.fromkeys(ids)), AT_MOST):
        try:
            names = [column.name for column in account.needed(table).columns]
            rows.update(_rows(account, table, part, names, patience, by))
        except DealsideError as error:
            errors.update(dict.fromkeys(part, error))
    try:
        found = patience.send(partial(account.with_links, table, list(rows.values()))) if rows else []
    except DealsideError as error:
        return Read({}, {**dict.fromkeys(rows, error), **errors})
    return Read(dict(zip(rows, found, strict=True)), errors)


def present(account: Account, table: Table, ids: Sequence[str], patience: Patience) -> set[str]:
    """Return those of `ids` that are there."""
    found: set[str] = set()
    for part in _parts(list(dict.fromkeys(ids)), AT_MOST):
        found |= _rows(account, table, part, ["hs_object_id"], patience, "").keys()
    return found


def create(account: Account, table: Table, bodies: Sequence[Input], patience: Patience) -> dict[str, Told[bool]]:
    """Create records; return by mark the error of each that was refused or whose fate is unknown.

    True stands for one that was made, as far as the answer says, None for one that it may have meant by an error.
    """

    def inputs(part: Sequence[Input]) -> list[dict[str, Any]]:
        return [{**body, _TRACE: mark} for mark, body in part]

    def told(part: Sequence[Input], body: Any) -> dict[str, Told[bool]]:
        errors: dict[str, DealsideError] = {}
        is_clear = True
        for fault in _faults(body):
            context = fault.get("context")
            named = context.get(_TRACE) if isinstance(context, Mapping) else None
            is_clear = is_clear and bool(named) and isinstance(named, list)
            errors.update((str(mark), refusal_of(400, fault)) for mark in (named if isinstance(named, list) else ()))
        return {mark: errors.get(mark, True if is_clear else None) for mark, _ in part}

    return _send(account, account.paths.objects(table, "batch", "create"), bodies, inputs, told, patience)


def update(account: Account, table: Table, changes: Sequence[Input], patience: Patience) -> dict[str, Told[Row]]:
    """Write properties, of each record once; return by id the row as it stands afterwards, or an error.

    None stands for one of which the answer says nothing: whether it was written is for a look at it to tell.
    """

    def inputs(part: Sequence[Input]) -> list[dict[str, Any]]:
        return [{"id": record_id, "properties": properties} for record_id, properties in part]

    def told(part: Sequence[Input], body: Any) -> dict[str, Told[Row]]:
        found: dict[str, Told[Row]] = dict.fromkeys(record_id for record_id, _ in part)
        for row in _results(body):
            if str(row["id"]) in found:
                found[str(row["id"])] = row
        return found

    return _send(account, account.paths.objects(table, "batch", "update"), changes, inputs, told, patience)


def link(account: Account, table: Table, pairs: Sequence[Pair], patience: Patience) -> None:
    """Link each record to another of one object type; raise when one link failed. Repeating it changes nothing."""
    for part in _parts(pairs, _LINKS_AT_MOST):
        inputs = [{"from": {"id": record_id}, **association(table, to)} for record_id, to in part]
        call = JsonCall("POST", account.paths.links(table, table_of(part[0][1]).name, "create"), {"inputs": inputs})
        answer = patience.send(partial(account.ask, call))
        if _faults(answer.body):
            raise garbled("some links were refused")


def unlink(account: Account, table: Table, pairs: Sequence[Pair], patience: Patience) -> None:
    """Unlink each record from another of one object type; no matter if they are not linked."""
    for part in _parts(pairs, _LINKS_AT_MOST):
        inputs = [{"from": {"id": record_id}, "to": [{"id": str(to.id)}]} for record_id, to in part]
        call = JsonCall("POST", account.paths.links(table, table_of(part[0][1]).name, "archive"), {"inputs": inputs})
        patience.send(partial(account.ask, call))


def refusal_of(status: int, body: Any) -> DealsideError:
    """Return the error that a refusal asks for, of a whole call or of one record in a batch."""
    refusal, fields, detail = judge(status, body)
    return to_error(refusal, vendor="HubSpot", fields=", ".join(fields), detail=detail)


def _rows(
    account: Account, table: Table, ids: Sequence[str], names: Sequence[str], patience: Patience, by: str
) -> dict[str, Row]:
    body: dict[str, Any] = {
        "inputs": [{"id": each} for each in ids],
        "properties": list(dict.fromkeys([*names, *([by] if by else [])])),
        "propertiesWithHistory": [],
        **({"idProperty": by} if by else {}),
    }
    call = JsonCall("POST", account.paths.objects(table, "batch", "read"), body)
    answer = patience.send(partial(account.ask, call))
    for fault in _faults(answer.body):  # that some are not there is no fault, but nothing else may pass for it
        if fault.get("category") != _NOT_THERE:
            raise garbled("some records could not be read")
    wanted = {each.casefold() for each in ids}
    found: dict[str, Row] = {}
    for row in _results(answer.body):
        name = str(row["properties"].get(by) if by else row["id"]).strip().casefold()
        if name in wanted and not row.get("archived"):  # one merged into another answers with the other's id
            found[name] = row
    return found


def _send(
    account: Account,
    path: str,
    items: Sequence[Input],
    shaped: Callable[[Sequence[Input]], list[dict[str, Any]]],
    told: Callable[[Sequence[Input], Any], dict[str, Told[_T]]],
    patience: Patience,
) -> dict[str, Told[_T]]:
    outcomes: dict[str, Told[_T]] = {}
    waiting = deque(_parts(items, AT_MOST))
    while waiting:
        part = waiting.popleft()
        try:
            answer = patience.send(partial(_asked, account, path, shaped(part)))
            if not isinstance(answer, DealsideError):
                outcomes.update(told(part, answer.body))
            elif len(part) == 1:
                outcomes[part[0][0]] = answer
            else:
                waiting.extendleft(reversed(_parts(part, max(1, len(part) // 10))))
        except DealsideError as error:
            outcomes.update(dict.fromkeys((name for name, _ in part), error))
    return outcomes


def _asked(account: Account, path: str, inputs: Sequence[Row]) -> JsonAnswer | DealsideError:
    """Return the answer to a batch, or why HubSpot refused the whole of it."""
    answer = account.ask(JsonCall("POST", path, {"inputs": inputs}, also=_REFUSED))
    if answer.status not in _REFUSED:
        return answer
    if not isinstance(answer.body, Mapping):  # a page of the network one is in, say
        raise garbled(f"{answer.status} without a body")
    error = refusal_of(answer.status, answer.body)
    if isinstance(error, Temporary):
        raise error
    if isinstance(error, UserActionNeeded):
        account.forget()  # when it is mended, look afresh
    return error


def _faults(body: Any) -> list[Row]:
    listed = body.get("errors") if isinstance(body, Mapping) else None
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


def _results(body: Any) -> list[Row]:
    return read_answer(lambda: [as_row(row) for row in rows_of(body, "results")])


def _parts(items: Sequence[_T], size: int) -> list[Sequence[_T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
