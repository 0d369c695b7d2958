import pytest

from desktop.domain.evidence import Candidate, Party
from desktop.understanding.candidates.asks import find_asks
from desktop.understanding.candidates.commands import commands_in
from desktop.understanding.candidates.promises import find_promises
from desktop.understanding.document import open_document
from desktop.understanding.lexicon.cues import folded
from desktop.understanding.reading import read_message
from tests.fakes.mails import OWN, message


def asks(text: str, subject: str = "Valves") -> list[Candidate]:
    return list(find_asks(open_document(message(text, subject=subject), OWN)))


@pytest.mark.parametrize(
    ("language", "sentence", "is_command"),
    [
        ("en", "Do try us again in autumn.", True),
        ("en", "Do you like it so far", False),
        ("en", "Depute a fitter before Friday.", True),
        ("en", "Order of the day is below.", False),
        ("de", "Melden Sie sich kurz bei mir.", True),
        ("de", "Haben Sie vielen Dank.", False),
        ("fr", "Rappelez Mme Petit avant midi.", True),
        ("fr", "Vous avez raison.", False),
        ("es", "Reserva ya tu plaza.", True),
        ("es", "La reserva está hecha.", False),
        ("it", "Mandateci la scheda.", True),
        ("it", "La scheda va bene.", False),
        ("nl", "Stuur me even de foto's.", True),
        ("nl", "De foto's zijn mooi.", False),
    ],
)
def test_commands_are_told_by_their_form(language: str, sentence: str, is_command: bool):
    assert any(form.search(folded(sentence)) for form in commands_in(language)) is is_command


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The moment you send the amended order form I'll get it signed upstairs.", "amended order form"),
        ("Sobald Sie den Plan freigeben, bestellen wir das Material.", "freigeben"),
        ("Bonjour,\n\nSi vous pouvez livrer avant le 12, je passe la commande.", "livrer"),
        ("Hola:\n\nEn cuanto me confirmes el color encargo la tela.", "color"),
        ("Buongiorno,\n\nse scendete a 12.000 firmiamo domani.", "12.000"),
        ("Hoi,\n\nzodra jullie akkoord geven plan ik de monteur in.", "akkoord"),
        ("Merhaba,\n\nYeni fiyatı yollarsanız siparişi bugün geçeriz.", "fiyat"),
    ],
)
def test_a_step_that_depends_on_the_rep_is_an_ask_and_no_promise(text: str, wanted: str):
    document = open_document(message(f"{text}\n\nJo Roth"), OWN)
    assert any(wanted in ask.value and ask.owner is Party.REP for ask in find_asks(document))
    assert not list(find_promises(document))


@pytest.mark.parametrize(
    "text",
    [
        "There is nothing you need to do.",
        "The valves are on the truck. No action required on your part.",
        "Should the link not work just let me know.",
        "Sie müssen nichts weiter tun.",
        "Vous n'avez rien à faire.",
    ],
)
def test_what_needs_nothing_asks_nothing(text: str):
    assert not asks(f"The copy is ready.\n\n{text}\n\nJo Roth")


def test_whom_to_call_with_questions_is_no_ask():
    found = asks("Do you have questions? Call our office on 555-0100.\n\nPlease register by Friday.\n\nJo Roth")
    assert [ask.value for ask in found] == ["Please register by Friday."]


@pytest.mark.parametrize("subject", ["Missed call 14:30", "Rückrufbitte Frau Sommer", "À rappeler : M. Petit"])
def test_a_note_of_a_call_asks_to_ring_back(subject: str):
    assert any(ask.value == subject for ask in asks("about the tiles, on page four there is a slip", subject))


def test_a_bare_line_takes_the_list_under_it():
    found = asks("what we need from you\n- the meter list\n- last year's bills\n\nJo")
    assert "meter list" in found[0].value
    assert "bills" in found[0].value


def test_a_request_that_runs_over_quoted_lines_is_whole():
    body = (
        "Sam, yours I think.\n\nBegin forwarded message:\n\n> From: Lee Park <lee@park.example>\n> Subject: plan\n"
        "> Date: 4 May 2026 at 09:00\n> To: Mo Day <mo@ray.example>\n>\n> Hi Mo,\n>\n"
        "> could you let us have the updated\n> maintenance plan for both boilers\n> by Thursday?\n>\n> Lee Park"
    )
    action = read_message(message(body, subject="Fwd: plan"), None, own_addresses=OWN, job="job-1").next_action
    assert action is not None
    assert action.value == "could you let us have the updated maintenance plan for both boilers by Thursday?"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Hola,\n\nOs mando los planos el lunes.", "planos"),
        ("Ciao,\n\nti spedisco i pezzi giovedì.", "pezzi"),
        ("Bonjour,\n\nJe vous envoie le plan corrigé demain.", "plan"),
        ("Dzień dobry,\n\nwyślę umowę jutro rano. Pozdrawiam", "umow"),
        ("Hallo,\n\npasst, Freitag 9 Uhr am Tor 3.", "Freitag"),
    ],
)
def test_promises_in_other_languages(text: str, wanted: str):
    found = list(find_promises(open_document(message(f"{text}\n\nJo Roth"), OWN)))
    assert any(wanted in promise.value and promise.owner is Party.CONTACT for promise in found)


def test_a_threat_is_no_promise():
    assert not list(find_promises(open_document(message("Pay by Friday, otherwise we will cancel.\n\nJo"), OWN)))
