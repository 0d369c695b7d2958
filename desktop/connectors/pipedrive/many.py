"""Many creates and many updates at once in Pipedrive, each with the promises of a single one.

Pipedrive has no batches: every record is a call of its own to write, and some of them go side by side. What is saved
is the looking: records are read a hundred a call, and keys looked up together (`keys.py`). A hundred updates are one
call that reads (none where the caller has just read them here) and a hundred that write; of the day's tokens they cost
10 + 500. Nothing here raises: what is wrong with one Record is its outcome.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from desktop.connectors.pipedrive.company import Company, conflict, gone_target
from desktop.connectors.pipedrive.crew import Done
from desktop.connectors.pipedrive.line import PipedriveLine, Row
from desktop.connectors.tables.pipedrive import ENTITIES, is_id, marker_of
from desktop.connectors.tables.pipedrive_rows import Body, references
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import DealsideError, Rejected
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot


def no_such_kind(kind: RecordKind) -> Rejected:
    """Return why a Record of a kind that Pipedrive does not have cannot be made."""
    return Rejected(f"Pipedrive has no {kind.value}s; leave this one out.", detail=kind.value)


# --- creates ----------------------------------------------------------------------------------------------------------


def create_many(company: Company, records: Sequence[NewRecord]) -> tuple[Outcome, ...]:
    """Create each Record once per its key; see CrmConnector."""
    first: dict[tuple[str, str], int] = {}
    places = [(ENTITIES.get(new.kind, new.kind.value), marker_of(new.key)) for new in records]
    for at, place in enumerate(places):
        first.setdefault(place, at)
    creates = _Creates(company, {at: records[at] for at in first.values()})
    outcomes = creates.carried_out()
    return tuple(outcomes[first[place]] for place in places)


class _Creates:
    """New Records with keys of their own, by their places in the batch."""

    def __init__(self, company: Company, records: Mapping[int, NewRecord]) -> None:
        self._company = company
        self._records = records
        self._markers = {at: marker_of(new.key) for at, new in records.items()}
        self._outcomes: dict[int, Outcome] = {}

    def carried_out(self) -> Mapping[int, Outcome]:
        for kind in RecordKind:
            own = [at for at, new in self._records.items() if new.kind is kind]
            if kind not in ENTITIES:
                self._outcomes.update((at, no_such_kind(kind)) for at in own)
            elif own:
                try:
                    self._look_for(kind, own)
                except DealsideError as error:  # without that look nothing may be made
                    self._outcomes.update((at, error) for at in own if at not in self._outcomes)
        bodies = self._planned()
        for at, why in _without_targets(self._company, {at: self._records[at] for at in bodies}).items():
            self._outcomes[at] = why
            del bodies[at]
        self._post(bodies)
        _learn_from(self._company, self._outcomes.values())
        return self._outcomes

    def _look_for(self, kind: RecordKind, places: Sequence[int]) -> None:
        company, code = self._company, self._company.key_code(kind)
        unsettled: dict[int, DealsideError] = {}
        for at in places:  # before the look: what settles during it may have come after the place was looked at
            try:
                company.keys.require_settled(kind, self._markers[at])
            except DealsideError as error:
                unsettled[at] = error
        markers = {self._markers[at]: at for at in places}
        looks = company.on(lambda line: company.keys.find_many(line, company.crew, kind, list(markers), code))
        for marker, at in markers.items():
            look = looks[marker]
            if look.error is not None:
                self._outcomes[at] = look.error
            elif look.answer is not None:
                self._outcomes[at] = _outcome(partial(company.snapshot, kind, look.answer))
            elif at in unsettled:
                self._outcomes[at] = unsettled[at]

    def _planned(self) -> dict[int, Body]:
        bodies: dict[int, Body] = {}
        for at, new in self._records.items():
            if at not in self._outcomes:
                try:
                    bodies[at] = self._company.new_body(new.kind, new.fields, self._markers[at])
                except DealsideError as error:
                    self._outcomes[at] = error
        return bodies

    def _post(self, bodies: Mapping[int, Body]) -> None:
        company = self._company
        calls = [partial(_send, "POST", ENTITIES[self._records[at].kind], body) for at, body in bodies.items()]
        for at, done in zip(bodies, _each(company, calls), strict=True):
            kind, marker = self._records[at].kind, self._markers[at]
            if done.answer is not None:
                company.keys.made(kind, marker, str(done.answer["id"]))
                self._outcomes[at] = _outcome(partial(company.snapshot, kind, done.answer))
            elif done.error is not None:
                if done.in_doubt:
                    company.keys.doubt(kind, marker)
                self._outcomes[at] = done.error


# --- updates ----------------------------------------------------------------------------------------------------------


def update_many(
    company: Company,
    changes: Sequence[RecordChange],
    fresh: Mapping[RecordRef, Row],
    alone: Callable[[RecordChange], RecordSnapshot],
) -> tuple[Outcome, ...]:
    """Write each change; `fresh` are rows as the caller's own look found them, `alone` writes a row's second change."""
    first: dict[tuple[str, str], int] = {}
    for at, change in enumerate(changes):
        first.setdefault((ENTITIES.get(change.ref.kind, ""), change.ref.id), at)
    updates = _Updates(company, {at: changes[at] for at in first.values()}, fresh)
    outcomes = dict(updates.carried_out())
    for at, change in enumerate(changes):
        if at not in outcomes:
            outcomes[at] = _outcome(partial(alone, change))
    return tuple(outcomes[at] for at in range(len(changes)))


class _Updates:
    """Changes of as many rows, by their places in the batch."""

    def __init__(self, company: Company, changes: Mapping[int, RecordChange], fresh: Mapping[RecordRef, Row]) -> None:
        self._company = company
        self._changes = changes
        self._fresh = fresh
        self._outcomes: dict[int, Outcome] = {}

    def carried_out(self) -> Mapping[int, Outcome]:
        bodies = self._planned(self._found())
        for at, error in _without_targets(self._company, {at: self._changes[at] for at in bodies}).items():
            self._outcomes[at] = error
            del bodies[at]
        self._patch(bodies)
        _learn_from(self._company, self._outcomes.values())
        return self._outcomes

    def _found(self) -> dict[int, Row]:
        """Return the rows that are there: as the caller read them a moment ago, where it did."""
        rows: dict[int, Row] = {}
        for at, change in self._changes.items():
            row = self._fresh.get(change.ref)
            if row is not None and change.live is not None:
                told = _outcome(partial(self._company.snapshot, change.ref.kind, row))
                if told == change.live:
                    rows[at] = row
        unread = {at: change.ref for at, change in self._changes.items() if at not in rows}
        try:
            looks = self._company.rows(unread.values())
        except DealsideError as error:
            self._outcomes.update(dict.fromkeys(unread, error))
            return rows
        for at, ref in unread.items():
            look = looks[ref]
            if look.answer is not None:
                rows[at] = look.answer
            else:
                self._outcomes[at] = look.error or conflict(None)
        return rows

    def _planned(self, rows: Mapping[int, Row]) -> dict[int, Body]:
        bodies: dict[int, Body] = {}
        for at, row in rows.items():
            change = self._changes[at]
            try:
                plan = self._company.planned(change.ref, row, change.fields, change.version)
            except DealsideError as error:
                self._outcomes[at] = error
                continue
            if isinstance(plan, RecordSnapshot):
                self._outcomes[at] = plan
            else:
                bodies[at] = plan
        return bodies

    def _patch(self, bodies: Mapping[int, Body]) -> None:
        refs = {at: self._changes[at].ref for at in bodies}
        calls = [partial(_send, "PATCH", f"{ENTITIES[ref.kind]}/{ref.id}", bodies[at]) for at, ref in refs.items()]
        refused: list[int] = []
        for (at, ref), done in zip(refs.items(), _each(self._company, calls), strict=True):
            if done.answer is not None:
                self._outcomes[at] = _outcome(partial(self._company.snapshot, ref.kind, done.answer))
            elif done.error is not None:
                self._outcomes[at] = done.error
                if isinstance(done.error, Rejected):
                    refused.append(at)
        looks = _each(self._company, [partial(_look, refs[at]) for at in refused])
        for at, look in zip(refused, looks, strict=True):
            if look.error is None and look.answer is None:
                self._outcomes[at] = conflict(None)  # it was deleted between our look and our write


# --- what both need ---------------------------------------------------------------------------------------------------


def _without_targets(company: Company, asked: Mapping[int, NewRecord | RecordChange]) -> dict[int, DealsideError]:
    """Return those that point to a Record which is gone (Pipedrive keeps deleted ones, and links to them)."""
    targets = {at: references(_kind_of(one), one.fields) for at, one in asked.items()}
    refs = [ref for own in targets.values() for ref in own]
    try:
        looks = company.rows(refs)
    except DealsideError as error:
        return {at: error for at, own in targets.items() if own}
    found: dict[int, DealsideError] = {}
    for at, own in targets.items():
        for ref in own:
            if looks[ref].answer is None:
                found.setdefault(at, looks[ref].error or gone_target(ref))
    return found


def _kind_of(one: NewRecord | RecordChange) -> RecordKind:
    return one.kind if isinstance(one, NewRecord) else one.ref.kind


def _each(company: Company, calls: Sequence[Callable[[PipedriveLine], Any]]) -> list[Done[Any]]:
    """Carry out calls; an error that keeps all of them from being sent is that of each, and leaves none in doubt."""
    try:
        return company.each(calls) if calls else []
    except DealsideError as error:
        return [Done(error=error)] * len(calls)


def _send(method: str, path: str, body: Body, line: PipedriveLine) -> Row:
    return line.write(method, path, body)


def _look(ref: RecordRef, line: PipedriveLine) -> Row | None:
    return line.row(ENTITIES[ref.kind], ref.id) if is_id(ref.id) else None


def _learn_from(company: Company, outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, DealsideError):
            company.learn_from(outcome)


def _outcome(act: Callable[[], RecordSnapshot]) -> Outcome:
    try:
        return act()
    except DealsideError as error:
        return error
