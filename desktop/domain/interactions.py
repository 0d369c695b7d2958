"""What came in, before anything is concluded from it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.domain.ids import ConnectionId, InteractionId


class InteractionKind(StrEnum):
    """What sort of thing came in."""

    EMAIL = "email"


class InteractionState(StrEnum):
    """How far an Interaction has got. IGNORED and FAILED carry a reason the rep can read."""

    RECEIVED = "received"
    UNDERSTOOD = "understood"
    PROPOSED = "proposed"
    IGNORED = "ignored"
    FAILED = "failed"


class Role(StrEnum):
    """How a Participant took part."""

    FROM = "from"
    TO = "to"
    CC = "cc"
    REPLY_TO = "reply_to"


@dataclass(frozen=True, slots=True)
class Participant:
    """An address and a display name as the mail gave them; both are hostile text."""

    address: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text. `size` is in bytes, decoded. Its content stays in the raw item."""

    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class EmailMessage:
    """A parsed mail. `text` is what a person would read; Spans count its characters from 0.

    `flags` holds lower-case marks the filters use (`auto-reply`, `bulk`, `calendar`, `bounce`), `troubles` one
    sentence per thing that could not be decoded, so nothing is dropped silently.
    """

    message_id: str
    subject: str
    sent_at: datetime
    participants: tuple[Participant, ...]
    text: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    flags: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def sender(self) -> Participant | None:
        """The first From address, or None when the mail names nobody."""
        return next((p for p in self.participants if p.role is Role.FROM), None)


@dataclass(frozen=True, slots=True)
class RawItem:
    """One mail as the mailbox gave it. `origin` says where it lay (folder, UIDVALIDITY, UID or file name)."""

    raw: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class Interaction:
    """One mail that came in. `content_hash` is the SHA-256 of the raw bytes, in hex."""

    id: InteractionId
    connection_id: ConnectionId
    kind: InteractionKind
    state: InteractionState
    content_hash: str
    origin: str
    received_at: datetime
    message: EmailMessage
    reason: str = ""
    size: int = field(default=0)
