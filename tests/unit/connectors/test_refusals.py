"""From statuses and tables to our five errors."""

import pytest

from desktop.connectors.refusals import Refusal, Verdict, for_status, to_error
from desktop.domain.errors import Conflict, Rejected, Temporary, UserActionNeeded


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (300, Rejected),
        (400, Rejected),
        (401, UserActionNeeded),
        (403, UserActionNeeded),
        (404, Rejected),
        (408, Temporary),
        (409, Rejected),
        (412, Conflict),
        (422, Rejected),
        (429, Temporary),
        (500, Temporary),
        (503, Temporary),
        (599, Temporary),
    ],
)
def test_every_status_means_something(status: int, error: type[Exception]) -> None:
    made = to_error(for_status(status), vendor="Acme", detail="d")
    assert type(made) is error
    assert made.detail == "d"
    assert "{" not in made.sentence


@pytest.mark.parametrize(
    ("named", "table", "wait"), [(None, None, None), (7.0, None, 7.0), (7.0, 60.0, 60.0), (90.0, 60.0, 90.0)]
)
def test_the_longer_wait_counts(named: float | None, table: float | None, wait: float | None) -> None:
    made = to_error(Refusal(Verdict.LATER, "later", table), vendor="Acme", retry_after=named)
    assert isinstance(made, Temporary)
    assert made.retry_after == wait


def test_braces_in_a_vendors_words_are_only_words() -> None:
    made = to_error(Refusal(Verdict.REFUSED, "{vendor}: {0} {fields} {x.__class__}"), vendor="Acme", fields="Phone")
    assert made.sentence == "Acme: {0} Phone {x.__class__}"
