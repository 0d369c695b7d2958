"""What a vendor gave when the rep signed in, and how it is written down for the vault."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

FORMAT = 1
LONGEST_TOKEN = 16_000


@dataclass(frozen=True, slots=True)
class Grant:
    """The tokens. `expires_at` is None where the vendor does not say; `asked_at` are the token requests of late."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    asked_at: tuple[datetime, ...] = ()


def is_token(text: object) -> bool:
    """Tell whether `text` can be a token: it has to fit in a header (RFC 6750, 2.1)."""
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TOKEN:
        return False
    return text.isascii() and text.isprintable() and " " not in text


def write(grant: Grant) -> str:
    """Return a grant as text for the vault."""
    return json.dumps(
        {
            "format": FORMAT,
            "access": grant.access,
            "refresh": grant.refresh,
            "expires_at": grant.expires_at.isoformat() if grant.expires_at else None,
            "asked_at": [moment.isoformat() for moment in grant.asked_at],
        }
    )


def read(text: str | None) -> Grant | None:
    """Return the grant that was written down, None for anything else: then there is no sign-in."""
    try:
        found: Mapping[str, Any] = json.loads(text or "null")
        if found["format"] != FORMAT or not is_token(found["access"]):
            return None
        refresh = found["refresh"]
        return Grant(
            access=found["access"],
            refresh=refresh if is_token(refresh) else None,
            expires_at=_moment(found["expires_at"]) if found["expires_at"] else None,
            asked_at=tuple(_moment(moment) for moment in found["asked_at"]),
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
