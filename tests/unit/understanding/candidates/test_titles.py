import pytest

from desktop.domain.evidence import Candidate
from desktop.understanding.candidates import titles
from desktop.understanding.candidates.titles import find_titles
from desktop.understanding.document import open_document, source_text
from tests.fakes.mails import OWN, message

WHYS = {titles.SIGNED, titles.AREA, titles.LABELLED, titles.SAID, titles.BESIDE}


def found(text: str, **mail: str) -> list[Candidate]:
    """Return the titles offered, the best first; every one must be verbatim and give one of the known reasons."""
    document = open_document(message(text, **mail), OWN)
    candidates = sorted(find_titles(document), key=lambda candidate: -candidate.rule_score)
    for candidate in candidates:
        span = candidate.evidence.span
        assert source_text(document.message, span.part)[span.start : span.end] == candidate.evidence.text
        assert candidate.why in WHYS
        assert 0 < candidate.rule_score <= 1
    return candidates


def best(text: str, **mail: str) -> str | None:
    return next((candidate.value for candidate in found(text, **mail)), None)


@pytest.mark.parametrize(
    ("signature", "title"),
    [
        ("Jo Field\nVP Operations\nBrightwell Energy\nO: 614-555-0142", "VP Operations"),
        ("Jo Field, Head of Customer Ops, Brightwell", "Head of Customer Ops"),
        ("Jo Field\nAssociate Dean (Digital Learning), Faculty of Health\nUniversity of Eastmoor",
         "Associate Dean (Digital Learning), Faculty of Health"),
        ("Jo Field\nLeiter Technik & Instandhaltung\nDonau Papier", "Leiter Technik & Instandhaltung"),
        ("Jo Field\nIngénieure qualité, référente achats\nCH du Val Clair", "Ingénieure qualité, référente achats"),
        ("Jo Field\nresp. exploitation Acme", "resp. exploitation"),
        ("Jo Field\nsecretaresse Vastgoed & Huisvesting\nZorggroep Meander", "secretaresse Vastgoed & Huisvesting"),
        ("Jo Field\nSatın Alma Uzmanı | Purchasing Specialist\nAcme A.Ş.", "Satın Alma Uzmanı"),
    ],
)  # fmt: skip
def test_titles_in_signatures(signature: str, title: str):
    assert best(f"Hello Alex,\n\nplease call me.\n\nKind regards,\n\n{signature}") == title


def test_rivals_are_offered():
    values = [
        candidate.value for candidate in found("Please call.\n\nThanks,\nJo Field\nDirector, Client Care\nAcme Ltd")
    ]
    assert values[:2] == ["Director, Client Care", "Director"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("I'm the office manager at Little Harbour Dental and we need a phone system.", "office manager"),
        ("Ich bin Einkaufsleiter bei der Nordlicht GmbH und suche Schrauben.", "Einkaufsleiter"),
        ("Je suis responsable achats chez Acme et nous cherchons un fournisseur.", "responsable achats"),
        ("I have joined Fernhill as their head of production. Could we talk?", "head of production"),
        ("I run the front desk at a plumbing company.", "front desk"),
    ],
)
def test_what_they_say_they_are(text: str, title: str):
    assert best(f"Hello,\n\n{text}\n\nThanks, Jo") == title


def test_titles_after_labels():
    assert (
        best("New submission\n\nName\nJo Field\n\nRole\nExport coordinator\n\nPhone\n614-555-0142")
        == "Export coordinator"
    )
    assert best("Name: Jo Field\nJob title: Export coordinator\nMessage: call me") == "Export coordinator"


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n\nour CTO has asked me to compare prices.\n\nJo",
        "Hello,\n\nplease call.\n\nProfessor Jo Field, PhD\nUniversity of Eastmoor",
        "Hello,\n\nplease call.\n\nJo Field\nStone Consultants\nWe lead, you follow!",
        "As a manager you know how it is.\n\nJo",
    ],
)
def test_what_is_no_title_of_theirs(text: str):
    assert best(text) is None


def test_the_title_of_a_person_whom_an_assistant_writes_for():
    text = (
        "Dear Alex,\n\nI am writing on behalf of Helen Moss, who has been called away.\n\nKind regards\n\nBen Okoro\n"
        "Executive Assistant to Helen Moss, Director of Estates\nUniversity of Westmere\n01632 960 001"
    )
    assert best(text, sender="b.okoro@westmere.example", name="Ben Okoro") == "Director of Estates"


@pytest.mark.parametrize(
    ("signature", "title"),
    [
        ("Jo Field\nOps & Fleet Mgr | Dunmore Cold Chain", "Ops & Fleet Mgr"),
        ("Jo Field\nDGM - Utilities\nKaveri Mills Pvt. Ltd.", "DGM - Utilities"),
        ("Jo Field\nCounsel: Policy & Regulatory Affairs\nAcme Ltd", "Counsel: Policy & Regulatory Affairs"),
        ("Jo Field\n(still) Consulting Engineer", "Consulting Engineer"),
        ("Jo Field\nLeiterin Einkauf\n            Brandtner Technik AG\n            Am Park 5", "Leiterin Einkauf"),
        ("Jo Field\nZarządca nieruchomości\nWola Park Sp. z o.o.", "Zarządca nieruchomości"),
        ("Jo Field\nKunnossapitopäällikkö\nSavon Saha Oy", "Kunnossapitopäällikkö"),
        ("Jo Field\nРуководитель отдела\nAcme", "Руководитель отдела"),
        ("Jo Field\nGemeindeschreiberin\nGemeinde Oberau", "Gemeindeschreiberin"),
        ("Jo Field - Events lead @ Harrow Lane Festival", "Events lead"),
        ("Jo Field, delegado comercial zona norte\nVaporal SLU", "delegado comercial zona norte"),
        ("Jo Field\nMuhasebe Müdürü\nEge Döküm A.Ş.", "Muhasebe Müdürü"),
    ],
)  # fmt: skip
def test_titles_of_other_habits(signature: str, title: str):
    assert best(f"Hello Alex,\n\nplease call me.\n\nKind regards,\n\n{signature}") == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("I've moved on from Tidewell and am now VP Supply Chain at Orrin Foods.", "VP Supply Chain"),
        ("Je suis directrice des achats à Val Clair et je cherche un devis.", "directrice des achats"),
        ("sono il responsabile acquisti della Cantina Rossi e cerco un fornitore.", "responsabile acquisti"),
    ],
)
def test_titles_that_end_before_the_company(text: str, title: str):
    assert best(f"Hello,\n\n{text}\n\nJo") == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Your new contact is Nora Halloran, who joins us as Head of Estates. Her number is 01632 960 583.",
         "Head of Estates"),
        ("Speak to the superintendent: Nora Halloran, 01632 960 583. She needs forty pumps.", "superintendent"),
        ("Bitte rufen Sie Nora Halloran, Stiftung Klarwasser, Vorstandsvorsitzende, an: 030 5550 123.",
         "Vorstandsvorsitzende"),
    ],
)  # fmt: skip
def test_titles_of_a_person_who_is_introduced(text: str, title: str):
    assert best(f"Hello Alex,\n\n{text}\n\nJo") == title


def test_a_department_that_signs_by_itself_has_no_title():
    text = "Madame,\n\nvotre compte présente un solde.\n\nLe service comptabilité clients\nVisserie du Val SAS"
    assert best(text, sender="compta@visserie-val.example", name="Service Comptabilité") is None


def test_the_office_of_somebody_is_no_title():
    assert best("Please read this.\n\nJo Field\nOffice of the Chairman\nAcme Ltd") is None
