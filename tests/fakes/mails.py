"""Mails for tests: written out, or taken from the sample mailbox."""

from datetime import UTC, datetime
from pathlib import Path

from desktop.domain.interactions import EmailMessage, Participant, Role
from desktop.intake.mime import parse_mail

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples" / "mailbox" / "new"
RECEIVED = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)
REP = "alex.morgan@northbeam.example"
OWN = frozenset({REP})


def sample_paths() -> list[Path]:
    """Return the sample mails, in order."""
    return sorted(SAMPLES.iterdir())


def sample(word: str) -> EmailMessage:
    """Return the sample mail whose file name holds `word`."""
    found = [path for path in sample_paths() if f"-{word}." in path.name]
    assert len(found) == 1, f"{word}: {found}"
    return parse_mail(found[0].read_bytes(), received_at=RECEIVED)


def message(
    text: str,
    *,
    subject: str = "Hello",
    sender: str = "jo.field@acme.example",
    name: str = "Jo Field",
    sent_at: datetime = datetime(2026, 10, 20, 8, 0, tzinfo=UTC),
) -> EmailMessage:
    """Return a mail to the rep with this text."""
    people = (Participant(sender, name, Role.FROM), Participant(REP, "Alex Morgan", Role.TO))
    return EmailMessage("<1@acme.example>", subject, sent_at, people, text)
