from hypothesis import given
from hypothesis import strategies as st

from desktop.matching.blocking import MOST_TOGETHER, meeting, pairs
from desktop.matching.table import Kind, column, table


def met(values: list[str]) -> set[tuple[int, int]]:
    left, right = meeting(column("x", Kind.CODE, values).codes)
    return set(zip(left.tolist(), right.tolist(), strict=True))


@given(st.lists(st.sampled_from(["", "a", "b", "c", "d"]), max_size=30))
def test_rows_meet_under_a_key_exactly_where_they_share_it(values: list[str]):
    count = len(values)
    assert met(values) == {
        (one, other)
        for one in range(count)
        for other in range(one + 1, count)
        if values[one] and values[one] == values[other]
    }


def test_what_very_many_share_brings_nobody_together():
    assert len(met(["a"] * MOST_TOGETHER)) == MOST_TOGETHER * (MOST_TOGETHER - 1) // 2
    assert not met(["a"] * (MOST_TOGETHER + 1))


def book(*rows: tuple[str, str, str, str]):
    names = (("first", Kind.NAME), ("last", Kind.NAME), ("city", Kind.WORDS), ("phone", Kind.CODE))
    return table([column(name, kind, [row[n] for row in rows]) for n, (name, kind) in enumerate(names)])


FILLER = [(f"{n:02}first", f"{n:02}last", f"{n:02}city", f"{n:07}") for n in range(40)]


def is_found(one: tuple[str, str, str, str], other: tuple[str, str, str, str]) -> bool:
    left, right = pairs(book(one, other, *FILLER))
    return (0, 1) in zip(left.tolist(), right.tolist(), strict=True)


def test_rows_meet_by_a_number_by_two_values_or_by_two_beginnings():
    ann = ("ann", "miller", "york", "5550100")
    assert is_found(ann, ("", "", "", "5550100"))
    assert is_found(ann, ("ann", "miller", "", ""))
    assert is_found(ann, ("anna", "millar", "", ""))
    assert not is_found(ann, ("bob", "miller", "bath", "5550199"))


def test_each_pair_comes_once_the_smaller_row_first():
    left, right = pairs(book(*FILLER, *FILLER))
    found = list(zip(left.tolist(), right.tolist(), strict=True))
    assert len(found) == len(set(found)) == len(FILLER)
    assert all(one < other for one, other in found)


def test_a_table_with_nothing_to_compare_has_no_pairs():
    assert len(pairs(table([]))[0]) == 0
    assert len(pairs(book(("", "", "", ""), ("", "", "", "")))[0]) == 0
