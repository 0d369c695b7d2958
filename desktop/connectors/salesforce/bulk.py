"""Bulk 2.0, for more records of one object than collections are meant for.

A job is a CSV file that the org works through by itself. simple-salesforce builds its requests; waiting is ours, since
the library would wait for a day. A job that we give up on is aborted, so that it does not write over what a person
types later. The client is asked for anew at each step: one kept through a long job would go on with a token that was
renewed meanwhile. Jobs are left for the org to remove, after a week.

In the file an empty cell means "as it is", `#N/A` means "empty". Rows that failed come in any order: they are known by
their id, or by their key.
"""

import csv
import io
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from desktop.connectors.salesforce.composite import garbled
from desktop.connectors.salesforce.items import Item, in_parts
from desktop.connectors.salesforce.org import Org
from desktop.connectors.tables.salesforce import OBJECTS
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded

MORE_THAN = 2000
_EMPTY = "#N/A"
_FILE_AT_MOST = 20_000_000  # characters; a job may have 100 MB, a call a minute
_PATIENCE = 600.0  # seconds
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 10.0
_OVER = frozenset({"JobComplete", "Failed", "Aborted"})

_T = TypeVar("_T")


def jobs(items: Sequence[Item]) -> list[list[Item]]:
    """Return the items that are worth a job, by object, new and known ones apart; none where there are few."""
    groups: dict[tuple[str, bool], list[Item]] = {}
    for item in items:
        if _EMPTY not in item.body.values():  # such a text cannot be told from an empty one
            groups.setdefault((OBJECTS[item.kind], item.ref is None), []).append(item)
    return [
        part
        for group in groups.values()
        if len(group) > MORE_THAN
        for part in in_parts(group, at_most=len(group), length=_FILE_AT_MOST)
    ]


def write(
    org: Org, items: Sequence[Item], *, sleep: Callable[[float], None] = time.sleep
) -> dict[int, DealsideError] | None:
    """Write items of one object; return the errors by place, None where the org takes no job. Raises nothing.

    An item without an error was written, as far as the org says.
    """
    is_new = items[0].ref is None
    job = _Job(org, OBJECTS[items[0].kind])
    try:
        job.open("insert" if is_new else "update")
    except (Rejected, UserActionNeeded):
        return None
    except DealsideError as error:
        return {item.at: error for item in items}
    try:
        job.fill(_as_csv(items, org.key_field))
        state = job.over(sleep)
        return _errors(org, job, items, state)
    except DealsideError as error:
        job.abort()
        return {item.at: _unknown(error) for item in items}


class _Job:
    """One job: opened, filled, waited for."""

    def __init__(self, org: Org, name: str) -> None:
        self._org = org
        self._name = name
        self._id = ""

    def open(self, operation: str) -> None:
        self._id = str(self._do(lambda bulk: bulk.create_job(operation)["id"]))

    def fill(self, text: str) -> None:
        self._do(lambda bulk: bulk.upload_job_data(self._id, text))
        self._do(lambda bulk: bulk.close_job(self._id))

    def over(self, sleep: Callable[[float], None]) -> Mapping[str, Any]:
        """Wait for the end; raise Temporary when it takes too long."""
        waited, pause = 0.0, _FIRST_PAUSE
        while waited < _PATIENCE:
            state: Mapping[str, Any] = self._do(lambda bulk: dict(bulk.get_job(self._id, False)))
            if state.get("state") in _OVER:
                return state
            sleep(pause)
            waited += pause
            pause = min(pause * 2, _LONGEST_PAUSE)
        raise Temporary("Salesforce takes long to write this many records; trying again later.", detail=self._name)

    def rows(self, which: str) -> list[dict[str, str]]:
        """Return the rows of a result, by the names of their columns."""
        text = self._do(lambda bulk: str(bulk.get_ingest_results(self._id, which)))
        try:
            return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        except csv.Error:
            raise garbled(which) from None

    def abort(self) -> None:
        """Stop it, if it still can be stopped."""
        try:
            self._do(lambda bulk: bulk.abort_job(self._id, False))
        except DealsideError:
            return

    def _do(self, act: Callable[[Any], _T]) -> _T:
        # The library's own loop waits up to a day and starts threads, so its single steps are used.
        return self._org.ask(lambda client: act(getattr(client.bulk2, self._name)._client))  # noqa: SLF001


def _errors(org: Org, job: _Job, items: Sequence[Item], state: Mapping[str, Any]) -> dict[int, DealsideError]:
    by_name = {(item.key.casefold() if item.ref is None else str(item.ref.id)[:15]): item.at for item in items}
    column = org.key_field if items[0].ref is None else "Id"
    is_whole = state["state"] == "JobComplete" and state.get("numberRecordsProcessed") == len(items)
    errors: dict[int, DealsideError] = {}
    for which in ("failedResults", "unprocessedrecords"):
        if is_whole and (which != "failedResults" or state.get("numberRecordsFailed") == 0):
            continue
        for row in job.rows(which):
            name = row.get(column) or ""
            at = by_name.get(name.casefold() if items[0].ref is None else name[:15])
            if at is None:
                raise garbled(which)
            errors[at] = org.refused(400, [_fault(row.get("sf__Error") or "")]) if "sf__Error" in row else _unfinished()
    return errors


def _fault(text: str) -> dict[str, Any]:
    """Return `CODE:words:Field,Field --` as an answer of one record says the same."""
    code, _, rest = text.partition(":")
    words, _, named = rest.removesuffix(" --").rpartition(":")
    return {"statusCode": code.strip(), "message": words or rest, "fields": [n.strip() for n in named.split(",") if n]}


def _unfinished() -> Temporary:
    return Temporary("Salesforce stopped before this record; trying again later.", detail="unprocessed")


def _unknown(error: DealsideError) -> DealsideError:
    """Return the error for records whose fate nobody knows: what the org refuses now may have been done before."""
    if isinstance(error, Rejected):
        return Temporary(
            "Salesforce does not say what became of this record; looking again later.", detail=error.detail
        )
    return error


def _as_csv(items: Sequence[Item], key_field: str) -> str:
    first = key_field if items[0].ref is None else "Id"
    names = list(dict.fromkeys([first, *(name for item in items for name in item.body)]))
    text = io.StringIO(newline="")
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writerow(names)
    for item in items:
        row = {"Id": str(item.ref.id), **item.body} if item.ref is not None else item.body
        table.writerow([_cell(row[name]) if name in row else "" for name in names])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return _EMPTY
    return str(value).lower() if isinstance(value, bool) else str(value)
