from datetime import date

import pytest

from desktop.understanding.candidates.moment_holidays import easter
from desktop.understanding.candidates.moments import Today, find_moments

WEDNESDAY = date(2026, 10, 21)


def days(text: str) -> list[str]:
    found = find_moments(text, 0, end=len(text), today=Today(WEDNESDAY, month_first=False))
    return [moment.day.isoformat() for moment in found]


@pytest.mark.parametrize(("year", "day"), [(1999, "04-04"), (2000, "04-23"), (2024, "03-31"), (2027, "03-28")])
def test_easter(year: int, day: str):
    assert easter(year).isoformat() == f"{year}-{day}"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("we need it before Thanksgiving", "2026-11-26"),
        ("bis Weihnachten", "2026-12-25"),
        ("avant Pâques", "2027-03-28"),
        ("antes do Natal", "2026-12-25"),
        ("prima di Capodanno", "2027-01-01"),
        ("voor Pinksteren", "2027-05-16"),
        ("innan jul", "2026-12-25"),
        ("do Wielkanocy", "2027-03-28"),
        ("on Good Friday", "2027-03-26"),
        ("by Christmas Eve", "2026-12-24"),
    ],
)
def test_holidays(text: str, day: str):
    assert days(text) == [day]


@pytest.mark.parametrize(
    "text", ["Merry Christmas to you all", "the Easter range", "Frohe Weihnachten", "for Christmas cards", "mes natal"]
)
def test_greetings_and_goods_are_no_days(text: str):
    assert days(text) == []
