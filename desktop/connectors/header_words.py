"""What addresses and headers say, without the library that carries them."""

import ipaddress
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_RETRY_AFTER = 86_400.0

_PLAIN_SEGMENT = re.compile(r"[A-Za-z_-]{1,32}|v\d{1,3}(\.\d{1,3})?")


def is_loopback(host: str) -> bool:
    """Return True when `host` can only be this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def redact_path(path: str) -> str:
    """Return `path` for the log: only segments that are plain words stay; ids, keys and addresses do not."""
    return "/".join(part if not part or _PLAIN_SEGMENT.fullmatch(part) else "*" for part in path.split("/"))


def http_date(text: str) -> datetime | None:
    """Return the moment a Date or Retry-After header names, or None."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def seconds_to_wait(text: str, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for (0 to a day), or None when it says nothing."""
    if text.strip().isdecimal():
        return min(float(text), LONGEST_RETRY_AFTER)
    moment = http_date(text)
    if moment is None:
        return None
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)
