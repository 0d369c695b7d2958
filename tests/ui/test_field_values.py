"""What the rep types becomes a canonical value or a sentence; what is stored becomes words."""

import pytest

from desktop.domain.errors import Rejected
from desktop.domain.records import FieldType
from desktop.ui.review.field_values import shown, typed_value

T = FieldType


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (T.TEXT, "  two words ", "two words"),
        (T.TEXT, "   ", None),
        (T.DATE, "2026-03-31", "2026-03-31"),
        (T.MONEY, "1200.5", "1200.50"),
        (T.MONEY, "1 200,50", "1200.50"),
        (T.EMAIL, "Jane@Example.COM", "jane@example.com"),
        (T.PHONE, "+49 (30) 123-4567", "+49301234567"),
        (T.CURRENCY, "eur", "EUR"),
        (T.TEXT, "right\u202eto left", "right\ufffdto left"),
    ],
)
def test_typing_becomes_canonical(kind, typed, value) -> None:
    assert typed_value(kind, typed) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (T.DATE, "31.3.2026"),
        (T.DATE, "2026-02-30"),
        (T.DATE, "soon"),
        (T.MONEY, "a lot"),
        (T.EMAIL, "jane at example"),
        (T.EMAIL, "a@b.com, c@d.com"),
        (T.PHONE, "call me"),
        (T.CURRENCY, "euros"),
        (T.DATETIME, "tomorrow"),
        (T.REFERENCE, "account:1"),
    ],
)
def test_a_wrong_shape_is_a_sentence(kind, typed) -> None:
    with pytest.raises(Rejected) as caught:
        typed_value(kind, typed)
    assert caught.value.sentence


def test_a_moment_without_zone_is_the_reps_own() -> None:
    value = typed_value(T.DATETIME, "2026-03-31 14:30")
    assert value is not None
    assert value.startswith("2026-03-31T14:30:00")
    assert len(value) > len("2026-03-31T14:30:00")


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (T.TEXT, None, "empty"),
        (T.MONEY, "18400.00", "18,400.00"),
        (T.MONEY, "-1200", "-1,200"),
        (T.MONEY, "nonsense", "nonsense"),
        (T.DATE, "2026-03-31", "31 Mar 2026"),
        (T.DATE, "whenever", "whenever"),
        (T.REFERENCE, "account:1", "Brightwater"),
        (T.REFERENCE, "account:2", "account:2"),
    ],
)
def test_values_are_shown_in_words(kind, value, words) -> None:
    assert shown(kind, value, {"account:1": "Brightwater"}) == words
