import re

import pytest

from desktop.understanding.zones import quoting
from desktop.understanding.zones.cleaning import dissect
from desktop.understanding.zones.introductions import may_be_introduction, verbs_in
from tests.unit.understanding.zones.test_cleaning import new

INTRODUCTIONS = [
    "On Mon, 2 Nov 2026 at 09:14, Jo Field <jo@field.example> wrote:",
    "On 02/11/26 9:14 AM, Jo Field wrote:",
    "On Mon, 2 Nov 2026 09:14:12 +0100 Jo Field <jo@field.example> wrote",
    "---- On Mon, 02 Nov 2026 09:14:12 +0100 jo@field.example wrote ----",
    "11:00 AM, November 2, 2026, \"Jo Field\" <jo@field.example>:",
    "02.11.2026, 09:14, \"Jo Field\" <jo@field.example>:",
    "2026-11-02 9:14 GMT+01:00 Jo Field <jo@field.example>:",
    "Am 02.11.2026 um 09:14 schrieb Jo Field <jo@field.example>:",
    "Le lun. 2 nov. 2026 à 09:14, Jo Field <jo@field.example> a écrit :",
    "El lun, 2 nov 2026 a las 9:14, Jo Field (<jo@field.example>) escribió:",
    "Il giorno lun 2 nov 2026 alle ore 09:14 Jo Field\n<jo@field.example> ha scritto:",
    "Em 2 de novembro de 2026 às 09:14:12, Jo Field (\njo@field.example) escreveu:",
    "Op ma 2 nov 2026 om 09:14 schreef Jo Field <jo@field.example>:",
    "man. 2. nov. 2026 kl. 09:14 skrev Jo Field <jo@field.example\n>:",
    "Den 2 nov. 2026 kl. 09:14 skrev Jo Field <jo@field.example>:",
    "ma 2. marraskuuta 2026 klo 9.14 Jo Field\n<jo@field.example> kirjoitti:",
    "W dniu 2026-11-02 09:14:12 użytkownik Jo Field <jo@field.example> napisał:",
    "Dnia 2 listopada 2026 09:14 Jo Field <jo@field.example> napisał(a):",
    "пн, 2 нояб. 2026 г. в 09:14, Jo Field <jo@field.example>:",
    "Понедельник, 2 ноября 2026, 9:14 +03:00 от Jo Field <jo@field.example>:",
    "02.11.2026 09:14 пользователь \"Jo Field\" <\njo@field.example> написал:",
    "po 2. 11. 2026 v 9:14 odesílatel Jo Field <jo@field.example> napsal:",
    "Jo Field <jo@field.example>, 2 Kas 2026 Pzt, 09:14 tarihinde şunu yazdı:",
    "Jo Field <jo@field.example> ezt írta (időpont: 2026. nov. 2., H, 9:14):",
    "Am Montag, 2. November 2026, 09:14:12 MEZ hat Jo Field <jo@field.example> Folgendes geschrieben:",
    "Op 2-nov.-2026, om 09:14 heeft Jo Field <jo@field.example> het volgende geschreven:",
    "Jo Field schreef op 2026-11-02 09:14:",
    "2026年11月2日(月) 9:14 Jo Field <jo@field.example>:",
]  # fmt: skip


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_an_introduction_in_any_language_begins_quoted_text(introduction: str):
    text = f"Agreed, go ahead.\n\n{introduction}\n\nold words"
    assert new(text) == "Agreed, go ahead."
    block = dissect(text).blocks[1]
    assert block.author is not None
    assert (
        "jo@field.example" in text[slice(*block.author)].replace("\n", "") or "Jo Field" in text[slice(*block.author)]
    )


@pytest.mark.parametrize("introduction", [INTRODUCTIONS[n] for n in (0, 1, 5, 6, 7, 8, 10, 12, 24, 25)])
def test_the_author_is_the_name_without_date_or_verb(introduction: str):
    text = f"Agreed.\n\n{introduction}\n> old words"
    block = dissect(text).blocks[1]
    assert block.author is not None
    assert text[slice(*block.author)].strip("\"'").startswith("Jo Field")


@pytest.mark.parametrize(
    "line",
    [
        "On the remote machine you can run:",
        "One question is open: who wrote the manual?",
        "On Monday our chairman wrote to the board about 2026.",
        "See https://news.example/2026/11/02/what-jo-wrote for more:",
        "The contract of 2026 says:",
        "Please ask jo@field.example for the following:",
    ],
)
def test_sentences_are_no_introduction(line: str):
    text = f"Hello,\n\n{line}\n\nand so on and so forth."
    assert new(text) == text


def test_a_reply_below_the_quote_is_new():
    text = "On Mon, 2 Nov 2026 Jo <jo@field.example> wrote:\n> When can you come?\n\nOn Thursday at nine suits us."
    assert new(text) == "On Thursday at nine suits us."


def test_replies_between_quoted_lines_are_new():
    text = (
        "Hello Jo,\n\nOn Mon, 2 Nov 2026 Jo <jo@field.example> wrote:\n> Which pump?\nThe blue one.\n"
        "> How many?\n\nTwo of them.\n\n>> older words\n> words of Jo\n\nThat is all."
    )
    assert [line for line in new(text).split("\n") if line] == [
        "Hello Jo,", "The blue one.", "Two of them.", "That is all.",
    ]  # fmt: skip


def test_the_end_of_a_quoted_line_that_was_broken_on_the_way_is_quoted():
    text = (
        "Yes.\n\nOn Mon, 2 Nov 2026 Jo <jo@field.example> wrote:\n"
        "> the pump in the second hall has been making a noise since the last\nservice\n> and nobody knows what it is\n"
    )
    assert new(text) == "Yes."


def test_marks_on_both_sides_of_a_name_announce_a_quote():
    text = "Thanks for that.\n\n>>> Jo Field <jo@field.example> 02/11/26 09:14AM >>>\nold words\n\nold words too"
    assert new(text) == "Thanks for that."
    block = dissect(text).blocks[1]
    assert block.author is not None
    assert text[slice(*block.author)] == "Jo Field <jo@field.example>"


def test_nested_introductions_have_their_own_authors():
    text = (
        "Yes.\n\nOn Tue, 3 Nov 2026 Bo <bo@mill.example> wrote:\n> mine\n>\n"
        "> On Mon, 2 Nov 2026 Jo <jo@field.example> wrote:\n>> first words\n> mine again\n"
    )
    anatomy = dissect(text)
    assert [" ".join(line.text for line in block.body).split() for block in anatomy.blocks] == [
        ["Yes."], ["mine", "mine", "again"], ["first", "words"],
    ]  # fmt: skip
    assert new(text) == "Yes."


@pytest.mark.parametrize("verb", [re.sub(r"\(\?:.*?\)\??|\\\(.*?\\\)", "", verb) for verb in re.split(
    r"\|(?![^(]*\))", quoting.VERB
)])  # fmt: skip
def test_every_verb_of_writing_lets_a_line_be_an_introduction(verb):
    line = f"Jo Field {verb}:"
    assert may_be_introduction(line, verbs_in(f"Yes.\n\n{line}\n> the order"))


def test_a_line_without_verb_digit_or_address_is_no_introduction():
    text = "Thank you for the drawings.\n\nJo Field wrote:\n> the order"
    assert not may_be_introduction("Thank you for the drawings.", verbs_in(text))
