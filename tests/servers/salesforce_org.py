"""The simulated org itself: records, rules and counts, without HTTP. Every refusal is an OrgError as the real one's."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.servers import soql
from tests.servers.salesforce_objects import KEY, OBJECTS, PREFIXES, SYSTEM, FieldDef

STAMP = "%Y-%m-%dT%H:%M:%S.000+0000"
Record = dict[str, Any]


@dataclass
class OrgError(Exception):
    """One error answer."""

    status: int
    code: str
    message: str
    fields: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> list[Any]:
        if self.status == 300:
            return list(self.extra["urls"])
        entry: dict[str, Any] = {"message": self.message, "errorCode": self.code, **self.extra}
        if self.fields or self.status == 400:
            entry["fields"] = list(self.fields)
        return [entry]


class Org:
    """Records in memory. `rules` are switches the tests set; `created` and `writes` count what was committed."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self.skew = timedelta(0)
        self.records: dict[str, dict[str, Record]] = {name: {} for name in OBJECTS}
        self.created: Counter[str] = Counter()
        self.writes = 0
        self.tokens = {"token"}
        self.hidden: set[tuple[str, str]] = {("Opportunity", "CurrencyIsoCode")}
        self.readonly: set[tuple[str, str]] = set()
        self.hidden_objects: set[str] = set()
        self.without_key: set[str] = set()
        self.has_duplicate_rule = False
        self.locked: set[str] = set()
        self.own: dict[str, tuple[FieldDef, ...]] = {}
        self.calls = 0
        self.daily_calls = 1_000_000
        self.page_size = 2000
        self.next_page = ""
        self._next_id = 0
        self._pages: dict[str, list[dict[str, Any]]] = {}
        self._keyed: dict[tuple[str, str], str] = {}
        for number, (name, is_active) in enumerate((("Robin Rep", True), ("Gone Gina", False))):
            self._seat(number, name, is_active=is_active)

    # --- time and snapshots -----------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return (self._now() + self.skew).replace(microsecond=0)

    def advance(self, seconds: float) -> None:
        self.skew += timedelta(seconds=seconds)

    def dump(self) -> dict[str, Any]:
        return {
            "records": {name: rows for name, rows in self.records.items() if name != "User"},
            "created": dict(self.created),
            "writes": self.writes,
            "next_id": self._next_id,
            "skew": self.skew.total_seconds(),
        }

    def load(self, state: Mapping[str, Any]) -> None:
        for name, rows in state.get("records", {}).items():
            self.records[name] = {record_id: dict(row) for record_id, row in rows.items()}
        self.created = Counter(state.get("created", {}))
        self.writes = state.get("writes", 0)
        self._next_id = state.get("next_id", 0)
        self.skew = timedelta(seconds=state.get("skew", 0))
        for name, rows in self.records.items():
            self._keyed.update({(name, _folded(row)): record_id for record_id, row in rows.items()})

    def configure(self, rules: Mapping[str, Any]) -> None:
        """Set switches from JSON: lists of pairs for hidden and readonly, lists of names, numbers and flags."""
        for name in ("hidden", "readonly"):
            if name in rules:
                setattr(self, name, {tuple(pair) for pair in rules[name]})
        for name in ("hidden_objects", "without_key", "tokens"):
            if name in rules:
                setattr(self, name, set(rules[name]))
        self.has_duplicate_rule = rules.get("has_duplicate_rule", self.has_duplicate_rule)
        self.page_size = rules.get("page_size", self.page_size)

    # --- schema -----------------------------------------------------------------------------------------------------

    def fields_of(self, name: str) -> dict[str, FieldDef]:
        if name not in OBJECTS or name in self.hidden_objects:
            raise OrgError(404, "NOT_FOUND", "The requested resource does not exist")
        own = () if name in self.without_key or name == "User" else (KEY,)
        every = (*SYSTEM, *OBJECTS[name], *own, *self.own.get(name, ()))
        return {item.name: item for item in every if (name, item.name) not in self.hidden}

    def describe(self, name: str) -> dict[str, Any]:
        rows = [
            item.describe(can_update=(name, item.name) not in self.readonly) for item in self.fields_of(name).values()
        ]
        return {**self.summary(name), "fields": rows, "recordTypeInfos": [], "childRelationships": []}

    def summary(self, name: str) -> dict[str, Any]:
        rights = ("createable", "updateable", "deletable", "queryable", "searchable", "retrieveable")
        about = {"name": name, "label": name, "labelPlural": f"{name}s", "keyPrefix": PREFIXES[name], "custom": False}
        return {**about, **dict.fromkeys(rights, True)}

    # --- reading ----------------------------------------------------------------------------------------------------

    def get(self, name: str, record_id: str, fields: str = "") -> Record:
        known = self.fields_of(name)
        row = self.records[name].get(record_id) or self.records[name].get(self._long(name, record_id))
        if row is None:
            raise OrgError(404, "NOT_FOUND", "The requested resource does not exist")
        if row["IsDeleted"]:
            raise OrgError(404, "ENTITY_IS_DELETED", "entity is deleted")
        wanted = [part.strip() for part in fields.split(",") if part.strip()] or list(known)
        return self._shown(name, row, wanted)

    def get_fields(self, name: str, wanted: list[str]) -> None:
        """Refuse columns that are not there, or not for this user."""
        known = self.fields_of(name)
        for item in wanted:
            if item not in known:
                raise OrgError(400, "INVALID_FIELD", f"No such column '{item}' on entity '{name}'.")

    def by_key(self, name: str, key_field: str, value: str) -> list[Record]:
        spec = self.fields_of(name).get(key_field)
        if spec is None or not spec.describe(can_update=True)["externalId"]:
            raise OrgError(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible")
        rows = self.records[name].values()
        return [row for row in rows if not row["IsDeleted"] and str(row.get(key_field) or "").lower() == value.lower()]

    def query(self, text: str, *, with_deleted: bool) -> dict[str, Any]:
        try:
            query = soql.parse(text)
        except (soql.SoqlError, ValueError) as error:
            raise OrgError(400, "MALFORMED_QUERY", f"{error}") from error
        if query.source not in OBJECTS or query.source in self.hidden_objects:
            raise OrgError(400, "INVALID_TYPE", f"sObject type '{query.source}' is not supported.")
        self.get_fields(query.source, [*query.fields, *sorted(query.named)])
        rows = [row for row in self.records[query.source].values() if with_deleted or not row["IsDeleted"]]
        found = [self._shown(query.source, dict(row), query.fields) for row in soql.select(query, list(rows))]
        return self._page(found, 0, f"01g{len(self._pages):012d}AAA", with_deleted=with_deleted)

    def more(self, locator: str, *, with_deleted: bool) -> dict[str, Any]:
        name, _, start = locator.rpartition("-")
        if name not in self._pages or not start.isdecimal():
            raise OrgError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(self._pages[name], int(start), name, with_deleted=with_deleted)

    def deleted(self, name: str) -> dict[str, Any]:
        self.fields_of(name)
        gone = [row for row in self.records[name].values() if row["IsDeleted"]]
        return {
            "deletedRecords": [{"id": row["Id"], "deletedDate": row["SystemModstamp"]} for row in gone],
            "earliestDateAvailable": (self.now() - timedelta(days=30)).strftime(STAMP),
            "latestDateCovered": self.now().strftime(STAMP),
        }

    def _page(self, rows: list[dict[str, Any]], start: int, name: str, *, with_deleted: bool) -> dict[str, Any]:
        end = start + self.page_size
        page: dict[str, Any] = {"totalSize": len(rows), "done": end >= len(rows), "records": rows[start:end]}
        if not page["done"]:
            self._pages[name] = rows
            kind = "queryAll" if with_deleted else "query"
            page["nextRecordsUrl"] = self.next_page or f"/services/data/v60.0/{kind}/{name}-{end}"
        return page

    def _shown(self, name: str, row: Record, wanted: list[str] | tuple[str, ...]) -> Record:
        self.get_fields(name, list(wanted))
        about = {"type": name, "url": f"/services/data/v60.0/sobjects/{name}/{row['Id']}"}
        return {"attributes": about, **{item: row.get(item) for item in dict.fromkeys(("Id", *wanted))}}

    def _long(self, name: str, record_id: str) -> str:
        return next((long for long in self.records[name] if long[:15] == record_id), "")

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, name: str, body: Mapping[str, Any], *, allow_duplicates: bool = False) -> str:
        clean = self.checked(name, body, "createable")
        known = self.fields_of(name).values()
        for item in known:
            if item.default and item.values and clean.get(item.name) is None:
                clean[item.name] = item.values[0]
        missing = [item.name for item in known if item.required and clean.get(item.name) is None]
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            raise OrgError(400, "REQUIRED_FIELD_MISSING", message, tuple(missing))
        self._check_key(name, clean)
        if not allow_duplicates:
            self._check_duplicate(name, clean)
        self._next_id += 1
        record_id = f"{PREFIXES[name]}{self._next_id:012d}AAA"
        stamp = self.now().strftime(STAMP)
        row: Record = dict.fromkeys(self.fields_of(name))
        row |= {"Id": record_id, "IsDeleted": False, "CreatedDate": stamp, **clean}
        self.created[name] += 1
        self._commit(name, row)
        return record_id

    def update(self, name: str, record_id: str, body: Mapping[str, Any], unmodified_since: datetime | None) -> None:
        row = self.records[name].get(self.get(name, record_id, "Id")["Id"])
        assert row is not None
        if unmodified_since and datetime.fromisoformat(row["SystemModstamp"]) > unmodified_since:
            raise OrgError(412, "PRECONDITION_FAILED", "The record was modified meanwhile")
        if row["Id"] in self.locked:
            raise OrgError(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        if row.get("IsConverted"):
            raise OrgError(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        clean = self.checked(name, body, "updateable")
        for item in self.fields_of(name).values():
            if item.required and item.name in clean and clean[item.name] is None:
                raise OrgError(
                    400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{item.name}]", (item.name,)
                )
        self._commit(name, {**row, **clean})

    def upsert(self, name: str, key_field: str, value: str, body: Mapping[str, Any]) -> tuple[str, bool]:
        """Return (id, created)."""
        found = self.by_key(name, key_field, value)
        if key_field in body or "Id" in body:
            raise OrgError(400, "INVALID_FIELD", f"The {key_field} field should not be specified in the sobject data.")
        if len(found) > 1:
            raise OrgError(
                300, "", "", extra={"urls": [f"/services/data/v60.0/sobjects/{name}/{row['Id']}" for row in found]}
            )
        if found:
            self.update(name, found[0]["Id"], body, None)
            return found[0]["Id"], False
        return self.create(name, {**body, key_field: value}), True

    def delete(self, name: str, record_id: str) -> None:
        row = self.records[name][self.get(name, record_id, "Id")["Id"]]
        self._commit(name, {**row, "IsDeleted": True})

    def _commit(self, name: str, row: Record) -> None:
        row["SystemModstamp"] = row["LastModifiedDate"] = self.now().strftime(STAMP)
        if name == "Task":
            row["IsClosed"] = row.get("Status") == "Completed"
        self.records[name][row["Id"]] = row
        self._keyed[name, _folded(row)] = row["Id"]
        self.writes += 1

    def _seat(self, number: int, name: str, *, is_active: bool) -> None:
        stamp = "2026-01-05T08:00:00.000+0000"
        about = {"Name": name, "Email": f"user{number}@acme.example", "IsActive": is_active, "UserType": "Standard"}
        stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), stamp)
        record_id = f"005{number:012d}AAA"
        self.records["User"][record_id] = {"Id": record_id, "IsDeleted": False, **stamps, **about}

    def _check_key(self, name: str, clean: Mapping[str, Any]) -> None:
        key = clean.get(KEY.name)
        other = self.records[name].get(self._keyed.get((name, _folded(clean)), "")) if key else None
        if other is not None and not other["IsDeleted"] and _folded(other) == _folded(clean):
            message = f"duplicate value found: {KEY.name} duplicates value on record with id: {other['Id']}"
            raise OrgError(400, "DUPLICATE_VALUE", message, ())

    def _check_duplicate(self, name: str, clean: Mapping[str, Any]) -> None:
        if not self.has_duplicate_rule or not clean.get("Email"):
            return
        for row in self.records[name].values():
            if not row["IsDeleted"] and (row.get("Email") or "").lower() == clean["Email"].lower():
                result = {"allowSave": True, "duplicateRule": "Standard", "matchResults": []}
                message = "Use one of these records?"
                raise OrgError(400, "DUPLICATES_DETECTED", message, extra={"duplicateResult": result})

    def checked(self, name: str, body: Mapping[str, Any], right: str) -> Record:
        known = self.fields_of(name)
        clean: Record = {}
        for item, value in body.items():
            if item not in known:
                raise OrgError(400, "INVALID_FIELD", f"No such column '{item}' on sobject of type {name}")
            if not known[item].describe(can_update=(name, item) not in self.readonly)[right]:
                message = (
                    f"Unable to create/update fields: {item}. Please check the security settings of this field and "
                    "verify that it is read/write for your profile or permission set."
                )
                raise OrgError(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, (item,))
            clean[item] = self._value(known[item], value)
        return clean

    def _value(self, spec: FieldDef, value: Any) -> Any:
        if value is None or value == "":
            return None
        if spec.type == "currency":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise OrgError(400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of currency from {spec.name}")
            return float(value)
        if not isinstance(value, str):
            raise OrgError(400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of {spec.type}")
        text = value.strip()
        if spec.length and len(text) > spec.length:
            message = f"{spec.name}: data value too large: {text[:20]} (max length={spec.length})"
            raise OrgError(400, "STRING_TOO_LONG", message, (spec.name,))
        if spec.type == "reference":
            self._check_reference(spec, text)
        elif spec.values and text not in spec.values:
            message = f"{spec.name}: bad value for restricted picklist field: {text}"
            raise OrgError(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (spec.name,))
        elif spec.type == "date":
            self._check_date(text)
        elif spec.type == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
            message = f"{spec.name}: invalid email address: {text}"
            raise OrgError(400, "INVALID_EMAIL_ADDRESS", message, (spec.name,))
        return text or None

    def _check_date(self, text: str) -> None:
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise OrgError(400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of date from {text}") from error

    def _check_reference(self, spec: FieldDef, text: str) -> None:
        owner = next((name for name, prefix in PREFIXES.items() if prefix == text[:3]), "")
        if owner not in spec.to or not re.fullmatch(r"[A-Za-z0-9]{15,18}", text):
            message = f"{spec.name}: id value of incorrect type: {text}"
            raise OrgError(400, "MALFORMED_ID", message, (spec.name,))
        row = self.records[owner].get(text)
        if row is None or row["IsDeleted"]:
            raise OrgError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())


def _folded(row: Mapping[str, Any]) -> str:
    return str(row.get(KEY.name) or "").lower()
