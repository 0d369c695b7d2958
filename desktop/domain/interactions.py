"""What came in, before anything is concluded from it."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.domain.ids import ConnectionId, InteractionId


class InteractionKind(StrEnum):
    """What sort of thing came in."""

    EMAIL = "email"
    CALL = "call"


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
class Turn:
    """What one speaker said in one go, on one line; `start` is in seconds from the call's beginning."""

    speaker: str
    text: str
    start: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """A transcript. `participants` are those whose address or number is known, the other side as Role.FROM.

    `rep` is the speaker (the channel) that is the rep, "" where nobody said so. `heard_by` names what turned speech
    into text, "" where a person wrote it down.
    """

    id: str
    started_at: datetime
    turns: tuple[Turn, ...]
    participants: tuple[Participant, ...] = ()
    rep: str = ""
    heard_by: str = ""

    @property
    def text(self) -> str:
        """The turns, a line each; Spans count its characters from 0."""
        return "\n".join(_on_one_line(turn.text) for turn in self.turns)

    def turn_starts(self) -> tuple[int, ...]:
        """Return where in `text` each turn begins."""
        starts, at = [], 0
        for turn in self.turns:
            starts.append(at)
            at += len(turn.text) + 1
        return tuple(starts)

    def turn_at(self, place: int) -> int:
        """Return the index of the turn that a character of `text` stands in."""
        return max(0, bisect_right(self.turn_starts(), place) - 1)

    def seconds_at(self, place: int) -> float:
        """Return when the turn was begun that a character of `text` stands in, in seconds."""
        return self.turns[self.turn_at(place)].start if self.turns else 0.0

    def as_message(self) -> EmailMessage:
        """Return the call as those see it who go by who, when and in which words: rules, card and conversation."""
        return EmailMessage(self.id, "", self.started_at, self.participants, self.text)


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ")


@dataclass(frozen=True, slots=True)
class RawItem:
    """One mail as the mailbox gave it. `origin` says where it lay (folder, UIDVALIDITY, UID or file name)."""

    raw: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class Interaction:
    """One mail or call that came in. `content_hash` is the SHA-256 of the raw bytes, in hex.

    Of a call `message` is `Call.as_message`, so that its words stand where Spans say; `call` has speakers and times.
    """

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
    call: Call | None = None
