import pytest

from desktop.domain.evidence import Candidate
from desktop.understanding.candidates import titles
from desktop.understanding.candidates.titles import find_titles
from desktop.understanding.document import open_document, source_text
from tests.fakes.mails import OWN, message

WHYS = {titles.SIGNED, titles.AREA, titles.LABELLED, titles.SAID, titles.BESIDE, titles.EARLIER}


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
        ("I run the front desk of a roofing firm.", "front desk"),
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


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("I'm the new head of procurement over at Larkfield and wanted to say hello.", "head of procurement"),
        ("My name is Jo Field and I'm purchasing manager for the Larkfield group.", "purchasing manager"),
        ("I'm Jo, plant engineer at Larkfield Mills. We need belts.", "plant engineer"),
        ("I recently joined Larkfield as operations director and am reviewing suppliers.", "operations director"),
        ("I've been promoted to regional sales manager, so please copy me.", "regional sales manager"),
        ("My role here is purchasing coordinator and I handle the small orders.", "purchasing coordinator"),
        ("ich bin seit März die neue Einkaufsleiterin bei Nordlicht und suche Schrauben.", "Einkaufsleiterin"),
        ("je suis la nouvelle responsable logistique de Val Clair et je reprends le dossier.",
         "responsable logistique"),
        ("soy la nueva directora de compras en Talleres Lumbre y quería presentarme.", "directora de compras"),
        ("sou gerente de compras da Larvila e estou com uma dúvida.", "gerente de compras"),
        ("jestem kierownikiem zakupów w firmie Larwa.", "kierownikiem zakupów"),
        ("jag är inköpschef på Larvik AB och söker en ny leverantör.", "inköpschef"),
    ],
)  # fmt: skip
def test_a_title_in_running_text_ends_where_the_job_does(text: str, title: str):
    assert best(f"Hello,\n\n{text}\n\nThanks, Jo") == title


@pytest.mark.parametrize(
    "text",
    [
        "I'm afraid the director cannot make it.",
        "I was told by the operations manager that you ship on Fridays.",
        "I see you as the leader in this market.",
        "Kim joined the wind farm as its president in May.",
    ],
)
def test_others_and_their_jobs(text: str):
    assert best(f"Hello,\n\n{text}\n\nThanks, Jo") is None


@pytest.mark.parametrize(
    ("signature", "title"),
    [
        ("Jo Field\ncofundadora de Acme\n614-555-0143", "cofundadora"),
        ("Jo Field (Buyer)\nLarkfield Ltd", "Buyer"),
        ("Jo Field - Larkfield - Purchasing Manager", "Purchasing Manager"),
        ("jo field\nplant supv\nlarkfield compression", "plant supv"),
        ("Jo Field\nLarkfield Ltd\nTrading & Marketing\n614-555-0143", None),
        ("Jo Field\n\nResource name      : Stack Manager\nResource type      : Applications", None),
        ("JF", None),
    ],
)
def test_what_of_a_signature_is_the_title(signature: str, title: str | None):
    assert best(f"Hello Alex,\n\nplease call me about the pumps.\n\nKind regards,\n\n{signature}") == title


def test_the_assistant_to_somebody_does_not_lend_them_the_title():
    text = (
        "Dear Alex,\n\nI am writing on behalf of Helen Moss, who has been called away.\n\nKind regards\n\nBen Okoro\n"
        "Assistant to Helen Moss\nUniversity of Westmere\n01632 960 001"
    )
    assert best(text, sender="b.okoro@westmere.example", name="Ben Okoro") is None


def test_the_title_of_an_earlier_mail_counts_where_this_one_has_none():
    text = (
        "Hello Alex,\n\nFriday is fine.\n\nJo\n\n-----Original Message-----\n"
        "From: Jo Field [mailto:jo.field@acme.example]\nSent: Monday, October 19, 2026 9:12 AM\nTo: Alex Morgan\n"
        "Subject: Hello\n\nHello Alex,\n\nhere is our order.\n\n"
        "Regards,\nJo Field\nBuyer\nAcme Inc.\n614-555-0143"
    )
    assert best(text) == "Buyer"


@pytest.mark.parametrize(
    ("signature", "title"),
    [
        ("Jo (owner)\n01632 960 143", "owner"),
        ("Jo Field\nEigenaar Field Hoveniers\n06-55501234", "Eigenaar"),
        ("Jo Field\nGérante Field & Fils SARL", "Gérante"),
        ("Jo Field\nAttorney at Law\nField & Law, P.C.", "Attorney at Law"),
        ("Jo Field, MD\nChief of Radiology\nLarkfield Imaging", "Chief of Radiology"),
    ],
)
def test_titles_beside_brackets_firms_and_degrees(signature: str, title: str):
    assert best(f"Hello Alex,\n\nplease call me about the pumps.\n\nKind regards,\n\n{signature}") == title


def test_the_firm_that_somebody_runs_is_no_title():
    assert best("Hello,\n\nI run the Larkfield Loft and need 30 mats.\n\nThanks, Jo") is None


@pytest.mark.parametrize(
    "words",
    ["who takes over as Technical Manager from 1 December", "our new Technical Manager", "now Technical Manager"],
)
def test_what_leads_to_the_title_of_who_is_handed_on_is_no_part_of_it(words: str):
    text = (
        f"Hi Alex,\n\nI am leaving, so please send all offers to Ben Moss, {words}. His email is "
        "ben.moss@westmere.example and his number 01632 960 144.\n\nKim"
    )
    assert best(text, sender="kim.lane@westmere.example", name="Kim Lane") == "Technical Manager"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("I am the VP of Prefabrication over at Sandhill Commercial.", "VP of Prefabrication"),
        ("Je suis gérante de la société Les Blés d'Or.", "gérante"),
        ("I am the owner of the company Field Tools.", "owner"),
        ("Merci.\n\nCordialement,\n\nJo Field\nmaître de chai\nDomaine Field", "maître de chai"),
        ("See you.\n\nRegards,\n\nJo Field\nPhD Candidate\nEastmoor University", "PhD Candidate"),
    ],
)
def test_where_a_title_ends_before_the_company(text: str, title: str):
    assert best(f"Hello Alex,\n\n{text}") == title


def test_a_signature_with_the_address_in_the_midst_of_a_mail():
    text = (
        "Dear Alex,\n\nplease take part in our survey.\n\nJo E. Field, Ph.D.\nPresident\nField Research\n"
        "jo@fieldresearch.example\nwww.fieldresearch.example\n\nMORE INFORMATION\nThis survey is being conducted to"
        " help us all.\n\nIt should take you around ten minutes. Only complete answers count, as we said before."
    )
    assert best(text, sender="jo@fieldresearch.example", name="") == "President"


@pytest.mark.parametrize("line", ["Jo Butcher", "Nordhof for Mayor", "Trainee & Fellow Program"])
def test_names_and_units_are_no_titles(line: str):
    text = f"The minutes are attached.\n\nRegards\nKim Sand\n{line}\n+44 20 7946 0123"
    assert line not in [candidate.value for candidate in found(text)]
