from dataclasses import replace
from datetime import date, timedelta

import pytest

from desktop.domain.evidence import Evidence, Fact, FactKind, Part, Span
from desktop.understanding.candidates import find_candidates
from desktop.understanding.document import open_document, source_text
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


# ADVERSARIAL: words that stand in the mail, values that do not follow from them.
BODY = (
    "We have USD 118,000 in the plan, not 20 grand. Offers: €40-50k, $3.5M, 12.000,- and 5 cents/kWh.\n"
    "The outage is Oct 20-24, call me Thursday week or on 3/11. Bis Ende Q3, KW 48, in einem Monat.\n"
    "The price is twenty two five. We need 40 sensors."
)
LONG = message(BODY, subject="Outage 5 November", sender="jo.field@acme.example", name="Jo Field")


def said(kind: FactKind, value: str, text: str, part: Part = Part.BODY) -> Fact:
    start = source_text(LONG, part).index(text)
    return Fact(kind, value, Evidence(Span(part, start, start + len(text)), text), 0.9, "")


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (FactKind.AMOUNT, "118000.00 USD", "USD 118,000"),
        (FactKind.AMOUNT, "40000.00 EUR", "€40-50k"),
        (FactKind.AMOUNT, "3500000.00 USD", "$3.5M"),
        (FactKind.AMOUNT, "20000.00 USD", "20 grand"),
        (FactKind.AMOUNT, "12000.00 EUR", "12.000,-"),
        (FactKind.AMOUNT, "22500.00 USD", "twenty two five"),
        (FactKind.AMOUNT, "0.05 USD", "5 cents"),
        (FactKind.DATE, "2026-10-20", "Oct 20-24"),
        (FactKind.DATE, "2026-10-29", "Thursday week"),
        (FactKind.DATE, "2026-11-03", "3/11"),
        (FactKind.DATE, "2027-03-11", "3/11"),
        (FactKind.DATE, "2027-09-30", "Ende Q3"),
        (FactKind.DATE, "2026-11-23", "KW 48"),
        (FactKind.QUANTITY, "40 sensors", "40 sensors"),
    ],
)
def test_every_form_follows_from_its_words(kind: FactKind, value: str, text: str):
    assert is_grounded(LONG, said(kind, value, text))


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (FactKind.AMOUNT, "18000.00 USD", "USD 118,000"),
        (FactKind.AMOUNT, "118000.00 EUR", "USD 118,000"),
        (FactKind.AMOUNT, "118.00 USD", "USD 118,000"),
        (FactKind.AMOUNT, "118000000.00 USD", "USD 118,000"),
        (FactKind.AMOUNT, "118000", "USD 118,000"),
        (FactKind.AMOUNT, "45000.00 EUR", "€40-50k"),
        (FactKind.AMOUNT, "4050.00 EUR", "€40-50k"),
        (FactKind.AMOUNT, "35000000.00 USD", "$3.5M"),
        (FactKind.AMOUNT, "20000.00 JPY", "20 grand"),
        (FactKind.AMOUNT, "20.00 USD", "20 grand"),
        (FactKind.AMOUNT, "22005.00 USD", "twenty two five"),
        (FactKind.AMOUNT, "40.00 USD", "40 sensors"),
        (FactKind.AMOUNT, "950000.00 USD", "in the plan"),
        (FactKind.DATE, "2026-10-22", "Oct 20-24"),
        (FactKind.DATE, "2027-10-20", "Oct 20-24"),
        (FactKind.DATE, "2026-10-22", "Thursday week"),
        (FactKind.DATE, "2026-11-11", "3/11"),
        (FactKind.DATE, "2026-09-29", "Ende Q3"),
        (FactKind.DATE, "2026-12-24", "call me"),
        (FactKind.DATE, "20261020", "Oct 20-24"),
        (FactKind.QUANTITY, "400 sensors", "40 sensors"),
        (FactKind.QUANTITY, "40 gateways", "40 sensors"),
        (FactKind.TOPIC, "Cancelled contract", "The outage"),
        (FactKind.COMPETITOR, "Vexatron", "The outage"),
        (FactKind.ASK, "Call Mallory", "call me"),
        (FactKind.TOPIC, " ", "outage is"),
    ],
)
def test_a_value_that_does_not_follow_from_its_words_is_refused(kind: FactKind, value: str, text: str):
    assert not is_grounded(LONG, said(kind, value, text))


def test_every_amount_and_day_but_its_own_is_refused():
    """Whatever a stored row or a model may say: of all these only what the words give is let through."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(270, 400)]
    kept = [day for day in days if is_grounded(LONG, said(FactKind.DATE, day.isoformat(), "Oct 20-24"))]
    assert kept == [date(2026, 10, 20)]
    amounts = [f"{number * 1000}.00 {code}" for number in range(90, 130) for code in ("USD", "EUR", "GBP", "AUD")]
    kept_amounts = [amount for amount in amounts if is_grounded(LONG, said(FactKind.AMOUNT, amount, "USD 118,000"))]
    assert kept_amounts == ["118000.00 USD"]


def test_every_candidate_of_a_mail_is_let_through():
    document = open_document(LONG, frozenset({"alex.morgan@northbeam.example"}))
    kinds = (FactKind.AMOUNT, FactKind.DATE, FactKind.TOPIC, FactKind.QUANTITY, FactKind.PRODUCT)
    candidates = [candidate for candidate in find_candidates(document) if candidate.kind in kinds]
    refused = [c for c in candidates if not is_grounded(LONG, Fact(c.kind, c.value, c.evidence, c.rule_score, c.why))]
    assert len(candidates) >= 10
    assert refused == []
