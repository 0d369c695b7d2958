"""Requests and answers of the Web API held against a list of the standard tables, which knows names, types, options.

Dataverse has no OpenAPI description: each environment describes itself. Columns of an environment's own (they have a
publisher's prefix) are let pass.
"""

import re
from collections.abc import Mapping
from typing import Any

from tests.servers.dynamics import Dataverse
from tests.servers.vendor import Answer, Request, World

_PLACE = re.compile(r"/api/data/v9\.2/(\w+)(?:\(([^()]*)\))?(/.*)?")
_TYPES = {
    "String": str,
    "Memo": str,
    "Money": (int, float),
    "Picklist": int,
    "Status": int,
    "State": int,
    "DateTime": str,
}
_OWN = "cr1_"


class TableContract:
    """`tables` is the specification's own table list."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._tables = {table["entitySetName"]: {**table, "name": name} for name, table in tables.items()}

    def check_request(self, method: str, path: str, query: Mapping[str, str], body: Any) -> None:
        """Raise AssertionError, with the place, for what the tables do not allow."""
        found = _PLACE.fullmatch(path)
        assert found, f"{path}: not below the base"
        if found.group(1) not in self._tables:
            assert found.group(1) in {"WhoAmI", "EntityDefinitions"}, f"{path}: no such table"
            return
        table = self._tables[found.group(1)]
        attributes = table["attributes"]
        for name in filter(None, query.get("$select", "").split(",")):
            bare = name.removeprefix("_").removesuffix("_value") if name.endswith("_value") else name
            assert bare in attributes or bare.startswith(_OWN), f"{path}: no column {name}"
            is_link = attributes.get(bare, {}).get("type") in {"Lookup", "Customer", "Owner"}
            assert is_link == (name != bare), f"{path}: {name} is not how it is read"
        if method in {"POST", "PATCH"}:
            for name, value in body.items():
                self._check(table, name, value, "create" if method == "POST" else "update")

    def check_answer(self, path: str, body: Any) -> None:
        """Raise AssertionError for a row whose columns are not those of the table."""
        found = _PLACE.fullmatch(path)
        table = self._tables.get(found.group(1)) if found and not found.group(3) else None
        if table is None or not isinstance(body, Mapping) or "error" in body:
            return
        for row in body.get("value", [body]):
            if "reason" in row:
                assert row["reason"] == "deleted"
                continue
            for name, value in row.items():
                if "@" in name or name.startswith(("_", _OWN)) or name.endswith("_parties"):
                    continue
                about = table["attributes"].get(name)
                assert about is not None, f"{path}: no column {name} in an answer"
                if about["type"] in _TYPES and value is not None:
                    assert isinstance(value, _TYPES[about["type"]]), f"{path}: {name} is no {about['type']}"

    def _check(self, table: Mapping[str, Any], name: str, value: Any, right: str) -> None:
        place = f"{table['name']}.{name}"
        navs = [nav for row in table.get("bindNavigationProperties", {}).values() for nav in row]
        nav, is_link, _ = name.partition("@odata.bind")
        if is_link:
            assert nav in navs, f"{place}: no such navigation property"
            assert value is None or re.fullmatch(r"/\w+\([0-9a-f-]{36}\)", value), f"{place}: {value}"
            return
        if name.endswith("_activity_parties"):
            assert any(name in entry for entry in navs), f"{place}: no such collection"
            return
        if name.startswith(_OWN):
            return
        about = table["attributes"].get(name)
        assert about is not None, f"{place}: no such column"
        assert about.get(right, True), f"{place}: not for {right}"
        if value is None or about["type"] == "Uniqueidentifier":
            return
        assert about["type"] in _TYPES, f"{place}: a {about['type']} cannot be written"
        assert isinstance(value, _TYPES[about["type"]]), f"{place}: {value!r} is no {about['type']}"
        assert not isinstance(value, str) or len(value) <= about.get("maxLength", 10**9), f"{place}: too long"
        if "options" in about:
            assert value in {option[0] for option in about["options"]}, f"{place}: {value} is no option"


class Watched(World):
    """A World whose every exchange is held against the contract; `faults` tell what was wrong."""

    def __init__(self, world: Dataverse, contract: TableContract) -> None:
        self.world = world
        world.witness = self._hold
        self.faults: list[str] = []
        self.seen: list[str] = []
        self._contract = contract

    def answer(self, request: Request) -> Answer:
        answer = self.world.answer(request)
        if request.parts[3] == "$batch":
            self.seen.append(f"POST $batch {answer.status}")
        else:
            self._hold(request, answer)
        return answer

    def _hold(self, request: Request, answer: Answer) -> None:
        self.seen.append(f"{request.method} {request.parts[3].partition('(')[0]} {answer.status}")
        try:
            self._contract.check_request(request.method, request.path, request.query, request.body)
            self._contract.check_answer(request.path, answer.body)
        except AssertionError as fault:  # raised here it would end in the server's thread, unheard
            self.faults.append(str(fault))

    def error(self, status: int, code: str, message: str) -> Any:
        return self.world.error(status, code, message)

    def now(self) -> Any:
        return self.world.now()
