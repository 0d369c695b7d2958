"""A simulated Pipedrive company: its records, its fields, and the rules by which it takes a write or refuses it.

Shapes and names are those of Pipedrive's descriptions of v1 and v2. Where those are silent the company is the more
awkward of what is possible: it keeps deleted rows and lets them be linked to, stamps whole seconds, splits a person's
name itself, moves a deal's `update_time` when an activity is added to it, and drops HTML comments from notes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha1
from typing import Any

Row = dict[str, Any]

TEXT_LIMIT = 255
NOTE_LIMIT = 100_000
LISTS = {"persons": "person", "organizations": "organization", "deals": "deal", "activities": "activity"}
_COMMENT = re.compile(r"<!--.{0,5000}?-->", re.DOTALL)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


class Refused(Exception):
    """A refusal as Pipedrive puts it."""

    def __init__(self, status: int, error: str, code: str = "") -> None:
        super().__init__(error)
        self.status, self.error, self.code = status, error, code


def invalid(error: str) -> Refused:
    return Refused(400, f"Validation failed: {error}", "ERR_SCHEMA_VALIDATION_FAILED")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity. `kind` is Pipedrive's field type."""

    code: str
    name: str
    kind: str = "varchar"
    own: bool = False
    options: tuple[tuple[int, str], ...] = ()


def _user(number: int, name: str, *, is_there: bool = True) -> Row:
    email = f"{name.split(maxsplit=1)[0].lower()}@company.example"
    return {"id": number, "name": name, "email": email, "active_flag": is_there, "is_deleted": not is_there}


def own(entity: str, name: str, kind: str = "varchar", *options: tuple[int, str]) -> Field:
    return Field(sha1(f"{entity} {name}".encode()).hexdigest(), name, kind, True, options)


FIELDS: dict[str, list[Field]] = {
    "organizations": [
        Field("name", "Name"),
        Field("website", "Website"),
        own("organizations", "Dealside key"),
        own("organizations", "Phone", "phone"),
        own("organizations", "Region", "enum", (31, "North"), (32, "South")),
    ],
    "persons": [
        Field("name", "Name"),
        Field("emails", "Email"),
        Field("phones", "Phone", "phone"),
        Field("org_id", "Organization", "org"),
        Field("job_title", "Job title"),
        own("persons", "Dealside key"),
    ],
    "deals": [
        Field("title", "Title"),
        Field("value", "Value", "monetary"),
        Field("currency", "Currency"),
        Field("stage_id", "Stage", "stage"),
        Field("status", "Status", "status"),
        Field("expected_close_date", "Expected close date", "date"),
        Field("person_id", "Contact person", "people"),
        Field("org_id", "Organization", "org"),
        own("deals", "Dealside key"),
        own("deals", "Next step", "text"),
        own("deals", "Status code", "enum", (1, "Prospecting"), (9, "Won")),
    ],
}
_WRITABLE: dict[str, dict[str, Any]] = {
    "organizations": {"name": str, "website": str, "owner_id": int, "visible_to": int, "custom_fields": dict},
    "persons": {
        "name": str,
        "org_id": int,
        "owner_id": int,
        "emails": list,
        "phones": list,
        "visible_to": int,
        "job_title": str,
        "custom_fields": dict,
    },
    "deals": {
        "title": str,
        "owner_id": int,
        "person_id": int,
        "org_id": int,
        "pipeline_id": int,
        "stage_id": int,
        "value": (int, float),
        "currency": str,
        "status": str,
        "is_archived": bool,
        "expected_close_date": str,
        "visible_to": int,
        "custom_fields": dict,
    },
    "activities": {
        "subject": str,
        "type": str,
        "owner_id": int,
        "deal_id": int,
        "org_id": int,
        "due_date": str,
        "due_time": str,
        "done": bool,
        "participants": list,
        "note": str,
    },
}
_NEEDED = {"organizations": "name", "persons": "name", "deals": "title"}
_LINKS = {"org_id": "organizations", "person_id": "persons", "deal_id": "deals"}


@dataclass
class Company:
    """The records and rules; tests set what they need. `now` is the server's clock, moved on with `advance`."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    tokens: dict[str, int] = field(default_factory=lambda: {"token": 7})
    hidden: set[tuple[str, str]] = field(default_factory=set)
    """(entity, name of a field) that the rep neither sees nor may write."""
    read_only: set[tuple[str, str]] = field(default_factory=set)
    search_lag: float = 0.0
    deleted_answer: int = 200
    """What a GET of a deleted record says: 200 with `is_deleted`, 404 or 410."""
    recents_are_null: bool = False
    daily_limit: int | None = None
    spent: int = 0
    burst_limit: int | None = None
    created: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LISTS, 0))
    writes: int = 0

    def __post_init__(self) -> None:
        self.records: dict[str, dict[int, Row]] = {entity: {} for entity in LISTS}
        self.offset = timedelta()
        self.next_id = 1
        self.fields = {entity: list(fields) for entity, fields in FIELDS.items()}
        self.stages = [(11, "Prospecting", 1), (12, "Proposal made", 1), (21, "Prospecting", 2), (22, "Renewal", 2)]
        self.types = {"call": "Call", "email": "E-mail", "meeting": "Meeting", "task": "Task", "lunch": "Lunch"}
        self.currencies = {"EUR", "USD", "GBP"}
        self.users = [_user(7, "Ada Nowak"), _user(8, "Bo Lind"), _user(9, "Cem Aydin", is_there=False)]

    # --- time -------------------------------------------------------------------------------------------------------

    def time(self) -> datetime:
        return self.now() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += timedelta(seconds=seconds)

    def stamp(self) -> str:
        return self.time().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    # --- reading ----------------------------------------------------------------------------------------------------

    def visible_fields(self, entity: str) -> list[Field]:
        return [one for one in self.fields[entity] if (entity, one.name) not in self.hidden]

    def seen(self, entity: str, row: Row) -> Row:
        """Return a row as the rep sees it."""
        if entity == "activities":
            return dict(row)
        gone = {one.code for one in self.fields[entity] if (entity, one.name) in self.hidden}
        shown = {name: value for name, value in row.items() if name not in gone}
        shown["custom_fields"] = {code: value for code, value in row["custom_fields"].items() if code not in gone}
        return shown

    def live(self, entity: str) -> Iterator[Row]:
        return (row for row in self.records[entity].values() if not row["is_deleted"])

    def get(self, entity: str, record_id: int) -> Row:
        row = self.records[entity].get(record_id)
        if row is None or (row["is_deleted"] and self.deleted_answer == 404):
            raise Refused(404, f"{LISTS[entity].capitalize()} not found", "ERR_NOT_FOUND")
        if row["is_deleted"] and self.deleted_answer == 410:
            raise Refused(410, f"{LISTS[entity].capitalize()} was deleted")
        return row

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, entity: str, body: Row) -> Row:
        needed = _NEEDED.get(entity)
        if needed and not body.get(needed):
            raise invalid(f"{needed}: Field {needed} is required")
        row = self._blank(entity)
        self._apply(entity, row, body)
        row["id"] = self.next_id
        self.next_id += 1
        self.records[entity][row["id"]] = row
        self.created[entity] += 1
        return row

    def update(self, entity: str, record_id: int, body: Row) -> Row:
        row = self.records[entity].get(record_id)
        if row is None or row["is_deleted"]:
            raise Refused(404, f"{LISTS[entity].capitalize()} not found", "ERR_NOT_FOUND")
        needed = _NEEDED.get(entity)
        if needed in body and not body[needed]:
            raise invalid(f"{needed}: Field {needed} can not be empty")
        fresh = {**row, "custom_fields": dict(row.get("custom_fields", {}))}
        self._apply(entity, fresh, body)
        self.records[entity][record_id] = fresh
        return fresh

    def delete(self, entity: str, record_id: int) -> None:
        row = self.records[entity].get(record_id)
        if row is None or row["is_deleted"]:
            raise Refused(404, f"{LISTS[entity].capitalize()} not found", "ERR_NOT_FOUND")
        row.update(is_deleted=True, update_time=self.stamp())
        self.writes += 1

    def merge(self, entity: str, record_id: int, body: Row) -> Row:
        """Take a record into another, whose values win: links move, the one taken in is deleted."""
        if set(body) != {"merge_with_id"} or not isinstance(body["merge_with_id"], int):
            raise invalid("merge_with_id: Expected number")
        into = body["merge_with_id"]
        goes, stays = self.records[entity].get(record_id), self.records[entity].get(into)
        if goes is None or stays is None or goes["is_deleted"] or stays["is_deleted"] or into == record_id:
            raise Refused(404, f"{LISTS[entity].capitalize()} not found", "ERR_NOT_FOUND")
        for name, value in goes.items():
            if stays.get(name) in (None, "", []) and name not in {"id", "custom_fields"}:
                stays[name] = value
        stays["update_time"] = self.stamp()
        self._relink(entity, record_id, into)
        self.delete(entity, record_id)
        return {"id": into, "merge_what_id": record_id}

    def _relink(self, entity: str, old: int, new: int) -> None:
        names = {name for name, to in _LINKS.items() if to == entity}
        for rows in self.records.values():
            for row in rows.values():
                row.update({name: new for name in names if row.get(name) == old})
                for entry in row.get("participants", ()) if entity == "persons" else ():
                    entry.update(person_id=new if entry["person_id"] == old else entry["person_id"])

    def _blank(self, entity: str) -> Row:
        row: Row = {"id": 0, "owner_id": 7, "is_deleted": False, "add_time": self.stamp(), "update_time": self.stamp()}
        if entity == "activities":
            links = dict.fromkeys(("deal_id", "person_id", "org_id", "due_date", "due_time", "note"))
            return {**row, **links, "subject": "Call", "type": "call", "done": False, "participants": []}
        row.update(visible_to=3, custom_fields={one.code: None for one in self.fields[entity] if one.own})
        more: dict[str, Row] = {
            "organizations": {"name": "", "website": None},
            "persons": {"name": "", "emails": [], "phones": [], "org_id": None, "job_title": None},
            "deals": {
                "title": "",
                "value": 0,
                "currency": "EUR",
                "stage_id": self.stages[0][0],
                "pipeline_id": 1,
                "status": "open",
                "expected_close_date": None,
                "person_id": None,
                "org_id": None,
                "is_archived": False,
            },
        }
        return {**row, **more[entity]}

    def _apply(self, entity: str, row: Row, body: Row) -> None:
        known = _WRITABLE[entity]
        for name, value in body.items():
            self._check_right(entity, name)
            if name not in known:
                raise invalid(f"{name}: property {name} is not allowed")
            if value is not None and (
                not isinstance(value, known[name]) or isinstance(value, bool) != (known[name] is bool)
            ):
                raise invalid(f"{name}: Expected another type")
            self._check_value(entity, name, value)
        self._custom(entity, row, body.get("custom_fields") or {})
        row.update({name: value for name, value in body.items() if name != "custom_fields"})
        self._derive(entity, row, body)
        row["update_time"] = self.stamp()
        self.writes += 1

    def _check_right(self, entity: str, name: str) -> None:
        label = next((one.name for one in self.fields.get(entity, []) if one.code == name), name)
        if (entity, label) in self.hidden:
            raise invalid(f"{name}: property {name} is not allowed")
        if (entity, label) in self.read_only:
            raise Refused(403, f"You do not have permission to edit the field {name}", "ERR_FORBIDDEN")

    def _check_value(self, entity: str, name: str, value: Any) -> None:
        limit = NOTE_LIMIT if name == "note" else TEXT_LIMIT
        if isinstance(value, str) and len(value) > limit:
            raise invalid(f"{name}: Text is too long, at most {limit} characters")
        if value is None:
            return
        if name in _LINKS and value not in self.records[_LINKS[name]]:
            raise Refused(400, f"{name}: record not found", "ERR_BAD_REQUEST")
        if name in {"emails", "phones", "participants"}:
            self._check_entries(name, value)
        elif name in {"expected_close_date", "due_date"}:
            try:
                date.fromisoformat(value)
            except ValueError:
                raise invalid(f"{name}: Not a valid date") from None
        elif name == "due_time" and value and not _TIME.fullmatch(value):
            raise invalid("due_time: Not a valid time")
        elif name in (offered := self._offered()) and value not in offered[name]:
            raise Refused(400, f"{name}: {value!r} not found", "ERR_BAD_REQUEST")

    def _offered(self) -> dict[str, Any]:
        return {
            "stage_id": {stage for stage, _, _ in self.stages},
            "status": {"open", "won", "lost"},
            "currency": self.currencies,
            "type": self.types,
        }

    def _check_entries(self, name: str, entries: list[Row]) -> None:
        for entry in entries:
            if name == "participants":
                if set(entry) - {"person_id", "primary"} or entry.get("person_id") not in self.records["persons"]:
                    raise Refused(400, "participants: person not found", "ERR_BAD_REQUEST")
            elif set(entry) - {"value", "primary", "label"} or not entry.get("value"):
                raise invalid(f"{name}: Expected a list of objects with a value")

    def _custom(self, entity: str, row: Row, given: Row) -> None:
        known = {one.code: one for one in self.visible_fields(entity) if one.own} if entity in self.fields else {}
        for code, value in given.items():
            if code not in known:
                raise invalid(f"custom_fields.{code}: property {code} is not allowed")
            if (entity, known[code].name) in self.read_only:
                raise Refused(403, f"You do not have permission to edit the field {code}", "ERR_FORBIDDEN")
            if known[code].kind == "enum":
                if value is not None and value not in {at for at, _ in known[code].options}:
                    raise invalid(f"custom_fields.{code}: Expected the number of an option")
                row["custom_fields"][code] = value
                continue
            if value is not None and not isinstance(value, str):
                raise invalid(f"custom_fields.{code}: Expected string")
            if value and known[code].kind != "text" and len(value) > TEXT_LIMIT:
                raise invalid(f"custom_fields.{code}: Text is too long")
            row["custom_fields"][code] = value or None

    def _derive(self, entity: str, row: Row, body: Row) -> None:
        if entity == "persons":
            first, _, last = row["name"].partition(" ")
            row["first_name"], row["last_name"] = first or None, last or None
        elif entity == "deals" and "stage_id" in body:
            row["pipeline_id"] = next(pipeline for stage, _, pipeline in self.stages if stage == row["stage_id"])
        elif entity == "activities":
            if row["note"]:
                row["note"] = _COMMENT.sub("", row["note"])
            if row["due_time"] and len(row["due_time"]) == 5:
                row["due_time"] += ":00"
            primary = [entry for entry in row["participants"] if entry.get("primary")]
            row["person_id"] = primary[0]["person_id"] if primary else None
            if row["deal_id"] in self.records["deals"]:
                self.records["deals"][row["deal_id"]]["update_time"] = self.stamp()
