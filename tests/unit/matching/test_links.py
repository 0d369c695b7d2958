"""Whole address books: what is the same is found, what only works for the same firm is not."""

from itertools import combinations

import pytest

from desktop.matching.clusters import groups
from desktop.matching.links import Links, link
from desktop.matching.table import Kind, Table, column, table
from tests.benchmarks.matching.people import COLUMNS, Book, book

KINDS = {"first_name": Kind.NAME, "last_name": Kind.NAME, "postcode": Kind.CODE, "phone": Kind.CODE, "email": Kind.CODE}
SHARED = frozenset(COLUMNS) - {"first_name", "last_name", "email"}


def as_table(people: Book, rows: list[int]) -> Table:
    return table(
        [
            column(
                name, KINDS.get(name, Kind.WORDS), [people.columns[name][row] for row in rows], is_shared=name in SHARED
            )
            for name in COLUMNS
        ]
    )


def found(links: Links) -> set[tuple[int, int]]:
    return set(zip(links.left.tolist(), links.right.tolist(), strict=True))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nearly_all_copies_are_found_and_hardly_anybody_else(seed: int):
    people = book(6_000, seed)
    pairs = found(link(as_table(people, list(range(len(people.people))))))
    wrong = sum(people.people[one] != people.people[other] for one, other in pairs)
    by_person: dict[int, list[int]] = {}
    for row, person in enumerate(people.people):
        by_person.setdefault(person, []).append(row)
    copies = {pair for rows in by_person.values() for pair in combinations(rows, 2)}
    assert wrong <= 0.01 * len(pairs)
    assert len(pairs & copies) >= 0.85 * len(copies)


@pytest.mark.parametrize("rows", [2, 20, 400, 3_000])
def test_a_book_without_copies_stays_as_it_is(rows: int):
    people = book(2 * rows, 5)
    first: dict[int, int] = {}
    for row, person in enumerate(people.people):
        first.setdefault(person, row)
    assert not found(link(as_table(people, list(first.values())[:rows])))


def test_a_firm_s_people_are_not_one_person_however_much_they_share():
    shared = ("nordglas", "4 long street", "york", "10115", "5550100")
    names = [("ann", "miller"), ("bob", "carter"), ("cem", "demir"), ("dora", "eriksen"), ("emil", "fuchs")] * 1
    rows = [(first, last, *shared, f"{first}.{last}@nordglas.example") for first, last in names]
    people = Book({name: [row[n] for row in rows] for n, name in enumerate(COLUMNS)}, list(range(len(rows))))
    assert not found(link(as_table(people, list(range(len(rows))))))


def test_an_empty_book_has_no_links():
    links = link(as_table(Book({name: [] for name in COLUMNS}, []), []))
    assert (len(links.left), len(links.right), len(links.chance)) == (0, 0, 0)


def test_the_same_rows_give_the_same_links():
    people = book(2_000, 8)
    one, other = (link(as_table(people, list(range(len(people.people))))) for _ in range(2))
    assert found(one) == found(other)
    assert one.chance.tolist() == other.chance.tolist()


def test_who_is_the_same_as_the_same_is_the_same():
    assert groups(7, [(0, 1), (1, 4), (5, 6)]) == [[0, 1, 4], [5, 6]]
    assert groups(3, []) == []
