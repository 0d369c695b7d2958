from dataclasses import replace

import pytest

from desktop.intake.filters import reason_to_ignore
from desktop.intake.mime import parse_mail
from tests.fakes.mails import OWN, RECEIVED, message, sample, sample_paths


def reason(headers: str, text: str = "hi") -> str | None:
    raw = f"From: a@b.example\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n{headers}\r\n\r\n{text}".encode()
    return reason_to_ignore(parse_mail(raw, received_at=RECEIVED), own_addresses=OWN)


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("Auto-Submitted: auto-replied", "automatic reply"),
        ("X-Autoreply: yes", "automatic reply"),
        ("Precedence: auto_reply", "automatic reply"),
        ("Subject: Out of Office: Re: offer", "automatic reply"),
        ("Subject: =?utf-8?q?R=C3=A9ponse_automatique?= : devis", "automatic reply"),
        ("Subject: Abwesenheitsnotiz: Angebot", "automatic reply"),
        ("Subject: Automatic reply: your mail", "automatic reply"),
        ("List-Id: <news.b.example>", "newsletter"),
        ("List-Unsubscribe: <https://b.example/u>", "newsletter"),
        ("Precedence: bulk", "newsletter"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "could not be delivered"),
    ],
)
def test_names_why_a_mail_leads_nowhere(header: str, word: str):
    sentence = reason(header)
    assert sentence is not None
    assert word in sentence


@pytest.mark.parametrize(
    "header", ["Subject: Offer", "Auto-Submitted: no", "Precedence: first-class", "Subject: Absenzen"]
)
def test_lets_ordinary_mail_through(header: str):
    assert reason(header) is None


def test_mail_without_sender_and_empty_mail():
    nobody = replace(message("hi"), participants=())
    assert reason_to_ignore(nobody, own_addresses=OWN) == "The mail names no sender."
    assert reason_to_ignore(message("  \n", subject=" "), own_addresses=OWN) == "The mail is empty."
    invitation = replace(message("", subject=""), flags=("calendar",))
    assert reason_to_ignore(invitation, own_addresses=OWN) is None


def test_own_mail_whatever_the_case():
    own = message("hi", sender="Alex.Morgan@Northbeam.example")
    assert reason_to_ignore(own, own_addresses=OWN) == "Written by yourself."


def test_of_the_samples_only_the_three_that_lead_nowhere_are_ignored():
    ignored = []
    for path in sample_paths():
        mail = parse_mail(path.read_bytes(), received_at=RECEIVED)
        if reason_to_ignore(mail, own_addresses=OWN):
            ignored.append(path.name.split("-", 1)[1].removesuffix(".northbeam"))
    assert ignored == ["newsletter", "out-of-office", "bounce"]
    assert sample("calendar-invite").flags == ("calendar",)
