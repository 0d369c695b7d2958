"""The only reader of the wall clock; everything else is handed a Clock."""

from datetime import UTC, datetime

from desktop.domain.ports import Clock


class SystemClock(Clock):
    """The Clock of the product."""

    def now(self) -> datetime:
        return datetime.now(UTC)
