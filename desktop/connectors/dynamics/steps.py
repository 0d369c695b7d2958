"""Work that needs several calls, one building on the other, for one Record alone or for many side by side.

Such work is a generator: it yields the call it needs next, is sent the answer (or has the error thrown at it), and
returns what came of it. So a batch keeps every promise of the single call: it is the same work, and only the calls that
are due at the same time travel together.
"""

from collections.abc import Generator, Sequence
from typing import TypeVar

from desktop.connectors.dynamics.batches import Answered
from desktop.connectors.dynamics.org import Org
from desktop.connectors.json_line import JsonAnswer, JsonCall
from desktop.domain.errors import DealsideError

T = TypeVar("T")
Steps = Generator[JsonCall, JsonAnswer, T]


def alone(org: Org, steps: Steps[T]) -> T:
    """Carry out one piece of work; raises what it raises."""
    try:
        call = next(steps)
        while True:
            try:
                answer = org.ask(call)
            except DealsideError as error:
                call = steps.throw(error)
            else:
                call = steps.send(answer)
    except StopIteration as end:
        found: T = end.value
        return found


def together(org: Org, works: Sequence[Steps[T]]) -> tuple[T | DealsideError, ...]:
    """Carry out many side by side; return what came of each, in order. Raises nothing."""
    outcomes: dict[int, T | DealsideError] = {}
    with org.kept():
        due: dict[int, Answered | None] = dict.fromkeys(range(len(works)))
        while due:
            calls: dict[int, JsonCall] = {}
            for number, answer in due.items():
                try:
                    calls[number] = _go_on(works[number], answer)
                except StopIteration as end:
                    outcomes[number] = end.value
                except DealsideError as error:
                    outcomes[number] = error
            due = dict(zip(calls, org.ask_many(list(calls.values())), strict=True)) if calls else {}
    return tuple(outcomes[number] for number in range(len(works)))


def _go_on(steps: Steps[T], answer: Answered | None) -> JsonCall:
    if answer is None:
        return next(steps)
    if isinstance(answer, DealsideError):
        return steps.throw(answer)
    return steps.send(answer)
