"""The terms between a supervised child and who asks it: lines, limits, and the ways a request or a child may end."""

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LINE_LIMIT = 1_000_000

Message = dict[str, Any]


class Ending(enum.StrEnum):
    """Why a child is no more."""

    DIED = "died"
    UNRESPONSIVE = "missed its heartbeats"
    NONSENSE = "sent something that is not a message"
    OVERDUE = "did not stop when told to"
    IDLE = "was not needed for a while"
    CLOSED = "was closed"


class ChildDied(Exception):
    """The child ended before it answered. `detail` holds its exit code and last words, for the log."""

    def __init__(self, ending: Ending, detail: str) -> None:
        super().__init__(f"the child {ending.value} ({detail})")
        self.ending = ending
        self.detail = detail


class RequestStopped(Exception):
    """The request was given up. `child_ended` says whether the child had to be killed for it, or died of it."""

    def __init__(self, *, child_ended: bool) -> None:
        super().__init__("the child was lost" if child_ended else "the child goes on")
        self.child_ended = child_ended


class DeadlinePassed(RequestStopped):
    """No answer in time."""


class RequestCancelled(RequestStopped):
    """Somebody called `cancel`."""


class LineTooLong(ValueError):
    """The message does not fit into one line of LINE_LIMIT bytes; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Supervision:
    """How long a child may take, in seconds. `idle` None means that it stays until closed.

    Beats are counted, not timed, so that a machine waking from sleep does not take its children for dead.
    """

    beat: float = 2.0
    missed_beats: int = 10
    grace: float = 3.0
    idle: float | None = None


USUAL = Supervision()


def encode_line(message: Mapping[str, Any]) -> bytes:
    """Return the message as one line; raise LineTooLong when it is too big for one."""
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
    if len(line) > LINE_LIMIT:
        raise LineTooLong(f"{len(line)} bytes")
    return line


def decode_line(line: bytes) -> Message | None:
    """Return the message of a whole line, or None when it is none."""
    if len(line) > LINE_LIMIT or not line.endswith(b"\n"):
        return None
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) and isinstance(message.get("id"), int) else None
