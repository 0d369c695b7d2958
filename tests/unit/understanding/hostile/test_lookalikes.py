from dataclasses import replace

import pytest

from desktop.domain.interactions import Participant, Role
from desktop.understanding.hostile.lookalikes import known_domains, lookalike_notes
from desktop.understanding.reading import read_message
from tests.fakes.mails import OWN, message

KNOWN = known_domains(OWN, ["modernfarm.example", "acme.example"])


def notes(address="jo@buyer.example", text=""):
    mail = message(text)
    return lookalike_notes(replace(mail, participants=(Participant(address, "Jo", Role.FROM),)), KNOWN)


@pytest.mark.parametrize(
    "domain",
    [
        "n\u043erthbeam.example",
        "xn--nrthbeam-nbh.example",
        "northbaem.example",
        "northbearn.example",
        "north-beam.example",
        "northbeams.example",
        "northbem.example",
        "n0rthbeam.example",
        "rnodernfarrn.example",
    ],
)
def test_a_domain_made_to_look_like_a_known_one_is_told(domain):
    (note,) = notes(f"jo@{domain}")
    assert "looks like" in note
    assert "northbeam.example" in note or "modernfarm.example" in note


@pytest.mark.parametrize(
    "domain",
    [
        "northbeam.example",
        "mail.northbeam.example",
        "buyer.example",
        "acne.example",
        "b\u00fccher.example",
        "gmail.com",
        "southbeam.example",
    ],
)
def test_other_domains_are_not(domain):
    assert notes(f"jo@{domain}") == ()


def test_mixed_alphabets_are_told_of_any_domain():
    (note,) = notes("jo@b\u0430nk.example")
    assert "several alphabets" in note
    assert notes("jo@\u043f\u043e\u0447\u0442\u0430.example") == ()


def test_domains_in_the_text_are_looked_at():
    (note,) = notes(text="Pay at https://n0rthbeam.example/pay or write to a@buyer.example.")
    assert "n0rthbeam.example" in note


def test_the_reading_tells_it():
    mail = message("Hello", sender="jo@northbearn.example")
    reading = read_message(mail, None, own_addresses=OWN, job="j")
    assert any("looks like northbeam.example" in note for note in reading.notes)
    mail = message("Hello", sender="jo@acrne.example")
    known = frozenset({"acme.example"})
    reading = read_message(mail, None, own_addresses=OWN, job="j", account_domains=known)
    assert any("looks like acme.example" in note for note in reading.notes)


def test_no_mail_without_a_sender_breaks_it():
    assert lookalike_notes(replace(message("x"), participants=()), KNOWN) == ()
    assert notes("nobody") == ()
    assert notes("jo@..example") == ()
