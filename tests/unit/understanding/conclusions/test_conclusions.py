import pytest

from desktop.domain.evidence import Reading
from desktop.understanding.reading import read_message
from tests.fakes.mails import OWN, message
from tests.unit.understanding.conclusions.invented_conclusions import MAILS, Mail


def read(mail: Mail) -> Reading:
    return read_message(message(mail.text, subject=mail.subject), None, own_addresses=OWN, job="job-1")


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.subject)
def test_why_it_was_written_and_how_its_writer_feels(mail: Mail):
    reading = read(mail)
    assert reading.intent.value in mail.intents.split()
    assert reading.sentiment.value in mail.moods.split()


@pytest.mark.parametrize("mail", [mail for mail in MAILS if mail.action], ids=lambda mail: mail.subject)
def test_the_next_action_names_what_is_wanted(mail: Mail):
    action = read(mail).next_action
    assert action is not None
    assert mail.action in action.value.lower()
