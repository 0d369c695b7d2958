from desktop.intake.mime import parse_mail
from desktop.understanding.conclusions.summary import GAP, MAX_SUMMARY
from desktop.understanding.reading import read_message
from tests.fakes.mails import OWN, RECEIVED, message, sample, sample_paths


def summary(text: str, subject: str = "Pumps") -> str:
    return read_message(message(text, subject=subject), None, own_addresses=OWN, job="j").summary


def test_who_wants_what_without_greeting_and_courtesy():
    text = (
        "Hi Alex,\n\nhope you are well. Our budget for the twelve pumps is € 14,000. The weather is fine here. "
        "Please send us your offer by 6 November.\n\nLet me know if you have any questions.\n\nJo"
    )
    found = summary(text)
    assert found == ("Our budget for the twelve pumps is € 14,000." + GAP + "Please send us your offer by 6 November.")


def test_every_part_is_verbatim_and_short():
    for path in sample_paths():
        mail = parse_mail(path.read_bytes(), received_at=RECEIVED)
        found = read_message(mail, None, own_addresses=OWN, job="j").summary
        assert len(found) <= MAX_SUMMARY
        source = " ".join(f"{mail.text} {mail.subject}".split())
        assert all(part.rstrip("…") in source for part in found.split(GAP))


def test_without_a_sentence_the_subject_stands():
    assert summary("ok thanks", subject="Order 12") == "Order 12"
    assert sample("tiny").subject == read_message(sample("tiny"), None, own_addresses=OWN, job="j").summary


def test_a_long_mail_has_a_short_summary():
    assert len(summary("We would like to order forty pumps for the new hall in May. " * 2000)) <= MAX_SUMMARY
