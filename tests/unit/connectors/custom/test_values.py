"""Values in all the forms that a mapping can name, both ways; what has no form is refused or left out."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.custom.mapping import Field, Identity, Stamp
from desktop.connectors.custom.values import Moments, codec_of, id_of, is_id, written_id
from desktop.connectors.fieldmap import Codec, Unreadable
from desktop.domain.records import RecordKind

K = RecordKind
BERLIN = ZoneInfo("Europe/Berlin")
IDS = {"account": Identity(form="integer"), "opportunity": Identity()}
PARTS = {"y": "{year}", "m": "{month}", "d": "{day}"}


def codec(kind: K, name: str, **spec: Any) -> Codec:
    return codec_of(kind, name, Field(at="/x", **spec), BERLIN, IDS)


FORMS: list[tuple[K, str, dict[str, Any], str, Any]] = [
    (K.CONTACT, "email", {}, "zoe@nordwind.example", "zoe@nordwind.example"),
    (K.OPPORTUNITY, "amount", {}, "12500.5", 12500.5),
    (K.OPPORTUNITY, "amount", {"form": "cents"}, "12500.5", 1250050),
    (K.OPPORTUNITY, "amount", {"form": "text_number"}, "12500.5", "12500.5"),
    (K.OPPORTUNITY, "amount", {"form": "text_number", "wrap": {"c": "D", "v": "{value}"}}, "1", {"c": "D", "v": "1"}),
    (K.OPPORTUNITY, "close_date", {}, "2026-06-30", "2026-06-30"),
    (K.OPPORTUNITY, "close_date", {"form": "%d.%m.%Y"}, "2026-06-30", "30.06.2026"),
    (K.OPPORTUNITY, "close_date", {"form": "seconds"}, "2026-06-30", 1782770400),
    (K.OPPORTUNITY, "close_date", {"wrap": PARTS}, "2026-06-30", {"y": 2026, "m": 6, "d": 30}),
    (K.OPPORTUNITY, "stage", {"form": "integer", "values": {"9": "New"}}, "New", 9),
    (K.OPPORTUNITY, "stage", {"values": {"a b": "New"}}, "New", "a b"),
    (K.TASK, "status", {"form": "flag", "values": {"true": "Completed", "false": "Open"}}, "Open", False),
    (K.ACTIVITY, "happened_at", {}, "2026-03-02T10:00:00+00:00", "2026-03-02T10:00:00Z"),
    (K.ACTIVITY, "happened_at", {"form": "milliseconds"}, "2026-03-02T10:00:00+00:00", 1772445600000),
    (K.ACTIVITY, "happened_at", {"form": "%Y-%m-%d %H:%M"}, "2026-03-02T10:00:00+00:00", "2026-03-02 11:00"),
    (K.ACTIVITY, "happened_at", {"form": "day"}, "2026-03-02T00:00:00+00:00", "2026-03-02"),
    (K.CONTACT, "account", {"refers": {"account": "org"}}, "account:7", 7),
    (K.TASK, "related", {"refers": {"account": "a", "opportunity": "o"}, "wrap": "{kind}/{value}"}, "account:7", "a/7"),
    (
        K.TASK,
        "related",
        {"refers": {"account": "a", "opportunity": "o"}, "wrap": {"t": "{kind}", "i": "{value}"}},
        "opportunity:d/8",
        {"t": "o", "i": "d/8"},
    ),
]


@pytest.mark.parametrize(("kind", "name", "spec", "ours", "theirs"), FORMS)
def test_both_directions(kind: K, name: str, spec: dict[str, Any], ours: str, theirs: Any) -> None:
    one = codec(kind, name, **spec)
    assert one.write(ours) == theirs
    assert type(one.write(ours)) is type(theirs)
    assert one.read(theirs) == ours


@pytest.mark.parametrize(
    ("kind", "name", "spec", "raw"),
    [
        (K.CONTACT, "email", {}, {"a": 1}),
        (K.OPPORTUNITY, "amount", {}, "a lot"),
        (K.OPPORTUNITY, "amount", {"form": "cents"}, "NaN"),
        (K.OPPORTUNITY, "amount", {"form": "text_number", "wrap": {"v": "{value}"}}, "5"),
        (K.OPPORTUNITY, "stage", {"values": {"1": "New"}}, 2),
        (K.OPPORTUNITY, "close_date", {"form": "%d.%m.%Y"}, "31.02.2026"),
        (K.OPPORTUNITY, "close_date", {"wrap": PARTS}, {"y": 2026, "m": 13, "d": 1}),
        (K.OPPORTUNITY, "close_date", {"wrap": PARTS}, {"y": "x", "m": 1, "d": 1}),
        (K.ACTIVITY, "happened_at", {"form": "seconds"}, 1e300),
        (K.ACTIVITY, "happened_at", {"form": "seconds"}, True),
        (K.ACTIVITY, "happened_at", {}, "9999-12-31T23:59:59-12:00"),
        (K.CONTACT, "account", {"refers": {"account": "a"}}, {"id": 5}),
        (K.CONTACT, "account", {"refers": {"account": "a"}}, "../x"),
        (K.TASK, "related", {"refers": {"account": "a", "opportunity": "o"}, "wrap": "{kind}/{value}"}, "x/5"),
    ],
)
def test_what_cannot_be_read_is_left_out(kind: K, name: str, spec: dict[str, Any], raw: Any) -> None:
    with pytest.raises(Unreadable):
        codec(kind, name, **spec).read(raw)


@pytest.mark.parametrize(
    ("kind", "name", "spec", "value"),
    [
        (K.OPPORTUNITY, "amount", {"form": "cents"}, "0.001"),
        (K.OPPORTUNITY, "amount", {"form": "text_number"}, "Infinity"),
        (K.OPPORTUNITY, "stage", {"values": {"1": "New"}}, "1"),
        (K.OPPORTUNITY, "close_date", {}, "tomorrow"),
        (K.CONTACT, "account", {"refers": {"account": "a"}}, "contact:5"),
        (K.CONTACT, "account", {"refers": {"account": "a"}}, "account:x"),
    ],
)
def test_what_cannot_be_written_is_refused(kind: K, name: str, spec: dict[str, Any], value: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        codec(kind, name, **spec).write(value)


@given(st.integers(0, 4_000_000_000), st.sampled_from(["datetime", "seconds", "milliseconds"]))
def test_moments_come_back(seconds: int, form: str) -> None:
    whole = datetime.fromtimestamp(seconds, UTC)
    moments = Moments(Stamp(form=form), BERLIN)
    assert moments.read(moments.write(whole)) == whole


def test_a_naive_moment_is_in_the_zone_of_the_mapping() -> None:
    moments = Moments(Stamp(form="%d.%m.%Y %H:%M:%S"), BERLIN)
    assert moments.read("01.07.2026 12:00:00").isoformat() == "2026-07-01T10:00:00+00:00"


@pytest.mark.parametrize("text", ["a", "gid://x/1", "a b", "x" * 200, "ü", "a.b"])
def test_texts_that_may_be_ids(text: str) -> None:
    assert is_id(Identity(), text)
    assert written_id(Identity(), text) == text


@pytest.mark.parametrize("text", ["", ".", "..", " ", "x" * 201, "a\nb", "\x00", "..."])
def test_texts_that_are_no_ids(text: str) -> None:
    assert not is_id(Identity(), text)


@pytest.mark.parametrize("raw", [None, True, 1.5, "", [], {}, "abc", -1, "１２"])
def test_what_is_no_number_is_no_id_where_ids_are_numbers(raw: Any) -> None:
    with pytest.raises(ValueError, match="id"):
        id_of(Identity(form="integer"), raw)
