"""Raw bytes to an EmailMessage. Never raises: what cannot be read becomes a trouble the rep can see.

The text has LF line breaks and plain spaces; control characters, zero-width marks, text-direction marks and tag
characters are taken out of text, subject and names, and a trouble says so. The raw bytes stay in the store.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from desktop.domain.interactions import Attachment, EmailMessage, Participant, Role
from desktop.intake.charsets import Troubles, clean_line, clean_text, decode
from desktop.intake.headers import Headers, addresses, decode_header, message_ids
from desktop.intake.html import visible_text
from desktop.intake.marks import marks_of
from desktop.intake.structure import Part, TreeReader, decoded, decoded_size

MAX_TEXT = 1_000_000
MAX_LINES = 40_000
MAX_TEXT_BYTES = 4_000_000
MAX_SUBJECT = 500
MAX_FILENAME = 200
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(days=400)

_ROLES = (("from", Role.FROM), ("to", Role.TO), ("cc", Role.CC), ("reply-to", Role.REPLY_TO))
_EMPTY_LINES = re.compile(r"\n{4,}")
_POINTS_TO_HTML = re.compile(
    r"(?i)(?:view|read|see|display).{0,60}(?:html|browser)|html.{0,40}(?:e-?mail|client|viewer|format)|"
    r"(?:im|in).{0,20}browser (?:an|öffnen)|(?:navigateur|version html)"
)


def parse_mail(raw: bytes, *, received_at: datetime) -> EmailMessage:
    """Read one mail. `received_at` (aware) stands in for a Date that is missing or cannot be true."""
    troubles = Troubles()
    root = TreeReader(raw, troubles).read()
    headers = root.headers
    text = _text(raw, root, troubles)
    own_id = message_ids(headers.first("message-id"))
    return EmailMessage(
        message_id=own_id[0] if own_id else "",
        subject=decode_header(headers.first("subject"), troubles, limit=MAX_SUBJECT),
        sent_at=_sent_at(headers.first("date"), received_at, troubles),
        participants=_participants(headers, troubles),
        text=text,
        in_reply_to=next(iter(message_ids(headers.first("in-reply-to"))), ""),
        references=message_ids(headers.first("references")),
        attachments=_attachments(raw, root, troubles),
        flags=marks_of(headers, root),
        troubles=tuple(troubles.sentences),
    )


def _sent_at(value: str, received_at: datetime, troubles: Troubles) -> datetime:
    """Return when it was sent in the writer's own zone: "tomorrow" is a day of theirs."""
    if not value.strip():
        troubles.add("The mail has no date; the time it was received is used.")
        return received_at
    try:
        sent = parsedate_to_datetime(value[:200])
        sent = sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent
    except (TypeError, ValueError, IndexError, OverflowError):
        troubles.add("The mail's date cannot be read; the time it was received is used.")
        return received_at
    if not EARLIEST <= sent <= received_at + LATEST_AHEAD:
        troubles.add(f"The mail's date ({sent:%Y-%m-%d}) cannot be true; the time it was received is used.")
        return received_at
    return sent


def _participants(headers: Headers, troubles: Troubles) -> tuple[Participant, ...]:
    found: list[Participant] = []
    for name, role in _ROLES:
        values = headers.all(name)[:3]
        if role is Role.FROM and not "".join(values).strip():
            values = headers.all("sender")[:1]
        seen: set[str] = set()
        for display, address in (pair for value in values for pair in addresses(value, troubles)):
            if address.lower() not in seen or not address:
                seen.add(address.lower())
                found.append(Participant(address, display, role))
    return tuple(found)


def _text(raw: bytes, root: Part, troubles: Troubles) -> str:
    pieces = [piece for piece in _pieces(raw, root, troubles) if piece.strip()]
    if not pieces and root.content_type == "text/plain" and root.disposition != "attachment":
        pieces = [_leaf_text(raw, root, troubles)]  # some programs give the text itself a file name
    text = "\n\n".join(pieces)
    text = _EMPTY_LINES.sub("\n\n\n", text)
    if text.count("\n") > MAX_LINES:
        troubles.add("The mail has a great many lines; only the first part was read.")
        text = "\n".join(text.split("\n", MAX_LINES)[:MAX_LINES])
    if len(text) > MAX_TEXT:
        troubles.add("The mail's text is very long; only the first million characters were read.")
        text = text[:MAX_TEXT]
    return text


def _pieces(raw: bytes, part: Part, troubles: Troubles) -> Iterator[str]:
    """Yield the texts to read, in order, one per alternative."""
    if part.content_type == "multipart/alternative" and part.children:
        yield _alternative(raw, part, troubles)
    elif part.content_type == "message/rfc822" and part.children:
        yield _enclosed(raw, part, troubles)
    elif part.content_type in ("multipart/encrypted", "application/pkcs7-mime"):
        troubles.add("The mail is encrypted; only its header can be read.")
    elif part.children:
        for child in part.children:
            yield from _pieces(raw, child, troubles)
    elif not part.is_attachment and part.content_type in ("text/plain", "text/html", "text/enriched"):
        yield _leaf_text(raw, part, troubles)
    elif part.content_type == "application/ms-tnef":
        troubles.add("A part in Outlook's own format (winmail.dat) cannot be read.")


def _alternative(raw: bytes, part: Part, troubles: Troubles) -> str:
    """Prefer plain text, unless it is empty or only says that the mail is HTML."""
    leaves = [leaf for leaf in part.walk() if not leaf.children and not leaf.is_attachment]
    plain = next((leaf for leaf in leaves if leaf.content_type == "text/plain"), None)
    html = next((leaf for leaf in leaves if leaf.content_type == "text/html"), None)
    text = _leaf_text(raw, plain, troubles) if plain else ""
    if html and (not text.strip() or (len(text) < 400 and _POINTS_TO_HTML.search(text))):
        return _leaf_text(raw, html, troubles) or text
    return text


def _enclosed(raw: bytes, part: Part, troubles: Troubles) -> str:
    """A mail attached to the mail reads like a forwarded one."""
    inner = part.children[0]
    lines = ["---------- Forwarded message ----------"]
    for name in ("From", "Date", "Subject", "To"):
        value = decode_header(inner.headers.first(name.lower()), troubles, limit=MAX_SUBJECT)
        if value:
            lines.append(f"{name}: {value}")
    body = "\n\n".join(piece for piece in _pieces(raw, inner, troubles) if piece.strip())
    return "\n".join([*lines, "", body])


def _leaf_text(raw: bytes, part: Part, troubles: Troubles) -> str:
    content, is_all = decoded(raw, part, limit=MAX_TEXT_BYTES)
    if not is_all:
        troubles.add("The mail's text is very long; its end was not read.")
    text = decode(content, _charset(part, content), troubles)
    if part.content_type == "text/html":
        return _trimmed(clean_text(visible_text(text, troubles), troubles))
    if part.content_type == "text/enriched":
        text = re.sub(r"<[^<>\n]{1,60}>", "", text)
    text = clean_text(text, troubles)
    if part.params.get("format", "").lower() == "flowed":
        text = _unflowed(text)
    return _trimmed(text)


def _charset(part: Part, content: bytes) -> str:
    declared = part.params.get("charset", "")
    if declared or part.content_type != "text/html":
        return declared
    match = re.search(rb"charset\s{0,3}=\s{0,3}[\"']?([\w-]{1,40})", content[:4000])
    return match[1].decode("ascii", "replace") if match else ""


def _trimmed(text: str) -> str:
    """Take blanks off line ends (but not off the signature mark "-- ") and empty lines off both ends."""
    lines = [line if line == "-- " else line.rstrip(" \t") for line in text.split("\n")]
    return "\n".join(lines).strip("\n")


def _unflowed(text: str) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676) where both lines are quoted equally deep."""
    out: list[str] = []
    is_open, depth = False, 0
    for line in text.split("\n"):
        body = line.lstrip(">")
        level = len(line) - len(body)
        soft = line.endswith(" ") and line != "-- "
        body = body.removeprefix(" ")
        if is_open and level == depth and body != "-- ":
            out.append(body)
        else:
            out.append(("\n" if out else "") + (">" * level + " " if level else "") + body)
        is_open, depth = soft, level
    return "".join(out)


def _attachments(raw: bytes, root: Part, troubles: Troubles) -> tuple[Attachment, ...]:
    found = []
    for part in root.walk():
        is_text = part.content_type in ("text/plain", "text/html", "text/enriched") and not part.is_attachment
        if part.content_type.startswith("multipart/") or is_text:
            continue
        name = clean_line(decode_header(part.filename, troubles, limit=MAX_FILENAME), troubles, limit=MAX_FILENAME)
        name = re.sub(r"[/\\:]", "_", name) or _unnamed(part)
        found.append(Attachment(name, part.content_type, decoded_size(raw, part)))
    return tuple(found)


def _unnamed(part: Part) -> str:
    return {"message/rfc822": "attached mail", "text/calendar": "invite.ics"}.get(part.content_type, "unnamed file")
