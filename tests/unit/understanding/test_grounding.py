from dataclasses import replace

import pytest

from desktop.domain.evidence import Evidence, Fact, FactKind, Part, Span
from desktop.understanding.document import source_text
from desktop.understanding.grounding import is_grounded
from tests.fakes.mails import message

MAIL = message("Pay € 1.200,50 by 3 November, call +44 20 7946 0018.\nJo  Field", subject="Pumps", name="Field, Jo")


def fact(kind: FactKind, value: str, text: str, part: Part = Part.BODY) -> Fact:
    start = source_text(MAIL, part).index(text)
    return Fact(kind, value, Evidence(Span(part, start, start + len(text)), text), 0.9, "")


@pytest.mark.parametrize(
    "given",
    [
        fact(FactKind.AMOUNT, "1200.50 EUR", "€ 1.200,50"),
        fact(FactKind.DATE, "2026-11-03", "3 November"),
        fact(FactKind.PHONE, "+442079460018", "+44 20 7946 0018"),
        fact(FactKind.PERSON, "Jo Field", "Field, Jo", Part.SENDER),
        fact(FactKind.PRODUCT, "Pumps", "Pumps", Part.SUBJECT),
        fact(FactKind.COMPANY, "Jo Field", "Jo  Field"),
    ],
)
def test_what_follows_from_its_words_stays(given: Fact):
    assert is_grounded(MAIL, given)


@pytest.mark.parametrize(
    "given",
    [
        fact(FactKind.AMOUNT, "9900.00 EUR", "€ 1.200,50"),
        fact(FactKind.DATE, "soon", "3 November"),
        fact(FactKind.PHONE, "+442079469999", "+44 20 7946 0018"),
        fact(FactKind.PERSON, "Mallory Field", "Field, Jo", Part.SENDER),
        fact(FactKind.COMPANY, "Globex", "Jo  Field"),
    ],
)
def test_what_does_not_goes(given: Fact):
    assert not is_grounded(MAIL, given)


def test_words_that_stand_elsewhere_go():
    good = fact(FactKind.DATE, "2026-11-03", "3 November")
    span = good.evidence.span
    for moved in (
        replace(span, start=span.start - 1),
        replace(span, end=10_000),
        replace(span, start=-1),
        replace(span, part=Part.SUBJECT),
    ):
        assert not is_grounded(MAIL, replace(good, evidence=replace(good.evidence, span=moved)))


def test_the_sender_reads_name_and_address():
    assert source_text(MAIL, Part.SENDER) == "Field, Jo <jo.field@acme.example>"
    assert source_text(message("x", name=""), Part.SENDER) == "jo.field@acme.example"
    assert source_text(replace(MAIL, participants=()), Part.SENDER) == ""
