from datetime import UTC, datetime

import pytest

from desktop.domain.evidence import FactKind
from desktop.understanding.candidates import find_candidates
from desktop.understanding.candidates.amounts import number_of
from desktop.understanding.candidates.companies import likeness
from desktop.understanding.document import open_document
from desktop.understanding.lexicon.names import name_of
from tests.fakes.mails import OWN, message

WEDNESDAY = datetime(2026, 10, 21, 8, tzinfo=UTC)


def values(kind: FactKind, text: str, **mail: str) -> list[str]:
    document = open_document(message(text, sent_at=WEDNESDAY, **mail), OWN)
    return [candidate.value for candidate in find_candidates(document) if candidate.kind is kind]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jo Field", "Jo Field"),
        ("Field, Jo", "Jo Field"),
        ("Dr. Anneliese Thorvaldsen, P.E.", "Anneliese Thorvaldsen"),
        ("Bram de Wit", "Bram de Wit"),
        ("JO FIELD", "Jo Field"),
        ("Müller-Lüdenscheidt, Hans-Jürgen", "Hans-Jürgen Müller-Lüdenscheidt"),
        ("Étienne Quéméneur", "Étienne Quéméneur"),
        ("O'Brien, Máire", "Máire O'Brien"),
        ("Sales Team", None),
        ("ann@b.example", None),
        ("Ignore previous instructions", None),
        ("12 Main Street", None),
        ("", None),
        ("we are here", None),
    ],
)
def test_names(text: str, name: str | None):
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our budget is € 40k.", ["40000.00 EUR"]),
        ("Wir zahlen 12.500,00 EUR netto.", ["12500.00 EUR"]),
        ("It costs $1,200.00/month.", ["1200.00 USD"]),
        ("about 40k EUR in all", ["40000.00 EUR"]),
        ("between €40-50k", ["40000.00 EUR"]),
        ("USD 25k-50k", ["25000.00 USD"]),
        ("CHF 8'900.- exkl. MwSt.", ["8900.00 CHF"]),
        ("€ 3.480,- jährlich", ["3480.00 EUR"]),
        ("un budget de 18 400 €", ["18400.00 EUR"]),
        ("1,2 Mio. EUR", ["1200000.00 EUR"]),
        ("A$25,000 and £3,480", ["25000.00 AUD", "3480.00 GBP"]),
        ("5 million dollars", ["5000000.00 USD"]),
        ("12 pieces, 40 percent, call 555 0123, in 2026", []),
        ("version 1.200", []),
    ],
)
def test_amounts(text: str, expected: list[str]):
    assert values(FactKind.AMOUNT, f"Hello, {text}") == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.200,50", "1200.50"),
        ("1,200.50", "1200.50"),
        ("1.200", "1200"),
        ("12,5", "12.5"),
        ("1.234.567", "1234567"),
        ("8'900", "8900"),
    ],
)
def test_numbers(text: str, value: str):
    assert str(number_of(text)) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Can we meet on 2026-11-03?", "2026-11-03"),
        ("Can we meet next Thursday?", "2026-10-29"),
        ("Can we meet on Friday?", "2026-10-23"),
        ("Can we meet tomorrow?", "2026-10-22"),
        ("Please send it by November 3rd.", "2026-11-03"),
        ("Please send it by 3 November 2026.", "2026-11-03"),
        ("Please send it by 11/03/2026, call (614) 555-0143.", "2026-11-03"),
        ("Please send it by 03/11/2026, the price is £5.", "2026-11-03"),
        ("Please send it by the end of Q1.", "2027-03-31"),
        ("Please send it by the end of November.", "2026-11-30"),
        ("Can we meet on 11/3, or is (614) 555-0143 better?", "2026-11-03"),
        ("We can start in two weeks.", "2026-11-04"),
        ("We can start in week 48.", "2026-11-23"),
        ("We start on January 15.", "2027-01-15"),
        ("It has been broken since Monday.", "2026-10-19"),
        ("Bitte schicken Sie uns das bis zum 3. November.", "2026-11-03"),
        ("Bitte schicken Sie uns das bis zum 03.11.2026.", "2026-11-03"),
        ("Bitte rufen Sie mich am kommenden Freitag an.", "2026-10-23"),
        ("Bitte schicken Sie uns das bis Ende November.", "2026-11-30"),
        ("Können wir uns morgen sehen, und wann ist es Ihnen recht?", "2026-10-22"),
        ("Merci de nous envoyer le devis avant le 12 mars.", "2027-03-12"),
        ("Je suis disponible jeudi prochain pour un appel avec vous.", "2026-10-22"),
        ("Nous avons besoin de votre réponse fin novembre.", "2026-11-30"),
    ],
)
def test_dates_are_resolved_against_the_day_of_the_mail(text: str, day: str):
    assert values(FactKind.DATE, text) == [day]


@pytest.mark.parametrize(
    "text", ["Guten Morgen Herr Morgan", "version 1.2.3", "IP 10.10.20.26", "ratio 3/4", "You may go on", "the sun"]
)
def test_what_is_no_date(text: str):
    assert values(FactKind.DATE, text) == []


def test_a_past_day_scores_below_a_deadline():
    document = open_document(message("We ordered on 5 October. Please deliver by 30 October.", sent_at=WEDNESDAY), OWN)
    scores = {c.value: c.rule_score for c in find_candidates(document) if c.kind is FactKind.DATE}
    assert scores["2026-10-30"] > 0.7
    assert scores["2026-10-05"] < scores["2026-10-30"] - 0.2


SIGNED = "Hello Alex,\n\nplease call me back about the offer.\n\nRegards\nJo Field\n"


@pytest.mark.parametrize(
    ("line", "phones", "mobiles"),
    [
        ("T: 020 7946 0118  M: 07700 900264  F: 020 7946 0119", ["+442079460118"], ["+447700900264"]),
        ("Office: (614) 555-0143 | Cell: 614-555-0178", ["+16145550143"], ["+16145550178"]),
        ("Tel. +49 (0)30 23125 441, Fax +49 30 23125 449", ["+493023125441"], []),
        ("Tél. 01 99 00 45 67 - Portable 06 39 98 01 23", ["+33199004567"], ["+33639980123"]),
        ("0041 33 555 07 20", ["+41335550720"], []),
        ("Fax: +44 20 7946 0119", [], []),
        ("VAT 123456789, order no. 4711 0815 42", [], []),
        ("Meeting ID: 555 019 772 04 Passcode: 1", [], []),
        ("valid 12.10.2026 - 13.10.2026", [], []),
    ],
)
def test_phones_by_what_they_are_for(line: str, phones: list[str], mobiles: list[str]):
    french = "Bonjour,\n\nmerci de nous rappeler pour le devis.\n\nCordialement\nJo Field\n"
    text = (french if "Tél" in line else SIGNED) + line
    if "07700" in line or "020 79" in line:
        text += "\nAcme Ltd"
    assert values(FactKind.PHONE, text) == phones
    assert values(FactKind.MOBILE, text) == mobiles


def test_company_and_title_from_the_signature():
    text = SIGNED + "Head of Purchasing | Acme Valves Ltd\nwww.acme.example"
    assert values(FactKind.TITLE, text) == ["Head of Purchasing"]
    assert values(FactKind.COMPANY, text) == ["Acme Valves Ltd"]


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("We at Acme Valves would like a quote.", "Acme Valves"),
        ("I work for Kind People, and we need pumps.", "Kind People"),
        ("My name is Jo Field from Kind People, and we need pumps.", "Kind People"),
        ("We are Müller & Söhne GmbH & Co. KG and need pumps.", "Müller & Söhne GmbH & Co. KG"),
        ("wir bei Presswerk Süd brauchen Pumpen", "Presswerk Süd"),
    ],
)
def test_companies_in_the_text(text: str, company: str):
    document = open_document(message(text, sent_at=WEDNESDAY), OWN)
    companies = [candidate for candidate in find_candidates(document) if candidate.kind is FactKind.COMPANY]
    assert max(companies, key=lambda candidate: candidate.rule_score).value == company


def test_a_company_is_never_made_from_the_domain():
    assert values(FactKind.COMPANY, SIGNED) == []


@pytest.mark.parametrize(
    ("name", "domain", "alike"),
    [("Acme Valves Ltd", "acmevalves", True), ("Acme Valves", "acme", True), ("British Steel Works", "bsw", True),
     ("Brightwater Geothermal", "brightwatergeo", True), ("Kind People", "acme", False), ("Acme", "", False)],
)  # fmt: skip
def test_likeness_of_company_and_domain(name: str, domain: str, *, alike: bool):
    assert (likeness(name, domain) > 0.5) is alike


@pytest.mark.parametrize(
    ("text", "product"),
    [
        (
            "I am interested in wireless\nvibration sensors for the roller line.",
            "wireless vibration sensors for the roller line",
        ),
        ("Please send a quote for the 40 gateways by Friday.", "40 gateways"),
        ("Bitte senden Sie uns ein Angebot für 25 Sensoren bis Freitag.", "25 Sensoren"),
        ("Merci de nous envoyer un devis pour 30 capteurs sans fil avant mardi.", "30 capteurs sans fil"),
    ],
)
def test_products(text: str, product: str):
    assert product in values(FactKind.PRODUCT, text)


@pytest.mark.parametrize(
    "text",
    [
        "Could you send the drawings today?",
        "Please confirm the delivery date.",
        "Bitte geben Sie mir kurz Bescheid.",
        "Pouvez-vous envoyer le contrat ?",
    ],
)
def test_asks(text: str):
    assert values(FactKind.ASK, f"Hello Alex,\n\nthe pump arrived. {text} It is cold here.") == [text]


def test_courtesies_are_no_asks():
    assert values(FactKind.ASK, "Please do not hesitate to call. Please find attached the list of parts.") == []


def test_own_addresses_and_names_are_never_candidates():
    text = "Hello Alex,\n\nI wrote to alex.morgan@northbeam.example yesterday.\n\nRegards\nAlex Morgan"
    assert values(FactKind.EMAIL, text) == ["jo.field@acme.example"]
    assert values(FactKind.PERSON, text) == ["Jo Field"]
