import pytest

from desktop.domain.evidence import Candidate, FactKind, Part, Party
from desktop.understanding.candidates import find_candidates
from desktop.understanding.candidates.likely_actions import GUESSED, INTENDS
from desktop.understanding.document import open_document
from tests.fakes.mails import OWN, REP, message

ANSWERED = "\n\nOn Mon, 19 Oct 2026 at 10:00, Bo Ray <bo@ray.example> wrote:\n> "


def actions(text: str, **kwargs: str) -> list[Candidate]:
    document = open_document(message(text, **kwargs), OWN)
    return [found for found in find_candidates(document) if found.kind in (FactKind.ASK, FactKind.PROMISE)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("We went through the quote. Board meets on the 28th, a decision will follow.",
         "Board meets on the 28th, a decision will follow."),
        ("The crane was late. It could come back for the last section next Tuesday.",
         "It could come back for the last section next Tuesday."),
        ("Le devis est arrivé. La réunion de chantier sera décisive pour vous.",
         "La réunion de chantier sera décisive pour vous."),
        ("Il preventivo è chiaro. Sarei disponibile per un colloquio a partire dal 12 novembre.",
         "Sarei disponibile per un colloquio a partire dal 12 novembre."),
    ],
)  # fmt: skip
def test_what_looks_most_like_an_action_is_offered_with_a_low_score(text: str, shown: str):
    (guess,) = actions(text)
    assert guess.value == shown
    assert guess.why in (GUESSED, INTENDS)
    assert guess.rule_score <= 0.3


@pytest.mark.parametrize(
    "text",
    [
        "Many thanks for the quick delivery.",
        "Vielen Dank für die schnelle Lieferung!",
        "fyi",
        "Unit 3 is back on line. Unit 4 is still down.",
        "Our new colours are out and you will want to see them.\n\nUnsubscribe here",
        "The meeting will be in the new hall. You get this mail because you signed up with us.",
        "The auditors will visit the plant on Monday. There is nothing you need to do.",
    ],
)
def test_where_nothing_is_to_be_done_nothing_is_offered(text: str):
    assert actions(text) == []


def test_a_guess_is_made_only_where_nothing_asks_or_promises():
    found = actions("The board could decide next week. Please send the drawings.")
    assert [action.value for action in found] == ["Please send the drawings."]


def test_what_the_rep_answered_counts_and_what_was_asked_before_does_not():
    (guess,) = actions(f"Bo, Tuesday at 3 then.{ANSWERED}Could we meet on Tuesday?", sender=REP)
    assert (guess.value, guess.owner) == ("Bo, Tuesday at 3 then.", Party.REP)


def test_an_entry_of_a_diary_says_in_its_subject_what_is_to_be_done():
    (guess,) = actions("With Dana, in room 4", subject="Lunch meeting with Bo Ray")
    assert (guess.value, guess.evidence.span.part) == ("Lunch meeting with Bo Ray", Part.SUBJECT)
    assert actions("With Dana, in room 4", subject="Re: Lunch meeting with Bo Ray") == []
