import pytest

from desktop.domain.evidence import Candidate, Party
from desktop.understanding.candidates.asks import APPROVES, DIRECT, DUE, HANDED, MEETS, QUESTION, WISH, find_asks
from desktop.understanding.candidates.promises import find_promises
from desktop.understanding.document import open_document
from tests.fakes.mails import OWN, REP, message

FORWARDED = (
    "\n\n---------- Forwarded message ---------\nFrom: Bo Ray <bo@ray.example>\n"
    "Date: Mon, 19 Oct 2026 at 10:00\nSubject: Seals\nTo: Ann Lee <ann@lee.example>\n\n"
)
ANSWERED = "\n\nOn Mon, 19 Oct 2026 at 10:00, Bo Ray <bo@ray.example> wrote:\n> "


def asks(text: str, **kwargs: str) -> list[Candidate]:
    return list(find_asks(open_document(message(text, **kwargs), OWN)))


def promises(text: str, **kwargs: str) -> list[Candidate]:
    return list(find_promises(open_document(message(text, **kwargs), OWN)))


def top(found: list[Candidate]) -> Candidate:
    return max(found, key=lambda candidate: candidate.rule_score)


@pytest.mark.parametrize(
    ("text", "wanted", "why"),
    [
        ("The pump is down again. Need a fitter on site Thursday.", "Need a fitter on site Thursday.", DIRECT),
        ("Pumpe steht. Brauche Ersatz bis morgen.", "Brauche Ersatz bis morgen.", DIRECT),
        ("It has been a while. Your comments and ideas would be appreciated.",
         "Your comments and ideas would be appreciated.", WISH),
        ("I have heard nothing yet and would appreciate any news you can give.",
         "I have heard nothing yet and would appreciate any news you can give.", WISH),
        ("All bids are due to the buyer by noon on Friday.", "All bids are due to the buyer by noon on Friday.", DUE),
        ("The board met. Our group needs to decide whom to send.", "Our group needs to decide whom to send.", DUE),
        ("All is fixed. A signed copy is all we need to start.", "A signed copy is all we need to start.", DIRECT),
        ("Wenn ja, hätte ich gern bis Ende Mai ein Angebot von Ihnen.",
         "Wenn ja, hätte ich gern bis Ende Mai ein Angebot von Ihnen.", DIRECT),
        ("Si cela vous va, renvoyez-nous le devis signé.", "Si cela vous va, renvoyez-nous le devis signé.", DIRECT),
        ("Il titolare non risponde alle mail. Chiamalo domani mattina.",
         "Il titolare non risponde alle mail. Chiamalo domani mattina.", DIRECT),
        ("Confido di ricevere il testo corretto entro lunedì.",
         "Confido di ricevere il testo corretto entro lunedì.", DIRECT),
        ("Ton client attend. Rappelle-le avant midi.", "Ton client attend. Rappelle-le avant midi.", DIRECT),
        ("Es cliente tuyo. Atiéndelo hoy sin falta.", "Es cliente tuyo. Atiéndelo hoy sin falta.", DIRECT),
    ],
)  # fmt: skip
def test_asks_without_please(text: str, wanted: str, why: str):
    best = top(asks(text))
    assert (best.value, best.why, best.owner) == (wanted, why, Party.REP)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("The site visit is scheduled for Friday at nine in building C.", MEETS),
        ("I have arranged a call with the auditors. The dial-in number is 555-0101.", MEETS),
        ("We have no objection to the new wording of clause four.", APPROVES),
        ("The form is fine with me, so you can release the drawings.", APPROVES),
        ("Joan Ferris is the right person to speak to about storage.", HANDED),
    ],
)
def test_what_asks_in_a_roundabout_way_scores_less_than_a_request(text: str, why: str):
    best = top(asks(text))
    assert best.why == why
    assert best.rule_score < top(asks("Please send us the drawings.")).rule_score


@pytest.mark.parametrize(
    "text",
    [
        "You must have a good team over there.",
        "Quotes can wait. So can you.",
        "For further information please contact your account manager.",
        "Should you wish to receive further feedback please use the portal.",
        "Either of us is glad to hear of anything that is still unclear.",
        "Here is the address where notices should be sent.",
        "Please find a copy of the revised plan.",
        "Gestatten Sie mir zwei Anmerkungen.",
        "Nothing needed from you on these. Keep them on file.",
        "No action your end, the report goes to Kim on the 12th.",
    ],
)
def test_what_only_looks_like_an_ask(text: str):
    assert [ask for ask in asks(text) if ask.rule_score > 0.4] == []


@pytest.mark.parametrize(
    ("top_text", "why"), [("Any interest?", QUESTION), ("Please handle.", DIRECT), ("What do you think?", QUESTION)]
)
def test_what_the_newest_words_ask_comes_before_what_they_hand_on(top_text: str, why: str):
    found = asks(f"{top_text}{FORWARDED}Please book your seat today and tell us your shirt size.\n\nBo Ray")
    assert top(found).value == top_text
    assert top(found).why == why
    assert len(found) > 1


def test_a_forward_without_a_word_leaves_the_asks_of_the_contact_open():
    bare = f"{ANSWERED}Could you send me the spare key for the gate?"
    assert any("spare key" in ask.value for ask in asks(bare, sender=REP))
    assert not asks(f"The key is at the desk.{bare}", sender=REP)


def test_also_brings_the_request_before_it_along():
    best = top(asks("Could you tell us which day suits you? Please also send your plan."))
    assert best.value == "Could you tell us which day suits you? Please also send your plan."


def test_boxes_to_tick_and_remarks_between_items_belong_to_the_list():
    text = "Before we can pay we need the following:\n\n [ ] tax form\n [ ] bank letter\n\nRegards"
    assert top(asks(text)).value == "Before we can pay we need the following: [ ] tax form [ ] bank letter"
    text = "What we need to know:\n1) does it run offline? our yard has no signal\n2) what does it cost?\n\nBye"
    assert "what does it cost?" in top(asks(text)).value


def test_a_word_in_doubt_is_no_question():
    assert not [ask for ask in asks("Trustee of the fund (bond holder?)") if ask.why == QUESTION]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I hope to close this in the next few days.", "I hope to close this in the next few days."),
        ("I shall be glad to fill in the form tomorrow.", "I shall be glad to fill in the form tomorrow."),
        ("I can talk to you. Tuesday would work for me.", "I can talk to you. Tuesday would work for me."),
    ],
)  # fmt: skip
def test_what_the_rep_undertakes_in_an_answer(text: str, wanted: str):
    best = top(promises(f"{text}{ANSWERED}When can we talk?", sender=REP))
    assert (best.value, best.owner) == (wanted, Party.REP)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Kindly R.S.V.P. to me by November 2.", "Kindly R.S.V.P. to me by November 2."),
        ("Er ist neu hier. Am besten vormittags anrufen.", "Am besten vormittags anrufen."),
        ("All fine here. Have legal draw up the lease.", "Have legal draw up the lease."),
        ("Don't order pumps until you have seen Dana.", "Don't order pumps until you have seen Dana."),
        ("We still have not received the signed copy.", "We still have not received the signed copy."),
        ("Review it and let me know if you have any comments.", "Review it and let me know if you have any comments."),
        ("To approve the report, click on the link below.", "To approve the report, click on the link below."),
    ],
)  # fmt: skip
def test_more_ways_to_ask(text: str, wanted: str):
    assert top(asks(text)).value == wanted


@pytest.mark.parametrize("text", ["Order 4411 was short two boxes.", "I'll meet you in the lobby."])
def test_statements_that_look_like_requests_ask_nothing(text: str):
    assert asks(text) == []


def test_who_says_that_nothing_is_to_be_done_may_promise_something_himself():
    assert [found.value for found in promises("Jullie hoeven nu niets te doen, ik meld me volgende week.")] == [
        "Jullie hoeven nu niets te doen, ik meld me volgende week."
    ]
