"""Several lines to one company at once: Pipedrive takes one record a call, and most of a call is waiting.

Each worker has a line of its own, since an HTTP boundary is nobody else's while it waits. What a call means is decided
by the one thread that gave it out: workers send and bring back, nothing more.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from desktop.connectors.pipedrive.gate import Gate
from desktop.connectors.pipedrive.line import PipedriveLine
from desktop.domain.errors import DealsideError, Temporary, UserActionNeeded
from desktop.runtime.locks import new_lock
from desktop.runtime.side_by_side import side_by_side

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_T = TypeVar("_T")
WORKERS = 4
_LOST_IN_A_ROW = WORKERS
_UNAUTHORIZED = "401"


@dataclass(frozen=True, slots=True)
class Door:
    """A way out that is one worker's own, and the token to sign with: a boundary knows those that it gave itself."""

    http: "HttpBoundary"
    token: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Done(Generic[_T]):
    """What became of one call. `in_doubt`: it failed, and may have been carried out all the same."""

    answer: _T | None = None
    error: DealsideError | None = None
    in_doubt: bool = False

    @property
    def got(self) -> _T:
        """The answer; raises the error where there is none."""
        if self.error is not None:
            raise self.error
        return cast("_T", self.answer)  # None only where the call answers None


class Crew:
    """Carries out calls side by side, within the limits that the answers tell of.

    Once Pipedrive asks for patience, or refuses our sign-in, or some calls in a row had no answer, the rest is not
    tried: they get that error, and none of them is in doubt.
    """

    def __init__(
        self,
        gate: Gate,
        more: "Callable[[], Door] | None",
        line_over: "Callable[[Door], PipedriveLine]",
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`more` gives a way out for one more worker; without it one line does everything."""
        self._gate = gate
        self._more = more
        self._line_over = line_over
        self._sleep = sleep
        self._doors: list[Door] = []
        self._lines: list[PipedriveLine] = []

    def each(
        self, first: PipedriveLine, calls: "Sequence[Callable[[PipedriveLine], _T]]", *, every: float = 0.0
    ) -> list[Done[_T]]:
        """Carry out `calls`, `first` among the lines; return what became of each, in order.

        `every` is the least number of seconds between two of them.
        """
        if not calls:
            return []
        lines = [first, *self._others(min(WORKERS, len(calls)) - 1)]
        shift = _Shift(calls, self._gate, self._sleep, every)
        side_by_side("pipedrive", [partial(shift.work, line) for line in lines])
        return shift.done()

    def forget(self) -> None:
        """Let go of lines: the next ones are signed afresh."""
        self._lines.clear()

    def close(self) -> None:
        """Let go of connections."""
        self.forget()
        for door in self._doors:
            door.http.close()

    def _others(self, count: int) -> list[PipedriveLine]:
        while self._more is not None and len(self._doors) < count:
            self._doors.append(self._more())
        for door in self._doors[len(self._lines) : max(0, count)]:
            self._lines.append(self._line_over(door))
        return self._lines[: max(0, count)]


class _Shift(Generic[_T]):
    """One list of calls, of which each worker takes the next."""

    def __init__(
        self,
        calls: Sequence[Callable[[PipedriveLine], _T]],
        gate: Gate,
        sleep: Callable[[float], None],
        every: float,
    ) -> None:
        self._calls = calls
        self._gate = gate
        self._sleep = sleep
        self._every = every
        self._lock = new_lock()
        self._next = 0
        self._under_way = 0
        self._lost = 0
        self._over: DealsideError | None = None
        self._is_broken = False
        self._found: dict[int, Done[_T]] = {}

    def done(self) -> list[Done[_T]]:
        """Return what became of each call."""
        rest: Done[_T] = Done(error=self._over)
        return [self._found.get(at, rest) for at in range(len(self._calls))]

    def work(self, line: PipedriveLine) -> None:
        """Take calls until there is none left, or no use in another."""
        while (at := self._take()) is not None:
            try:
                found = self._carried_out(line, self._calls[at])
            except BaseException:
                with self._lock:
                    self._is_broken = True
                raise
            with self._lock:
                self._under_way -= 1
                self._found[at] = found
                self._judge(found)

    def _take(self) -> int | None:
        while True:
            with self._lock:
                if self._is_broken or self._over is not None or self._next >= len(self._calls):
                    return None
                wait = self._gate.seconds_to_wait(self._under_way)
                if not wait:
                    self._next += 1
                    self._under_way += 1
                    if self._every and self._next > 1:
                        self._sleep(self._every)  # with the lock: the others wait as well
                    return self._next - 1
            self._sleep(wait)

    def _carried_out(self, line: PipedriveLine, call: Callable[[PipedriveLine], _T]) -> Done[_T]:
        try:
            return Done(call(line))
        except Temporary as error:
            return Done(error=error, in_doubt=line.may_have_been_done)
        except DealsideError as error:
            return Done(error=error)

    def _judge(self, found: Done[Any]) -> None:
        error = found.error
        if isinstance(error, Temporary):
            self._lost += 1
            if error.retry_after is not None or self._lost >= _LOST_IN_A_ROW:
                self._over = self._over or error
        elif isinstance(error, UserActionNeeded) and error.detail.startswith(_UNAUTHORIZED):
            self._over = self._over or error
        else:
            self._lost = 0
