"""Many creates and many updates at once in Zoho, each with the promises of a single one.

A thousand updates are ten calls that read and ten that write (just the ten where the caller has read them a moment
ago), and two hundred creates one query for the keys, two calls that create and two that read back. Nothing here raises
but `read_many`: what is wrong with one Record is its outcome.

A precondition holds for a whole call, not for each record. It is the newest stamp of those that are written: all of
them were read after that moment, so whatever is changed later is refused.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from desktop.connectors.patience import Patience
from desktop.connectors.tables.zoho import MODULES, details_of, is_id, moment_of, stamp_of, standing
from desktop.connectors.zoho import batches
from desktop.connectors.zoho.batches import Item
from desktop.connectors.zoho.line import Right, garbled
from desktop.connectors.zoho.org import VALUES_AT_ONCE, Org, Row, conflict, keys_of
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

AT_ONCE = 1000
_Create = Callable[[NewRecord], RecordSnapshot]
_Update = Callable[[RecordChange], RecordSnapshot]


def read_many(org: Org, refs: Iterable[RecordRef]) -> dict[RecordRef, RecordSnapshot]:
    """Return those of `refs` that are there; see CrmConnector."""
    wanted = {ref for ref in refs if is_id(ref.id)}
    patience = Patience()
    found: dict[RecordRef, RecordSnapshot] = {}
    for kind, own in _by_module((ref.kind, ref) for ref in sorted(wanted, key=str)).items():
        for record in batches.read(org, kind, [ref.id for ref in own], patience).values():
            if isinstance(record, DealsideError):
                raise record
            if record.ref in wanted:
                found[record.ref] = record
    return found


# --- creates ----------------------------------------------------------------------------------------------------------


def create_many(org: Org, records: Sequence[NewRecord]) -> tuple[Outcome, ...]:
    """Create each Record once per its key; see CrmConnector."""
    first: dict[tuple[RecordKind, str], int] = {}
    for place, record in enumerate(records):
        first.setdefault((record.kind, record.key), place)
    patience = Patience()
    outcomes: dict[int, Outcome] = {}
    with org.line.kept():
        for kind, places in _by_module((records[place].kind, place) for place in first.values()).items():
            outcomes |= _Creates(org, kind, {place: records[place] for place in places}, patience).carried_out()
        _look_afresh(org, outcomes.values())
    return tuple(outcomes[first[record.kind, record.key]] for record in records)


class _Creates:
    """New Records of one module, known by their places in the batch."""

    def __init__(self, org: Org, kind: RecordKind, records: Mapping[int, NewRecord], patience: Patience) -> None:
        self._org = org
        self._kind = kind
        self._records = records
        self._patience = patience
        self._outcomes: dict[int, Outcome] = {}

    def carried_out(self) -> dict[int, Outcome]:
        try:
            self._org.need_key(self._kind)
            self._read_back(self._made_earlier())
        except DealsideError as error:  # without that look nothing may be made
            return dict.fromkeys(self._records, error)
        rows = batches.write(self._org, "POST", self._kind, self._planned(), self._patience)
        made: dict[int, str] = {}
        for place, row in rows.items():
            fault = batches.fault_of(row)
            double = self._org.id_of_double(row) if isinstance(row, Mapping) and fault else ""
            record_id = double or ("" if isinstance(row, DealsideError) else str(details_of(row).get("id")))
            if fault is not None and not double:
                self._outcomes[place] = fault
            else:
                made[place] = record_id
        self._read_back(made)
        unseen = Temporary("Zoho does not show the new record yet; looking again later.", detail=MODULES[self._kind])
        for place in made:
            self._outcomes.setdefault(place, unseen)
        return self._outcomes

    def _made_earlier(self) -> dict[int, str]:
        """Return the ids of Records that an earlier create made."""
        places = {value: place for place, new in self._records.items() for value in keys_of(new.kind, new.key)}
        made: dict[int, str] = {}
        for some in batches.parts(list(places), VALUES_AT_ONCE):
            rows = self._patience.send(partial(self._org.ids_where, self._kind, self._org.key_field, some))
            made.update((places[value.lower()], row_id) for row_id, value in rows if value.lower() in places)
        return made

    def _planned(self) -> list[Item]:
        planned: list[Item] = []
        for place, new in self._records.items():
            if place in self._outcomes:
                continue
            try:
                planned.append((place, self._org.new_body(new.kind, new.fields, new.key)))
            except DealsideError as error:
                self._outcomes[place] = error
        return planned

    def _read_back(self, ids: Mapping[int, str]) -> None:
        """Take what stands behind ids as the outcome; an id behind which nothing can be seen leaves it open."""
        good = {place: row_id for place, row_id in ids.items() if is_id(row_id)}
        found = batches.read(self._org, self._kind, list(good.values()), self._patience)
        self._outcomes.update((place, found[row_id]) for place, row_id in good.items() if row_id in found)


# --- updates ----------------------------------------------------------------------------------------------------------


def update_many(org: Org, changes: Sequence[RecordChange], alone: _Update) -> tuple[Outcome, ...]:
    """Write each change; `alone` does so with one that needs a closer look. See CrmConnector."""
    patience = Patience()
    first = {change.ref: place for place, change in reversed(list(enumerate(changes)))}
    outcomes: dict[int, Outcome] = {}
    with org.line.kept():
        for kind, places in _by_module((changes[place].ref.kind, place) for place in sorted(first.values())).items():
            own = {place: changes[place] for place in places}
            outcomes |= _Updates(org, kind, own, alone, patience).carried_out()
        for place, change in enumerate(changes):
            if first[change.ref] != place:  # twice in one batch: the second builds on the first
                outcomes[place] = _alone(alone, change, patience)
        _look_afresh(org, outcomes.values())
    return tuple(outcomes[place] for place in range(len(changes)))


class _Updates:
    """Changes of one module's Records, known by their places in the batch."""

    def __init__(
        self, org: Org, kind: RecordKind, changes: Mapping[int, RecordChange], alone: _Update, patience: Patience
    ) -> None:
        self._org = org
        self._kind = kind
        self._changes = changes
        self._alone = alone
        self._patience = patience
        self._live: dict[int, RecordSnapshot] = {}
        self._bodies: dict[int, Row] = {}
        self._outcomes: dict[int, Outcome] = {}

    def carried_out(self) -> dict[int, Outcome]:
        found = self._looked([change.ref for change in self._changes.values() if not _is_read(change)])
        for place, change in self._changes.items():
            self._plan(place, change.live if _is_read(change) else found.get(change.ref))
        items: list[Item] = [(place, {**body, "id": self._live[place].ref.id}) for place, body in self._bodies.items()]
        rows = batches.write(self._org, "PUT", self._kind, items, self._patience, self._guard)
        open_: list[int] = []
        for place, row in rows.items():
            error = batches.fault_of(row)
            after = self._afterwards(place, row) if error is None and isinstance(row, Mapping) else None
            if after is not None:
                self._outcomes[place] = after
            elif isinstance(error, Rejected | None):
                open_.append(place)
            if error is not None:
                self._outcomes[place] = error
        self._look_again(open_)
        return self._outcomes

    def _plan(self, place: int, live: RecordSnapshot | DealsideError | None) -> None:
        """Find out what is left to write, with the outcome where that is nothing."""
        change = self._changes[place]
        try:
            body = self._org.body(change.ref.kind, change.fields, Right.UPDATE)
            if isinstance(live, DealsideError):
                raise live
            if live is None:
                raise conflict(None)
            if self._is_there(change, body, live):
                self._outcomes[place] = live  # also how a repeated update, whose answer was lost, comes to its end
                return
            if change.version and live.version != change.version:
                raise conflict(live)
        except DealsideError as error:
            self._outcomes[place] = error
        else:
            self._live[place], self._bodies[place] = live, body

    def _is_there(self, change: RecordChange, body: Row, live: RecordSnapshot) -> bool:
        wanted = self._org.fields_of(change.ref.kind, body)
        return all(live.fields.get(name) == value for name, value in wanted.items())

    def _guard(self, part: Sequence[Item]) -> Mapping[str, str]:
        if not any(self._changes[place].version for place, _ in part):
            return {}
        return {"If-Unmodified-Since": stamp_of(max(self._live[place].modified_at for place, _ in part))}

    def _afterwards(self, place: int, row: Row) -> RecordSnapshot | None:
        """Return the Record as it stands after a write, None where the answer does not say it."""
        live, details = self._live[place], details_of(row)
        try:
            moment = moment_of(details["Modified_Time"])
        except (LookupError, TypeError, ValueError):
            return None
        if str(details.get("id")) != live.ref.id:
            return None
        written = self._org.fields_of(live.ref.kind, self._bodies[place])
        return standing(live.ref, {**live.fields, **written}, moment)

    def _look_again(self, places: Sequence[int]) -> None:
        """Find out what is behind refusals, and what stands behind writes of which the answer said too little."""
        found = self._looked([self._changes[place].ref for place in places])
        for place in places:
            refusal = self._outcomes.pop(place, None)
            change, now = self._changes[place], found.get(self._changes[place].ref)
            if now is None or isinstance(now, DealsideError):
                self._outcomes[place] = now or conflict(None)
            elif refusal is None:
                self._outcomes[place] = (
                    now if self._is_there(change, self._bodies[place], now) else garbled(ValueError())
                )
            elif isinstance(refusal, Conflict):
                self._plan(place, now)
                if place not in self._outcomes:
                    self._outcomes[place] = _alone(self._alone, change, self._patience)
            else:
                self._outcomes[place] = refusal

    def _looked(self, wanted: Sequence[RecordRef]) -> dict[RecordRef, RecordSnapshot | DealsideError]:
        """Return how Records stand now, or why nobody could look; one that is gone is absent."""
        ids = {str(ref.id): ref for ref in wanted if is_id(ref.id)}
        found = batches.read(self._org, self._kind, list(ids), self._patience)
        return {
            ids[record_id]: record
            for record_id, record in found.items()
            if isinstance(record, DealsideError) or record.ref == ids[record_id]
        }


def _is_read(change: RecordChange) -> bool:
    """Return whether the caller has read the Record a moment ago, as the one that it wants to change."""
    return change.live is not None and change.live.ref == change.ref and change.version in {"", change.live.version}


def _alone(write: _Update, change: RecordChange, patience: Patience) -> Outcome:
    try:
        return patience.send(lambda: write(change))
    except DealsideError as error:
        return error


def _look_afresh(org: Org, outcomes: Iterable[Outcome]) -> None:
    """After a refusal that an admin can mend, ask for the fields again when they are next needed."""
    if any(isinstance(each, UserActionNeeded | Rejected) and not isinstance(each, Conflict) for each in outcomes):
        org.line.forget()


def _by_module(items: Iterable[tuple[RecordKind, Any]]) -> dict[RecordKind, list[Any]]:
    """Group by module; each is named by the first kind that is kept in it."""
    named: dict[str, RecordKind] = {}
    grouped: dict[RecordKind, list[Any]] = defaultdict(list)
    for kind, item in items:
        grouped[named.setdefault(MODULES[kind], kind)].append(item)
    return grouped
