"""An address book of invented people, some of them in it more than once and written otherwise the second time.

Names, streets and towns are syllables drawn like real ones: a few are common, most are rare. A copy has each part
changed with a chance of its own: a slip of the keys, a short form, an old value, or nothing at all. Same seed, same
book.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

COLUMNS = ("first_name", "last_name", "company", "street", "city", "postcode", "phone", "email")
SHARE_OF_COPIES = 0.2
PEOPLE_A_FIRM = 8
BEHIND_THE_SWITCHBOARD = 0.5
T = TypeVar("T")
_BEGINNINGS = "b br c ch d f fr g gr h j k kl l m n p pr r s sch st t tr v w z"
_MIDDLES = "a ai au e ei i ie o ou u y"
_TRADES = "bau logistics foods tools media energy pharma motors textiles glas optics data print marine"
_ENDS = "ck d ff l ll m n nn r rd rt s ss t tz x"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Book:
    """`columns` by name, each with one value a row ("" is missing), and who a row really is."""

    columns: dict[str, list[str]]
    people: list[int]


@dataclass(frozen=True, slots=True)
class _Firm:
    name: str
    street: str
    city: str
    postcode: str
    phone: str


def book(rows: int, seed: int, *, is_business: bool = True) -> Book:
    """Return an address book of about `rows` rows: of firms' people, or of people at home, who share nothing."""
    chance = random.Random(seed)
    firsts, lasts = _words(chance, 3_000, 2), _words(chance, 40_000, 2)
    firms = _firms(chance, max(10, rows // PEOPLE_A_FIRM) if is_business else rows)
    made: list[tuple[tuple[str, ...], int]] = []
    person = 0
    while len(made) < rows:
        person += 1
        first, last = _pick(chance, firsts), _pick(chance, lasts)
        firm = _pick(chance, firms) if is_business else firms[person % len(firms)]
        phone = (
            firm.phone
            if not is_business or chance.random() < BEHIND_THE_SWITCHBOARD
            else firm.phone[:5] + _digits(chance, 3)
        )
        address = f"{first}.{last}@{firm.name.replace(' ', '-')}.example"
        row = (first, last, firm.name, firm.street, firm.city, firm.postcode, phone, address)
        made.append((row, person))
        if chance.random() < SHARE_OF_COPIES:
            made += [(_written_again(row, chance), person) for _ in range(chance.choice((1, 1, 1, 2)))]
    chance.shuffle(made)
    columns = {name: [row[place] for row, _ in made] for place, name in enumerate(COLUMNS)}
    return Book(columns, [person for _, person in made])


def _firms(chance: random.Random, count: int) -> list[_Firm]:
    towns, streets = _words(chance, 5_000, 2), _words(chance, 20_000, 3)
    postcodes = {town: _digits(chance, 5) for town in towns}
    found = []
    for word in _words(chance, count, 3):
        town = _pick(chance, towns)
        street = f"{chance.randrange(1, 300)} {_pick(chance, streets)} street"
        found.append(
            _Firm(f"{word} {chance.choice(_TRADES.split())}", street, town, postcodes[town], _digits(chance, 8))
        )
    return found


def _pick(chance: random.Random, things: Sequence[T]) -> T:
    return things[int(len(things) * chance.random() ** 2.5)]


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice(_DIGITS) for _ in range(count))


def _words(chance: random.Random, count: int, syllables: int) -> list[str]:
    begin, middle, end = _BEGINNINGS.split(), _MIDDLES.split(), _ENDS.split()
    found: dict[str, None] = {}
    while len(found) < count:
        parts = [chance.choice(begin) + chance.choice(middle) for _ in range(chance.randint(1, syllables))]
        found["".join(parts) + chance.choice(end)] = None
    return list(found)


def _written_again(row: Sequence[str], chance: random.Random) -> tuple[str, ...]:
    changed = list(row)
    for place, value in enumerate(row):
        roll = chance.random()
        if roll < 0.12:
            changed[place] = ""
        elif roll < 0.30:
            changed[place] = slip(value, chance, _DIGITS if value.isdigit() else _LETTERS)
        elif roll < 0.34 and place != 0:
            changed[place] = slip(slip(slip(value, chance, _LETTERS), chance, _LETTERS), chance, _LETTERS)
    if chance.random() < 0.1:  # moved
        changed[3], changed[5] = f"{chance.randrange(1, 300)} {changed[4]} road", ""
    if chance.random() < 0.1:  # changed the firm
        changed[2], changed[7] = "", ""
    return tuple(changed)


def slip(value: str, chance: random.Random, letters: str) -> str:
    """Return the value with one letter put in, left out, replaced or swapped with the next."""
    if not value:
        return value
    place = chance.randrange(len(value))
    kind = chance.randrange(4)
    if kind == 0:
        return value[:place] + chance.choice(letters) + value[place:]
    if kind == 1 and len(value) > 1:
        return value[:place] + value[place + 1 :]
    if kind == 2 and place + 1 < len(value):
        return value[:place] + value[place + 1] + value[place] + value[place + 2 :]
    return value[:place] + chance.choice(letters) + value[place + 1 :]
