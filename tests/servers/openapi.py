"""Requests and answers held against a vendor's OpenAPI 3.0 description. Both ends of a test are then judged by a third.

    contract = Contract(json.loads(text))
    with VendorServer(Watched(world, contract)) as server: ...
    contract.check_request("POST", "/crm/v3/objects/contacts", {}, {"properties": {}})

What the description leaves open is not held against anybody: members it does not name are faults in a request (a typing
slip of ours), but not in an answer (vendors add to them), and an error status it leaves out may look as it likes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.servers.vendor import Answer, Request, World

_SCHEMAS = "#/components/schemas/"
_UNKNOWN = "unevaluatedProperties"
_TEMPLATE = re.compile(r"\{[^{}/]+\}")
_PLAIN_WORDS = frozenset({"type", "enum", "required", "pattern", "format", "minimum", "maximum", "multipleOf"}) | {
    f"{side}{what}" for side in ("min", "max") for what in ("Length", "Items", "Properties")
}
_METHODS = frozenset({"get", "put", "post", "patch", "delete", "head", "options"})
_FORMATS = FormatChecker(formats=())


@dataclass(frozen=True, slots=True)
class _Operation:
    template: str
    pattern: re.Pattern[str]
    about: Mapping[str, Any]
    parameters: Mapping[tuple[str, str], Mapping[str, Any]]


class Contract:
    """One OpenAPI document. Not for documents that refer to other files."""

    def __init__(self, spec: Mapping[str, Any], *, knows_every_member: bool = True) -> None:
        """With `knows_every_member` False a request may carry what the description does not name."""
        self._spec = spec
        self._base = urlsplit(next(iter(spec.get("servers", ())), {}).get("url", "")).path.rstrip("/")
        schemas = spec.get("components", {}).get("schemas", {})
        document = {
            "closed": {name: _modern(schema, closed=True) for name, schema in schemas.items()},
            "open": {name: _modern(schema, closed=False) for name, schema in schemas.items()},
        }
        self._registry: Registry[Any] = Registry().with_resource("urn:contract", Resource(document, DRAFT202012))
        self._knows_every_member = knows_every_member
        self._operations: dict[str, list[_Operation]] = {}
        for template, item in spec["paths"].items():
            self._add(template, item)
        for operations in self._operations.values():  # a fixed segment is meant before a placeholder in its place
            operations.sort(key=lambda operation: _TEMPLATE.sub("\uffff", operation.template))
        self._validators: dict[tuple[int, bool], Draft202012Validator] = {}

    def operation(self, method: str, path: str) -> str:
        """Return `METHOD /template` of the operation a request is for; raise AssertionError when there is none."""
        return f"{method.upper()} {self._find(method, path)[0].template}"

    def check_request(self, method: str, path: str, query: Mapping[str, str], body: Any) -> None:
        """Raise AssertionError, with the place, for a request the description does not allow. `body` None is none."""
        operation, values = self._find(method, path)
        place = f"{method.upper()} {operation.template}"
        for name, value in values.items():
            self._check_parameter(operation, place, ("path", name), value)
        for name, value in query.items():
            assert ("query", name) in operation.parameters, f"{place}: no parameter {name!r}"
            self._check_parameter(operation, place, ("query", name), value)
        for (kind, name), about in operation.parameters.items():
            missing = kind == "query" and about.get("required") and name not in query
            assert not missing, f"{place}: parameter {name!r} is required"
        self._check_body(operation, place, body)

    def check_answer(self, method: str, path: str, status: int, body: Any) -> bool:
        """Raise AssertionError, with the place, for an answer of another shape; False when nothing is said of it."""
        operation, _ = self._find(method, path)
        place = f"{method.upper()} {operation.template} → {status}"
        responses = operation.about.get("responses", {})
        declared = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if declared is None and status >= 400:
            declared = responses.get("default")
            if declared is None:
                return False
        assert declared is not None, f"{place}: only {', '.join(responses)} are answers"
        content = self._resolve(declared).get("content") or {}
        if not content:
            assert body is None, f"{place}: no body belongs here"
            return True
        schema = _json_schema(content)
        if schema is not None:
            self._validate(place, schema, body, closed=False)
        return schema is not None

    # --- the description --------------------------------------------------------------------------------------------

    def _add(self, template: str, item: Mapping[str, Any]) -> None:
        pieces = [re.escape(piece) for piece in _TEMPLATE.split(template)]
        pattern = re.compile("([^/]+)".join(pieces).rstrip("/") + "/?")
        for method, about in item.items():
            if method not in _METHODS:
                continue
            listed = [self._resolve(row) for row in (*item.get("parameters", ()), *about.get("parameters", ()))]
            parameters = {(str(row["in"]), str(row["name"])): row for row in listed}
            self._operations.setdefault(method, []).append(_Operation(template, pattern, about, parameters))

    def _find(self, method: str, path: str) -> tuple[_Operation, dict[str, str]]:
        for candidate in dict.fromkeys((path.removeprefix(self._base), path)):
            for operation in self._operations.get(method.lower(), ()):
                match = operation.pattern.fullmatch(candidate)
                if match is not None:
                    names = [found.strip("{}") for found in _TEMPLATE.findall(operation.template)]
                    return operation, dict(zip(names, map(unquote, match.groups()), strict=True))
        raise AssertionError(f"{method.upper()} {path}: there is no such operation")

    def _resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        seen = 0
        while "$ref" in node:
            seen += 1
            assert seen < 20, f"{node['$ref']}: refers to itself"
            found: Any = self._spec
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    # --- checks -----------------------------------------------------------------------------------------------------

    def _check_parameter(self, operation: _Operation, place: str, which: tuple[str, str], value: str) -> None:
        about = operation.parameters.get(which)
        if about is None or "schema" not in about:
            return
        where = f"{place}: parameter {which[1]!r}"
        self._validate(where, about["schema"], self._as_typed(about["schema"], value), closed=False)

    def _as_typed(self, schema: Mapping[str, Any], text: str) -> Any:
        """Return what a parameter's text stands for; text that is not of its type stays text, and is refused then."""
        schema = self._resolve(schema)
        try:
            match schema.get("type"):
                case "integer":
                    return int(text)
                case "number":
                    return float(text)
                case "boolean":
                    return {"true": True, "false": False}.get(text, text)
                case "array":
                    return [self._as_typed(schema.get("items", {}), part) for part in text.split(",")]
        except ValueError:
            return text
        return text

    def _check_body(self, operation: _Operation, place: str, body: Any) -> None:
        declared = self._resolve(operation.about.get("requestBody", {}))
        if not declared:
            assert body is None, f"{place}: no body belongs here"
            return
        if body is None:
            assert not declared.get("required"), f"{place}: the body is missing"
            return
        schema = _json_schema(declared.get("content", {}))
        if schema is not None:
            self._validate(f"{place}: body", schema, body, closed=self._knows_every_member)

    def _validate(self, place: str, schema: Mapping[str, Any], value: Any, *, closed: bool) -> None:
        known = (id(schema), closed)  # the document outlives us, and so do its parts
        if known not in self._validators:
            modern = _modern(schema, closed=closed)
            self._validators[known] = Draft202012Validator(modern, registry=self._registry, format_checker=_FORMATS)
        # A part that fails makes all its members look unknown, so that complaint is the last to be believed.
        errors = sorted(self._validators[known].iter_errors(value), key=lambda error: error.validator == _UNKNOWN)
        error = best_match(errors[:1])
        if error is not None:
            raise AssertionError(f"{place} at {error.json_path}: {error.message}")


class Watched(World):
    """A World whose every exchange is held against a contract. `faults` tell what was wrong, `seen` what took place."""

    def __init__(
        self, world: World, contract: Contract, *, path_of: Callable[[str], str] = str, judges_answers: bool = True
    ) -> None:
        """`path_of` gives the path under which the description knows a request's path."""
        self.world = world
        self.faults: list[str] = []
        self.seen: list[str] = []
        self._contract = contract
        self._path_of = path_of
        self._judges_answers = judges_answers

    def answer(self, request: Request) -> Answer:
        answer = self.world.answer(request)
        path = self._path_of(request.path)
        try:
            self.seen.append(f"{self._contract.operation(request.method, path)} {answer.status}")
            self._contract.check_request(request.method, path, request.query, request.body)
            if self._judges_answers:
                self._contract.check_answer(request.method, path, answer.status, answer.body)
        except AssertionError as fault:  # raised here it would end in the server's thread, unheard
            self.faults.append(str(fault))
        return answer

    def error(self, status: int, code: str, message: str) -> Any:
        return self.world.error(status, code, message)

    def now(self) -> datetime:
        return self.world.now()


# --- from OpenAPI 3.0 to JSON Schema ----------------------------------------------------------------------------------


def _json_schema(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for kind, about in content.items():
        if kind.split(";")[0].strip().endswith("json"):
            schema: Mapping[str, Any] | None = about.get("schema")
            return schema
    return None


def _modern(schema: Any, *, closed: bool) -> Any:
    """Return a schema of OpenAPI 3.0 in JSON Schema's words. `closed`: members that are not named are refused.

    `oneOf` is read as `anyOf`: derived descriptions have alternatives that are not exclusive.
    """
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace(_SCHEMAS, f"urn:contract#/{'closed' if closed else 'open'}/", 1)}
    made: dict[str, Any] = {word: value for word, value in schema.items() if word in _PLAIN_WORDS}
    if "properties" in schema:
        made["properties"] = {name: _modern(about, closed=closed) for name, about in schema["properties"].items()}
    for word in {"items", "additionalProperties"} & schema.keys():
        made[word] = _modern(schema[word], closed=closed)
    # Each part of a whole knows its own members only: the whole is closed, not its parts.
    has_parts = "properties" in schema or "allOf" in schema
    if "allOf" in schema:
        made["allOf"] = [_modern(part, closed=False) for part in schema["allOf"]]
    for word in {"oneOf", "anyOf"} & schema.keys():
        made["anyOf"] = [_modern(part, closed=closed and not has_parts) for part in schema[word]]
    if closed and has_parts and "additionalProperties" not in made:
        made[_UNKNOWN] = False
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made


def _is_text_of(read: Callable[[str], object]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if isinstance(value, str):
            read(value)
        return True

    return check


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment


_FORMATS.checks("date-time", raises=ValueError)(_is_text_of(_aware))
_FORMATS.checks("date", raises=ValueError)(_is_text_of(date.fromisoformat))
_FORMATS.checks("uuid", raises=ValueError)(_is_text_of(UUID))
