"""The simulated HubSpot account: records, links and rules, without HTTP. Refusals are Refused as the real one's.

Rules are those of the vendor's documentation and of error answers people have posted; see `hubspot.py` for the paths.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.fakes.clock import START
from tests.servers.hubspot_objects import CHANGED, OWN, PLAIN, REQUIRED, STAGE, Prop, objects, pipelines

MAX_TEXT = 65_536
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\.[^@\s]{2,63}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
TRACE = str(UUID(int=7))


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"status": "error", "message": message, "correlationId": TRACE, "category": category, **more}


@dataclass
class Row:
    """One record. `past` is what the search index may still show."""

    id: str
    properties: dict[str, str]
    created: datetime
    updated: datetime
    archived_at: datetime | None = None
    past: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Portal:
    """One account. Its clock stands still until a test moves it."""

    def __init__(self) -> None:
        self.objects = objects()
        self.pipelines = pipelines()
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in self.objects}
        self.links: dict[tuple[str, str], dict[tuple[str, str], set[int]]] = defaultdict(dict)
        self.merged: dict[tuple[str, str], str] = {}
        self.tokens = {"token"}
        self.missing_scopes: set[str] = set()
        self.details: dict[str, Any] = {"portalId": 1, "timeZone": "Europe/Berlin", "utcOffsetMilliseconds": 3600_000}
        self.index_lag = timedelta(0)
        self.has_multi_status = True
        self.unreadable: set[str] = set()  # ids that a batch fails to read
        self.owners: list[dict[str, Any]] = [
            {"id": "7", "firstName": "Ana", "lastName": "Ruiz", "email": "ana@kiesel.example", "archived": False},
            {"id": "8", "email": "desk@kiesel.example", "archived": False},
        ]
        self.renames_merged = False
        self.created: Counter[str] = Counter()
        self.writes = 0
        self._passed = timedelta(0)
        self._next_id = 100

    def now(self) -> datetime:
        return START + self._passed

    def advance(self, seconds: float) -> None:
        self._passed += timedelta(seconds=seconds)

    # --- records ----------------------------------------------------------------------------------------------------

    def row(self, kind: str, record_id: str, id_property: str = "") -> Row:
        """Return a record that is not archived, by its id or a unique property's value."""
        if id_property:
            is_email = (kind, id_property) == ("contacts", "email")
            if not is_email and not self.objects[kind].get(id_property, Prop("", "")).unique:
                raise Refused(400, "VALIDATION_ERROR", f"{id_property} is not a unique property of {kind}")
            found = [row for row in self.live(kind) if _same(row.properties.get(id_property), record_id)]
            if found:
                return found[0]
        else:
            row = self.rows[kind].get(self.merged.get((kind, record_id), record_id))
            if row is not None and row.archived_at is None:
                return row
        raise Refused(404, "OBJECT_NOT_FOUND", "resource not found")

    def live(self, kind: str) -> list[Row]:
        return [row for row in self.rows[kind].values() if row.archived_at is None]

    def create(self, kind: str, properties: Mapping[str, str], associations: Sequence[Mapping[str, Any]] = ()) -> Row:
        self.check(kind, properties, None)
        missing = [name for name in REQUIRED.get(kind, ()) if not properties.get(name)]
        if missing:
            words = f"Error creating {kind[:-1].upper()}. Some required properties were not set."
            raise Refused(400, "VALIDATION_ERROR", words, context={"properties": missing})
        targets = [self._target(kind, each) for each in associations]
        self._next_id += 1
        row = Row(str(self._next_id), {}, self.now(), self.now())
        self.rows[kind][row.id] = row
        self._set(kind, row, properties)
        for to, number in targets:
            self.link(kind, row.id, to[0], to[1], number)
        self.created[kind] += 1
        return row

    def unmake(self, kind: str, row: Row) -> None:
        """Take back a create that is part of a batch that was refused."""
        del self.rows[kind][row.id]
        self.links.pop((kind, row.id), None)
        self.created[kind] -= 1

    def update(self, kind: str, row: Row, properties: Mapping[str, str]) -> Row:
        self.check(kind, properties, row)
        row.past.append((row.updated, dict(row.properties)))
        is_won = kind == "deals" and properties.get("dealstage") == "closedwon"  # which gives it its day
        self._set(kind, row, {**({"closedate": stamp(self.now())} if is_won else {}), **properties})
        return row

    def archive(self, kind: str, record_id: str) -> None:
        row = self.rows[kind].get(record_id)
        if row is not None and row.archived_at is None:
            row.archived_at = self.now()
            self.writes += 1

    def merge(self, kind: str, winner: str, loser: str) -> None:
        """Make one record of two: the loser's id answers for the winner from now on."""
        del self.rows[kind][loser]
        self.merged[kind, loser] = winner

    def take_in(self, kind: str, primary: str, other: str) -> Row:
        """Merge as the interface does: the primary record's values win, empty ones are filled, links move."""
        stays, goes = self.row(kind, primary), self.row(kind, other)
        if stays is goes:
            raise Refused(400, "VALIDATION_ERROR", "Cannot merge an object with itself")
        named = {name: value for name, value in goes.properties.items() if name not in stays.properties}
        self._move_links(kind, goes.id, stays.id)
        self.merge(kind, stays.id, goes.id)
        unique = {name for name, prop in self.objects[kind].items() if prop.unique}
        self._set(kind, stays, {name: value for name, value in named.items() if name not in unique})
        if self.renames_merged:
            self._next_id += 1
            fresh = self.rows[kind][str(self._next_id)] = replace(stays, id=str(self._next_id))
            self._move_links(kind, stays.id, fresh.id)
            self.merge(kind, fresh.id, stays.id)
            self.merged[kind, goes.id] = fresh.id
            stays = fresh
            stays.properties["hs_object_id"] = stays.id
        return stays

    def _move_links(self, kind: str, old: str, new: str) -> None:
        for linked in self.links.values():
            if (kind, old) in linked:
                linked.setdefault((kind, new), set()).update(linked.pop((kind, old)))
        for to, numbers in self.links.pop((kind, old), {}).items():
            self.links[kind, new].setdefault(to, set()).update(numbers)

    def _set(self, kind: str, row: Row, properties: Mapping[str, str]) -> None:
        row.properties.update({name: value for name, value in properties.items() if value != ""})
        for name in [name for name, value in properties.items() if value == ""]:
            row.properties.pop(name, None)
        row.updated = self.now()
        row.properties["hs_object_id"] = row.id
        row.properties[CHANGED.get(kind, "hs_lastmodifieddate")] = stamp(row.updated)
        self.writes += 1

    # --- rules ------------------------------------------------------------------------------------------------------

    def check(self, kind: str, properties: Mapping[str, str], row: Row | None) -> None:
        faults = [fault for name, value in properties.items() for fault in self._faults(kind, name, value, row)]
        faults += self._stage_faults(kind, properties, row)
        if faults:
            listed = [
                {"message": message, "code": code, "context": {"propertyName": [name]}}
                for name, code, message in faults
            ]
            raise Refused(400, "VALIDATION_ERROR", "Property values were not valid", errors=listed)
        email = properties.get("email", "") if kind == "contacts" else ""
        for other in self.live("contacts") if email else ():
            if other is not row and _same(other.properties.get("email"), email):
                raise Refused(409, "CONFLICT", f"Contact already exists. Existing ID: {other.id}")

    def _faults(self, kind: str, name: str, value: str, row: Row | None) -> list[tuple[str, str, str]]:
        prop = self.objects[kind].get(name)
        if prop is None or prop.is_hidden:
            return [(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')]
        if prop.read_only:
            return [(name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')]
        if value == "":
            return []
        return [(name, code, message) for code, message in self._value_faults(kind, prop, value, row)]

    def _value_faults(self, kind: str, prop: Prop, value: str, row: Row | None) -> list[tuple[str, str]]:
        faults: list[tuple[str, str]] = []
        if len(value) > (prop.longest or MAX_TEXT):
            faults.append(("INVALID_STRING_LENGTH", f"the value of {prop.name} is too long"))
        if prop.type == "number" and not _NUMBER.fullmatch(value):
            faults.append(("INVALID_NUMBER", f"{prop.name} was not a valid number"))
        if prop.type == "datetime" and not _is_moment(value):
            faults.append(("INVALID_LONG", f"{prop.name} was not a valid long"))
        if prop.options and value not in {each for each, _ in prop.options if each not in prop.retired}:
            faults.append(("INVALID_OPTION", f"{prop.name} was not one of the allowed options"))
        if prop.name == "email" and not EMAIL.fullmatch(value):
            faults.append(("INVALID_EMAIL", "Email address is invalid"))
        pattern, code, words = prop.rule
        if pattern and not re.fullmatch(pattern, value):
            faults.append((code, words))
        others = [other for other in self.rows[kind].values() if other is not row] if prop.unique else []
        if any(_same(other.properties.get(prop.name), value) for other in others):
            faults.append(("CONFLICTING_UNIQUE_VALUE", f"another record already has that value for {prop.name}"))
        return faults

    def _stage_faults(self, kind: str, properties: Mapping[str, str], row: Row | None) -> list[tuple[str, str, str]]:
        if kind not in STAGE:
            return []
        stage, pipeline = STAGE[kind]
        first = next(iter(self.pipelines[kind]))
        chosen = properties.get(pipeline) or (row.properties.get(pipeline) if row else None) or first
        wanted = properties.get(stage)
        if chosen not in self.pipelines[kind]:
            return [(pipeline, "INVALID_OPTION", f"{chosen} is no pipeline")]
        if wanted and wanted not in dict(self.pipelines[kind][chosen]):
            return [(stage, "INVALID_OPTION", f"{wanted} is no stage of {chosen}")]
        return []

    # --- links ------------------------------------------------------------------------------------------------------

    def _target(self, kind: str, each: Mapping[str, Any]) -> tuple[tuple[str, str], int]:
        record_id, number = str(each["to"]["id"]), each["types"][0]["associationTypeId"]
        for (start, to), plain in PLAIN.items():
            if start == kind and number in {plain, OWN.get((start, to))}:
                if record_id not in self.rows[to] or self.rows[to][record_id].archived_at is not None:
                    break
                return (to, record_id), number
        raise _no_such_link(record_id)

    def link(self, kind: str, record_id: str, to: str, to_id: str, number: int | None = None) -> None:
        """Link two records. A first company becomes the record's own; a new own one takes the old one's place."""
        for name, each in ((kind, record_id), (to, to_id)):
            if each not in self.rows[name] or self.rows[name][each].archived_at is not None:
                raise _no_such_link(each)
        linked = self.links[kind, record_id]
        own = OWN.get((kind, to))
        others = [numbers for (name, _), numbers in linked.items() if name == to]
        makes_own = own is not None and (number == own or not any(own in numbers for numbers in others))
        if own is not None and makes_own:
            for numbers in others:
                numbers.discard(own)
        mine = linked.setdefault((to, to_id), set())
        mine.add(PLAIN[kind, to])
        if own is not None and makes_own:
            mine.add(own)
        self.writes += 1

    def unlink(self, kind: str, record_id: str, to: str, to_id: str) -> None:
        self.links[kind, record_id].pop((to, to_id), None)
        self.writes += 1

    def linked(self, kind: str, record_id: str, to: str) -> list[tuple[str, set[int]]]:
        return [
            (each, numbers)
            for (name, each), numbers in self.links[kind, record_id].items()
            if name == to and each in self.rows[to] and self.rows[to][each].archived_at is None
        ]

    # --- answers ----------------------------------------------------------------------------------------------------

    def shown(self, kind: str, row: Row, asked: Mapping[str, Any]) -> dict[str, Any]:
        names = asked.get("properties") or ["hs_object_id", CHANGED.get(kind, "hs_lastmodifieddate")]
        visible = [name for name in names if name in self.objects[kind] and not self.objects[kind][name].is_hidden]
        answer: dict[str, Any] = {
            "id": row.id,
            "properties": {name: row.properties.get(name) for name in visible},
            "createdAt": stamp(row.created),
            "updatedAt": stamp(row.updated),
            "archived": row.archived_at is not None,
        }
        if row.archived_at is not None:
            answer["archivedAt"] = stamp(row.archived_at)
        return answer


def _no_such_link(record_id: str) -> Refused:
    words = f"One or more associations are not valid: {record_id}"
    return Refused(400, "VALIDATION_ERROR", words, subCategory="crm.associations.INVALID_OBJECT_IDS")


def _same(one: str | None, other: str) -> bool:
    return one is not None and one.strip().casefold() == other.strip().casefold()


def _is_moment(value: str) -> bool:
    if value.isdigit():
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
