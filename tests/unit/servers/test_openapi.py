"""The check against an OpenAPI description finds what is wrong on either end, and only that."""

from typing import Any

import pytest

from tests.servers.openapi import Contract

THING = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "size": {"type": "integer", "nullable": True},
        "made": {"type": "string", "format": "date-time"},
        "parent": {"$ref": "#/components/schemas/Thing"},
        "extra": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
SPEC: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://things.example/api/v2"}],
    "paths": {
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {
                "parameters": [
                    {"name": "deep", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "names", "in": "query", "schema": {"type": "array", "items": {"enum": ["a", "b"]}}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                    "204": {"description": "none"},
                },
            },
        },
        "/things/special": {
            "post": {
                "parameters": [{"$ref": "#/components/parameters/Mode"}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "allOf": [
                                    {"$ref": "#/components/schemas/Thing"},
                                    {"type": "object", "properties": {"more": {"type": "string"}}},
                                ]
                            }
                        }
                    },
                },
                "responses": {"default": {"content": {"application/json": {"schema": {"type": "object"}}}}},
            }
        },
    },
    "components": {
        "schemas": {"Thing": THING},
        "parameters": {"Mode": {"name": "mode", "in": "query", "required": True, "schema": {"type": "string"}}},
    },
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract(SPEC)


def test_good_exchanges_pass(contract: Contract) -> None:
    contract.check_request("GET", "/api/v2/things/7", {"deep": "true", "names": "a,b"}, None)
    body = {"id": "x", "size": None, "parent": {"id": "y"}, "more": "z", "extra": {"any": "thing"}}
    contract.check_request("post", "/things/special", {"mode": "m"}, body)
    assert contract.check_answer("GET", "/things/7", 200, {"id": "x", "new_member": 1, "made": "2026-03-01T00:00:00Z"})
    assert contract.check_answer("GET", "/things/7", 204, None)
    assert contract.operation("POST", "/things/special") == "POST /things/special"


def test_an_error_that_is_not_described_is_nobodys_fault(contract: Contract) -> None:
    assert contract.check_answer("GET", "/things/7", 429, {"anything": 1}) is False


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "said"),
    [
        ("PUT", "/things/7", {}, None, "no such operation"),
        ("GET", "/things/7/parts", {}, None, "no such operation"),
        ("GET", "/things/seven", {}, None, "'id'"),
        ("GET", "/things/7", {"deep": "yes"}, None, "'deep'"),
        ("GET", "/things/7", {"names": "a,c"}, None, "'names'"),
        ("GET", "/things/7", {"wide": "true"}, None, "no parameter 'wide'"),
        ("GET", "/things/7", {}, {"id": "x"}, "no body"),
        ("POST", "/things/special", {}, {"id": "x"}, "'mode' is required"),
        ("POST", "/things/special", {"mode": "m"}, None, "missing"),
        ("POST", "/things/special", {"mode": "m"}, {"more": "z"}, "'id' is a required"),
        ("POST", "/things/special", {"mode": "m"}, {"id": 5}, r"\$\.id"),
        ("POST", "/things/special", {"mode": "m"}, {"id": "x", "moer": "z"}, "moer"),
        ("POST", "/things/special", {"mode": "m"}, {"id": "x", "extra": {"any": 1}}, r"\$\.extra\.any"),
        ("POST", "/things/special", {"mode": "m"}, {"id": "x", "parent": {"id": 1}}, r"\$\.parent\.id"),
        ("POST", "/things/special", {"mode": "m"}, {"id": "x", "made": "2026-03-01T00:00:00"}, r"\$\.made"),
    ],
)
def test_a_request_that_is_not_described_is_refused_with_its_place(
    contract: Contract, method: str, path: str, query: dict[str, str], body: Any, said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        contract.check_request(method, path, query, body)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, {"size": 5}, "'id' is a required"),
        (200, None, "None is not"),
        (200, {"id": "x", "made": "yesterday"}, r"\$\.made"),
        (204, {}, "no body"),
        (201, {"id": "x"}, "only 200, 204"),
    ],
)
def test_an_answer_of_another_shape_is_refused_with_its_place(
    contract: Contract, status: int, body: Any, said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        contract.check_answer("GET", "/things/7", status, body)


def test_members_may_be_left_unknown_where_the_description_is_incomplete() -> None:
    loose = Contract(SPEC, knows_every_member=False)
    loose.check_request("POST", "/things/special", {"mode": "m"}, {"id": "x", "moer": "z"})
