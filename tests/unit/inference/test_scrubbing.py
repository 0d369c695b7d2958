"""What must not leave: found in every text of a request, replaced alike everywhere, and nothing of it left over."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.ports import Question
from desktop.inference.scrubbing import Scrubber

PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+[a-h]?\]")


def hidden(text: str, **told: object) -> str:
    return Scrubber(**told).scrub(text, ())[0]


@pytest.mark.parametrize(
    ("text", "private", "kind"),
    [
        ("Write to mia.okafor+crm@reed-lane.example today", "mia.okafor+crm@reed-lane.example", "EMAIL"),
        ("Tel. +44 20 7946 0123 ext. 7", "+44 20 7946 0123 ext. 7", "PHONE"),
        ("Durchwahl (030) 23125-046", "(030) 23125-046", "PHONE"),
        ("ring 555-0142-77, please", "555-0142-77", "PHONE"),
        ("mon numéro: 06.39.98.12.34", "06.39.98.12.34", "PHONE"),
        ("IBAN DE02 1203 0000 0000 2020 51", "DE02 1203 0000 0000 2020 51", "IBAN"),
        ("iban gb33bukb20201555555555.", "gb33bukb20201555555555", "IBAN"),
        ("card 4111 1111 1111 1111 exp 4/29", "4111 1111 1111 1111", "CARD"),
        ("SSN 219-09-9999", "219-09-9999", "ID"),
        ("NINO AB 12 34 56 C", "AB 12 34 56 C", "ID"),
        ("passport no. C01X00T47", "C01X00T47", "ID"),
        ("server 192.0.2.44 is down", "192.0.2.44", "DEVICE"),
        ("the password is Tr0ub4dor&3 as before", "Tr0ub4dor&3", "KEY"),
        ("Kennwort: Sommer#2031", "Sommer#2031", "KEY"),
        ("export TOKEN=ghp_aB3dE5gH7jK9mN1pQ3sT5vW7", "ghp_aB3dE5gH7jK9mN1pQ3sT5vW7", "KEY"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----", "MIIabc", "KEY"),
        ("see https://reed-lane.example/u/okafor?sig=9f1", "https://reed-lane.example/u/okafor?sig=9f1", "LINK"),
        ("We moved to 48 Rowan Hill Road, Apt 5 last week", "48 Rowan Hill Road, Apt 5", "STREET"),
        ("Besuchen Sie uns: Lindenstraße 17b", "Lindenstraße 17b", "STREET"),
        ("14 rue des Tilleuls", "14 rue des Tilleuls", "STREET"),
        ("Calle del Olmo 23", "Calle del Olmo 23", "STREET"),
        ("Dear Ms Okafor,\nthanks", "Okafor", "NAME"),
        ("Hi mia,\nthanks", "mia", "NAME"),
        ("Sehr geehrter Herr Brandt,", "Brandt", "NAME"),
        ("My name is Mia Okafor and I buy valves", "Mia Okafor", "NAME"),
        ("please ask for Olaf Brandt at the desk", "Olaf Brandt", "NAME"),
        ("From: Okafor, Mia <m@x.example>", "Okafor", "NAME"),
        ("Regards,\nMia Okafor\nBuyer", "Mia Okafor", "NAME"),
        ("it was Olaf's idea", "Olaf", "NAME"),
    ],
)  # fmt: skip
def test_what_is_private_is_replaced_by_its_kind(text: str, private: str, kind: str):
    shown = hidden(text)
    assert private.casefold() not in shown.casefold()
    assert f"[{kind}_1" in shown


@pytest.mark.parametrize(
    "text",
    [
        "We need 40 valves at 1,250.00 EUR each, USD 118,000 in all, 12.400 USD before.",
        "Delivery by 2031-11-20, at the latest 20.11.2031, between 2030-2031.",
        "the budget is 1.200.000 EUR and the order holds 350 pieces",
        "Please forget the password question and the token we spoke about.",
        "Head of Procurement",
    ],
)
def test_what_a_question_is_about_stays(text: str):
    assert hidden(text) == text


def test_the_same_is_called_the_same_everywhere():
    question = Question(
        "person", "Who?", ("Mia Okafor", "Okafor", "none"), ("sender: «Mia Okafor» <m@x.example>", "new: «Okafor»", "")
    )
    document, (asked,) = Scrubber().scrub("From: Mia Okafor <m@x.example>\nRegards, Mia. OKAFOR again", (question,))
    whole, last, none = asked.options
    assert none == "none"
    assert whole.startswith("[NAME_")
    assert last == f"{whole[:-1]}b]"
    assert f"From: {whole} <[EMAIL_1]>" in document
    assert f"Regards, {whole[:-1]}a]. {last} again" in document
    assert asked.contexts == (f"sender: «{whole}» <[EMAIL_1]>", f"new: «{last}»", "")
    assert (asked.name, asked.text) == ("person", "Who?")


def test_options_that_look_like_names_stay_what_the_question_needs():
    firm = Question("company", "Which?", ("Reed Lane", "none"), ("signature: «Reed Lane»", ""))
    document, (asked,) = Scrubber().scrub("We at the mill like Reed Lane a lot", (firm,))
    assert asked.options == ("Reed Lane", "none")
    assert "Reed Lane" in document


def test_a_person_is_hidden_even_where_a_firm_has_the_same_name():
    firm = Question("company", "Which?", ("Olaf Brandt", "none"), ("signature: «Olaf Brandt»", ""))
    document, (asked,) = Scrubber().scrub("From: Olaf Brandt <o@x.example>\nOlaf Brandt delivers", (firm,))
    assert "Brandt" not in f"{document}{asked}"


def test_numbers_of_phone_questions_are_hidden_in_any_form():
    question = Question("phone", "Which?", ("12 34", "none"), ("signature: «12 34»", ""))
    assert Scrubber().scrub("", (question,))[1][0].options == ("[PHONE_1]", "none")


def test_labels_of_ours_stay():
    question = Question("intent", "Why?", ("order", "May", "Dear Ann"))
    assert Scrubber().scrub("Dear Ann,", (question,))[1] == (question,)


def test_the_rep_can_hide_more_but_not_less():
    text = "Project Bluebird starts; Okafor and the zebra plan, says mia@x.example"
    assert hidden(text, also=["project bluebird", "zebra"]).startswith("[WORD_1] starts")
    assert "zebra" not in hidden(text, also=["zebra", " "])
    for told in ({}, {"also": ["", "@"]}, {"is_wide": True}, {"is_wide": False}):
        assert "mia@" not in hidden(text, **told)
    assert "Okafor" not in hidden("we saw Okafor there", is_wide=True)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=string.ascii_letters + string.digits + " @.<>«»[]\n+-ßé", max_size=300))
def test_no_address_survives_whatever_stands_around_it(around: str):
    half = len(around) // 2
    shown = hidden(f"{around[:half]} quill.moss@reed-lane.example {around[half:]}")
    assert "quill.moss@" not in shown
    assert PLACEHOLDER.search(shown)


@pytest.mark.parametrize(
    "piece", ["a", "A b ", "@a.", "1 ", "Aa-", "Mr. ", "12 Ab Cd ", "From: A,", "eyJaaaaaa.", "-----BEGIN A"]
)
def test_hostile_text_is_read_to_its_end(piece: str):
    assert isinstance(hidden(piece * (16_000 // len(piece))), str)


def test_what_was_hidden_can_be_put_back_into_a_text_about_it():
    document = "From: Mia Okafor <mia@reed.example>\nCall Mia on +44 20 7946 0123, says Tim Reed."
    shown = Scrubber().hide(document, ("Tim Reed",))
    for private in ("Mia", "Okafor", "Tim", "Reed", "@", "7946"):
        assert private not in shown.text
    assert shown.put_back(shown.text) == document
    bare = re.sub(r"[\[\]]", "", shown.text)  # models lose brackets
    assert shown.put_back(bare) == document


def test_a_placeholder_that_stands_for_nothing_stays():
    shown = Scrubber().hide("Nothing private here.")
    assert shown.put_back("[NAME_1] and NAME_2a and [INST]") == "[NAME_1] and NAME_2a and [INST]"


def test_a_name_that_only_the_reader_of_the_mail_knows_is_hidden_too():
    document = "best, quill ravenscroft"
    assert "quill" in Scrubber().hide(document).text
    assert "quill" not in Scrubber().hide(document, ("quill ravenscroft",)).text
