import pytest

from desktop.domain.evidence import FactKind, Part
from desktop.understanding.candidates.subjects import core_of, is_only_a_name, telling_words
from tests.unit.understanding.candidates.finding import best, found

BODY = "Hello Alex,\n\nwe hope to hear from you soon.\n\nRegards\nJo Field\n"


@pytest.mark.parametrize(
    ("subject", "core"),
    [
        ("RE: FW: Pump seals for line 2", "Pump seals for line 2"),
        ("AW: WG: Angebot Dichtungen", "Angebot Dichtungen"),
        ("[ACME-4711] Pump seals", "Pump seals"),
        ("Ticket #88121: pump seals", "pump seals"),
        ("Re[2]: Pump seals", "Pump seals"),
        ("Automatic reply: Pump seals", "Pump seals"),
        ("Ynt: Pompa contaları", "Pompa contaları"),
        ("Pump seals!!", "Pump seals"),
        ("RE:", ""),
        ("", ""),
    ],
)
def test_a_subject_without_what_programs_put_before_it(subject: str, core: str):
    start, end = core_of(subject)
    assert subject[start:end] == core


@pytest.mark.parametrize(
    "subject", ["Hello", "Question", "Re: quick question", "Following up", "Anfrage", "Bonjour", "RE:"]
)
def test_a_subject_that_says_nothing_is_not_the_topic(subject: str):
    text = "Hello Alex,\n\nI would like to talk to you about seals for our bottling line.\n\nRegards\nJo Field\n"
    topic = best(FactKind.TOPIC, text, subject=subject)
    assert (topic.value, topic.evidence.span.part) == ("seals for our bottling line", Part.BODY)


@pytest.mark.parametrize(
    ("text", "subject", "topic"),
    [
        (BODY, "Re: Pump seals for line 2", "Pump seals for line 2"),
        ("Hello Alex,\n\nJo is calling about the torque sensor trial.\n", "NWT", "torque sensor trial"),
        ("Ann, meet Bob. He moaned to me about torque drift.\n", "Intro: Ann <> Bob", "torque drift"),
        ("Hallo Alex,\n\nich habe eine Frage zu den neuen Dichtungen.\n", "Frage", "neuen Dichtungen"),
        ("Bonjour Alex,\n\nje vous écris au sujet de la maintenance.\n", "Bonjour", "maintenance"),
        ("Hola Alex,\n\nle escribo sobre el mantenimiento anual.\n", "Hola", "mantenimiento anual"),
        ("Hello,\n\nBetreff: Dichtungen Linie 2\n\nbitte melden.\n", "WG:", "Dichtungen Linie 2"),
        ("Hi Alex,\n\nask for her. She is calling about torque sensors.\n", "Phone message", "torque sensors"),
        (
            "Hallo Alex,\n\ndie Kollegin sucht neue Dichtungen für Linie 2.\n",
            "Telefonnotiz",
            "neue Dichtungen für Linie 2",
        ),
        ("Alex,\n\nwe have a question about the torque trial.\n", "Privileged and Confidential", "torque trial"),
    ],
)
def test_what_the_mail_is_about(text: str, subject: str, topic: str):
    assert best(FactKind.TOPIC, text, subject=subject).value == topic


def test_a_mail_with_substance_is_never_without_a_topic():
    topic = best(FactKind.TOPIC, "Hi Alex,\n\nthe second pump stands still since the weekend.\n", subject="")
    assert topic.value == "the second pump stands still since the weekend"


def test_every_topic_is_verbatim_and_there_are_rivals():
    text = "Hello Alex,\n\nwe are interested in seals. Please send us a list of the spare parts.\n"
    topics = found(FactKind.TOPIC, text, subject="Pump seals")
    assert len(topics) >= 3
    assert {topic.value for topic in topics} >= {"Pump seals", "seals"}


def test_names_and_stock_words_tell_nothing():
    assert telling_words("Hello Alex, a quick question about seals", frozenset({"alex"})) == ("seals",)
    assert is_only_a_name("Acme Trading Co")
    assert is_only_a_name("NWT")
    assert not is_only_a_name("Seals for Acme")


@pytest.mark.parametrize(
    ("text", "subject", "topic"),
    [
        (
            "Alex,\n\nwe have a question about the torque trial.\n",
            "PRIVILEGED AND CONFIDENTIAL ATTORNEY-CLIENT",
            "torque trial",
        ),
        ("Hallo Alex,\n\nes geht um die neuen Dichtungen.\n", "Eine Kundin für Sie", "neuen Dichtungen"),
        ("Bonjour Alex,\n\nelle vous écrit au sujet de la maintenance.\n", "Quelqu'un pour vous", "maintenance"),
        ("Hi Alex,\n\nit is about the torque trial.\n", "Any word?", "torque trial"),
    ],
)
def test_a_subject_of_stock_words_in_any_language_is_not_the_topic(text: str, subject: str, topic: str):
    assert best(FactKind.TOPIC, text, subject=subject).value == topic


def test_a_subject_that_names_a_meeting_is_better_than_an_opening_that_says_little_of_it():
    topic = best(FactKind.TOPIC, "Hi Alex,\n\nthe lobby is nicer than my office.\n", subject="Lunch on the 6th")
    assert topic.value == "Lunch on the 6th"


def test_a_desk_in_an_address_is_no_name_that_would_empty_the_subject():
    text = "Guten Tag Alex,\n\nhier kommt sie.\n"
    topic = best(FactKind.TOPIC, text, subject="Bestellung 4711", sender="bestellung@dichtungen.example")
    assert topic.value == "Bestellung 4711"
