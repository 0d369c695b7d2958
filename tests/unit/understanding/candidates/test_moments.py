from datetime import date

import pytest

from desktop.understanding.candidates.moments import Day, Today, find_moments

WEDNESDAY = date(2026, 10, 21)


def moments(text: str, *, month_first: bool = False, today: date = WEDNESDAY) -> list[Day]:
    return list(find_moments(text, 0, end=len(text), today=Today(today, month_first)))


def days(text: str, **reading: bool) -> list[str]:
    return [moment.day.isoformat() for moment in moments(f"Well, {text}, then.", **reading)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026/11/03", "2026-11-03"),
        ("on 11/3", "2026-11-03"),
        ("due 6/14", "2027-06-14"),
        ("(10/29)", "2026-10-29"),
        ("4-5-27", "2027-04-05"),
        ("October 9, 2025", "2025-10-09"),
        ("22 May '27", "2027-05-22"),
        ("Freitag, den 30. Oktober", "2026-10-30"),
        ("15.10.", "2026-10-15"),
        ("el viernes 6 de noviembre", "2026-11-06"),
        ("6 de marzo de 2027", "2027-03-06"),
        ("giovedì 5 novembre", "2026-11-05"),
        ("terça-feira, 27 de outubro", "2026-10-27"),
        ("15 listopada", "2026-11-15"),
        ("27 Ekim", "2026-10-27"),
        ("november thirtieth", "2026-11-30"),
        ("the third of november", "2026-11-03"),
        ("am elften Januar", "2027-01-11"),
        ("Dienstag der zwanzigste", "2026-10-20"),
        ("jueves 29", "2026-10-29"),
        ("mercredi 28 à 14h30", "2026-10-28"),
        ("by the 30th", "2026-10-30"),
        ("30-Nov-2026", "2026-11-30"),
        ("avant le 28", "2026-10-28"),
    ],
)
def test_days_of_a_month(text: str, day: str):
    assert days(text, month_first=True) == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("next Thursday", "2026-10-29"),
        ("this Friday", "2026-10-23"),
        ("coming Friday", "2026-10-23"),
        ("Thursday week", "2026-10-29"),
        ("a week on Tuesday", "2026-11-03"),
        ("next week Friday", "2026-10-30"),
        ("Tuesday of next week", "2026-10-27"),
        ("Tuesday at 2 p.m.", "2026-10-27"),
        ("nächste Woche Dienstag", "2026-10-27"),
        ("venerdì prossimo", "2026-10-23"),
        ("volgende week dinsdag", "2026-10-27"),
        ("w piątek", "2026-10-23"),
        ("cuma", "2026-10-23"),
        ("até sexta", "2026-10-23"),
        ("heute in 14 Tagen", "2026-11-04"),
        ("this past Wednesday", "2026-10-14"),
        ("last Friday", "2026-10-16"),
        ("tomorrow (Thursday)", "2026-10-22"),
        ("the day after tomorrow", "2026-10-23"),
        ("domani", "2026-10-22"),
        ("gestern", "2026-10-20"),
        ("in a fortnight", "2026-11-04"),
        ("within 5 business days", "2026-10-28"),
        ("innerhalb der nächsten 14 Tage", "2026-11-04"),
        ("in the next 30-days", "2026-11-20"),
        ("about 3 weeks ago", "2026-09-30"),
        ("vor zwei Wochen", "2026-10-07"),
        ("il y a 2 semaines", "2026-10-07"),
    ],
)
def test_weekdays_and_days_counted_from_today(text: str, day: str):
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("KW 48", "2026-11-23"),
        ("semaine 45", "2026-11-02"),
        ("Mitte November", "2026-11-15"),
        ("fin septembre", "2026-09-30"),
        ("ultimo Oktober", "2026-10-31"),
        ("a finales de noviembre", "2026-11-30"),
        ("eind november", "2026-11-30"),
        ("in March", "2027-03-01"),
        ("in December of 2027", "2027-12-01"),
        ("next quarter", "2027-01-01"),
        ("the third quarter", "2027-07-01"),
        ("end of Q4", "2026-12-31"),
        ("end of next week", "2026-10-30"),
        ("end of next month", "2026-11-30"),
        ("Ende des Monats", "2026-10-31"),
        ("fin du mois", "2026-10-31"),
        ("EOW", "2026-10-23"),
        ("by year end", "2026-12-31"),
        ("zum Jahresende", "2026-12-31"),
        ("the second week of November", "2026-11-09"),
        ("this week", "2026-10-23"),
        ("H1 2027", "2027-01-01"),
        ("Ende KW 45", "2026-11-06"),
        ("übernächste Woche", "2026-11-02"),
        ("do końca miesiąca", "2026-10-31"),
        ("ay sonuna kadar", "2026-10-31"),
        ("nästa vecka", "2026-10-26"),
        ("la semana que viene", "2026-10-26"),
        ("early 2027", "2027-01-01"),
    ],
)
def test_stretches_of_time(text: str, day: str):
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "words", "day", "last"),
    [
        ("the outage Nov 20-24, then", "Nov 20-24", date(2026, 11, 20), date(2026, 11, 24)),
        ("vom 12.-14.11.2026 in", "12.-14.11.2026", date(2026, 11, 12), date(2026, 11, 14)),
        ("on 12 and 14 November", "12 and 14 November", date(2026, 11, 12), date(2026, 11, 14)),
        ("in week 48", "week 48", date(2026, 11, 23), date(2026, 11, 29)),
        ("this weekend", "this weekend", date(2026, 10, 24), date(2026, 10, 25)),
        ("in Q1 2027", "Q1 2027", date(2027, 1, 1), date(2027, 3, 31)),
    ],
)
def test_a_range_is_cited_whole_and_starts_on_its_first_day(text: str, words: str, day: date, last: date):
    (moment,) = moments(text, month_first=True)
    assert (text[moment.start : moment.end], moment.day, moment.last) == (words, day, last)


@pytest.mark.parametrize(
    "text",
    [
        "fiscal Q3",
        "end of fiscal Q2",
        "Q3 of our fiscal year",
        "FY27 Q2",
        "we may go to march",
        "a ratio of 3/4",
        "on 3/4 of the pages",
        "it came to 24/7",
        "in report 5-24-26.pdf",
        "USA Today",
        "room 12 and a half",
        "version 1.2.3",
        "the 2nd floor",
        "Mondays",
        "Good Friday",
        "la quarta edizione",
        "an hour",
    ],
)
def test_what_is_no_day(text: str):
    assert days(text) == []


def test_a_long_run_of_almost_dates_ends():
    text = "Friday, the " * 3000 + "1 1. 1/ " * 3000
    assert isinstance(moments(text), list)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("do piątku", ["2026-10-23"]),
        ("péntekig", ["2026-10-23"]),
        ("llámala esta mañana", ["2026-10-21"]),
        ("nach dem 25. wieder", ["2026-10-25"]),
        ("away through the 25th so call later", ["2026-10-25"]),
        ("ça me tue", []),
    ],
)
def test_cases_parts_of_today_and_bare_days(text: str, found: list[str]):
    assert [moment.day.isoformat() for moment in moments(text)] == found
