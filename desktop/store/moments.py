"""Times as text: ISO 8601 in UTC with microseconds, so that text order is time order."""

from datetime import UTC, datetime

TROUBLE_OF = "trouble/"
"""The health row `trouble/<subject>` says when trouble began; the subject's own is written at every look."""


def to_text(moment: datetime) -> str:
    """Return an aware datetime as sortable text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime | None:
    """Read what `to_text` wrote; None for the empty string."""
    return datetime.fromisoformat(text) if text else None
