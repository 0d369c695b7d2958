"""What addresses and headers say, without the library that carries them."""

import ipaddress
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

LONGEST_RETRY_AFTER = 86_400.0

_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*")
_PLAIN_SEGMENT = re.compile(r"[A-Za-z_-]{1,32}|v\d{1,3}(\.\d{1,3})?")


def is_loopback(host: str) -> bool:
    """Return True when `host` can only be this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def typed_url(text: str) -> SplitResult | None:
    """Return the address of a server as a rep types it, https:// where no scheme stands; None when it cannot be one."""
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
        has_port = url.port is None or url.port > 0
    except ValueError:
        return None
    is_usable = has_port and url.scheme in {"http", "https"} and "@" not in url.netloc
    return url if is_usable and _HOST.fullmatch(url.hostname or "") else None


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
