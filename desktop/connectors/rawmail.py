"""What every mail connector must agree on about raw mail: how much of it is read, and what its Message-ID is.

A mailbox is not ours and anything may lie in it. A mail over `whole` bytes is not loaded: its first `head` bytes are
handed on (headers and the beginning of the text, which is what a rep's mail consists of) and its origin says so.
"""

import re
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024
ID_HEADER = re.compile(rb"^message-id[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
END_OF_HEADERS = re.compile(rb"(?:\A|\n)\r?\n")


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Sizes in bytes: the largest mail read whole, what is read of a larger one, and how much one pull may hold."""

    whole: int = 64 * MEBIBYTE
    head: int = MEBIBYTE
    batch: int = 32 * MEBIBYTE

    def bytes_of(self, size: int) -> int:
        """Return how much of a mail of `size` bytes is read."""
        return size if size <= self.whole else self.head


DEFAULT_LIMITS = ReadLimits()


def origin_of(place: str, size: int, limits: ReadLimits) -> str:
    """Return the origin of a mail that lay at `place`; it says when only the head was read."""
    clean = place.encode("utf-8", "backslashreplace").decode("utf-8")
    return clean if size <= limits.whole else f"{clean} (truncated: {size} bytes)"


def bare_id(message_id: str) -> str:
    """Return a Message-ID without blanks and angle brackets, to compare by."""
    return message_id.strip().strip("<>").strip()


def message_id_of(raw: bytes) -> str:
    """Return the bare Message-ID of a mail (or of its header block), or an empty string."""
    end = END_OF_HEADERS.search(raw)
    found = ID_HEADER.search(raw, 0, end.start() + 1 if end else len(raw))
    return bare_id("".join(found[1].decode("ascii", "replace").split())) if found else ""
