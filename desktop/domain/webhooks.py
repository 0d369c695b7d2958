"""Calls by which a CRM says that something changed there. They are worth one thing only: to look now instead of soon.

Nothing that stands in such a call is kept or believed; what changed is read from the CRM itself, as in any other pull.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """One call as it came in. `target` is path and query as they were sent; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class CallVerdict(StrEnum):
    """What a call is worth. REPEATED was taken in before, so the vendor is thanked and nothing is done."""

    TRUSTED = "trusted"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class WebhookOffer:
    """How one vendor's calls are told from a stranger's, in words for the rep.

    `check` says what is checked, `steps` what to enter at the vendor's, where `{address}` and `{secret}` stand for
    the values. `is_ours` tells whether the secret is one of our making; otherwise the vendor has it.
    """

    check: str
    steps: str
    is_ours: bool
    longest_secret: int = 200


class WebhookCheck(Protocol):
    """Judges the calls for one Connection. Called from one thread; remembers what it has seen, within bounds."""

    @abstractmethod
    def judge(self, call: WebhookCall, now: datetime) -> CallVerdict:
        """Return whether the vendor sent this, lately, and for the first time. Raises nothing, whatever comes in."""
