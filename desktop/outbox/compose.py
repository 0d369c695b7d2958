"""A Draft as mail bytes, with the threading headers of RFC 5322 section 3.6.4."""

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from desktop.domain.errors import Rejected


def compose(fields: Mapping[str, str | None]) -> bytes:
    """Return the mail for an APPEND_DRAFT entry's fields; Rejected when an address cannot be written in a header."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = _addresses(fields.get("from") or "")
        message["To"] = _addresses(fields.get("to") or "")
    except (ValueError, IndexError) as error:
        raise Rejected("One of the addresses of this reply cannot be written to.", detail=str(error)) from error
    message["Subject"] = _line(fields.get("subject"))
    message["Date"] = format_datetime(datetime.fromisoformat(fields.get("date") or ""))
    for name, key in (("Message-ID", "message_id"), ("In-Reply-To", "in_reply_to"), ("References", "references")):
        value = _ids(fields.get(key))
        if value:
            message[name] = value
    message["X-Dealside-Draft"] = "1"
    message.set_content(fields.get("body") or "")
    return message.as_bytes()


def _addresses(text: str) -> tuple[Address, ...]:
    return tuple(Address(display_name=_line(name), addr_spec=address) for name, address in getaddresses([text]))


def _line(text: str | None) -> str:
    # A line break in a header would start another header.
    return " ".join((text or "").split())


def _ids(text: str | None) -> str:
    """Keep only tokens that look like message ids: they come from the mail, which is hostile."""
    found = [token for token in (text or "").split() if token.startswith("<") and token.endswith(">") and "@" in token]
    return " ".join(token for token in found if token.isascii() and len(token) < 500)
