"""One HTTP exchange as data, apart from the library that carries it, which takes a quarter of a second to import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One request. `deadline` is in seconds for the whole exchange; `purpose` is a word or two for the ledger."""

    method: str
    url: str
    purpose: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    deadline: float = 60.0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back. Header names are lower case. `retry_after` is in seconds, `server_time` from the Date header."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    retry_after: float | None = None
    server_time: datetime | None = None
