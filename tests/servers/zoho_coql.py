"""As much of COQL as a test needs: select … from … where … order by … limit … offset, with Zoho's own strictness.

A condition is mandatory and has 25 criteria at most; at most two may stand side by side without brackets; `in` takes
50 values. Within quotes a single quote is doubled.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[\w.$]+|<=|>=|!=|[=<>(),])")
_MOST_CRITERIA = 25
_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": lambda left, right: left is not None and left > right,
    "<": lambda left, right: left is not None and left < right,
    ">=": lambda left, right: left is not None and left >= right,
    "<=": lambda left, right: left is not None and left <= right,
}
Test = Callable[[Mapping[str, Any]], bool]


class SyntaxFault(ValueError):
    """The query cannot be read."""


@dataclass
class Query:
    """A query that was read. `columns` are all the names it uses."""

    chosen: list[str]
    module: str
    test: Test
    columns: set[str]
    order: list[tuple[str, bool]] = field(default_factory=list)
    limit: int = 200
    offset: int = 0


def parse(text: str) -> Query:
    """Read a query; raise SyntaxFault for one that Zoho would not take."""
    return _Reader(text).query()


def comparable(name: str, value: Any) -> Any:
    """Return a value as it is compared: ids as numbers, moments as moments, text without regard to case."""
    if value is None:
        return None
    try:
        if name == "id":
            return int(value)
        if name.endswith("_Time"):
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
            return moment.astimezone(None) if moment.tzinfo else _fail("a moment without a zone")
    except ValueError as error:
        raise SyntaxFault(str(error)) from error
    return str(value).lower()


def _fail(words: str) -> Any:
    raise SyntaxFault(words)


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = list(self._split(text.strip()))
        self._columns: set[str] = set()
        self._criteria = 0

    def _split(self, text: str) -> Iterator[str]:
        place = 0
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                raise SyntaxFault(f"at {place}")
            yield match[1]
            place = match.end()

    def query(self) -> Query:
        self._take("select")
        chosen = [self._name()]
        while self._is(","):
            chosen.append(self._name())
        self._take("from")
        module = self._next()
        self._take("where")
        query = Query(chosen, module, self._either(), self._columns)
        if self._is("order"):
            self._take("by")
            query.order.append(self._ordering())
            while self._is(","):
                query.order.append(self._ordering())
        if self._is("limit"):
            query.limit = int(self._next())
        if self._is("offset"):
            query.offset = int(self._next())
        if self._tokens:
            raise SyntaxFault(self._tokens[0])
        return query

    def _either(self) -> Test:
        first = self._criterion()
        for word, combine in (("and", all), ("or", any)):
            if self._is(word):
                second = self._criterion()
                if self._tokens and self._tokens[0].lower() in {"and", "or"}:
                    raise SyntaxFault("brackets are missing")
                return lambda row: combine((first(row), second(row)))
        return first

    def _criterion(self) -> Test:
        if self._is("("):
            inner = self._either()
            self._take(")")
            return inner
        self._criteria += 1
        if self._criteria > _MOST_CRITERIA:
            raise SyntaxFault(f"more than {_MOST_CRITERIA} criteria")
        name = self._name()
        operator = self._next().lower()
        if operator == "is":
            is_negated = self._is("not")
            self._take("null")
            return lambda row: (row.get(name) is None) != is_negated
        if operator == "in":
            return self._among(name)
        test, value = _TESTS.get(operator) or _fail(operator), comparable(name, self._value())
        return lambda row: test(comparable(name, row.get(name)), value)

    def _among(self, name: str) -> Test:
        self._take("(")
        values = [comparable(name, self._value())]
        while self._is(","):
            values.append(comparable(name, self._value()))
        self._take(")")
        if len(values) > 50:
            raise SyntaxFault("more than 50 values")
        known = set(values)
        return lambda row: comparable(name, row.get(name)) in known

    def _ordering(self) -> tuple[str, bool]:
        name = self._name()
        return name, self._is("desc") or (self._is("asc") and False)

    def _name(self) -> str:
        name = self._next()
        self._columns.add(name)
        return name

    def _value(self) -> str:
        token = self._next()
        return token[1:-1].replace("''", "'") if token.startswith("'") else token

    def _next(self) -> str:
        if not self._tokens:
            raise SyntaxFault("it ends too soon")
        return self._tokens.pop(0)

    def _is(self, word: str) -> bool:
        if self._tokens and self._tokens[0].lower() == word:
            self._tokens.pop(0)
            return True
        return False

    def _take(self, word: str) -> None:
        if not self._is(word):
            raise SyntaxFault(f"{word} is missing")
