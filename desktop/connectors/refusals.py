"""From a vendor's refusal to one of our errors: a table of the vendor's own codes first, the HTTP status last.

Status alone misleads: 403 is a quota for one vendor and a permission for the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.errors import Conflict, DealsideError, Rejected, Temporary, UserActionNeeded


class Verdict(StrEnum):
    """What to do about a refusal."""

    ASK = "ask"  # only the rep or their administrator can mend it
    LATER = "later"
    REFUSED = "refused"
    CHANGED = "changed"  # the record moved on meanwhile


@dataclass(frozen=True, slots=True)
class Refusal:
    """A verdict and its sentence, where {vendor} and {fields} are filled in. `retry_after` is in seconds."""

    verdict: Verdict
    sentence: str
    retry_after: float | None = None


def ask(sentence: str) -> Refusal:
    """Return a refusal that only the rep or their administrator can mend."""
    return Refusal(Verdict.ASK, sentence)


def refused(sentence: str) -> Refusal:
    """Return a refusal that stands however often the same is sent."""
    return Refusal(Verdict.REFUSED, sentence)


SIGN_IN = Refusal(Verdict.ASK, "{vendor} no longer accepts our sign-in; sign in to it again in the connections.")
FORBIDDEN = Refusal(Verdict.ASK, "{vendor} does not let you do this; ask your administrator for the permission.")
BUSY = Refusal(Verdict.LATER, "{vendor} asked us to slow down; trying again later.")
TROUBLE = Refusal(Verdict.LATER, "{vendor} has trouble at the moment; trying again later.")
CHANGED = Refusal(Verdict.CHANGED, "Somebody changed the record in {vendor} meanwhile.")
GONE = Refusal(Verdict.REFUSED, "{vendor} does not have this record any more.")
IN_THE_WAY = Refusal(Verdict.REFUSED, "Another record in {vendor} stands in the way of this change.")
REFUSED = Refusal(Verdict.REFUSED, "{vendor} refused this change; edit it and try again.")

BY_STATUS: Mapping[int, Refusal] = {
    300: IN_THE_WAY,
    401: SIGN_IN,
    403: FORBIDDEN,
    404: GONE,
    408: BUSY,
    409: IN_THE_WAY,
    410: GONE,
    412: CHANGED,
    423: BUSY,
    425: BUSY,
    429: BUSY,
}


def for_status(status: int) -> Refusal:
    """Return what an HTTP error status means when the vendor gave no code that we know."""
    return BY_STATUS.get(status, TROUBLE if status >= 500 else REFUSED)


def to_error(
    refusal: Refusal, *, vendor: str, fields: str = "", detail: str = "", retry_after: float | None = None
) -> DealsideError:
    """Return the error to raise; a `retry_after` that the server named beats the table's, unless that is longer."""
    sentence = refusal.sentence.replace("{vendor}", vendor).replace("{fields}", fields or "a field of this record")
    if refusal.verdict is Verdict.LATER:
        waits = [wait for wait in (retry_after, refusal.retry_after) if wait is not None]
        return Temporary(sentence, detail=detail, retry_after=max(waits) if waits else None)
    kinds = {Verdict.ASK: UserActionNeeded, Verdict.REFUSED: Rejected, Verdict.CHANGED: Conflict}
    return kinds[refusal.verdict](sentence, detail=detail)
