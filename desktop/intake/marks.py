"""What kind of mail it is, as far as its header says so: an automatic answer, a bulk mail, a bounce, an invitation."""

import re

from desktop.intake.charsets import Troubles
from desktop.intake.headers import Headers, decode_header
from desktop.intake.structure import Part

AUTO_REPLY = "auto-reply"
BULK = "bulk"
CALENDAR = "calendar"
BOUNCE = "bounce"

_AUTO_SUBJECT = re.compile(
    r"(?i)^\s*(?:(?:re|aw|antw|tr|fwd?)\s*:\s*)*(?:\[[^\]]{1,30}\]\s*)?"
    r"(?:auto(?:matic|matische|mated)?[ -]?(?:reply|response|antwort)|out[ -]of[ -](?:the[ -])?office|ooo\b"
    r"|abwesenheit(?:snotiz|sbenachrichtigung|smeldung)?|automatische antwort|nicht im (?:büro|haus)"
    r"|réponse automatique|reponse automatique|absen(?:t|ce) du bureau|message d'absence|absence\s*:"
    r"|respuesta automática|risposta automatica|automatiskt svar|automatisch antwoord)"
)
_BOUNCE_SENDER = re.compile(r"(?i)(?:^|<|\s)(?:mailer-daemon|postmaster)@|mail delivery (?:sub)?system")
_BOUNCE_SUBJECT = re.compile(
    r"(?i)undeliver|delivery (?:status notification|failure|has failed)|returned mail|mail delivery failed"
    r"|failure notice|unzustellbar|nicht zugestellt|non remis|échec de (?:la )?remise"
)


def marks_of(headers: Headers, root: Part) -> tuple[str, ...]:
    """Return the marks that fit, sorted."""
    found = set()
    if _is_bounce(headers, root):
        found.add(BOUNCE)
    elif _is_auto_reply(headers):
        found.add(AUTO_REPLY)
    if _is_bulk(headers):
        found.add(BULK)
    if any(part.content_type == "text/calendar" for part in root.walk()):
        found.add(CALENDAR)
    return tuple(sorted(found))


def _value(headers: Headers, name: str) -> str:
    return headers.first(name).strip().lower()[:100]


def _is_bounce(headers: Headers, root: Part) -> bool:
    if root.content_type == "multipart/report":
        return "delivery-status" in root.params.get("report-type", "delivery-status").lower()
    sender = headers.first("from")[:1000]
    subject = decode_header(headers.first("subject"), Troubles(), limit=300)
    return bool(_BOUNCE_SENDER.search(sender) and (_BOUNCE_SUBJECT.search(subject) or _empty_path(headers)))


def _empty_path(headers: Headers) -> bool:
    return _value(headers, "return-path") == "<>"


def _is_auto_reply(headers: Headers) -> bool:
    submitted = _value(headers, "auto-submitted")
    if submitted.startswith("auto-replied") or _value(headers, "precedence") == "auto_reply":
        return True
    named = ("x-autoreply", "x-autorespond", "x-auto-response-type", "x-autoresponder")
    if any(_value(headers, name) not in ("", "no", "none") for name in named):
        return True
    return bool(_AUTO_SUBJECT.search(decode_header(headers.first("subject"), Troubles(), limit=300)))


def _is_bulk(headers: Headers) -> bool:
    if "list-id" in headers or "list-unsubscribe" in headers:
        return True
    return _value(headers, "precedence") in ("bulk", "list", "junk")
