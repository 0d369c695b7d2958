"""JSON pointers, with the examples of RFC 6901."""

import pytest

from desktop.connectors.custom.pointers import MISSING, look, parse, put

DOCUMENT = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, "none": None, "deep": {"x": [{"y": 1}]}}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("", DOCUMENT), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/m~0n", 8), ("/none", None), ("/deep/x/0/y", 1)],
)
def test_what_stands_somewhere(pointer: str, value: object) -> None:
    assert look(DOCUMENT, pointer) == value


@pytest.mark.parametrize(
    "pointer", ["/x", "/foo/2", "/foo/-1", "/foo/x", "/foo/²", "/none/x", "/foo/0/0", "/foo/99999999999"]
)
def test_where_nothing_stands(pointer: str) -> None:
    assert look(DOCUMENT, pointer) is MISSING


def test_a_place_begins_with_a_slash() -> None:
    with pytest.raises(ValueError, match="/"):
        parse("foo")


def test_setting_a_place_makes_the_way_to_it() -> None:
    document: dict = {"a": 1}
    put(document, "/a/b/c~1d", 2)
    put(document, "/a/e", None)
    assert document == {"a": {"b": {"c/d": 2}, "e": None}}
