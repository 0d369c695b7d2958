import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.evidence import Zone
from desktop.understanding.zones.disclaimers import banner_end, notice_start
from desktop.understanding.zones.line_features import is_the_sender, look_at, sender_words
from desktop.understanding.zones.line_model import LineModel, bundled
from desktop.understanding.zones.signatures import find_signature
from resources.models.lines.synthetic import mails
from resources.models.lines.train import count, examples, figures, fit

BODY = "Hello Alex,\n\nthe drawings are fine with us, please go ahead with the order for the second hall.\n\n"


def signature(text: str, sender: str = "") -> list[str]:
    lines = text.split("\n")
    zones = find_signature(lines, sender=sender)
    return [line for line, zone in zip(lines, zones, strict=True) if zone is Zone.SIGNATURE and line.strip()]


CARDS = {
    "English": "Kind regards,\n\nJo Field\nHead of Purchasing\nField Pumps Ltd\nT 020 7946 0018 | M 07700 900 123",
    "no closing": "Jo Field\nBuyer, Field Pumps Ltd\n+44 20 7946 0018\njo@field.example",
    "first name alone": "Jo",
    "closing and name in one line": "Thanks, Jo",
    "initials": "JF",
    "name and number in one line": "Jo Field - 020 7946 0018",
    "dashes": "-- \nJo Field\nwww.field.example",
    "degrees": "Dr. Jo Field, MBA\nHead of Research\nField Pumps Ltd",
    "telephone": "Sent from my iPhone",
    "German":
        "Mit freundlichen Grüßen\n\ni. A. Jo Field\nLeiterin Einkauf\nFeld Pumpen GmbH\n"
        "Hafenstraße 12, 89073 Ulm\nTel. 0731 99 012",
    "French": "Bien cordialement,\nJo Field\nResponsable achats\nPompes Field SARL\nTél. : 01 99 00 12 34",
    "Spanish": "Un saludo,\nJo Field\nJefa de compras\nBombas Field S.L.\nTel.: 91 555 01 42",
    "Italian": "Cordiali saluti\nJo Field\nResponsabile acquisti\nPompe Field S.r.l.",
    "Dutch": "Met vriendelijke groet,\nJo Field\nHoofd inkoop\nField Pompen B.V.",
    "Portuguese": "Melhores cumprimentos,\nJo Field\nGerente de compras\nBombas Field Lda",
    "Danish": "Med venlig hilsen\nJo Field\nIndkøbschef\nField Pumper A/S\nTlf. 33 55 01 42",
    "Swedish": "Med vänlig hälsning\nJo Field\nInköpschef\nField Pumpar AB",
    "Finnish": "Ystävällisin terveisin\nJo Field\nOstopäällikkö\nField Pumput Oy",
    "Polish": "Pozdrawiam\nJo Field\nKierownik zakupów\nField Pompy Sp. z o.o.",
    "Russian": "С уважением,\nДжо Филд\nМенеджер по закупкам\nтел.: +7 495 555 01 42",
}  # fmt: skip


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_all_lines_of_a_signature_are_found_and_no_more(card: str):
    sender = "Джо Филд" if "Джо" in card else "Jo Field"
    assert signature(BODY + card, sender) == [line for line in card.split("\n") if line]


@pytest.mark.parametrize("name", ["English", "no closing", "dashes", "German", "French", "Danish", "Polish"])
def test_a_full_signature_is_found_without_the_sender(name: str):
    assert signature(BODY + CARDS[name]) == [line for line in CARDS[name].split("\n") if line]


@pytest.mark.parametrize(
    "end",
    [
        "Thanks!",
        "Please call me on 020 7946 0018 when you get this.",
        "You can also ask Cy Kiln, our fitter, on 020 7946 0018 or at cy@kiln.example, who knows the hall.",
        "12345\n23456\n34567\n45678",
        "Parts:\npumps\nvalves\nseals",
        "Monday:  8:00 - 16:30\nTuesday: 8:00 - 16:30",
        "See the plan: https://field.example/plan/2026",
    ],
)
def test_what_is_no_signature_stays_new(end: str):
    assert signature(BODY + end, "Jo Field <jo@field.example>") == []


def test_details_of_somebody_else_above_more_words_stay_new():
    text = (
        "Here is the man to ask:\n\nCy Kiln, head fitter\nKiln Ltd\n020 7946 0018\n\n"
        "Call him this week, he is in a hurry.\n\nJo"
    )
    assert signature(text, "Jo Field") == ["Jo"]


def test_a_signature_above_other_text_is_found_by_the_sender():
    card = CARDS["no closing"]
    text = f"{BODY}{card}\n\nWe will be at the pump fair in Ulm again this year, come and see us there in hall two."
    assert signature(text, "Jo Field") == card.split("\n")


def test_pictures_and_files_at_the_end_do_not_hide_a_signature():
    text = f"{BODY}{CARDS['English']}\n[cid:image001.png@01DB.2A9F]\n\n - plan of the hall.wpd\n - prices.xls"
    assert signature(text, "Jo Field")[0] == "Kind regards,"
    assert " - prices.xls" not in signature(text, "Jo Field")


def test_a_postscript_is_new_wherever_it_stands():
    text = f"{BODY}{CARDS['English']}\n\nPS: bring the keys"
    assert signature(text, "Jo Field")[-1].startswith("T 020")


@pytest.mark.parametrize(
    ("line", "sender", "is_it"),
    [
        ("Jo", "Field, Jo", True),
        ("JOFIELD", "Jo Field", True),
        ("Steph", "Stephanie Field", True),
        ("SF", "Stephanie Field", True),
        ("Jo Field, Head of Purchasing", "jo.field@field.example", True),
        ("Ulm", "Jo Field", False),
        ("Cy Kiln", "Jo Field", False),
        ("", "Jo Field", False),
    ],
)
def test_the_senders_name_is_known_in_its_forms(line: str, sender: str, is_it: bool):
    assert is_the_sender(line, sender_words(sender)) is is_it


NOTICES = [
    "This e-mail is confidential and intended only for the addressee.",
    "Diese E-Mail enthält vertrauliche Daten. Bitte löschen Sie sie, wenn Sie nicht der richtige Adressat sind.",
    "Ce message est confidentiel. Si vous n'êtes pas le destinataire, merci de le détruire.",
    "Este mensaje es confidencial y para su destinatario.",
    "Le informazioni contenute in questo messaggio sono riservate.",
    "Dit e-mailbericht is vertrouwelijk en alleen bestemd voor de geadresseerde.",
    "Pumps mailing list\nhttps://lists.field.example/mailman/listinfo/pumps",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_notices_at_the_end_are_disclaimers(notice: str):
    lines = f"{BODY}Jo\n\n________________\n{notice}\n\nField Pumps Ltd".split("\n")
    zones = find_signature(lines, sender="Jo Field")
    wanted = lines.index("________________")
    assert zones[wanted:] == (Zone.DISCLAIMER,) * (len(lines) - wanted)
    assert zones[lines.index("Jo")] is Zone.SIGNATURE


def test_a_notice_that_is_talked_about_does_not_end_the_mail():
    lines = ["we need a notice like this:", "", NOTICES[0]] + ["", "and then the rest of it, which is long."] * 6
    assert notice_start(lines) == len(lines)


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links.",
        "[EXTERNAL]",
        "Achtung: Diese E-Mail kommt von extern.",
        "You don't often get email from jo@field.example. Learn why this is important",
    ],
)
def test_warnings_about_an_outside_sender_are_no_words_of_theirs(banner: str):
    lines = [banner, "", "Hello Alex,", "we need pumps."]
    assert find_signature(lines)[0] is Zone.DISCLAIMER
    assert find_signature(lines)[2:] == (Zone.NEW, Zone.NEW)


def test_a_mail_that_is_all_banner_or_notice_is_shown_as_new():
    assert banner_end(["[EXTERNAL]"]) == 0
    assert find_signature([NOTICES[0]]) == (Zone.NEW,)


def test_the_bundled_model_is_small_and_says_what_it_was_made_of():
    model = bundled()
    assert 50 < len(model.weights) < 400
    assert model.log_odds(()) == model.bias
    assert model.log_odds(("sign-off", "unheard of")) == model.bias + model.weights["sign-off"]


def test_training_is_repeatable_and_learns():
    found = mails(120, seed=7)
    assert found == mails(120, seed=7)
    rows = examples(found, 1.0)
    model = fit(rows, seed=3)
    assert model == fit(rows, seed=3)
    unseen = mails(60, seed=8)
    learned = figures([count(model, unseen, is_sender_known=True)], len(unseen))
    nothing = figures([count(LineModel(-1.0, {}), unseen, is_sender_known=True)], len(unseen))
    assert learned["f1"] > 0.85 > nothing["f1"]


def test_the_bundled_model_reads_invented_mails_it_was_not_trained_on():
    unseen = mails(150, seed=20261122)
    assert figures([count(bundled(), unseen, is_sender_known=True)], len(unseen))["f1"] > 0.93


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=40).map(lambda text: text.replace("\n", " ")), max_size=40), st.text(max_size=20))
def test_every_line_gets_one_zone(lines: list[str], sender: str):
    zones = find_signature(lines, sender=sender)
    assert len(zones) == len(lines)
    assert Zone.QUOTED not in zones


def test_odd_lines_do_not_trouble_the_features():
    numbers = random.Random(5)
    for _ in range(300):
        text = "".join(numbers.choice(" \t.,:;-|@<>()[]{}=aB1é中ß") for _ in range(numbers.randrange(300)))
        assert look_at(text, ("jo", "field")).names


def test_details_of_somebody_else_above_the_farewell_are_no_part_of_the_signature():
    card = "Larkfield Bank\nNotices Department\n12 Hill Street, London SW1A 1AA\nPhone: 020 7946 0100"
    text = f"{BODY}Notices go to:\n\n{card}\n\nBest regards,\n\nJo Field\n020 7946 0018"
    assert signature(text, "Jo Field") == ["Best regards,", "Jo Field", "020 7946 0018"]


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("Thanks,\n\nI will attend.\n\nJo", ["Jo"]),
        ("Danke!\n\nIch komme.\nBis dann am Bahnhof.\n\nJo Field", ["Jo Field"]),
        ("Merci,\n\nje serai là.\n\nJo", ["Jo"]),
        ("Thanks,\nJo", ["Thanks,", "Jo"]),
        ("Please send the plan.\n\nThanks,\n\nJo Field\nBuyer", ["Thanks,", "Jo Field", "Buyer"]),
    ],
)
def test_thanks_above_an_answer_are_no_closing(text: str, signed: list[str]) -> None:
    assert signature(text, "Jo Field") == signed
