"""The set of names already delivered, as a mark."""

import os

import pytest

from desktop.connectors.seen import fingerprint, format_mark, parse_mark


def test_a_mark_holds_what_went_in_whatever_the_order():
    prints = {fingerprint(name) for name in ("a", "b", os.fsdecode(b"\xff\xfe"))}
    assert parse_mark(format_mark(prints)) == prints
    assert format_mark(sorted(prints)) == format_mark(sorted(prints, reverse=True))


def test_no_mark_is_the_empty_set():
    assert parse_mark("") == parse_mark(format_mark(())) == set()


@pytest.mark.parametrize("mark", ["x", "2:", "1:QUJD", "1:****", "1:QUJDREVGRw", "1:é"])
def test_a_mark_that_is_none(mark):
    with pytest.raises(ValueError, match=r"."):
        parse_mark(mark)


def test_a_hundred_thousand_names_are_told_apart_and_fit_in_little_more_than_a_megabyte():
    mark = format_mark({fingerprint(f"1700000000.M{number}P1.host") for number in range(100_000)})
    assert len(parse_mark(mark)) == 100_000
    assert len(mark) < 1_100_000
