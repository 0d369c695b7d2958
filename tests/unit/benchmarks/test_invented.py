from dataclasses import replace

import pytest

from desktop.domain.evidence import Evidence, FactKind, Part, Span
from tests.benchmarks.understanding.invented import follows, invented
from tests.unit.benchmarks.situations import fact, mail, reading


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (FactKind.PERSON, "Petra Lindqvist", "Lindqvist, Petra"),
        (FactKind.PERSON, "Petra Lindqvist", "petra.lindqvist"),
        (FactKind.COMPANY, "Ostermoor Pumps GmbH", "Ostermoor Pumps GmbH"),
        (FactKind.EMAIL, "p@o.example", "mailto:P@o.example"),
        (FactKind.PHONE, "+49405550118", "040 / 555 01 18"),
        (FactKind.AMOUNT, "2760.00 EUR", "€ 2.760,-"),
        (FactKind.AMOUNT, "30000.00-60000.00 USD", "USD 30k-60k"),
        (FactKind.AMOUNT, "8200.00 BRL", "R$ 8.200,00"),
        (FactKind.AMOUNT, "0.037 USD", "3.7 cents"),
        (FactKind.AMOUNT, "0.0075 USD", "$.0075"),
        (FactKind.AMOUNT, "12000.00-14000.00 EUR", "12-14 mila euro"),
        (FactKind.DATE, "2026-11-13", "Friday"),
        (FactKind.DATE, "2026-10-06/2026-10-09", "Oct 6-9, 2026"),
        (FactKind.ASK, "send a quote", "Could you send\na quote?"),
    ],
)
def test_values_that_follow(kind: FactKind, value: str, words: str) -> None:
    assert follows(fact(kind, value, words))


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (FactKind.PERSON, "Petra Lund", "Lindqvist, Petra"),
        (FactKind.COMPANY, "Ostermoor Pumps AG", "Ostermoor Pumps GmbH"),
        (FactKind.EMAIL, "q@o.example", "p@o.example"),
        (FactKind.PHONE, "+49405550119", "040 / 555 01 18"),
        (FactKind.AMOUNT, "2761.00 EUR", "€ 2.760,-"),
        (FactKind.AMOUNT, "2760.00 GBP", "€ 2.760,-"),
        (FactKind.AMOUNT, "8200.00 USD", "R$ 8.200,00"),
        (FactKind.AMOUNT, "3.70 USD", "37 cents"),
        (FactKind.AMOUNT, "0.50 USD", "1.50"),
        (FactKind.DATE, "2025-11-13", "13 November 2026"),
        (FactKind.DATE, "soon", "soon"),
        (FactKind.DATE, "2026-11-13/2026-11-01", "November"),
        (FactKind.ASK, "send money", "Could you send a quote?"),
        (FactKind.TOPIC, " ", "a quote"),
    ],
)
def test_values_that_do_not(kind: FactKind, value: str, words: str) -> None:
    assert not follows(fact(kind, value, words))


def test_the_words_must_stand_where_they_are_said_to() -> None:
    name = fact(FactKind.PERSON, "Petra M. Lindqvist")
    moved = replace(name, evidence=Evidence(Span(Part.BODY, 0, len(name.value)), name.value))
    beyond = replace(name, evidence=Evidence(Span(Part.SUBJECT, 0, 99), name.value))
    sender = replace(name, evidence=Evidence(Span(Part.SENDER, 0, 16), "Lindqvist, Petra"), value="Petra Lindqvist")
    assert invented(mail().message, reading([name, moved, beyond, sender])) == [moved, beyond]
