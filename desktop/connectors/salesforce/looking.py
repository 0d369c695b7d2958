"""Looking at many records at once: by their ids through a collection, by what they hold through one query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from desktop.connectors.salesforce.composite import Caller, Part, PartAnswer, garbled
from desktop.connectors.salesforce.org import Org
from desktop.connectors.tables.salesforce import ID_PREFIXES, OBJECTS, is_id, soql_text
from desktop.domain.errors import DealsideError, Rejected
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

_IDS_AT_MOST = 1000  # a collection gives 2,000; half of it keeps answers with long texts in bounds
_VALUES_AT_MOST = 200
_ADDRESS_AT_MOST = 11_000  # of the 16,000 characters that an address may have; the columns need some too

Seen = tuple[RecordSnapshot, ...] | DealsideError
"""The records that were found, none if they are not there, or why nobody can tell."""
Place = tuple[RecordKind, str]
"""A kind, and the `mark` of an id or the `fold` of a value."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at records of one kind: by `values` of the column `by`, or by their ids where that is ""."""

    kind: RecordKind
    names: tuple[str, ...]
    values: tuple[str, ...]
    by: str = ""

    def part(self) -> Part:
        """Return the request."""
        name = OBJECTS[self.kind]
        if not self.by:
            body = {"ids": list(self.values), "fields": list(self.names)}
            return Part("POST", f"composite/sobjects/{name}", body)
        listed = ",".join(soql_text(value) for value in self.values)
        # names from our table and the org's description, values as literals
        query = f"SELECT {','.join(self.names)} FROM {name} WHERE {self.by} IN ({listed})"  # noqa: S608
        return Part("GET", f"query/?q={quote(query, safe='')}")

    def place(self, value: str) -> Place:
        return self.kind, fold(value) if self.by else mark(value)

    def halves(self) -> list["Look"]:
        """Return the same look in two."""
        middle = len(self.values) // 2
        return [replace(self, values=self.values[:middle]), replace(self, values=self.values[middle:])]


def mark(record_id: str) -> str:
    """Return what is the same in both forms of an id, of 15 characters and of 18."""
    return record_id[:15]


def fold(value: str) -> str:
    """Return a value as Salesforce compares it: without upper and lower case."""
    return value.strip().casefold()


def may_be(ref: RecordRef) -> bool:
    """Whether the id could be that of a record of its kind, and so may be asked for."""
    return is_id(ref.id) and ref.id.startswith(ID_PREFIXES[ref.kind])


def by_ids(kind: RecordKind, names: Iterable[str], ids: Iterable[str]) -> list[Look]:
    """Return the looks that show records by their ids."""
    every, columns = list(dict.fromkeys(ids)), tuple(names)
    return [
        Look(kind, columns, tuple(every[start : start + _IDS_AT_MOST])) for start in range(0, len(every), _IDS_AT_MOST)
    ]


def by_values(kind: RecordKind, names: Iterable[str], column: str, values: Iterable[str]) -> list[Look]:
    """Return the looks that show records by what they hold in one column."""
    columns = tuple(dict.fromkeys([*names, column]))
    looks: list[Look] = []
    part: list[str] = []
    length = 0
    for value in dict.fromkeys(values):
        cost = len(quote(soql_text(value), safe="")) + 3
        if part and (len(part) == _VALUES_AT_MOST or length + cost > _ADDRESS_AT_MOST):
            looks.append(Look(kind, columns, tuple(part), column))
            part, length = [], 0
        part.append(value)
        length += cost
    return [*looks, Look(kind, columns, tuple(part), column)] if part else looks


def see(org: Org, caller: Caller, looks: Sequence[Look]) -> dict[Place, Seen]:
    """Look; one id that the org cannot read holds up no other. Raises nothing."""
    found: dict[Place, Seen] = {}
    waiting = list(looks)
    while waiting:
        again: list[Look] = []
        for look, answer in zip(waiting, caller.send([look.part() for look in waiting]), strict=True):
            if answer.is_refused and len(look.values) > 1:
                again += look.halves()
            else:
                found.update(seen_in(org, look, answer))
        waiting = again
    return found


def seen_in(org: Org, look: Look, answer: PartAnswer) -> dict[Place, Seen]:
    """Return what an answer shows of each value that was looked for."""
    if answer.error is not None:
        is_no_id = not look.by and answer.is_refused and isinstance(answer.error, Rejected) and len(look.values) == 1
        return dict.fromkeys((look.place(value) for value in look.values), () if is_no_id else answer.error)
    found: dict[Place, Seen] = {look.place(value): () for value in look.values}
    try:
        for row in _rows(look, answer.body):
            place = look.place(str(row[look.by or "Id"]))
            before = found.get(place)
            if isinstance(before, tuple):
                found[place] = (*before, *_shown(org, look, row))
    except (LookupError, TypeError, ValueError) as error:
        return dict.fromkeys(found, garbled(type(error).__name__))
    return found


def read_many(org: Org, refs: Sequence[RecordRef]) -> dict[RecordRef, RecordSnapshot]:
    """Return those of `refs` that are there; raise when that cannot be told of one of them."""
    found: dict[RecordRef, RecordSnapshot] = {}
    for ref, record in live(org, Caller(org), refs).items():
        if isinstance(record, DealsideError):
            raise record
        if record is not None:
            found[ref] = record
    return found


def live(org: Org, caller: Caller, refs: Iterable[RecordRef]) -> dict[RecordRef, RecordSnapshot | DealsideError | None]:
    """Return each Record as it stands, None when it is gone, or why that cannot be told. Raises nothing."""
    records: dict[RecordRef, RecordSnapshot | DealsideError | None] = dict.fromkeys(refs)
    asked = [ref for ref in records if may_be(ref)]
    looks: list[Look] = []
    for kind in dict.fromkeys(ref.kind for ref in asked):
        try:
            looks += by_ids(kind, org.names(kind), [str(ref.id) for ref in asked if ref.kind is kind])
        except DealsideError as error:
            records.update((ref, error) for ref in asked if ref.kind is kind)
    found = see(org, caller, looks)
    for ref in asked:
        seen = found.get((ref.kind, mark(ref.id)))
        if isinstance(seen, DealsideError):
            records[ref] = seen
        elif seen:
            records[ref] = seen[0]
    return records


def _shown(org: Org, look: Look, row: Mapping[str, Any]) -> tuple[RecordSnapshot, ...]:
    record = org.snapshot(look.kind, row)
    # By its key one is looked for to learn whether it was ever made: a lead that was converted since, was.
    return () if record.is_deleted and not look.by else (record,)


def _rows(look: Look, body: Any) -> list[Mapping[str, Any]]:
    if not look.by:
        return [row for row in body if row is not None]
    if not body["done"]:
        raise ValueError("more rows than were asked for")
    return list(body["records"])
