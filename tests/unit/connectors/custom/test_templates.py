"""Templates are filled in without a value ever becoming part of the template, and read back as they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.custom.templates import fill, fill_path, match, places

VALUES = st.dictionaries(st.sampled_from(["id", "key", "value"]), st.text() | st.integers() | st.booleans(), min_size=3)


def test_a_place_alone_becomes_the_value_itself() -> None:
    assert fill({"a": "{n}", "b": ["{n}", "x{n}"], "{n}": 1}, {"n": 5}) == {"a": 5, "b": [5, "x5"], "5": 1}


def test_an_entry_without_a_value_is_left_out() -> None:
    assert fill({"after": "{cursor}", "first": "{n}", "no": None}, {"cursor": None, "n": 2}) == {"first": 2, "no": None}


def test_what_is_no_place_stays() -> None:
    assert fill("{Id} {} {a b} {unknown}", {"id": 1}) == "{Id} {} {a b} {unknown}"


@given(VALUES)
def test_values_are_never_templates(values: dict) -> None:
    assert fill({"v": "{value}"}, values) == {"v": values["value"]}
    assert fill_path("/a/{value}/b", values).count("/") == 3


@pytest.mark.parametrize(
    ("value", "path"), [("a/b", "/r/a%2Fb"), ("a?b#c", "/r/a%3Fb%23c"), ("ü {id}", "/r/%C3%BC%20%7Bid%7D")]
)
def test_in_a_path_every_character_stands_for_itself(value: str, path: str) -> None:
    assert fill_path("/r/{id}", {"id": value}) == path


@given(st.text(min_size=1), st.integers())
def test_what_was_filled_in_is_read_back(text: str, number: int) -> None:
    template = {"t": "{value}", "n": ["{id}", {"c": "Decimal"}]}
    assert match(template, fill(template, {"value": text, "id": number})) == {"value": text, "id": number}


def test_a_text_with_two_places_is_taken_apart() -> None:
    assert match("{kind}/{value}", "deal/a/b") == {"kind": "deal", "value": "a/b"}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("x{value}", "y1"),
        ({"a": "{value}"}, {}),
        ({"a": "{value}"}, []),
        (["{value}"], [1, 2]),
        ({"a": 1}, {"a": True}),
        ("a", None),
    ],
)
def test_what_has_another_form_is_refused(template: object, value: object) -> None:
    with pytest.raises(ValueError, match="form"):
        match(template, value)


def test_places_are_listed() -> None:
    assert sorted(places({"{a}": ["{b}", {"x": "{c}{d}"}], "e": 1})) == ["a", "b", "c", "d"]
