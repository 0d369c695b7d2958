"""Which of a mail's asks, promises and stated needs comes first."""

import pytest

from desktop.domain.evidence import Candidate, FactKind, Part, Party
from desktop.understanding.candidates.action_traits import ActionTraits
from desktop.understanding.candidates.main_action import find_actions, spoken_actions, stated_too
from desktop.understanding.candidates.stated_needs import STATES
from desktop.understanding.document import Document, open_document
from tests.fakes.mails import OWN, REP, message

REPLY = "\n\nOn Mon, 19 Oct 2026 at 10:00, {who} wrote:\n{quoted}"


def opened(text: str, **mail: str) -> Document:
    return open_document(message(text, **mail), OWN)


def first(text: str, **mail: str) -> Candidate:
    return max(find_actions(opened(text, **mail)), key=lambda action: action.rule_score)


@pytest.mark.parametrize(
    ("text", "main"),
    [
        ("Could you quote for two awnings, four metres each? Please ring twice at the side door.", "quote for two"),
        ("We need a new contract by Friday. Please quote reference number 4471 on all letters.", "new contract"),
        ("Können Sie uns ein Angebot für den Zaun schicken? Bitte parken Sie hinter dem Haus.", "Angebot"),
        ("Pourriez-vous nous envoyer un devis pour le portail ? Merci de ne pas appeler avant 10 h.", "devis"),
        ("¿Me puede enviar un presupuesto para el toldo? Traiga el casco, por favor.", "presupuesto"),
        ("Può mandarci un preventivo per il cancello? Si prega di usare il citofono.", "preventivo"),
        ("Kunt u een offerte sturen voor de poort? Graag achter het pand parkeren.", "offerte"),
    ],
)
def test_the_matter_comes_before_what_is_asked_beside_it(text: str, main: str):
    assert main in first(text).value


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Good morning. The tap you fitted on Monday is leaking again. The hall is open all day.", "leaking"),
        ("Guten Tag. Von den zehn Stühlen sind zwei beschädigt. Der Rest steht im Lager.", "beschädigt"),
        ("Bonjour. Il nous manque deux clés du coffre. Le gardien a les autres.", "manque"),
        ("Buenos días. La puerta del garaje no cierra. El portero vive en el bajo.", "no cierra"),
        ("Dag. De nieuwe printer geeft een foutmelding. De oude doet het nog.", "foutmelding"),
    ],
)
def test_what_is_wrong_or_missing_is_an_ask_of_the_rep(text: str, stated: str):
    action = first(text)
    assert stated in action.value
    assert (action.kind, action.owner, action.why) == (FactKind.ASK, Party.REP, STATES)


@pytest.mark.parametrize(
    "text",
    [
        "Many thanks, nothing was damaged and nobody missed it.",
        "The lift was stuck, but all is well now. There is nothing you need to do.",
        "If you need anything, please feel free to call.",
    ],
)
def test_thanks_and_formulas_state_no_need(text: str):
    assert all(action.why != STATES for action in find_actions(opened(text)))


def test_a_sentence_is_found_once():
    spans = [action.evidence.span for action in stated_too(opened("We need a quote for the broken gate by Friday."))]
    assert len(spans) == 1


def test_scores_are_probabilities_and_traits_are_numbers():
    document = opened("Could you send the plans? The gate is broken. I will call on Monday.")
    assert all(0 < action.rule_score < 1 for action in find_actions(document))
    actions = stated_too(document)
    reader = ActionTraits(document, actions)
    assert all(isinstance(number, float) for action in actions for number in reader.of(action).values())


def test_an_ask_in_the_subject_has_no_place():
    action = next(one for one in spoken_actions(opened("Mrs Oake, 2 pm", subject="Please call back: Mrs Oake")))
    assert action.evidence.span.part is Part.SUBJECT
    assert ActionTraits(opened("Mrs Oake, 2 pm"), [action]).of(action)["place"] == 0.0


def test_what_the_writer_asked_before_is_open_where_the_new_words_ask_nothing():
    quoted = "> Could you send me the floor plan by Friday?"
    text = "I send the attachment again." + REPLY.format(who="Jo Field <jo.field@acme.example>", quoted=quoted)
    action = first(text)
    assert "floor plan" in action.value
    assert action.owner is Party.REP


def test_a_polite_answer_of_the_rep_leaves_open_what_the_contact_promised():
    quoted = "> I will call you on Monday about the lease."
    text = "Thank you, I look forward to it." + REPLY.format(who="Bo Ray <bo@ray.example>", quoted=quoted)
    action = first(text, sender=REP)
    assert (action.kind, action.owner) == (FactKind.PROMISE, Party.CONTACT)
    assert "call you on Monday" in action.value


def test_an_answer_that_declines_leaves_nothing_open():
    quoted = "> Would you please contact us about the sponsorship?"
    text = "Thank you, but we are not interested." + REPLY.format(who="Bo Ray <bo@ray.example>", quoted=quoted)
    assert all("sponsorship" not in action.value for action in find_actions(opened(text, sender=REP)))


def test_nobody_asks_the_rep_in_an_article():
    report = "The ministry should review the tariff before the winter, the board of the port said on Monday. " * 20
    assert find_actions(opened(report)) == []
    (action,) = find_actions(opened("Please comment on this.\n\n-----Original Message-----\nFrom: Al Oak "
                                    f"<al@oak.example>\nSubject: tariff\n\n{report}"))  # fmt: skip
    assert action.value == "Please comment on this."


@pytest.mark.parametrize(
    "text",
    [
        "Somebody with a key ought to open the shed for the plumber.",
        "Stall holders have to move their vans by 8 a.m. on market day.",
        "We would be delighted if you could open the fair.",
        "To renew, simply return the slip with a cheque.",
    ],
)
def test_what_others_are_to_do_is_an_ask(text: str):
    assert [action.kind for action in spoken_actions(opened(text))] == [FactKind.ASK]


@pytest.mark.parametrize(
    "text",
    [
        "The hall was full and the band played on.?",
        "We expect some forty guests.",
        "Nous vous remercions de votre fidélité.",
        "El jueves mi hermano puede llevar las sillas.",
        "Please join us in welcoming our new cook.",
    ],
)
def test_what_asks_nothing_is_no_ask(text: str):
    assert [action for action in spoken_actions(opened(text)) if action.kind is FactKind.ASK] == []
