"""Many creates and many updates at once in HubSpot, each with the promises of a single one.

A thousand updates are ten batches that read and ten that write (just the ten where the caller has read them a moment
ago), and two hundred creates two that look for the keys, two that create and two that read back; besides, one look at
the links for each object type that records are linked to. Nothing here raises: what is wrong with one Record is its
outcome.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from desktop.connectors.hubspot import batches
from desktop.connectors.hubspot.account import Account, Found, table_of
from desktop.connectors.hubspot.planning import (
    Change,
    keyed_tables,
    learn,
    may_be_mended,
    no_key_property,
    plan_create,
    plan_update,
    safe_key,
)
from desktop.connectors.hubspot.shape import parts_of, with_written
from desktop.connectors.hubspot.writing import conflict, gone_target, not_shown_yet
from desktop.connectors.patience import Patience
from desktop.connectors.tables.hubspot import OF_KIND, Table, place_of
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import DealsideError, Temporary
from desktop.domain.records import RecordRef, RecordSnapshot

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")
Place = tuple[Table, str]
_ManyLinks = Callable[[Account, Table, Sequence[tuple[str, RecordRef]], Patience], None]
_OneLink = Callable[[Table, str, RecordRef], None]


def read_many(account: Account, refs: Iterable[RecordRef]) -> dict[RecordRef, RecordSnapshot]:
    """Return those of `refs` that are there; see CrmConnector."""
    places = {ref: place for ref in dict.fromkeys(refs) if (place := place_of(ref)) is not None}
    patience = Patience()
    found: dict[RecordRef, RecordSnapshot] = {}
    for table, own in _by_table(places):
        by_id = batches.read(account, table, list(own), patience).all()
        found.update((own[record_id], each.snapshot) for record_id, each in by_id.items())
    return found


# --- creates ----------------------------------------------------------------------------------------------------------


def create_many(
    account: Account, records: Sequence[NewRecord], alone: Callable[[NewRecord], RecordSnapshot]
) -> tuple[Outcome, ...]:
    """Create each Record once per its key; `alone` does so with one of which a batch's answer leaves all open."""
    first: dict[tuple[str, str], int] = {}
    for index, record in enumerate(records):
        first.setdefault((record.kind.value, safe_key(record.key)), index)
    outcomes = _Creates(account, records, first.values(), alone).carried_out()
    return tuple(outcomes[first[record.kind.value, safe_key(record.key)]] for record in records)


class _Creates:
    """One batch of new Records, known by their places in it."""

    def __init__(
        self,
        account: Account,
        records: Sequence[NewRecord],
        places: Iterable[int],
        alone: Callable[[NewRecord], RecordSnapshot],
    ) -> None:
        self._account = account
        self._records = records
        self._alone = alone
        self._places = list(places)
        self._patience = Patience()
        self._outcomes: dict[int, Outcome] = {}

    def carried_out(self) -> Mapping[int, Outcome]:
        for own in _grouped((self._records[place].kind, place) for place in self._places).values():
            try:
                self._find_earlier(own)
            except DealsideError as error:  # without that look nothing may be made
                self._outcomes.update((place, error) for place in own if place not in self._outcomes)
        for planned in _grouped(self._planned()).values():
            self._make(planned[0][1], [(place, body) for place, _, body in planned])
        if any(isinstance(each, DealsideError) and may_be_mended(each) for each in self._outcomes.values()):
            self._account.forget()
        return self._outcomes

    def _find_earlier(self, places: Sequence[int]) -> None:
        keyed, lacking = keyed_tables(self._account, self._records[places[0]].kind)
        for table in keyed:
            self._read_back(table, [place for place in places if place not in self._outcomes])
        if lacking and any(place not in self._outcomes for place in places):
            raise no_key_property(self._account, lacking)

    def _planned(self) -> list[tuple[str, tuple[int, Table, dict[str, Any]]]]:
        planned: list[tuple[str, tuple[int, Table, dict[str, Any]]]] = []
        left = [place for place in self._places if place not in self._outcomes]
        for kind, own in _grouped((self._records[place].kind, place) for place in left).items():
            try:
                learn(self._account, OF_KIND[kind])
            except DealsideError as error:
                self._outcomes.update(dict.fromkeys(own, error))
                continue
            for place in own:
                record = self._records[place]
                try:
                    table, body = plan_create(self._account, kind, record.fields, record.key)
                    planned.append((table.name, (place, table, body)))
                except DealsideError as error:
                    self._outcomes[place] = error
        return planned

    def _make(self, table: Table, bodies: Sequence[tuple[int, dict[str, Any]]]) -> None:
        inputs = [(str(place), body) for place, body in bodies]
        told = batches.create(self._account, table, inputs, self._patience)
        errors = {int(mark): each for mark, each in told.items() if isinstance(each, DealsideError)}
        # One that was refused may be there all the same: by a call whose answer we never saw, still under way.
        self._read_back(table, [place for place, _ in bodies if not isinstance(errors.get(place), Temporary)])
        for place, _ in bodies:
            if place in self._outcomes:
                continue
            if place in errors:
                self._outcomes[place] = errors[place]
            elif told[str(place)] is None:
                self._outcomes[place] = _outcome(partial(self._alone, self._records[place]))
            else:
                self._outcomes[place] = not_shown_yet(table)

    def _read_back(self, table: Table, places: Sequence[int]) -> None:
        keys = {safe_key(self._records[place].key): place for place in places}
        look = batches.read(self._account, table, list(keys), self._patience, by=self._account.key_property)
        self._outcomes.update((keys[key], each.snapshot) for key, each in look.found.items())
        self._outcomes.update((keys[key], error) for key, error in look.errors.items())


# --- updates ----------------------------------------------------------------------------------------------------------


def update_many(
    account: Account, changes: Sequence[RecordChange], alone: Callable[[RecordChange], RecordSnapshot]
) -> tuple[Outcome, ...]:
    """Write each change; `alone` writes one of which a batch's answer says nothing, or a Record's second one."""
    first: dict[RecordRef, int] = {}
    for index, change in enumerate(changes):
        first.setdefault(change.ref, index)
    outcomes = dict(_Updates(account, changes, first.values(), alone).carried_out())
    for index, change in enumerate(changes):
        if index not in outcomes:
            outcomes[index] = _outcome(partial(alone, change))
    return tuple(outcomes[index] for index in range(len(changes)))


class _Updates:
    """One batch of changes, each to another Record; known by their places in it."""

    def __init__(
        self,
        account: Account,
        changes: Sequence[RecordChange],
        places: Iterable[int],
        alone: Callable[[RecordChange], RecordSnapshot],
    ) -> None:
        self._account = account
        self._changes = changes
        self._alone = alone
        self._patience = Patience()
        self._outcomes: dict[int, Outcome] = {}
        self._at: dict[int, Place] = {}
        for place in places:
            at = place_of(changes[place].ref)
            if at is None:
                self._outcomes[place] = conflict(None)
            else:
                self._at[place] = at

    def carried_out(self) -> Mapping[int, Outcome]:
        found = self._found()
        plans = self._planned(found)
        self._check_targets(plans)
        self._write(found, self._left(plans))
        self._link(0, batches.link, self._account.put_link, self._left(plans))
        self._link(1, batches.unlink, self._account.remove_link, self._left(plans))
        self._read_back(self._left(plans))
        if any(isinstance(each, DealsideError) and may_be_mended(each) for each in self._outcomes.values()):
            self._account.forget()
        return self._outcomes

    def _left(self, plans: Mapping[int, Change]) -> dict[int, Change]:
        return {place: plan for place, plan in plans.items() if place not in self._outcomes}

    def _by_table(self, places: Iterable[int]) -> list[tuple[Table, dict[str, int]]]:
        return _by_table({place: self._at[place] for place in places})

    def _found(self) -> dict[int, Found]:
        """Return how the Records stand: as the caller read them a moment ago, where that will do."""
        found: dict[int, Found] = {}
        for place, (table, _) in self._at.items():
            live = self._changes[place].live
            if (
                live is not None
                and "" in parts_of(live.version)
                and not table.links.keys() & self._changes[place].fields
            ):
                found[place] = Found(live, {})
        for table, own in self._by_table(place for place in self._at if place not in found):
            look = batches.read(self._account, table, list(own), self._patience)
            for record_id, place in own.items():
                if record_id in look.found:
                    found[place] = look.found[record_id]
                else:
                    self._outcomes[place] = look.errors.get(record_id) or conflict(None)
        return found

    def _planned(self, found: Mapping[int, Found]) -> dict[int, Change]:
        plans: dict[int, Change] = {}
        for table, own in self._by_table(found):
            try:
                learn(self._account, [table])
            except DealsideError as error:
                self._outcomes.update(dict.fromkeys(own.values(), error))
                continue
            for place in own.values():
                change = self._changes[place]
                try:
                    plan = plan_update(self._account, found[place], table, change.fields, change.version)
                except DealsideError as error:
                    self._outcomes[place] = error
                    continue
                if plan is None:
                    self._outcomes[place] = found[place].snapshot
                else:
                    plans[place] = plan
        return plans

    def _check_targets(self, plans: Mapping[int, Change]) -> None:
        """Refuse what would point to a Record that is gone, before anything of it is written."""
        targets = [(place, to) for place, plan in plans.items() for to, _ in plan.steps if to is not None]
        for own in _grouped((table_of(to).name, (place, to)) for place, to in targets).values():
            table = table_of(own[0][1])
            try:
                there = batches.present(self._account, table, [str(to.id) for _, to in own], self._patience)
                missing = {place: gone_target(to) for place, to in own if str(to.id) not in there}
            except DealsideError as error:
                self._outcomes.update((place, error) for place, _ in own)
            else:
                self._outcomes.update(missing)

    def _write(self, found: Mapping[int, Found], plans: Mapping[int, Change]) -> None:
        """Write the properties of each; a record is done when it has no links to write and the answer says it all."""
        for table, own in self._by_table(place for place, plan in plans.items() if plan.properties):
            inputs = [(record_id, plans[place].properties) for record_id, place in own.items()]
            for record_id, row in batches.update(self._account, table, inputs, self._patience).items():
                place = own[record_id]
                if isinstance(row, DealsideError):
                    self._outcomes[place] = row
                elif row is None:
                    self._outcomes[place] = _outcome(partial(self._alone, self._changes[place]))
                elif not any(map(any, plans[place].steps)):
                    self._finish(place, plans[place], found[place], row)

    def _finish(self, place: int, plan: Change, live: Found, row: batches.Row) -> None:
        written = with_written(plan.shape, live.snapshot, row, plan.properties)
        if written is not None:
            self._outcomes[place] = written

    def _link(self, which: int, act: _ManyLinks, one: _OneLink, plans: Mapping[int, Change]) -> None:
        """Carry out the first or second half of all steps: put the new links, remove those that are in the way."""
        steps = [(place, step[which]) for place, plan in plans.items() for step in plan.steps]
        wanted = [(place, to) for place, to in steps if to is not None]
        for own in _grouped(
            ((self._at[place][0].name, table_of(to).name), (place, to)) for place, to in wanted
        ).values():
            table = self._at[own[0][0]][0]
            try:
                act(self._account, table, [(self._at[place][1], to) for place, to in own], self._patience)
            except DealsideError:  # it does not say which of them, and to put or remove a link twice is no harm
                for place, to in own:
                    try:
                        self._patience.send(partial(one, table, self._at[place][1], to))
                    except DealsideError as error:
                        self._outcomes[place] = error

    def _read_back(self, plans: Mapping[int, Change]) -> None:
        for table, own in self._by_table(plans):
            look = batches.read(self._account, table, list(own), self._patience)
            for record_id, place in own.items():
                found = look.found.get(record_id)
                self._outcomes[place] = found.snapshot if found else look.errors.get(record_id) or conflict(None)


def _outcome(act: Callable[[], RecordSnapshot]) -> Outcome:
    try:
        return act()
    except DealsideError as error:
        return error


def _by_table(places: Mapping[_K, Place]) -> list[tuple[Table, dict[str, _K]]]:
    """Return the object types of `places`, each with whose record an id is."""
    grouped = _grouped((table.name, (table, record_id, whose)) for whose, (table, record_id) in places.items())
    return [(own[0][0], {record_id: whose for _, record_id, whose in own}) for own in grouped.values()]


def _grouped(items: Iterable[tuple[_K, _V]]) -> dict[_K, list[_V]]:
    grouped: dict[_K, list[_V]] = defaultdict(list)
    for name, item in items:
        grouped[name].append(item)
    return grouped
