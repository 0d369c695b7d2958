"""A small, honest part of SOQL for the Salesforce simulator: one object, WHERE, ORDER BY, LIMIT. No joins.

Whatever it does not understand is a SoqlError (MALFORMED_QUERY), never a guess.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

Row = Mapping[str, object]
Test = Callable[[Row], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\\n]|\\.)*')
      | (?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:?\d\d))
      | (?P<day>\d{4}-\d\d-\d\d)
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,)
      | (?P<word>[A-Za-z_]\w*)
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_COMPARE: Mapping[str, Callable[[object, object], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left is not None and left < right,
    ">": lambda left, right: left is not None and left > right,
    "<=": lambda left, right: left is not None and left <= right,
    ">=": lambda left, right: left is not None and left >= right,
}


class SoqlError(Exception):
    """MALFORMED_QUERY."""


class UnknownField(Exception):
    """INVALID_FIELD: no such column, or not for this user."""


@dataclass(frozen=True)
class Query:
    """One parsed SELECT. `order` holds (field, is descending)."""

    fields: tuple[str, ...]
    source: str
    test: Test
    order: tuple[tuple[str, bool], ...]
    limit: int | None
    named: frozenset[str]


def parse(text: str) -> Query:
    """Parse a SELECT or raise SoqlError."""
    return _Parser(_tokens(text)).query()


def select(query: Query, rows: list[Row]) -> list[Row]:
    """Return the rows that match, ordered and limited, whole (the caller picks the fields)."""
    found = [row for row in rows if query.test(row)]
    for name, is_descending in reversed(query.order):
        found.sort(key=lambda row: (row.get(name) is not None, _comparable(row.get(name))), reverse=is_descending)
    return found[: query.limit]


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise SoqlError(f"unexpected token at {at}")
        found.append((match.lastgroup or "", match.group(match.lastgroup or "")))
        at = match.end()
    return found


def _comparable(value: object) -> object:
    """Stamps compare as moments; everything else as it is. SOQL compares text without case."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value) if "T" in value and value[:4].isdigit() else value
        except ValueError:
            return value
    return value if value is not None else ""


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._named: set[str] = set()

    def query(self) -> Query:
        self._word("select")
        fields = [self._name()]
        while self._take("sign", ","):
            fields.append(self._name())
        self._word("from")
        source = self._name()
        self._named.discard(source)
        test: Test = self._either() if self._take("word", "where") else (lambda _row: True)
        order = self._order()
        limit = int(self._need("number")) if self._take("word", "limit") else None
        if self._at != len(self._tokens):
            raise SoqlError("unexpected token at the end")
        return Query(tuple(fields), source, test, order, limit, frozenset(self._named))

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if not self._take("word", "order"):
            return ()
        self._word("by")
        order = [(self._name(), self._descending())]
        while self._take("sign", ","):
            order.append((self._name(), self._descending()))
        return tuple(order)

    def _descending(self) -> bool:
        if self._take("word", "desc"):
            return True
        self._take("word", "asc")
        return False

    def _either(self) -> Test:
        tests = [self._both()]
        while self._take("word", "or"):
            tests.append(self._both())
        return lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._single()]
        while self._take("word", "and"):
            tests.append(self._single())
        return lambda row: all(test(row) for test in tests)

    def _single(self) -> Test:
        if self._take("sign", "("):
            inner = self._either()
            if not self._take("sign", ")"):
                raise SoqlError("missing )")
            return inner
        name = self._name()
        if self._take("word", "in"):
            allowed = {_fold(value) for value in self._list()}
            return lambda row: _fold(row.get(name)) in allowed
        compare = _COMPARE.get(self._need("sign"))
        if compare is None:
            raise SoqlError("unexpected sign")
        value = self._value()
        return lambda row: compare(_like(row.get(name), value), _fold(value))

    def _list(self) -> list[object]:
        if not self._take("sign", "("):
            raise SoqlError("missing (")
        values = [self._value()]
        while self._take("sign", ","):
            values.append(self._value())
        if not self._take("sign", ")"):
            raise SoqlError("missing )")
        return values

    def _value(self) -> object:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text[1:-1])
        if kind == "moment":
            return datetime.fromisoformat(text)
        if kind == "day":
            return date.fromisoformat(text)
        if kind == "number":
            return float(text)
        words = {"true": True, "false": False, "null": None}
        if kind == "word" and text.lower() in words:
            return words[text.lower()]
        raise SoqlError(f"not a value: {kind}")

    def _name(self) -> str:
        name = self._need("word")
        self._named.add(name)
        return name

    def _word(self, word: str) -> None:
        if not self._take("word", word):
            raise SoqlError(f"expected {word}")

    def _take(self, kind: str, text: str) -> bool:
        is_next = self._at < len(self._tokens) and self._tokens[self._at][0] == kind
        if not is_next or self._tokens[self._at][1].lower() != text:
            return False
        self._at += 1
        return True

    def _need(self, kind: str) -> str:
        found, text = self._next()
        if found != kind:
            raise SoqlError(f"expected {kind}")
        return text

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise SoqlError("unexpected end of query")
        self._at += 1
        return self._tokens[self._at - 1]


def _fold(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _like(stored: object, literal: object) -> object:
    """Return the stored value in the literal's own type, so that stamps compare with moments."""
    if isinstance(literal, datetime) and isinstance(stored, str):
        return datetime.fromisoformat(stored)
    if isinstance(literal, date) and isinstance(stored, str):
        return date.fromisoformat(stored)
    return _fold(stored)
