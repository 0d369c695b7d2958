"""What changed in a HubSpot account, by searching; what was deleted, by looking through what was archived.

A round goes through all object types in turn. A search shows at most 10,000 results and cannot be sorted by two
properties, so it is never paged: each call asks for what changed at or after the newest moment seen. Records that share
one moment (a pipeline edit touches thousands at once) are asked for by their ids. The index is behind, so a round ends
by going back some minutes. The list of what was archived cannot be searched: it is gone through every ten minutes.

Marks: under an object type's name `milliseconds` or `milliseconds|id` (of that very moment, everything up to the id is
done); `step`, `after`, `since` and `swept` say where the round is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from desktop.connectors.hubspot.account import Account
from desktop.connectors.tables.hubspot import TABLES, Table, is_id, milliseconds, moment_of, ref_of
from desktop.domain.connections import Checkpoint
from desktop.domain.crm_port import RecordBatch
from desktop.domain.errors import Temporary
from desktop.domain.records import RecordSnapshot

_OVERLAP = timedelta(minutes=3)
_BETWEEN_SWEEPS = 10 * 60_000
_MOST_ROWS = 200  # a page of a search, and what a batch of links may ask about
_MOST_PAGES = 20  # of what was archived, in one pull
_LATEST = 10**14  # no moment of ours is after the year 5000
_ORDER = tuple(TABLES.values())


@dataclass(slots=True)
class _Place:
    """Where a round is. `since` is when it began less the overlap, 0 before its first answer."""

    marks: dict[str, tuple[int, str]]
    step: int
    after: str
    since: int
    swept: int

    @property
    def is_done(self) -> bool:
        sweeps = self.since - self.swept >= _BETWEEN_SWEEPS
        return self.step >= (2 * len(_ORDER) if sweeps else len(_ORDER))

    def checkpoint(self) -> Checkpoint:
        marks = {name: f"{moment}|{last}" if last else str(moment) for name, (moment, last) in self.marks.items()}
        state = {"step": str(self.step), "since": str(self.since), "swept": str(self.swept)}
        return Checkpoint({**marks, **state, **({"after": self.after} if self.after else {})})

    def begin(self, moment: int) -> None:
        """Take the time of an answer, less the overlap, as the round's; a mark from the future is none."""
        self.since = min(self.since or moment, moment)
        if self.swept > self.since:
            self.swept = 0

    def finish(self) -> None:
        """End the round: what is younger than its start is looked at once more in the next."""
        self.marks = {name: min(mark, (self.since, "")) for name, mark in self.marks.items()}
        if self.step > len(_ORDER):
            self.swept = self.since
        self.step, self.after, self.since = 0, "", 0


def pull(account: Account, checkpoint: Checkpoint, limit: int, now: datetime) -> RecordBatch:
    """Return the next Records that changed or were deleted, about `limit` of them; see CrmConnector.changes."""
    place = _read_place(checkpoint.marks)
    records: list[RecordSnapshot] = []
    pages = 0
    while len(records) < limit and pages < _MOST_PAGES and not (place.since and place.is_done):
        table = _ORDER[place.step % len(_ORDER)]
        if account.shape(table) is None:
            _step_on(place)
        elif place.step < len(_ORDER):
            records += _changed(account, table, place, limit - len(records))
        else:
            records += _archived(account, table, place)
            pages += 1
        place.begin(milliseconds(account.server_time(now) - _OVERLAP))
    records.sort(key=lambda record: record.modified_at)
    has_more = not place.is_done
    if not has_more:
        place.finish()
    return RecordBatch(tuple(records), place.checkpoint(), has_more=has_more)


def _step_on(place: _Place) -> None:
    place.step += 1
    place.after = ""


def _changed(account: Account, table: Table, place: _Place, limit: int) -> list[RecordSnapshot]:
    """Return the next changed Records of one object type, at most `limit`, and move its mark behind them."""
    moment, last = place.marks.get(table.name, (0, ""))
    size = max(1, min(limit, _MOST_ROWS))
    if last:
        filters = [_filter(table.changed, "EQ", str(moment)), _filter("hs_object_id", "GT", last)]
        rows = _searched(account, table, filters, "hs_object_id", size)
        is_full = len(rows) >= size
        place.marks[table.name] = (moment, str(rows[-1]["id"])) if is_full else (moment + 1, "")
        return account.snapshots(table, rows)
    rows = _searched(account, table, [_filter(table.changed, "GTE", str(moment))], table.changed, size)
    rows.sort(key=lambda row: _changed_at(table, row))
    moments = [_changed_at(table, row) for row in rows]
    if len(rows) < size:
        place.marks[table.name] = (max([moment, *(each + 1 for each in moments)]), "")
        _step_on(place)
    elif moments[-1] < moment:  # it would go round in circles
        raise Temporary("HubSpot's answer was garbled; trying again later.", detail="a search that ignores its filter")
    elif moments[0] == moments[-1]:  # perhaps more of them than a page holds: go on by their ids
        place.marks[table.name] = (moments[0], "0")
        return []
    else:  # the last moment's records may not all be here, so they wait for the next page
        place.marks[table.name] = (moments[-1], "")
        rows = [row for row, each in zip(rows, moments, strict=True) if each < moments[-1]]
    return account.snapshots(table, rows)


def _searched(
    account: Account, table: Table, filters: Sequence[Mapping[str, str]], sort: str, size: int
) -> list[Mapping[str, Any]]:
    """Return the first rows that fit all filters, ascending."""
    sorts = [{"propertyName": sort, "direction": "ASCENDING"}]
    return account.search(table, {"filterGroups": [{"filters": filters}], "sorts": sorts, "limit": size}).rows


def _filter(name: str, operator: str, value: str) -> Mapping[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}


def _changed_at(table: Table, row: Mapping[str, Any]) -> int:
    try:
        return milliseconds(moment_of(row["properties"][table.changed]))
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise Temporary("HubSpot's answer was garbled; trying again later.", detail=type(error).__name__) from None


def _archived(account: Account, table: Table, place: _Place) -> list[RecordSnapshot]:
    rows, after = account.archived(table, place.after)
    if after:
        place.after = after
    else:
        _step_on(place)
    gone = [(row, _archived_at(row)) for row in rows]
    return [_tombstone(table, row, at) for row, at in gone if milliseconds(at) >= place.swept]


def _archived_at(row: Mapping[str, Any]) -> datetime:
    try:
        return moment_of(row.get("archivedAt") or row["updatedAt"])
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise Temporary("HubSpot's answer was garbled; trying again later.", detail=type(error).__name__) from None


def _tombstone(table: Table, row: Mapping[str, Any], at: datetime) -> RecordSnapshot:
    return RecordSnapshot(ref_of(table, str(row["id"])), {}, "deleted", at.astimezone(UTC), is_deleted=True)


# --- marks ------------------------------------------------------------------------------------------------------------


def _read_place(marks: Mapping[str, str]) -> _Place:
    """Read our own marks; what cannot be read starts over."""
    read: dict[str, tuple[int, str]] = {}
    for name in TABLES:
        moment, _, last = marks.get(name, "").partition("|")
        if _number(moment):
            read[name] = (_number(moment), last if is_id(last) else "")
    after = marks.get("after", "")
    step = _number(marks.get("step", ""))
    is_cursor = after.isprintable() and len(after) <= 500 and step >= len(_ORDER)
    is_on = step < 2 * len(_ORDER)
    return _Place(
        read,
        step if is_on else 0,
        after if is_on and is_cursor else "",
        _number(marks.get("since", "")),
        _number(marks.get("swept", "")),
    )


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    return number if number < _LATEST else 0
