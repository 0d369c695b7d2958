"""The part of OData's `$filter` and `$orderby` that the loopback Dataverse understands, case being no difference."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.servers.dynamics_tables import Attribute
from tests.servers.dynamics_values import DataverseError

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[()]|,|[\w.:-]+)")
_MOST_CONDITIONS = 500
Row = dict[str, Any]
Test = Callable[[Row], bool]


def matching(rows: Sequence[Row], text: str, specs: Mapping[str, Attribute]) -> list[Row]:
    """Return the rows for which a filter holds; raise what the vendor says of one that is wrong."""
    reader = _Reader(text, specs)
    test = reader.either()
    if reader.left or reader.conditions > _MOST_CONDITIONS:
        raise _syntax("filter")
    return [row for row in rows if test(row)]


def ordered(rows: list[Row], text: str, specs: Mapping[str, Attribute]) -> list[Row]:
    """Return the rows in the order asked for."""
    for term in reversed(text.split(",") if text else ()):
        name, _, way = term.partition(" ")
        if name not in specs or way not in {"asc", "desc"}:
            raise _syntax("order")
        rows.sort(key=lambda row: str(row.get(name) or ""), reverse=way == "desc")
    return rows


class _Reader:
    """Reads a filter from left to right."""

    def __init__(self, text: str, specs: Mapping[str, Attribute]) -> None:
        self.left: list[str] = []
        self.conditions = 0
        self._specs = specs
        at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if found is None:
                raise _syntax("filter")
            self.left.append(found.group(1))
            at = found.end()

    def either(self) -> Test:
        tests = [self._all()]
        while self.left[:1] == ["or"]:
            self._take()
            tests.append(self._all())
        return lambda row: any(test(row) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self.left[:1] == ["and"]:
            self._take()
            tests.append(self._one())
        return lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        first = self._take()
        if first == "(":
            test = self.either()
            self._take(")")
            return test
        self.conditions += 1
        if first == "contains":
            self._take("(")
            name = self._column(self._take())
            self._take(",")
            part = str(self._value(self._take()))
            self._take(")")
            return lambda row: part in _plain(row.get(name))
        name, way, value = self._column(first), self._take(), self._value(self._take())
        if way == "eq":
            return lambda row: row.get(name) is not None and _plain(row.get(name)) == value
        if way == "ge":
            return lambda row: row.get(name) is not None and _plain(row.get(name)) >= value
        raise _syntax("filter")

    def _take(self, wanted: str = "") -> str:
        if not self.left or (wanted and self.left[0] != wanted):
            raise _syntax("filter")
        return self.left.pop(0)

    def _column(self, name: str) -> str:
        if name not in self._specs or self._specs[name].targets:
            raise DataverseError(400, "0x80060888", f"Could not find a property named '{name}'.")
        return name

    def _value(self, token: str) -> str:
        return (token[1:-1].replace("''", "'") if token.startswith("'") else token).casefold()


def _plain(value: Any) -> str:
    return "" if value is None else str(value).casefold()


def _syntax(what: str) -> DataverseError:
    return DataverseError(400, "0x80060888", f"Syntax error in the {what}.")
