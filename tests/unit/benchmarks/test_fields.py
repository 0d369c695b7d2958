import pytest

from desktop.domain.evidence import FactKind
from tests.benchmarks.understanding import fields
from tests.benchmarks.understanding.scoring import Verdict
from tests.unit.benchmarks.situations import fact, mail, reading, record

KINDS = {
    "contact_name": FactKind.PERSON,
    "company": FactKind.COMPANY,
    "email": FactKind.EMAIL,
    "phone": FactKind.PHONE,
    "job_title": FactKind.TITLE,
    "amount": FactKind.AMOUNT,
    "date": FactKind.DATE,
}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("contact_name", "petra lindqvist", None),
        ("contact_name", "Lindqvist, Petra", None),
        ("contact_name", "P. L.", "Petra M. Lindqvist"),
        ("company", "OSTERMOOR Pumps GmbH.", None),
        ("email", "P.Lindqvist@Ostermoor.example", None),
        ("phone", "+49405550118", "Tel. +49 40 555 0118"),
        ("phone", "040 5550118", "+49 40 555 0118"),
        ("job_title", "head of purchasing", None),
        ("amount", "2760.00 EUR", "2.760"),
        ("amount", "0.00 EUR", "€ 2.760,-"),
        ("date", "2026-11-13", "Friday"),
        ("date", "2020-01-01", "friday 13 november"),
    ],
)
def test_right_by_value_or_by_words(field: str, value: str, words: str | None) -> None:
    assert fields.verdict_on(mail(), field, fact(KINDS[field], value, words)) is Verdict.RIGHT


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("contact_name", "Petra", None),
        ("contact_name", "Alex", None),
        ("company", "Ostermoor", None),
        ("email", "alex@seller.example", None),
        ("phone", "+49405550119", "555 0119"),
        ("job_title", "Purchasing", None),
        ("amount", "2760.00 USD", "2.760"),
        ("amount", "276.00 EUR", "276"),
        ("date", "2026-11-14", "Saturday"),
        ("date", "2026-11-13/2026-11-20", "until then"),
    ],
)
def test_wrong(field: str, value: str, words: str | None) -> None:
    assert fields.verdict_on(mail(), field, fact(KINDS[field], value, words)) is Verdict.WRONG


def test_either_end_of_a_range_counts_and_the_range_itself() -> None:
    ranged = mail(normalised={"date_iso": "2026-11-13/2026-11-15"})
    for value in ("2026-11-13", "2026-11-15", "2026-11-13/2026-11-15"):
        assert fields.verdict_on(ranged, "date", fact(FactKind.DATE, value, "x")) is Verdict.RIGHT
    assert fields.verdict_on(ranged, "date", fact(FactKind.DATE, "2026-11-14", "x")) is Verdict.WRONG


def test_a_range_of_money_needs_both_ends() -> None:
    gold = record()["gold"] | {"amount": "EUR 30k-60k"}
    ranged = mail(gold=gold, normalised={"amount_currency": "EUR"})
    both = fact(FactKind.AMOUNT, "30000.00-60000.00 EUR", "between 30 and 60")
    assert fields.verdict_on(ranged, "amount", both) is Verdict.RIGHT
    assert fields.verdict_on(ranged, "amount", fact(FactKind.AMOUNT, "30000.00 EUR", "30")) is Verdict.WRONG


def test_an_acceptable_amount_is_read_from_its_text() -> None:
    wide = mail(acceptable={"amount": ["€ 4.100,- incl. VAT"]})
    assert fields.verdict_on(wide, "amount", fact(FactKind.AMOUNT, "4100.00 EUR", "4.100")) is Verdict.RIGHT


def test_empty_fields() -> None:
    nothing = record()["gold"] | {"company": None}
    assert fields.verdict_on(mail(), "company", None) is Verdict.MISSED
    assert fields.verdict_on(mail(acceptable={"company": [None]}), "company", None) is Verdict.RIGHTLY_EMPTY
    assert fields.verdict_on(mail(gold=nothing), "company", None) is Verdict.RIGHTLY_EMPTY
    firm = fact(FactKind.COMPANY, "Ostermoor")
    assert fields.verdict_on(mail(gold=nothing), "company", firm) is Verdict.SPURIOUS
    allowed = mail(gold=nothing, acceptable={"company": ["Ostermoor"]})
    assert fields.verdict_on(allowed, "company", firm) is Verdict.RIGHT


def test_what_fills_a_field() -> None:
    office = fact(FactKind.PHONE, "+49405550118", confidence=0.4)
    mobile = fact(FactKind.MOBILE, "+491705550118", confidence=0.99)
    faint = fact(FactKind.PHONE, "+49405550118", confidence=0.01)
    assert fields.filled(reading([mobile, office]), "phone") == office
    assert fields.filled(reading([mobile, faint]), "phone") == mobile
    assert fields.filled(reading([faint]), "phone") is None
    assert fields.filled(reading([fact(FactKind.FAX, "+49405550119")]), "phone") is None


def test_figures_and_points_over_mails() -> None:
    right = reading([fact(FactKind.PERSON, "Petra Lindqvist", confidence=0.9)])
    wrong = reading([fact(FactKind.PERSON, "Alex", confidence=0.6)])
    found = list(fields.outcomes([(mail(), right), (mail(), wrong), (mail(), reading())]))
    name = fields.figures(found)["contact_name"]
    assert name == {"precision": 0.5, "recall": 0.3333, "f1": 0.4, "n": 3, "coverage": 0.6667}
    assert fields.points(found) == [(0.9, True), (0.6, False)]
    assert "wrong" in next(one.shown for one in found if one.verdict is Verdict.WRONG)
