import pytest

from desktop.domain.evidence import Candidate, FactKind, Party
from desktop.understanding.candidates.asks import find_asks
from desktop.understanding.candidates.promises import find_promises
from desktop.understanding.candidates.questions import find_questions
from desktop.understanding.document import open_document
from tests.fakes.mails import OWN, REP, message

ANSWERED = "\n\nOn Mon, 19 Oct 2026 at 10:00, Bo Ray <bo@ray.example> wrote:\n> "
SEND_LIST = "Please send us the list of spare parts."


def asks(text: str, **kwargs: str) -> list[Candidate]:
    return list(find_asks(open_document(message(text, **kwargs), OWN)))


def promises(text: str, **kwargs: str) -> list[Candidate]:
    return list(find_promises(open_document(message(text, **kwargs), OWN)))


def top(found: list[Candidate]) -> Candidate:
    return max(found, key=lambda candidate: candidate.rule_score)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"We had a good week.\n\n{SEND_LIST}\n\nThanks", SEND_LIST),
        ("I would like a demo one day. Can you confirm the delivery date?", "Can you confirm the delivery date?"),
        ("Könnten Sie uns bitte die Preisliste schicken? Schönes Wochenende!",
         "Könnten Sie uns bitte die Preisliste schicken?"),
        ("Nous avons bien reçu les pièces. Merci de nous envoyer la facture.", "Merci de nous envoyer la facture."),
        ("Todo bien por aquí. Por favor envíe la factura corregida.", "Por favor envíe la factura corregida."),
        ("Tutto bene. Può inviarci la scheda tecnica del motore?", "Può inviarci la scheda tecnica del motore?"),
        ("Alles goed hier. Kunt u de planning voor volgende week sturen?",
         "Kunt u de planning voor volgende week sturen?"),
    ],
)  # fmt: skip
def test_the_clearest_ask_comes_first(text: str, wanted: str):
    best = top(asks(text))
    assert best.value == wanted
    assert best.owner is Party.REP


@pytest.mark.parametrize(
    "text",
    [
        "Please let me know if you have any questions.",
        "If you need anything else, please do not hesitate to call me.",
        "Please find attached the minutes of our meeting.",
        "Should you have any further questions, feel free to contact us.",
        "I hope you are well and enjoyed the summer break.",
        "Bei Fragen stehe ich Ihnen gerne zur Verfügung.",
        "N'hésitez pas à me contacter pour toute question.",
        "Quedo a su disposición para cualquier duda.",
        "Resto a disposizione per qualsiasi chiarimento.",
        "Mocht u nog vragen hebben, bel gerust.",
    ],
)
def test_a_courtesy_asks_for_nothing(text: str):
    assert asks(f"The parts arrived on Monday.\n\n{text}\n\nRegards") == []


def test_a_courtesy_behind_a_request_takes_nothing_away():
    text = "Please sign both copies and call me if you have any questions."
    assert top(asks(text)).value == text


def test_a_list_goes_with_the_sentence_that_announces_it():
    text = "To go on we need the following:\n\n1. a signed order\n2. your tax number\n\nThe rest is fine."
    best = top(asks(text))
    assert best.value == "To go on we need the following: 1. a signed order 2. your tax number"
    assert best.evidence.text == text[best.evidence.span.start : best.evidence.span.end]


def test_a_request_that_only_points_back_takes_the_sentence_before_it_along():
    text = "I have updated the supplier form. Please fill it in.\n\nRegards"
    assert top(asks(text)).value == "I have updated the supplier form. Please fill it in."


def test_the_day_it_is_due():
    best = top(asks("We met on Monday. Please send the offer by 6 November."))
    assert best.due == "2026-11-06"
    assert top(asks("Please send the offer.")).due == ""


def test_what_is_asked_not_to_be_done_ranks_low():
    found = asks("Please don't call the office. Please send the papers to my home address.")
    assert top(found).value == "Please send the papers to my home address."


def test_a_newsletter_asks_nothing_in_passing():
    text = "Good morning to all readers!\n\nThree stories about warehouses from the past seven days.\n\nUnsubscribe"
    assert asks(text) == []


def test_what_the_rep_answers_is_the_contacts_turn():
    text = f"Could you send me the drawings?{ANSWERED}call me please"
    found = asks(text, sender=REP, name="Alex Morgan")
    assert [(ask.value, ask.owner) for ask in found] == [("Could you send me the drawings?", Party.CONTACT)]


@pytest.mark.parametrize(
    ("text", "owner", "due"),
    [
        ("I'll send you the list on Monday.", Party.CONTACT, "2026-10-26"),
        ("Ich schicke Ihnen die Zeichnung am 30. Oktober.", Party.CONTACT, "2026-10-30"),
        ("Je vous enverrai le plan demain.", Party.CONTACT, "2026-10-21"),
        ("Le enviaré el plano mañana por la tarde.", Party.CONTACT, None),
        ("Ik stuur u de tekening deze week.", Party.CONTACT, None),
        ("She will call you about the details.", Party.OTHER, ""),
        ("Copies will be distributed to all of you.", Party.CONTACT, ""),
    ],
)
def test_promises(text: str, owner: Party, due: str | None):
    found = top(promises(text))
    assert (found.kind, found.owner, found.value) == (FactKind.PROMISE, owner, text)
    assert due is None or found.due == due


@pytest.mark.parametrize(
    "text",
    ["I will not send the list.", "I'll be out of the office on Monday.", "If I send it, will you pay?",
     "We will see what happens next."],
)  # fmt: skip
def test_no_promise(text: str):
    assert promises(text) == []


def test_the_reps_own_promise_is_the_reps_turn():
    text = f"I'll send you the letter.{ANSWERED}I will pay on Monday."
    found = promises(text, sender=REP, name="Alex Morgan")
    assert [(promise.value, promise.owner) for promise in found] == [("I'll send you the letter.", Party.REP)]


def test_questions_an_answer_must_cover():
    text = "Hello,\n\nhow are you? Three:\n1. Is there a yearly fee?\n2. Does it run offline?\nb) Why is it so slow?"
    found = [question.value for question in find_questions(open_document(message(text), OWN))]
    assert found == ["Is there a yearly fee?", "Does it run offline?", "Why is it so slow?"]


@pytest.mark.parametrize("text", ["Please send it. " * 20_000, "1. a\n" * 50_000, "please " * 100_000, "?" * 200_000])
def test_hostile_text_gives_few_and_verbatim_asks(text: str):
    for candidate in [*asks(text), *promises(text)]:
        span = candidate.evidence.span
        assert text[span.start : span.end] == candidate.evidence.text
        assert len(candidate.evidence.text) <= 400
    assert len(asks(text)) <= 20
