"""The evaluation data, found by pattern, and each mail as the product gets it: as bytes through the real intake."""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import formataddr, parsedate_to_datetime
from pathlib import Path

from desktop.domain.interactions import EmailMessage
from desktop.intake.mime import parse_mail

CRM_EMAILS = "crm_emails_*.jsonl*"
CALLS = "call_transcripts_*.jsonl*"
ENRON_ZONES = "enron_zones/*.jsonl*"
ASF_ZONES = "asf_zones/*.jsonl*"
SIGNATURE_FIELDS = "enron_zones/signature_fields*.jsonl*"
REPLY_FIXTURES = "reply_fixtures/manifest*.jsonl*"
SIGNATURE_LINES = "signature_lines/*.jsonl*"
ENRON_CATEGORIES = "enron_categories/*.jsonl*"
EMAIL_INTENT = "email_intent/*.jsonl*"

_FOLD = re.compile(r"\s*\n\s+")
_ANY_DATE = datetime(2001, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CrmMail:
    """One annotated mail: what the product is given, and the record with the answers. `file` is where it came from."""

    file: str
    record: dict
    message: EmailMessage
    own_addresses: frozenset[str]

    @property
    def id(self) -> str:
        """The record's own id."""
        return str(self.record["id"])

    @property
    def gold(self) -> dict:
        """Field → answer, None where the mail has none."""
        return self.record["gold"]

    @property
    def acceptable(self) -> dict:
        """Field → further answers that are right; None among them means that leaving it empty is right."""
        return self.record.get("acceptable") or {}


def find(data: Path, pattern: str, *, but: str = "") -> list[Path]:
    """Return the files of a set in order of name; `but` is a second pattern of those to leave out."""
    return sorted(path for path in data.glob(pattern) if not (but and path.match(but)))


def records(path: Path) -> Iterator[dict]:
    """Yield the records of a JSON-lines file, compressed or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def all_records(data: Path, pattern: str, *, but: str = "") -> list[dict]:
    """Return the records of every file of a set."""
    return [record for path in find(data, pattern, but=but) for record in records(path)]


def crm_mails(data: Path) -> list[CrmMail]:
    """Return every annotated mail, as the intake reads it."""
    return [crm_mail(record, path.name) for path in find(data, CRM_EMAILS) for record in records(path)]


def crm_mail(record: dict, file: str) -> CrmMail:
    """Return one annotated mail."""
    return CrmMail(
        file=file,
        record=record,
        message=parsed(rendered(record["headers"], record["body"])),
        own_addresses=frozenset({record["mailbox_owner"].lower()}),
    )


def parsed(raw: bytes) -> EmailMessage:
    """Read a mail as the product does, a little after it was sent."""
    return parse_mail(raw, received_at=_sent_at(raw) + timedelta(minutes=5))


def rendered(headers: dict, body: str) -> bytes:
    """Return a record's headers and body as a mail, the body's bytes unchanged (in base64)."""
    sender = str(headers.get("From") or "")
    name = display_name(str(headers.get("X-From") or ""))
    lines = [f"From: {formataddr((name, sender), 'utf-8')}" if "@" in sender else f"From: {_encoded(name or sender)}"]
    for field in ("To", "Cc", "Date", "Subject", "Message-ID"):
        value = _FOLD.sub(" ", str(headers.get(field) or "")).strip()
        if value:
            lines.append(f"{field}: {_encoded(value)}")
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + base64.encodebytes(body.encode()).replace(b"\n", b"\r\n")


def display_name(shown: str) -> str:
    """Return the display name in a record's X-From, or "" where it only repeats an address.

    What follows the first `<` is an address or an Exchange path such as `</O=FIRM/OU=NA/CN=RECIPIENTS/CN=JDOE>`.
    """
    name = shown.partition("<")[0].strip().strip("\"'").strip()
    return "" if re.fullmatch(r"\S+@\S+", name) else name


def _encoded(value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=900).encode()


def _sent_at(raw: bytes) -> datetime:
    match = re.search(rb"(?im)^Date:[ \t]*(.{1,100})$", raw[:20_000])
    try:
        sent = parsedate_to_datetime(match[1].decode("ascii", "replace").strip()) if match else _ANY_DATE
    except (TypeError, ValueError, IndexError):
        return _ANY_DATE
    return sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent
