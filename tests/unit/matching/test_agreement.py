import numpy as np
import pytest

from desktop.matching.agreement import DIFFERENT, NEARLY, SAME, SOMEWHAT, UNKNOWN, levels
from desktop.matching.table import Kind, column


def level(kind: Kind, one: str, other: str) -> int:
    found = levels(column("x", kind, [one, other]), (np.array([0]), np.array([1])))
    return int(found[0])


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        (Kind.NAME, "miller", "miller", SAME),
        (Kind.NAME, "miller", "millar", NEARLY),
        (Kind.NAME, "karlsson", "carlson", SOMEWHAT),
        (Kind.NAME, "miller", "schmidt", DIFFERENT),
        (Kind.NAME, "", "schmidt", UNKNOWN),
        (Kind.NAME, "", "", UNKNOWN),
        (Kind.CODE, "5550100", "5550100", SAME),
        (Kind.CODE, "5550100", "5550010", NEARLY),
        (Kind.CODE, "5550100", "5550111", SOMEWHAT),
        (Kind.CODE, "5550100", "4440199", DIFFERENT),
        (Kind.CLASS, "north", "norht", DIFFERENT),
    ],
)
def test_how_far_two_values_agree(kind: Kind, one: str, other: str, expected: int):
    assert level(kind, one, other) == expected
    assert level(kind, other, one) == expected


def test_each_pair_of_rows_gets_the_level_of_its_own_values():
    name = column("x", Kind.NAME, ["ann", "anne", "", "bob", "ann"])
    left, right = np.array([0, 0, 0, 0, 1]), np.array([1, 2, 3, 4, 3])
    assert levels(name, (left, right)).tolist() == [NEARLY, UNKNOWN, DIFFERENT, SAME, DIFFERENT]
