import pytest

from desktop.domain.evidence import FactKind
from desktop.understanding.candidates.amounts import possible_amounts
from tests.unit.understanding.candidates.finding import best, found


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("our budget is € 1.2 Mio in all", "€ 1.2 Mio", "1200000.00 EUR"),
        ("ein Rahmen von 40 Tsd. € netto", "40 Tsd. €", "40000.00 EUR"),
        ("wir planen 40 TEUR ein", "40 TEUR", "40000.00 EUR"),
        ("we have USD 118,000 for it", "USD 118,000", "118000.00 USD"),
        ("a cap of A$25,000", "A$25,000", "25000.00 AUD"),
        ("a deal of $5mm", "$5mm", "5000000.00 USD"),
        ("between $8 and $11 a head", "between $8 and $11", "8.00 USD"),
        ("somewhere in USD 25k-50k", "USD 25k-50k", "25000.00 USD"),
        ("por $185,000.00 MXN más IVA", "$185,000.00 MXN", "185000.00 MXN"),
        ("offerte à € 18.950,- excl. btw", "€ 18.950,-", "18950.00 EUR"),
        ("the rate is 3.5 cents/kWh", "3.5 cents", "0.035 USD"),
        ("the rate is $0.045/kWh", "$0.045", "0.045 USD"),
        ("about Rs. 1,50,000 in all", "Rs. 1,50,000", "150000.00 INR"),
        ("INR 2.5 lakh", "INR 2.5 lakh", "250000.00 INR"),
        ("T€ 40 im Budget", "T€ 40", "40000.00 EUR"),
        ("12 400 zł netto", "12 400 zł", "12400.00 PLN"),
        ("R$ 48.500,00 à vista", "R$ 48.500,00", "48500.00 BRL"),
        ("kr 12.500,- for det hele", "kr 12.500,-", "12500.00 SEK"),
        ("CAD$40,000 all in", "CAD$40,000", "40000.00 CAD"),
        ("$25-35 million of work", "$25-35 million", "25000000.00 USD"),
        ("a refund of 400 quid", "400 quid", "400.00 GBP"),
        ("total  $  35,000,000", "$  35,000,000", "35000000.00 USD"),
    ],
)
def test_every_usual_form(text: str, words: str, value: str):
    candidate = best(FactKind.AMOUNT, f"Hello Alex, {text}.")
    assert (candidate.evidence.text, candidate.value) == (words, value)


def test_two_sums_side_by_side_are_no_range():
    values = [c.value for c in found(FactKind.AMOUNT, "Hello Alex, we pay € 500 and 30 crates go for $20 and $300.")]
    assert sorted(values) == ["20.00 USD", "300.00 USD", "500.00 EUR"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We have USD 118,000 in the plan. The probes are $6,900 each.", "USD 118,000"),
        ("Your competitors quoted between $8 and $11 a head. I have a hard cap of $25,000.", "$25,000"),
        ("We ask you to refund the cost of £1,150. We pay £2,900 a month.", "£1,150"),
        ("Last year we wrote off €18,000. Our budget is €22,500.", "€22,500"),
        ("Der Stückpreis liegt bei 89 EUR je Stück, das Angebot über 12.400 EUR passt.", "12.400 EUR"),
    ],
)
def test_the_money_the_mail_is_about_comes_first(text: str, words: str):
    assert best(FactKind.AMOUNT, f"Hello Alex,\n\n{text}\n").evidence.text == words


def test_a_price_per_piece_says_so():
    assert (
        best(FactKind.AMOUNT, "Hello Alex, the seat comes to $49 per month.").why == "a price per piece, seat or month"
    )
    assert (
        best(FactKind.AMOUNT, "Hallo, der Vertrag kostet € 3.480,- jährlich.").why != "a price per piece, seat or month"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Our budget is 20 grand, call +44 20 7946 0018.", "20000.00 GBP"),
        ("Our budget is 40k at most, call +44 20 7946 0018.", "40000.00 GBP"),
        ("Der Preis wäre 12.000,- für uns und das ist für die Firma nicht zu viel.", "12000.00 EUR"),
        ("We had €900 last time. This time our budget is eighteen thousand.", "18000.00 EUR"),
        ("They took £300. The price for the year is twenty two five.", "22500.00 GBP"),
    ],
)
def test_a_currency_that_is_not_said_is_inferred_and_the_reason_says_so(text: str, value: str):
    candidates = {c.value: c.why for c in found(FactKind.AMOUNT, f"Hello Alex,\n\n{text}\n")}
    assert candidates[value] == "an amount whose currency is inferred from the mail"


@pytest.mark.parametrize(
    "text",
    [
        "The plant makes 150-200 MW and serves 8,000 students.",
        "We have 5k users on version 1.200 in 2026.",
        "Call 555 0123 about room 40 000.",
        "It took two or three people eighteen days.",
        "The price list names 40 sensors.",
    ],
)
def test_what_is_no_money(text: str):
    assert found(FactKind.AMOUNT, f"Hello Alex,\n\n{text}\n") == []


def test_the_dollar_is_that_of_the_mail():
    assert best(FactKind.AMOUNT, "The first is A$900, our budget is $25,000.").value == "25000.00 AUD"
    assert best(FactKind.AMOUNT, "Our budget is US$25,000, not A$900.").value == "25000.00 USD"


def test_a_krone_is_that_of_the_writers_country():
    mail = {"sender": "jo.field@acme.dk"}
    assert best(FactKind.AMOUNT, "Hello Alex, the budget is kr 12.500 in all.", **mail).value == "12500.00 DKK"


def test_the_capital_of_a_firm_is_not_what_the_mail_is_about():
    text = "Hallo Alex,\n\ndas Stammkapital der Firma ist 25.000 EUR. Der Auftrag liegt bei 9.000 EUR.\n"
    candidates = found(FactKind.AMOUNT, text)
    assert [c.value for c in candidates] == ["9000.00 EUR", "25000.00 EUR"]
    assert candidates[1].rule_score < 0.4


def test_what_words_may_come_to():
    assert possible_amounts("€ 40-50k", "", ()) == {"40000.00 EUR", "50000.00 EUR"}
    assert possible_amounts("20 grand", "we pay £5 each", ("a@b.example",)) >= {"20000.00 GBP"}
    assert "20000.00 JPY" not in possible_amounts("20 grand", "we pay £5 each", ("a@b.example",))
    assert possible_amounts("soon", "we pay £5 each", ()) == frozenset()


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("our budget is 35 tys. zł netto", "35 tys. zł", "35000.00 PLN"),
        ("the price is RS. 4,25,000 in all", "RS. 4,25,000", "425000.00 INR"),
        ("nuestra oferta es de UF 1.980", "UF 1.980", "1980.00 CLF"),
        ("zwischen 25 und 30 TEUR mit Montage", "zwischen 25 und 30 TEUR", "25000.00 EUR"),
        ("von 20.000 € - 25.000 €", "20.000 € - 25.000 €", "20000.00 EUR"),
        ("rozpočet je 90 tis. Kč bez DPH", "90 tis. Kč", "90000.00 CZK"),
        ("бюджет 450 тыс. руб", "450 тыс. руб", "450000.00 RUB"),
        ("bütçemiz 45 bin TL", "45 bin TL", "45000.00 TRY"),
        ("o orçamento é de R$ 48 mil", "R$ 48 mil", "48000.00 BRL"),
        ("a total of 500 francs suisses", "500 francs suisses", "500.00 CHF"),
    ],
)
def test_forms_of_other_countries(text: str, words: str, value: str):
    candidate = best(FactKind.AMOUNT, f"Hello Alex, {text}.")
    assert (candidate.evidence.text, candidate.value) == (words, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Invoices\nINV 1   £4,102.80\nINV 2   £3,812.40\nBalance £7,915.20", "7915.20 GBP"),
        ("6 chairs, $285 per month each, so $1,710/month, and I'd waive the onboarding fee ($900).", "1710.00 USD"),
        ("The fee is $1,195 per person (it was $1,350 last year).", "1195.00 USD"),
        ("Fees agreed at SGD 318,000 p.a. The current vendor's contract (SGD 290k) lapses.", "318000.00 SGD"),
        ("Notre offre : 389 € HT par mois (votre contrat actuel : 412 €).", "389.00 EUR"),
        ("PVP 1.290 € -> AHORA 949 €", "949.00 EUR"),
        ("The board discussed $84,500 and $79,900. We would go ahead at $80,000.", "80000.00 USD"),
        ("Item   Qty   Unit (USD)   Total (USD)\nProbe  1,200  18.40   22,080.00\n", "22080.00 USD"),
        ("Consulting 3 days @ £650   £1,950.00\nTravel   £212.40\nTotal due   £2,162.40", "2162.40 GBP"),
    ],
)
def test_totals_rates_and_old_prices(text: str, value: str):
    assert best(FactKind.AMOUNT, f"Hello Alex,\n\n{text}\n").value == value


def test_the_currency_of_the_offer_below_is_that_of_the_answer():
    text = "Hello Alex,\n\nI can sign at 49k today.\n\nOn Tue, Mar 11 Alex wrote:\n> Our price is $58,500.\n"
    assert best(FactKind.AMOUNT, text).value == "49000.00 USD"


@pytest.mark.parametrize(
    "text",
    [
        "Our revenue grew to $4.2bn and we raised $30m.",
        "En trois ans mon secteur est passé de 1,1 à 1,9 M€.",
        "The total is 3 million homes, at £5 each.",
        "Cost center: 100013, call +44 20 7946 0018.",
        "Sie braucht ein Angebot, Handy 0170 5550101.",
    ],
)
def test_sizes_and_numbers_are_not_what_it_costs(text: str):
    assert [c.value for c in found(FactKind.AMOUNT, f"Hello Alex,\n\n{text}\n") if c.value != "5.00 GBP"] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Bütçemiz 85.000 avro civarında.", "85000.00 EUR"),
        ("A keretünk 1,5 millió Ft.", "1500000.00 HUF"),
        ("Budgeten är max 60 tkr.", "60000.00 SEK"),
        ("The board approved it, not to exceed 18,500.", "18500.00 USD"),
    ],
)
def test_sums_as_strangers_write_them(text: str, value: str):
    assert best(FactKind.AMOUNT, f"Hello Alex,\n\n{text}\n").value == value
