"""People a mail speaks of without a phrase that brings them in, and what it takes for the mail to be about them."""

import pytest

from desktop.domain.evidence import ContactScope, FactKind, Part
from desktop.understanding.candidates import find_candidates
from desktop.understanding.candidates.addresses import find_addresses
from desktop.understanding.candidates.people import find_people
from desktop.understanding.document import Document, open_document
from tests.fakes.mails import OWN, message

COLLEAGUE = {"sender": "till.braun@northbeam.example", "name": "Till Braun"}
MENTIONED, SENDER = ContactScope.MENTIONED_PERSON, ContactScope.SENDER


def opened(text: str, **mail: str) -> Document:
    return open_document(message(text, **mail), OWN)


def name(document: Document) -> str | None:
    return max(((c.rule_score, c.value) for c in find_people(document)), default=(0.0, None))[1]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (
            (
                "Alex, Ruth Albury, head of supply at Tarn Mills, is coming on Thursday at two. She would like to see "
                "the sensors. Could you take her round?\n\nTill"
            ),
            "Ruth Albury",
        ),
        (
            "Marc Oberlin from Vale Clinics wrote again. He wants the drawings of the lift before they vote.\n\nTill",
            "Marc Oberlin",
        ),
        ("Nora Quint has applied for the field job. She spent four years with Tarn Mills.\n\nTill", "Nora Quint"),
        (
            (
                "The samples go to:\n\nTarn Mills\nAttn: Ruth Albury, Quality Manager\n12 Wharf Road\n"
                "phone 020 7946 0121\n\nThanks\nTill"
            ),
            "Ruth Albury",
        ),
        ("Paul Hertz, Hertz & Sons, 020 7946 0144. About the invoice of March.", "Paul Hertz"),
    ],
)
def test_colleague_tells_of_an_outsider(text: str, person: str) -> None:
    document = opened(text, **COLLEAGUE)
    assert (document.scope, name(document)) == (MENTIONED, person)


@pytest.mark.parametrize(
    ("text", "person", "number"),
    [
        (
            "Hallo,\n\nab sofort macht bei uns Karl Thiele die Bauleitung. Seine Handynummer: 0171 5550 188.\n\nJo",
            "Karl Thiele",
            "+491715550188",
        ),
        (
            (
                "Hi,\n\nthe night shift at our plant has a new head, Karl Thiele. He decides on the lamps.\n\n"
                "The number I promised to find is 020 7946 0155.\n\nCheers\nJo Field"
            ),
            "Karl Thiele",
            "+442079460155",
        ),
        (
            (
                "Ciao,\n\nti giro una persona: Elisa Conti, titolare di un agriturismo. Deve rifare il tetto. La trovi "
                "allo 0577 555 012, meglio la sera.\n\nJo"
            ),
            "Elisa Conti",
            "+390577555012",
        ),
        (
            "Alex, you asked who did our roof. It was Paul Hertz, 020 7946 0144. Say I sent you.\n\nJo",
            "Paul Hertz",
            "+442079460144",
        ),
    ],
)
def test_number_without_an_owner_beside_it_is_the_persons(text: str, person: str, number: str) -> None:
    document = opened(text)
    found = [c.value for c in find_candidates(document) if c.kind in (FactKind.PHONE, FactKind.MOBILE)]
    assert (document.scope, name(document)) == (MENTIONED, person)
    assert number in found


@pytest.mark.parametrize(
    "text",
    [
        (
            "I had lunch with Ruth Albury of Tarn Mills. She says the board is for it. I told her we would not move. "
            "Can you redo the figures by Friday?\n\nTill"
        ),
        "Nora Quint starts on Monday in my group. Please get her a desk.\n\nTill",
        "Staff meeting is at three. Bring your reports. Questions, call Judy at x4410.\n\nTill",
    ],
)
def test_colleague_stays_the_contact(text: str) -> None:
    document = opened(text, **COLLEAGUE)
    assert (document.scope, name(document)) == (SENDER, "Till Braun")


@pytest.mark.parametrize(
    "text",
    [
        "Your man Paul Hertz came late and left mud on the carpet. He was rude. I want a discount.\n\nJo Field",
        "my wife Sue Field is at home all day, 020 7946 0144, she will let your man in.\n\nJo",
        (
            "Bonjour,\n\nMon associé Luc Perrin ne pourra pas venir, il est à Lyon. Il vous appelle (06 55 01 02 03)."
            "\n\nJo Field\nAcme\n01 99 00 12 34"
        ),
    ],
)
def test_writer_from_outside_stays_the_contact(text: str) -> None:
    assert opened(text).scope is SENDER


def test_candidate_named_in_the_subject_alone() -> None:
    text = "Attached. He has ten years in power and would like to move here. Do we have anything for him?\n\nTill"
    document = opened(text, subject="Resume - Marc Oberlin", **COLLEAGUE)
    assert document.scope is MENTIONED
    assert document.author.name is not None
    assert document.author.name.span.part is Part.SUBJECT
    assert name(document) == "Marc Oberlin"
    assert opened(text, subject="Re: Marc Oberlin", **COLLEAGUE).scope is SENDER


def test_assistant_writes_for_somebody() -> None:
    text = (
        "Dear Alex,\n\nMr Harald Kron cannot come on the 12th and asks whether the 14th would suit you.\n\n"
        "Kind regards\nPetra Lohse\nSecretary to the Board\nKron Steel"
    )
    document = opened(text, sender="office@kron.example", name="Office Kron")
    assert (document.scope, name(document)) == (MENTIONED, "Harald Kron")


def test_firms_and_files_are_no_people() -> None:
    assert opened("Merrill Poe & Co., Inc.\nLegal\n12 Wharf Road\nPhone: 020 7946 0121\n\nJo Field").scope is SENDER
    assert opened("See the job SPEC SR PUBLIC, code #0000109017, please.\n\nTill", **COLLEAGUE).scope is SENDER


def test_doubt_lowers_the_scores() -> None:
    sure = opened("Please send the offer by Friday.\n\nTill", **COLLEAGUE)
    text = "I met Ruth Albury of Tarn Mills. She blames us for it. I told her to wait.\n\nTill"
    doubtful = opened(text, **COLLEAGUE)
    assert (sure.doubt, sure.scope, doubtful.scope) == (0.0, SENDER, SENDER)
    assert doubtful.doubt > 0.0
    assert _best(find_addresses(doubtful)) < _best(find_addresses(sure))
    assert _best(find_people(doubtful)) < _best(find_people(sure))


def _best(candidates) -> float:
    return max(candidate.rule_score for candidate in candidates)
