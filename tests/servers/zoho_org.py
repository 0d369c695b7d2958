"""One simulated Zoho CRM organisation: its records, and the rules by which it refuses.

Stamps are whole seconds in the zone of the organisation. What a rep may not see is left out without a word; what they
may not write is refused.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from tests.servers.zoho_coql import Query, comparable
from tests.servers.zoho_modules import MODULES, Row, Spec, description

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
OWNER = {"name": "Ada Admin", "id": "5725767000000411001", "email": "ada@org.example"}


class Fault(Exception):
    """What the organisation complains of. `status` is that of the answer where the fault is the whole answer's."""

    def __init__(self, code: str, message: str, status: int = 400, **details: Any) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"code": code, "details": details, "message": message, "status": "error"}


class Org:
    """State and rules. A test changes them freely."""

    def __init__(self, *, now: Callable[[], datetime] | None = None) -> None:
        self._now = now or (lambda: datetime.now(UTC))
        self._ahead = timedelta()
        self.zone = timezone(timedelta(hours=5, minutes=30))
        self.modules: dict[str, dict[str, Spec]] = {name: dict(specs) for name, specs in MODULES.items()}
        self.records: dict[str, dict[str, Row]] = {name: {} for name in MODULES}
        self.deleted: dict[str, list[Row]] = {name: [] for name in MODULES}
        self.tokens = {"token"}
        self.hidden: set[tuple[str, str]] = {("Deals", "Currency")}
        self.readonly: set[tuple[str, str]] = set()
        self.hidden_modules: set[str] = set()
        self.not_unique: set[str] = set()
        self.locked: set[str] = set()
        self.query_lag = 0.0
        self.credits: int | None = None
        self.links_say_module = False
        self.writes = 0
        self.schedules_merges = False
        self.scheduled: list[tuple[str, str, list[str]]] = []
        self.hides_users = False
        self.users = [_user(OWNER), _user({"name": "Kim Former", "id": "5725767000000411002", "email": ""}, "inactive")]
        self._number = 0

    def now(self) -> datetime:
        return self._now() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)

    def stamp(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    # --- what the rep may see ---------------------------------------------------------------------------------------

    def seen(self, module: str) -> dict[str, Spec]:
        """Return the fields the rep may see."""
        if module not in self.modules:
            raise Fault("INVALID_MODULE", "The module name given seems to be invalid", resource_path_index=0)
        if module in self.hidden_modules:
            raise Fault("NO_PERMISSION", "permission denied", 403, permissions=[f"Crm_Implied_View_{module}"])
        return {name: spec for name, spec in self.modules[module].items() if (module, name) not in self.hidden}

    def describe(self, module: str) -> list[Row]:
        return [
            description(spec, number, is_readonly=(module, name) in self.readonly, is_single=module in self.not_unique)
            for number, (name, spec) in enumerate(self.seen(module).items(), 1)
        ]

    def shown(self, module: str, row: Row, names: list[str]) -> Row:
        """Return a row as the interface gives it."""
        specs = self.seen(module)
        out: Row = {"id": row["id"]}
        for name in names:
            value = row.get(name)
            if name == "$se_module":
                out[name] = value
            elif name in specs:
                out[name] = self._out(specs[name], value, row)
        return out

    def _out(self, spec: Spec, value: Any, row: Row) -> Any:
        if isinstance(value, datetime):
            return self.stamp(value)
        if spec.links and value is not None:
            link = {"name": "Somebody", "id": value}
            is_said = self.links_say_module and len(spec.links) > 1
            return {**link, "module": {"api_name": row.get("$se_module"), "id": "57257670000"}} if is_said else link
        return value

    def select(self, query: Query) -> tuple[list[Row], bool]:
        """Return the rows of a query, and whether there are more."""
        specs = self.seen(query.module)
        for name in query.columns - {"id"}:
            if name not in specs:
                raise Fault("INVALID_QUERY", "invalid query formed", column_name=name)
        horizon = self.now() - timedelta(seconds=self.query_lag)
        rows = [row for row in self.records[query.module].values() if row["Modified_Time"] <= horizon]
        rows = [row for row in rows if query.test(row)]
        for name, is_descending in reversed(query.order or [("id", False)]):
            rows.sort(key=lambda row: comparable(name, row[name]), reverse=is_descending)
        some = rows[query.offset : query.offset + query.limit]
        shown = [self.shown(query.module, row, query.chosen) for row in some]
        return shown, len(rows) > query.offset + query.limit

    # --- what the rep may write -------------------------------------------------------------------------------------

    def create(self, module: str, given: Mapping[str, Any], *, as_person: bool = False) -> str:
        self._check(module, given, None, as_person=as_person)
        self._number += 1
        self.writes += 1
        moment = self.now().replace(microsecond=0)
        row_id = f"5725767{self._number:012d}"
        defaults = {name: spec.default for name, spec in self.modules[module].items() if spec.default}
        row = {**dict.fromkeys(self.modules[module]), **defaults, **self._flat(module, given)}
        self.records[module][row_id] = {**row, "id": row_id, "Created_Time": moment, "Modified_Time": moment}
        return row_id

    def update(self, module: str, row_id: str, given: Mapping[str, Any], *, as_person: bool = False) -> None:
        row = self.records[module].get(row_id)
        if row is None:
            raise Fault("INVALID_DATA", "the id given seems to be invalid", id=row_id)
        if row_id in self.locked:
            raise Fault("RECORD_LOCKED", "The record under merge is locked", id=row_id)
        self._check(module, given, row_id, as_person=as_person)
        self.writes += 1
        row |= self._flat(module, given)
        row["Modified_Time"] = self.now().replace(microsecond=0)

    def delete(self, module: str, row_id: str) -> None:
        if self.records[module].pop(row_id, None) is None:
            raise Fault("INVALID_DATA", "the id given seems to be invalid", id=row_id)
        self.writes += 1
        self.deleted[module].append({"id": row_id, "moment": self.now().replace(microsecond=0)})

    def merge(self, module: str, master: str, others: list[str]) -> bool:
        """Take records into the master; return whether that is only scheduled, to be done by `do_scheduled`."""
        for row_id in (master, *others):
            if row_id in self.locked:
                raise Fault("RECORD_LOCKED", "The record under merge is locked", id=row_id)
            if row_id not in self.records[module]:
                raise Fault("INVALID_DATA", "the id given seems to be invalid", id=row_id)
        if self.schedules_merges:
            self.scheduled.append((module, master, others))
            self.locked.update(others)
        else:
            self._take_in(module, master, others)
        return self.schedules_merges

    def do_scheduled(self) -> None:
        for module, master, others in self.scheduled:
            self.locked.difference_update(others)
            self._take_in(module, master, others)
        self.scheduled.clear()

    def _take_in(self, module: str, master: str, others: list[str]) -> None:
        for row_id in others:
            for rows in self.records.values():
                for row in rows.values():
                    row.update({name: master for name, value in row.items() if name != "id" and value == row_id})
            self.delete(module, row_id)
        self.records[module][master]["Modified_Time"] = self.now().replace(microsecond=0)

    def _flat(self, module: str, given: Mapping[str, Any]) -> Row:
        specs = self.modules[module]
        row = {name: value["id"] if isinstance(value, Mapping) else value for name, value in given.items()}
        if "What_Id" in given and given["What_Id"] is None:
            row["$se_module"] = None
        return {name: value if value != "" else None for name, value in row.items() if name in {*specs, "$se_module"}}

    def _check(self, module: str, given: Mapping[str, Any], row_id: str | None, *, as_person: bool) -> None:
        specs = self.modules[module] if as_person else self.seen(module)
        for name, value in given.items():
            if name == "$se_module":
                continue
            if name not in specs:
                raise Fault("INVALID_DATA", "invalid data", api_name=name, json_path=f"$.data[0].{name}")
            if not as_person and ((module, name) in self.readonly or specs[name].is_system):
                raise Fault("NO_PERMISSION", "Field Edit Permission not given", api_name=name)
            if value is not None:
                self._check_value(specs[name], value, given)
                self._check_unique(module, specs[name], value, row_id)
        for name, spec in self.modules[module].items():
            is_missing = name not in given if row_id is None else name in given and given[name] is None
            if spec.is_mandatory and (is_missing or (name in given and given[name] in (None, ""))):
                raise Fault(
                    "MANDATORY_NOT_FOUND", "required field not found", api_name=name, json_path=f"$.data[0].{name}"
                )

    def _check_unique(self, module: str, spec: Spec, value: Any, row_id: str | None) -> None:
        if not spec.is_unique or module in self.not_unique:
            return
        for other in self.records[module].values():
            if other["id"] != row_id and str(other.get(spec.name) or "").lower() == str(value).lower():
                there = {"id": other["id"], "Owner": OWNER, "module": {"api_name": module, "id": "57257670000"}}
                path = f"$.data[0].{spec.name}"
                raise Fault(
                    "DUPLICATE_DATA",
                    "duplicate data",
                    api_name=spec.name,
                    json_path=path,
                    id=other["id"],
                    duplicate_record=there,
                )

    def _check_value(self, spec: Spec, value: Any, given: Mapping[str, Any]) -> None:
        where = {"api_name": spec.name, "json_path": f"$.data[0].{spec.name}"}
        if spec.links:
            self._check_link(spec, value, given)
        elif spec.type == "currency":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise Fault("INVALID_DATA", "invalid data", expected_data_type="double", **where)
        elif not isinstance(value, str):
            raise Fault("INVALID_DATA", "invalid data", expected_data_type="string", **where)
        elif len(value) > spec.length:
            raise Fault("INVALID_DATA", "invalid data", maximum_length=str(spec.length), **where)
        elif spec.type == "date" and not _is_date(value):
            raise Fault("INVALID_DATA", "invalid data", expected_data_type="date", **where)
        elif (spec.values and value not in spec.values) or (spec.type == "email" and not _EMAIL.fullmatch(value)):
            raise Fault("INVALID_DATA", "invalid data", expected_data_type=spec.type, **where)

    def _check_link(self, spec: Spec, value: Any, given: Mapping[str, Any]) -> None:
        where = {"api_name": spec.name, "json_path": f"$.data[0].{spec.name}"}
        modules = spec.links
        if len(modules) > 1:
            said = given.get("$se_module")
            if said not in modules:
                raise Fault(
                    "DEPENDENT_FIELD_MISSING", "Dependent Fields missing", **{**where, "api_name": "$se_module"}
                )
            modules = (str(said),)
        if not isinstance(value, Mapping) or set(value) != {"id"}:
            raise Fault("INVALID_DATA", "invalid data", expected_data_type="jsonobject", **where)
        if not any(value["id"] in self.records[module] for module in modules):
            raise Fault("INVALID_DATA", "the id given seems to be invalid", **where)


def _user(person: Row, status: str = "active") -> Row:
    return {"id": person["id"], "full_name": person["name"], "email": person["email"], "status": status}


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
