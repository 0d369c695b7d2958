"""The contact's address, where it stands only among those the mail went to."""

from dataclasses import replace

import pytest

from desktop.domain.evidence import Candidate, FactKind, Part
from desktop.domain.interactions import EmailMessage, Participant, Role
from desktop.understanding.candidates import addresses, find_candidates
from desktop.understanding.document import open_document, source_text
from tests.fakes.mails import OWN, REP, message

QUOTED = (
    "Friday is fine.\n\nAlex\n\n\n{name}\n10/19/2026 09:12 AM\nTo: Alex Morgan/NB/NORTH@NORTH\ncc:\nSubject: Pumps\n\n"
    "Alex,\n\ncould you bring the drawings on Friday? We would like to order before the end of the month.\n\n{first}"
)


def answered(name: str, *recipients: str) -> tuple[EmailMessage, list[Candidate]]:
    text = QUOTED.format(name=name, first=name.split(maxsplit=1)[0])
    mail = message(text, sender=REP, name="Alex Morgan", subject="Re: Pumps")
    people = (mail.participants[0], *(Participant(address, "", Role.TO) for address in recipients))
    mail = replace(mail, participants=people)
    found = find_candidates(open_document(mail, OWN))
    return mail, sorted((c for c in found if c.kind is FactKind.EMAIL), key=lambda c: -c.rule_score)


def test_the_recipient_who_fits_the_name_of_whoever_was_answered():
    mail, (best, *others) = answered("Ian O'Dell", "kim.lane@acme.example", "ian.o'dell@acme.example")
    assert (best.value, best.why, others) == ("ian.o'dell@acme.example", addresses.RECIPIENT, [])
    span = best.evidence.span
    assert span.part is Part.RECIPIENTS
    assert source_text(mail, span.part)[span.start : span.end] == best.evidence.text


def test_the_only_recipient_of_an_answer_counts_less_where_the_address_says_nothing():
    _, (best,) = answered("Ian Dell", "pumpfan77@mail.example")
    assert best.value == "pumpfan77@mail.example"
    assert best.rule_score <= 0.5


@pytest.mark.parametrize(
    "recipients", [("kim.lane@acme.example", "t.poole@acme.example"), ("kim.poole@acme.example",), (REP,)]
)
def test_no_recipient_is_taken_who_does_not_fit(recipients: tuple[str, ...]):
    assert answered("Ian Dell", *recipients)[1] == []
