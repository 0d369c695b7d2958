"""The records behind the invented CRMs that the custom connector is tested on; how they speak is each server's own.

Fields are canonical here; a server translates them by its own hand, not with the connector's code. Time stands still
unless moved. Refusals carry a word that a server turns into its own error.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desktop.domain.records import FIELDS, FieldType, RecordKind

K = RecordKind
PICKLISTS: Mapping[tuple[RecordKind, str], tuple[str, ...]] = {
    (K.LEAD, "status"): ("Open", "Qualified"),
    (K.OPPORTUNITY, "stage"): ("Prospecting", "Proposal", "Won", "Lost"),
    (K.CASE, "status"): ("New", "Working", "Closed"),
    (K.CASE, "priority"): ("Medium", "High", "Low"),
    (K.TASK, "status"): ("Not Started", "Completed"),
    (K.ACTIVITY, "type"): ("Email", "Call"),
}
REQUIRED: Mapping[RecordKind, str] = {
    K.ACCOUNT: "name",
    K.CONTACT: "last_name",
    K.LEAD: "last_name",
    K.OPPORTUNITY: "name",
}
LONGEST = 32_000


class OfficeRefusal(Exception):
    """`word`: missing, stale, duplicate, gone, needed, list, link, long. `field` is the canonical name, if any."""

    def __init__(self, word: str, field: str = "") -> None:
        super().__init__(word)
        self.word = word
        self.field = field


@dataclass
class Entry:
    """One record. `revision` counts its writes."""

    number: int
    kind: RecordKind
    fields: dict[str, str | None]
    key: str
    modified: datetime
    revision: int = 1
    deleted: bool = False

    @property
    def ref(self) -> str:
        return f"{self.kind.value}:{self.number}"


@dataclass
class Office:
    """The whole CRM. `has_unique_keys`: a second record with a key is refused.

    `writes` counts what was done, `patched` are the values that updates brought.
    """

    now: Callable[[], datetime]
    has_unique_keys: bool = True
    entries: dict[int, Entry] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=lambda: {"s3cret"})
    writes: int = 0
    patched: list[str | None] = field(default_factory=list)
    lead: timedelta = timedelta(0)

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> Entry:
        self._check(kind, {**dict.fromkeys(REQUIRED.get(kind, "").split()), **fields})
        if self.has_unique_keys and key and any(entry.key == key for entry in self.live(kind)):
            raise OfficeRefusal("duplicate")
        self.writes += 1
        empty: dict[str, str | None] = dict.fromkeys(FIELDS[kind])
        entry = Entry(len(self.entries) + 1, kind, {**empty, **fields}, key, self.time())
        self.entries[entry.number] = entry
        return entry

    def get(self, kind: RecordKind, number: int) -> Entry:
        entry = self.entries.get(number)
        if entry is None or entry.deleted or entry.kind is not kind:
            raise OfficeRefusal("gone")
        return entry

    def update(self, kind: RecordKind, number: int, fields: Mapping[str, str | None], revision: int = 0) -> Entry:
        entry = self.get(kind, number)
        if revision and revision != entry.revision:
            raise OfficeRefusal("stale")
        self._check(kind, fields)
        self.writes += 1
        self.patched += [value for name, value in fields.items() if entry.fields.get(name) != value]
        entry.fields.update(fields)
        self._touch(entry)
        return entry

    def delete(self, kind: RecordKind, number: int, revision: int = 0) -> None:
        entry = self.get(kind, number)
        if revision and revision != entry.revision:
            raise OfficeRefusal("stale")
        self.writes += 1
        entry.deleted = True
        self._touch(entry)

    def live(self, kind: RecordKind) -> Iterator[Entry]:
        return (entry for entry in self.entries.values() if entry.kind is kind and not entry.deleted)

    def changed(self, kinds: set[RecordKind], since: datetime) -> list[Entry]:
        """Return entries of some kinds, deleted ones too, that changed at a moment or later, oldest first."""
        found = [entry for entry in self.entries.values() if entry.kind in kinds and entry.modified >= since]
        return sorted(found, key=lambda entry: (entry.modified, entry.number))

    def time(self) -> datetime:
        return self.now() + self.lead

    def later(self) -> None:
        self.lead += timedelta(seconds=120)

    def _touch(self, entry: Entry) -> None:
        entry.revision += 1
        entry.modified = self.time()

    def _check(self, kind: RecordKind, fields: Mapping[str, str | None]) -> None:
        for name, value in fields.items():
            type_ = FIELDS[kind][name].type
            if value is None:
                if name == REQUIRED.get(kind):
                    raise OfficeRefusal("needed", name)
            elif len(value) > LONGEST:
                raise OfficeRefusal("long", name)
            elif type_ is FieldType.PICKLIST and value not in PICKLISTS[kind, name]:
                raise OfficeRefusal("list", name)
            elif type_ is FieldType.REFERENCE:
                other, _, number = value.partition(":")
                found = self.entries.get(int(number)) if number.isdecimal() else None
                if found is None or found.deleted or found.kind.value != other:
                    raise OfficeRefusal("link", name)
