from datetime import date, datetime, timedelta, timezone

import pytest

from desktop.domain.evidence import FactKind
from desktop.understanding.candidates.dates import possible_days
from tests.unit.understanding.candidates.finding import WEDNESDAY, best, found

CHICAGO = timezone(timedelta(hours=-6))


def test_the_day_is_the_writers_own():
    late = datetime(2026, 10, 21, 20, 30, tzinfo=CHICAGO)
    assert best(FactKind.DATE, "Hello Alex, can we speak tomorrow?", sent_at=late).value == "2026-10-22"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We spoke on 5 October. Please send the offer by 30 October.", "30 October"),
        ("We can meet on Thursday 29 October (was: Friday, 30 October).", "Thursday 29 October"),
        ("The contract dated 2 February 2026 runs out on 30 November.", "30 November"),
        ("I am out of the office until Friday. Please deliver by 3 November.", "3 November"),
        ("Wir haben am 5.10. bestellt. Bitte liefern Sie bis spätestens 12.11.", "12.11."),
        ("Le devis du 2 octobre convient, nous signons avant le 6 novembre.", "6 novembre"),
        ("Hemos recibido la oferta, respondan a más tardar el viernes 6 de noviembre.", "viernes 6 de noviembre"),
    ],
)
def test_the_next_step_comes_first(text: str, words: str):
    assert best(FactKind.DATE, f"Hello Alex,\n\n{text}\n").evidence.text == words


def test_a_day_that_has_passed_is_kept_and_said_to_have_passed():
    (candidate,) = found(FactKind.DATE, "Hello Alex,\n\nwe launched our service on 22 September.\n")
    assert (candidate.value, candidate.why) == ("2026-09-22", "a day that has passed")
    assert candidate.rule_score < best(FactKind.DATE, "Hello Alex,\n\nplease answer by 30 October.\n").rule_score - 0.2


def test_a_weekday_of_the_past_lies_before_the_mail():
    assert best(FactKind.DATE, "Hello Alex,\n\nJo forwarded it late Friday.\n").value == "2026-10-16"


def test_a_month_of_the_past_lies_before_the_mail():
    assert best(FactKind.DATE, "Hello Alex,\n\nshe started in November.\n").value == "2025-11-01"
    assert best(FactKind.DATE, "Hello Alex,\n\nwe start in November.\n").value == "2026-11-01"


def test_the_subject_is_read_too():
    candidate = best(FactKind.DATE, "Hello Alex,\n\nplease come.\n", subject="Open house 5 November 2026")
    assert (candidate.value, candidate.why) == ("2026-11-05", "a day named in the subject")


def test_what_words_may_mean():
    text = "Call me on 3/11 or Friday."
    orders = {date(2026, 11, 3), date(2027, 3, 11)}
    past = {date(2025, 11, 3), date(2026, 3, 11)}
    assert possible_days(text, 11, end=15, sent_at=WEDNESDAY) == orders | past
    assert date(2026, 10, 16) in possible_days(text, 19, end=25, sent_at=WEDNESDAY)
    assert possible_days(text, 0, end=4, sent_at=WEDNESDAY) == set()


def test_what_will_be_held_is_not_past():
    text = "Hello Alex,\n\nthe review will be held on Tuesday,  27 October.\n"
    assert [c.value for c in found(FactKind.DATE, text)] == ["2026-10-27"]
    assert best(FactKind.DATE, "Hello Alex,\n\nthe review will be held on Tuesday.\n").value == "2026-10-27"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Nabídku prosím do pátku.", "2026-10-23"),
        ("Просимо надати пропозицію до 25 листопада.", "2026-11-25"),
        ("Podeu livrar no dia 28?", "2026-10-28"),
        ("Lo necesitamos para el día 28.", "2026-10-28"),
        ("Entrega até ao final do mês.", "2026-10-31"),
        ("Our board meets 10/27 so nothing is paid before.", "2026-10-27"),
        ("We are free any day except Monday, or the 28th would suit.", "2026-10-28"),
        ("Den Termin am 26.10. muss ich absagen. Ginge es am 3. November?", "2026-11-03"),
        ("The visit moved from the 4th to the 11th of November.", "2026-11-11"),
        ("Could you send it EOD tomorrow?", "2026-10-22"),
        ("Gern bestätige ich den Termin vom Mittwoch, 28. Oktober.", "2026-10-28"),
    ],
)
def test_days_as_strangers_write_them(text: str, day: str):
    assert best(FactKind.DATE, f"Hello Alex,\n\n{text}\n").value == day


@pytest.mark.parametrize("text", ["See Section 3.4. for that.", "It took 3/8 of the tank.", "We use a 50/50 mix."])
def test_what_is_no_day(text: str):
    assert not found(FactKind.DATE, f"Hello Alex,\n\n{text}\n")


def test_none_in_three_weeks_is_hardly_a_day():
    plain = best(FactKind.DATE, "Hello Alex,\n\nwe call you in three weeks.\n")
    past = best(FactKind.DATE, "Hello Alex,\n\nall runs well, no leaks in three weeks.\n")
    assert past.rule_score < plain.rule_score - 0.3
