"""What the loopback Dataverse keeps: rows, versions and deletions, and the rules under which they may be written."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.servers.dynamics_tables import TABLES, Attribute, Table
from tests.servers.dynamics_values import DataverseError, bound, checked, missing, payload_error

_ACTIVITIES = ("task", "email", "phonecall")
Row = dict[str, Any]


class Store:
    """`hidden` and `unwritable` are secured columns, `readonly` ones that nobody may write; `denied` are (table, right)
    with the rights Read, Create, Write, Delete and OrgRead; `calls_left` is what is left of the 6,000 (None: plenty).
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self.skew = timedelta(0)
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self.deleted: dict[str, dict[str, int]] = {name: {} for name in TABLES}
        self.created: Counter[str] = Counter()
        self.writes = 0
        self.version = 1000
        self.tokens = {"token"}
        self.hidden: set[tuple[str, str]] = set()
        self.unwritable: set[tuple[str, str]] = set()
        self.readonly: set[tuple[str, str]] = set()
        self.required: set[tuple[str, str]] = set()
        self.denied: set[tuple[str, str]] = set()
        self.absent: set[str] = set()
        self.untracked: set[str] = set()
        self.unguarded: set[str] = set()
        self.own: dict[str, tuple[Attribute, ...]] = {}
        self.labels: dict[tuple[str, str, int], str] = {}
        self.has_duplicate_rules = False
        self.oldest_token = 0
        self.calls_left: int | None = None
        self.rep = str(uuid4())
        people = ((self.rep, "Dana Ólafsdóttir", False, 0), (str(uuid4()), "Left Long Ago", True, 0))
        for guid, name, is_disabled, mode in (*people, (str(uuid4()), "# Flow", False, 4)):
            mail = f"{name.split()[0].strip('#') or 'flow'}@Seller.example"
            row = {"systemuserid": guid, "fullname": name, "internalemailaddress": mail, "isdisabled": is_disabled}
            self.rows["systemuser"][guid] = {**row, "accessmode": mode}
        for code in ("EUR", "GBP", "USD"):
            guid = str(uuid4())
            self.rows["transactioncurrency"][guid] = {"transactioncurrencyid": guid, "isocurrencycode": code}

    def now(self) -> datetime:
        return (self._now() + self.skew).replace(microsecond=0)

    def advance(self, seconds: float) -> None:
        self.skew += timedelta(seconds=seconds)

    def attributes(self, table: Table) -> dict[str, Attribute]:
        return {spec.name: spec for spec in (*table.attributes, *self.own.get(table.name, ()))}

    def row(self, table: Table, guid: str) -> Row:
        if guid not in self.rows[table.name]:
            raise missing(table.name, guid)
        return self.rows[table.name][guid]

    # --- writing ----------------------------------------------------------------------------------------------------

    def need(self, table: Table, right: str) -> None:
        if (table.name, right) in self.denied:
            name = right.removeprefix("Org")
            message = f"Principal user (Id=1, type=8) is missing prv{name}{table.name.capitalize()} privilege"
            raise DataverseError(403, "0x80040220", message)

    def check_version(self, table: Table, row: Row, match: str) -> None:
        if match in {"", "*"}:
            return
        if table.name in self.unguarded:
            raise DataverseError(400, "0x80060893", "Optimistic concurrency is not enabled for this entity.")
        if match != f'W/"{row["version"]}"':
            message = "The version of the existing record doesn't match the RowVersion property provided."
            raise DataverseError(412, "0x80060882", message)

    def create(self, name: str, body: Mapping[str, Any], *, with_rules: bool = False) -> str:
        table = TABLES[name]
        self.need(table, "Create")
        row = self._read_body(table, body, "create")
        guid = row.setdefault(table.id_name, str(uuid4()))
        alike = _ACTIVITIES if name in _ACTIVITIES else (name,)
        if with_rules and self.has_duplicate_rules:
            self._check_duplicate(table, row)
        if any(guid in self.rows[other] for other in alike):
            raise DataverseError(412, "0x80040237", "Cannot insert duplicate key.")
        specs = self.attributes(table)
        for spec in specs.values():
            is_needed = spec.required == "SystemRequired" or (name, spec.name) in self.required
            if is_needed and spec.create and row.get(spec.name) is None:
                raise DataverseError(400, "0x80040203", f"The column '{spec.name}' needs a value.")
            if spec.default is not None:
                row.setdefault(spec.name, spec.default)
        if self._state_of(specs, row["statuscode"]) != 0:
            message = f"{row['statuscode']} is not a valid status code for state code 0."
            raise DataverseError(400, "0x80048408", message)
        row |= {"statecode": 0, "createdon": self._stamp()}
        self.created[name] += 1
        self._commit(table, guid, row)
        return guid

    def update(self, name: str, guid: str, body: Mapping[str, Any]) -> None:
        table = TABLES[name]
        row = self.row(table, guid)
        specs = self.attributes(table)
        change = self._read_body(table, body, "update")
        if table.closes and row["statecode"] != 0:
            raise DataverseError(400, "0x80040203", "A closed record cannot be updated.")
        if name in {"opportunity", "incident"} and change.get("statecode"):
            raise DataverseError(400, "0x80040203", "This record is closed by an action of its own.")
        after = {**row, **change}
        if self._state_of(specs, after["statuscode"]) != after["statecode"]:
            message = f"{after['statuscode']} is not a valid status code for state code {after['statecode']}."
            raise DataverseError(400, "0x80048408", message)
        for spec in specs.values():
            if spec.name in change and change[spec.name] is None and spec.required == "SystemRequired":
                raise DataverseError(400, "0x80040203", f"The column '{spec.name}' needs a value.")
        self._commit(table, guid, after)

    def remove(self, name: str, guid: str) -> None:
        self.row(TABLES[name], guid)
        del self.rows[name][guid]
        self.version += 1
        self.writes += 1
        self.deleted[name][guid] = self.version

    def settle(self, name: str, guid: str, **values: Any) -> None:
        """Change a row as one of the vendor's actions would: past all rules."""
        self._commit(TABLES[name], guid, {**self.row(TABLES[name], guid), **values})

    def _commit(self, table: Table, guid: str, row: Row) -> None:
        self.version += 1
        self.writes += 1
        self.deleted[table.name].pop(guid, None)
        self.rows[table.name][guid] = {**row, "version": self.version, "modifiedon": self._stamp()}

    def _stamp(self) -> str:
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _state_of(self, specs: Mapping[str, Attribute], status: int) -> int:
        return next(option[2] for option in specs["statuscode"].options if option[0] == status and len(option) == 3)

    def _check_duplicate(self, table: Table, row: Row) -> None:
        name = {"contact": "emailaddress1", "account": "name"}.get(table.name, "")
        for other in self.rows[table.name].values():
            if name and row.get(name) and str(other.get(name)).lower() == row[name].lower():
                message = (
                    "A record was not created or updated because a duplicate of the current record already exists."
                )
                raise DataverseError(412, "0x80040333", message)

    def _read_body(self, table: Table, body: Mapping[str, Any], right: str) -> Row:
        specs = self.attributes(table)
        row: Row = {}
        for name, value in body.items():
            if name == table.parties and name:
                row["parties"] = self._parties(table, value)
                continue
            nav, is_link, _ = name.partition("@odata.bind")
            if is_link:
                attribute, target = bound(table, nav, value)
                if target is not None and target[1] not in self.rows[target[0]]:
                    raise missing(*target)
                row[attribute] = target
                written = attribute
            elif name not in specs or specs[name].targets:
                why = f"The property '{name}' does not exist on type 'Microsoft.Dynamics.CRM.{table.name}'"
                raise payload_error(table, why)
            else:
                row[name] = checked(table, specs[name], value)
                written = name
            self._check_right(table, specs[written], right)
        return row

    def _check_right(self, table: Table, spec: Attribute, right: str) -> None:
        place = (table.name, spec.name)
        if place in self.unwritable | self.hidden:
            code, word = ("0x8004F507", "Update") if right == "update" else ("0x8004F502", "Create")
            message = (
                f"The user doesn't have AttributePrivilege{word} for the attribute '{spec.name}', which is secured."
            )
            raise DataverseError(403, code, message)
        if place in self.readonly or not getattr(spec, right):
            raise DataverseError(400, "0x80040203", f"The column '{spec.name}' cannot be written.")

    def _parties(self, table: Table, value: Any) -> list[tuple[str, str, int]]:
        parties = []
        for party in value if isinstance(value, list) else [None]:
            if not isinstance(party, dict) or set(party) != {"partyid_contact@odata.bind", "participationtypemask"}:
                raise payload_error(table, "The parties are not as they should be.")
            found = re.fullmatch(r"/contacts\(([0-9a-f-]{36})\)", str(party["partyid_contact@odata.bind"]))
            if found is None or found.group(1) not in self.rows["contact"]:
                raise missing("contact", str(party["partyid_contact@odata.bind"]))
            parties.append(("contact", found.group(1), party["participationtypemask"]))
        return parties
