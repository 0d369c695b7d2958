"""Telephone numbers in calls, in several languages: a number to call is one, and nothing else is read there.

All numbers lie in ranges that are kept free for stories, or are nobody's.
"""

import pytest

from desktop.domain.evidence import FactKind
from desktop.understanding.calls.reading import read_call
from desktop.understanding.calls.said_numbers import MAX_LOOKED, international, readings_of, said_numbers
from tests.unit.understanding.calls import invented_calls as invented

OPENS = {
    "de": "Guten Tag, hier ist Lena Voss von der Firma Hellwerk, ich rufe wegen des Angebots an.",
    "fr": "Bonjour, c'est Claire Dumas de chez Nordelis, je vous appelle au sujet de la démonstration.",
    "es": "Hola, buenos días, soy Marta Rubio de Talleres Quinta, le llamo por la oferta de las carretillas.",
}
PHONES = (FactKind.PHONE, FactKind.MOBILE)
FIGURES = (FactKind.AMOUNT, FactKind.QUANTITY, FactKind.DATE)
BRITISH = "+447700900123"


def facts(said: str, rest: str = "", *, opens: str = "Hello, this is Olga Brandt from Cedarline."):
    call = invented.call(f"r: {opens}\nc: {said}\nr: Okay.\n{rest}")
    return read_call(call, None, job="call-1").facts


def phones(said: str, **changes) -> list[str]:
    return [fact.value for fact in facts(said, **changes) if fact.kind in PHONES]


def figures(said: str, **changes) -> list[tuple[str, str]]:
    return [(fact.kind.value, fact.value) for fact in facts(said, **changes) if fact.kind in FIGURES]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("my mobile number is +44 7700 900123", BRITISH),
        ("My number is 0044 7700 900123, call me.", BRITISH),
        ("my number's +1 (415) 555-0134", "+14155550134"),
        ("My number is +44 (0)7700 900123.", BRITISH),
        ("my number is (+44) 7700 900 123 okay", BRITISH),
        ("You can reach me on plus four four 7700 900123.", BRITISH),
        ("my number is plus four four seven seven double-oh nine double oh one two three", BRITISH),
        ("my number is plus four four, seven seven zero zero, nine hundred, one two three", BRITISH),
        ("my cell is plus one four one five triple five, um, zero one three four", "+14155550134"),
        ("my cell is plus one, four one five, five five five, oh one three four", "+14155550134"),
        ("that one, 0044 7700 900123, is my number", BRITISH),
        ("double oh four four seven seven oh oh nine oh oh one two three, that's my mobile", BRITISH),
        ("Meine Nummer ist +49 30 23125 123.", "+493023125123"),
        (
            "Sie erreichen mich unter plus vier neun, eins fünf eins, doppelnull, neun drei",
            "+491510093",
        ),
        ("Vous pouvez me joindre au +33 1 99 00 45 67.", "+33199004567"),
        ("mi móvil es +34 600 000 123", "+34600000123"),
        ("il mio numero è +39 02 5550 1234", "+390255501234"),
        ("mijn nummer is +31 20 555 0134", "+31205550134"),
    ],
)
def test_a_number_to_call_is_a_phone_with_its_country_and_nothing_else(said, number):
    assert phones(said) == [number]
    assert figures(said) == []


@pytest.mark.parametrize(
    ("said", "number", "language"),
    [
        ("meine handynummer ist null eins fünf eins neun neun neun null null eins zwei drei", "+4915199900123", "de"),
        ("meine nummer ist null dreißig, dreiundzwanzig zwölf fünf eins zwei drei", "+493023125123", "de"),
        (
            "mon numéro c'est le zéro un quatre-vingt-dix-neuf zéro zéro quarante-cinq soixante-sept",
            "+33199004567",
            "fr",
        ),
        ("Bien sûr, mon portable est le 06 39 98 12 34, merci.", "+33639981234", "fr"),
        ("mi número es seis cero cero cero cero cero uno dos tres y necesito la oferta", "+34600000123", "es"),
    ],
)
def test_the_country_is_known_from_the_language(said, number, language):
    assert phones(said, opens=OPENS[language]) == [number]
    assert figures(said, opens=OPENS[language]) == []


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("my number is oh one one one four nine six oh one seven two", "01114960172"),
        ("Ring me on 0111 496 0172.", "01114960172"),
    ],
)
def test_a_number_of_no_known_country_stays_as_it_was_said(said, number):
    assert phones(said) == [number]


def test_the_country_is_known_from_the_one_who_called():
    call = invented.call(
        "r: Hello.\nc: You can call me on 0111 496 0172.",
        participants=invented.people("+442079460018", "Ines Morel"),
    )
    assert "+441114960172" in [fact.value for fact in read_call(call, None, job="call-1").facts]


@pytest.mark.parametrize(
    ("said", "amounts"),
    [
        ("My number is 0044 7700 900123 and the budget is 22,500 pounds.", ["22500.00 GBP"]),
        ("Call me on +44 7700 900123, 24000 euros is what we can pay.", ["24000.00 EUR"]),
        ("The price is 1 200 000 euros, call me.", ["1200000.00 EUR"]),
        ("my number is zero seven seven zero zero nine zero zero one two three, twenty thousand pounds is fine",
         ["20000.00 GBP"]),
    ],
)  # fmt: skip
def test_a_sum_beside_a_number_stays_a_sum(said, amounts):
    assert [value for kind, value in figures(said) if kind == FactKind.AMOUNT.value] == amounts


@pytest.mark.parametrize(
    "said",
    [
        "My order number is 0044 7700 9001, call me.",
        "It is due on 01.02.2027, call me.",
        "Call me, the price is 1.200.000 euros.",
        "my order came to 0.1234567 of that, call me",
        "we had forty eight four for the year, call me",
    ],
)
def test_what_is_no_number_to_call_is_no_phone(said):
    assert phones(said) == []


def test_a_number_that_is_whole_ends_where_the_next_one_begins():
    said = "my number is +1 415 555 0134, or +44 7700 900123. 20 trackers by Friday please"
    assert phones(said) == ["+14155550134", BRITISH]
    assert ("quantity", "20 trackers") in figures(said)


def test_the_number_of_somebody_else_is_no_phone_of_the_contact_and_no_amount():
    assert phones("Denise is on plus four four 7700 900456, she knows the budget.") == []
    assert figures("Denise is on plus four four 7700 900456, she knows the budget.") == []


def test_the_reps_own_number_is_neither_a_phone_of_the_contact_nor_an_amount():
    opens = "Hello, the budget is fine, my number is +44 7700 900123."
    assert phones("Great, thanks.", opens=opens) == []
    assert figures("Great, thanks.", opens=opens) == []


def test_a_number_that_was_asked_for_needs_no_more_words():
    assert phones("415 555 0134", opens="Olga Brandt here from Boston. What's the best number?") == ["+14155550134"]


def test_in_a_dictated_note_the_number_is_that_of_whom_the_note_is_about():
    note = invented.call("r: visit note, i met tessa quill\nr: her mobile is plus four four 7700 900123\nr: that's all")
    assert [fact.value for fact in read_call(note, None, job="call-1").facts if fact.kind in PHONES] == [BRITISH]


@pytest.mark.parametrize(
    ("said", "readings"),
    [
        ("oh twenty seven nine four six", ("027946", "0207946")),
        ("quatre-vingt-dix-neuf", ("99",)),
        ("soixante et onze dix-huit", ("7118",)),
        ("neunhundert doppel null", ("90000",)),
        ("trentaquattro treinta y cuatro", ("3434",)),
        ("nothing", ("",)),
    ],
)
def test_what_words_can_mean(said, readings):
    assert readings_of(said) == readings


def test_a_number_is_written_with_its_country_or_not_at_all():
    assert international("00447700900123", ()) == (BRITISH, False, False)
    assert international("0012", ("GB",)) is None


@pytest.mark.parametrize(
    "said",
    [
        "my number is " + "9" * 20_000,
        "my number is +" + "4" * 20_000,
        "my number is " + "one " * 5000,
        "my number is " + "4 " * 10_000,
        "my number is " + "+" * 20_000,
        "my number is " + "plus " * 4000,
        "my number is " + "quatre vingt dix " * 1200,
        "my number is " + "double " * 2500,
        "my number is " + "(0) " * 5000,
        "my number is " + "٣" * 20_000,
    ],
)
def test_rows_without_end_are_no_numbers(said):
    assert phones(said) == []
    assert [value for kind, value in figures(said) if kind == FactKind.AMOUNT.value] == []


def test_only_so_many_numbers_of_a_turn_are_looked_at():
    said = "x +44 7700 900123 " * 1000
    assert len(list(said_numbers(said, 0, len(said), ("GB",)))) == MAX_LOOKED
