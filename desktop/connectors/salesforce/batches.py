"""Many changes and many new records at once, each with the promises of a single one.

Two hundred records make a collection, five collections a call, and the look at what became of them goes along where
there is room. A new record is inserted with its key: unlike an upsert that can never write over what somebody typed
since, because the key is unique. Collections check no precondition, so what stands there is compared just before;
a batch small enough for it is sent as single changes in one call, each with its own `If-Unmodified-Since`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import Any, TypeVar

from desktop.connectors.fieldmap import read_values
from desktop.connectors.salesforce import bulk
from desktop.connectors.salesforce.composite import AT_MOST, HEAVY_AT_MOST, Caller, Part, PartAnswer, garbled
from desktop.connectors.salesforce.items import Item, in_parts
from desktop.connectors.salesforce.looking import Look, Seen, by_ids, by_values, fold, live, see, seen_in
from desktop.connectors.salesforce.org import Org, Right, conflict
from desktop.connectors.tables.salesforce import OBJECTS, safe_key
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.records import RecordKind, RecordSnapshot

_T = TypeVar("_T")
_COLLECTION = 200
_LENGTH = 1_000_000  # characters of one collection: long texts make for smaller ones
_SINGLES_AT_MOST = AT_MOST - HEAVY_AT_MOST


# --- what is asked ----------------------------------------------------------------------------------------------------


def create_many(org: Org, records: Sequence[NewRecord]) -> tuple[Outcome, ...]:
    """See CrmConnector.create_many."""
    caller = Caller(org)
    writing = _Writing(org, caller, _per_kind((new.kind for new in records), org.keyed_names))
    outcomes: dict[int, Outcome] = {}
    items: list[Item] = []
    first: dict[tuple[str, str], int] = {}
    for at, new in enumerate(records):
        key = safe_key(new.key)
        is_first = first.setdefault((OBJECTS[new.kind], fold(key)), at) == at
        names = writing.names[new.kind]
        if isinstance(names, DealsideError):
            outcomes[at] = names
        elif is_first:
            items.append(Item(at, new.kind, {}, key=key))
    found = see(org, caller, writing.looks(items))
    missing: list[Item] = []
    for item in items:
        seen = _only(found.get(item.place))
        if seen is not None:
            outcomes[item.at] = seen
            continue
        new = records[item.at]
        planned = _tried(org.new_body, new.kind, new.fields)
        if isinstance(planned, DealsideError):
            outcomes[item.at] = planned
        else:
            missing.append(replace(item, body={**planned, org.key_field: item.key}))
    outcomes.update(writing.write(missing))
    _look_afresh(org, outcomes.values())
    return tuple(outcomes[first[OBJECTS[new.kind], fold(safe_key(new.key))]] for new in records)


def update_many(org: Org, changes: Sequence[RecordChange]) -> tuple[Outcome, ...]:
    """See CrmConnector.update_many."""
    caller = Caller(org)
    writing = _Writing(org, caller, _per_kind((change.ref.kind for change in changes), org.names))
    outcomes: dict[int, Outcome] = {}
    blind = {kind: names for kind, names in writing.names.items() if isinstance(names, DealsideError)}
    known = live(org, caller, [c.ref for c in changes if c.live is None and c.ref.kind not in blind])
    items: list[Item] = []
    for at, change in enumerate(changes):
        now = blind.get(change.ref.kind) or change.live or known.get(change.ref)
        if isinstance(now, DealsideError):
            outcomes[at] = now
            continue
        planned = _tried(_planned, org, at, change, now)
        if isinstance(planned, Item):
            items.append(planned)
        else:
            outcomes[at] = planned
    outcomes.update(writing.write(items))
    _look_afresh(org, outcomes.values())
    return tuple(outcomes[at] for at in range(len(changes)))


def _planned(org: Org, at: int, change: RecordChange, now: RecordSnapshot | None) -> Item | RecordSnapshot:
    """Return what is left to write, or the Record where all of it is there: so a repeated change comes to its end."""
    kind = change.ref.kind
    body = org.body(kind, change.fields, Right.UPDATE)
    if now is None:
        raise conflict(None)
    wanted = read_values(org.columns(kind), body)
    if all(now.fields.get(name) == value for name, value in wanted.items()):
        return now
    if change.version and now.version != change.version:
        raise conflict(now)
    since = now.modified_at if change.version else None
    return Item(at, kind, body, ref=now.ref, since=since, version=now.version)


def _only(seen: Seen | None) -> Outcome | None:
    """Return the one Record that has a key, None when there is none yet."""
    if not isinstance(seen, tuple):
        return seen
    if len(seen) > 1:
        return Rejected("Several records in Salesforce have the key of this one; keep one of them.", detail="key")
    return seen[0] if seen else None


def _per_kind(kinds: Iterable[RecordKind], names: Callable[[RecordKind], list[str]]) -> "Names":
    return {kind: _tried(names, kind) for kind in dict.fromkeys(kinds)}


def _tried(act: Callable[..., _T], *given: Any) -> _T | DealsideError:
    try:
        return act(*given)
    except DealsideError as error:
        return error


def _look_afresh(org: Org, outcomes: Iterable[Outcome]) -> None:
    if any(isinstance(outcome, UserActionNeeded) for outcome in outcomes):
        org.forget()


# --- writing and looking again ----------------------------------------------------------------------------------------

Names = Mapping[RecordKind, list[str] | DealsideError]


class _Writing:
    """Writes items and tells what became of each. `names` are the columns to look at, by kind."""

    def __init__(self, org: Org, caller: Caller, names: Names) -> None:
        self._org = org
        self._caller = caller
        self.names = names

    def looks(self, items: Sequence[Item]) -> list[Look]:
        """Return the looks that show items, the new ones by their keys."""
        looks: list[Look] = []
        for kind in dict.fromkeys(item.kind for item in items):
            names = self.names[kind]
            if isinstance(names, DealsideError):
                continue
            own = [item for item in items if item.kind is kind]
            looks += by_ids(kind, names, [str(item.ref.id) for item in own if item.ref is not None])
            looks += by_values(kind, names, self._org.key_field, [item.key for item in own if item.ref is None])
        return looks

    def write(self, items: Sequence[Item]) -> dict[int, Outcome]:
        """Write items; those that the org refuses for another's sake are sent again in smaller parts."""
        outcomes: dict[int, Outcome] = {}
        for group in bulk.jobs(items):
            outcomes.update(self._in_bulk(group))
        left = [item for item in items if item.at not in outcomes]
        is_few = len(left) <= _SINGLES_AT_MOST and all(item.ref is not None for item in left)
        waiting = [[item] for item in left] if is_few else _collections(left)
        while waiting:
            looks = self.looks([item for part in waiting for item in part])
            requests = [_single(part[0]) if is_few else _collection(part) for part in waiting]
            answers = self._caller.send([*requests, *(look.part() for look in looks)])
            seen = self._seen(looks, answers[len(requests) :])
            again: list[list[Item]] = []
            for part, answer in zip(waiting, answers, strict=False):
                if answer.is_refused and len(part) > 1:
                    again += [part[: len(part) // 2], part[len(part) // 2 :]]
                elif is_few and self._is_worth_another_second(part[0], answer, seen):
                    again.append([replace(part[0], is_second=True)])
                else:
                    outcomes.update(self._told(part, answer, seen, is_single=is_few))
            waiting = again
        return outcomes

    def _seen(self, looks: Sequence[Look], answers: Sequence[PartAnswer]) -> dict[tuple[RecordKind, str], Seen]:
        seen: dict[tuple[RecordKind, str], Seen] = {}
        refused: list[Look] = []
        for look, answer in zip(looks, answers, strict=True):
            if answer.is_refused:
                refused.append(look)
            else:
                seen.update(seen_in(self._org, look, answer))
        return {**seen, **see(self._org, self._caller, refused)}

    def _in_bulk(self, items: Sequence[Item]) -> dict[int, Outcome]:
        errors = bulk.write(self._org, items)
        if errors is None:
            return {}
        told = [item for item in items if not isinstance(errors.get(item.at), Temporary | UserActionNeeded)]
        seen = see(self._org, self._caller, self.looks(told))
        return {item.at: self._outcome(item, errors.get(item.at), seen.get(item.place)) for item in items}

    def _is_worth_another_second(self, item: Item, answer: PartAnswer, seen: Mapping[Any, Seen]) -> bool:
        """HTTP dates are whole seconds: a stamp with a fraction fails its own second, so the next one is tried too."""
        now = seen.get(item.place)
        is_same = isinstance(now, tuple) and bool(now) and now[0].version == item.version
        return isinstance(answer.error, Conflict) and is_same and not item.is_second

    def _told(
        self, items: Sequence[Item], answer: PartAnswer, seen: Mapping[Any, Seen], *, is_single: bool
    ) -> dict[int, Outcome]:
        errors: list[DealsideError | None]
        if answer.error is not None or is_single:  # a single change says nothing when all is well
            errors = [answer.error] * len(items)
        else:
            errors = self._results(answer.body, len(items))
        return {
            item.at: self._outcome(item, error, seen.get(item.place)) for item, error in zip(items, errors, strict=True)
        }

    def _results(self, body: Any, count: int) -> list[DealsideError | None]:
        """Return what a collection says of each record, in order."""
        try:
            if len(body) != count:
                return [garbled("results")] * count
            return [None if row["success"] is True else self._org.refused(400, row["errors"]) for row in body]
        except (LookupError, TypeError) as error:
            return [garbled(type(error).__name__)] * count

    def _outcome(self, item: Item, error: DealsideError | None, seen: Seen | None) -> Outcome:
        if item.ref is None:
            made = _only(seen)
            if isinstance(made, RecordSnapshot):
                return made  # also where an attempt whose answer was lost came first
            if error is None:
                unseen = Temporary(
                    "Salesforce does not show the new record yet; looking again later.", detail=item.kind
                )
                return made or unseen
            return error
        now = seen[0] if isinstance(seen, tuple) and seen else None
        if error is None and isinstance(seen, DealsideError):
            return seen
        if seen == () or isinstance(error, Conflict):
            return conflict(now)
        return error or now or garbled("not seen")


def _collections(items: Sequence[Item]) -> list[list[Item]]:
    """Return items in parts that one collection takes: new and known ones apart, each object's together."""
    parts: list[list[Item]] = []
    for is_new in (True, False):
        own = [item for item in items if (item.ref is None) is is_new]
        own.sort(key=lambda item: OBJECTS[item.kind])
        parts += in_parts(own, at_most=_COLLECTION, length=_LENGTH)
    return parts


def _collection(items: Sequence[Item]) -> Part:
    records = []
    for item in items:
        record: dict[str, Any] = {"attributes": {"type": OBJECTS[item.kind]}, **item.body}
        if item.ref is not None:
            record["id"] = str(item.ref.id)
        records.append(record)
    method = "POST" if items[0].ref is None else "PATCH"
    return Part(method, "composite/sobjects", {"allOrNone": False, "records": records})


def _single(item: Item) -> Part:
    headers: dict[str, str] = {}
    if item.since is not None:
        moment = item.since.astimezone(UTC) + timedelta(seconds=int(item.is_second))
        headers["If-Unmodified-Since"] = format_datetime(moment, usegmt=True)
    record_id = item.ref.id if item.ref else ""
    return Part("PATCH", f"sobjects/{OBJECTS[item.kind]}/{record_id}", dict(item.body), headers)
