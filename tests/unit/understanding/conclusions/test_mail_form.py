from dataclasses import replace

from desktop.domain.evidence import Intent
from desktop.domain.interactions import Participant, Role
from desktop.understanding.candidates import find_candidates
from desktop.understanding.conclusions.intent import intent_by_rules
from desktop.understanding.conclusions.mail_form import traits_of, worth_of
from desktop.understanding.confidence.ranking import by_kind
from desktop.understanding.document import Document, open_document
from tests.fakes.mails import OWN, REP, message

ASKING = "Could you send us the drawings by Friday 23 October? We need them for the 2:30 pm meeting. The fee is $400."
TELLING = "The roof is finished and the doors came on Monday."


def opened(text: str, subject: str = "Roof") -> Document:
    return open_document(message(text, subject=subject), OWN)


def test_a_mail_that_asks_and_one_that_tells_differ_in_form():
    asking, telling = traits_of(opened(ASKING)), traits_of(opened(TELLING, "Re: Roof"))
    for trait in ("a question", "asks directly", "a day ahead", "a sum", "a time of day"):
        assert (asking[trait], telling[trait]) == (1.0, 0.0)
    for trait in ("asks nothing", "subject answers"):
        assert (asking[trait], telling[trait]) == (0.0, 1.0)
    assert all(0.0 <= number <= 1.5 for number in (*asking.values(), *telling.values()))


def test_the_form_speaks_for_a_report_where_nothing_is_asked():
    asking, telling = worth_of(traits_of(opened(ASKING))), worth_of(traits_of(opened(TELLING)))
    assert set(asking) == {intent.value for intent in Intent}
    assert telling["status_update"] > asking["status_update"]
    assert asking["request_action"] > telling["request_action"]


def test_candidates_that_are_known_already_change_nothing():
    document = opened(ASKING)
    known = by_kind(list(find_candidates(document)))
    assert traits_of(document, known) == traits_of(document)
    assert intent_by_rules(document, known)[1] == intent_by_rules(document)[1]


def test_a_trait_nobody_learnt_counts_for_nothing():
    assert set(worth_of({"the phase of the moon": 1.0}).values()) == {0.0}


def test_mail_from_a_colleague_and_mail_to_many_are_told():
    inside = replace(
        message("The roof is finished."),
        participants=tuple(
            Participant(f"{name.lower()}@{REP.partition('@')[2]}", name, role)
            for name, role in (
                ("Ada", Role.FROM),
                ("Ben", Role.TO),
                ("Cleo", Role.TO),
                ("Dov", Role.TO),
                ("Eve", Role.TO),
            )
        ),
    )
    outside = traits_of(opened("The roof is finished."))
    traits = traits_of(open_document(inside, OWN))
    assert (traits["from within"], traits["to many"]) == (1.0, 1.0)
    assert (outside["from within"], outside["to many"]) == (0.0, 0.0)
