"""Errors, named by what to do next. Whoever meets a vendor's error translates it into one of these five.

Every error carries one sentence for the rep (`sentence`) and details for the log (`detail`); neither may hold a
secret. `flow.py` acts on the class alone, so a new kind of failure never means editing the flow.
"""


class DealsideError(Exception):
    """Root of our own errors."""

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(f"{sentence} [{detail}]" if detail else sentence)
        self.sentence = sentence
        self.detail = detail


class UserActionNeeded(DealsideError):
    """Only the rep can mend it: a password, a permission, a full disk. Wait for them; keep the work."""


class Temporary(DealsideError):
    """Worth trying again later. `retry_after` is in seconds, None when the other side did not say."""

    def __init__(self, sentence: str, *, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(sentence, detail=detail)
        self.retry_after = retry_after


class Rejected(DealsideError):
    """The other side understood and refused; trying again gives the same answer. Show it to the rep."""


class Conflict(Rejected):
    """What must still be true is no longer true: somebody changed the record meanwhile.

    `live` holds the fields as they stand on the other side now, for the three-way view.
    """

    def __init__(self, sentence: str, *, detail: str = "", live: dict[str, str | None] | None = None) -> None:
        super().__init__(sentence, detail=detail)
        self.live = live or {}


class Cancelled(DealsideError):
    """Somebody asked for it to stop. Nothing is wrong."""


class Defect(DealsideError):
    """Our own fault. Log it whole, stop this piece of work, go on with the rest."""
