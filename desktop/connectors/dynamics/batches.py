"""Many calls to Dataverse in few: `$batch` with up to 1,000 operations, none of which depends on another.

`CreateMultiple` and its like are no use here: in standard tables one bad row undoes all of theirs.

An environment works through a batch one by one, and we wait for its answer only so long. So batches are cut to what it
does in half of that time; after an answer that did not come the next one is half as long.
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import uuid4

from desktop.connectors.dynamics.multipart import answers_in, batch_of, part_of
from desktop.connectors.exchange import HttpAnswer
from desktop.connectors.json_line import GOOD, JsonAnswer, JsonCall, JsonLine
from desktop.connectors.tables.dynamics import BASE, VENDOR
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Clock

MOST = 1000
"""Operations in one batch, the vendor's limit."""
_MOST_BYTES = 8_000_000
_COMFORTABLE = 15.0  # seconds; an answer is given up after twice that of silence
_STEP = 10
_UNKNOWN = f"{VENDOR}'s answer to this change did not arrive whole; trying again later."

Answered = JsonAnswer | DealsideError
"""An answer, or why there is none."""


class Batches:
    """What is sent to one environment together. `ask` sends one call alone, `note` is told each answer's headers."""

    def __init__(
        self,
        line: Callable[[], JsonLine],
        ask: Callable[[JsonCall], JsonAnswer],
        note: Callable[[Mapping[str, str]], None],
        clock: Clock,
    ) -> None:
        self._line = line
        self._ask = ask
        self._note = note
        self._clock = clock
        self._most = MOST

    def ask(self, calls: Sequence[JsonCall]) -> list[Answered]:
        """Return what was answered to each call, in order. Raises nothing."""
        answered: list[Answered] = []
        stop: DealsideError | None = None
        while len(answered) < len(calls):
            some, parts = self._next(calls, len(answered))
            found: list[Answered] = [stop] * len(some) if stop else self._send(some, parts)
            answered += found
            stop = stop or _common(found)  # who asks for patience, or for a new sign-in, is not asked on
        return answered

    def _next(self, calls: Sequence[JsonCall], start: int) -> tuple[Sequence[JsonCall], list[bytes]]:
        """Return the calls of the next batch, and how they stand in it."""
        parts: list[bytes] = []
        size = 0
        for call in calls[start : start + self._most]:
            try:
                part = part_of(call)
            except ValueError:
                part = b""  # it is sent alone, where it is refused
            size += len(part)
            if parts and (size > _MOST_BYTES or not part or not parts[-1]):
                break
            parts.append(part)
        return calls[start : start + len(parts)], parts

    def _send(self, calls: Sequence[JsonCall], parts: list[bytes]) -> list[Answered]:
        if len(calls) == 1:
            return [self._alone(calls[0])]
        boundary = f"batch_{uuid4()}"
        headers = {
            "Content-Type": f'multipart/mixed; boundary="{boundary}"',
            "Prefer": "odata.continue-on-error",
            "OData-Version": "4.0",
            "OData-MaxVersion": "4.0",
        }
        whole = JsonCall("POST", f"{BASE}/$batch", batch_of(parts, boundary), headers=headers)
        started = self._clock.now()
        try:
            answer = self._line().exchange(whole)
        except Rejected as error:  # an answer too big to be read
            return self._lost(calls, Temporary(_UNKNOWN, detail=error.detail))
        except DealsideError as error:
            return self._lost(calls, error)
        self._note(answer.headers)
        if answer.status in GOOD:
            self._fit(len(calls), (self._clock.now() - started).total_seconds())
            return self._answers(calls, answer)
        return self._refused(calls, parts, whole, answer)

    def _fit(self, count: int, took: float) -> None:
        """Let the next batch be as long as this environment can do in good time, growing slowly."""
        longer = self._most + max(self._most // _STEP, _STEP)
        self._most = min(longer if took <= _COMFORTABLE else max(int(count * _COMFORTABLE / took), 1), MOST)

    def _lost(self, calls: Sequence[JsonCall], error: DealsideError) -> list[Answered]:
        if isinstance(error, Temporary) and error.retry_after is None:
            self._most = max(len(calls) // 2, 1)
        return [error] * len(calls)

    def _refused(
        self, calls: Sequence[JsonCall], parts: list[bytes], whole: JsonCall, answer: HttpAnswer
    ) -> list[Answered]:
        """A batch that was refused as a whole did nothing: look for the call to blame, lest it block the others."""
        try:
            self._line().judged(answer, whole)
        except Rejected:
            middle = len(calls) // 2
            first = self._send(calls[:middle], parts[:middle])
            stop = _common(first)
            rest: list[Answered] = [stop] * (len(calls) - middle) if stop else []
            return first + (rest or self._send(calls[middle:], parts[middle:]))
        except DealsideError as error:
            return [error] * len(calls)
        return []

    def _answers(self, calls: Sequence[JsonCall], answer: HttpAnswer) -> list[Answered]:
        found = answers_in(answer, self._clock)
        if len(found) > len(calls):
            found = []
        found += [None] * (len(calls) - len(found))
        return [self._judged(call, part) for call, part in zip(calls, found, strict=True)]

    def _judged(self, call: JsonCall, part: HttpAnswer | None) -> Answered:
        if part is None:
            return Temporary(_UNKNOWN, detail="no answer in the batch")
        try:
            return self._line().judged(part, call)
        except DealsideError as error:
            return error

    def _alone(self, call: JsonCall) -> Answered:
        try:
            answer = self._ask(call)
        except DealsideError as error:
            return error
        self._fit(1, 0.0)
        return answer


def _common(found: Sequence[Answered]) -> DealsideError | None:
    """Return the error that all of them ended in, when it means that nothing else can succeed for now."""
    first = found[0]
    if isinstance(first, Temporary) and all(one is first for one in found):
        return first
    if isinstance(first, UserActionNeeded) and len(found) > 1 and all(one is first for one in found):
        return first  # asked alone, it may be about that one Record
    return None
