"""The rules by which a call is found genuine. Each compares secrets in constant time and never raises.

A rule returns a Seal, or None for a call that is not the vendor's. Where the vendor signs a moment, the call has to be
fresh; where it signs the body, the signature names the call, so that a second one is known for a repeat. Zoho,
Pipedrive and Dynamics do neither: whoever has caught one of their calls can send it again, and gets one more pull.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import msgspec

from desktop.domain.webhooks import WebhookCall

WINDOW = timedelta(minutes=5)
LEGACY_WINDOW = timedelta(hours=24)  # how long HubSpot goes on repeating a call
BASIC_USER = "dealside"
SECRET_HEADER = "x-dealside-secret"  # noqa: S105  (the name of a header)
SIGNATURE_HEADER, TIMESTAMP_HEADER = "x-dealside-signature", "x-dealside-timestamp"
_MOST_QUERY = 4_000
# What HubSpot decodes in the address before it signs, and nothing else (its page on validating requests).
_DECODED = {
    code: chr(int(code, 16)) for code in ("3A", "2F", "3F", "40", "21", "24", "27", "28", "29", "2A", "2C", "3B")
}


@dataclass(frozen=True, slots=True)
class Keys:
    """What a call is held against: the shared secret, and the public address that the vendor calls."""

    secret: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """A genuine call. `mark` is the same for a repeat, which can come until `until`; "" where nothing tells repeats.

    `strength` grows with what the vendor proves. A call may carry a strong proof and a weak one, and whoever has caught
    it could leave out the strong one: so after a strong one none that is weaker is taken.
    """

    mark: str = ""
    until: datetime | None = None
    strength: int = 0


Rule = Callable[[WebhookCall, Keys, datetime], Seal | None]


def hubspot(call: WebhookCall, keys: Keys, now: datetime) -> Seal | None:
    """Signature v3: base64(HMAC-SHA256(secret, method + URI + body + timestamp)), not older than five minutes.

    Calls without a v3 signature may carry one of the first two kinds, which name no moment and are weaker.
    """
    given = call.headers.get("x-hubspot-signature-v3")
    if given is None:
        return _hubspot_legacy(call, keys, now)
    stamp = call.headers.get("x-hubspot-request-timestamp", "")
    sent_at = _moment(stamp, milliseconds=True)
    if sent_at is None or abs(now - sent_at) > WINDOW:
        return None
    uri = decoded_for_hubspot(keys.address + call.target)
    source = call.method.encode() + uri.encode() + call.body + stamp.encode()
    wanted = base64.b64encode(hmac.new(keys.secret.encode(), source, hashlib.sha256).digest())
    return Seal(given, sent_at + WINDOW, strength=1) if _same(given, wanted) else None


def _hubspot_legacy(call: WebhookCall, keys: Keys, now: datetime) -> Seal | None:
    """v1: hex SHA-256 of secret + body; v2: of secret + method + URI + body."""
    given, version = call.headers.get("x-hubspot-signature", ""), call.headers.get("x-hubspot-signature-version", "v1")
    parts = {"v1": b"", "v2": (call.method + keys.address + call.target).encode()}
    if version not in parts:
        return None
    wanted = hashlib.sha256(keys.secret.encode() + parts[version] + call.body).hexdigest()
    return Seal(given, now + LEGACY_WINDOW) if _same(given, wanted.encode()) else None


def decoded_for_hubspot(uri: str) -> str:
    """Return an address as HubSpot signs it: some percent-encoded characters decoded, the others left as they are."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda found: _DECODED.get(found[1].upper(), found[0]), uri)


class _Echo(msgspec.Struct):
    token: str


def zoho(call: WebhookCall, keys: Keys, _now: datetime) -> Seal | None:
    """Zoho echoes the token that was given when the notification was asked for: a field of the body."""
    try:
        echoed = msgspec.json.decode(call.body, type=_Echo).token
    except (ValueError, RecursionError):
        return None
    return Seal() if _same(echoed, keys.secret.encode()) else None


def pipedrive(call: WebhookCall, keys: Keys, _now: datetime) -> Seal | None:
    """HTTP Basic, with the name and password that were given when the webhook was made (RFC 7617)."""
    scheme, _, given = call.headers.get("authorization", "").partition(" ")
    try:
        pair = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return Seal() if scheme.lower() == "basic" and _same(pair, f"{BASIC_USER}:{keys.secret}".encode()) else None


def dynamics(call: WebhookCall, keys: Keys, _now: datetime) -> Seal | None:
    """A fixed header, or `?code=` in the address: the two ways of the plug-in registration's webhooks."""
    given = call.headers.get(SECRET_HEADER) or _in_query(call.target, "code")
    return Seal() if _same(given, keys.secret.encode()) else None


@dataclass(frozen=True, slots=True)
class SharedHmac:
    """A rule for any other system: hex or base64 of HMAC-SHA256 over `timestamp + "." + body`.

    Without a `timestamp_header` the body alone is signed, and old calls cannot be told from new ones. Timestamps are
    in seconds since 1970; a `sha256=` before the signature is taken as well.
    """

    header: str = SIGNATURE_HEADER
    timestamp_header: str = TIMESTAMP_HEADER
    window: timedelta = WINDOW

    def __call__(self, call: WebhookCall, keys: Keys, now: datetime) -> Seal | None:
        """Judge one call; see `Rule`."""
        given = call.headers.get(self.header, "").removeprefix("sha256=")
        source, until = call.body, now + LEGACY_WINDOW
        if self.timestamp_header:
            stamp = call.headers.get(self.timestamp_header, "")
            sent_at = _moment(stamp, milliseconds=False)
            if sent_at is None or abs(now - sent_at) > self.window:
                return None
            source, until = stamp.encode() + b"." + call.body, sent_at + self.window
        digest = hmac.new(keys.secret.encode(), source, hashlib.sha256).digest()
        if not (_same(given.lower(), digest.hex().encode()) or _same(given, base64.b64encode(digest))):
            return None
        # The digest, not what was sent: the same signature can be written in several ways.
        return Seal(digest.hex(), until)


def _same(given: str | bytes, wanted: bytes) -> bool:
    """Compare in a time that tells nothing of how much agrees. Nothing given, or nothing wanted, is never the same."""
    raw = given.encode("utf-8", "surrogateescape") if isinstance(given, str) else given
    return bool(raw) and bool(wanted) and hmac.compare_digest(raw, wanted)


def _moment(stamp: str, *, milliseconds: bool) -> datetime | None:
    if not re.fullmatch(r"[0-9]{1,15}", stamp):
        return None
    seconds = int(stamp) / 1000 if milliseconds else int(stamp)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _in_query(target: str, name: str) -> str:
    try:
        pairs = parse_qsl(urlsplit(target).query[:_MOST_QUERY], max_num_fields=50)
    except ValueError:
        return ""
    found = [value for key, value in pairs if key == name]
    return found[0] if len(found) == 1 else ""
