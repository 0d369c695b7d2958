"""Which mails lead to no suggestion, and the sentence that tells the rep why."""

from desktop.domain.interactions import EmailMessage
from desktop.intake.marks import AUTO_REPLY, BOUNCE, BULK, CALENDAR


def reason_to_ignore(message: EmailMessage, *, own_addresses: frozenset[str]) -> str | None:
    """Return one sentence for the rep when the mail leads nowhere, else None. Own addresses compare without case."""
    sender = message.sender
    address = sender.address.lower() if sender else ""
    is_empty = not message.text.strip() and not message.subject.strip() and CALENDAR not in message.flags
    reasons = (
        (BOUNCE in message.flags, "A report that a mail could not be delivered."),
        (AUTO_REPLY in message.flags, "An automatic reply, such as an out-of-office note."),
        ("@" not in address, "The mail names no sender."),
        (address in {own.lower() for own in own_addresses}, "Written by yourself."),
        (BULK in message.flags, "A newsletter or another mail to a list."),
        (is_empty, "The mail is empty."),
    )
    return next((sentence for applies, sentence in reasons if applies), None)
