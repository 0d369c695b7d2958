"""What is said about the next try, and about what is then not written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.domain.deliveries import DeliveryState, Operation
from desktop.review.views import FieldTriple, OutboxRow
from desktop.review.waiting import given_up_words, next_try, span
from tests.fakes import cards
from tests.fakes.clock import START


def row(state=DeliveryState.WAITING, operation=Operation.UPDATE, *, attempts=0, fields=1):
    entry = cards.entry("s", state, "", operation=operation, attempts=attempts)
    triples = tuple(FieldTriple(f"f{n}", "a", "b") for n in range(fields))
    return OutboxRow(entry, "Jane Roe", "Salesforce", None, triples, {}, due_at=START + timedelta(seconds=40))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (40, "40 s"), (60, "60 s"), (61, "2 min"), (3600, "60 min"), (3601, "2 h"), (200_000, "3 d")],
)
def test_lengths_of_time_are_never_too_short(seconds, words):
    assert span(seconds) == words


def test_the_next_try():
    assert next_try(row(), START) == "next try in 40 s"
    assert next_try(row(), START + timedelta(seconds=41)) == "next in line"
    assert next_try(replace(row(), due_at=None), START) == "next in line"
    assert next_try(row(DeliveryState.SENDING), START) == "being sent"
    assert next_try(row(DeliveryState.CONFLICT), START) == next_try(row(DeliveryState.REJECTED), START) == ""


def test_giving_up_says_what_is_not_written():
    assert given_up_words(row(operation=Operation.CREATE)) == "“Jane Roe” is then not created in Salesforce."
    assert given_up_words(row(fields=2)) == "2 fields of “Jane Roe” then stay as they are in Salesforce."
    tried = given_up_words(row(attempts=2))
    assert tried.startswith("1 field of “Jane Roe” then stays as it is in Salesforce.")
    assert "look whether it arrived" in tried


@pytest.mark.parametrize("operation", list(Operation))
def test_there_is_a_sentence_for_each(operation):
    assert given_up_words(row(operation=operation)).endswith(".")
