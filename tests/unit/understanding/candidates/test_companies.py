import pytest

from desktop.domain.evidence import Candidate, Part
from desktop.understanding.candidates import company_candidates as companies
from desktop.understanding.candidates.companies import find_companies
from desktop.understanding.document import open_document, source_text
from tests.fakes.mails import OWN, message

WHYS = {
    companies.SIGNED_FORM, companies.SIGNED_ALIKE, companies.SIGNED, companies.LABELLED, companies.DISPLAYED,
    companies.ALIKE, companies.SPOKEN, companies.FORMED, companies.SMALL_PRINT, companies.WRITERS,
}  # fmt: skip
FILLED = 0.35


def found(text: str, **mail: str) -> list[Candidate]:
    """Return the companies offered, the best first; every one must be verbatim and give one of the known reasons."""
    document = open_document(message(text, **mail), OWN)
    candidates = sorted(find_companies(document), key=lambda candidate: -candidate.rule_score)
    for candidate in candidates:
        span = candidate.evidence.span
        assert source_text(document.message, span.part)[span.start : span.end] == candidate.evidence.text
        assert candidate.why in WHYS
        assert 0 < candidate.rule_score <= 1
    return candidates


def best(text: str, **mail: str) -> str | None:
    """Return the company that would be filled in."""
    return next((candidate.value for candidate in found(text, **mail) if candidate.rule_score >= FILLED), None)


@pytest.mark.parametrize(
    ("signature", "sender", "company"),
    [
        ("Jo Field\nBuyer\nMöbelwerke Hartwig GmbH & Co. KG\nTel. 0521 5550 123", "jo@mwh.example",
         "Möbelwerke Hartwig GmbH & Co. KG"),
        ("Jo Field | Purchasing | Fenwick & Sons", "jo@fenwicksons.example", "Fenwick & Sons"),
        ("Jo Field\nHead of People\nlumenRoute", "jo@lumenroute.example", "lumenRoute"),
        ("Jo Field\nHead of People\nUniversity of Eastmoor, Dayton\n614-555-0142", "jo@eastmoor.example",
         "University of Eastmoor"),
        ("Jo Field\nSenior Buyer\nBrightwell Energy - West Desk\n614-555-0142", "jo@brightwell.example",
         "Brightwell Energy"),
        ("Jo Field\nresp. exploitation TransAlpin", "jo@transalpin.example", "TransAlpin"),
        ("Jo Field\nChief Buyer\nSanatorio El Roble, S.A. de C.V.", "jo@sanatorio-roble.example",
         "Sanatorio El Roble, S.A. de C.V."),
    ],
)  # fmt: skip
def test_companies_in_signatures(signature: str, sender: str, company: str):
    assert best(f"Hello Alex,\n\nplease call me.\n\nKind regards,\n\n{signature}", sender=sender) == company


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("I'm the office manager at Little Harbour Dental and need a quote.", "Little Harbour Dental"),
        ("This is Jo from Brightside Roofing. Can you quote 40 laptops?", "Brightside Roofing"),
        ("Our company, Parker Lowe LLP, needs 12 licences.", "Parker Lowe LLP"),
        ("I own a small bakery called Crumb & Co in Leeds.", "Crumb & Co"),
        ("Ich bin Einkäufer bei der Nordlicht Metallbau GmbH und suche Schrauben.", "Nordlicht Metallbau GmbH"),
    ],
)
def test_companies_they_speak_of_as_theirs(text: str, company: str):
    assert best(f"Hello,\n\n{text}\n\nThanks, Jo", sender="jo.field@gmail.com") == company


def test_the_domain_speaks_for_words_that_stand_in_the_mail_and_is_no_candidate_itself():
    assert best("We at last decided that Brightwell goes ahead.\n\nJo", sender="jo@brightwell.example") == "Brightwell"
    assert best("We go ahead.\n\nJo", sender="jo@brightwell.example") is None


def test_display_names_with_a_company():
    for name in ("Jo Field (Qrious)", "Jo Field | Qrious", "Jo Field, Qrious Ltd", "Jo Field - Qrious"):
        offered = found("Yes please.", sender="jo@qrious.example", name=name)
        assert offered[0].value in ("Qrious", "Qrious Ltd")
        assert offered[0].evidence.span.part is Part.SENDER
    assert found("Yes please.", sender="jo@acme.example", name="Jo Field, MBA") == []


def test_web_forms():
    assert (
        best("New submission\n\nName\nJo Field\n\nCompany\nHill Thread Collective\n\nRole\nBuyer")
        == "Hill Thread Collective"
    )
    assert best("Name: Jo Field\nCompany: Hill Thread Collective\nMessage: hello") == "Hill Thread Collective"


def test_a_wrapped_line_is_no_label():
    assert best("Hello,\n\nthey want to sell the\ncompany\nof San Remo Gas, it seems.\n\nJo") is None


def test_neither_the_reps_company_nor_a_competitor():
    text = "We like Northbeam better than Zoomly Corp. and will stay with Northbeam.\n\nThanks\nJo"
    assert best(text, sender="jo.field@gmail.com") is None


def test_the_reps_company_is_a_colleagues_too():
    text = "Can you look at this?\n\nThanks\n\nSam Poole\nSales Manager\nNorthbeam Ltd\n01632 960 555"
    assert best(text, sender="sam.poole@northbeam.example", name="Sam Poole") == "Northbeam Ltd"


def test_the_small_print_names_the_company():
    text = "WEEKLY NEWS #12\n\nThree stories today.\n\nPaletteworks Research Ltd. Update preferences | Unsubscribe"
    assert best(text, sender="news@boxweekly.example", name="") == "Paletteworks Research Ltd."


@pytest.mark.parametrize("text", ["Aa GmbH " * 5000, "here at " * 5000, "Aa of " * 7000, "I am the a b c at " * 2500])
def test_bad_input_gives_a_bounded_number_of_candidates(text: str):
    assert len(found(text)) < 5000


@pytest.mark.parametrize(
    ("signature", "company"),
    [
        ("Jo Field\nc/o Holm & Bach Events ApS", "Holm & Bach Events ApS"),
        ("Jo Field\nCANTINA TRE COLLI SOC. AGR.\nt 0438 555 019", "CANTINA TRE COLLI SOC. AGR."),
        ("Jo & Kim Field, owners\nBakkerij Field V.O.F.\nbakkerij 0111 555 015", "Bakkerij Field V.O.F."),
        ("Jo Field\nKaroo Solar (Pty) Ltd\nTel 0215550160", "Karoo Solar (Pty) Ltd"),
        ("Jo Field\nMulga Creek Earthmoving Pty Ltd ABN 00 000 000 000", "Mulga Creek Earthmoving Pty Ltd"),
        ("Jo Field\nООО «Северный ветер»", "ООО «Северный ветер»"),
        ("Jo Field\nZimmerei Hinterau e.U.\nTel. 05550 123", "Zimmerei Hinterau e.U."),
        ("Jo Field\nThe chat has ended. ChatNest Ltd", "ChatNest Ltd"),
    ],
)
def test_companies_of_other_habits(signature: str, company: str):
    text = f"Hello Alex,\n\nplease call me.\n\nKind regards,\n\n{signature}"
    assert best(text, sender="jo.field@gmail.com") == company


@pytest.mark.parametrize(
    ("text", "company"),
    [
        (
            "Your new contact is Nora Halloran, Bluestem Seed & Feed. Her number is 01632 960 583.",
            "Bluestem Seed & Feed",
        ),
        ("Bitte rufen Sie Nora Halloran, Leiterin Technik bei Huber Fensterbau, an: 030 5550 123.", "Huber Fensterbau"),
        ("Elle s'appelle Nora Halloran, directrice technique chez Val Clair, sa ligne : 01 99 00 15 15.", "Val Clair"),
    ],
)
def test_the_company_beside_the_name_of_a_person_who_is_introduced(text: str, company: str):
    assert best(f"Hello Alex,\n\n{text}\n\nJo") == company


@pytest.mark.parametrize(
    "text",
    [
        "Mon CV est joint.\n\nJo",
        "See the file.\n - Summary of Acme Objectives.doc\n\nJo",
        "I write to enron\n\nJo\nto enron",
        "Our Ben recently flew to Leeds about the pumps.\n\nJo",
        "See you soon!\n\nJo\n\nXXX",
    ],
)
def test_what_is_no_company(text: str):
    assert best(text, sender="jo.field@gmail.com") is None


def test_words_inside_the_label_of_a_domain_are_no_company():
    assert best("Frau Prof. Poole hat angerufen.\n\nJo", sender="jo@dachprofi-sued.example", name="Jo") is None


def test_a_name_with_a_form_of_others_says_little():
    candidates = found("We met at Stone Pipeline Corp. last week.\n\nJo")
    assert all(candidate.rule_score < FILLED for candidate in candidates)


def test_the_small_print_may_follow_the_name_below_the_farewell():
    text = (
        "Hola,\n\nofrecemos una demo.\n\nAtentamente,\nRubén Salas, delegado comercial\nVaporal Higiene SLU\n\n"
        "Este mensaje se envía a direcciones publicadas. Responde BAJA y no te molestamos más.\n"
    )
    assert best(text, sender="info@limpia-todo.example", name="Limpia Todo") == "Vaporal Higiene SLU"


def test_the_signature_below_an_earlier_mail_of_theirs():
    text = (
        "Thanks, I will try him.\n\nJo\n\n-----Original Message-----\n"
        "From: Alex Morgan <alex.morgan@northbeam.example>\n"
        "Sent: Monday, May 28, 2026 3:27 AM\nTo: Jo Field\nSubject: RE: Forum\n\nPlease ask Frank.\n\n"
        "-----Original Message-----\nFrom: Jo Field <jo.field@acme.example>\nSent: Sunday, May 27, 2026 3:27 AM\n"
        "To: Alex Morgan\nSubject: Forum\n\nCould you speak?\n\nKind regards\n\nJo Field\nProducer\nRiver Forum Group\n"
        "020 7946 0123\n"
    )
    assert best(text) == "River Forum Group"


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Ann Poe, die führt die Marsch Werft, braucht Pumpen. Ruf sie an: 0171 5550123.\n\nJo", "Marsch Werft"),
        ("O meu vizinho Rui Tavora, que tem a Adega Monte Alto, quer uma bomba. Ligue-lhe: 912 555 012.\n\nJo",
         "Adega Monte Alto"),
        (("A pal of mine has moved to Marsh Wind. He'd welcome a call.\n\nHe's called Ian Poe, 020 7946 0123, or "
          "ian.poe@marshwind.example.\n\nJo"), "Marsh Wind"),
        ("Spoke to Ann Poe of Marsh Foods, she wants a quote. 020 7946 0123. Call her.\n\nJo", "Marsh Foods"),
        ("Ann Poe rang at 3. From Marsh Council, she says. Call her on 020 7946 0123.\n\nJo", "Marsh Council"),
        ("A Talbo cercano bottiglie. Cantina Rocca. Il titolare è Sante Fiori, 338 555 0169. Chiamalo.\n\nJo",
         "Cantina Rocca"),
        ("Özel Çınar Hastanesi'nden Elif Tekin aradı. Numarası 0532 555 01 25. Onu arayın.\n\nJo",
         "Özel Çınar Hastanesi"),
        ("Ruf Eva Blum von der Uckerbahn GmbH an, 0171 5550123. Sie braucht Teile.\n\nJo", "Uckerbahn GmbH"),
        ("Ha chiamato Sara Conti dell'Hotel Lago, vuole letti. Il suo numero è 333 555 0123.\n\nJo", "Hotel Lago"),
    ],
)  # fmt: skip
def test_the_company_of_a_person_handed_on(text: str, company: str):
    assert best(text, sender="jo@northbeam.example") == company


def test_the_company_of_whoever_hands_somebody_on_is_not_theirs():
    said = "You should talk to Ann Poe, she buys for a winery. 020 7946 0123. She decides soon."
    text = f"{said}\n\nJo Field\nKite Labels Ltd"
    assert "Kite Labels Ltd" not in [candidate.value for candidate in found(text)]


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("Third time. Castings ship on Monday and men stand about.\n\nField", "b@marsh-castings.example"),
        ("More about what we said on 9-24-2026 QD project.\n\nJo", "jo@acme.example"),
        ("PLEASE MIND THAT THE AUDIT IS ON THAT DAY TOO.\n\nJo", "jo@acme.example"),
        ("Priced at the hub\nNo escalation of cost\n95% available\n\nFREE\nCLICK HERE: now", "jo@acme.example"),
        ("See you.\n\nAll the best\nJo Field", "jo@gmail.com"),
    ],
)
def test_what_only_looks_like_a_company(text: str, sender: str):
    assert best(text, sender=sender) is None


@pytest.mark.parametrize(
    ("shown", "company"),
    [("Acme Events", "Acme"), ("Support Acme", "Acme"), ("Acme Tools Team", "Acme Tools")],
)
def test_the_desk_in_a_display_name_is_no_part_of_the_company(shown: str, company: str):
    assert best("You are invited.", sender="events@acmetools.example", name=shown) == company


def quoted(above: str, author: str, below: str) -> str:
    """Return a mail of the rep's colleague who hands on what `author` wrote."""
    head = "---------------------- Forwarded by Rita Lund on 04/02/2026 09:46 AM ----------------------"
    return f"{above}\n{head}\n\n{author} on 04/02/2026 08:15:03 AM\nTo: rita.lund@northbeam.example\n\n{below}"


@pytest.mark.parametrize(
    ("above", "author", "below", "company"),
    [
        ("Please see the note from Ostrava Gas.", "Jan Pohl <jan.pohl@ostravagas.example>", "Friday it is.\nJan",
         "Ostrava Gas"),
        ("This is from Ida at Marlock Travel.", "Ida Brun <ibrun@mt99.example>", "The fare is 412.\nIda",
         "Marlock Travel"),
        ("The fellow from FERX, Tim Rolle, asks this.", "Tim Rolle <tim.rolle@post9.example>", "When can we talk?\nTim",
         "FERX"),
    ],
)  # fmt: skip
def test_others_in_a_mail_handed_on_name_the_company(above: str, author: str, below: str, company: str):
    text = quoted(above, author, below)
    assert best(text, sender="rita.lund@northbeam.example", name="Rita Lund") == company


def test_an_earlier_mail_that_is_quoted_names_the_company():
    text = (
        "Fine with me.\nJan\n\nOn 2 Oct 2026 at 09:00, Alex Morgan wrote:\n> Does Ostravia agree to the dates?\n> Alex"
    )
    assert best(text, sender="jan.pohl@ostravia.example", name="Jan Pohl") == "Ostravia"


@pytest.mark.parametrize(
    ("text", "sender", "company"),
    [
        ("Nora joins the IPEX London\noffice on Monday.", "jo@ipex.example", "IPEX"),
        ("We pay Marlock Travel Chicago\ntoday.", "jo@marlocktravel.example", "Marlock Travel"),
        ("Call the Emersen desk at noon.", "jo@emrsn.example", "Emersen"),
    ],
)
def test_a_city_behind_the_name_is_no_part_of_it(text: str, sender: str, company: str):
    assert best(f"Hello,\n\n{text}\n\nJo", sender=sender) == company


@pytest.mark.parametrize(
    ("shown", "sender"),
    [
        ("Dovecliff Preserves", "hello@dovecliffpreserves.example"),
        ("TradeCircleNet", "feedback@tcn.example"),
        ("Harlan, Boyd & Quint", "lwist@hbq.example"),
    ],
)
def test_a_mailbox_may_bear_the_firm(shown: str, sender: str):
    assert best("Please find it attached.", sender=sender, name=shown) == shown


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Soy Marta de Talleres Iruña. ¿Me pasa precio?", "Talleres Iruña"),
        ("I am Tess, events coordinator for the Sun Valley Playhouse.", "Sun Valley Playhouse"),
        ("Thank you for your purchase at Earth Library Network.", "Earth Library Network"),
        ("As purchasing agent for the City of Marlow, I need three bids.", "City of Marlow"),
        ("Corvane would like to go ahead. Our board meets on Friday.", "Corvane"),
        ("I lead procurement for Thornby Analytics and need a quote.", "Thornby Analytics"),
        ("On behalf of Prairie Cooperative I invite you.", "Prairie Cooperative"),
    ],
)
def test_more_ways_to_say_whom_somebody_is_with(text: str, company: str):
    assert best(f"Hello Alex,\n\n{text}\n\nThanks", sender="jo.field@gmail.com", name="") == company


@pytest.mark.parametrize(
    "text",
    [
        "There is a meeting room here at the Chamber on April 4.",
        "I am working with Senator Field on the bill.",
        "Did you see what Micronix Corporation announced today?",
        "Everyone needs a rest, and we all know it.",
        "I am here with Anna Poe until Friday.",
    ],
)
def test_nouns_people_and_third_parties_are_not_the_contacts_company(text: str):
    assert best(f"Hello Alex,\n\n{text}\n\nSam", sender="sam.holt@yahoo.com", name="Sam Holt") is None


def test_a_name_of_common_words_below_the_signers_name_is_the_organisation():
    text = "Could we meet?\n\nBest regards,\nSwati Kapoor\nWorld Trade Caucus"
    assert best(text, sender="swati_kapoor@yahoo.com", name="Swati Kapoor") == "World Trade Caucus"


def test_what_a_colleague_hands_on_from_the_press_is_not_their_company():
    text = "See below.\n\nPower prices rose again.\n\nCopyright 2026 Bow Press & Company, Inc. All Rights Reserved."
    assert best(text, sender="rita.lund@northbeam.example", name="Rita Lund") is None
