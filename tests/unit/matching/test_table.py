import pytest

from desktop.matching.table import Kind, column, table


def test_every_value_stands_once_and_missing_comes_first():
    town = column("city", Kind.WORDS, ["york", None, "york", "", "bath"])
    assert town.values == ("", "york", "bath")
    assert town.codes.tolist() == [1, 0, 1, 0, 2]


def test_shares_are_of_the_rows_that_have_a_value():
    town = column("city", Kind.WORDS, ["york", "", "york", "bath", "york"])
    assert town.shares.tolist() == [0, 0.75, 0.25]


def test_columns_of_one_table_have_one_length():
    with pytest.raises(ValueError, match="one length"):
        table([column("a", Kind.CODE, ["1"]), column("b", Kind.CODE, ["1", "2"])])


def test_an_empty_table_has_no_rows():
    assert len(table([])) == 0
    assert len(table([column("a", Kind.CODE, [])])) == 0
