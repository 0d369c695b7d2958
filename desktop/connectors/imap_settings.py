"""What an IMAP mailbox is asked for, and how patiently it is treated."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.connectors.rawmail import DEFAULT_LIMITS, ReadLimits
from desktop.domain.connections import ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.errors import UserActionNeeded


class Security(StrEnum):
    """How the connection becomes encrypted; there is no third way."""

    TLS = "tls"
    STARTTLS = "starttls"


INFO = ConnectorInfo(
    name="imap",
    title="Mailbox on a server (IMAP)",
    family=Family.MAIL,
    settings=(
        FieldSpec("host", "Server"),
        FieldSpec("port", "Port", FieldWidget.NUMBER, required=False, help="Usually 993; with STARTTLS 143."),
        FieldSpec("security", "Security", FieldWidget.CHOICE, default=Security.TLS.value, choices=tuple(Security)),
        FieldSpec("username", "User name"),
        FieldSpec("password", "Password", FieldWidget.SECRET),
        FieldSpec("folder", "Folder", required=False, default="INBOX"),
        FieldSpec("ca_file", "CA file", required=False, help="Only for a server with a certificate of its own."),
    ),
    can=frozenset({"drafts", "push"}),
)

DEFAULT_PORTS = {Security.TLS: 993, Security.STARTTLS: 143}


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """The settings of one mailbox, checked."""

    host: str
    port: int
    security: Security
    username: str
    folder: str
    ca_file: str


@dataclass(frozen=True, slots=True)
class ImapPace:
    """Seconds to wait for an answer, between looks without IDLE, and until IDLE is renewed; UIDs asked for at once.

    IDLE must be renewed within 29 minutes (RFC 2177); doing so sooner finds out that a connection is dead.
    A folder of more than `whole` mails is never listed at once: the answer would be one line of megabytes.
    """

    answer: float = 60.0
    poll: float = 60.0
    idle: float = 540.0
    window: int = 1000
    whole: int = 50_000
    mails: ReadLimits = DEFAULT_LIMITS


DEFAULT_PACE = ImapPace()


def read_settings(settings: Mapping[str, str]) -> ImapSettings:
    """Return the settings, checked; raise UserActionNeeded when one is missing or makes no sense."""
    security = settings.get("security", "").strip().lower() or Security.TLS.value
    if security not in set(Security):
        raise UserActionNeeded(f"The security {security!r} is unknown. Choose tls or starttls.")
    return ImapSettings(
        host=_required(settings, "host"),
        port=_port(settings, DEFAULT_PORTS[Security(security)]),
        security=Security(security),
        username=_required(settings, "username"),
        folder=settings.get("folder", "").strip() or "INBOX",
        ca_file=settings.get("ca_file", "").strip(),
    )


def _required(settings: Mapping[str, str], key: str) -> str:
    value = settings.get(key, "").strip()
    if not value or not value.isprintable():
        label = next(spec.label for spec in INFO.settings if spec.key == key)
        raise UserActionNeeded(f"The mailbox needs the setting {label!r}. Fill it in.")
    return value


def _port(settings: Mapping[str, str], default: int) -> int:
    text = settings.get("port", "").strip() or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 0 < int(text) < 65_536):
        raise UserActionNeeded(f"The port {text!r} is no port. Give a number from 1 to 65535, usually 993.")
    return int(text)
